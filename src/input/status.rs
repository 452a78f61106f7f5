//! What a source's supervisor says of it, and the tick reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use arc_swap::ArcSwap;

use super::feed::Vitals;
use super::transport::Transport;
use crate::door::SourceState;

/// What a source's supervisor says of it.
#[derive(Debug)]
pub struct Status {
    state: AtomicU8,
    message: ArcSwap<String>,
    warning: ArcSwap<String>,
    restarts: AtomicU32,
    /// What its threads say of it.
    pub vitals: Arc<Vitals>,
    /// A clip's.
    pub transport: Option<Arc<Transport>>,
}

impl Status {
    /// Of a source that has not begun.
    pub(super) fn new(vitals: Vitals, transport: Option<Transport>) -> Self {
        Self {
            state: AtomicU8::new(0),
            message: ArcSwap::default(),
            warning: ArcSwap::default(),
            restarts: AtomicU32::new(0),
            vitals: Arc::new(vitals),
            transport: transport.map(Arc::new),
        }
    }

    /// How it does.
    pub fn state(&self) -> SourceState {
        STATES
            .get(usize::from(self.state.load(Ordering::Relaxed)))
            .copied()
            .unwrap_or_default()
    }

    /// What is wrong or awaited; empty while all is well.
    pub fn message(&self) -> Arc<String> {
        self.message.load_full()
    }

    /// What is not as it was asked for although pictures come; empty where all is.
    pub fn warning(&self) -> Arc<String> {
        self.warning.load_full()
    }

    /// How often its pipeline was started again.
    pub fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// It was started again, so often in all.
    pub(super) fn count_restarts(&self, restarts: u32) {
        self.restarts.store(restarts, Ordering::Relaxed);
    }

    pub(super) fn set(&self, state: SourceState, message: &str) {
        let index = STATES.iter().position(|s| *s == state).unwrap_or(0);
        // The message first: whoever sees the new state sees its reason.
        if self.message.load().as_str() != message {
            self.message.store(Arc::new(message.to_owned()));
        }
        if !matches!(state, SourceState::Live | SourceState::Ended) {
            self.warn(String::new());
        }
        self.state.store(index as u8, Ordering::Relaxed);
    }

    pub(super) fn warn(&self, warning: String) {
        if *self.warning.load_full() != warning {
            self.warning.store(Arc::new(warning));
        }
    }
}

const STATES: [SourceState; 6] = [
    SourceState::Connecting,
    SourceState::Live,
    SourceState::Frozen,
    SourceState::Lost,
    SourceState::Restarting,
    SourceState::Ended,
];
