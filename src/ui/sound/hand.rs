//! What the hand has just set of a strip or of the master, drawn until the engine's answer shows it: a
//! snapshot that is still on its way must not take a point back under the hand.

use egui::{Context, Id};

use super::change::Settable;
use crate::door::Command;
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
    /// How what the engine has of a source, or of the master, is drawn: with what was set last.
    pub fn shown<T: Settable>(&mut self, ctx: &Context, (of, engine): (&str, T), now: f64) -> T {
        let dragged = ctx.dragged_id();
        for held in &mut self.held {
            if held.drag.is_some() && held.drag == dragged {
                held.at = now;
            }
        }
        self.held.retain(|held| now - held.at <= ECHO_S);
        after((of, engine), self.held.iter())
    }

    /// Sends what makes that which is drawn as `from` what it is to be. Call once a frame.
    pub fn send<T: Settable>(
        &mut self,
        ctx: &Context,
        view: &View,
        (of, engine): (&str, T),
        (from, to): (T, T),
    ) {
        let commands = from.commands(of, to);
        if commands.is_empty() {
            return;
        }
        for command in commands {
            view.send(command.clone());
            self.held.push(Held {
                command,
                at: view.now,
                drag: ctx.dragged_id(),
            });
        }
        // Each holds only what is new in it; a drag would leave one of each frame.
        for i in (0..self.held.len() - 1).rev() {
            let is_its = |held: &Held| engine.after(of, &held.command).is_some();
            let others = self.held.iter().enumerate();
            let others = others.filter(|(n, _)| *n != i).map(|(_, held)| held);
            if is_its(&self.held[i]) && after((of, engine), others) == to {
                self.held.remove(i);
            }
        }
    }
}

/// What the engine has as it will be when these have been carried out.
fn after<'a, T: Settable>((of, engine): (&str, T), held: impl Iterator<Item = &'a Held>) -> T {
    held.fold(engine, |now, held| {
        now.after(of, &held.command).unwrap_or(now)
    })
}
