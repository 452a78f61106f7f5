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
    /// The oldest first; none that those after it leave nothing of.
    held: Vec<Held>,
}

impl Hand {
    /// How a source's strip is drawn: as the engine says, but for what was set last.
    pub fn shown(&mut self, ctx: &Context, source: &SourceStatus, now: f64) -> StripSettings {
        let dragged = ctx.dragged_id();
        for held in &mut self.held {
            if held.drag.is_some() && held.drag == dragged {
                held.at = now;
            }
        }
        self.held.retain(|held| now - held.at <= ECHO_S);
        after(source, self.held.iter())
    }

    /// Sends what makes a strip that is drawn as `from` what it is to be. Call once a frame.
    pub fn send(
        &mut self,
        ctx: &Context,
        view: &View,
        source: &SourceStatus,
        (from, to): (&StripSettings, &StripSettings),
    ) {
        let Some(command) = change::command(&source.id, from, to) else {
            return;
        };
        view.send(command.clone());
        self.held.push(Held {
            command,
            at: view.now,
            drag: ctx.dragged_id(),
        });
        // Each holds only what is new in it; a drag would leave one of each frame.
        for i in (0..self.held.len() - 1).rev() {
            let is_its =
                |held: &Held| matches!(held.command.on_strip(), Some((id, _)) if id == source.id);
            let others = self.held.iter().enumerate();
            let others = others.filter(|(n, _)| *n != i).map(|(_, held)| held);
            if is_its(&self.held[i]) && after(source, others) == *to {
                self.held.remove(i);
            }
        }
    }
}

/// A source's strip as it will be when these have been carried out.
fn after<'a>(source: &SourceStatus, held: impl Iterator<Item = &'a Held>) -> StripSettings {
    held.fold(source.strip, |strip, held| {
        let change = held.command.on_strip();
        let change = change.filter(|(id, _)| *id == source.id);
        change
            .and_then(|(_, change)| change(strip))
            .unwrap_or(strip)
    })
}
