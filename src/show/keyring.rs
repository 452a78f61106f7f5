//! The system's keyring, held at arm's length: on a machine without one, or with one that waits for
//! a password in a window that nobody sees, asking must not hold the show up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::secret::Secret;

/// The service under which regie's secrets are kept.
const SERVICE: &str = "regie";

/// How long a keyring may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// True once the keyring was found absent, locked or silent: it is then left alone.
static ABSENT: AtomicBool = AtomicBool::new(false);

/// A place that keeps secrets by name.
pub(super) trait Keyring {
    /// The secret, or none where there is none or nobody answers.
    fn get(&self, name: &str) -> Option<Secret>;
    /// Keeps a secret; false where nobody answers.
    fn set(&self, name: &str, value: &Secret) -> bool;
    /// Takes a secret out, if it is there and somebody answers.
    fn forget(&self, name: &str);
}

/// The system's own: Secret Service, Keychain or Credential Manager.
pub(super) struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn get(&self, name: &str) -> Option<Secret> {
        let name = name.to_owned();
        ask(&ABSENT, PATIENCE, move || {
            match keyring::Entry::new(SERVICE, &name)?.get_password() {
                Ok(value) => Ok(Some(Secret::new(value))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .flatten()
    }

    fn set(&self, name: &str, value: &Secret) -> bool {
        let name = name.to_owned();
        let value = Secret::new(value.expose());
        ask(&ABSENT, PATIENCE, move || {
            keyring::Entry::new(SERVICE, &name)?.set_password(value.expose())
        })
        .is_some()
    }

    fn forget(&self, name: &str) {
        let name = name.to_owned();
        let _ = ask(&ABSENT, PATIENCE, move || {
            match keyring::Entry::new(SERVICE, &name)?.delete_credential() {
                Err(keyring::Error::NoEntry) => Ok(()),
                other => other,
            }
        });
    }
}

/// Runs a question to the keyring on a thread of its own, and waits for so long at most.
fn ask<T: Send + 'static>(
    absent: &AtomicBool,
    patience: Duration,
    question: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> Option<T> {
    if absent.load(Ordering::Relaxed) {
        return None;
    }
    let (answer, answered) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("keyring".to_owned());
    // An answer that comes too late finds nobody, which is as it should be.
    let started = thread.spawn(move || drop(answer.send(question())));
    if let Err(error) = started {
        tracing::warn!(%error, "no thread to ask the keyring with");
        return None;
    }
    let reason = match answered.recv_timeout(patience) {
        Ok(Ok(value)) => return Some(value),
        Ok(Err(error)) => reason(&error),
        Err(mpsc::RecvTimeoutError::Timeout) => "it does not answer",
        Err(mpsc::RecvTimeoutError::Disconnected) => "its client broke down",
    };
    absent.store(true, Ordering::Relaxed);
    tracing::info!(reason, "the system keyring is left alone");
    None
}

/// Why in few words. The error itself may hold the bytes of a secret, so it is not printed.
fn reason(error: &keyring::Error) -> &'static str {
    match error {
        keyring::Error::NoStorageAccess(_) => "it is locked",
        keyring::Error::NoDefaultStore => "there is none",
        keyring::Error::PlatformFailure(_) => "it failed",
        _ => "it gave an answer that makes no sense",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_keyring_is_asked_once() {
        let absent = AtomicBool::new(false);
        let (hold, held) = mpsc::channel::<()>();
        let silent = move || {
            // Ends when the test does.
            let _ = held.recv();
            Ok(1)
        };
        assert_eq!(ask(&absent, Duration::from_millis(20), silent), None);
        assert!(absent.load(Ordering::Relaxed));
        assert_eq!(ask(&absent, Duration::from_secs(60), || Ok(1)), None);
        drop(hold);
    }

    #[test]
    fn an_absent_keyring_is_asked_once_and_an_answer_is_handed_on() {
        let absent = AtomicBool::new(false);
        let patience = Duration::from_secs(60);
        assert_eq!(ask(&absent, patience, || Ok(7)), Some(7));
        let missing = || Err::<(), _>(keyring::Error::NoDefaultStore);
        assert_eq!(ask(&absent, patience, missing), None);
        assert_eq!(ask(&absent, patience, || Ok(7)), None);
    }
}
