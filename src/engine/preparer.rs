//! The thread that makes ready what transitions need: when it is asked to, and when a file that was
//! missing or broken has come.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, select, tick};

use super::watched::Watched;
use crate::door::{Event, Hub};
use crate::nice::{self, Nice};

/// How often files are looked at that could not be used.
const LOOK: Duration = Duration::from_secs(1);

/// Starts a thread of this name that calls `prepare` at each word from `asked`, and when one of the files
/// has changed that it gave the last time as those it could not use; what it complains of is told. It ends
/// when `stopped` is closed.
///
/// # Errors
/// The system has no thread.
pub fn start(
    name: &str,
    hub: Arc<Hub>,
    (asked, stopped): (Receiver<()>, Receiver<()>),
    mut prepare: impl FnMut(&dyn Fn(String)) -> Vec<Watched> + Send + 'static,
) -> std::io::Result<()> {
    let prepares = move || {
        nice::give_way(Nice::Monitor);
        let complain = |message: String| {
            tracing::warn!("{message}; a mix is made instead");
            hub.say(Event::Transition { message });
        };
        let look = tick(LOOK);
        let mut broken: Vec<Watched> = Vec::new();
        loop {
            let is_asked = select! {
                recv(asked) -> _ => true,
                recv(look) -> _ => Watched::any_has_come(&mut broken),
                recv(stopped) -> _ => return,
            };
            if is_asked {
                broken = prepare(&complain);
            }
        }
    };
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(prepares).map(drop)
}
