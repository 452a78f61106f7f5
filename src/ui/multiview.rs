//! The small monitors, in pages of eight: one press puts a scene on PVW, with Shift on PGM.

use egui::{Align, Id, Rect, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::{
    fills, keys, lang,
    layout::{self, BORDER, MonitorPlace, PAGE},
    meters::{self, Meters},
    paint::{self, Button},
    stage::Pictures,
    theme,
    view::{View, name},
    words,
};
use crate::door::{Command, MonitorId, SceneStatus, Tally};

/// The scenes on a page, with their positions in the show.
pub fn on_page(scenes: &[SceneStatus], page: usize) -> impl Iterator<Item = (usize, &SceneStatus)> {
    scenes.iter().enumerate().skip(page * PAGE).take(PAGE)
}

/// Draws the monitors of a page.
pub fn show(
    ui: &Ui,
    places: &[MonitorPlace; PAGE],
    page: usize,
    view: &View,
    pictures: &Pictures,
    meters: &Meters,
) {
    for (place, (position, scene)) in places.iter().zip(on_page(&view.snapshot.scenes, page)) {
        small(ui, *place, position, scene, view, pictures, meters);
    }
    if view.snapshot.scenes.is_empty() {
        let area = places[0].picture.union(places[PAGE - 1].label);
        let text = lang::text("desk-no-source");
        paint::lines(
            ui,
            area,
            Align::Center,
            &text,
            theme::font(15.0),
            theme::DIM,
        );
        paint::say(ui, area, "no sources", &text);
    }
}

fn small(
    ui: &Ui,
    place: MonitorPlace,
    position: usize,
    scene: &SceneStatus,
    view: &View,
    pictures: &Pictures,
    meters: &Meters,
) {
    let label = name(&scene.label, &scene.id);
    let trouble = view.trouble(scene);
    let whole = place.picture.union(place.label);
    let sense = if ui.is_enabled() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(whole, Id::unique(("scene", position)), sense);
    let mut said = format!("{} {label}", position + 1);
    match scene.tally {
        Tally::Program => said.push_str(&format!(", {}", lang::text("desk-said-on-air"))),
        Tally::Preview => said.push_str(&format!(", {}", lang::text("desk-said-next"))),
        Tally::Off => {}
    }
    if let Some((state, message)) = &trouble {
        said.push_str(", ");
        said.push_str(&words::source_state(*state));
        if !message.is_empty() {
            said.push_str(": ");
            said.push_str(message);
        }
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &said));
    if paint::pressed(ui, &response) {
        let scene = scene.id.clone();
        // As with the digits, Shift makes it a hot cut.
        view.send(if ui.input(|i| i.modifiers.shift) {
            Command::Program { scene }
        } else {
            Command::Preview { scene }
        });
    }

    let what = MonitorId::Scene(scene.id.clone());
    let inside = place.picture.shrink(BORDER);
    pictures.draw(ui, place.picture, &what, scene.tally, response.hovered());
    if let Some((state, message)) = &trouble {
        ui.painter().rect_filled(inside, 0, theme::SCRIM);
        let inner = inside.shrink(4.0);
        let head = inner.with_max_y(inner.top() + 18.0);
        let word = words::source_state(*state).to_uppercase();
        paint::line(
            ui,
            head,
            Align::Center,
            &word,
            theme::bold(13.0),
            theme::AMBER,
        );
        paint::lines(
            ui,
            inner.with_min_y(head.bottom() + 2.0),
            Align::Center,
            message,
            theme::font(11.5),
            theme::TEXT,
        );
    } else if let Some(meter) = view.sound_of(scene).and_then(|s| meters.sources.get(&s.id)) {
        meters::slim(ui, inside, meter);
    }
    number_and_label(ui, place.label, position, label, scene.tally);
    paint::focus_ring(ui, &response);
}

fn number_and_label(ui: &Ui, rect: Rect, position: usize, label: &str, tally: Tally) {
    let (fill, text) = match tally {
        Tally::Program => (theme::RED, theme::RED_TEXT),
        Tally::Preview => (theme::GREEN, theme::ON_TEXT),
        Tally::Off => (theme::RAISED, theme::TEXT),
    };
    let key = Rect::from_min_size(rect.min + vec2(0.0, 3.0), vec2(24.0, rect.height() - 4.0));
    fills::fill(ui, key, 2, fill);
    let number = match keys::name_of(position) {
        Some(key) => key.to_string(),
        None => format!("{}", position + 1),
    };
    paint::line(ui, key, Align::Center, &number, theme::bold(13.0), text);
    let rest = rect.with_min_x(key.right() + 6.0);
    paint::line(ui, rest, Align::Min, label, theme::font(13.0), theme::TEXT);
}

/// Draws the page buttons and tells which page is asked for.
pub fn pager(ui: &Ui, rect: Rect, page: usize, scenes: usize) -> usize {
    let pages = layout::pages(scenes);
    if pages == 1 {
        return 0;
    }
    let third = rect.height() / 3.0;
    let part = |i: f32| {
        Rect::from_min_size(
            pos2(rect.left(), rect.top() + i * third),
            vec2(rect.width(), third),
        )
    };
    let before = Button::new("▲")
        .say(&lang::text("desk-page-before"))
        .enabled(page > 0)
        .show(ui, part(0.0).shrink2(vec2(0.0, 2.0)), "page before");
    let text = format!("{}/{pages}", page + 1);
    paint::said_line(
        ui,
        part(1.0),
        Align::Center,
        "page",
        &text,
        theme::bold(13.0),
        theme::DIM,
    );
    let after = Button::new("▼")
        .say(&lang::text("desk-page-after"))
        .enabled(page + 1 < pages)
        .show(ui, part(2.0).shrink2(vec2(0.0, 2.0)), "page after");
    if before.clicked() {
        page.saturating_sub(1)
    } else if after.clicked() {
        page + 1
    } else {
        page
    }
    .min(pages - 1)
}
