//! Which source's pictures are measured against which strip's sound, and what is proposed for them. A
//! measurement ends with its engine: it is of a moment.

use super::strip::Strip;
use crate::door::{LipSyncProposal, LipSyncState, LipSyncStatus};
use crate::engine::aligner::{Measured, Watched};
use crate::engine::unaligned::Unaligned;
use crate::media::Rate;

/// The longest delay of a picture or of a sound, in ms.
const LONGEST_MS: f64 = 2000.0;
/// So many flashes and beeps without a pair, and something is wrong with them.
const ALONE: u32 = 3;

/// See the module's words.
#[derive(Clone, Debug, Default)]
pub struct LipSync {
    /// By slots: the picture's and the sound's.
    of: Option<(usize, usize)>,
    run: u32,
    measured: Measured,
}

impl LipSync {
    /// Measures a slot's pictures against a slot's sound from now on, anew.
    pub fn measure(&mut self, picture: usize, sound: usize) {
        self.of = Some((picture, sound));
        self.run += 1;
    }

    /// Measures no more.
    pub fn stop(&mut self) {
        self.of = None;
    }

    /// Goes on with the slots that both have now; ends where one of them is no more.
    pub fn follow(&mut self, slot: impl Fn(usize) -> Option<usize>) {
        self.of = self
            .of
            .and_then(|(picture, sound)| Some((slot(picture)?, slot(sound)?)));
    }

    /// The slots of picture and sound.
    pub fn of(&self) -> Option<(usize, usize)> {
        self.of
    }

    /// What is to be measured, with strips that stand so.
    pub fn watched(&self, strips: &[Strip]) -> Option<Watched> {
        let (picture, sound) = self.of?;
        Some(Watched {
            picture,
            sound,
            picture_delay_ms: strips.get(picture)?.picture_delay_ms,
            run: self.run,
        })
    }

    /// This was found last.
    pub fn know(&mut self, measured: Measured) {
        self.measured = measured;
    }

    /// How it stands, but for the ids. `None` where nothing is measured.
    pub fn status(&self, strips: &[Strip], rate: Rate) -> Option<LipSyncStatus> {
        let watched = self.watched(strips)?;
        let sound = strips.get(watched.sound)?;
        // What was found of an earlier one says nothing of this.
        let is_its = self.measured.of == Some(watched);
        let found = if is_its {
            self.measured
        } else {
            Measured::default()
        };
        let ms = |ns: i64| ns as f64 / 1e6;
        let proposal = found.offset.filter(|offset| offset.agrees).map(|offset| {
            let of = (watched.picture_delay_ms, sound.settings.delay_ms);
            propose(ms(offset.median_ns), of, rate)
        });
        Some(LipSyncStatus {
            flashes: found.flashes,
            beeps: found.beeps,
            events: found.events,
            offset_ms: found.offset.map(|offset| ms(offset.median_ns) as f32),
            spread_ms: found.offset.map(|offset| ms(offset.spread_ns) as f32),
            picture_ms: ms(found.picture_ns) as f32,
            state: state(&found, proposal),
            proposal: proposal.flatten(),
            ..LipSyncStatus::default()
        })
    }
}

/// What aligns a sound with a picture that is so many ms later, where picture and sound have these delays;
/// none where no delay reaches so far.
fn propose(later: f64, (picture_ms, delay_ms): (u32, f32), rate: Rate) -> Option<LipSyncProposal> {
    let frames = |ms: f64| (ms * rate.fps() / 1000.0) as f32;
    if later >= 0.0 {
        // In tenths, as it is set.
        let ms = (later * 10.0).round() / 10.0;
        return (ms <= LONGEST_MS).then(|| LipSyncProposal::Sound {
            ms: ms as f32,
            frames: frames(ms),
        });
    }
    // With the delay that the sound has already it is later still.
    let ms = (f64::from(picture_ms) + f64::from(delay_ms) - later).round();
    (ms <= LONGEST_MS).then(|| LipSyncProposal::Picture {
        ms: ms as u32,
        frames: frames(ms),
    })
}

fn state(found: &Measured, proposal: Option<Option<LipSyncProposal>>) -> LipSyncState {
    match proposal {
        Some(Some(_)) => LipSyncState::Ready,
        Some(None) => LipSyncState::TooFar,
        None if found.events as usize >= crate::engine::pairs::ENOUGH => LipSyncState::Disagree,
        None if found.events > 0 || !found.is_long => LipSyncState::Waiting,
        None if found.flashes == 0 => LipSyncState::NothingSeen,
        None if found.beeps == 0 => LipSyncState::NothingHeard,
        None if found.flashes.min(found.beeps) >= ALONE => LipSyncState::NothingTogether,
        None => LipSyncState::Waiting,
    }
}

