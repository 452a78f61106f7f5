//! The settings of the whole show, in a window beside the pictures: its name, the program's picture and rate, the
//! encoder and the receiver. What only another engine can do says so beside the button, and waits while
//! anything is on air.

mod figures;
mod form;
#[cfg(test)]
mod tests;

use egui::{Align, Id, Rect, ScrollArea, Ui, vec2};

use super::{
    build::{
        draft::Draft,
        parts::{self, Figures},
    },
    lang, layout, onair, paint,
    theme::{self, Icon},
    view::View,
    words,
};
use crate::door::{Command, Event};
use crate::media::Rate;
use crate::show::{Edit, EncoderName, Format, Latency, Preset, Receiver};
use form::Settings;

/// Where the receiver listens at first.
const RECEIVER: &str = "127.0.0.1:19350";
/// Width of what stands before a control, in points.
const NAMES: f32 = 150.0;

const KBPS: Figures = Figures {
    decimals: 0,
    speed: 25.0,
    unit: " kb/s",
};
const PIXELS: Figures = Figures {
    decimals: 0,
    speed: 2.0,
    unit: " px",
};
const SECONDS: Figures = Figures {
    decimals: 1,
    speed: 0.05,
    unit: " s",
};

/// The encoders of the engine's machine.
#[derive(Debug, Default, PartialEq)]
enum Encoders {
    #[default]
    Unknown,
    Asked,
    There(Vec<String>),
}

/// See the module's words. Each frame: [`ShowSettings::take`] every event, [`ShowSettings::follow`], then
/// [`ShowSettings::show`].
#[derive(Debug, Default)]
pub struct ShowSettings {
    /// Whether it is seen.
    pub open: bool,
    draft: Draft,
    /// As the show had them when it was looked at last.
    seen: Option<Settings>,
    /// As they are to be.
    wanted: Option<Settings>,
    /// Size and rate are given in numbers, though it be a usual format.
    custom: bool,
    /// Where the receiver listened before it was switched off here.
    address: Option<String>,
    encoders: Encoders,
    faults: Vec<String>,
    /// Another engine is being started.
    renews: bool,
}

