//! The sound cards that buses are given to: added, changed and removed, with how each does beside it.

use egui::Ui;

use crate::door::{CardOutputState, CardOutputStatus};
use crate::media::CardDirection;
use crate::show::{BUSES, Edit, PROGRAM, SoundOutput};
use crate::ui::{
    bank,
    build::{
        card::{self, Card},
        devices::Devices,
        draft::Draft,
        parts::{self, Figures},
    },
    lang,
    said::said,
    theme::{self, Icon},
    view::View,
    words,
};

/// How loud an output may be, in dB.
const LEVELS: std::ops::RangeInclusive<f32> = -100.0..=10.0;
const DB: Figures = Figures {
    decimals: 1,
    speed: 0.1,
    unit: " dB",
};

/// How a card does, and how late what is heard by it is.
pub fn status(ui: &mut Ui, output: &CardOutputStatus) {
    let state = lang::text(match output.state {
        CardOutputState::Off => "sound-card-off",
        CardOutputState::Opening => "sound-card-opening",
        CardOutputState::Playing => "sound-card-plays",
        CardOutputState::Restarting => "sound-card-away",
    });
    let mut text = state;
    if output.state == CardOutputState::Playing {
        let values = [
            ("ms", words::tenths(output.latency_ms).into()),
            ("n", (output.underruns + output.slips).into()),
        ];
        text = format!("{text} · {}", lang::with("sound-card-says", &values));
    }
    if !output.message.is_empty() {
        text = format!("{text} – {}", said(&output.message));
    }
    let ill = output.state == CardOutputState::Restarting;
    let colour = if ill { theme::AMBER } else { theme::DIM };
    parts::note(ui, &text, colour);
}

/// See the module's words.
pub struct Form<'a> {
    /// The show.
    pub view: &'a View<'a>,
    /// The cards that are there.
    pub devices: &'a Devices,
    /// The bus whose cards they are; those of every bus where none is named.
    pub bus: Option<&'a str>,
}

impl Form<'_> {
    /// Draws it; whether the cards are to be looked for anew.
    pub fn show(&self, ui: &mut Ui, draft: &mut Draft) -> bool {
        let head = lang::text(match self.bus {
            Some(_) => "sound-outputs-of-bus",
            None => "sound-outputs",
        });
        parts::head(ui, &head);
        let Some(show) = draft.show().cloned() else {
            parts::note(ui, &lang::text("settings-waiting"), theme::DIM);
            return false;
        };
        let outputs = &show.sound_outputs;
        let is_shown = |output: &SoundOutput| self.bus.is_none_or(|bus| output.bus == bus);
        let shown = outputs
            .iter()
            .enumerate()
            .filter(|(_, output)| is_shown(output));
        let mut any = false;
        for (n, output) in shown {
            any = true;
            ui.push_id(("sound output", n), |ui| {
                self.one(ui, draft, outputs, n, output)
            });
        }
        if !any {
            parts::note(ui, &lang::text("sound-no-outputs"), theme::DIM);
        }
        let mut anew = false;
        ui.horizontal_wrapped(|ui| {
            if parts::icon_button(ui, Icon::Plus, &lang::text("sound-add-output")).clicked() {
                let mut next = outputs.clone();
                next.push(SoundOutput {
                    bus: self.bus.unwrap_or(PROGRAM).to_owned(),
                    device: card::DEFAULT.to_owned(),
                    host: None,
                    channels: vec![1, 2],
                    level_db: 0.0,
                });
                let step = lang::text("sound-step-output-add");
                draft.make(&step, vec![Edit::SoundOutputs(next)]);
            }
            anew =
                parts::icon_button(ui, Icon::RefreshCw, &lang::text("build-look-again")).clicked();
        });
        anew
    }

    fn one(
        &self,
        ui: &mut Ui,
        draft: &mut Draft,
        outputs: &[SoundOutput],
        n: usize,
        output: &SoundOutput,
    ) {
        let number = [("n", (n + 1).into())];
        let say = |key: &str| lang::with(key, &number);
        let step = lang::text("sound-step-output");
        let with = |next: SoundOutput| {
            let mut all = outputs.to_vec();
            all[n] = next;
            vec![Edit::SoundOutputs(all)]
        };
        ui.horizontal_wrapped(|ui| {
            if self.bus.is_none() {
                let all =
                    BUSES.map(|bus| (bus.to_owned(), bank::bus_name(self.view.snapshot, bus)));
                let words = say("sound-output-bus");
                if let Some(bus) = parts::choice(ui, &words, &output.bus, &all) {
                    let next = SoundOutput {
                        bus,
                        ..output.clone()
                    };
                    draft.make(&step, with(next));
                }
            }
            let now = Card {
                host: output.host.clone(),
                device: output.device.clone(),
            };
            let offered = (self.devices, CardDirection::Out);
            let words = say("sound-output-card");
            if let Some(card) = card::choose(ui, &words, &now, offered) {
                let next = SoundOutput {
                    host: card.host,
                    device: card.device,
                    ..output.clone()
                };
                draft.make(&step, with(next));
            }
            let words = say("sound-output-channels");
            let chosen = card::choose_channels(ui, &words, (&now, &output.channels), offered);
            if let Some(channels) = chosen {
                let next = SoundOutput {
                    channels,
                    ..output.clone()
                };
                draft.make(&step, with(next));
            }
            let words = say("sound-output-level");
            let mut level_db = output.level_db;
            let number = parts::number(ui, &words, &mut level_db, LEVELS, DB);
            let what = format!("sound output {n}");
            let label = (what.as_str(), step.as_str());
            parts::apply(draft, &number, self.view.now, label, |_| {
                with(SoundOutput {
                    level_db,
                    ..output.clone()
                })
            });
            if parts::small(ui, Icon::Trash2, &say("sound-output-remove"), true).clicked() {
                let mut all = outputs.to_vec();
                all.remove(n);
                let step = lang::text("sound-step-output-remove");
                draft.make(&step, vec![Edit::SoundOutputs(all)]);
            }
        });
        let known = self.view.snapshot.sound_outputs.get(n);
        let is_it = |known: &&CardOutputStatus| {
            known.bus == output.bus
                && known.device == output.device
                && known.channels == output.channels
        };
        if let Some(known) = known.filter(is_it) {
            status(ui, known);
        }
    }
}
