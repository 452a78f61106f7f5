//! An engine in the test's own process, on the show in a file.

use std::path::Path;
use std::time::Duration;

use regie::door::{Command, Door, Event, LocalDoor};
use regie::engine::{Engine, Options};
use regie::show;

use super::wait;

/// Reached only where something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the show in a file, as who double-clicks on it; with a door to it.
pub fn open(file: &Path) -> (Engine, LocalDoor) {
    let options = Options {
        file: Some(file.to_owned()),
        ..Options::default()
    };
    let show = show::load(file).expect("it loads");
    let folder = file.parent().expect("it lies in a folder");
    let engine = Engine::start(show, folder, options).expect("it starts");
    let door = engine.hub().door();
    (engine, door)
}

/// The answer to a command: the message where it is refused.
pub fn answer(door: &LocalDoor, command: Command) -> Result<(), String> {
    let id = door.send(command);
    let answer = wait::until(PATIENCE, || match door.next_event()? {
        Event::Done { id: of, .. } if of == Some(id) => Some(Ok(())),
        Event::Error { message, id: of } if of == Some(id) => Some(Err(message)),
        _ => None,
    });
    answer.expect("an answer")
}
