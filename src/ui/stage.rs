//! PVW and PGM, large: what is next and what is on air.

use std::sync::Arc;

use egui::{Align, Color32, Rect, Stroke, StrokeKind, Ui, Vec2, vec2};

use super::{
    fills,
    graphics::Graphics,
    lang,
    layout::{self, BORDER, MonitorPlace},
    monitor, paint, theme, transition, transport,
    view::{View, name},
    words,
};
use crate::door::{MonitorId, MonitorPicture, Tally, TransitionState};

/// Size of what stands in a corner of PGM, and its distance from the corner, in points.
const FLAG: Vec2 = vec2(84.0, 24.0);
const FLAG_MARGIN: Vec2 = vec2(6.0, 6.0);

/// Where pictures come from and how they are drawn.
pub struct Pictures<'a> {
    /// The newest picture of a monitor.
    pub newest: &'a dyn Fn(&MonitorId) -> Option<Arc<MonitorPicture>>,
    /// How the window is drawn.
    pub graphics: Graphics,
    /// Width / height of the program.
    pub aspect: f32,
    /// Greyed out, for the engine is away.
    pub stale: bool,
    /// Safe areas are drawn over the large pictures.
    pub safe: bool,
}

impl Pictures<'_> {
    /// Draws a monitor with the border of its tally, which is grey where it is off. The picture is
    /// as large as its shape allows within the border.
    pub fn draw(&self, ui: &Ui, place: Rect, what: &MonitorId, tally: Tally, hovered: bool) {
        let (width, colour) = match tally {
            Tally::Program => (BORDER, theme::RED),
            Tally::Preview => (BORDER, theme::GREEN),
            Tally::Off if hovered => (1.0, theme::DIM),
            Tally::Off => (1.0, theme::LINE),
        };
        fills::fill(ui, place, 0, colour);
        fills::fill(ui, place.shrink(width), 0, Color32::BLACK);
        let rect = layout::picture(place, self.aspect, ui.pixels_per_point());
        if let Some(picture) = (self.newest)(what)
            && monitor::is_whole(&picture)
            && let Some(shape) = monitor::shape(rect, picture, self.graphics)
        {
            ui.painter().add(shape);
        }
        if self.stale {
            ui.painter()
                .rect_filled(place, 0, Color32::from_rgba_premultiplied(52, 55, 60, 252));
        }
    }
}

/// Draws the edges of the areas in which action and titles are seen on every screen: 93 % and 90 % of
/// the picture each way (EBU R 95).
pub fn safe_areas(ui: &Ui, picture: Rect) {
    for (part, alpha) in [(0.93, 110), (0.9, 170)] {
        let area = Rect::from_center_size(picture.center(), picture.size() * part);
        let stroke = Stroke::new(1.0, Color32::from_white_alpha(alpha));
        ui.painter()
            .rect_stroke(area, 0, stroke, StrokeKind::Middle);
    }
}

/// Says in a corner of PGM what its scene is not seen for: the slate over it, or fade to black. On every
/// PGM of the desk, whatever stands in the line beneath.
fn flags(ui: &Ui, picture: Rect, line: Line, view: &View) {
    let mut corner = picture.min + FLAG_MARGIN;
    let mut flag = |face: &str, said: &str, fill: Color32| {
        let rect = Rect::from_min_size(corner, FLAG).intersect(picture);
        corner.x = rect.right() + FLAG_MARGIN.x;
        ui.painter().rect_filled(rect, 2, fill);
        let bold = theme::bold(13.0);
        paint::line(ui, rect, Align::Center, face, bold, theme::RED_TEXT);
        paint::say(ui, rect, ("flag", face, line, ui.layer_id()), said);
    };
    if view.snapshot.hold {
        let said = lang::text("clips-slate-is-on");
        flag(&lang::text("clips-slate"), &said, theme::RED);
    }
    if let Some((said, fill)) = transition::faded(view) {
        flag("FTB", &lang::pair("PGM", &said), fill);
    }
}

