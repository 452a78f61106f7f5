//! The transition that a scene likes best: which AUTO makes to it, unless the director chooses another.

use egui::Ui;

use super::draft::Draft;
use super::parts::{self, Figures};
use crate::show::{BUILT_IN_WIPES, Direction, Rgb, Scene, TransitionKind, TransitionStyle};
use crate::ui::{kinds, lang, theme, view::name};

const FRAMES: Figures = Figures {
    decimals: 0,
    speed: 0.2,
    unit: "",
};

/// Draws the choice. `usual` is what a scene of no preference gets, and what a preference begins with.
pub fn show(ui: &mut Ui, draft: &mut Draft, scene: &Scene, usual: &TransitionStyle, now: f64) {
    let with = |draft: &Draft, transition: Option<TransitionStyle>| {
        vec![draft.put_scene(Scene {
            transition,
            ..scene.clone()
        })]
    };
    let step = lang::text("build-step-transition");
    let label = lang::text("build-transition");
    let kinds: Vec<(Option<TransitionKind>, String)> =
        std::iter::once((None, lang::text("build-transition-usual")))
            .chain(TransitionKind::ALL.map(|kind| (Some(kind), kinds::words(kind))))
            .collect();
    let kind = scene.transition.as_ref().map(|style| style.kind);
    let stingers: Vec<(String, String)> = draft
        .show()
        .map(|show| &show.stingers)
        .into_iter()
        .flatten()
        .map(|s| (s.id.clone(), name(&s.label, &s.id).to_owned()))
        .collect();
    parts::row(ui, &label, |ui| {
        if let Some(kind) = parts::choice(ui, &label, &kind, &kinds) {
            let begun = || scene.transition.clone().unwrap_or_else(|| usual.clone());
            let mut style = kind.map(|kind| TransitionStyle { kind, ..begun() });
            // A stinger is one of the show's.
            if let (Some(style), Some((first, _))) = (&mut style, stingers.first())
                && style.kind == TransitionKind::Stinger
                && !stingers.iter().any(|(id, _)| *id == style.stinger)
            {
                style.stinger.clone_from(first);
            }
            let edits = with(draft, style);
            draft.make(&step, edits);
        }
    });
    let Some(style) = &scene.transition else {
        return;
    };
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
            if let Some(stinger) = parts::choice(ui, &say, &style.stinger, &stingers) {
                let style = TransitionStyle {
                    stinger,
                    ..style.clone()
                };
                let edits = with(draft, Some(style));
                draft.make(&step, edits);
            }
        });
        return;
    }
    let label = lang::text("build-frames");
    parts::row(ui, &label, |ui| {
        let mut frames = style.frames;
        let range = 1..=TransitionStyle::LONGEST;
        let response = parts::number(ui, &label, &mut frames, range, FRAMES);
        parts::apply(draft, &response, now, ("frames", &step), |draft| {
            with(
                draft,
                Some(TransitionStyle {
                    frames,
                    ..style.clone()
                }),
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
                    let edits = with(
                        draft,
                        Some(TransitionStyle {
                            colour,
                            ..style.clone()
                        }),
                    );
                    draft.drag("dip", now, &step, edits);
                }
            });
        }
        TransitionKind::Wipe => wipe(ui, draft, scene, style, now),
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
                    let edits = with(draft, Some(style));
                    draft.make(&step, edits);
                }
            });
        }
        _ => {}
    }
}

fn wipe(ui: &mut Ui, draft: &mut Draft, scene: &Scene, style: &TransitionStyle, now: f64) {
    let step = lang::text("build-step-transition");
    let with = |draft: &Draft, style: TransitionStyle| {
        vec![draft.put_scene(Scene {
            transition: Some(style),
            ..scene.clone()
        })]
    };
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
            let edits = with(
                draft,
                TransitionStyle {
                    wipe,
                    ..style.clone()
                },
            );
            draft.make(&step, edits);
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
        parts::apply(draft, &response, now, ("softness", &step), |draft| {
            let softness = f64::from(softness);
            with(
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
            let edits = with(
                draft,
                TransitionStyle {
                    reverse,
                    ..style.clone()
                },
            );
            draft.make(&step, edits);
        }
    });
}
