//! The equaliser and the high-pass as one drawing: what they do together, with a point for each band to
//! take hold of.

use egui::{Align2, Id, Painter, Pos2, Rect, Stroke, Ui, epaint::Mesh, pos2, vec2};

use super::curve::{Axes, DB, HZ, response_db};
use super::figure::Figure;
use super::grip::{self, Grip};
use super::spectrum::{self, Spectrum};
use crate::show::{BANDS, Band, BandKind, Eq, HighPass, Shape};
use crate::ui::{fills, lang, theme};

/// Radius of a point, in points.
const RADIUS: f32 = 9.0;
/// A step of the keyboard along the frequencies, in octaves.
const STEP_OCTAVES: f32 = 1.0 / 6.0;
/// A step of the narrowness multiplies Q by this.
const STEP_Q: f32 = 1.1;
/// The high-pass has taken away so much where its point is, in dB.
const CORNER_DB: f32 = -3.0;

/// Whether a band of this kind lifts or lowers.
pub fn has_gain(kind: BandKind) -> bool {
    matches!(
        kind,
        BandKind::Bell | BandKind::LowShelf | BandKind::HighShelf
    )
}

/// What egui knows the point of a band by; bands count from 0.
pub fn point(band: usize) -> Id {
    Id::unique(("band point", band))
}

/// Draws it, and changes what the hand asks for; the master has no high-pass. `chosen` is the band that was
/// touched last.
pub fn show(
    ui: &Ui,
    rect: Rect,
    (of, spectrum): (&str, &Spectrum),
    (eq, mut filter): (&mut Eq, Option<&mut HighPass>),
    chosen: &mut usize,
) {
    fills::fill(ui, rect, theme::ROUND, theme::BACKGROUND);
    let plot = rect.shrink(1.0);
    let axes = Axes(plot.shrink2(vec2(RADIUS + 1.0, RADIUS + 1.0)));
    // The hand first, so that what it does is drawn at once.
    let corner = filter.as_deref_mut();
    let corner = corner.map(|filter| high_pass(ui, axes, of, filter));
    let bands: [Grip; BANDS] = std::array::from_fn(|n| {
        let (grip, touched) = band(ui, axes, of, n, eq);
        if touched {
            *chosen = n;
        }
        grip
    });

    grid(ui, plot, axes);
    let clipped = ui.painter().with_clip_rect(plot.intersect(ui.clip_rect()));
    spectrum.draw(&clipped, axes);
    shade(&clipped, axes, eq, *chosen);
    let filter = filter.as_deref();
    let line = axes.line(|hz| response_db(eq, filter, hz));
    let works = eq.on || filter.is_some_and(|filter| filter.on);
    let colour = if works { theme::TEXT } else { theme::DIM };
    clipped.line(line, Stroke::new(2.0, colour));
    if let (Some(filter), Some(corner)) = (filter, &corner) {
        let at = pos2(axes.x(filter.hz), axes.y(CORNER_DB));
        dot(ui, corner, at, ("H", filter.on, false));
    }
    for (n, (grip, band)) in bands.iter().zip(&eq.bands).enumerate() {
        let text = (n + 1).to_string();
        let on = eq.on && band.on;
        dot(ui, grip, place(axes, band), (&text, on, *chosen == n));
        let response = &grip.response;
        if response.hovered() || response.dragged() || response.has_focus() {
            readout(ui, axes.0, band);
        }
    }
}

/// Where the point of a band is.
fn place(axes: Axes, band: &Band) -> Pos2 {
    pos2(axes.x(band.hz), axes.y(gain_db(band)))
}

/// How much a band lifts or lowers; nothing where it is not of that kind.
fn gain_db(band: &Band) -> f32 {
    if has_gain(band.kind) {
        band.gain_db
    } else {
        0.0
    }
}

