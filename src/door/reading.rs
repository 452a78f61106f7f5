//! What can be subscribed to: readings of the sound, told a client again and again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Level;

/// A kind of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// [`super::Event::Levels`].
    Levels,
    /// [`super::Event::Loudness`].
    Loudness,
    /// [`super::Event::Spectrum`].
    Spectrum,
}

/// How often a reading is told where nothing else is said, a second.
pub const USUAL_PER_S: f32 = 10.0;

/// The levels since they were told this client last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// Of the program.
    pub program: Level,
    /// Of each aux, behind its fader.
    pub auxes: Vec<Level>,
    /// Of each source's strip, behind its fader, by its id.
    pub sources: BTreeMap<String, Level>,
    /// Of what each guest gets back, by its id.
    pub returns: BTreeMap<String, Level>,
}

impl Levels {
    /// With what was read later: the higher peaks of both, everything else as it is now.
    pub fn take(&mut self, later: Self) {
        let Self {
            program,
            auxes,
            sources,
            returns,
        } = std::mem::replace(self, later);
        self.program.keep_peaks(&program);
        for (now, before) in self.auxes.iter_mut().zip(&auxes) {
            now.keep_peaks(before);
        }
        for (now, before) in [(&mut self.sources, sources), (&mut self.returns, returns)] {
            for (id, before) in before {
                if let Some(now) = now.get_mut(&id) {
                    now.keep_peaks(&before);
                }
            }
        }
    }
}

impl Level {
    fn keep_peaks(&mut self, before: &Self) {
        let pairs = self.peak_db.iter_mut().zip(before.peak_db);
        let quasi = self.quasi_db.as_flattened_mut().iter_mut();
        for (now, before) in pairs.chain(quasi.zip(before.quasi_db.as_flattened().iter().copied()))
        {
            *now = now.max(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_kept_and_the_rest_is_as_it_is_now() {
        let level = |peak: f32, rms: f32| Level {
            peak_db: [peak, peak - 1.0],
            quasi_db: [[peak - 2.0; 2]; 2],
            rms_db: [rms; 2],
            correlation: None,
        };
        let of = |peak, rms, id: &str| Levels {
            program: level(peak, rms),
            auxes: vec![level(peak, rms)],
            sources: [(id.to_owned(), level(peak, rms))].into(),
            returns: BTreeMap::new(),
        };
        let mut levels = of(-6.0, -20.0, "ann");
        levels.take(of(-12.0, -15.0, "ann"));
        let kept = Level {
            rms_db: [-15.0; 2],
            ..level(-6.0, 0.0)
        };
        assert_eq!((levels.program, levels.auxes[0]), (kept, kept));
        assert_eq!(levels.sources["ann"], kept);
        levels.take(of(-30.0, -40.0, "bob"));
        assert_eq!(levels.sources.keys().collect::<Vec<_>>(), ["bob"]);
        assert_eq!(levels.sources["bob"], level(-30.0, -40.0));
    }
}
