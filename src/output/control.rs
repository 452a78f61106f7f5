//! How the engine holds a consumer of packets, a destination or the recorder: it asks it on or off,
//! reads how it does, and ends it. Nothing of that waits but the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};

/// The engine's end. `S` is the status that the consumer tells.
pub struct Handle<S> {
    shared: Arc<Shared<S>>,
    wake: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

/// The consumer's end, on its own thread.
pub struct Wanted<S> {
    shared: Arc<Shared<S>>,
    woken: Receiver<()>,
}

struct Shared<S> {
    on: AtomicBool,
    ended: AtomicBool,
    status: ArcSwap<S>,
}

impl<S: Send + Sync + 'static> Handle<S> {
    /// Runs a consumer, which is off at first, on a thread of this name.
    ///
    /// # Errors
    /// What the system says where there is no thread to be had.
    pub fn start(
        name: String,
        status: S,
        run: impl FnOnce(Wanted<S>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            on: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            status: ArcSwap::from_pointee(status),
        });
        let (wake, woken) = bounded(1);
        let wanted = Wanted {
            shared: shared.clone(),
            woken,
        };
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || run(wanted))?;
        Ok(Self {
            shared,
            wake,
            thread: Some(thread),
        })
    }

    /// Asks it on or off.
    pub fn set_on(&self, on: bool) {
        self.shared.on.store(on, Ordering::Relaxed);
        let _ = self.wake.try_send(());
    }

    /// Whether it is asked on.
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Relaxed)
    }

    /// How it does.
    pub fn status(&self) -> Arc<S> {
        self.shared.status.load_full()
    }

    /// Has it do what is left to do, and waits for that. Again is no harm.
    pub fn end(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        let _ = self.wake.try_send(());
        if let Some(thread) = self.thread.take() {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "panicked");
            }
        }
    }
}

impl<S> Wanted<S> {
    /// Whether it is to work: asked on, and not to end.
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Relaxed) && !self.is_ended()
    }

    /// Whether the show is over.
    pub fn is_ended(&self) -> bool {
        self.shared.ended.load(Ordering::Relaxed)
    }

    /// Waits until something else is asked of it, or for so long. May return early.
    pub fn wait(&self, patience: Duration) {
        let _ = self.woken.recv_timeout(patience);
    }

    /// What was told last.
    pub fn status(&self) -> Arc<S> {
        self.shared.status.load_full()
    }

    /// Tells how it does.
    pub fn tell(&self, status: S) {
        self.shared.status.store(Arc::new(status));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    /// Reached only where something is broken.
    const PATIENCE: Duration = Duration::from_secs(30);

    fn until(what: &str, is: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is() {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Tells "on" or "off" as it is asked, and "over" last.
    fn start() -> Handle<&'static str> {
        Handle::start("test".to_owned(), "new", |wanted| {
            while !wanted.is_ended() {
                wanted.tell(if wanted.is_on() { "on" } else { "off" });
                wanted.wait(2 * PATIENCE);
            }
            assert!(!wanted.is_on(), "the end is stronger than being on");
            wanted.tell("over");
        })
        .unwrap()
    }

    #[test]
    fn who_sleeps_is_woken_by_each_wish_and_by_the_end() {
        let mut handle = start();
        assert!(!handle.is_on());
        until("off at first", || *handle.status() == "off");
        for on in [true, false, true] {
            handle.set_on(on);
            assert_eq!(handle.is_on(), on);
            until("as asked", || {
                *handle.status() == if on { "on" } else { "off" }
            });
        }
        let began = Instant::now();
        handle.end();
        assert!(began.elapsed() < PATIENCE, "it slept on");
        assert_eq!(*handle.status(), "over");
        handle.end();
    }

    #[test]
    fn a_panic_is_not_handed_on() {
        let mut handle = Handle::start("panics".to_owned(), (), |_| panic!("on purpose")).unwrap();
        handle.end();
    }
}
