//! Whether a card that is open is still there, where its system does not say so: a server of sound that loses
//! a card gives its streams to another one in silence. The program would go on from the wrong
//! loudspeakers, and what is said elsewhere would come in the place of a microphone.

use std::time::Duration;

use cpal::DeviceId;
use cpal::traits::{DeviceTrait, HostTrait};
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use super::find::{CardError, word};

/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// A thread that looks for a card until this is dropped; it is not waited for, for its system may take long
/// to answer.
pub(super) struct Watch {
    _stop: Sender<()>,
}

impl Watch {
    /// Watches a card of a server that gives streams to others, and tells when it is gone; no other card
    /// has one.
    pub(super) fn of(card: &cpal::Device, tell: Sender<CardError>) -> Option<Self> {
        let id = card
            .id()
            .ok()
            .filter(|id| word(id.host()) == "pulseaudio")?;
        let host = cpal::host_from_id(id.host()).ok()?;
        let name = id.id().to_owned();
        let is_there = move || is_listed(&host, &id);
        Self::start(LOOK, is_there, move || {
            // Whatever was told before is why it is closed.
            let _ = tell.try_send(CardError::NoCard(name));
        })
    }

    fn start(
        every: Duration,
        is_there: impl Fn() -> bool + Send + 'static,
        gone: impl FnOnce() + Send + 'static,
    ) -> Option<Self> {
        let (stop, stopped) = bounded(0);
        let thread = std::thread::Builder::new().name("card watch".to_owned());
        let spawned = thread.spawn(move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if !is_there() {
                    return gone();
                }
            }
        });
        if let Err(error) = &spawned {
            tracing::error!("a sound card is not watched: {error}");
        }
        spawned.is_ok().then_some(Self { _stop: stop })
    }
}

fn is_listed(host: &cpal::Host, id: &DeviceId) -> bool {
    host.device_by_id(id).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    const OFTEN: Duration = Duration::from_millis(1);
    /// Reached only where something is broken.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_card_that_goes_is_told_of_once_and_looked_for_no_more() {
        let (there, looks) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
        let (tell, told) = bounded(1);
        let (is_there, looked) = (there.clone(), looks.clone());
        let watch = Watch::start(
            OFTEN,
            move || {
                looked.fetch_add(1, Ordering::Relaxed);
                is_there.load(Ordering::Relaxed)
            },
            move || tell.send(()).unwrap(),
        );
        assert!(watch.is_some());
        while looks.load(Ordering::Relaxed) < 5 {
            assert!(told.is_empty());
            std::thread::yield_now();
        }
        there.store(false, Ordering::Relaxed);
        assert_eq!(told.recv_timeout(PATIENCE), Ok(()));
        // Its thread has ended, and what it told with is gone.
        assert_eq!(
            told.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected)
        );
    }

    #[test]
    fn one_that_nobody_has_open_any_more_is_not_looked_for() {
        let (tell, told) = bounded::<()>(1);
        let watch = Watch::start(OFTEN, || true, move || drop(tell));
        drop(watch);
        assert_eq!(
            told.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected)
        );
    }
}
