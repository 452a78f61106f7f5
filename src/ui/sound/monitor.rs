//! What is listened to at the desk: the bus, the card, how strips are listened to, and how the card does.

use egui::Ui;

use super::outputs;
use crate::media::CardDirection;
use crate::show::BUSES;
use crate::ui::{
    bank::{self, Choices},
    build::{
        card::{self, Card},
        devices::Devices,
        parts,
    },
    lang, listening, theme,
    view::View,
};

/// Draws it.
pub fn show(ui: &mut Ui, view: &View, devices: &Devices, choices: &mut Choices) {
    let monitor = &view.snapshot.monitor;
    let set = &monitor.set;
    let label = lang::text("sound-bus");
    let say = lang::text("sound-monitor-bus");
    parts::row(ui, &label, |ui| {
        let mut all: Vec<(String, String)> = BUSES
            .map(|bus| (bus.to_owned(), bank::bus_name(view.snapshot, bus)))
            .to_vec();
        if !all.iter().any(|(bus, _)| *bus == set.bus) {
            all.push((set.bus.clone(), set.bus.clone()));
        }
        if let Some(bus) = parts::choice(ui, &say, &set.bus, &all) {
            view.send(listening::bus(&bus));
        }
        let text = lang::text("sound-mono-short");
        let say = lang::text("sound-monitor-mono");
        if parts::switch(ui, &text, &say, set.mono).clicked() {
            view.send(listening::mono(!set.mono));
        }
    });
    let label = lang::text("build-device");
    let say = lang::text("sound-monitor-card");
    parts::row(ui, &label, |ui| {
        let now = Card {
            host: set.host.clone(),
            device: set.device.clone(),
        };
        let offered = (devices, CardDirection::Out);
        if let Some(card) = card::choose(ui, &say, &now, offered) {
            let host = card.host.as_deref();
            view.send(listening::card(&card.device, host, &set.channels));
        }
        let say = lang::text("sound-monitor-channels");
        if let Some(to) = card::choose_channels(ui, &say, (&now, &set.channels), offered) {
            view.send(listening::card(&set.device, set.host.as_deref(), &to));
        }
    });
    outputs::status(ui, &monitor.output);
    let label = lang::text("sound-solo");
    parts::row(ui, &label, |ui| {
        for (face, say, after) in [
            ("PFL", "sound-pfl-say", false),
            ("AFL", "sound-afl-say", true),
        ] {
            let say = lang::text(say);
            let button = parts::switch(ui, face, &say, choices.after == after);
            if button.on_hover_text(&say).clicked() {
                choices.after = after;
            }
        }
        let count = listening::count(view.snapshot);
        let face = lang::with("sound-clear", &[("n", count.into())]);
        ui.add_enabled_ui(count > 0, |ui| {
            if parts::icon_button(ui, theme::Icon::X, &face).clicked() {
                listening::clear(view);
            }
        });
    });
}
