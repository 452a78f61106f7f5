//! A source that takes its sound from a card: what is told of it. The card itself is opened, and opened
//! again, by who serves all sources that take from it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::capture::Listener;
use super::feed::Vitals;
use super::pipeline::{Setting, SourceError};
use super::sound::sound_ring;
use super::status::Status;
use crate::card::{CardName, CardState};
use crate::door::SourceState;
use crate::media::{Finding, FoundSound, HouseClock, NS_PER_S};
use crate::show::SourceKind;

/// A card gives a block each few milliseconds: without one for so long, something is wrong with it.
const QUIET_NS: i64 = NS_PER_S;
const POLL: Duration = Duration::from_millis(50);

/// The card that a source takes from, and its channels; none where it takes from none.
pub(super) fn of(kind: &SourceKind) -> Option<(CardName, &[u16])> {
    let SourceKind::SoundCard {
        device,
        host,
        channels,
    } = kind
    else {
        return None;
    };
    let card = CardName {
        host: host.clone(),
        device: device.clone(),
    };
    Some((card, channels))
}

/// Says how a source does until it is to end.
pub(super) fn watch(
    listener: &Listener,
    status: &Status,
    clock: HouseClock,
    stopped: &Receiver<()>,
) {
    loop {
        let state = listener.state();
        status.count_restarts(listener.restarts());
        match &*state {
            CardState::Opening => status.set(SourceState::Connecting, "opening the sound card"),
            CardState::Broken(why) => status.set(SourceState::Restarting, why),
            CardState::Running(_) => {
                let last = status.vitals.last_sound();
                match last.map(|last| clock.now() - last) {
                    Some(quiet) if quiet <= QUIET_NS => {
                        status.set(SourceState::Live, "sound only");
                        status.warn(listener.warning());
                    }
                    Some(_) => status.set(SourceState::Frozen, "no new sound for a second"),
                    None => {}
                }
            }
        }
        match stopped.recv_timeout(POLL) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return,
        }
    }
}

/// Takes from a card until it has given something, for so long at the most: what it gave.
pub(super) fn attempt(
    card: &CardName,
    channels: &[u16],
    setting: &Setting,
    patience: Duration,
) -> Result<Finding, SourceError> {
    // Nobody reads the other end: what comes is counted and lost.
    let (sound, _) = sound_ring();
    let vitals = Arc::new(Vitals::new(0));
    let listener = setting
        .cards
        .listen(card, channels, sound, vitals.clone(), setting.clock)
        .map_err(|error| SourceError::plain(error.to_string()))?;
    let until = Instant::now() + patience;
    while Instant::now() < until {
        match &*listener.state() {
            CardState::Broken(why) => return Err(SourceError::plain(why)),
            CardState::Running(form) if vitals.last_sound().is_some() => {
                return Ok(Finding {
                    picture: None,
                    sound: Some(FoundSound {
                        codec: String::new(),
                        rate_hz: form.rate,
                        channels: u32::from(form.channels),
                    }),
                });
            }
            _ => std::thread::sleep(POLL),
        }
    }
    Err(SourceError::plain("the sound card gives nothing"))
}
