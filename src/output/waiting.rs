//! Waiting for what may hang: it is done on a thread of its own, and given up when it takes too long or
//! nobody wants it any more.

use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, bounded};

/// How often it is looked whether it is still wanted.
const LOOK: Duration = Duration::from_millis(50);

/// It took too long.
pub struct TooLong;

/// Does something that may hang on a thread of its own, and waits for it as long as it is wanted (`None`
/// when it no longer is) and no longer than it may take.
///
/// # Errors
/// Where it took longer, or there is no thread to be had.
pub fn while_wanted<T: Send + 'static>(
    is_wanted: impl Fn() -> bool,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, TooLong> {
    let (done, result) = bounded(1);
    let thread = std::thread::Builder::new().name("trying".to_owned());
    if thread.spawn(move || drop(done.send(work()))).is_err() {
        return Err(TooLong);
    }
    let until = Instant::now() + patience;
    while is_wanted() {
        match result.recv_timeout(LOOK) {
            Ok(value) => return Ok(Some(value)),
            Err(RecvTimeoutError::Disconnected) => return Err(TooLong),
            Err(RecvTimeoutError::Timeout) if Instant::now() > until => return Err(TooLong),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Ok(None)
}
