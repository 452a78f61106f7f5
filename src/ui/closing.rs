//! The one question that the desk asks: what is to become of a show that is on air when its window
//! is closed.

use egui::{Align, Color32, Frame, Id, Modal, Rect, Ui};

use super::{
    guard::{Guard, Guarded},
    lang, layout, onair, paint,
    paint::Button,
    theme,
    view::View,
};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The window closes, the show runs on.
    Leave,
    /// The window closes and the show ends.
    End,
    /// The window stays.
    Stay,
}

/// Asks; none while there is no answer yet.
pub fn ask(ui: &Ui, view: &View, guard: &mut Guard) -> Option<Answer> {
    let modal = Modal::new(Id::unique("closing"))
        .backdrop_color(Color32::from_black_alpha(110))
        .frame(
            Frame::new()
                .fill(theme::PANEL)
                .stroke((1.0, theme::PRESSED))
                .corner_radius(6),
        )
        .show(ui.ctx(), |ui| {
            let (rect, _) = ui.allocate_exact_size(layout::CLOSING, egui::Sense::hover());
            question(ui, rect, view, guard)
        });
    if modal.inner.is_some() {
        modal.inner
    } else if modal.should_close() {
        Some(Answer::Stay)
    } else {
        None
    }
}

fn question(ui: &Ui, rect: Rect, view: &View, guard: &mut Guard) -> Option<Answer> {
    let text = onair::what_is_on(view.snapshot);
    let places = layout::closing(rect);
    paint::said_line(
        ui,
        places.head,
        Align::Min,
        "closing",
        &lang::text("desk-close-question"),
        theme::bold(17.0),
        theme::TEXT,
    );
    let font = theme::font(13.5);
    paint::lines(ui, places.on, Align::Min, &text, font, theme::DIM);
    paint::say(ui, places.on, "what is on", &text);
    let mut answer = None;
    if Button::new(&lang::text("desk-leave-running"))
        .size(14.0)
        .show(ui, places.leave, "leave")
        .clicked()
    {
        answer = Some(Answer::Leave);
    }
    let armed = guard.is_armed(&Guarded::Show, view.now);
    let text = lang::text(if armed {
        "desk-again-to-end"
    } else {
        "desk-end-show"
    });
    let mut end = Button::new(&text);
    if armed {
        end = end.fill(theme::AMBER, theme::ON_TEXT);
    }
    if end.size(14.0).show(ui, places.end, "end").clicked() && guard.press(&Guarded::Show, view.now)
    {
        answer = Some(Answer::End);
    }
    if Button::new(&lang::text("desk-stay"))
        .key(&lang::text("desk-key-esc"))
        .size(14.0)
        .show(ui, places.stay, "stay")
        .clicked()
    {
        answer = Some(Answer::Stay);
    }
    answer
}
