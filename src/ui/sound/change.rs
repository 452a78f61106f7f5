//! The commands that make one state of a strip, or of the master, another: the smallest that do it, so
//! that what another desk sets at the same time stays.

use crate::door::Command;
use crate::show::{Alarm, BANDS, Band, Master, StripSettings};

/// What is set by commands, part by part. `of` is the source that it is of; of no account for the master.
pub trait Settable: Copy + PartialEq {
    /// As it is after a command, where that is about it.
    fn after(self, of: &str, command: &Command) -> Option<Self>;
    /// The commands that make it `to`.
    fn commands(self, of: &str, to: Self) -> Vec<Command>;
}

impl Settable for StripSettings {
    fn after(self, of: &str, command: &Command) -> Option<Self> {
        let (source, change) = command.on_strip()?;
        (source == of).then(|| change(self)).flatten()
    }

    fn commands(self, of: &str, to: Self) -> Vec<Command> {
        command(of, &self, &to).into_iter().collect()
    }
}

impl Settable for Master {
    fn after(self, _: &str, command: &Command) -> Option<Self> {
        command.on_master()?(self)
    }

    fn commands(self, _: &str, to: Self) -> Vec<Command> {
        let whole = Command::Master {
            ceiling_db: differs(self.ceiling_db, to.ceiling_db),
            target_lufs: differs(self.target_lufs, to.target_lufs),
        };
        let is_said = (self.ceiling_db, self.target_lufs) != (to.ceiling_db, to.target_lufs);
        let mut commands: Vec<Command> = is_said.then_some(whole).into_iter().collect();
        if self.alarm != to.alarm {
            commands.push(alarm(None, &self.alarm, &to.alarm));
        }
        let mut on = differs(self.eq.on, to.eq.on);
        for n in 0..BANDS {
            let (was, is) = (&self.eq.bands[n], &to.eq.bands[n]);
            if was != is {
                commands.push(master_band(on.take(), Some((n, was, is))));
            }
        }
        if on.is_some() {
            commands.push(master_band(on, None));
        }
        commands
    }
}

/// Of the master's equaliser, with what differs in one of its bands, counted from 0.
fn master_band(on: Option<bool>, band: Option<(usize, &Band, &Band)>) -> Command {
    let of = band.map(|(_, was, is)| (was, is));
    Command::MasterEq {
        on,
        band: band.map(|(n, ..)| n + 1),
        band_on: of.and_then(|(was, is)| differs(was.on, is.on)),
        kind: of.and_then(|(was, is)| differs(was.kind, is.kind)),
        hz: of.and_then(|(was, is)| differs(was.hz, is.hz)),
        gain_db: of.and_then(|(was, is)| differs(was.gain_db, is.gain_db)),
        q: of.and_then(|(was, is)| differs(was.q, is.q)),
    }
}

/// The command for a source's strip; none where nothing is to change.
fn command(source: &str, from: &StripSettings, to: &StripSettings) -> Option<Command> {
    if from == to {
        return None;
    }
    let makes_it = |command: &Command| {
        let made = command.on_strip().and_then(|(_, change)| change(*from));
        made == Some(*to)
    };
    let mut parts = parts(source, from, to).into_iter();
    Some(parts.find(makes_it).unwrap_or_else(|| Command::Strip {
        source: source.to_owned(),
        settings: Box::new(*to),
    }))
}

fn differs<T: PartialEq>(from: T, to: T) -> Option<T> {
    (from != to).then_some(to)
}

/// For each part of a strip the command that makes that part what it is to be.
fn parts(source: &str, from: &StripSettings, to: &StripSettings) -> [Command; 13] {
    let of = || source.to_owned();
    let (gate, was) = (&to.gate, &from.gate);
    let gate = Command::Gate {
        source: of(),
        on: differs(was.on, gate.on),
        threshold_db: differs(was.threshold_db, gate.threshold_db),
        range_db: differs(was.range_db, gate.range_db),
        attack_ms: differs(was.attack_ms, gate.attack_ms),
        hold_ms: differs(was.hold_ms, gate.hold_ms),
        release_ms: differs(was.release_ms, gate.release_ms),
    };
    let (compressor, was) = (&to.compressor, &from.compressor);
    let compressor = Command::Compressor {
        source: of(),
        on: differs(was.on, compressor.on),
        threshold_db: differs(was.threshold_db, compressor.threshold_db),
        ratio: differs(was.ratio, compressor.ratio),
        knee_db: differs(was.knee_db, compressor.knee_db),
        attack_ms: differs(was.attack_ms, compressor.attack_ms),
        release_ms: differs(was.release_ms, compressor.release_ms),
        makeup_db: differs(was.makeup_db, compressor.makeup_db),
    };
    let (duck, was) = (&to.duck, &from.duck);
    let duck = Command::Duck {
        source: of(),
        on: differs(was.on, duck.on),
        threshold_db: differs(was.threshold_db, duck.threshold_db),
        depth_db: differs(was.depth_db, duck.depth_db),
        attack_ms: differs(was.attack_ms, duck.attack_ms),
        hold_ms: differs(was.hold_ms, duck.hold_ms),
        release_ms: differs(was.release_ms, duck.release_ms),
    };
    [
        Command::Trim {
            source: of(),
            db: to.trim_db,
        },
        Command::Polarity {
            source: of(),
            invert: to.invert,
        },
        Command::Channels {
            source: of(),
            pick: to.pick,
        },
        Command::HighPass {
            source: of(),
            on: differs(from.high_pass.on, to.high_pass.on),
            hz: differs(from.high_pass.hz, to.high_pass.hz),
        },
        gate,
        eq(source, from, to),
        compressor,
        Command::Pan {
            source: of(),
            pan: to.pan,
        },
        Command::Delay {
            source: of(),
            ms: differs(from.delay_ms, to.delay_ms),
            frames: None,
        },
        Command::Share {
            source: of(),
            on: differs(from.share.on, to.share.on),
            weight_db: differs(from.share.weight_db, to.share.weight_db),
        },
        Command::Speech {
            source: of(),
            on: to.speech,
        },
        duck,
        alarm(Some(of()), &from.alarm, &to.alarm),
    ]
}

