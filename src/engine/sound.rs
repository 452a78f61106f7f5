//! The mixer's thread: a block each 10 ms by the house's clock, a little behind it, so that the tick
//! has said what goes with the picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::ways::WaysLine;
use crate::audio::{LoudnessMeter, LoudnessShown, Meters, Mixer, Order, Strip};
use crate::media::{BLOCK, HouseClock, block_start};
use crate::output::EncoderInput;

/// How far behind the house the mixer works.
const BEHIND_NS: i64 = 8_000_000;
/// So long it waits for a tick that is late, and then goes on with the gains it has.
const PATIENCE_NS: i64 = 250_000_000;

/// What the tick shares with the mixer's thread.
#[derive(Debug, Default)]
pub struct SoundLink {
    /// All orders for samples before this one have been given.
    pub announced: AtomicU64,
    /// The show has ended.
    pub ended: AtomicBool,
}

/// A slot, and the strip that it is to have.
pub type Placing = (usize, Option<Box<Strip>>);

/// Where strips come to the mixer's thread, and where those that it no longer has go, so that it
/// neither allocates nor frees.
pub struct StripLine {
    /// To be placed.
    pub placings: rtrb::Consumer<Placing>,
    /// The slot of each placing that was carried out, with what was there before.
    pub placed: rtrb::Producer<Placing>,
}

impl StripLine {
    fn carry_out(&mut self, mixer: &mut Mixer) {
        // What cannot be given back is not taken on.
        while !self.placed.is_full() {
            let Ok((slot, strip)) = self.placings.pop() else {
                return;
            };
            let before = mixer.put(slot, strip);
            let _ = self.placed.push((slot, before));
        }
    }
}

/// What comes to the mixer's thread, and what goes back from it.
pub struct MixerLines {
    /// What it is told.
    pub orders: rtrb::Consumer<Order>,
    /// What it was told and has carried out.
    pub spent: rtrb::Producer<Order>,
    /// Strips.
    pub strips: StripLine,
    /// Ways out.
    pub ways: WaysLine,
}

impl MixerLines {
    fn carry_out(&mut self, mixer: &mut Mixer) {
        self.strips.carry_out(mixer);
        self.ways.carry_out(mixer);
        while let Ok(order) = self.orders.pop() {
            mixer.order(order);
        }
    }
}

/// Blocks from one reading of the loudness to the next: ten a second, as EBU Tech 3341 asks.
const READING_BLOCKS: u32 = 10;

/// Measures what the encoder was given, once it has it.
struct Loudness {
    meter: LoudnessMeter,
    blocks: u32,
}

impl Loudness {
    fn new() -> Option<Self> {
        let meter = LoudnessMeter::new();
        let meter = meter.inspect_err(|error| tracing::error!("no loudness is measured: {error}"));
        meter.ok().map(|meter| Self { meter, blocks: 0 })
    }

    fn take(&mut self, samples: &[f32], shown: &LoudnessShown) {
        if shown.awaits_reset() {
            self.meter.reset();
            // Before the asking is taken back: nobody is to see what was measured before.
            shown.show(&self.meter.reading());
            shown.take_reset();
        }
        self.meter.take(samples);
        self.blocks += 1;
        if self.blocks.is_multiple_of(READING_BLOCKS) {
            shown.show(&self.meter.reading());
        }
    }
}

/// Starts the thread.
pub fn start(
    mut mixer: Mixer,
    mut lines: MixerLines,
    link: Arc<SoundLink>,
    encoder: EncoderInput,
    clock: HouseClock,
    meters: Arc<Meters>,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("mixer".to_owned())
        .spawn(move || {
            let mut loudness = Loudness::new();
            while !link.ended.load(Ordering::Relaxed) {
                let end = mixer.position() + BLOCK as u64;
                let due = block_start(end) + BEHIND_NS;
                clock.sleep_until(due);
                let needed = end + Mixer::AHEAD;
                while link.announced.load(Ordering::Acquire) < needed
                    && clock.now() < due + PATIENCE_NS
                    && !link.ended.load(Ordering::Relaxed)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                lines.carry_out(&mut mixer);
                let block = mixer.block();
                encoder.sound(block);
                if let Some(loudness) = &mut loudness {
                    loudness.take(&block.samples, &meters.loudness);
                }
                while let Some(order) = mixer.spent() {
                    let _ = lines.spent.push(order);
                }
            }
        })
}
