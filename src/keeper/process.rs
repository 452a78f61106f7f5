//! Processes of this very program, and the handles that pass from one to the next.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};

use crossbeam_channel::{Receiver, bounded};

/// This very program, though its file may have been replaced by a newer one since.
pub(super) fn this_program() -> io::Result<Command> {
    if cfg!(target_os = "linux") {
        let mut process = Command::new("/proc/self/exe");
        process.arg0("regie");
        return Ok(process);
    }
    std::env::current_exe().map(Command::new)
}

/// A copy of a handle that the processes started meanwhile find open under the same number.
///
/// Nothing has to be done between fork and exec for it, so that the system can start a process
/// without copying the tables of this one's memory, which would hold up an engine.
pub(super) struct Handed(OwnedFd);

impl Handed {
    /// # Errors
    /// Where the process may have no more handles.
    pub(super) fn of(handle: &impl AsFd) -> io::Result<Self> {
        // What dup gives stays open over exec.
        Ok(Self(rustix::io::dup(handle)?))
    }

    /// What the other process is told.
    pub(super) fn number(&self) -> String {
        self.0.as_raw_fd().to_string()
    }
}

/// Takes a handle that the process which started this one left open for it under a number. What this
/// process starts does not inherit it in turn. To be called once for a number.
///
/// # Errors
/// Where no such handle is open.
pub fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    if number <= 2 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{number} is no handle that is handed on"),
        ));
    }
    // SAFETY: looked at only for as long as this call lasts; where none is open, the system says so.
    let handle = unsafe { BorrowedFd::borrow_raw(number) };
    rustix::io::fcntl_setfd(handle, rustix::io::FdFlags::CLOEXEC)?;
    // SAFETY: it is open, was opened for this process by the one that started it, and nothing here
    // knows of it yet.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// How a process ended; `None` for one that is not this one's child.
pub(super) type Ending = io::Result<Option<ExitStatus>>;

/// Waits for a child beside what this thread does.
pub(super) fn wait(mut child: Child) -> io::Result<Receiver<Ending>> {
    let (ended_in, ended) = bounded(1);
    std::thread::Builder::new()
        .name("wait".to_owned())
        .spawn(move || {
            let _ = ended_in.send(child.wait().map(Some));
        })?;
    Ok(ended)
}

/// Waits for a process that is no child: it holds the other end of this pipe for as long as it lives.
pub(super) fn wait_for_end_of(life: OwnedFd) -> io::Result<Receiver<Ending>> {
    let (ended_in, ended) = bounded(1);
    std::thread::Builder::new()
        .name("wait".to_owned())
        .spawn(move || {
            let _ = ended_in.send(read_to_end(&mut File::from(life)).map(|()| None));
        })?;
    Ok(ended)
}

/// Reads a pipe on which nothing is said until nobody holds its other end.
pub(super) fn read_to_end(pipe: &mut File) -> io::Result<()> {
    let mut rest = [0; 64];
    loop {
        match pipe.read(&mut rest) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
