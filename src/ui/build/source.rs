//! A source, looked at: what it is called, where it comes from, its sound as it stands, its picture's
//! delay and its colours.

use std::sync::Arc;

use egui::{CollapsingHeader, Ui};

use super::super::said::said;
use super::card::{self, Card};
use super::devices::{self, Devices};
use super::draft::{self, Draft};
use super::outside::Files;
use super::parts::{self, Figures};
use super::scopes::Scopes;
use super::typed::Typed;
use super::{clip, colour, rules, words};
use crate::door::{Command, SourceState, SourceStatus};
use crate::media::CardDirection;
use crate::show::{Afv, Item, Pattern, Source, SourceKind};
use crate::ui::{
    lang,
    stage::Pictures,
    theme,
    view::{View, name},
};

const MS: Figures = Figures {
    decimals: 0,
    speed: 2.0,
    unit: " ms",
};
const DB: Figures = Figures {
    decimals: 1,
    speed: 0.2,
    unit: " dB",
};
const HZ: Figures = Figures {
    decimals: 0,
    speed: 10.0,
    unit: " Hz",
};

/// What the panel remembers.
#[derive(Default)]
pub struct Inspector {
    typed: Typed,
    picking: clip::Picking,
    /// The cameras that are there, with what they offer.
    pub devices: Devices,
    /// The scopes beside the colours.
    pub scopes: Scopes,
    /// The colours were unfolded when they were drawn last.
    pub colours: bool,
}

