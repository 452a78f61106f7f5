//! Tools of the integration tests: pictures that can be told apart, files and senders of them,
//! readers of what came out, and the outside world (servers, a studio as a process of its own).

#![allow(dead_code)] // each test binary uses its own share

pub mod coded;
pub mod display;
pub mod hand;
pub mod house;
pub mod media;
pub mod nginx;
pub mod plates;
pub mod read;
pub mod rtmp;
pub mod senders;
pub mod small_disk;
pub mod studio;
pub mod tls;
pub mod wait;
pub mod witness;

use std::sync::{Mutex, MutexGuard};

/// Tests that measure real time take turns within a binary.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