/// What is written in the line under a large picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// The scene, and what remains of its clip.
    Scene,
    /// The scene, unless it has a clip: its transport is there then.
    Transport,
}

/// Draws PVW.
pub fn preview(ui: &Ui, place: MonitorPlace, line: Line, view: &View, pictures: &Pictures) {
    // While AUTO runs, both scenes are in the program; beneath the holding slate nothing is.
    let moves = view.snapshot.transition.state != TransitionState::Idle;
    let tally = if moves && !view.snapshot.hold {
        Tally::Program
    } else {
        Tally::Preview
    };
    large(
        ui,
        (place, line),
        view,
        pictures,
        ("PVW", &MonitorId::Preview, &view.snapshot.preview, tally),
    );
}

/// Draws PGM.
pub fn program(ui: &Ui, place: MonitorPlace, line: Line, view: &View, pictures: &Pictures) {
    large(
        ui,
        (place, line),
        view,
        pictures,
        (
            "PGM",
            &MonitorId::Program,
            &view.snapshot.program,
            Tally::Program,
        ),
    );
}

fn large(
    ui: &Ui,
    (place, line): (MonitorPlace, Line),
    view: &View,
    pictures: &Pictures,
    (bus, what, scene_id, tally): (&str, &MonitorId, &str, Tally),
) {
    pictures.draw(ui, place.picture, what, tally, false);
    if pictures.safe {
        let scale = ui.pixels_per_point();
        safe_areas(ui, layout::picture(place.picture, pictures.aspect, scale));
    }
    let scene = view.scene(scene_id);
    let mut said = match scene {
        Some((i, scene)) => {
            let scene = format!("{} {}", i + 1, name(&scene.label, &scene.id));
            lang::pair(bus, &scene)
        }
        None => lang::pair(bus, scene_id),
    };
    if let Some((state, message)) = scene.and_then(|(_, scene)| view.trouble(scene)) {
        // The program's own picture stays clear: the trouble goes on one line at its foot.
        let foot = place
            .picture
            .shrink(BORDER)
            .with_min_y(place.picture.bottom() - 29.0);
        ui.painter().rect_filled(foot, 0, theme::SCRIM);
        let text = match message.as_str() {
            "" => words::source_state(state).to_string(),
            message => format!("{} – {message}", words::source_state(state)),
        };
        paint::line(
            ui,
            foot.shrink2(egui::vec2(8.0, 0.0)),
            Align::Min,
            &text,
            theme::bold(13.0),
            theme::AMBER,
        );
        said.push_str(", ");
        said.push_str(&text);
        let id = ("trouble", bus, line, ui.layer_id());
        paint::say(ui, foot, id, &text).on_hover_text(&text);
    }
    if bus == "PGM" {
        flags(ui, place.picture.shrink(BORDER), line, view);
    }

    let colour = match tally {
        Tally::Program => theme::RED,
        _ => theme::GREEN,
    };
    let tag = Rect::from_min_size(
        place.label.min + egui::vec2(0.0, 3.0),
        egui::vec2(layout::TAG, place.label.height() - 5.0),
    );
    fills::fill(ui, tag, 2, colour);
    let tag_text = match tally {
        Tally::Program => theme::RED_TEXT,
        _ => theme::ON_TEXT,
    };
    paint::line(ui, tag, Align::Center, bus, theme::bold(13.0), tag_text);
    let text = match scene {
        Some((i, scene)) => format!("{}  {}", i + 1, name(&scene.label, &scene.id)),
        None => scene_id.to_owned(),
    };
    let mut rest = place.label.with_min_x(tag.right() + 8.0);
    let clip = transport::clip_of(view.snapshot, scene_id);
    if line == Line::Scene || clip.is_none() {
        if let Some(clip) = clip {
            transport::remains(ui, rest, clip);
            rest.max.x -= 90.0;
        }
        paint::line(ui, rest, Align::Min, &text, theme::bold(14.0), theme::TEXT);
    }
    paint::say(ui, place.label, (bus, line, ui.layer_id()), &said);
}
