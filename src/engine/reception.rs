//! The receiver inside regie, as the tick sees it. Its readings lie behind locks that its connections
//! hold while they work; a thread takes them, a few times a second, and leaves them for the tick.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::door::ReceiverStatus;
use crate::nice::{self, Nice};
use crate::output::receiver::Receiver;

/// How often it is read.
const EVERY: Duration = Duration::from_millis(100);

/// A receiver and what was last seen of it. Dropping it ends the receiver.
pub struct Reception {
    status: Arc<ArcSwap<ReceiverStatus>>,
    /// Dropped to end the thread, with which the receiver ends.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reception {
    /// Takes a receiver in its care, or shows why there is none.
    pub fn new(receiver: Result<Receiver, String>) -> Self {
        receiver
            .and_then(|receiver| {
                Self::start(receiver).map_err(|error| format!("no thread for it: {error}"))
            })
            .unwrap_or_else(|message| Self {
                status: Arc::new(ArcSwap::from_pointee(ReceiverStatus {
                    message,
                    ..ReceiverStatus::default()
                })),
                stop: None,
                thread: None,
            })
    }

    fn start(receiver: Receiver) -> io::Result<Self> {
        let status = Arc::new(ArcSwap::from_pointee(receiver.status()));
        let shown = status.clone();
        let (stop, stopped) = bounded::<()>(0);
        let thread = std::thread::Builder::new()
            .name("reception".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                    shown.store(Arc::new(receiver.status()));
                }
            })?;
        Ok(Self {
            status,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// What it got, no more than a few tenths of a second ago. Never waits.
    pub fn status(&self) -> Arc<ReceiverStatus> {
        self.status.load_full()
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the receiver's watch panicked");
        }
    }
}