fn grid(ui: &Ui, plot: Rect, axes: Axes) {
    let faint = Stroke::new(1.0, theme::PANEL);
    let font = theme::font(10.0);
    let painter = ui.painter();
    let switch = spectrum::switch_place(plot);
    for decade in [10.0, 100.0, 1000.0, 10_000.0] {
        for n in 1..10 {
            let hz = decade * n as f32;
            if (HZ.0..=HZ.1).contains(&hz) {
                let x = axes.x(hz).round();
                // None runs through the switch's word.
                let top = if switch.x_range().contains(x) {
                    switch.bottom()
                } else {
                    plot.top()
                };
                painter.vline(x, top..=plot.bottom(), faint);
            }
        }
    }
    for db in [-12.0, -6.0, 6.0, 12.0] {
        painter.hline(plot.x_range(), axes.y(db).round(), faint);
    }
    painter.hline(
        plot.x_range(),
        axes.y(0.0).round(),
        Stroke::new(1.0, theme::LINE),
    );
    let marks = [
        (50.0, "50"),
        (100.0, "100"),
        (200.0, "200"),
        (500.0, "500"),
        (1000.0, "1k"),
        (2000.0, "2k"),
        (5000.0, "5k"),
        (10_000.0, "10k"),
    ];
    for (hz, text) in marks {
        let at = pos2(axes.x(hz), plot.bottom() - 2.0);
        painter.text(at, Align2::CENTER_BOTTOM, text, font.clone(), theme::DIM);
    }
    for (db, text) in [(12.0, "+12"), (0.0, "0"), (-12.0, "−12")] {
        let at = pos2(plot.left() + 3.0, axes.y(db));
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), theme::DIM);
    }
}

/// What the band that was touched last does by itself, as a shade between its curve and 0 dB.
fn shade(painter: &Painter, axes: Axes, eq: &Eq, chosen: usize) {
    let band = eq.bands.get(chosen);
    let Some(band) = band.filter(|band| eq.on && band.on) else {
        return;
    };
    let shape = Shape::of(band);
    let (zero, colour) = (axes.y(0.0), theme::BLUE.gamma_multiply(0.22));
    let mut mesh = Mesh::default();
    for at in axes.line(|hz| shape.response(hz).0) {
        let n = mesh.vertices.len() as u32;
        mesh.colored_vertex(at, colour);
        mesh.colored_vertex(pos2(at.x, zero), colour);
        if n > 0 {
            mesh.add_triangle(n - 2, n - 1, n);
            mesh.add_triangle(n - 1, n, n + 1);
        }
    }
    painter.add(mesh);
}

fn high_pass(ui: &Ui, axes: Axes, of: &str, filter: &mut HighPass) -> Grip {
    let at = pos2(axes.x(filter.hz), axes.y(CORNER_DB));
    let say = lang::with("sound-high-pass-point", &[("name", of.into())]);
    let grip = grip::grip(
        ui,
        Id::unique("high-pass point"),
        (at, at),
        (&say, filter.hz),
    );
    let steps = grip.steps.x + grip.steps.y;
    let wanted = match grip.to {
        Some(to) => Some(axes.hz(to.x)),
        None if grip.usual => Some(HighPass::default().hz),
        None => (steps != 0.0).then(|| filter.hz * (steps * STEP_OCTAVES).exp2()),
    };
    if let Some(hz) = wanted {
        let range = super::controls::range("high_pass.hz");
        filter.hz = moved(Figure::Hz, filter.hz, hz).clamp(*range.start(), *range.end());
    }
    filter.on ^= grip.pressed;
    grip
}

/// A number that a key moves by less than it is rounded to goes on all the same.
fn moved(figure: Figure, from: f32, to: f32) -> f32 {
    let rounded = figure.round(to);
    if rounded != figure.round(from) || to == from {
        return rounded;
    }
    match figure {
        Figure::Hz if from < 1000.0 => from + (to - from).signum(),
        _ => rounded,
    }
}

