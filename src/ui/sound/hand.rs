//! What the hand has just set of a strip, drawn until the engine's answer shows it: a snapshot that is
//! still on its way must not take a point back under the hand.

use egui::{Context, Id};

use super::change;
use crate::door::{Command, SourceStatus};
use crate::show::StripSettings;
use crate::ui::view::View;

/// The engine's answer is there after so many seconds; from then on what it says is drawn.
const ECHO_S: f64 = 0.5;

#[derive(Debug)]
struct Held {
    command: Command,
    /// When it was sent, or when the drag that sent it was last seen.
    at: f64,
    drag: Option<Id>,
}

/// See the module's words.
#[derive(Debug, Default)]
pub struct Hand {
    held: Option<Held>,
}

impl Hand {
    /// How a source's strip is drawn: as the engine says, but for what was set last.
    pub fn shown(&mut self, ctx: &Context, source: &SourceStatus, now: f64) -> StripSettings {
        if let Some(held) = &mut self.held
            && held.drag.is_some()
            && ctx.dragged_id() == held.drag
        {
            held.at = now;
        }
        self.held.take_if(|held| now - held.at > ECHO_S);
        let change = self.held.as_ref().and_then(|held| held.command.on_strip());
        change
            .filter(|(id, _)| *id == source.id)
            .and_then(|(_, change)| change(source.strip))
            .unwrap_or(source.strip)
    }

    /// Sends what makes a strip that is drawn as `from` what it is to be. Call once a frame.
    pub fn send(
        &mut self,
        ctx: &Context,
        view: &View,
        source: &str,
        (from, to): (&StripSettings, &StripSettings),
    ) {
        if let Some(command) = change::command(source, from, to) {
            view.send(command.clone());
            self.held = Some(Held {
                command,
                at: view.now,
                drag: ctx.dragged_id(),
            });
        }
    }
}
