//! Beside a strip's delay: whose pictures its sound is measured against, how far that has come, and what is
//! proposed, to be taken over by one click.

use egui::{Align, Layout, Popup, PopupCloseBehavior, Rect, Ui};

use super::figure::Figure;
use crate::door::{
    Command, LipSyncAction, LipSyncProposal, LipSyncState, LipSyncStatus, SourceStatus,
};
use crate::ui::{
    build::parts,
    lang, numbers, paint, theme,
    view::{View, name},
};

/// Width of what unfolds, in points.
const WIDTH: f32 = 330.0;

/// Draws the button for a source's strip, and what unfolds from it.
pub fn show(ui: &Ui, place: Rect, source: &SourceStatus, view: &View) {
    let status = view.snapshot.sound.lip_sync.as_ref();
    let own = status.filter(|status| status.sound == source.id);
    let named = [("name", name(&source.label, &source.id).into())];
    let say = lang::with("sound-lip-sync-of", &named);
    let face = lang::text("sound-lip-sync");
    let button = paint::Button::new(&face).say(&say).size(12.0);
    let button = button.selected(own.is_some());
    let button = button.show(ui, place, "lip sync").on_hover_text(&say);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .layout(Layout::top_down(Align::Min))
        .show(|ui| {
            ui.set_width(WIDTH);
            parts::head(ui, &say);
            let step = |ui: &mut Ui, key| parts::note(ui, &lang::text(key), theme::TEXT);
            step(ui, "sound-lip-sync-first");
            pictures(ui, source, own, view);
            step(ui, "sound-lip-sync-then");
            step(ui, "sound-lip-sync-last");
            match (own, status) {
                (Some(own), _) => measured(ui, own, view),
                (None, Some(other)) => {
                    let of = view.source(&other.sound);
                    let of = of.map_or(other.sound.as_str(), |s| name(&s.label, &s.id));
                    let text = lang::with("sound-lip-sync-other", &[("name", of.into())]);
                    parts::note(ui, &text, theme::DIM);
                }
                (None, None) => {}
            }
        });
}

/// Whose pictures it is measured against: a press begins, another on the same ends it.
fn pictures(ui: &mut Ui, source: &SourceStatus, own: Option<&LipSyncStatus>, view: &View) {
    ui.horizontal_wrapped(|ui| {
        for picture in &view.snapshot.sources {
            let face = name(&picture.label, &picture.id);
            let say = lang::with("sound-lip-sync-picture", &[("name", face.into())]);
            let on = own.is_some_and(|own| own.picture == picture.id);
            if parts::switch(ui, face, &say, on).clicked() {
                view.send(match on {
                    true => lip_sync(LipSyncAction::Stop),
                    false => Command::LipSync {
                        action: LipSyncAction::Measure,
                        picture: Some(picture.id.clone()),
                        sound: Some(source.id.clone()),
                    },
                });
            }
        }
    });
}

/// How far it has come, and what is proposed.
fn measured(ui: &mut Ui, status: &LipSyncStatus, view: &View) {
    let values = [
        ("flashes", status.flashes.to_string().into()),
        ("beeps", status.beeps.to_string().into()),
        ("events", status.events.to_string().into()),
    ];
    parts::note(
        ui,
        &lang::with("sound-lip-sync-counts", &values),
        theme::TEXT,
    );
    let (text, colour) = match status.state {
        LipSyncState::Waiting => ("sound-lip-sync-waiting", theme::DIM),
        LipSyncState::NothingSeen => ("sound-lip-sync-nothing-seen", theme::AMBER),
        LipSyncState::NothingHeard => ("sound-lip-sync-nothing-heard", theme::AMBER),
        LipSyncState::NothingTogether => ("sound-lip-sync-nothing-together", theme::AMBER),
        LipSyncState::Disagree => ("sound-lip-sync-disagree", theme::AMBER),
        LipSyncState::TooFar => ("sound-lip-sync-too-far", theme::AMBER),
        LipSyncState::Ready => ("sound-lip-sync-ready", theme::GREEN),
    };
    parts::note(ui, &lang::text(text), colour);
    if let (Some(offset), Some(spread)) = (status.offset_ms, status.spread_ms) {
        let key = if offset >= 0.0 {
            "sound-lip-sync-picture-later"
        } else {
            "sound-lip-sync-sound-later"
        };
        let ms = |ms: f32| Figure::Ms.text((ms * 10.0).round() / 10.0);
        let values = [
            ("later", ms(offset.abs()).into()),
            ("spread", ms(spread).into()),
            ("picture", ms(status.picture_ms).into()),
        ];
        parts::note(ui, &lang::with(key, &values), theme::TEXT);
    }
    let Some(proposal) = status.proposal else {
        return;
    };
    let frames = |frames: f32| numbers::decimal(f64::from(frames), 1);
    let (face, command) = match proposal {
        LipSyncProposal::Sound { ms, frames: n } => {
            let values = [("ms", Figure::Ms.text(ms).into()), ("n", frames(n).into())];
            let face = lang::with("sound-lip-sync-take", &values);
            (face, lip_sync(LipSyncAction::Take))
        }
        LipSyncProposal::Picture { ms, frames: n } => {
            let of = view.source(&status.picture);
            let of = of.map_or(status.picture.as_str(), |s| name(&s.label, &s.id));
            let values = [
                ("name", of.into()),
                ("ms", Figure::Ms.text(ms as f32).into()),
                ("n", frames(n).into()),
            ];
            let face = lang::with("sound-lip-sync-take-picture", &values);
            let source = status.picture.clone();
            (face, Command::PictureDelay { source, ms })
        }
    };
    if parts::icon_button(ui, theme::Icon::Check, &face).clicked() {
        view.send(command);
    }
}

fn lip_sync(action: LipSyncAction) -> Command {
    Command::LipSync {
        action,
        picture: None,
        sound: None,
    }
}
