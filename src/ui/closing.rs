//! The one question that the desk asks: what is to become of a show that is on air when its window
//! is closed.

use egui::{Align, Color32, Frame, Id, Modal, Rect, Ui, pos2, vec2};

use super::{
    guard::{Guard, Guarded},
    onair, paint,
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
    let size = vec2(460.0, 250.0);
    let modal = Modal::new(Id::unique("closing"))
        .backdrop_color(Color32::from_black_alpha(110))
        .frame(
            Frame::new()
                .fill(theme::PANEL)
                .stroke((1.0, theme::PRESSED))
                .corner_radius(6),
        )
        .show(ui.ctx(), |ui| {
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            question(ui, rect.shrink(20.0), view, guard)
        });
    if modal.inner.is_some() {
        modal.inner
    } else if modal.should_close() {
        Some(Answer::Stay)
    } else {
        None
    }
}

fn question(ui: &Ui, area: Rect, view: &View, guard: &mut Guard) -> Option<Answer> {
    let text = onair::what_is_on(view.snapshot);
    let head = area.with_max_y(area.top() + 24.0);
    paint::said_line(
        ui,
        head,
        Align::Min,
        "closing",
        "Close this desk?",
        theme::bold(17.0),
        theme::TEXT,
    );
    let below = Rect::from_min_size(head.left_bottom(), vec2(area.width(), 26.0));
    paint::said_line(
        ui,
        below,
        Align::Min,
        "what is on",
        &text,
        theme::font(13.5),
        theme::DIM,
    );
    let row = |i: f32| {
        let top = below.bottom() + 12.0 + i * (theme::TARGET + 8.0);
        Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), theme::TARGET))
    };
    let mut answer = None;
    if Button::new("Leave the show running")
        .size(14.0)
        .show(ui, row(0.0), "leave")
        .clicked()
    {
        answer = Some(Answer::Leave);
    }
    let armed = guard.is_armed(&Guarded::Show, view.now);
    let end = if armed {
        Button::new("Again to end the show").fill(theme::AMBER, theme::ON_TEXT)
    } else {
        Button::new("End the show")
    };
    if end.size(14.0).show(ui, row(1.0), "end").clicked() && guard.press(&Guarded::Show, view.now) {
        answer = Some(Answer::End);
    }
    if Button::new("Stay")
        .key("Esc")
        .size(14.0)
        .show(ui, row(2.0), "stay")
        .clicked()
    {
        answer = Some(Answer::Stay);
    }
    answer
}
