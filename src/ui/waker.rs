//! Wakes the window when the engine has something new, and not before.
//!
//! A door does not call back. A thread of its own looks at it often, which costs next to nothing,
//! so that a picture is painted soon after it came and a window with nothing new is not painted.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::door::Door;

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
}

impl Pace {
    /// Whether to wake the window now: a frame is due, or the engine went, came or began anew.
    fn wake(&mut self, attached: bool, frame: Option<u64>, stride: u64) -> bool {
        let wakes = match (self.woken, frame) {
            (None, _) => true,
            (Some((before, _)), _) if before != attached => true,
            (Some((_, Some(last))), Some(frame)) => frame < last || frame >= last + stride,
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
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Waker {
    /// Starts looking at a door for a window, to be painted at most `most` times a second.
    ///
    /// # Errors
    /// Where the system refuses another thread.
    pub fn start(door: Arc<dyn Door + Sync>, ctx: egui::Context, most: u32) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("desk-waker".to_owned())
            .spawn(move || {
                let mut pace = Pace::default();
                while !stopped.load(Ordering::Relaxed) {
                    let snapshot = door.snapshot();
                    let stride = snapshot.as_ref().map_or(1, |s| stride(s.rate.fps(), most));
                    let frame = snapshot.map(|s| s.frame);
                    if pace.wake(door.attached(), frame, stride) {
                        // Without a delay, egui would paint twice.
                        ctx.request_repaint_after(Duration::from_nanos(1));
                    }
                    thread::sleep(LOOK);
                }
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
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
                pace.wake(true, Some(frame), stride)
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
        assert!(pace.wake(true, None, 1));
        assert!(!pace.wake(true, None, 1));
        assert!(pace.wake(true, Some(7), 2));
        assert!(!pace.wake(true, Some(7), 2));
        assert!(!pace.wake(true, Some(8), 2));
        assert!(pace.wake(false, Some(8), 2));
        assert!(!pace.wake(false, Some(8), 2));
        assert!(pace.wake(true, Some(8), 2));
        assert!(pace.wake(true, Some(0), 2), "a new engine counts from 0");
    }
}
