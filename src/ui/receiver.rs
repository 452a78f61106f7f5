//! What the receiver inside regie gets: proof that the program arrives.

use egui::{Align, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::said::said;
use super::{fills, lang, paint, theme, words};
use crate::door::{ReceivedStream, ReceiverStatus};

const HEAD: f32 = 18.0;
const ROW: f32 = 17.0;

/// Of so many streams so many have a line, where there is room; the others are scrolled to.
pub fn most(streams: usize) -> usize {
    streams.clamp(1, 2)
}

/// Height with lines for so many streams, in points. Without any, they are one pointing away.
pub fn height(lines: usize) -> f32 {
    HEAD + lines as f32 * ROW + 8.0
}

/// Draws it.
pub fn show(ui: &mut Ui, rect: Rect, receiver: &ReceiverStatus) {
    fills::fill(ui, rect, theme::ROUND, theme::PANEL);
    let inner = rect.shrink2(vec2(10.0, 4.0));
    let head = inner.with_max_y(inner.top() + HEAD);
    let (text, colour) = if receiver.message.is_empty() {
        let at = receiver.address.as_str();
        (
            lang::with("desk-receiver", &[("at", at.into())]),
            theme::DIM,
        )
    } else {
        let why = said(&receiver.message);
        (
            lang::with("desk-receiver-ill", &[("why", why.into())]),
            theme::AMBER,
        )
    };
    let font = theme::font(11.5);
    paint::line(ui, head, Align::Min, &text, font.clone(), colour);
    let list = inner.with_min_y(head.bottom());
    if list.height() < ROW {
        let gets = receiver.streams.iter().map(|stream| gets(stream).1);
        let whole: Vec<String> = std::iter::once(text).chain(gets).collect();
        let whole = whole.join("\n");
        paint::say(ui, head, "receiver", &whole).on_hover_text(&whole);
        return;
    }
    paint::say(ui, head, "receiver", &text);
    ui.scope_builder(UiBuilder::new().max_rect(list).id_salt("received"), |ui| {
        ui.shrink_clip_rect(list);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for stream in &receiver.streams {
                let size = vec2(ui.available_width(), ROW);
                let (row, _) = ui.allocate_exact_size(size, Sense::hover());
                let (figures, said) = gets(stream);
                let colour = if stream.live { theme::TEXT } else { theme::DIM };
                let used = paint::line(ui, row, Align::Max, &figures, font.clone(), colour);
                let rest = row.with_max_x(row.right() - used - 6.0);
                paint::line(ui, rest, Align::Min, &stream.name, font.clone(), colour);
                paint::say(ui, row, ("received", &stream.name), &said);
            }
        });
    });
}

/// What comes of a stream in figures, and the whole of it in words.
fn gets(stream: &ReceivedStream) -> (String, String) {
    let figures = if stream.live {
        let delay = match stream.delay_ms {
            Some(ms) => format!(" · {ms:.0} ms"),
            None => String::new(),
        };
        let key = words::tenths(stream.keyframe_interval_s);
        format!(
            "{} · {}{delay}",
            words::bitrate(stream.bitrate_bps),
            lang::with("desk-keyframes-each", &[("seconds", key.into())])
        )
    } else {
        let n = words::count(stream.frames);
        lang::with("desk-received", &[("n", n.into())])
    };
    let said = lang::with(
        "desk-receiver-gets",
        &[
            ("name", stream.name.as_str().into()),
            ("figures", figures.as_str().into()),
        ],
    );
    (figures, said)
}
