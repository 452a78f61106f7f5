//! The last two minutes of each destination, as small drawings: how much went out, and how much
//! waited. Kept by the desk, from what it saw.

use std::collections::{BTreeMap, VecDeque};

use egui::{Rect, Shape, Stroke, Ui, pos2};

use super::super::{fills, lang, paint, theme, words};
use crate::door::{DestinationState, Snapshot};

/// How much is kept, in seconds.
const LENGTH_S: f64 = 120.0;
/// So often it is looked, in seconds.
const EVERY_S: f64 = 1.0;
/// So much backlog is as high as the drawing, in ms.
const BACKLOG_MS: f32 = 6000.0;
/// From here on a backlog is drawn to be seen, in ms.
const LOOK_HERE_MS: u32 = 1500;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at: f64,
    bitrate_bps: u64,
    backlog_ms: u32,
}

/// See the module's words.
#[derive(Debug, Default)]
pub struct History {
    looked: Option<f64>,
    /// By destination.
    samples: BTreeMap<String, VecDeque<Sample>>,
}

impl History {
    /// Takes in what a snapshot shows, at `now` seconds; as often as it is called, once a second.
    pub fn update(&mut self, snapshot: &Snapshot, now: f64) {
        if self.looked.is_some_and(|at| now - at < EVERY_S) {
            return;
        }
        self.looked = Some(now);
        let destinations = &snapshot.destinations;
        self.samples
            .retain(|id, _| destinations.iter().any(|d| d.id == *id));
        for destination in destinations {
            let samples = self.samples.entry(destination.id.clone()).or_default();
            if destination.state != DestinationState::Off || !samples.is_empty() {
                samples.push_back(Sample {
                    at: now,
                    bitrate_bps: destination.bitrate_bps,
                    backlog_ms: destination.backlog_ms,
                });
            }
            while samples.front().is_some_and(|s| now - s.at > LENGTH_S) {
                samples.pop_front();
            }
            // One that is off for so long has nothing to tell.
            if samples.iter().all(|s| s.bitrate_bps == 0)
                && destination.state == DestinationState::Off
            {
                samples.clear();
            }
        }
    }

    /// Whether there is anything to draw of a destination.
    pub fn has(&self, id: &str) -> bool {
        self.samples.get(id).is_some_and(|s| s.len() > 1)
    }

    /// Draws a destination's: its bitrate as a line, what waited as bars below. `target_bps` is four
    /// fifths of the height.
    pub fn draw(&self, ui: &Ui, rect: Rect, (id, name): (&str, &str), target_bps: u64, now: f64) {
        let Some(samples) = self.samples.get(id).filter(|s| s.len() > 1) else {
            return;
        };
        fills::fill(ui, rect, 2, theme::BACKGROUND);
        let x = |at: f64| rect.right() - ((now - at) / LENGTH_S) as f32 * rect.width();
        let most = samples.iter().map(|s| s.bitrate_bps).max().unwrap_or(0);
        let full = (target_bps as f32 * 1.25).max(most as f32).max(1.0);
        let painter = ui.painter().with_clip_rect(rect);
        let bar = (rect.width() / LENGTH_S as f32).max(1.0);
        for sample in samples.iter().filter(|s| s.backlog_ms > 0) {
            let height = (sample.backlog_ms as f32 / BACKLOG_MS).min(1.0) * rect.height();
            let colour = if sample.backlog_ms > LOOK_HERE_MS {
                theme::AMBER
            } else {
                theme::PRESSED
            };
            let foot = pos2(x(sample.at), rect.bottom());
            let bar = Rect::from_min_max(pos2(foot.x - bar, foot.y - height), foot);
            painter.rect_filled(bar, 0, colour);
        }
        let y = |bps: u64| rect.bottom() - 1.0 - bps as f32 / full * (rect.height() - 2.0);
        let line = samples.iter().map(|s| pos2(x(s.at), y(s.bitrate_bps)));
        let stroke = Stroke::new(1.25, theme::TEXT);
        painter.add(Shape::line(line.collect(), stroke));

        let least = samples.iter().map(|s| s.bitrate_bps).min().unwrap_or(0);
        let behind = samples.iter().map(|s| s.backlog_ms).max().unwrap_or(0);
        let said = lang::with(
            "outputs-history",
            &[
                ("name", name.into()),
                ("least", words::bitrate(least).into()),
                ("most", words::bitrate(most).into()),
                ("behind", behind.to_string().into()),
            ],
        );
        paint::say(ui, rect, ("history", id), &said).on_hover_text(&said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    #[test]
    fn two_minutes_are_kept_and_one_that_is_off_tells_nothing() {
        let mut snapshot = testing::snapshot();
        let mut history = History::default();
        history.update(&snapshot, 0.0);
        history.update(&snapshot, 1.0);
        assert!(!history.has("yt"), "it was never on");
        snapshot.destinations[0].state = DestinationState::Live;
        snapshot.destinations[0].bitrate_bps = 4_000_000;
        for tenth in 0..3000 {
            history.update(&snapshot, 10.0 + f64::from(tenth) / 10.0);
        }
        let kept = &history.samples["yt"];
        assert!((115..=122).contains(&kept.len()), "{}", kept.len());
        assert!(kept.iter().all(|s| s.at >= 310.0 - LENGTH_S - EVERY_S));
        assert!(!history.has("pt"));
        // It stays seen for two minutes after it was stopped.
        snapshot.destinations[0].state = DestinationState::Off;
        snapshot.destinations[0].bitrate_bps = 0;
        history.update(&snapshot, 320.0);
        assert!(history.has("yt"));
        for second in 321..460 {
            history.update(&snapshot, f64::from(second));
        }
        assert!(!history.has("yt"));
        snapshot.destinations.clear();
        history.update(&snapshot, 500.0);
        assert!(history.samples.is_empty());
    }
}
