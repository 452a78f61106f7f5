//! A card opened: what it calls for each block, and what breaks on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Data, ErrorKind};
use crossbeam_channel::{Receiver, Sender, bounded};

use super::Form;
use super::find::{CardError, Found};
use super::kept::Running;
use super::watch::Watch;

/// As long may a card take to close.
const CLOSE: Duration = Duration::from_secs(2);
/// As long may a card take to open.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a card says of its own accord.
struct Faults {
    tell: Sender<CardError>,
    broke: Receiver<CardError>,
    slips: Arc<AtomicU64>,
}

/// A card that runs, until it is closed.
pub struct Opened {
    form: Form,
    faults: Faults,
    stream: cpal::Stream,
    _watch: Option<Watch>,
}

impl Running for Opened {
    fn form(&self) -> Form {
        self.form
    }

    fn broke(&self) -> Option<CardError> {
        self.faults.broke.try_recv().ok()
    }

    fn slips(&self) -> u64 {
        self.faults.slips.load(Ordering::Relaxed)
    }

    /// On a thread of its own: one whose server has died may never be done with it, and is given up
    /// after two seconds.
    fn close(self) -> bool {
        let (done, closed) = bounded::<()>(1);
        let closing = std::thread::Builder::new().name("card end".to_owned());
        let spawned = closing.spawn(move || {
            drop(self.stream);
            let _ = done.send(());
        });
        spawned.is_ok() && closed.recv_timeout(CLOSE).is_ok()
    }
}

/// Takes sound from a card: `take` is called in its own thread with each block.
///
/// # Errors
/// Where it does not open.
pub fn capture(
    found: &Found,
    mut take: impl FnMut(&Data) + Send + 'static,
) -> Result<Opened, CardError> {
    let (told, faults) = faults();
    let stream = found.device.build_input_stream_raw(
        found.config,
        found.format,
        move |data, _| take(data),
        told,
        Some(PATIENCE),
    );
    opened(found, stream, faults)
}

/// Gives sound to a card: `give` is called in its own thread to fill each block, and with how long it
/// takes until its first sample is heard.
///
/// # Errors
/// Where it does not open.
pub fn play(
    found: &Found,
    mut give: impl FnMut(&mut Data, Duration) + Send + 'static,
) -> Result<Opened, CardError> {
    let (told, faults) = faults();
    let stream = found.device.build_output_stream_raw(
        found.config,
        found.format,
        move |data, info| {
            let at = info.timestamp();
            give(data, at.playback.saturating_duration_since(at.callback));
        },
        told,
        Some(PATIENCE),
    );
    opened(found, stream, faults)
}

fn opened(
    found: &Found,
    stream: Result<cpal::Stream, cpal::Error>,
    faults: Faults,
) -> Result<Opened, CardError> {
    let stream = stream?;
    stream.play()?;
    let watch = Watch::of(&found.device, faults.tell.clone());
    Ok(Opened {
        form: Form {
            rate: found.config.sample_rate,
            channels: found.config.channels,
            has: found.has,
        },
        faults,
        stream,
        _watch: watch,
    })
}

fn faults() -> (impl FnMut(cpal::Error) + Send + 'static, Faults) {
    let (tell, broke): (Sender<CardError>, _) = bounded(1);
    let slips = Arc::new(AtomicU64::new(0));
    let counted = slips.clone();
    let heard = tell.clone();
    let told = move |error: cpal::Error| match error.kind() {
        // May come in the card's own thread.
        ErrorKind::Xrun => {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        // It goes on.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => {
            let _ = heard.try_send(error.into());
        }
    };
    (told, Faults { tell, broke, slips })
}
