//! A clip, looked at: its file, what happens at its end, when it plays, and which part of it.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use super::draft::{self, Draft};
use super::outside::{Errand, Files, Pick};
use super::parts::{self, Figures};
use super::rules;
use super::typed::Typed;
use crate::door::ClipStatus;
use crate::show::{AtEnd, Edit, Item, Play, Source, SourceKind};
use crate::ui::{lang, theme, theme::Icon, view::View};

/// No point lies behind this, in seconds.
const LAST_S: f64 = 86_400.0;
/// At least so much of a clip is played, in seconds.
const LEAST_S: f64 = 0.04;

const SECONDS: Figures = Figures {
    decimals: 2,
    speed: 0.05,
    unit: " s",
};

/// The file that is being chosen for a clip.
#[derive(Default)]
pub struct Picking {
    /// For the source of this id.
    of: String,
    errand: Errand<Option<PathBuf>>,
}

/// What a clip is to be, from what it is.
struct Change<'a>(&'a Source);

impl Change<'_> {
    /// The source with another kind. Everything that is not changed stays as it is.
    fn to(&self, change: impl FnOnce(&mut SourceKind)) -> Source {
        let mut next = self.0.clone();
        change(&mut next.kind);
        next
    }

    fn edits(&self, change: impl FnOnce(&mut SourceKind)) -> Vec<Edit> {
        vec![draft::set(&self.0.id, Item::Source(self.to(change)))]
    }
}

/// Draws what can be changed of a source that is a clip; nothing for any other.
pub fn show(
    ui: &mut Ui,
    view: &View,
    draft: &mut Draft,
    source: &Source,
    (typed, picking, files): (&mut Typed, &mut Picking, &Arc<dyn Files>),
) {
    let SourceKind::File { path, play, .. } = &source.kind else {
        return;
    };
    let change = Change(source);
    let step = lang::text("build-step-source");
    file(ui, draft, source, path, (typed, picking, files));
    let label = lang::text("clips-at-end");
    let all = [
        (AtEnd::Hold, lang::text("clips-at-end-hold")),
        (AtEnd::Black, lang::text("clips-at-end-black")),
        (AtEnd::Loop, lang::text("clips-at-end-loop")),
        (AtEnd::Rewind, lang::text("clips-at-end-rewind")),
    ];
    parts::row(ui, &label, |ui| {
        if let Some(end) = parts::choice(ui, &label, &source.kind.at_end(), &all) {
            let edits = change.edits(|kind| {
                if let SourceKind::File { looped, at_end, .. } = kind {
                    (*looped, *at_end) = (false, end);
                }
            });
            draft.make(&step, edits);
        }
    });
    let label = lang::text("clips-plays");
    let all = [
        (Play::Always, lang::text("clips-plays-always")),
        (Play::OnTake, lang::text("clips-plays-on-take")),
    ];
    parts::row(ui, &label, |ui| {
        if let Some(when) = parts::choice(ui, &label, play, &all) {
            let edits = change.edits(|kind| {
                if let SourceKind::File { play, .. } = kind {
                    *play = when;
                }
            });
            draft.make(&step, edits);
        }
    });
    let clip = view.source(&source.id).and_then(|s| s.clip.as_ref());
    point(ui, view, draft, source, (Point::In, clip), typed);
    point(ui, view, draft, source, (Point::Out, clip), typed);
}

