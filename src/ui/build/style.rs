//! Transitions as the show keeps them: its own, and the one that a scene likes best, which AUTO makes to
//! it unless the director chooses another.

use egui::Ui;

use super::draft::Draft;
use super::parts::{self, Figures};
use crate::show::{BUILT_IN_WIPES, Direction, Edit, Rgb, Scene, TransitionKind, TransitionStyle};
use crate::ui::{kinds, lang, theme, view::name};

const FRAMES: Figures = Figures {
    decimals: 0,
    speed: 0.2,
    unit: "",
};

/// What makes this style the one of the scene, or of the show.
type Put<'a> = &'a dyn Fn(&Draft, TransitionStyle) -> Vec<Edit>;

/// Draws the choice for a scene. `usual` is what a scene of no preference gets, and what a preference
/// begins with.
pub fn of_scene(ui: &mut Ui, draft: &mut Draft, scene: &Scene, usual: &TransitionStyle, now: f64) {
    let step = lang::text("build-step-transition");
    let label = lang::text("build-transition");
    let kinds: Vec<(Option<TransitionKind>, String)> =
        std::iter::once((None, lang::text("build-transition-usual")))
            .chain(TransitionKind::ALL.map(|kind| (Some(kind), kinds::words(kind))))
            .collect();
    let put = |draft: &Draft, transition: Option<TransitionStyle>| {
        vec![draft.put_scene(Scene {
            transition,
            ..scene.clone()
        })]
    };
    let kind = scene.transition.as_ref().map(|style| style.kind);
    let stingers = stingers(draft);
    parts::row(ui, &label, |ui| {
        if let Some(kind) = parts::choice(ui, &label, &kind, &kinds) {
            let begun = scene.transition.as_ref().unwrap_or(usual);
            let style = kind.map(|kind| of_kind(kind, begun, &stingers));
            let edits = put(draft, style);
            draft.make(&step, edits);
        }
    });
    if let Some(style) = &scene.transition {
        let put: Put = &|draft, style| put(draft, Some(style));
        options(ui, draft, style, (&stingers, &step), put, now);
    }
}

/// Draws the choice of the show's own, which AUTO makes where a scene has no preference.
pub fn of_show(ui: &mut Ui, draft: &mut Draft, style: &TransitionStyle, now: f64) {
    let step = lang::text("build-step-show-transition");
    let label = lang::text("build-show-transition");
    let kinds = TransitionKind::ALL.map(|kind| (kind, kinds::words(kind)));
    let stingers = stingers(draft);
    let put: Put = &|_, style| vec![Edit::Transition(style)];
    parts::row(ui, &lang::text("build-transition"), |ui| {
        if let Some(kind) = parts::choice(ui, &label, &style.kind, &kinds) {
            let edits = put(draft, of_kind(kind, style, &stingers));
            draft.make(&step, edits);
        }
    });
    options(ui, draft, style, (&stingers, &step), put, now);
}

/// The show's stingers, by id and name.
fn stingers(draft: &Draft) -> Vec<(String, String)> {
    let all = draft.show().map(|show| &show.stingers).into_iter();
    all.flatten()
        .map(|s| (s.id.clone(), name(&s.label, &s.id).to_owned()))
        .collect()
}

/// The same style of another kind. A stinger is one of the show's.
fn of_kind(
    kind: TransitionKind,
    begun: &TransitionStyle,
    stingers: &[(String, String)],
) -> TransitionStyle {
    let mut style = TransitionStyle {
        kind,
        ..begun.clone()
    };
    if let Some((first, _)) = stingers.first()
        && kind == TransitionKind::Stinger
        && !stingers.iter().any(|(id, _)| *id == style.stinger)
    {
        style.stinger.clone_from(first);
    }
    style
}

