//! A machine that stands still for a moment makes every program on it late, and a test that demands
//! each picture in its place then proves nothing. A thread that only sleeps is the witness of that:
//! where it overslept, a round that failed is run again; any other failure is one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long the witness sleeps at a time.
const NAP: Duration = Duration::from_millis(5);
/// Who slept so much longer was kept from running: most of a frame at 30 a second.
const DISTURBED: Duration = Duration::from_millis(25);
/// After so many rounds a failure is one all the same.
const ROUNDS: u32 = 5;

/// A thread that sleeps, and knows how much longer than it meant to.
pub struct Witness {
    ended: Arc<AtomicBool>,
    /// The longest so far, in nanoseconds.
    overslept: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Witness {
    /// Watches from now on.
    pub fn start() -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let overslept = Arc::new(AtomicU64::new(0));
        let (until, longest) = (ended.clone(), overslept.clone());
        let thread = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                let begun = Instant::now();
                std::thread::sleep(NAP);
                let over = begun.elapsed().saturating_sub(NAP).as_nanos();
                longest.fetch_max(over as u64, Ordering::Relaxed);
            }
        });
        Self {
            ended,
            overslept,
            thread: Some(thread),
        }
    }

    /// By how much a sleep was too long at the most since this was asked last.
    pub fn overslept(&self) -> Duration {
        Duration::from_nanos(self.overslept.swap(0, Ordering::Relaxed))
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Runs a round that measures real time, alone in its binary. One that fails while the machine stood
/// still is run again, a few times.
pub fn undisturbed(round: impl FnMut()) {
    undisturbed_for(DISTURBED, round);
}

/// The same where it is disturbed sooner.
pub fn undisturbed_for(disturbed: Duration, mut round: impl FnMut()) {
    let _turn = super::alone();
    let witness = Witness::start();
    for number in 1..=ROUNDS {
        witness.overslept();
        let Err(panic) = catch_unwind(AssertUnwindSafe(&mut round)) else {
            return;
        };
        let overslept = witness.overslept();
        if overslept < disturbed || number == ROUNDS {
            resume_unwind(panic);
        }
        eprintln!("round {number} proves nothing: the machine stood still for {overslept:?}");
    }
}
