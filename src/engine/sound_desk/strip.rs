//! How a source's strip stands: what the hand sets of it, and what an edited show brings.

use std::collections::BTreeSet;

use crate::engine::journal::JournalStrip;
use crate::engine::refusal::Refusal;
use crate::engine::standing::SoundStanding;
use crate::show::{AUXES, Afv, Number, Send, Source, StripSettings, StripState, padded, trimmed};

const FADER_MAX_DB: f32 = 10.0;
const FADER_MIN_DB: f32 = -100.0;
const PICTURE_DELAY_MAX_MS: u32 = 2000;

/// Whose faders, mutes and AFV a show that was edited brings with it. The others stay where the hand put
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Faders {
    /// Those that the edit changed.
    #[default]
    Edited,
    /// None: what is heard never changes by an undone edit.
    None,
    /// Those of these sources.
    Of {
        /// By their ids.
        sources: BTreeSet<String>,
        /// And those of auxes, groups, the program and the monitors.
        buses: bool,
    },
}

impl Faders {
    /// Whether those of auxes, groups, the program and the monitors are among them; and if, whether all are or
    /// those alone that the edit changed.
    pub fn of_buses(&self) -> (bool, bool) {
        match self {
            Self::Edited => (true, false),
            Self::None => (false, false),
            Self::Of { buses, .. } => (*buses, true),
        }
    }
}

/// How a strip is set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strip {
    /// In dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
    /// Audio follows video.
    pub afv: Afv,
    /// Delay of the picture against the sound, in ms.
    pub picture_delay_ms: u32,
    /// What is done to the sound before the fader.
    pub settings: StripSettings,
    /// How much of it goes to each aux.
    pub sends: [Send; AUXES],
    /// How loud it gets back everything but itself, in dB, where it is a guest.
    pub return_db: f32,
}

impl Strip {
    /// As the show says it.
    pub fn of(source: &Source) -> Self {
        Self {
            fader_db: source.fader_db,
            mute: source.mute,
            afv: source.afv,
            picture_delay_ms: source.picture_delay_ms,
            settings: source.strip,
            sends: padded(&source.sends),
            return_db: source.return_db,
        }
    }

    /// Takes over what differs between the source as it was and as it is now; of its sound, what
    /// `faders` lets through.
    pub fn change(&mut self, old: &Source, new: &Source, faders: &Faders) {
        let (brings, all) = match faders {
            Faders::Edited => (true, false),
            Faders::None => (false, false),
            Faders::Of { sources, .. } => (sources.contains(&new.id), true),
        };
        if brings && (all || old.fader_db != new.fader_db) {
            self.fader_db = new.fader_db;
        }
        if brings && (all || old.mute != new.mute) {
            self.mute = new.mute;
        }
        if brings && (all || old.afv != new.afv) {
            self.afv = new.afv;
        }
        if brings && (all || old.strip != new.strip) {
            self.settings = new.strip;
        }
        if brings && (all || old.sends != new.sends) {
            self.sends = padded(&new.sends);
        }
        if brings && (all || old.return_db != new.return_db) {
            self.return_db = new.return_db;
        }
        if old.picture_delay_ms != new.picture_delay_ms {
            self.picture_delay_ms = new.picture_delay_ms;
        }
    }

    /// As one side of a stereo link stands whose other side was set: but for what is its own.
    #[must_use]
    pub fn linked(self, leader: &Self) -> Self {
        Self {
            picture_delay_ms: self.picture_delay_ms,
            settings: self.settings.linked(&leader.settings),
            return_db: self.return_db,
            ..*leader
        }
    }

    /// As a sound snapshot has it, but for its fader, and for what it gives back to a guest.
    pub fn recall(&mut self, state: &StripState) {
        self.mute = state.mute;
        self.afv = state.afv;
        self.settings = state.strip;
        self.sends = padded(&state.sends);
    }

    /// For a sound snapshot.
    pub fn state(&self, source: &str) -> StripState {
        StripState {
            source: source.to_owned(),
            fader_db: self.fader_db,
            mute: self.mute,
            afv: self.afv,
            strip: self.settings,
            sends: trimmed(&self.sends, &[]),
        }
    }

    /// As a journal has it.
    pub fn restored(saved: &JournalStrip) -> Self {
        Self {
            fader_db: saved.fader_db.clamp(FADER_MIN_DB, FADER_MAX_DB),
            mute: saved.mute,
            afv: saved.afv,
            picture_delay_ms: saved.picture_delay_ms.min(PICTURE_DELAY_MAX_MS),
            settings: saved.settings,
            sends: padded(&saved.sends),
            return_db: saved.return_db,
        }
    }

    /// For the journal.
    pub fn journal(&self, source: &str) -> JournalStrip {
        JournalStrip {
            source: source.to_owned(),
            fader_db: self.fader_db,
            mute: self.mute,
            afv: self.afv,
            picture_delay_ms: self.picture_delay_ms,
            settings: self.settings,
            sends: trimmed(&self.sends, &[]),
            return_db: self.return_db,
        }
    }

    /// For the file.
    pub fn standing(&self) -> SoundStanding {
        SoundStanding {
            fader_db: self.fader_db,
            mute: self.mute,
            afv: self.afv,
            settings: self.settings,
            sends: self.sends,
            return_db: self.return_db,
        }
    }

    /// Sets the fader.
    ///
    /// # Errors
    /// Where it does not go so far.
    pub fn fade(&mut self, db: f32) -> Result<(), Refusal> {
        is_fader("fader", db)?;
        self.fader_db = db;
        Ok(())
    }

    /// Sets how much goes to an aux, counted from 0. What is none stays as it is.
    ///
    /// # Errors
    /// Where it does not go so far.
    pub fn send(&mut self, aux: usize, db: Option<f32>, pre: Option<bool>) -> Result<(), Refusal> {
        let send = &mut self.sends[aux];
        if let Some(db) = db {
            is_fader("send", db)?;
            send.db = db;
        }
        send.pre = pre.unwrap_or(send.pre);
        Ok(())
    }

    /// Changes what is done to the sound: all that is said, or nothing.
    ///
    /// # Errors
    /// Where there is no such band, or a number is out of range.
    pub fn work(
        &mut self,
        change: impl Fn(StripSettings) -> Option<StripSettings>,
    ) -> Result<(), Refusal> {
        let next = change(self.settings).ok_or(Refusal::NoBand)?;
        is_in_range(next.numbers())?;
        self.settings = next;
        Ok(())
    }
}

/// Whether a fader, or what is set like one, goes so far.
///
/// # Errors
/// Where it does not.
pub fn is_fader(what: &'static str, db: f32) -> Result<(), Refusal> {
    if (FADER_MIN_DB..=FADER_MAX_DB).contains(&db) {
        return Ok(());
    }
    Err(Refusal::OutOfRange {
        what,
        value: format!("{db} dB"),
        expected: format!("{FADER_MIN_DB} to {FADER_MAX_DB} dB"),
    })
}

/// Whether every number is what it may be.
///
/// # Errors
/// With the first that is not.
pub fn is_in_range(mut numbers: impl Iterator<Item = Number>) -> Result<(), Refusal> {
    match numbers.find(|(_, value, range)| !range.contains(value)) {
        None => Ok(()),
        Some((what, value, range)) => Err(Refusal::OutOfRange {
            what,
            value: value.to_string(),
            expected: format!("{} to {}", range.start(), range.end()),
        }),
    }
}