impl Inspector {
    /// Draws the panel for the source of this id; another id where it was given one. The scopes are
    /// below the colours where there are `pictures`, and have a place of their own where not.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        id: &str,
        (pictures, files): (Option<&Pictures>, &Arc<dyn Files>),
    ) -> Option<String> {
        let source = draft.source(id)?.clone();
        let called = name(&source.label, &source.id).to_owned();
        ui.label(egui::RichText::new(&called).font(theme::bold(16.0)));
        self.state(ui, view, &source);
        let renamed = self.names(ui, draft, &source);
        parts::head(ui, &words::kind(&source.kind));
        self.origin(ui, view, draft, &source, files);
        parts::head(ui, &lang::text("build-sound-and-time"));
        sound(ui, view, draft, &source);
        let head = egui::RichText::new(lang::text("build-colours")).font(theme::bold(13.0));
        let unfolded = CollapsingHeader::new(head)
            .id_salt("colours")
            .default_open(false)
            .show(ui, |ui| {
                let on_air = view
                    .source(&source.id)
                    .is_some_and(|s| s.tally == crate::door::Tally::Program);
                if on_air && !view.snapshot.live_edit {
                    parts::note(ui, &lang::text("build-seen-with-next-take"), theme::DIM);
                }
                colour::show(ui, view, draft, &source);
                if let Some(pictures) = pictures {
                    self.scopes.below(ui, &source.id, pictures);
                }
            });
        let are_seen = !unfolded.fully_closed();
        if are_seen && !self.colours {
            // They are what is wanted now: the whole of them, as far as there is room.
            let head = &unfolded.header_response;
            head.scroll_to_me(Some(egui::Align::TOP));
        }
        self.colours = are_seen;
        renamed
    }

    fn state(&self, ui: &mut Ui, view: &View, source: &Source) {
        let Some(status) = view.source(&source.id) else {
            return;
        };
        let word = crate::ui::words::source_state(status.state);
        let said: Vec<String> = [&status.warning, &status.message]
            .into_iter()
            .filter(|message| !message.is_empty())
            .map(|message| said(message))
            .collect();
        let text = match &said[..] {
            [] => word,
            said => format!("{word} – {}", said.join(" – ")),
        };
        let fine = matches!(status.state, SourceState::Live | SourceState::Ended)
            && status.warning.is_empty();
        let colour = if fine { theme::DIM } else { theme::AMBER };
        parts::note(ui, &text, colour);
    }

    fn names(&mut self, ui: &mut Ui, draft: &mut Draft, source: &Source) -> Option<String> {
        let called = name(&source.label, &source.id);
        let label = lang::text("build-label");
        let step = lang::with("build-step-rename", &[("name", called.into())]);
        let mut renamed = None;
        parts::row(ui, &label, |ui| {
            if let Some(text) = self
                .typed
                .text(ui, (&source.id, "label"), &label, &source.label)
            {
                let next = Source {
                    label: text,
                    ..source.clone()
                };
                self.put(draft, source, "label", &step, next);
            }
        });
        self.typed.complaint(ui, &source.id, "label");
        let label = lang::text("build-id");
        parts::row(ui, &label, |ui| {
            if let Some(text) = self.typed.text(ui, (&source.id, "id"), &label, &source.id) {
                let next = Source {
                    id: text.clone(),
                    ..source.clone()
                };
                if self.put(draft, source, "id", &step, next) {
                    renamed = Some(text);
                }
            }
        });
        self.typed.complaint(ui, &source.id, "id");
        renamed
    }

    fn origin(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        source: &Source,
        files: &Arc<dyn Files>,
    ) {
        let step = lang::text("build-step-source");
        let with = |kind: SourceKind| Source {
            kind,
            ..source.clone()
        };
        match &source.kind {
            SourceKind::Test {
                pattern,
                tone_hz,
                beep_ms,
            } => {
                let label = lang::text("build-pattern");
                let all = words::PATTERNS.map(|pattern| (pattern, words::pattern(pattern)));
                parts::row(ui, &label, |ui| {
                    if let Some(pattern) = parts::choice(ui, &label, pattern, &all) {
                        let kind = SourceKind::Test {
                            pattern,
                            tone_hz: *tone_hz,
                            beep_ms: *beep_ms,
                        };
                        let item = Item::Source(with(kind));
                        draft.make(&step, vec![draft::set(&source.id, item)]);
                    }
                });
                let label = lang::text("build-tone");
                parts::row(ui, &label, |ui| {
                    let put = |tone_hz: Option<f64>| {
                        let item = Item::Source(with(SourceKind::Test {
                            pattern: *pattern,
                            tone_hz,
                            beep_ms: *beep_ms,
                        }));
                        vec![draft::set(&source.id, item)]
                    };
                    let on = tone_hz.is_some();
                    if parts::switch(ui, &label, &label, on).clicked() {
                        draft.make(&step, put((!on).then_some(1000.0)));
                    }
                    if let Some(mut hz) = *tone_hz {
                        let say = lang::text("build-pitch");
                        let number = parts::number(ui, &say, &mut hz, 20.0..=20_000.0, HZ);
                        parts::apply(draft, &number, view.now, ("tone", &step), |_| put(Some(hz)));
                    }
                });
                if *pattern == Pattern::Flash {
                    let label = lang::text("build-beep");
                    parts::row(ui, &label, |ui| {
                        let mut beep_ms = *beep_ms;
                        let number = parts::number(ui, &label, &mut beep_ms, -1000..=1000, MS);
                        parts::apply(draft, &number, view.now, ("beep", &step), |_| {
                            let item = Item::Source(with(SourceKind::Test {
                                pattern: *pattern,
                                tone_hz: *tone_hz,
                                beep_ms,
                            }));
                            vec![draft::set(&source.id, item)]
                        });
                    });
                }
            }
            SourceKind::File { .. } => {
                let fields = (&mut self.typed, &mut self.picking, files);
                clip::show(ui, view, draft, source, fields);
            }
            SourceKind::Camera { device, mode } => {
                let label = lang::text("build-device");
                parts::row(ui, &label, |ui| {
                    if let Some(device) =
                        self.typed.text(ui, (&source.id, "device"), &label, device)
                    {
                        // Another camera offers other modes.
                        let kind = SourceKind::Camera { device, mode: None };
                        self.put(draft, source, "device", &step, with(kind));
                    }
                });
                self.typed.complaint(ui, &source.id, "device");
                self.devices.ask(view);
                let label = lang::text("build-mode");
                let modes = self.devices.modes_of(device);
                parts::row(ui, &label, |ui| {
                    if let Some(mode) = devices::choose_mode(ui, &label, mode, modes) {
                        let device = device.clone();
                        let item = Item::Source(with(SourceKind::Camera { device, mode }));
                        draft.make(&step, vec![draft::set(&source.id, item)]);
                    }
                });
            }
            SourceKind::Network { url, latency_ms } => {
                let label = lang::text("build-address");
                parts::row(ui, &label, |ui| {
                    if let Some(url) = self.typed.text(ui, (&source.id, "url"), &label, url) {
                        let kind = SourceKind::Network {
                            url,
                            latency_ms: *latency_ms,
                        };
                        self.put(draft, source, "url", &step, with(kind));
                    }
                });
                self.typed.complaint(ui, &source.id, "url");
                let label = lang::text("build-latency");
                parts::row(ui, &label, |ui| {
                    let mut latency_ms = *latency_ms;
                    let number = parts::number(ui, &label, &mut latency_ms, 0..=10_000, MS);
                    parts::apply(draft, &number, view.now, ("latency", &step), |_| {
                        let kind = SourceKind::Network {
                            url: url.clone(),
                            latency_ms,
                        };
                        vec![draft::set(&source.id, Item::Source(with(kind)))]
                    });
                });
            }
            SourceKind::SoundCard {
                device,
                host,
                channels,
            } => {
                self.devices.ask(view);
                let now = Card {
                    host: host.clone(),
                    device: device.clone(),
                };
                let offered = (&self.devices, CardDirection::In);
                let mut put = |card: Card, channels: Vec<u16>| {
                    let kind = SourceKind::SoundCard {
                        device: card.device,
                        host: card.host,
                        channels,
                    };
                    let item = Item::Source(with(kind));
                    draft.make(&step, vec![draft::set(&source.id, item)]);
                };
                let label = lang::text("build-device");
                parts::row(ui, &label, |ui| {
                    if let Some(card) = card::choose(ui, &label, &now, offered) {
                        put(card, channels.clone());
                    }
                });
                let label = lang::text("build-card-channels");
                parts::row(ui, &label, |ui| {
                    let chosen = card::choose_channels(ui, &label, (&now, channels), offered);
                    if let Some(channels) = chosen {
                        put(now.clone(), channels);
                    }
                });
            }
        }
    }

    /// Makes the source another, unless the show's rules forbid it; true where it was made.
    fn put(
        &mut self,
        draft: &mut Draft,
        source: &Source,
        field: &'static str,
        step: &str,
        next: Source,
    ) -> bool {
        let Some(show) = draft.show().cloned() else {
            return false;
        };
        let faults = rules::source(&show, &next);
        if !self.typed.accepts(&source.id, field, faults) {
            return false;
        }
        draft.make(step, vec![draft::set(&source.id, Item::Source(next))]);
        draft.refusal().is_none()
    }
}

