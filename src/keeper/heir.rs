//! An engine that lost its keeper starts another: the program must not hang on one small process.
//!
//! Each end of the pair holds a pipe whose other end lives exactly as long as the other process, so
//! that neither can miss the other's death, nor take a stranger with its number for it. The new keeper
//! gets the show's lock by inheritance: at no moment is the show free for anybody else, and the next
//! engine is started only when the pipe says that this one is gone.

use std::fs::File;
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::charge::Charge;
use super::process::{Handed, read_to_end, this_program};

/// Another keeper is started no sooner than this after the one before.
const PAUSE: Duration = Duration::from_secs(1);

/// Has the engine in this process kept for as long as it lives: when nobody holds the other end of
/// `leash` any more, another keeper is started with the show's `lock`.
///
/// # Errors
/// Where the system has no thread.
pub fn stay_kept(charge: Charge, lock: OwnedFd, leash: OwnedFd) -> io::Result<()> {
    std::thread::Builder::new()
        .name("kept".to_owned())
        .spawn(move || {
            let mut leash = File::from(leash);
            let mut heir: Option<Heir> = None;
            loop {
                if let Err(error) = read_to_end(&mut leash) {
                    tracing::error!("whether there is a keeper cannot be told: {error}");
                    return;
                }
                if let Some(mut dead) = heir.take() {
                    let _ = dead.keeper.wait();
                    std::thread::sleep(PAUSE.saturating_sub(dead.began.elapsed()));
                }
                tracing::error!("the keeper is gone; another is started");
                let (next, next_leash) = loop {
                    match begin(&charge, &lock) {
                        Ok(begun) => break begun,
                        Err(error) => tracing::error!("no other keeper: {error}"),
                    }
                    std::thread::sleep(PAUSE);
                };
                leash = next_leash;
                heir = Some(next);
            }
        })?;
    Ok(())
}

/// A keeper that was started from here.
struct Heir {
    keeper: Child,
    began: Instant,
    /// Closed by the end of this process.
    _life: PipeWriter,
}

/// Starts a keeper on this engine; gives the pipe that tells of its end, too.
fn begin(charge: &Charge, lock: &OwnedFd) -> io::Result<(Heir, File)> {
    let (leash, leash_end) = io::pipe()?;
    let (life_end, life) = io::pipe()?;
    let mut process = this_program()?;
    process.arg("adopt");
    charge.tell(&mut process);
    let handed = [
        ("--lock", Handed::of(lock)?),
        ("--leash", Handed::of(&leash_end)?),
        ("--life", Handed::of(&life_end)?),
    ];
    for (name, handle) in &handed {
        process.arg(name).arg(handle.number());
    }
    process.arg("--engine").arg(std::process::id().to_string());
    process.stdin(Stdio::null());
    match charge.place.append_to_log() {
        Ok(log) => process.stdout(log.try_clone()?).stderr(log),
        Err(error) => {
            tracing::warn!("the new keeper has no log: {error}");
            process.stdout(Stdio::null()).stderr(Stdio::null())
        }
    };
    let heir = Heir {
        keeper: process.spawn()?,
        began: Instant::now(),
        _life: life,
    };
    Ok((heir, File::from(OwnedFd::from(leash))))
}
