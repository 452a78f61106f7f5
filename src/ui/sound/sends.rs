//! Where a strip goes beside the program: its sends to the auxes, the groups that it belongs to, and, of a
//! guest, what it gets back.

use egui::accesskit::Role;
use egui::{ComboBox, PopupCloseBehavior, Rect, RichText, Ui, UiBuilder, WidgetInfo, vec2};

use super::ahead;
use super::asked::Asked;
use super::controls;
use super::figure::Figure;
use crate::door::{Command, SourceStatus};
use crate::show::AUXES;
use crate::ui::{
    bank, lang,
    meters::{self, Meter},
    paint, strip, theme,
    view::{View, name},
};

/// The row of the first send, below those of the input.
const FIRST: usize = 6;
/// How loud a send or a return may be, in dB.
const LEVELS: std::ops::RangeInclusive<f32> = -100.0..=10.0;
/// What is beside the names of groups in their list, in points.
const BESIDE_GROUPS: f32 = 26.0;
/// Width of a return's level, in points.
const LEVEL: f32 = 8.0;

/// Draws them below the input of a source that is called `of`; `level` is what a guest gets back.
pub fn show(
    ui: &mut Ui,
    column: Rect,
    (source, of): (&SourceStatus, &str),
    view: &View,
    level: Option<&Meter>,
    asked: &mut Vec<Asked>,
) {
    let line = |n: usize| controls::row(column, FIRST + n).split_left_right_at_fraction(0.36);
    for aux in 1..=AUXES {
        let (words, place) = line(aux - 1);
        let called = bank::aux_name(view.snapshot, aux);
        controls::name(ui, words, &called);
        let send = strip::send(source, aux);
        let values = [("name", of.into()), ("aux", called.as_str().into())];
        let (number, tap) = place.split_left_right_at_fraction(0.58);
        let number = number.with_max_x(number.right() - 2.0);
        let say = lang::with("sound-send-of", &values);
        let limits = (Figure::Fader, LEVELS);
        let db = ahead::number(ui, number, &say, send.db, limits, view.now);
        let say = lang::with("sound-send-pre-of", &values);
        let face = lang::text(if send.pre { "sound-pre" } else { "sound-post" });
        let turned = controls::switch(ui, tap, &face, &say, send.pre);
        if db.is_some() || turned {
            view.send(Command::Send {
                source: source.id.clone(),
                aux,
                db,
                pre: turned.then_some(!send.pre),
            });
        }
    }
    let (words, place) = line(AUXES);
    controls::name(ui, words, &lang::text("sound-groups"));
    groups(ui, place, (source, of), view, asked);
    let (words, place) = line(AUXES + 1);
    controls::name(ui, words, "N−1");
    guest(ui, place, (source, of), (view, level), asked);
}

/// The groups, in a list that stays open while they are chosen.
fn groups(
    ui: &mut Ui,
    place: Rect,
    (source, of): (&SourceStatus, &str),
    view: &View,
    asked: &mut Vec<Asked>,
) {
    let all = &view.snapshot.sound.groups;
    let is_in = |id: &String| source.groups.contains(id);
    let names: Vec<&str> = all
        .iter()
        .filter(|group| is_in(&group.id))
        .map(|group| name(&group.label, &group.id))
        .collect();
    let shown = match &names[..] {
        [] => "–".to_owned(),
        names => names.join(", "),
    };
    let room = place.width() - BESIDE_GROUPS;
    let shown = if paint::width(ui, &shown, theme::font(12.0)) > room {
        lang::with("sound-groups-many", &[("n", names.len().into())])
    } else {
        shown
    };
    let say = lang::with("sound-groups-of", &[("name", of.into())]);
    let builder = UiBuilder::new().max_rect(place).id_salt("groups");
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = place.height();
        ui.spacing_mut().button_padding = vec2(5.0, 1.0);
        ui.spacing_mut().icon_width = 11.0;
        ui.spacing_mut().icon_spacing = 3.0;
        let combo = ComboBox::from_id_salt("groups")
            .selected_text(RichText::new(&shown).font(theme::font(12.0)))
            .wrap_mode(egui::TextWrapMode::Truncate)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .height(420.0)
            .width(place.width());
        let combo = combo.show_ui(ui, |ui| {
            ui.spacing_mut().button_padding = vec2(10.0, 6.0);
            for group in all {
                let on = is_in(&group.id);
                let face = name(&group.label, &group.id);
                if ui.selectable_label(on, face).clicked() {
                    asked.push(Asked::Join(source.id.clone(), group.id.clone(), !on));
                }
            }
            let face = lang::text("sound-new-group");
            let face = format!("{} {face}", theme::icon(theme::Icon::Plus));
            if ui.selectable_label(false, face).clicked() {
                asked.push(Asked::NewGroup(Some(source.id.clone())));
            }
        });
        let response = combo.response;
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), &say);
            info.current_text_value = Some(shown.clone());
            info
        });
        paint::focus_ring(ui, &response);
        response.on_hover_text(&say);
    });
}

/// Whether it is a guest, and how loud it gets back everything but itself.
fn guest(
    ui: &mut Ui,
    place: Rect,
    (source, of): (&SourceStatus, &str),
    (view, level): (&View, Option<&Meter>),
    asked: &mut Vec<Asked>,
) {
    let named = [("name", of.into())];
    let say = lang::with("sound-guest-of", &named);
    let face = lang::text("sound-guest");
    let (switch, beside) = place.split_left_right_at_fraction(0.42);
    if controls::switch(ui, switch, &face, &say, source.back.is_some()) {
        asked.push(Asked::Guest(source.id.clone(), source.back.is_none()));
    }
    let Some(back) = &source.back else {
        return;
    };
    let number = beside
        .with_min_x(beside.left() + 2.0)
        .with_max_x(beside.right() - LEVEL - 3.0);
    let say = lang::with("sound-return-of", &named);
    let limits = (Figure::Fader, LEVELS);
    if let Some(db) = ahead::number(ui, number, &say, back.db, limits, view.now) {
        view.send(Command::Return {
            source: source.id.clone(),
            db,
        });
    }
    if let Some(level) = level {
        let place = beside.with_min_x(beside.right() - LEVEL);
        meters::pair(ui, place, level);
        let say = lang::with(
            "sound-level-of",
            &[
                ("name", lang::with("sound-return-of", &named).into()),
                (
                    "peak",
                    crate::ui::words::db(back.level.peak_db[0].max(back.level.peak_db[1])).into(),
                ),
            ],
        );
        paint::say(ui, place, "return level", &say).on_hover_text(&say);
    }
}