fn sound(ui: &mut Ui, view: &View, draft: &mut Draft, source: &Source) {
    let step = lang::text("build-step-source");
    let put = |next: Source| vec![draft::set(&source.id, Item::Source(next))];
    // One that was added a moment ago is not among them yet.
    if let Some(status) = view.source(&source.id) {
        strip(ui, view, status);
    }
    let label = lang::text("build-picture-delay");
    parts::row(ui, &label, |ui| {
        let mut picture_delay_ms = source.picture_delay_ms;
        let number = parts::number(ui, &label, &mut picture_delay_ms, 0..=2000, MS);
        parts::apply(draft, &number, view.now, ("delay", &step), |_| {
            put(Source {
                picture_delay_ms,
                ..source.clone()
            })
        });
    });
}

/// Fader, mute and AFV as they stand. They are heard at once and kept when the show is saved; to undo
/// something else never moves them.
fn strip(ui: &mut Ui, view: &View, status: &SourceStatus) {
    let source = || status.id.clone();
    let label = lang::text("build-fader");
    parts::row(ui, &label, |ui| {
        // While it is dragged the hand is ahead of the engine.
        let id = ui.scope_id().with("fader in hand");
        let in_hand = ui.data(|data| data.get_temp::<f32>(id));
        let mut db = in_hand.unwrap_or(status.fader_db);
        let number = parts::number(ui, &label, &mut db, -100.0..=10.0, DB);
        if number.changed() {
            let source = source();
            view.send(Command::Fader { source, db });
        }
        if number.dragged() {
            ui.data_mut(|data| data.insert_temp(id, db));
        } else {
            ui.data_mut(|data| data.remove::<f32>(id));
        }
        let mute = lang::text("build-mute");
        if parts::switch(ui, &mute, &mute, status.mute).clicked() {
            view.send(Command::Mute {
                source: source(),
                on: !status.mute,
            });
        }
    });
    let label = lang::text("build-afv");
    let all = [
        (Afv::Follow, lang::text("build-afv-follow")),
        (Afv::On, lang::text("build-afv-on")),
        (Afv::Off, lang::text("build-afv-off")),
    ];
    parts::row(ui, &label, |ui| {
        if let Some(mode) = parts::choice(ui, &label, &status.afv, &all) {
            let source = source();
            view.send(Command::Afv { source, mode });
        }
    });
}
