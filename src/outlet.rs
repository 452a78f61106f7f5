//! A way out that nobody may be reading. Standard output and standard error are pipes as a rule, and a
//! pipe that is not read is full after 64 KiB: a plain write then waits for ever, and with it the
//! thread that had something to say. Here one thread does the waiting for all others. What it has
//! not written yet is bounded; a line beyond that is dropped and counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

/// Written at once, as POSIX's PIPE_BUF allows: lines of several processes do not mix below it.
const PIECE: usize = 4096;
/// Another process may have made the pipe one that refuses instead of waiting.
const REFUSED: Duration = Duration::from_millis(5);

/// See the module's words. Never waits but in [`Outlet::flush`].
pub struct Outlet {
    lines: Sender<Vec<u8>>,
    shared: Arc<Shared>,
}

struct Shared {
    began: Instant,
    /// Bytes handed in and not yet written.
    waiting: AtomicUsize,
    /// Lines dropped that the reader has not been told of.
    lost: AtomicU64,
    /// When the reader last took something, in ms since `began`.
    taken_ms: AtomicU64,
    notice: fn(u64) -> Vec<u8>,
}

impl Outlet {
    /// Starts the thread `name` that writes to `to`. `notice` makes the line that tells how many
    /// were dropped before it.
    ///
    /// # Errors
    /// Where the system has no threads.
    pub fn start(
        name: &str,
        to: impl Write + Send + 'static,
        notice: fn(u64) -> Vec<u8>,
    ) -> io::Result<Self> {
        let (lines, heard) = unbounded();
        let shared = Arc::new(Shared {
            began: Instant::now(),
            waiting: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
            taken_ms: AtomicU64::new(0),
            notice,
        });
        let writing = shared.clone();
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || write_all(to, &heard, &writing))?;
        Ok(Self { lines, shared })
    }

    /// Hands in a line with its end; it is dropped where more than `room` bytes would then wait, the
    /// notice of those that were dropped before it not counted. Gives whether it was taken.
    pub fn push(&self, line: Vec<u8>, room: usize) -> bool {
        let shared = &self.shared;
        let before = shared.waiting.fetch_add(line.len(), Ordering::Relaxed);
        if before + line.len() > room {
            shared.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            shared.lost.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        if before == 0 {
            // A reader is not late with what was not there.
            shared.note_taken();
        }
        self.tell_lost();
        self.lines.send(line).is_ok()
    }

    /// Bytes that wait to be written.
    pub fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    /// Whether the reader has taken something within this time, or was offered nothing before it. It
    /// is seen to take what it takes 4 KiB at a time.
    pub fn is_read_within(&self, time: Duration) -> bool {
        self.shared.since_taken() < time
    }

    /// Waits until all is written, at most for `limit`, and not for a reader that takes nothing for
    /// `patience`. Gives whether all is written.
    pub fn flush(&self, patience: Duration, limit: Duration) -> bool {
        self.tell_lost();
        let began = Instant::now();
        while self.waiting() > 0 {
            let still = self.shared.since_taken().min(began.elapsed());
            if still > patience || began.elapsed() > limit {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// Puts the notice of what was dropped where it was dropped.
    fn tell_lost(&self) {
        if let Some(notice) = self.shared.take_notice() {
            self.shared
                .waiting
                .fetch_add(notice.len(), Ordering::Relaxed);
            // Its thread ends no sooner than this handle.
            let _ = self.lines.send(notice);
        }
    }
}

impl Shared {
    fn note_taken(&self) {
        let now = self.began.elapsed().as_millis() as u64;
        self.taken_ms.store(now, Ordering::Relaxed);
    }

    fn since_taken(&self) -> Duration {
        let taken = Duration::from_millis(self.taken_ms.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(taken)
    }

    fn take_notice(&self) -> Option<Vec<u8>> {
        let lost = match self.lost.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.lost.swap(0, Ordering::Relaxed),
        };
        (lost > 0).then(|| (self.notice)(lost))
    }
}

fn write_all(mut to: impl Write, lines: &Receiver<Vec<u8>>, shared: &Shared) {
    // A reader that has gone is no reason to stop: what is handed in must not pile up.
    let mut is_open = true;
    while let Ok(line) = lines.recv() {
        is_open = is_open && write(&mut to, &line, shared).is_ok();
        if is_open
            && lines.is_empty()
            && let Some(notice) = shared.take_notice()
        {
            is_open = write(&mut to, &notice, shared).is_ok();
        }
        shared.waiting.fetch_sub(line.len(), Ordering::Relaxed);
    }
}

fn write(to: &mut impl Write, line: &[u8], shared: &Shared) -> io::Result<()> {
    for mut piece in line.chunks(PIECE) {
        while !piece.is_empty() {
            match to.write(piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    piece = &piece[written..];
                    shared.note_taken();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::thread::sleep(REFUSED);
                }
                Err(error) => return Err(error),
            }
        }
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};

    const PATIENCE: Duration = Duration::from_secs(20);

    fn notice(lost: u64) -> Vec<u8> {
        format!("lost {lost}\n").into_bytes()
    }

    fn line(number: u64) -> Vec<u8> {
        format!("line {number:0100}\n").into_bytes()
    }

    /// Reads to the end: the numbers of the lines, and how many were told lost before each notice.
    fn read(from: impl io::Read) -> (Vec<u64>, Vec<(usize, u64)>) {
        let (mut lines, mut losses) = (Vec::new(), Vec::new());
        for text in BufReader::new(from).lines() {
            let text = text.unwrap();
            match text.split_once(' ').unwrap() {
                ("line", number) => lines.push(number.parse().unwrap()),
                ("lost", number) => losses.push((lines.len(), number.parse().unwrap())),
                _ => panic!("{text}"),
            }
        }
        (lines, losses)
    }

    #[test]
    fn nobody_waits_for_a_reader_and_each_line_is_written_or_counted() {
        let (reader, writer) = io::pipe().unwrap();
        let outlet = Outlet::start("test", writer, notice).unwrap();
        // More than a pipe holds, so that some waits however late its thread begins.
        const ROOM: usize = 100_000;
        let taken = (0..20_000).filter(|n| outlet.push(line(*n), ROOM)).count();
        let most = ROOM + notice(u64::MAX).len();
        assert!(outlet.waiting() <= most, "{}", outlet.waiting());
        assert!(taken < 10_000, "a pipe takes no {taken} lines");
        assert!(!outlet.flush(Duration::from_millis(100), PATIENCE));

        let reading = std::thread::spawn(|| read(reader));
        assert!(outlet.flush(PATIENCE, PATIENCE));
        assert!(outlet.push(line(20_000), ROOM));
        assert!(outlet.flush(PATIENCE, PATIENCE));
        drop(outlet);
        let (lines, losses) = reading.join().unwrap();
        assert_eq!(lines.len(), taken + 1);
        assert!(lines.is_sorted());
        assert_eq!(lines.last(), Some(&20_000));
        let lost: u64 = losses.iter().map(|(_, lost)| lost).sum();
        assert_eq!(lost, 20_000 - taken as u64);
        // No line is missing but where a notice stands.
        for (i, pair) in lines.windows(2).enumerate() {
            let told = losses.iter().filter(|(at, _)| *at == i + 1);
            let told: u64 = told.map(|(_, lost)| lost).sum();
            assert!(pair[1] - pair[0] - 1 <= told, "{pair:?}, {told} told");
        }
    }

    #[test]
    fn more_room_takes_what_less_refuses() {
        let (reader, writer) = io::pipe().unwrap();
        let outlet = Outlet::start("test", writer, notice).unwrap();
        // Its thread may still be filling the pipe, which makes room.
        let began = Instant::now();
        let (mut refused, mut full) = (0, 0);
        while full < 10 && began.elapsed() < PATIENCE {
            let taken = std::iter::repeat_with(|| outlet.push(line(0), 100_000));
            let taken = taken.take_while(|taken| *taken).count();
            refused += 1;
            full = if taken == 0 { full + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(outlet.push(line(1), 200_000));
        assert!(!outlet.push(line(2), 100_000));
        let reading = std::thread::spawn(|| read(reader));
        assert!(outlet.flush(PATIENCE, PATIENCE));
        drop(outlet);
        let (lines, losses) = reading.join().unwrap();
        assert_eq!(lines.last(), Some(&1));
        assert_eq!(
            losses.iter().map(|(_, lost)| lost).sum::<u64>(),
            refused + 1
        );
    }

    #[test]
    fn a_slow_reader_is_waited_for_and_one_that_has_gone_is_not() {
        let (mut reader, writer) = io::pipe().unwrap();
        let outlet = Outlet::start("test", writer, notice).unwrap();
        for n in 0..3000 {
            assert!(outlet.push(line(n), 1 << 20));
        }
        assert!(outlet.is_read_within(PATIENCE));
        let slow = std::thread::spawn(move || {
            let mut all = Vec::new();
            let mut part = [0; 8192];
            loop {
                match io::Read::read(&mut reader, &mut part).unwrap() {
                    0 => return all,
                    read => all.extend_from_slice(&part[..read]),
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        assert!(outlet.flush(PATIENCE, 2 * PATIENCE));
        drop(outlet);
        assert_eq!(read(slow.join().unwrap().as_slice()).0.len(), 3000);

        let (reader, writer) = io::pipe().unwrap();
        let outlet = Outlet::start("test", writer, notice).unwrap();
        for n in 0..3000 {
            assert!(outlet.push(line(n), 1 << 20));
        }
        drop(reader);
        assert!(outlet.flush(PATIENCE, PATIENCE));
    }
}