/// What else can be said of a transition of its kind.
fn options(
    ui: &mut Ui,
    draft: &mut Draft,
    style: &TransitionStyle,
    (stingers, step): (&[(String, String)], &str),
    put: Put,
    now: f64,
) {
    if style.kind == TransitionKind::Cut {
        return;
    }
    if style.kind == TransitionKind::Stinger {
        // It is as long as its clip.
        let label = kinds::words(TransitionKind::Stinger);
        if stingers.is_empty() {
            return parts::note(ui, &lang::text("clips-no-stingers"), theme::DIM);
        }
        parts::row(ui, &label, |ui| {
            let say = lang::text("clips-scene-stinger");
            if let Some(stinger) = parts::choice(ui, &say, &style.stinger, stingers) {
                let style = TransitionStyle {
                    stinger,
                    ..style.clone()
                };
                let edits = put(draft, style);
                draft.make(step, edits);
            }
        });
        return;
    }
    let label = lang::text("build-frames");
    parts::row(ui, &label, |ui| {
        let mut frames = style.frames;
        let range = 1..=TransitionStyle::LONGEST;
        let response = parts::number(ui, &label, &mut frames, range, FRAMES);
        parts::apply(draft, &response, now, ("frames", step), |draft| {
            put(
                draft,
                TransitionStyle {
                    frames,
                    ..style.clone()
                },
            )
        });
    });
    match style.kind {
        TransitionKind::Dip => {
            let label = lang::text("build-dip-colour");
            parts::row(ui, &label, |ui| {
                let Rgb(r, g, b) = style.colour;
                let mut colour = [r, g, b];
                let response = ui.color_edit_button_srgb(&mut colour);
                let response = response.accessible_name(&label);
                if response.changed() {
                    let [r, g, b] = colour;
                    let colour = Rgb(r, g, b);
                    let style = TransitionStyle {
                        colour,
                        ..style.clone()
                    };
                    let edits = put(draft, style);
                    draft.drag("dip", now, step, edits);
                }
            });
        }
        TransitionKind::Wipe => wipe(ui, draft, style, step, put, now),
        TransitionKind::Push | TransitionKind::Slide => {
            let label = lang::text("build-direction");
            let all = [
                Direction::Left,
                Direction::Right,
                Direction::Up,
                Direction::Down,
            ]
            .map(|direction| (direction, kinds::direction(direction)));
            parts::row(ui, &label, |ui| {
                if let Some(direction) = parts::choice(ui, &label, &style.direction, &all) {
                    let style = TransitionStyle {
                        direction,
                        ..style.clone()
                    };
                    let edits = put(draft, style);
                    draft.make(step, edits);
                }
            });
        }
        _ => {}
    }
}

fn wipe(ui: &mut Ui, draft: &mut Draft, style: &TransitionStyle, step: &str, put: Put, now: f64) {
    let label = kinds::words(TransitionKind::Wipe);
    let mut all: Vec<(String, String)> = BUILT_IN_WIPES
        .iter()
        .map(|name| ((*name).to_owned(), kinds::wipe(name)))
        .collect();
    if !all.iter().any(|(name, _)| *name == style.wipe) {
        all.push((style.wipe.clone(), style.wipe.clone()));
    }
    parts::row(ui, &label, |ui| {
        if let Some(wipe) = parts::choice(ui, &label, &style.wipe, &all) {
            let edits = put(
                draft,
                TransitionStyle {
                    wipe,
                    ..style.clone()
                },
            );
            draft.make(step, edits);
        }
    });
    let label = lang::text("build-softness");
    parts::row(ui, &label, |ui| {
        let mut softness = style.softness as f32;
        let figures = Figures {
            decimals: 2,
            speed: 0.01,
            unit: "",
        };
        let response = parts::slider(ui, &label, &mut softness, 0.0..=1.0, figures);
        parts::apply(draft, &response, now, ("softness", step), |draft| {
            let softness = f64::from(softness);
            put(
                draft,
                TransitionStyle {
                    softness,
                    ..style.clone()
                },
            )
        });
    });
    let label = lang::text("build-reverse");
    parts::row(ui, "", |ui| {
        if parts::switch(ui, &label, &label, style.reverse).clicked() {
            let reverse = !style.reverse;
            let edits = put(
                draft,
                TransitionStyle {
                    reverse,
                    ..style.clone()
                },
            );
            draft.make(step, edits);
        }
    });
}
