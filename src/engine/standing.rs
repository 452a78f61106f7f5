//! What the hand sets while the show runs and the file keeps: faders, mutes, AFV, sends, buses, the
//! transition in use, downstream keys and what is filled into titles. The tick says how they stand; the editor writes them into the show that is saved.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::show::{
    AUXES, Afv, DownstreamKey, Send, Show, Sound, Source, StripSettings, TransitionStyle, padded,
    trimmed,
};

/// How the sound of one source stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoundStanding {
    /// Its fader in dB.
    pub fader_db: f32,
    /// Muted.
    pub mute: bool,
    /// Audio follows video.
    pub afv: Afv,
    /// What is done to it before the fader.
    pub settings: StripSettings,
    /// How much of it goes to each aux.
    pub sends: [Send; AUXES],
    /// How loud it gets back everything but itself, in dB.
    pub return_db: f32,
}

impl SoundStanding {
    /// As the show says it.
    pub fn of(source: &Source) -> Self {
        Self {
            fader_db: source.fader_db,
            mute: source.mute,
            afv: source.afv,
            settings: source.strip,
            sends: padded(&source.sends),
            return_db: source.return_db,
        }
    }

    /// Has a source be said so by the show.
    pub fn write_into(&self, source: &mut Source) {
        source.fader_db = self.fader_db;
        source.mute = self.mute;
        source.afv = self.afv;
        source.strip = self.settings;
        source.sends = trimmed(&self.sends, &source.sends);
        source.return_db = self.return_db;
    }
}

/// See the module's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// By the ids of the sources.
    pub sounds: BTreeMap<String, SoundStanding>,
    /// Auxes, groups, the program's own processing and the monitors.
    pub sound: Sound,
    /// What the director chose, whatever the scene on PVW likes best.
    pub transition: TransitionStyle,
    /// The downstream keys.
    pub keys: Vec<DownstreamKey>,
    /// What was filled into titles by hand, by their ids.
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
}

impl Standing {
    /// The show as it stands: as `show` says, but for what the hand has set since.
    pub fn written_into(&self, show: &Show) -> Show {
        let mut show = show.clone();
        show.transition.clone_from(&self.transition);
        for source in &mut show.sources {
            if let Some(sound) = self.sounds.get(&source.id) {
                sound.write_into(source);
            }
        }
        show.sound = show.sound.set_as(&self.sound);
        show.keys.clone_from(&self.keys);
        for title in &mut show.titles {
            if let Some(fields) = self.fields.get(&title.id) {
                title.fields.clone_from(fields);
            }
        }
        show
    }
}

/// The tick's end.
pub struct StandingTold {
    now: Arc<ArcSwap<Standing>>,
    moved: Sender<()>,
}

impl StandingTold {
    /// Says how things stand, where they stand otherwise than before. Waits for nothing.
    pub fn tell(&self, standing: Standing) {
        if **self.now.load() != standing {
            self.now.store(Arc::new(standing));
            // One that was not heard yet says as much.
            let _ = self.moved.try_send(());
        }
    }
}

/// The editor's end.
pub struct StandingHeard {
    now: Arc<ArcSwap<Standing>>,
    /// Something comes when things stand otherwise than before.
    pub moved: Receiver<()>,
}

impl StandingHeard {
    /// As the tick said last; also when it has ended.
    pub fn now(&self) -> Arc<Standing> {
        self.now.load_full()
    }
}

/// The line between them, with how things stand at first.
pub fn line(first: Standing) -> (StandingTold, StandingHeard) {
    let now = Arc::new(ArcSwap::from_pointee(first));
    let (told, moved) = bounded(1);
    let heard = StandingHeard {
        now: now.clone(),
        moved,
    };
    (StandingTold { now, moved: told }, heard)
}