/// What an alarm is given for, of a source or of the program.
fn alarm(source: Option<String>, from: &Alarm, to: &Alarm) -> Command {
    Command::Alarm {
        source,
        silence_s: differs(from.silence_s, to.silence_s),
        clipping: differs(from.clipping, to.clipping),
    }
}

/// Of the equaliser, with the first band that differs.
fn eq(source: &str, from: &StripSettings, to: &StripSettings) -> Command {
    let mut bands = from.eq.bands.iter().zip(&to.eq.bands);
    let band = bands.position(|(was, is)| was != is);
    let pair = band.map(|n| (&from.eq.bands[n], &to.eq.bands[n]));
    Command::Eq {
        source: source.to_owned(),
        on: differs(from.eq.on, to.eq.on),
        band: band.map(|n| n + 1),
        band_on: pair.and_then(|(was, is)| differs(was.on, is.on)),
        kind: pair.and_then(|(was, is)| differs(was.kind, is.kind)),
        hz: pair.and_then(|(was, is)| differs(was.hz, is.hz)),
        gain_db: pair.and_then(|(was, is)| differs(was.gain_db, is.gain_db)),
        q: pair.and_then(|(was, is)| differs(was.q, is.q)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::{BandKind, Pick};

    fn made(change: impl FnOnce(&mut StripSettings)) -> Option<Command> {
        let from = StripSettings::default();
        let mut to = from;
        change(&mut to);
        let command = command("ann", &from, &to);
        if let Some(command) = &command {
            let (source, change) = command.on_strip().unwrap();
            assert_eq!((source, change(from)), ("ann", Some(to)), "it does it");
        }
        command
    }

    #[test]
    fn the_master_is_made_what_it_is_to_be_and_no_more_is_said_than_changed() {
        let from = Master::default();
        let made = |change: fn(&mut Master)| {
            let mut to = from;
            change(&mut to);
            let commands = from.commands("", to);
            let after = commands.iter().try_fold(from, |now, c| now.after("", c));
            assert_eq!(after, Some(to));
            commands
        };
        assert_eq!(made(|_| {}), []);
        let ceiling = Command::Master {
            ceiling_db: Some(-2.0),
            target_lufs: None,
        };
        assert_eq!(made(|m| m.ceiling_db = -2.0), [ceiling]);
        let all = made(|m| {
            m.target_lufs = -16.0;
            m.eq.on = true;
            m.eq.bands[0].gain_db = 3.0;
            m.eq.bands[3].hz = 9000.0;
        });
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!(made(|m| m.eq.on = true).len(), 1);
        let quiet = Command::Alarm {
            source: None,
            silence_s: None,
            clipping: Some(false),
        };
        assert_eq!(made(|m| m.alarm.clipping = false), [quiet]);
        assert_eq!(from.after("", &Command::Cut {}), None);
    }

    #[test]
    fn one_part_is_changed_by_its_own_command_and_no_more_is_said_than_changed() {
        let source = || "ann".to_owned();
        assert_eq!(made(|_| {}), None);
        assert_eq!(
            made(|s| s.eq.bands[2].hz = 3000.0),
            Some(Command::Eq {
                source: source(),
                on: None,
                band: Some(3),
                band_on: None,
                kind: None,
                hz: Some(3000.0),
                gain_db: None,
                q: None,
            })
        );
        assert_eq!(
            made(|s| s.pick = Pick::Left),
            Some(Command::Channels {
                source: source(),
                pick: Pick::Left
            })
        );
        assert_eq!(
            made(|s| s.gate.hold_ms = 50.0),
            Some(Command::Gate {
                source: source(),
                on: None,
                threshold_db: None,
                range_db: None,
                attack_ms: None,
                hold_ms: Some(50.0),
                release_ms: None,
            })
        );
        for change in [
            (|s: &mut StripSettings| s.trim_db = 3.0) as fn(&mut StripSettings),
            |s| s.invert = true,
            |s| s.high_pass.on = true,
            |s| s.compressor.ratio = 8.0,
            |s| s.pan = -0.5,
            |s| s.delay_ms = 40.0,
            |s| s.share.weight_db = 3.0,
            |s| s.speech = true,
            |s| s.duck.hold_ms = 500.0,
            |s| s.alarm.silence_s = 30.0,
            |s| s.eq.on = true,
            |s| s.eq.bands[0].kind = BandKind::Notch,
        ] {
            let command = made(change);
            assert!(!matches!(command, None | Some(Command::Strip { .. })));
        }
    }

    #[test]
    fn more_than_a_part_is_changed_at_once() {
        let all = |s: &mut StripSettings| {
            s.high_pass.on = true;
            s.eq.bands[1].gain_db = -3.0;
        };
        assert!(matches!(made(all), Some(Command::Strip { .. })));
        let bands = |s: &mut StripSettings| {
            s.eq.bands[0].gain_db = -3.0;
            s.eq.bands[1].gain_db = -3.0;
        };
        assert!(matches!(made(bands), Some(Command::Strip { .. })));
    }
}
