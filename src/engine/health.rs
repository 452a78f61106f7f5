//! How the machine fares: processor and memory of this process, and how busy the machine is with all of
//! its programs, looked at once a second.

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
            let mut last_of_all = jiffies();
            while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                let now = cpu_seconds();
                let of_all = jiffies();
                watch.health.store(Arc::new(Health {
                    cpu: (now - last) as f32,
                    cores,
                    machine: last_of_all.zip(of_all).and_then(busy),
                    memory_bytes: resident_bytes(),
                    tick_ms: watch.longest_tick_us.swap(0, Ordering::Relaxed) as f32 / 1000.0,
                }));
                (last, last_of_all) = (now, of_all);
            }
        })?;
    Ok(())
}

/// Processor time of this process, all its threads.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// What the machine's cores did since it was switched on, in the system's own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Jiffies {
    idle: u64,
    total: u64,
}

/// Of all cores together; none where the system does not say.
fn jiffies() -> Option<Jiffies> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    parse_jiffies(text.lines().next()?)
}

/// The line `cpu` of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; what guests
/// took is in the first two already.
fn parse_jiffies(line: &str) -> Option<Jiffies> {
    let mut words = line.split_whitespace();
    (words.next() == Some("cpu")).then_some(())?;
    let all: Vec<u64> = words
        .take(8)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let idle = all.get(3)? + all.get(4).unwrap_or(&0);
    let total = all.iter().sum();
    Some(Jiffies { idle, total })
}

/// The share that was not idle between two looks, 0 to 1.
fn busy((before, now): (Jiffies, Jiffies)) -> Option<f32> {
    let total = now.total.checked_sub(before.total).filter(|t| *t > 0)?;
    // What waits for a disk may be counted back.
    let idle = now.idle.saturating_sub(before.idle).min(total);
    Some(1.0 - idle as f32 / total as f32)
}

/// Memory of this process that is in RAM; 0 where the system does not say.
fn resident_bytes() -> u64 {
    std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map_or(0, |pages| pages * rustix::param::page_size() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_as_busy_as_its_cores_were_not_idle() {
        let before = parse_jiffies("cpu  100 0 50 800 50 0 0 0 7 0").unwrap();
        assert_eq!(
            before,
            Jiffies {
                idle: 850,
                total: 1000
            }
        );
        let now = parse_jiffies("cpu  160 0 65 820 55 0 0 0 9 0").unwrap();
        assert_eq!(busy((before, now)), Some(0.75));
        assert_eq!(busy((now, now)), None, "too soon to say");
        assert_eq!(busy((now, before)), None);
        let unwaited = Jiffies {
            idle: 840,
            total: 1010,
        };
        assert_eq!(busy((before, unwaited)), Some(1.0));
    }

    #[test]
    fn what_is_no_such_line_says_nothing() {
        for line in ["", "cpu", "cpu0 1 2 3 4", "cpu 1 2 x 4", "cpu 1 2 3"] {
            assert_eq!(parse_jiffies(line), None, "{line}");
        }
    }
}
