//! One source, as the tick plays it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::clip::Clip;
use crate::audio::{BusId, Meters};
use crate::door::{ReturnStatus, SoundAlarm, SourceState, SourceStatus};
use crate::input::{LOST_NS, Slot, Status};
use crate::media::{House, Picture, SAMPLE_RATE};

/// One source, as the tick sees it.
pub struct Input {
    /// Its pictures.
    pub slot: Slot,
    /// What its supervisor says.
    pub status: Arc<Status>,
    /// Shown while it is lost.
    pub slate: Option<Picture>,
    /// The state last told.
    pub told: SourceState,
    /// When the picture came from its decoder that this tick shows for the first time.
    pub fresh: Option<House>,
    /// How long the last new picture took from its decoder to the encoder's input.
    pub held_ns: i64,
    /// Whether the first frame waits for its first picture, within reason.
    pub waits_at_start: bool,
    /// How it is played, where it is a clip.
    pub clip: Option<Clip>,
}

impl Input {
    /// The picture for a tick: the slot's, or the slate where nothing has come for a while.
    pub fn picture(&mut self, due: House, frame_ns: i64, now: House) -> Option<Picture> {
        let rests = self.clip.as_ref().is_some_and(Clip::rests);
        let since = self.clip.as_ref().map_or(House::MIN, Clip::since);
        let gone = match self.status.vitals.last_picture() {
            Some(last) => {
                now - last.max(since) > LOST_NS
                    && self.status.state() != SourceState::Ended
                    && !rests
            }
            None => true,
        };
        if gone {
            // What is left would flash up when it comes back.
            self.slot.clear();
            return self.slate.clone();
        }
        if self.clip.as_mut().is_some_and(Clip::stands) {
            return self.slot.current().cloned().or_else(|| self.slate.clone());
        }
        let before = self.slot.shown();
        // If nothing waited when the frame before was made, that was the last.
        let drained = self.slot.is_drained();
        let picture = self.slot.at(due, frame_ns).cloned();
        if let Some(picture) = &picture
            && before != Some(picture.number)
        {
            self.fresh = Some(picture.arrived);
        }
        let heard = self.status.vitals.position();
        let position = picture.as_ref().map_or(heard, |picture| picture.position);
        if let Some(clip) = &mut self.clip
            && !clip.shows(position, drained)
        {
            return None;
        }
        picture.or_else(|| self.slate.clone())
    }

    /// The tick's picture is at the encoder.
    pub fn encoded(&mut self, now: House) {
        if let Some(arrived) = self.fresh.take() {
            self.held_ns = now - arrived;
        }
    }

    /// What is seen of it; the core fills in what it knows itself.
    pub fn observe(&self, strip: usize, meters: &Meters) -> SourceStatus {
        let counters = self.slot.counters();
        let vitals = &self.status.vitals;
        let [
            (gate_db, gate_level_db),
            (compressor_db, compressor_level_db),
        ] = meters.take_dynamics(strip);
        let alarmed = meters.alarmed(strip);
        let turned = meters.take_turned(strip);
        let (level, limiter_db) = meters.take_bus(BusId::MixMinus(strip));
        let returned = ReturnStatus {
            level,
            limiter_db,
            ..ReturnStatus::default()
        };
        SourceStatus {
            state: self.status.state(),
            message: self.status.message().to_string(),
            warning: self.status.warning().to_string(),
            level: meters.take(strip),
            gate_db,
            compressor_db,
            gate_level_db,
            compressor_level_db,
            share_db: turned.share_db,
            duck_db: turned.duck_db,
            alarm: SoundAlarm {
                // Music is made as loud as this, and nobody here can mend it.
                clipping: alarmed.clipping && self.clip.is_none(),
                ..alarmed
            },
            back: Some(returned),
            frames: counters.frames.load(Ordering::Relaxed),
            lost: counters.lost.load(Ordering::Relaxed),
            repeated: counters.repeated.load(Ordering::Relaxed),
            dropped: counters.dropped.load(Ordering::Relaxed),
            drift_ppm: vitals.drift_ppm(),
            av_offset_ms: meters.offset(strip) * 1000.0 / SAMPLE_RATE as f32,
            jitter_ms: vitals.jitter_ms(),
            held_ms: self.held_ns as f32 / 1e6,
            restarts: self.status.restarts(),
            clip: self.clip.as_ref().map(Clip::status),
            ..SourceStatus::default()
        }
    }
}
