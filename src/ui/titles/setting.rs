//! How a downstream key is set: what it carries, how it comes and goes, and when it goes by itself.

use egui::{Popup, Response, Ui};

use crate::door::{Command, KeyChange, KeyStatus, Snapshot};
use crate::show::{DownstreamKey, Fill, Layer, TransitionStyle};
use crate::ui::{
    build::parts::{self, Figures},
    lang,
    view::{View, name},
};

const FRAMES: Figures = Figures {
    decimals: 0,
    speed: 0.5,
    unit: "",
};
const SECONDS: Figures = Figures {
    decimals: 1,
    speed: 0.1,
    unit: " s",
};

/// What a key carries, as it is chosen.
#[derive(Clone, Debug, PartialEq)]
enum Carries {
    Nothing,
    Title(String),
    Source(String),
}

impl Carries {
    fn of(key: &KeyStatus) -> Self {
        match (&key.title, &key.source) {
            (Some(id), _) => Self::Title(id.clone()),
            (None, Some(id)) => Self::Source(id.clone()),
            (None, None) => Self::Nothing,
        }
    }

    fn fill(self) -> Fill {
        match self {
            Self::Nothing => Fill::None,
            Self::Title(id) => Fill::Title(id),
            Self::Source(id) => Fill::Source(Box::new(Layer::full(&id))),
        }
    }

    /// All that there are, with their names.
    fn all(snapshot: &Snapshot) -> Vec<(Self, String)> {
        let nothing = (Self::Nothing, lang::text("titles-carries-nothing"));
        let titles = snapshot.titles.iter().map(|title| {
            let called = name(&title.label, &title.id).to_owned();
            (Self::Title(title.id.clone()), called)
        });
        let sources = snapshot.sources.iter().map(|source| {
            let called = name(&source.label, &source.id).to_owned();
            (Self::Source(source.id.clone()), called)
        });
        std::iter::once(nothing)
            .chain(titles)
            .chain(sources)
            .collect()
    }
}

/// Unfolds the settings of key `number` above the button that was pressed.
pub fn unfold(button: &Response, view: &View, number: usize, key: &KeyStatus) {
    Popup::menu(button)
        .align(egui::RectAlign::TOP_START)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(300.0);
            settings(ui, view, number, key);
        });
}

fn settings(ui: &mut Ui, view: &View, number: usize, key: &KeyStatus) {
    let send = |change: KeyChange| {
        view.send(Command::Key(KeyChange {
            key: number,
            ..change
        }));
    };
    parts::head(
        ui,
        &lang::with("titles-key-settings", &[("n", number.into())]),
    );
    let label = lang::text("titles-carries");
    // One unfolds at a time: no list within this one.
    parts::scrolled("carries").max_height(160.0).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let now = Carries::of(key);
            for (carries, face) in Carries::all(view.snapshot) {
                let say = lang::pair(&label, &face);
                if parts::switch(ui, &face, &say, carries == now).clicked() {
                    send(KeyChange {
                        fill: Some(carries.fill()),
                        ..KeyChange::default()
                    });
                }
            }
        });
    });
    let label = lang::text("titles-key-fade");
    parts::row(ui, &label, |ui| {
        let mut frames = key.set.frames;
        let range = 0..=TransitionStyle::LONGEST;
        if parts::number(ui, &label, &mut frames, range, FRAMES).changed() {
            send(KeyChange {
                frames: Some(frames),
                ..KeyChange::default()
            });
        }
    });
    let label = lang::text("titles-key-off-after");
    let rate = f64::from(view.snapshot.rate.0) / f64::from(view.snapshot.rate.1.max(1));
    parts::row(ui, &label, |ui| {
        let mut seconds = f64::from(key.set.off_after.unwrap_or(0)) / rate;
        let range = 0.0..=f64::from(DownstreamKey::LONGEST) / rate;
        if parts::number(ui, &label, &mut seconds, range, SECONDS).changed() {
            // 0 is never.
            send(KeyChange {
                off_after: Some((seconds * rate).round() as u32),
                ..KeyChange::default()
            });
        }
    });
    ui.horizontal_wrapped(|ui| {
        let face = lang::text("titles-key-off-on-take");
        if parts::switch(ui, &face, &face, key.set.off_on_take).clicked() {
            send(KeyChange {
                off_on_take: Some(!key.set.off_on_take),
                ..KeyChange::default()
            });
        }
        let face = lang::text("titles-key-clean");
        if parts::switch(ui, &face, &face, key.set.clean).clicked() {
            send(KeyChange {
                clean: Some(!key.set.clean),
                ..KeyChange::default()
            });
        }
    });
}
