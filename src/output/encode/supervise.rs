//! The supervisor of one encoder: sees that it died, in whatever way, and starts it or another again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use gstreamer as gst;
use gstreamer::prelude::*;

use super::pipelines::Running;
use super::shared::{EncodeError, Shared};
use super::side::Side;
use crate::media::{Cause, Track};
use crate::nice::{self, Nice};
use crate::output::pipeline::retire;

/// How often an encoder is looked at.
const LOOK: gst::ClockTime = gst::ClockTime::from_mseconds(50);
/// As long may it take to encode what is still on its way at the end.
const END: Duration = Duration::from_secs(5);
/// Pause before the next attempt, where the one before was no good.
const RETRY: Duration = Duration::from_secs(1);
/// One that lived no longer than this was no good.
const SHORT_LIFE: Duration = Duration::from_secs(5);
/// After so long the desk need no longer be told that an encoder was started again.
const STEADY: Duration = Duration::from_secs(60);

/// In which way an encoder died.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Death {
    /// It said so.
    #[error("{0}")]
    Failed(String),
    /// It takes something and gives nothing.
    #[error("it gives nothing any more")]
    Stalled,
    /// It gives something, but so slowly that its queue has run full.
    #[error("it is too slow")]
    Behind,
    /// It came to an end, though nobody had asked it to.
    #[error("it ended by itself")]
    Ended,
}

/// Watches one encoder until it is told to stop, and has `build` make a new one whenever it dies.
pub fn watch(
    shared: &Shared,
    side: &Arc<Side>,
    mut running: Running,
    stopped: &Receiver<()>,
    build: impl Fn() -> Result<Running, EncodeError>,
) {
    nice::give_way(Nice::Encoder);
    // What is wrong for good, such as that another encoder is used than the one that was asked for.
    let mut lasting = side.message();
    let mut is_first = true;
    loop {
        let began = Instant::now();
        let death = follow(side, &running, stopped, || side.tell(lasting.to_string()));
        side.halt();
        let retired = retire(running.pipeline);
        let Some(death) = death else {
            // Whoever drives the encoder should have let go of it before the process ends.
            let _ = retired.recv_timeout(END);
            return;
        };
        let failed = running.name;
        tracing::error!(encoder = failed, track = ?side.track(), "{death}");
        shared.restarts.fetch_add(1, Ordering::Relaxed);
        let what = match side.track() {
            Track::Video => format!("{failed} failed ({death})"),
            Track::Audio => format!("the sound encoder {failed} failed ({death})"),
        };
        if !is_first && began.elapsed() < SHORT_LIFE {
            side.tell(what.clone());
            if is_told_within(stopped, RETRY) {
                return;
            }
        }
        is_first = false;
        running = loop {
            match build() {
                Ok(next) => break next,
                Err(error) => {
                    side.tell(format!("{what}, and no other starts: {error}"));
                    if is_told_within(stopped, RETRY) {
                        return;
                    }
                }
            }
        };
        if running.name == failed {
            side.tell(format!("{what}; it was started again"));
        } else {
            lasting = Arc::new(format!("{what}; {} is used instead", running.name));
            side.tell(lasting.to_string());
        }
        side.begin(&running.name, &running.input);
    }
}

/// Waits until it is told to stop, or for so long; whoever can tell may also be gone.
fn is_told_within(stopped: &Receiver<()>, patience: Duration) -> bool {
    !matches!(
        stopped.recv_timeout(patience),
        Err(RecvTimeoutError::Timeout)
    )
}