impl ShowSettings {
    /// Opens the window on the settings as they are.
    pub fn open(&mut self) {
        self.seen = None;
        self.wanted = None;
        self.custom = false;
        self.faults.clear();
        self.open = true;
    }

    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        self.draft.take(event);
        match event {
            Event::Encoders { encoders } => self.encoders = Encoders::There(encoders.clone()),
            Event::EngineRenews { .. } => self.renews = true,
            Event::Ready { .. } => self.renews = false,
            _ => {}
        }
    }

    /// Whether the engine is away because another takes its place.
    pub fn renews(&self) -> bool {
        self.renews
    }

    /// Told once a frame, before the window is drawn.
    pub fn follow(&mut self, view: &View, attached: bool) {
        if !attached {
            self.draft.detach();
            self.encoders = Encoders::Unknown;
            return;
        }
        if !self.open && !self.draft.has_more() {
            return;
        }
        if self.encoders == Encoders::Unknown {
            self.encoders = Encoders::Asked;
            view.send(Command::Encoders {});
        }
        self.draft.follow(view.door, view.snapshot);
        let Some(now) = self.draft.show().map(|show| Settings::of(show)) else {
            return;
        };
        match (&mut self.wanted, &self.seen) {
            // What was refused can be put right.
            (Some(_), Some(_)) if self.draft.refusal().is_some() => {}
            (Some(wanted), Some(seen)) => wanted.follow(seen, &now),
            _ => self.wanted = Some(now.clone()),
        }
        self.seen = Some(now);
    }

    /// What egui knows its window by.
    pub fn window() -> Id {
        Id::unique("show settings")
    }

    /// Draws the window while it is open, in this room.
    pub fn show(&mut self, ui: &Ui, room: Rect, view: &View, attached: bool) {
        if !self.open {
            return;
        }
        let mut open = true;
        egui::Window::new(lang::text("settings-title"))
            .id(Self::window())
            .open(&mut open)
            .fixed_rect(layout::window(room, layout::WINDOW))
            .collapsible(false)
            .show(ui.ctx(), |ui| self.contents(ui, view, attached));
        self.open = open;
    }

    fn contents(&mut self, ui: &mut Ui, view: &View, attached: bool) {
        let (Some(seen), Some(mut wanted)) = (self.seen.clone(), self.wanted.take()) else {
            return parts::note(ui, &lang::text("settings-waiting"), theme::DIM);
        };
        let on_air = onair::must_ask(view.snapshot);
        // Its end stays in sight, with a line for each thing that is wrong.
        let ends = 50.0 + 18.0 * (self.faults.len() + 1) as f32;
        let most = (ui.available_height() - ends).max(80.0);
        let scroll = ScrollArea::vertical().auto_shrink(false).max_height(most);
        scroll.show(ui, |ui| {
            let label = lang::text("settings-name");
            row(ui, &label, |ui| {
                parts::field(ui, &label, &mut wanted.name, "");
            });
            if on_air {
                let what = onair::what_is_on(view.snapshot);
                let text = lang::with("settings-on-air", &[("what", what.into())]);
                parts::note(ui, &text, theme::AMBER);
            }
            ui.add_enabled_ui(!on_air, |ui| {
                parts::head(ui, &lang::text("settings-picture"));
                self.format(ui, &mut wanted.format);
                parts::head(ui, &lang::text("settings-encoder"));
                self.encoder(ui, &mut wanted);
                parts::head(ui, &lang::text("settings-receiver"));
                self.receiver(ui, &mut wanted);
            });
        });
        ui.separator();
        self.end(ui, attached && !on_air, &seen, &wanted);
        self.wanted = Some(wanted);
    }

    fn format(&mut self, ui: &mut Ui, format: &mut Format) {
        let is_usual = figures::FORMATS.contains(format);
        let now = (is_usual && !self.custom).then_some(*format);
        let mut all: Vec<(Option<Format>, String)> = figures::FORMATS
            .iter()
            .map(|format| (Some(*format), figures::name(*format)))
            .collect();
        all.push((None, lang::text("settings-custom")));
        let label = lang::text("settings-format");
        row(ui, &label, |ui| {
            match parts::choice(ui, &label, &now, &all) {
                Some(Some(chosen)) => {
                    *format = chosen;
                    self.custom = false;
                }
                Some(None) => self.custom = true,
                None => {}
            }
        });
        if is_usual && !self.custom {
            return;
        }
        row(ui, &lang::text("settings-size"), |ui| {
            let (width, height) = (lang::text("settings-width"), lang::text("settings-height"));
            for (say, value, most) in [
                (width, &mut format.width, 7680),
                (height, &mut format.height, 4320),
            ] {
                if parts::number(ui, &say, value, 64..=most, PIXELS).changed() {
                    // Colour is of every second pixel.
                    *value &= !1;
                }
            }
        });
        let label = lang::text("settings-rate");
        let mut all: Vec<(Rate, String)> = figures::RATES
            .iter()
            .map(|rate| (*rate, figures::fps(*rate)))
            .collect();
        if !figures::RATES.contains(&format.rate) {
            all.push((format.rate, figures::fps(format.rate)));
        }
        row(ui, &label, |ui| {
            if let Some(rate) = parts::choice(ui, &label, &format.rate, &all) {
                format.rate = rate;
            }
            let say = lang::text("settings-other-rate");
            let mut fps = format.rate.fps();
            let figures = Figures {
                decimals: if format.rate.1 == 1 { 0 } else { 2 },
                speed: 0.1,
                unit: "",
            };
            if parts::number(ui, &say, &mut fps, 1.0..=120.0, figures).changed() {
                format.rate = Rate(fps.round() as u32, 1);
            }
        });
        parts::note(ui, &lang::text("settings-limits"), theme::DIM);
    }

    fn encoder(&self, ui: &mut Ui, wanted: &mut Settings) {
        let encoder = &mut wanted.encoder;
        let label = lang::text("settings-which-encoder");
        let all = self.encoders(&encoder.name);
        row(ui, &label, |ui| {
            if let Some(name) = parts::choice(ui, &label, &encoder.name, &all) {
                encoder.name = name;
            }
        });
        let label = lang::text("settings-bitrate");
        row(ui, &label, |ui| {
            parts::number(ui, &label, &mut encoder.bitrate_kbps, 100..=100_000, KBPS);
            for (platform, kbps) in figures::usual_kbps(wanted.format) {
                let face = lang::with(
                    "settings-usual",
                    &[
                        ("platform", platform.into()),
                        ("kbps", kbps.to_string().into()),
                    ],
                );
                if parts::icon_button(ui, Icon::ArrowLeft, &face).clicked() {
                    encoder.bitrate_kbps = kbps;
                }
            }
        });
        let label = lang::text("settings-sound-bitrate");
        row(ui, &label, |ui| {
            parts::number(ui, &label, &mut encoder.audio_kbps, 32..=320, KBPS);
        });
        let label = lang::text("settings-preset");
        let all = PRESETS.map(|preset| (preset, format!("{preset:?}").to_lowercase()));
        row(ui, &label, |ui| {
            if let Some(preset) = parts::choice(ui, &label, &encoder.preset, &all) {
                encoder.preset = preset;
            }
            parts::note(ui, &lang::text("settings-preset-note"), theme::DIM);
        });
        let label = lang::text("settings-keyframes");
        row(ui, &label, |ui| {
            parts::number(ui, &label, &mut encoder.gop_s, 0.5..=10.0, SECONDS);
            parts::note(ui, &lang::text("settings-keyframes-note"), theme::DIM);
        });
        let label = lang::text("settings-latency");
        row(ui, &label, |ui| {
            for (latency, key) in [
                (Latency::Low, "settings-latency-low"),
                (Latency::Normal, "settings-latency-normal"),
                (Latency::Quality, "settings-latency-quality"),
            ] {
                let face = lang::text(key);
                let say = lang::pair(&label, &face);
                if parts::switch(ui, &face, &say, encoder.latency == latency).clicked() {
                    encoder.latency = latency;
                }
            }
        });
        let delay = figures::delay_s(encoder.latency, encoder, wanted.format.rate);
        let key = match encoder.latency {
            Latency::Low => "settings-latency-low-note",
            Latency::Normal => "settings-latency-normal-note",
            Latency::Quality => "settings-latency-quality-note",
        };
        let delay = words::decimal(delay, 1);
        parts::note(ui, &lang::with(key, &[("s", delay.into())]), theme::DIM);
    }

    /// What can be chosen, with what is chosen now.
    fn encoders(&self, now: &EncoderName) -> Vec<(EncoderName, String)> {
        let mut all = vec![
            (EncoderName::Auto, lang::text("settings-automatic")),
            (EncoderName::X264, "x264".to_owned()),
        ];
        if let Encoders::There(found) = &self.encoders {
            let others = found.iter().filter(|name| *name != "x264enc");
            all.extend(others.map(|name| (EncoderName::Element(name.clone()), name.clone())));
        }
        if let EncoderName::Element(name) = now
            && !all.iter().any(|(known, _)| known == now)
        {
            let text = match self.encoders {
                Encoders::There(_) => {
                    lang::with("settings-not-here", &[("name", name.as_str().into())])
                }
                _ => name.clone(),
            };
            all.push((now.clone(), text));
        }
        all
    }

    fn receiver(&mut self, ui: &mut Ui, wanted: &mut Settings) {
        let label = lang::text("settings-receiver-on");
        row(ui, "", |ui| {
            let on = wanted.receiver.is_some();
            if parts::switch(ui, &label, &label, on).clicked() {
                wanted.receiver = match wanted.receiver.take() {
                    Some(receiver) => {
                        self.address = Some(receiver.address);
                        None
                    }
                    None => Some(Receiver {
                        address: self.address.clone().unwrap_or_else(|| RECEIVER.to_owned()),
                    }),
                };
            }
        });
        if let Some(receiver) = &mut wanted.receiver {
            let label = lang::text("settings-address");
            row(ui, &label, |ui| {
                parts::field(ui, &label, &mut receiver.address, RECEIVER);
            });
        }
        parts::note(ui, &lang::text("settings-receiver-note"), theme::DIM);
    }

    /// The end of the window: what applying it means, and what is wrong with it.
    fn end(&mut self, ui: &mut Ui, may_renew: bool, seen: &Settings, wanted: &Settings) {
        let edits = wanted.edits(seen);
        let another = wanted.needs_another_engine(seen);
        for fault in &self.faults {
            parts::note(ui, fault, theme::AMBER);
        }
        if let Some(refusal) = self.draft.refusal() {
            parts::note(ui, refusal, theme::AMBER);
        }
        let key = match () {
            () if self.renews => "settings-renewing",
            () if edits.is_empty() => "settings-unchanged",
            () if another => "settings-renews",
            () => "settings-at-once",
        };
        ui.horizontal(|ui| {
            let may = !edits.is_empty() && !self.renews && (may_renew || !another);
            let apply = ui.add_enabled_ui(may, |ui| {
                parts::icon_button(ui, Icon::Check, &lang::text("settings-apply"))
            });
            if apply.inner.clicked() {
                self.apply(wanted, edits);
            }
            parts::note(ui, &lang::text(key), theme::DIM);
        });
    }

    fn apply(&mut self, wanted: &Settings, edits: Vec<Edit>) {
        let Some(show) = self.draft.show().cloned() else {
            return;
        };
        self.faults = wanted.faults(&show);
        if self.faults.is_empty() {
            self.draft.make(&lang::text("settings-step"), edits);
        }
    }
}

/// x264's presets, the fastest first.
const PRESETS: [Preset; 6] = [
    Preset::Ultrafast,
    Preset::Superfast,
    Preset::Veryfast,
    Preset::Faster,
    Preset::Fast,
    Preset::Medium,
];

/// A line of controls with what they are before them. The controls say that themselves.
fn row(ui: &mut Ui, name: &str, controls: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        let size = vec2(NAMES, 24.0);
        let (place, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let font = theme::font(12.5);
        paint::line(ui, place, Align::Min, name, font, theme::DIM);
        controls(ui);
    });
}
