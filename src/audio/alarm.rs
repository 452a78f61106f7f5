//! Who is silent for too long, and who is too loud: told as it is at each block.

use crate::door::SoundAlarm;
use crate::media::{BLOCK, SAMPLE_RATE};
use crate::show::Alarm;

/// Nothing louder than this is silence, as a magnitude: −60 dBFS.
const SILENT: f32 = 1e-3;
/// Two samples in a row from here on are cut off, as a magnitude.
pub const CUT_OFF: f32 = 0.9999;
/// What was too loud is told for so long, in blocks: 3 s.
const TOLD: u32 = (3 * SAMPLE_RATE / BLOCK) as u32;

/// Looks at one strip, or at the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    alarm: Alarm,
    /// Blocks of silence, up to now.
    silent: u32,
    /// Blocks for which it is still told that something was too loud.
    told: u32,
}

impl Watch {
    /// What it is to be looked at for.
    pub fn set(&mut self, alarm: &Alarm) {
        self.alarm = *alarm;
    }

    /// Something else is to be looked at, for the same.
    pub fn clear(&mut self) {
        (self.silent, self.told) = (0, 0);
    }

    /// A block went by, with this for its highest magnitude.
    pub fn see(&mut self, peak: f32, is_too_loud: bool) -> SoundAlarm {
        self.silent = if peak > SILENT {
            0
        } else {
            self.silent.saturating_add(1)
        };
        self.told = if is_too_loud {
            TOLD
        } else {
            self.told.saturating_sub(1)
        };
        let silent_s = self.silent as f32 * BLOCK as f32 / SAMPLE_RATE as f32;
        SoundAlarm {
            silent: self.alarm.silence_s > 0.0 && silent_s >= self.alarm.silence_s,
            clipping: self.alarm.clipping && self.told > 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = SAMPLE_RATE / BLOCK;

    #[test]
    fn silence_is_told_when_it_has_lasted_and_ends_with_the_first_sound() {
        let mut watch = Watch::default();
        watch.set(&Alarm {
            silence_s: 2.0,
            clipping: false,
        });
        let silent: Vec<bool> = (0..3 * SECOND)
            .map(|_| watch.see(5e-4, true).silent)
            .collect();
        assert_eq!(silent.iter().position(|s| *s), Some(2 * SECOND - 1));
        assert_eq!(watch.see(2e-3, true), SoundAlarm::default());
        (0..SECOND).for_each(|_| assert!(!watch.see(0.0, false).silent));
        watch.set(&Alarm {
            silence_s: 0.0,
            clipping: false,
        });
        (0..10 * SECOND).for_each(|_| assert!(!watch.see(0.0, false).silent));
    }

    #[test]
    fn what_was_too_loud_is_told_long_enough_to_be_seen() {
        let mut watch = Watch::default();
        watch.set(&Alarm::CLIPPING);
        assert!(!watch.see(0.5, false).clipping);
        assert!(watch.see(1.0, true).clipping);
        let told = (0..10 * SECOND).take_while(|_| watch.see(0.5, false).clipping);
        assert_eq!(told.count(), 3 * SECOND - 1);
        watch.see(1.0, true);
        watch.clear();
        assert!(!watch.see(0.5, false).clipping, "another's");
    }
}