fn file(
    ui: &mut Ui,
    draft: &mut Draft,
    source: &Source,
    path: &str,
    (typed, picking, files): (&mut Typed, &mut Picking, &Arc<dyn Files>),
) {
    let label = lang::text("build-path");
    let mut chosen = None;
    if let Some(Some(path)) = picking.errand.poll() {
        chosen = Some((picking.of.clone(), path.to_string_lossy().into_owned()));
    }
    parts::row(ui, &lang::text("clips-file"), |ui| {
        let choose = lang::text("clips-choose-file");
        if parts::small(ui, Icon::FolderOpen, &choose, !picking.errand.runs()).clicked() {
            picking.of.clone_from(&source.id);
            let files = files.clone();
            let ctx = ui.ctx().clone();
            picking
                .errand
                .start(&ctx, move || files.file(&choose, Pick::Media));
        }
        if let Some(path) = typed.text(ui, (&source.id, "path"), &label, path) {
            chosen = Some((source.id.clone(), path));
        }
    });
    // The dialog may have been opened for another clip than the one that is looked at by now.
    if let Some((id, path)) = chosen
        && let Some(of) = draft.source(&id).cloned()
    {
        let kind = of.kind.at_path(path);
        put(draft, &of, "path", Source { kind, ..of.clone() }, typed);
    }
    typed.complaint(ui, &source.id, "path");
}

/// Makes the source another, unless the show's rules forbid it.
fn put(draft: &mut Draft, source: &Source, field: &'static str, next: Source, typed: &mut Typed) {
    let Some(show) = draft.show().cloned() else {
        return;
    };
    if typed.accepts(&source.id, field, rules::source(&show, &next)) {
        let step = lang::text("build-step-source");
        draft.make(&step, vec![draft::set(&source.id, Item::Source(next))]);
    }
}

/// Where the part of a clip begins or ends that is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    In,
    Out,
}

impl Point {
    fn of(self, kind: &mut SourceKind) -> Option<&mut Option<f64>> {
        match (self, kind) {
            (Self::In, SourceKind::File { in_s, .. }) => Some(in_s),
            (Self::Out, SourceKind::File { out_s, .. }) => Some(out_s),
            _ => None,
        }
    }

    fn set(self, source: &Source, to: Option<f64>) -> Source {
        Change(source).to(|kind| {
            if let Some(point) = self.of(kind) {
                *point = to;
            }
        })
    }
}

fn point(
    ui: &mut Ui,
    view: &View,
    draft: &mut Draft,
    source: &Source,
    (point, clip): (Point, Option<&ClipStatus>),
    typed: &mut Typed,
) {
    let SourceKind::File { in_s, out_s, .. } = source.kind else {
        return;
    };
    let length = clip.and_then(|clip| clip.length_s).unwrap_or(LAST_S);
    let (field, label, here, clear) = match point {
        Point::In => ("in", "clips-in", "clips-in-here", "clips-in-clear"),
        Point::Out => ("out", "clips-out", "clips-out-here", "clips-out-clear"),
    };
    let (set, shown, range) = match point {
        Point::In => {
            let most = out_s.unwrap_or(length) - LEAST_S;
            (in_s, in_s.unwrap_or(0.0), 0.0..=most.max(0.0))
        }
        Point::Out => {
            let least = in_s.unwrap_or(0.0) + LEAST_S;
            (out_s, out_s.unwrap_or(length), least..=length.max(least))
        }
    };
    let label = lang::text(label);
    let step = lang::text("build-step-source");
    parts::row(ui, &label, |ui| {
        let mut value = shown;
        if set.is_none() && point == Point::Out && length >= LAST_S {
            // Its length is not known yet.
            parts::note(ui, &lang::text("clips-to-its-end"), theme::DIM);
        } else {
            let number = parts::number(ui, &label, &mut value, range, SECONDS);
            parts::apply(draft, &number, view.now, (field, &step), |_| {
                let next = point.set(source, Some(milliseconds(value)));
                vec![draft::set(&source.id, Item::Source(next))]
            });
        }
        let stands = clip.map(|clip| milliseconds(clip.position_s));
        let say = lang::text(here);
        if parts::small(ui, Icon::MapPin, &say, stands.is_some()).clicked() {
            put(draft, source, field, point.set(source, stands), typed);
        }
        if parts::small(ui, Icon::X, &lang::text(clear), set.is_some()).clicked() {
            put(draft, source, field, point.set(source, None), typed);
        }
    });
    typed.complaint(ui, &source.id, field);
}

/// So exact and no more, for a file that people read.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
