//! Wakes the window when the engine has something new, and not before.
//!
//! A door does not call back. A thread of its own looks at it often, which costs next to nothing,
//! so that a picture is painted soon after it came and a window that would look the same is not
//! painted. It also keeps the peaks of the snapshots that are not painted.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use egui::{Context, ViewportId};

use super::{meters::Peaks, still::Still};
use crate::door::{Door, MonitorId};

/// How often the door is looked at.
const LOOK: Duration = Duration::from_millis(4);

/// The window is painted at each so-manieth frame of the program, so that at most `most` paintings
/// a second are left: an even cadence, where 50 in 30 would stumble.
fn stride(program_fps: f64, most: u32) -> u64 {
    (program_fps.max(1.0) / f64::from(most.max(1))).ceil() as u64
}

/// Paintings a second that this leaves, rounded.
pub fn even_rate(program_fps: f64, most: u32) -> u32 {
    let rate = program_fps.max(1.0) / stride(program_fps, most) as f64;
    rate.round().max(1.0) as u32
}

/// Decides when to wake, from what is seen of the door.
#[derive(Debug, Default)]
struct Pace {
    woken: Option<(bool, Option<u64>)>,
    /// The frame that was looked at last, whatever was seen.
    looked_at: Option<u64>,
}

impl Pace {
    /// Whether to wake the window now: the engine went, came or began anew, or a frame is due that
    /// looks otherwise, which is asked then alone.
    fn wake(
        &mut self,
        attached: bool,
        frame: Option<u64>,
        stride: u64,
        looks_otherwise: impl FnOnce() -> bool,
    ) -> bool {
        let wakes = match (self.woken, frame) {
            (None, _) => true,
            (Some((before, _)), _) if before != attached => true,
            (Some((_, Some(last))), Some(frame)) if frame >= last => {
                let is_due = frame >= last + stride && self.looked_at.replace(frame) != Some(frame);
                is_due && looks_otherwise()
            }
            (Some((_, last)), frame) => last != frame,
        };
        if wakes {
            self.woken = Some((attached, frame));
        }
        wakes
    }
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Waker {
    peaks: Arc<Mutex<Peaks>>,
    most: Arc<AtomicU32>,
    also: Arc<Mutex<Option<ViewportId>>>,
    seen: Arc<Mutex<Vec<MonitorId>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Waker {
    /// Starts looking at a door for a window, to be painted at most `most` times a second.
    ///
    /// # Errors
    /// Where the system refuses another thread.
    pub fn start(door: Arc<dyn Door + Sync>, ctx: Context, most: u32) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let peaks = Arc::new(Mutex::new(Peaks::default()));
        let collected = Arc::clone(&peaks);
        let most = Arc::new(AtomicU32::new(most));
        let at_most = Arc::clone(&most);
        let also = Arc::new(Mutex::new(None));
        let another = Arc::clone(&also);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let monitors = Arc::clone(&seen);
        let thread = thread::Builder::new()
            .name("desk waker".to_owned())
            .spawn(move || {
                let mut pace = Pace::default();
                let mut still = Still::default();
                let started = Instant::now();
                let mut last = None;
                while !stopped.load(Ordering::Relaxed) {
                    let snapshot = door.snapshot();
                    let most = at_most.load(Ordering::Relaxed);
                    let stride = snapshot.as_ref().map_or(1, |s| stride(s.rate.fps(), most));
                    let frame = snapshot.as_ref().map(|s| s.frame);
                    if let Some(snapshot) = &snapshot
                        && frame != last
                    {
                        lock(&collected).add(snapshot);
                        last = frame;
                    }
                    let looks_otherwise = || {
                        let pictures = lock(&monitors);
                        let pictures = pictures.iter().filter_map(|what| door.monitor(what));
                        let now = started.elapsed().as_secs_f64();
                        snapshot
                            .as_ref()
                            .is_some_and(|s| still.changed(s, pictures.collect(), now))
                    };
                    if pace.wake(door.attached(), frame, stride, looks_otherwise) {
                        wake(&ctx, ViewportId::ROOT);
                        let another = *lock(&another);
                        if let Some(viewport) = another {
                            wake(&ctx, viewport);
                        }
                    }
                    thread::sleep(LOOK);
                }
            })?;
        Ok(Self {
            peaks,
            most,
            also,
            seen,
            stop,
            thread: Some(thread),
        })
    }

    /// The window is to be painted at most so many times a second from now on.
    pub fn set_most(&self, most: u32) {
        self.most.store(most.max(1), Ordering::Relaxed);
    }

    /// Another window is to be woken too, or none.
    pub fn wake_also(&self, viewport: Option<ViewportId>) {
        *lock(&self.also) = viewport;
    }

    /// These monitors are seen from now on: a new picture of one of them is painted.
    pub fn look_at(&self, monitors: Vec<MonitorId>) {
        *lock(&self.seen) = monitors;
    }

    /// The peaks of all snapshots since the last call.
    pub fn take_peaks(&self) -> Peaks {
        std::mem::take(&mut *lock(&self.peaks))
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes one window, whichever is being painted now.
fn wake(ctx: &Context, viewport: ViewportId) {
    // Without a delay, egui would paint twice.
    ctx.request_repaint_after_for(Duration::from_nanos(1), viewport);
}

impl Drop for Waker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that wakes the window panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_divided_evenly() {
        assert_eq!(even_rate(30.0, 30), 30);
        assert_eq!(even_rate(25.0, 30), 25);
        assert_eq!(even_rate(50.0, 30), 25);
        assert_eq!(even_rate(60_000.0 / 1001.0, 30), 30);
        assert_eq!(even_rate(120.0, 30), 30);
        assert_eq!(even_rate(30.0, 15), 15);
        assert_eq!(even_rate(0.5, 15), 1);
    }

    /// Wakings in two seconds of a program that is looked at each 4 ms.
    fn wakings(program_fps: f64, most: u32) -> usize {
        let mut pace = Pace::default();
        let stride = stride(program_fps, most);
        (0..500)
            .filter(|look| {
                let frame = (f64::from(*look) * 0.004 * program_fps) as u64;
                pace.wake(true, Some(frame), stride, || true)
            })
            .count()
    }

    #[test]
    fn each_new_frame_wakes_and_no_more_than_may() {
        assert_eq!(wakings(30.0, 30), 60);
        assert_eq!(wakings(25.0, 30), 50);
        assert_eq!(wakings(50.0, 30), 50);
        assert_eq!(wakings(30.0, 15), 30);
    }

    #[test]
    fn nothing_new_wakes_nobody_and_a_lost_engine_does() {
        let mut pace = Pace::default();
        assert!(pace.wake(true, None, 1, || true));
        assert!(!pace.wake(true, None, 1, || true));
        assert!(pace.wake(true, Some(7), 2, || true));
        assert!(!pace.wake(true, Some(7), 2, || true));
        assert!(!pace.wake(true, Some(8), 2, || true));
        assert!(!pace.wake(true, Some(9), 2, || false), "it looks the same");
        assert!(!pace.wake(true, Some(9), 2, || true), "it was looked at");
        assert!(pace.wake(true, Some(10), 2, || true));
        assert!(pace.wake(false, Some(10), 2, || true));
        assert!(!pace.wake(false, Some(10), 2, || true));
        assert!(pace.wake(true, Some(10), 2, || true));
        assert!(
            pace.wake(true, Some(0), 2, || true),
            "a new engine counts from 0"
        );
    }

    /// A door whose frame number the test turns.
    struct Turned(std::sync::atomic::AtomicU64);

    impl Door for Turned {
        fn send(&self, _command: crate::door::Command) -> u64 {
            0
        }
        fn snapshot(&self) -> Option<Arc<crate::door::Snapshot>> {
            let mut snapshot = crate::ui::testing::snapshot();
            snapshot.frame = self.0.load(Ordering::Relaxed);
            snapshot.program_level.peak_db = [-(snapshot.frame as f32); 2];
            Some(Arc::new(snapshot))
        }
        fn next_event(&self) -> Option<crate::door::Event> {
            None
        }
        fn watch(&self, _monitors: Vec<crate::door::MonitorRequest>) {}
        fn monitor(
            &self,
            _what: &crate::door::MonitorId,
        ) -> Option<Arc<crate::door::MonitorPicture>> {
            None
        }
        fn attached(&self) -> bool {
            true
        }
    }

    #[test]
    fn the_thread_wakes_the_window_and_keeps_the_peaks() {
        let door = Arc::new(Turned(9.into()));
        let ctx = egui::Context::default();
        let (told, wakings) = std::sync::mpsc::channel();
        ctx.set_request_repaint_callback(move |_| {
            // The test may have ended meanwhile.
            let _ = told.send(());
        });
        let waker = Waker::start(door.clone(), ctx.clone(), 30).unwrap();
        let patience = Duration::from_secs(20);
        wakings.recv_timeout(patience).unwrap();
        // egui asks again only once it has painted.
        ctx.run_ui(egui::RawInput::default(), |_| {})
            .textures_delta
            .clear();
        door.0.store(12, Ordering::Relaxed);
        wakings.recv_timeout(patience).unwrap();

        let mut expected = Peaks::default();
        let mut snapshot = crate::ui::testing::snapshot();
        for level in [-9.0, -12.0] {
            snapshot.program_level.peak_db = [level; 2];
            expected.add(&snapshot);
        }
        assert_eq!(waker.take_peaks(), expected);
        assert_eq!(waker.take_peaks(), Peaks::default());
    }
}
