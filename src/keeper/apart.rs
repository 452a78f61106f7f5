//! What outlives who asks for it: a desk of its own, and a keeper, which has a session of its own and whose
//! words go to the show's log.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use super::process::{Handed, this_program, wait};
use crate::door::Place;

/// Starts a keeper of its own for a show, apart from this process, unless one keeps it already. What
/// it says goes to the show's log. Gives whether it was started.
///
/// # Errors
/// What the system says.
pub fn start_apart(show_file: &Path) -> io::Result<bool> {
    let place = Place::of(show_file)?;
    // Handed on, not given back: nobody comes between, and nobody sees the show unkept.
    let Some(lock) = place.lock()? else {
        return Ok(false);
    };
    let log = place.begin_log()?;
    let lock = Handed::of(&lock)?;
    let mut process = this_program()?;
    process
        .args(["run", "--headless", "--lock"])
        .arg(lock.number())
        .arg(show_file)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    // SAFETY: between fork and exec only setsid is called, which touches no memory.
    unsafe {
        process.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
    let child = process.spawn()?;
    wait(child)?;
    Ok(true)
}

/// Opens a desk on a show in a process of its own, which starts the show's keeper where none runs.
///
/// # Errors
/// What the system says.
pub fn open_apart(show_file: &Path) -> io::Result<()> {
    let child = this_program()?
        .arg(show_file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    wait(child)?;
    Ok(())
}