/// The delay of the sound that is proposed, in ms.
///
/// # Errors
/// Where none is, with the reason and with what mends it where anything can.
pub fn delay_of_sound(status: Option<&LipSyncStatus>) -> Result<f32, Unaligned> {
    let Some(status) = status else {
        return Err(Unaligned::Idle);
    };
    let later_ms = -status.offset_ms.unwrap_or_default();
    match (status.proposal, status.state) {
        (Some(LipSyncProposal::Sound { ms, .. }), _) => Ok(ms),
        (Some(LipSyncProposal::Picture { ms, .. }), _) => Err(Unaligned::SoundIsLater {
            later: format!("{later_ms:.1}"),
            picture: status.picture.clone(),
            ms,
        }),
        (None, LipSyncState::NothingSeen) => Err(Unaligned::NothingSeen(status.picture.clone())),
        (None, LipSyncState::NothingHeard) => Err(Unaligned::NothingHeard(status.sound.clone())),
        (None, LipSyncState::NothingTogether) => Err(Unaligned::NothingTogether),
        (None, LipSyncState::Disagree) => Err(Unaligned::Disagree(status.events)),
        (None, LipSyncState::TooFar) => Err(Unaligned::TooFar(format!("{:.0}", later_ms.abs()))),
        (None, LipSyncState::Waiting | LipSyncState::Ready) => {
            Err(Unaligned::TooFew(status.events))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::pairs::Offset;

    const MS: i64 = 1_000_000;
    const RATE: Rate = Rate(30, 1);

    fn measured(median_ns: i64, agrees: bool) -> Measured {
        let offset = Offset {
            median_ns,
            spread_ns: 9 * MS,
            agrees,
        };
        Measured {
            of: None,
            flashes: 4,
            beeps: 5,
            events: 4,
            offset: Some(offset),
            picture_ns: 33 * MS,
            is_long: true,
        }
    }

    fn measuring() -> LipSync {
        let mut lip_sync = LipSync::default();
        lip_sync.measure(0, 1);
        lip_sync
    }

    /// What is seen where this was found of what is measured.
    fn status(measured: Measured, strips: &[Strip]) -> LipSyncStatus {
        let mut lip_sync = measuring();
        let of = lip_sync.watched(strips);
        lip_sync.know(Measured { of, ..measured });
        lip_sync.status(strips, RATE).unwrap()
    }

    #[test]
    fn a_later_picture_has_the_sound_delayed_and_a_later_sound_the_picture() {
        let mut strips = [Strip::default(); 2];
        strips[1].settings.delay_ms = 20.0;
        strips[0].picture_delay_ms = 10;
        let seen = status(measured(66_660_000, true), &strips);
        let Some(LipSyncProposal::Sound { ms, frames }) = seen.proposal else {
            panic!("{seen:?}");
        };
        assert_eq!((ms, (frames * 10.0).round()), (66.7, 20.0));
        assert_eq!(delay_of_sound(Some(&seen)), Ok(66.7));
        assert_eq!((seen.spread_ms, seen.events), (Some(9.0), 4));
        let seen = status(measured(-50 * MS, true), &strips);
        let picture = Some(LipSyncProposal::Picture {
            ms: 80,
            frames: 2.4,
        });
        assert_eq!(seen.proposal, picture, "with all that there is already");
        let refused = delay_of_sound(Some(&seen)).unwrap_err().to_string();
        assert!(
            refused.contains("50.0 ms") && refused.contains("80 ms"),
            "{refused}"
        );
    }

    #[test]
    fn what_proposes_nothing_says_why() {
        let strips = [Strip::default(); 2];
        let of = |found: Measured| {
            let seen = status(found, &strips);
            assert_eq!(seen.proposal, None);
            assert!(delay_of_sound(Some(&seen)).is_err());
            seen.state
        };
        assert_eq!(of(measured(0, false)), LipSyncState::Disagree);
        assert_eq!(of(measured(-2001 * MS, true)), LipSyncState::TooFar);
        let alone = Measured {
            events: 0,
            offset: None,
            ..measured(0, false)
        };
        assert_eq!(of(alone), LipSyncState::NothingTogether);
        let silent = Measured { beeps: 0, ..alone };
        assert_eq!(of(silent), LipSyncState::NothingHeard);
        let dark = Measured {
            flashes: 0,
            ..alone
        };
        assert_eq!(of(dark), LipSyncState::NothingSeen);
        let soon = Measured {
            is_long: false,
            ..dark
        };
        assert_eq!(of(soon), LipSyncState::Waiting);
        assert_eq!(delay_of_sound(None), Err(Unaligned::Idle));
    }

    #[test]
    fn a_measurement_ends_with_what_it_is_of_and_each_is_another() {
        let strips = [Strip::default(); 3];
        let mut lip_sync = measuring();
        let first = lip_sync.watched(&strips).unwrap();
        let of = Some(first);
        lip_sync.know(Measured {
            of,
            ..measured(0, true)
        });
        let state = |lip_sync: &LipSync| lip_sync.status(&strips, RATE).unwrap().state;
        assert_eq!(state(&lip_sync), LipSyncState::Ready);
        lip_sync.measure(0, 1);
        assert_ne!(lip_sync.watched(&strips), Some(first));
        assert_eq!(state(&lip_sync), LipSyncState::Waiting);
        lip_sync.follow(|slot| Some(slot + 1));
        assert_eq!(lip_sync.of(), Some((1, 2)));
        lip_sync.follow(|slot| (slot != 2).then_some(slot));
        assert_eq!(lip_sync.watched(&strips), None);
    }
}
