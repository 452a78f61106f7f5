//! Whether the window, as it opens, has room on its display.

use egui::ViewportCommand;

/// What a display keeps of its height for title bars and the system's own bars, in points. A window is
/// told of its frame only after it has been shown.
const BARS: f32 = 72.0;
/// A window manager that does not answer is asked for so many seconds to make the window as large as
/// there is room.
const ASKS_S: f64 = 3.0;

/// Whether a window of `size` points, without its frame, is too large for its display.
fn is_too_large(size: egui::Vec2, display: egui::Vec2) -> bool {
    size.x > display.x || size.y + BARS > display.y
}

/// A window that is larger with its frame than its display takes all the room there instead, so that
/// nothing of it is out of sight. Whether that is settled, `now` seconds after the window was opened.
pub(super) fn fit(ctx: &egui::Context, now: f64) -> bool {
    let size = ctx.content_rect().size();
    let (display, is_maximized) =
        ctx.input(|i| (i.viewport().monitor_size, i.viewport().maximized));
    let is_settled = match display {
        Some(display) => !is_too_large(size, display) || is_maximized == Some(true),
        None => false,
    };
    if !is_settled && display.is_some() {
        ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
    }
    is_settled || now > ASKS_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Rect, vec2};

    /// Whether a window of 1280 × 800 points asks for all of a display of this size.
    fn asks(display: egui::Vec2, maximized: bool) -> bool {
        let ctx = egui::Context::default();
        let mut input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, vec2(1280.0, 800.0))),
            ..egui::RawInput::default()
        };
        let viewport = input.viewports.entry(input.viewport_id).or_default();
        viewport.monitor_size = Some(display);
        viewport.maximized = Some(maximized);
        let output = ctx.run_ui(input, |ui| {
            fit(ui.ctx(), 0.0);
        });
        let commands = &output.viewport_output[&egui::ViewportId::ROOT].commands;
        commands.contains(&ViewportCommand::Maximized(true))
    }

    #[test]
    fn a_window_whose_frame_would_leave_the_display_takes_all_of_it() {
        for small in [
            vec2(1280.0, 800.0),
            vec2(1366.0, 768.0),
            vec2(1280.0, 840.0),
        ] {
            assert!(asks(small, false), "{small}");
            assert!(!asks(small, true), "{small}");
        }
        for large in [vec2(1440.0, 900.0), vec2(1920.0, 1080.0)] {
            assert!(!asks(large, false), "{large}");
        }
    }
}
