//! How the machine fares: processor and memory of this process, looked at once a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::door::Health;
use crate::nice::{self, Nice};

/// Shared with the tick, which leaves its longest work here.
#[derive(Debug, Default)]
pub struct Watch {
    health: ArcSwap<Health>,
    longest_tick_us: AtomicU32,
}

impl Watch {
    /// What was seen last.
    pub fn health(&self) -> Health {
        **self.health.load()
    }

    /// Notes how long a tick's work took.
    pub fn ticked(&self, work_ns: i64) {
        self.longest_tick_us.fetch_max(
            (work_ns / 1000).clamp(0, i64::from(u32::MAX)) as u32,
            Ordering::Relaxed,
        );
    }
}

/// Looks once a second until `stopped` is closed.
pub fn start(watch: Arc<Watch>, stopped: Receiver<()>) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("health".to_owned())
        .spawn(move || {
            nice::give_way(Nice::Monitor);
            let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
            let mut last = cpu_seconds();
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                let now = cpu_seconds();
                watch.health.store(Arc::new(Health {
                    cpu: (now - last) as f32,
                    cores,
                    memory_bytes: resident_bytes(),
                    tick_ms: watch.longest_tick_us.swap(0, Ordering::Relaxed) as f32 / 1000.0,
                }));
                last = now;
            }
        })?;
    Ok(())
}

/// Processor time of this process, all its threads.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Memory of this process that is in RAM; 0 where the system does not say.
fn resident_bytes() -> u64 {
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map_or(0, |pages| pages * rustix::param::page_size() as u64)
}