/// Gives how the encoder died, or `None` when it was asked to end and has. `calm` is done once it
/// has lived for a while.
fn follow(
    side: &Side,
    running: &Running,
    stopped: &Receiver<()>,
    calm: impl FnOnce(),
) -> Option<Death> {
    let began = Instant::now();
    let mut calm = Some(calm);
    let mut end_by: Option<Instant> = None;
    loop {
        let message = running.bus.timed_pop(LOOK);
        if end_by.is_none() && stopped.try_recv() != Err(TryRecvError::Empty) {
            running.input.end();
            end_by = Some(Instant::now() + END);
        }
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => {
                let (cause, technical) = Cause::of_message(error);
                tracing::warn!(encoder = running.name, technical, "it broke");
                let text = cause.to_string();
                if end_by.is_none() {
                    return Some(Death::Failed(text));
                }
                tracing::error!(encoder = running.name, "its last packets are lost: {text}");
                return None;
            }
            Some(gst::MessageView::Eos(_)) => {
                return end_by.is_none().then_some(Death::Ended);
            }
            Some(gst::MessageView::Latency(_)) => {
                let _ = running.pipeline.recalculate_latency();
            }
            _ => {}
        }
        if let Some(by) = end_by {
            if Instant::now() > by {
                tracing::error!(encoder = running.name, "its last packets are lost: no end");
                return None;
            }
            continue;
        }
        if side.quiet_ns() > running.stall_ns {
            return Some(Death::Stalled);
        }
        // Pictures that find no room are skipped and counted; a program cannot do without its sound.
        if side.track() == Track::Audio && running.input.is_behind() {
            return Some(Death::Behind);
        }
        if began.elapsed() > STEADY
            && let Some(calm) = calm.take()
        {
            calm();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    use crossbeam_channel::{bounded, unbounded};

    use crate::media::{BLOCK, CHANNELS, HouseClock, NS_PER_S, SoundBlock};
    use crate::output::encode::pipelines::{self, QUEUE_BLOCKS};
    use crate::output::encode::{Encoded, EncoderInput};

    /// Reached only where something is broken.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// A sound encoder under its supervisor, fed at the pace of the clock.
    struct Fed {
        shared: Arc<Shared>,
        stop: crossbeam_channel::Sender<()>,
        out: Receiver<Encoded>,
        fed: Arc<AtomicBool>,
        threads: Vec<std::thread::JoinHandle<()>>,
    }

    /// The first encoder is this piece of a pipeline, all that follow are real ones.
    fn start(first: &str, stall_ns: i64) -> Fed {
        crate::media::start_gstreamer().unwrap();
        let clock = HouseClock::start();
        let (give, out) = unbounded();
        let shared = Arc::new(Shared::new(clock, give));
        let element = gst::parse::bin_from_description(first, true).unwrap();
        let first = Running {
            stall_ns,
            ..pipelines::sound_by(&shared, "first", element.upcast(), 1024).unwrap()
        };
        shared.sound.begin(&first.name, &first.input);
        let (stop, stopped) = bounded(1);
        let fed = Arc::new(AtomicBool::new(true));
        let mut threads = Vec::new();
        let watched = shared.clone();
        threads.push(std::thread::spawn(move || {
            watch(&watched, &watched.sound, first, &stopped, || {
                pipelines::sound(&watched, 128)
            });
        }));
        let input = EncoderInput::new(shared.clone(), NS_PER_S / 30);
        let feeding = fed.clone();
        threads.push(std::thread::spawn(move || {
            let mut position = 0;
            while feeding.load(Ordering::Relaxed) {
                clock.sleep_until(position as i64 * NS_PER_S / 48_000);
                input.sound(&block(position));
                position += BLOCK as u64;
            }
        }));
        Fed {
            shared,
            stop,
            out,
            fed,
            threads,
        }
    }

    fn block(position: u64) -> SoundBlock {
        SoundBlock {
            position,
            samples: vec![0.0; BLOCK * CHANNELS],
        }
    }

    impl Fed {
        fn until(&self, what: &str, is: impl Fn(&Shared) -> bool) {
            let end = Instant::now() + PATIENCE;
            while !is(&self.shared) {
                assert!(
                    Instant::now() < end,
                    "{what}: {} {:?}",
                    self.shared.sound.name(),
                    self.shared.sound.message()
                );
                std::thread::sleep(Duration::from_millis(5));
            }
        }

        /// Waits until another encoder took over and gives packets, and ends; what the desk was told.
        fn replaced(self) -> String {
            self.until("replaced", |s| *s.sound.name() != "first");
            let message = self.shared.sound.message().to_string();
            assert_eq!(self.shared.restarts.load(Ordering::Relaxed), 1, "{message}");
            let _ = self.out.try_iter().count();
            let packet = self.out.recv_timeout(PATIENCE).expect("it goes on");
            assert_eq!(packet.track, Track::Audio);
            self.end();
            message
        }

        fn end(self) {
            self.fed.store(false, Ordering::Relaxed);
            self.stop.send(()).unwrap();
            for thread in self.threads {
                thread.join().unwrap();
            }
        }
    }

    #[test]
    fn a_sound_encoder_that_fails_is_started_again_and_named() {
        let message = start("avenc_aac ! identity error-after=20", 20 * NS_PER_S).replaced();
        assert!(
            message.contains("the sound encoder first failed (")
                && message.contains("avenc_aac is used instead"),
            "{message}"
        );
    }

    #[test]
    fn a_sound_encoder_that_gives_nothing_is_started_again() {
        let fed = start("avenc_aac ! valve name=v", 5 * NS_PER_S);
        fed.out.recv_timeout(PATIENCE).expect("it begins well");
        assert_eq!(fed.shared.restarts.load(Ordering::Relaxed), 0);
        fed.end();
        // It takes all that it is given, and keeps it.
        let message = start("avenc_aac ! valve drop=true", NS_PER_S / 2).replaced();
        assert!(message.contains(&Death::Stalled.to_string()), "{message}");
    }

    #[test]
    fn a_sound_encoder_that_is_stuck_is_not_waited_for() {
        // A minute for each packet: its streaming thread hangs, and so does stopping it.
        let stuck = "avenc_aac ! identity sleep-time=60000000";
        let message = start(stuck, NS_PER_S / 2).replaced();
        assert!(message.contains(&Death::Stalled.to_string()), "{message}");
    }

    #[test]
    fn an_end_that_nobody_asked_for_is_a_death() {
        let message = start("identity eos-after=20 ! avenc_aac", 20 * NS_PER_S).replaced();
        assert!(message.contains(&Death::Ended.to_string()), "{message}");
    }

    #[test]
    fn sound_that_is_turned_away_is_counted_and_ends_the_encoder() {
        // Stuck, but not for so long that it would count as dead.
        let fed = start("avenc_aac ! identity sleep-time=60000000", i64::MAX);
        let input = EncoderInput::new(fed.shared.clone(), NS_PER_S / 30);
        let mut refused = 0;
        for n in 0..2 * QUEUE_BLOCKS {
            refused += u64::from(!input.sound(&block(n * BLOCK as u64)));
        }
        assert!(refused > 0);
        let counted = fed.shared.sound.refused();
        assert!(counted >= refused, "{counted} of {refused}");
        let message = fed.replaced();
        assert!(message.contains(&Death::Behind.to_string()), "{message}");
    }

    #[test]
    fn an_end_that_was_asked_for_is_none() {
        let fed = start("avenc_aac", 20 * NS_PER_S);
        fed.out.recv_timeout(PATIENCE).expect("it gives something");
        let shared = fed.shared.clone();
        fed.end();
        assert_eq!(shared.restarts.load(Ordering::Relaxed), 0);
        assert_eq!(*shared.sound.message(), "");
    }

    #[test]
    fn what_never_works_is_tried_with_pauses_and_can_be_stopped() {
        crate::media::start_gstreamer().unwrap();
        let (give, _out) = unbounded();
        let shared = Arc::new(Shared::new(HouseClock::start(), give));
        let dies = |shared: &Arc<Shared>| {
            // Fed with nothing but an end.
            let running = pipelines::sound(shared, 128).unwrap();
            running.input.end();
            Ok(running)
        };
        let first = dies(&shared).unwrap();
        let (stop, stopped) = bounded(1);
        let watched = shared.clone();
        let thread = std::thread::spawn(move || {
            watch(&watched, &watched.sound, first, &stopped, || dies(&watched));
        });
        let began = Instant::now();
        while shared.restarts.load(Ordering::Relaxed) < 3 {
            assert!(began.elapsed() < PATIENCE, "it gives up");
            std::thread::sleep(Duration::from_millis(5));
        }
        // The first is replaced at once, the second after a pause.
        assert!(began.elapsed() >= RETRY);
        assert!(shared.sound.message().contains("failed"));
        stop.send(()).unwrap();
        thread.join().unwrap();
    }
}
