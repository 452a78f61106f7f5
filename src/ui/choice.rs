//! One of several, in a list that unfolds. What is chosen closes it, by key too, and gives the keyboard
//! back to it: else the next Enter would be AUTO.

use egui::{ComboBox, Ui, WidgetInfo, accesskit::Role, vec2};

use super::paint;

/// Draws it, closed as `shown`; the one that was chosen now, be it the one that it is already.
pub fn show<T: Clone + PartialEq>(
    ui: &mut Ui,
    combo: ComboBox,
    (say, shown): (&str, &str),
    now: Option<&T>,
    all: &[(T, String)],
) -> Option<T> {
    let mut chosen = None;
    let combo = combo.height(420.0).show_ui(ui, |ui| {
        ui.spacing_mut().button_padding = vec2(10.0, 6.0);
        for (one, name) in all {
            if ui
                .selectable_label(now == Some(one), name.as_str())
                .clicked()
            {
                chosen = Some(one.clone());
                ui.close();
            }
        }
    });
    let by_pointer = ui.input(|i| i.pointer.any_released());
    if chosen.is_some() && !by_pointer {
        combo.response.request_focus();
    }
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), say);
        info.current_text_value = Some(shown.to_owned());
        info
    });
    paint::focus_ring(ui, &combo.response);
    chosen
}
