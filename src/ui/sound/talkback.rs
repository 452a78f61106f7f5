//! Which source is the talkback, and how much softer all else is for who is talked to.

use egui::Ui;

use crate::show::{Edit, Source, Talkback, link_of};
use crate::ui::{
    build::{
        draft::Draft,
        parts::{self, Figures},
    },
    lang, talk, theme,
    view::{View, name},
};

/// How far all else can go down, in dB.
const DUCK: std::ops::RangeInclusive<f32> = 0.0..=60.0;
const DB: Figures = Figures {
    decimals: 1,
    speed: 0.1,
    unit: " dB",
};

/// Draws it; nothing can be chosen before the show has come.
pub fn show(ui: &mut Ui, view: &View, draft: &mut Draft) {
    parts::head(ui, &lang::text("sound-talkback"));
    let Some(show) = draft.show().cloned() else {
        parts::note(ui, &lang::text("settings-waiting"), theme::DIM);
        return;
    };
    let now = &show.sound.talkback;
    let step = lang::text("sound-step-talkback");
    let with = |talkback: Talkback| {
        let mut sound = show.sound.clone();
        sound.talkback = talkback;
        vec![Edit::Sound(sound)]
    };
    let label = lang::text("build-source");
    let say = lang::text("sound-talkback-source");
    parts::row(ui, &label, |ui| {
        let none = (String::new(), lang::text("sound-talkback-none"));
        let is_free = |s: &&Source| link_of(&show.sound.links, &s.id).is_none();
        let sources = show.sources.iter().filter(is_free);
        let sources = sources.map(|s| (s.id.clone(), name(&s.label, &s.id).to_owned()));
        let all: Vec<_> = std::iter::once(none).chain(sources).collect();
        if let Some(source) = parts::choice(ui, &say, &now.source, &all) {
            let next = Talkback {
                source,
                ..now.clone()
            };
            draft.make(&step, with(next));
        }
    });
    let label = lang::text("sound-talkback-duck");
    let say = lang::text("sound-talkback-duck-say");
    parts::row(ui, &label, |ui| {
        let mut duck_db = now.duck_db;
        let number = parts::number(ui, &say, &mut duck_db, DUCK, DB);
        let named = ("talkback duck", step.as_str());
        parts::apply(draft, &number, view.now, named, |_| {
            with(Talkback {
                duck_db,
                ..now.clone()
            })
        });
    });
    let why = talk::why_not(view.snapshot);
    // That there is none is seen above.
    match why.filter(|_| !now.source.is_empty()) {
        Some(why) => parts::note(ui, &why, theme::AMBER),
        None => parts::note(ui, &lang::text("sound-talkback-says"), theme::DIM),
    }
}
