//! The line-up generator: whether and where it is heard, and what it gives. What puts it on what goes out
//! takes a second press.

use egui::{RichText, Ui};

use super::ahead;
use super::figure::Figure;
use crate::door::Command;
use crate::show::{BUSES, BusName, Ident, LineUpChange, PROGRAM, Wave};
use crate::ui::{
    bank,
    build::parts,
    guard::{Guard, Guarded},
    lang, onair, theme,
    view::View,
};

/// Room of a number, in points.
const NUMBER: egui::Vec2 = egui::vec2(92.0, 24.0);

/// Draws it.
pub fn show(ui: &mut Ui, view: &View, guard: &mut Guard) {
    let set = &view.snapshot.sound.generator;
    ui.add_space(10.0);
    ui.label(RichText::new(lang::text("sound-generator")).font(theme::bold(16.0)));
    let send = |change| view.send(Command::Generator(change));
    let same = LineUpChange::default;
    let goes_out = onair::goes_out(view.snapshot);
    let airs = goes_out && set.to == PROGRAM;
    parts::row(ui, &lang::text("sound-generator-tone"), |ui| {
        let guarded = airs.then_some(Guarded::LineUp);
        let words = [
            "sound-generator-on-short",
            "sound-generator-on",
            "sound-generator-on-again",
        ];
        if switch(ui, words, set.on, guarded, (view, guard)) {
            let on = Some(!set.on);
            send(LineUpChange { on, ..same() });
        }
        let guarded = (airs && set.on).then_some(Guarded::LineUpAlone);
        let words = [
            "sound-generator-alone-short",
            "sound-generator-alone",
            "sound-generator-alone-again",
        ];
        if switch(ui, words, set.alone, guarded, (view, guard)) {
            let alone = Some(!set.alone);
            send(LineUpChange { alone, ..same() });
        }
    });
    parts::row(ui, &lang::text("sound-bus"), |ui| {
        let say = lang::text("sound-generator-bus");
        let to = parts::choice(ui, &say, &set.to, &buses(view, &set.to));
        if to.is_some() {
            // It comes to what goes out switched off: there it is put on by two presses.
            let airs = goes_out && to.as_deref() == Some(PROGRAM);
            let on = (airs && set.on).then_some(false);
            send(LineUpChange { to, on, ..same() });
        }
    });
    parts::row(ui, &lang::text("sound-generator-what"), |ui| {
        let say = lang::text("sound-generator-wave");
        let all = [Wave::Sine, Wave::Pink].map(|wave| (wave, wave_name(wave)));
        let wave = parts::choice(ui, &say, &set.wave, &all);
        let say = lang::text("sound-generator-ident");
        let all = [Ident::None, Ident::Ebu, Ident::Glits].map(|ident| (ident, ident_name(ident)));
        let ident = parts::choice(ui, &say, &set.ident, &all);
        if wave.is_some() || ident.is_some() {
            send(LineUpChange {
                wave,
                ident,
                ..same()
            });
        }
    });
    parts::row(ui, &lang::text("sound-generator-level"), |ui| {
        let [(_, _, pitches), (_, _, levels)] = set.numbers();
        let mut number = |key: &str, value, limits| {
            let (place, _) = ui.allocate_exact_size(NUMBER, egui::Sense::hover());
            ahead::number(ui, place, &lang::text(key), value, limits, view.now)
        };
        let level = (Figure::Level, levels);
        let level_db = number("sound-generator-level-say", set.level_db, level);
        let hz = number("sound-generator-hz-say", set.hz, (Figure::Hz, pitches));
        if level_db.is_some() || hz.is_some() {
            send(LineUpChange {
                level_db,
                hz,
                ..same()
            });
        }
    });
}

/// A switch, by the keys of its face and of what it says before and after a first press; whether it was pressed, as often as it takes to switch it on.
fn switch(
    ui: &mut Ui,
    words: [&str; 3],
    on: bool,
    guarded: Option<Guarded>,
    (view, guard): (&View, &mut Guard),
) -> bool {
    let [face, say, again] = words.map(lang::text);
    let Some(what) = guarded.filter(|_| !on) else {
        return parts::switch(ui, &face, &say, on).clicked();
    };
    let pressed = if guard.is_armed(&what, view.now) {
        parts::armed_switch(ui, &face, &again)
    } else {
        parts::switch(ui, &face, &say, on)
    };
    pressed.clicked() && guard.press(&what, view.now)
}

/// The buses that it can be heard in, and the one that it is in.
fn buses(view: &View, now: &str) -> Vec<(String, String)> {
    let mut all = BUSES.map(str::to_owned).to_vec();
    let guests = view.snapshot.sources.iter().filter(|s| s.back.is_some());
    all.extend(guests.map(|guest| BusName::n_minus_one(&guest.id)));
    if !all.iter().any(|bus| bus == now) {
        all.push(now.to_owned());
    }
    let named = |bus: String| {
        let name = bank::bus_name(view.snapshot, &bus);
        (bus, name)
    };
    all.into_iter().map(named).collect()
}

fn wave_name(wave: Wave) -> String {
    lang::text(match wave {
        Wave::Sine => "sound-generator-sine",
        Wave::Pink => "sound-generator-pink",
    })
}

fn ident_name(ident: Ident) -> String {
    match ident {
        Ident::None => lang::text("sound-generator-ident-none"),
        Ident::Ebu => "EBU".to_owned(),
        Ident::Glits => "GLITS".to_owned(),
    }
}
