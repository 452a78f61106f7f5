//! The name of the × of a window. egui gives it one of its own, in English, and no way to say another:
//! it is put into the desk's language on its way out to screen readers.

use egui::{Context, FullOutput, Plugin, accesskit::Role};

use super::lang;

/// What egui calls it.
const EGUIS: &str = "Close window";

/// Names every window's × in the desk's language.
pub struct CloseButtons;

impl Plugin for CloseButtons {
    fn debug_name(&self) -> &'static str {
        "close buttons"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let Some(update) = &mut output.platform_output.accesskit_update else {
            return;
        };
        for (_, node) in &mut update.nodes {
            if node.role() == Role::Button && node.label() == Some(EGUIS) {
                node.set_label(lang::text("desk-close-window"));
            }
        }
    }
}
