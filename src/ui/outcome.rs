//! How a desk ends, for whoever opened it.

/// What is to become of the show, now that the window has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The show runs on; another desk may be opened on it.
    LeaveRunning,
    /// The director ended it: the caller sends [`crate::door::Command::Quit`] and waits for the
    /// report, for the desk has already gone.
    EndShow,
    /// The show ended by itself, or by another desk.
    Ended,
}
