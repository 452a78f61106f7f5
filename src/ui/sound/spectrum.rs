//! The spectrum of what is selected, drawn behind its equaliser where somebody wants to see it: asked for
//! again and again while it is drawn, and not when it is not.

use egui::{Painter, Rect, Ui, epaint::Mesh, pos2, vec2};

use super::curve::Axes;
use super::figure::Figure;
use crate::door::{Command, Event, Reading};
use crate::media::band_hz;
use crate::ui::{
    lang,
    paint::{self, Button},
    theme,
    view::View,
};

/// The loudest and the softest that is drawn, in dBFS.
const TOP_DB: f32 = 0.0;
const BOTTOM_DB: f32 = -84.0;
/// So often a second it is told, and for so long, in seconds; it is asked for again before that has passed.
const PER_S: f32 = 15.0;
const LASTS_S: f32 = 3.0;
const AGAIN_S: f64 = 1.0;
/// What was told longer ago is not drawn, in seconds.
const OLD_S: f64 = 1.0;
/// Size of its switch, in points.
const SWITCH: egui::Vec2 = vec2(40.0, 18.0);

/// See the module's words.
#[derive(Debug, Default)]
pub struct Spectrum {
    on: bool,
    /// When it was asked for, and of which source; of the program where there is none.
    asked: Option<(Option<String>, f64)>,
    /// What was told, and of what.
    bands: Option<(Option<String>, Vec<f32>)>,
    /// When that was drawn first, and whether it is to be.
    since: Option<f64>,
}

impl Spectrum {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        if let Event::Spectrum {
            source, bands_db, ..
        } = event
        {
            self.bands = Some((source.clone(), bands_db.clone()));
            self.since = None;
        }
    }

    /// Draws its switch over the drawing of the equaliser of a source that is called `of`, or of the
    /// program; asks for what is to be drawn.
    pub fn switch(&mut self, ui: &Ui, plot: Rect, (source, of): (Option<&str>, &str), view: &View) {
        let place = switch_place(plot);
        let say = lang::with("sound-spectrum-of", &[("name", of.into())]);
        let face = lang::text("sound-spectrum");
        let button = Button::new(&face).say(&say).size(10.5).selected(self.on);
        let button = button.show(ui, place, "spectrum").on_hover_text(&say);
        let source = source.map(str::to_owned);
        if button.clicked() {
            self.on = !self.on;
            (self.bands, self.asked) = (None, None);
            if !self.on {
                let to = Reading::Spectrum;
                view.send(Command::Unsubscribe { to, source });
                return;
            }
        }
        if !self.on {
            return;
        }
        let is_asked = self
            .asked
            .as_ref()
            .is_some_and(|(of, at)| *of == source && (0.0..AGAIN_S).contains(&(view.now - at)));
        if !is_asked {
            self.asked = Some((source.clone(), view.now));
            view.send(Command::Subscribe {
                to: Reading::Spectrum,
                source: source.clone(),
                per_s: PER_S,
                seconds: Some(LASTS_S),
            });
        }
        // Of another, or from before a pause, it is no more.
        let since = *self.since.get_or_insert(view.now);
        self.bands = self
            .bands
            .take()
            .filter(|(of, _)| *of == source && view.now - since <= OLD_S);
        if let Some((_, bands)) = &self.bands {
            say_loudest(ui, plot, of, bands);
        }
    }

    /// Draws it.
    pub fn draw(&self, painter: &Painter, axes: Axes) {
        let Some((_, bands)) = self.bands.as_ref().filter(|_| self.on) else {
            return;
        };
        let bottom = axes.0.bottom();
        let mut mesh = Mesh::default();
        for (n, level) in bands.iter().enumerate() {
            let part = ((level - BOTTOM_DB) / (TOP_DB - BOTTOM_DB)).clamp(0.0, 1.0);
            let (x, y) = (axes.x(band_hz(n)), bottom - part * axes.0.height());
            let at = mesh.vertices.len() as u32;
            mesh.colored_vertex(pos2(x, y), theme::GREEN.gamma_multiply(0.35));
            mesh.colored_vertex(pos2(x, bottom), theme::GREEN.gamma_multiply(0.12));
            if at > 0 {
                mesh.add_triangle(at - 2, at - 1, at);
                mesh.add_triangle(at - 1, at, at + 1);
            }
        }
        painter.add(mesh);
    }
}

/// Where its switch is over a drawing.
pub fn switch_place(plot: Rect) -> Rect {
    Rect::from_min_size(plot.left_top() + vec2(26.0, 4.0), SWITCH)
}

/// Says where it is loudest to who does not see it.
fn say_loudest(ui: &Ui, plot: Rect, of: &str, bands: &[f32]) {
    let loudest = bands.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let Some((band, level)) = loudest else { return };
    let values = [
        ("name", of.into()),
        ("hz", Figure::Hz.text(band_hz(band)).into()),
        ("level", Figure::Level.text(*level).into()),
    ];
    let say = lang::with("sound-spectrum-loudest", &values);
    let place = plot
        .with_max_x(plot.left() + 20.0)
        .with_max_y(plot.top() + 20.0);
    paint::say(ui, place, "spectrum says", &say);
}
