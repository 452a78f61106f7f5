//! A colour picked in the picture of a source: its own picture is shown, and a press takes the mean of what
//! is around the hand.

use egui::{Color32, CursorIcon, Key, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::door::{MonitorId, MonitorPicture, MonitorRequest};
use crate::media::colour::{from_codes, to_rgb};
use crate::show::Rgb;
use crate::ui::{layout, monitor, paint, stage::Pictures, theme, wishes};

/// So many a second are plenty.
const RATE: u32 = 10;
/// Luma pixels around the hand that are heard, each way.
const REACH: usize = 3;

/// What the picker remembers.
#[derive(Debug, Default)]
pub struct Picker {
    /// The source in which a colour is being picked.
    source: Option<String>,
    /// What was drawn last, with its size in pixels: what is wished for.
    seen: Option<(MonitorId, f32, f32)>,
}

impl Picker {
    /// Wishes for what was drawn since the last call.
    pub fn wishes(&mut self) -> Option<MonitorRequest> {
        let (what, width, height) = self.seen.take()?;
        Some(wishes::wish(what, width, height, RATE))
    }

    /// Whether a colour of this source is being picked.
    pub fn picks(&self, source: &str) -> bool {
        self.source.as_deref() == Some(source)
    }

    /// Begins to pick in this source, or stops.
    pub fn turn(&mut self, source: &str) {
        self.source = (!self.picks(source)).then(|| source.to_owned());
    }

    /// Draws the picture of the source in which a colour is picked; gives it when it is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        source: &str,
        say: &str,
        pictures: &Pictures,
    ) -> Option<Rgb> {
        if !self.picks(source) {
            return None;
        }
        let width = ui.available_width().min(420.0);
        let size = vec2(width, width / pictures.aspect.max(0.5));
        let (place, response) = ui.allocate_exact_size(size, Sense::click());
        paint::say(ui, place, ("picker", source), say);
        ui.painter().rect_filled(place, 0, Color32::BLACK);
        let scale = ui.pixels_per_point();
        let rect = layout::picture(place, pictures.aspect, scale);
        let what = MonitorId::Source(source.to_owned());
        let pixels = rect.size() * scale;
        self.seen = Some((what.clone(), pixels.x, pixels.y));
        let picture = (pictures.newest)(&what).filter(|picture| monitor::is_whole(picture));
        if let Some(picture) = &picture
            && let Some(shape) = monitor::shape(rect, picture.clone(), pictures.graphics)
        {
            ui.painter().add(shape);
        }
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            self.source = None;
        }
        let response = response.on_hover_cursor(CursorIcon::Crosshair);
        let hand = response.hover_pos().or(response.interact_pointer_pos())?;
        let at = (hand - rect.min) / rect.size();
        let rgb = around(picture.as_ref()?, (at.x, at.y))?;
        shown(ui, hand, rgb);
        if !response.clicked() {
            return None;
        }
        self.source = None;
        Some(rgb)
    }
}

/// The colour under the hand, beside it.
fn shown(ui: &Ui, hand: egui::Pos2, Rgb(r, g, b): Rgb) {
    let swatch = Rect::from_min_size(pos2(hand.x + 12.0, hand.y - 34.0), vec2(28.0, 22.0));
    ui.painter()
        .rect_filled(swatch, 2, Color32::from_rgb(r, g, b));
    ui.painter().rect_stroke(
        swatch,
        2,
        Stroke::new(1.5, theme::TEXT),
        StrokeKind::Outside,
    );
}

/// The mean colour around a place in a picture, in fractions of it.
fn around(picture: &MonitorPicture, (x, y): (f32, f32)) -> Option<Rgb> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    if !(0.0..1.0).contains(&x) || !(0.0..1.0).contains(&y) {
        return None;
    }
    let middle = ((x * width as f32) as usize, (y * height as f32) as usize);
    let mut sums = [0.0; 3];
    let mut many = 0.0;
    for row in middle.1.saturating_sub(REACH)..=(middle.1 + REACH).min(height - 1) {
        for column in middle.0.saturating_sub(REACH)..=(middle.0 + REACH).min(width - 1) {
            let half = row / 2 * (width / 2) + column / 2;
            let quarter = width * height / 4;
            let at = [row * width + column, 4 * quarter + half, 5 * quarter + half];
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum += f64::from(*picture.data.get(at)?);
            }
            many += 1.0;
        }
    }
    let rgb = to_rgb(from_codes(sums.map(|sum| sum / many)));
    let [r, g, b] = rgb.map(|part| (part * 255.0).round().clamp(0.0, 255.0) as u8);
    Some(Rgb(r, g, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::colour::{codes, to_ycc};

    #[test]
    fn the_colour_of_a_place_is_the_mean_around_it() {
        // The left half green, the right half grey.
        let (width, height) = (32usize, 16usize);
        let code = |rgb: [f64; 3]| codes(to_ycc(rgb)).map(|code| code.round() as u8);
        let (green, grey) = (code([0.0, 0.7, 0.25]), code([0.5; 3]));
        let mut data = Vec::new();
        for (i, half) in [(0, 1), (1, 2), (2, 2)] {
            for _ in 0..height / half {
                for x in 0..width / half {
                    let side = if x < width / half / 2 { green } else { grey };
                    data.push(side[i]);
                }
            }
        }
        let picture = MonitorPicture {
            what: MonitorId::Program,
            width: width as u32,
            height: height as u32,
            frame: 0,
            data,
        };
        let Rgb(r, g, b) = around(&picture, (0.2, 0.5)).unwrap();
        assert!(
            r < 3 && g.abs_diff(179) < 3 && b.abs_diff(64) < 3,
            "{r} {g} {b}"
        );
        assert_eq!(around(&picture, (0.9, 0.9)), Some(Rgb(128, 128, 128)));
        assert_eq!(around(&picture, (1.0, 0.5)), None);
    }
}