/// What the hand does to a band, and whether it touched it.
fn band(ui: &Ui, axes: Axes, of: &str, n: usize, eq: &mut Eq) -> (Grip, bool) {
    let before = eq.bands[n];
    let values = [("n", (n + 1).into()), ("name", of.into())];
    let say = lang::with("sound-band-point", &values);
    let at = place(axes, &before);
    let grip = grip::grip(ui, point(n), (at, at), (&say, gain_db(&before)));
    work(&grip, axes, n, &mut eq.bands[n]);
    let is_moved = eq.bands[n] != before;
    // Who moves a point wants to hear it; who puts it back need not.
    eq.on |= is_moved && !grip.pressed && !grip.usual;
    let response = &grip.response;
    let touched = response.clicked() || response.drag_started() || response.gained_focus();
    (grip, is_moved || touched)
}

fn work(grip: &Grip, axes: Axes, n: usize, band: &mut Band) {
    if let Some(to) = grip.to {
        band.hz = Figure::Hz.round(axes.hz(to.x));
        if has_gain(band.kind) {
            band.gain_db = Figure::Gain.round(axes.db(to.y));
        }
    }
    if grip.steps.x != 0.0 {
        let hz = band.hz * (grip.steps.x * STEP_OCTAVES).exp2();
        band.hz = moved(Figure::Hz, band.hz, hz).clamp(HZ.0, HZ.1);
    }
    if grip.steps.y != 0.0 && has_gain(band.kind) {
        band.gain_db = Figure::Gain
            .round(band.gain_db + grip.steps.y)
            .clamp(-DB, DB);
    }
    if grip.narrower != 0.0 {
        let q = band.q * STEP_Q.powf(grip.narrower);
        // A step of so little is lost where Q is small.
        let q = if grip.narrower > 0.0 {
            q.max(band.q + 0.01)
        } else {
            q.min(band.q - 0.01)
        };
        let name = [
            "eq.bands[0].q",
            "eq.bands[1].q",
            "eq.bands[2].q",
            "eq.bands[3].q",
        ][n];
        let range = super::controls::range(name);
        band.q = Figure::Q.round(q).clamp(*range.start(), *range.end());
    }
    if grip.usual {
        let usual = Eq::default().bands[n];
        (band.hz, band.gain_db, band.q) = (usual.hz, usual.gain_db, usual.q);
    }
    band.on ^= grip.pressed;
}

/// Says in the corner what the band under the hand stands at.
fn readout(ui: &Ui, plot: Rect, band: &Band) {
    let mut parts = vec![Figure::Hz.text(band.hz)];
    if has_gain(band.kind) {
        parts.push(Figure::Gain.text(band.gain_db));
    }
    parts.push(Figure::Q.text(band.q));
    let at = plot.right_top();
    let font = theme::bold(12.5);
    let text = parts.join(" · ");
    ui.painter()
        .text(at, Align2::RIGHT_TOP, text, font, theme::TEXT);
}

fn dot(ui: &Ui, grip: &Grip, at: egui::Pos2, (text, on, chosen): (&str, bool, bool)) {
    let (fill, letters) = match on {
        true => (theme::ON, theme::ON_TEXT),
        false => (theme::RAISED, theme::DIM),
    };
    let painter = ui.painter();
    painter.circle_filled(at, RADIUS, fill);
    let edge = if chosen {
        Stroke::new(2.5, theme::BLUE)
    } else if grip.response.hovered() {
        Stroke::new(2.0, theme::DIM)
    } else {
        Stroke::new(1.0, theme::LINE)
    };
    painter.circle_stroke(at, RADIUS, edge);
    painter.text(at, Align2::CENTER_CENTER, text, theme::bold(11.5), letters);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fine_step_at_the_low_end_still_moves() {
        let to = 40.0 * (0.1 * STEP_OCTAVES).exp2();
        assert_eq!(moved(Figure::Hz, 40.0, to), 41.0);
        let to = 40.0 * (-0.1 * STEP_OCTAVES).exp2();
        assert_eq!(moved(Figure::Hz, 40.0, to), 39.0);
        assert_eq!(moved(Figure::Hz, 40.0, 40.0), 40.0);
    }
}
