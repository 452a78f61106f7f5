//! The line-up generator: whether and where it is heard, and what it gives.

use egui::{RichText, Ui};

use super::ahead;
use super::figure::Figure;
use crate::door::Command;
use crate::show::{BUSES, BusName, Ident, LineUpChange, Wave};
use crate::ui::{bank, build::parts, lang, theme, view::View};

/// Room of a number, in points.
const NUMBER: egui::Vec2 = egui::vec2(92.0, 24.0);

/// Draws it.
pub fn show(ui: &mut Ui, view: &View) {
    let set = &view.snapshot.sound.generator;
    ui.add_space(10.0);
    ui.label(RichText::new(lang::text("sound-generator")).font(theme::bold(16.0)));
    let send = |change| view.send(Command::Generator(change));
    let same = LineUpChange::default;
    parts::row(ui, &lang::text("sound-generator-tone"), |ui| {
        let say = lang::text("sound-generator-on");
        let face = lang::text("sound-generator-on-short");
        if parts::switch(ui, &face, &say, set.on).clicked() {
            let on = Some(!set.on);
            send(LineUpChange { on, ..same() });
        }
        let say = lang::text("sound-generator-alone");
        let face = lang::text("sound-generator-alone-short");
        if parts::switch(ui, &face, &say, set.alone).clicked() {
            let alone = Some(!set.alone);
            send(LineUpChange { alone, ..same() });
        }
    });
    parts::row(ui, &lang::text("sound-bus"), |ui| {
        let say = lang::text("sound-generator-bus");
        let to = parts::choice(ui, &say, &set.to, &buses(view, &set.to));
        if to.is_some() {
            send(LineUpChange { to, ..same() });
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
