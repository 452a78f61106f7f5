//! The thread that has a card open. A program that ends with a card open leaves its system to find out,
//! and some take that badly.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

/// So long it may take to close its card.
const PATIENCE: Duration = Duration::from_millis(2500);
const POLL: Duration = Duration::from_millis(5);

/// The thread, ended and waited for, but not for ever, when this is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    stop: Option<Sender<()>>,
    thread: JoinHandle<()>,
}

impl Hold {
    /// Starts it; it is to end when what it is given is closed.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub(super) fn start(
        name: &str,
        work: impl FnOnce(Receiver<()>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let thread = std::thread::Builder::new().name(name.to_owned());
        Ok(Self {
            stop: Some(stop),
            thread: thread.spawn(move || work(stopped))?,
        })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.stop = None;
        let until = Instant::now() + PATIENCE;
        while !self.thread.is_finished() && Instant::now() < until {
            std::thread::sleep(POLL);
        }
    }
}
