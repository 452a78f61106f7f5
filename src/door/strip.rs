//! The commands that change what a strip does to its source's sound, or the master to the program's:
//! each names a part, and what it leaves out of that stays as it is.

use super::Command;
use crate::show::{Eq, Master, StripSettings};

impl Command {
    /// The source whose strip this changes, and how it changes it; `None` for every other command.
    pub fn on_strip(&self) -> Option<(&str, impl Fn(StripSettings) -> Option<StripSettings>)> {
        let source = match self {
            Self::Trim { source, .. }
            | Self::Polarity { source, .. }
            | Self::Channels { source, .. }
            | Self::HighPass { source, .. }
            | Self::Gate { source, .. }
            | Self::Eq { source, .. }
            | Self::Compressor { source, .. }
            | Self::Pan { source, .. }
            | Self::Delay { source, .. }
            | Self::Preset { source, .. }
            | Self::Share { source, .. }
            | Self::Speech { source, .. }
            | Self::Duck { source, .. }
            | Self::Alarm {
                source: Some(source),
                ..
            }
            | Self::Strip { source, .. } => source,
            _ => return None,
        };
        Some((source, |now| self.changed(now)))
    }

    /// The settings as they are after it; `None` where it names a band that is none.
    fn changed(&self, mut strip: StripSettings) -> Option<StripSettings> {
        match self {
            Self::Trim { db, .. } => strip.trim_db = *db,
            Self::Polarity { invert, .. } => strip.invert = *invert,
            Self::Channels { pick, .. } => strip.pick = *pick,
            Self::HighPass { on, hz, .. } => {
                put(&mut strip.high_pass.on, on);
                put(&mut strip.high_pass.hz, hz);
            }
            Self::Gate {
                on,
                threshold_db,
                range_db,
                attack_ms,
                hold_ms,
                release_ms,
                ..
            } => {
                let gate = &mut strip.gate;
                put(&mut gate.on, on);
                put(&mut gate.threshold_db, threshold_db);
                put(&mut gate.range_db, range_db);
                put(&mut gate.attack_ms, attack_ms);
                put(&mut gate.hold_ms, hold_ms);
                put(&mut gate.release_ms, release_ms);
            }
            Self::Eq { .. } => self.change_eq(&mut strip.eq)?,
            Self::Compressor {
                on,
                threshold_db,
                ratio,
                knee_db,
                attack_ms,
                release_ms,
                makeup_db,
                ..
            } => {
                let compressor = &mut strip.compressor;
                put(&mut compressor.on, on);
                put(&mut compressor.threshold_db, threshold_db);
                put(&mut compressor.ratio, ratio);
                put(&mut compressor.knee_db, knee_db);
                put(&mut compressor.attack_ms, attack_ms);
                put(&mut compressor.release_ms, release_ms);
                put(&mut compressor.makeup_db, makeup_db);
            }
            Self::Pan { pan, .. } => strip.pan = *pan,
            Self::Delay { ms, .. } => put(&mut strip.delay_ms, ms),
            Self::Preset { preset, .. } => strip = preset.on(&strip),
            Self::Share { on, weight_db, .. } => {
                put(&mut strip.share.on, on);
                put(&mut strip.share.weight_db, weight_db);
            }
            Self::Speech { on, .. } => strip.speech = *on,
            Self::Duck {
                on,
                threshold_db,
                depth_db,
                attack_ms,
                hold_ms,
                release_ms,
                ..
            } => {
                let duck = &mut strip.duck;
                put(&mut duck.on, on);
                put(&mut duck.threshold_db, threshold_db);
                put(&mut duck.depth_db, depth_db);
                put(&mut duck.attack_ms, attack_ms);
                put(&mut duck.hold_ms, hold_ms);
                put(&mut duck.release_ms, release_ms);
            }
            Self::Alarm {
                silence_s,
                clipping,
                ..
            } => {
                put(&mut strip.alarm.silence_s, silence_s);
                put(&mut strip.alarm.clipping, clipping);
            }
            Self::Strip { settings, .. } => strip = **settings,
            _ => {}
        }
        Some(strip)
    }

    /// How this changes what is done to the program; `None` for every other command. That gives `None`
    /// where it names a band that is none.
    pub fn on_master(&self) -> Option<impl Fn(Master) -> Option<Master>> {
        let is_one = matches!(
            self,
            Self::Master { .. } | Self::MasterEq { .. } | Self::Alarm { source: None, .. }
        );
        is_one.then_some(|now| self.changed_master(now))
    }

    fn changed_master(&self, mut master: Master) -> Option<Master> {
        match self {
            Self::Master {
                ceiling_db,
                target_lufs,
            } => {
                put(&mut master.ceiling_db, ceiling_db);
                put(&mut master.target_lufs, target_lufs);
            }
            Self::MasterEq { .. } => self.change_eq(&mut master.eq)?,
            Self::Alarm {
                silence_s,
                clipping,
                ..
            } => {
                put(&mut master.alarm.silence_s, silence_s);
                put(&mut master.alarm.clipping, clipping);
            }
            _ => {}
        }
        Some(master)
    }

    /// Changes a strip's equaliser or the program's. `None` where there is no such band, or none is named for
    /// what is said of one.
    fn change_eq(&self, eq: &mut Eq) -> Option<()> {
        let (Self::Eq {
            on,
            band,
            band_on,
            kind,
            hz,
            gain_db,
            q,
            ..
        }
        | Self::MasterEq {
            on,
            band,
            band_on,
            kind,
            hz,
            gain_db,
            q,
        }) = self
        else {
            return Some(());
        };
        put(&mut eq.on, on);
        let Some(band) = *band else {
            let numbers = [hz, gain_db, q];
            let is_said =
                band_on.is_some() || kind.is_some() || numbers.iter().any(|n| n.is_some());
            return (!is_said).then_some(());
        };
        let band = eq.bands.get_mut(band.checked_sub(1)?)?;
        put(&mut band.on, band_on);
        put(&mut band.kind, kind);
        put(&mut band.hz, hz);
        put(&mut band.gain_db, gain_db);
        put(&mut band.q, q);
        Some(())
    }
}

fn put<T: Copy>(place: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        *place = *value;
    }
}
