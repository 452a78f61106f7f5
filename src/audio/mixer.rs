//! The mixer's core: strips into one matrix, and out of it the program and every other bus.
//!
//! A block of each source goes into lanes beside three others, through the processors of its strip,
//! and, for the program, through its delay; then every bus gets its share of it. What nothing is done
//! to arrives in the program with the bits it had.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::alarm::Watch;
use super::automix::Automix;
use super::bus_meters::BusMeters;
use super::buses::Buses;
use super::generator::Generator;
use super::lanes::{STRIPS, TILE};
use super::limiter::LOOKAHEAD;
use super::links::Links;
use super::matrix::Sums;
use super::meter::Meters;
use super::order::Order;
use super::quad::{Quad, Strip};
use super::ramp::SHORT_RAMP;
use super::tap::{BusId, Tap};
use super::tone::Tone;
use crate::media::{BLOCK, CHANNELS, SoundBlock, block_start};

/// So many taps can be open at once: all outputs that a show may have, twice while they change, and what
/// desks listen to.
pub const TAPS: usize = 128;
/// Orders that may wait without memory being asked for.
const ORDERS: usize = 512;
/// A program that its limiter turns down to this, and further, is too loud: 6 dB.
const HELD_DOWN: f32 = 0.5;
/// What a tap gets of a bus that there is not.
const SILENCE: [f32; BLOCK * CHANNELS] = [0.0; BLOCK * CHANNELS];

/// Strips, matrix, buses. A strip has a slot for as long as its source runs. Once it has all that it
/// works with, a block asks for no memory and gives none back.
pub struct Mixer {
    strips: Vec<Option<Box<Strip>>>,
    quads: Vec<Quad>,
    automix: Automix,
    links: Links,
    sums: Sums,
    buses: Buses,
    bus_meters: BusMeters,
    generator: Generator,
    /// Of the program.
    tone: Tone,
    watch: Watch,
    taps: [Option<(BusId, Tap)>; TAPS],
    meters: Arc<Meters>,
    orders: VecDeque<Order>,
    /// Orders that were carried out, until they are taken.
    spent: VecDeque<Order>,
    position: u64,
    /// The block that was mixed last.
    out: SoundBlock,
}

impl Mixer {
    /// A mixer of so many empty slots, that begins at sample 0; `meters` has one for each.
    pub fn new(slots: usize, meters: Arc<Meters>) -> Self {
        Self {
            strips: (0..slots).map(|_| None).collect(),
            quads: (0..slots.div_ceil(STRIPS))
                .map(|_| Quad::default())
                .collect(),
            automix: Automix::new(slots),
            links: Links::new(slots),
            sums: Sums::default(),
            buses: Buses::new(slots),
            bus_meters: BusMeters::new(slots),
            tone: Tone::default(),
            generator: Generator::default(),
            watch: Watch::default(),
            taps: std::array::from_fn(|_| None),
            meters,
            orders: VecDeque::with_capacity(ORDERS),
            spent: VecDeque::with_capacity(ORDERS),
            position: 0,
            out: SoundBlock {
                position: 0,
                samples: vec![0.0; BLOCK * CHANNELS],
            },
        }
    }

    /// Gives a slot to a strip, which begins silent, or to none; gives back what was there, for its
    /// memory is not to be freed here.
    pub fn put(&mut self, slot: usize, mut strip: Option<Box<Strip>>) -> Option<Box<Strip>> {
        if strip.is_some() {
            self.forget_twins(slot);
        }
        let Some(place) = self.strips.get_mut(slot) else {
            return strip;
        };
        self.automix.clear(slot);
        self.quads[slot / STRIPS].begin(slot % STRIPS, strip.as_deref_mut());
        std::mem::replace(place, strip)
    }

    /// Another source has this slot: it is nobody's twin.
    fn forget_twins(&mut self, slot: usize) {
        for (q, quad) in self.quads.iter_mut().enumerate() {
            for (s, kept_out) in quad.kept_out.iter_mut().enumerate() {
                let is_it = q * STRIPS + s == slot;
                kept_out.twin = kept_out.twin.filter(|twin| *twin != slot && !is_it);
            }
        }
    }

    /// Has a tap, of [`TAPS`] that there can be, take in a bus, or none; gives back what was there.
    pub fn tap(&mut self, place: usize, tap: Option<(BusId, Tap)>) -> Option<(BusId, Tap)> {
        match self.taps.get_mut(place) {
            Some(place) => std::mem::replace(place, tap),
            None => tap,
        }
    }

    /// The first sample of the next block.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Goes on at this sample, for a mixer that begins in the middle of the show.
    pub fn begin_at(&mut self, position: u64) {
        self.position = position;
    }

    /// Takes an order; orders come in the order of their positions. One for the past is carried out
    /// at once.
    pub fn order(&mut self, order: Order) {
        self.orders.push_back(order);
    }

    /// An order that was carried out: its memory is for somebody else to free.
    pub fn spent(&mut self) -> Option<Order> {
        self.spent.pop_front()
    }

    /// How far ahead of its position the mixer needs to know orders, in samples: what is mixed now
    /// is heard when the limiter has looked at it.
    pub const AHEAD: u64 = LOOKAHEAD as u64;

    /// Mixes the next block, and gives every tap its bus.
    pub fn block(&mut self) -> &SoundBlock {
        // What the limiter gives now is what it was given LOOKAHEAD samples ago, so it is given what
        // is to be heard LOOKAHEAD samples later.
        let start = self.position + Self::AHEAD;
        self.settle(start);
        for (q, (quad, strips)) in self
            .quads
            .iter_mut()
            .zip(self.strips.chunks_mut(STRIPS))
            .enumerate()
        {
            quad.read(strips, block_start(start), q * STRIPS, &self.meters);
        }
        self.give_strips(start, |bus| match bus {
            BusId::Input(slot) => Some(slot),
            _ => None,
        });
        self.work_on();
        self.turn();
        self.give_strips(start, |bus| match bus {
            BusId::Strip(slot) => Some(slot),
            _ => None,
        });
        let mut done = 0;
        while done < BLOCK {
            let at = start + done as u64;
            while let Some(order) = self.orders.pop_front_if(|order| order.position <= at) {
                self.carry_out(&order);
                self.spent.push_back(order);
            }
            let until = self.orders.front().map_or(BLOCK, |order| {
                ((order.position - start) as usize).min(BLOCK)
            });
            self.mix(done..until);
            done = until;
        }
        self.finish();
        self.out.position = self.position;
        self.position += BLOCK as u64;
        &self.out
    }

    /// Gives the taps of these strips their block, as it is now.
    fn give_strips(&mut self, start: u64, slot: impl Fn(BusId) -> Option<usize>) {
        for (bus, tap) in self.taps.iter_mut().flatten() {
            let Some(slot) = slot(*bus) else { continue };
            let mut sound = SILENCE;
            if let Some(quad) = self.quads.get(slot / STRIPS) {
                quad.copy(slot % STRIPS, &mut sound);
            }
            tap.give(start, &sound);
        }
    }

    /// Brings every strip through its processors.
    fn work_on(&mut self) {
        let (links, meters) = (&self.links, &self.meters);
        let quads = self.quads.iter_mut().zip(self.strips.chunks(STRIPS));
        for (q, (quad, strips)) in quads.enumerate() {
            if links.is_in(q) {
                quad.enter();
            } else {
                quad.work_on(strips, q * STRIPS, meters);
            }
        }
        links.join(&mut self.quads, |quad| &mut quad.key);
        let quads = self.quads.iter_mut().enumerate();
        for (_, quad) in quads.filter(|(q, _)| links.is_in(*q)) {
            quad.shape();
        }
        links.join(&mut self.quads, |quad| &mut quad.key);
        let quads = self.quads.iter_mut().zip(self.strips.chunks(STRIPS));
        for (q, (quad, strips)) in quads.enumerate().filter(|(q, _)| links.is_in(*q)) {
            quad.compress(strips, q * STRIPS, meters);
        }
    }

    /// Brings all strips to the gains that they have from each other.
    fn turn(&mut self) {
        let links = &self.links;
        for slot in 0..self.strips.len() {
            let heard = |slot: usize| self.quads[slot / STRIPS].heard(slot % STRIPS);
            self.automix.hear(slot, links.heard(slot, heard));
        }
        self.automix.work();
        let quads = self.quads.iter_mut().zip(self.strips.chunks_mut(STRIPS));
        for (q, (quad, strips)) in quads.enumerate() {
            let leader = |place: usize| links.leader(q * STRIPS + place);
            let gains = std::array::from_fn(|place| self.automix.gain(leader(place)));
            quad.turn(strips, gains);
            for place in 0..strips.len() {
                let turned = self.automix.turned(leader(place));
                self.meters.show_turned(q * STRIPS + place, &turned);
            }
        }
    }

    /// Hands on the settings of all orders of the block that begins at `start`.
    fn settle(&mut self, start: u64) {
        let end = start + BLOCK as u64;
        for order in self.orders.iter().take_while(|order| order.position < end) {
            for (slot, settings) in &order.settings {
                let Some(strip) = self.strips.get_mut(*slot) else {
                    continue;
                };
                let quad = &mut self.quads[slot / STRIPS];
                quad.set(slot % STRIPS, settings, strip.as_deref_mut());
                self.automix.set(*slot, settings);
            }
            let master = &order.buses.master;
            self.tone.set(&master.eq);
            self.buses.program.set_ceiling(master.ceiling_db);
            self.watch.set(&master.alarm);
        }
    }

    /// Adds up some samples of the block for every bus, tile by tile.
    fn mix(&mut self, range: Range<usize>) {
        for at in range.clone().step_by(TILE) {
            let tile = at..range.end.min(at + TILE);
            let n = tile.len();
            self.sums.clear();
            self.buses.returns.clear(at, n);
            for quad in self.quads.iter_mut().filter(|quad| !quad.is_idle()) {
                let four = quad.four(tile.clone());
                self.sums.add(at, four, &mut self.buses.returns);
            }
            self.buses.take(at, n, &self.sums);
        }
    }

    fn carry_out(&mut self, order: &Order) {
        let ramp = order.ramp.max(1);
        for (slot, gain) in order.strips.iter().enumerate().take(self.strips.len()) {
            let (quad, place) = (&mut self.quads[slot / STRIPS], slot % STRIPS);
            quad.gains.go(place, gain, ramp);
            let kept_out = &mut quad.kept_out[place];
            if gain.back.is_some() {
                kept_out.own = Some(slot);
            }
            self.links.set(slot, gain.linked);
            // Until another has its slot: what was heard of it may still be fading out.
            kept_out.twin = gain.twin.or(kept_out.twin);
            self.buses.returns.order(slot, gain.back);
            let ducked = if gain.talked { order.buses.ducked } else { 1.0 };
            self.buses.returns.talk(slot, gain.talked, ducked);
        }
        self.buses.program.go(order.buses.program, ramp);
        self.generator.set(order.buses.generated);
        for (aux, gain) in self.buses.auxes.iter_mut().zip(order.buses.auxes) {
            aux.go(gain, SHORT_RAMP);
        }
    }

    /// Puts the line-up tone into its bus.
    fn generate(&mut self) {
        let Some(id) = self.generator.bus() else {
            return;
        };
        match self.buses.given_out(id) {
            Some(bus) => self.generator.play(bus),
            None => self.generator.lose(),
        }
    }

    /// Brings every bus through what is behind its sum, and gives it to who takes it in.
    fn finish(&mut self) {
        self.tone.process(&mut self.buses.program.samples);
        self.generate();
        self.buses.finish();
        let program = self.bus_meters.measure(&self.buses, &self.meters);
        let [left, right] = program.peak;
        let is_held_down = self.buses.program.lowest_gain <= HELD_DOWN;
        let alarmed = self.watch.see(left.max(right), is_held_down);
        self.meters.show_program_alarm(alarmed);
        for (id, tap) in self.taps.iter_mut().flatten() {
            // What has no limiter is that much earlier.
            let ahead = match *id {
                BusId::Program | BusId::Aux(_) | BusId::MixMinus(_) => 0,
                BusId::Listen(_) => Self::AHEAD,
                // They have been given theirs.
                BusId::Input(_) | BusId::Strip(_) => continue,
            };
            let bus = self.buses.get(*id);
            let block = bus.map_or(&SILENCE[..], |bus| &bus.samples[..]);
            tap.give(self.position + ahead, block);
        }
        while let Some(slot) = self.buses.returns.part() {
            self.quads[slot / STRIPS].kept_out[slot % STRIPS].own = None;
        }
        let program = &self.buses.program.samples;
        self.out.samples.copy_from_slice(program);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BusGains, StripGain, Track};
    use crate::input::{SoundWriter, sound_ring};
    use crate::show::StripSettings;

    /// A mixer of clips that give a constant each, long enough for `blocks`.
    fn mixer(levels: &[f32], blocks: usize) -> (Mixer, Vec<SoundWriter>) {
        let (tracks, writers): (Vec<Track>, _) = levels
            .iter()
            .map(|&level| {
                let (mut writer, reader) = sound_ring();
                for k in 0..=blocks {
                    let block = vec![level; BLOCK * CHANNELS];
                    writer.push(&block, block_start((k * BLOCK) as u64), false);
                }
                (Track::new(reader, false), writer)
            })
            .unzip();
        let meters = Arc::new(Meters::new(levels.len()));
        let mut mixer = Mixer::new(levels.len(), meters);
        for (slot, track) in tracks.into_iter().enumerate() {
            mixer.put(slot, Some(Box::new(Strip::new(track))));
        }
        (mixer, writers)
    }

    fn order(position: u64, ramp: u32, gains: &[f32]) -> Order {
        let strips = gains
            .iter()
            .map(|&follow| StripGain::in_program(1.0, follow))
            .collect();
        Order {
            position,
            ramp,
            strips,
            settings: Vec::new(),
            buses: BusGains::default(),
        }
    }

    fn left(mixer: &mut Mixer, blocks: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..blocks {
            heard.extend(mixer.block().samples.iter().step_by(CHANNELS));
        }
        heard
    }

    #[test]
    fn a_cut_of_the_sound_begins_on_its_sample() {
        let (mut mixer, _writers) = mixer(&[0.25, 0.5], 60);
        mixer.order(order(0, 1, &[1.0, 0.0]));
        // Frame 7 of 30 begins at sample 11 200, in the middle of a block.
        mixer.order(order(11_200, 1, &[0.0, 1.0]));
        let heard = left(&mut mixer, 50);
        assert!(heard[1000..11_200].iter().all(|&s| s == 0.25));
        assert!(
            heard[11_200..].iter().all(|&s| s == 0.5),
            "{:?}",
            &heard[11_190..11_210]
        );
    }

    #[test]
    fn a_block_says_where_it_is_and_the_mixer_where_the_next_will_be() {
        let (mut mixer, _writers) = mixer(&[0.25], 10);
        mixer.begin_at(4800);
        for n in 0..3 {
            let position = 4800 + n * BLOCK as u64;
            assert_eq!(mixer.position(), position);
            assert_eq!(mixer.block().position, position);
        }
    }

    #[test]
    fn following_crossfades_over_the_transition_in_a_straight_line() {
        let (mut mixer, _writers) = mixer(&[0.4, 0.4], 80);
        mixer.order(order(0, 1, &[1.0, 0.0]));
        mixer.order(order(4800, 4800, &[0.0, 1.0]));
        let heard = left(&mut mixer, 60);
        // Two alike and in step stay as loud all the way.
        assert!(heard[1000..].iter().all(|&s| (s - 0.4).abs() < 1e-4));
    }

    #[test]
    fn faders_mutes_and_black_leave_no_step() {
        let (mut mixer, _writers) = mixer(&[0.5], 120);
        mixer.order(order(0, 1, &[1.0]));
        let mut muted = order(24_000, 1, &[1.0]);
        muted.strips[0].fader = 0.0;
        mixer.order(muted);
        mixer.order(order(36_000, 1, &[1.0]));
        let mut black = order(42_000, 4800, &[1.0]);
        black.buses.program = 0.0;
        mixer.order(black);
        let heard = left(&mut mixer, 110);
        let steps = heard[1000..].windows(2).map(|w| (w[1] - w[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.003);
        assert!(heard[30_000].abs() < 1e-6 && (heard[40_000] - 0.5).abs() < 1e-4);
        assert!(heard[47_000].abs() < 1e-6);
    }

    /// A mixer of one clip that gives these samples on the left, and their opposites on the right.
    fn playing(samples: &[f32]) -> (Mixer, SoundWriter) {
        let (mut writer, reader) = sound_ring();
        let both: Vec<f32> = samples.iter().flat_map(|s| [*s, -s]).collect();
        writer.push(&both, block_start(0), false);
        let mut mixer = Mixer::new(1, Arc::new(Meters::new(1)));
        mixer.put(0, Some(Box::new(Strip::new(Track::new(reader, false)))));
        mixer.order(order(0, 1, &[1.0]));
        (mixer, writer)
    }

    fn noise(samples: usize) -> Vec<f32> {
        let mut seed = 3u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 33_554_432.0 - 0.25
        };
        (0..samples).map(|_| next()).collect()
    }

    #[test]
    fn at_unity_every_bit_arrives() {
        let input = noise(20 * BLOCK);
        let (mut mixer, _writer) = playing(&input);
        let heard = left(&mut mixer, 15);
        // The strip has come in from silence.
        let from = 2 * BLOCK;
        assert!(heard[from..] == input[from..heard.len()]);
    }

    #[test]
    fn settings_come_with_their_order() {
        let input = noise(20 * BLOCK);
        let (mut mixer, _writer) = playing(&input);
        let mut delayed = order((6 * BLOCK) as u64, 1, &[1.0]);
        let settings = StripSettings {
            delay_ms: 10.0,
            invert: true,
            ..StripSettings::default()
        };
        delayed.settings.push((0, settings));
        delayed.settings.push((7, settings));
        mixer.order(delayed);
        let heard = left(&mut mixer, 15);
        assert!(heard[2 * BLOCK..5 * BLOCK] == input[2 * BLOCK..5 * BLOCK]);
        let later = 8 * BLOCK..15 * BLOCK;
        let wanted = input[7 * BLOCK..14 * BLOCK].iter().map(|s| -s);
        assert!(heard[later].iter().copied().eq(wanted));
    }

    /// How far gate and compressor turned two strips down, and what the second is of what it brought, once
    /// it is steady; the strips are in these slots, one much louder than the other.
    fn turned_down([loud, soft]: [usize; 2], linked: bool) -> ([[f32; 2]; 2], f32) {
        let mut levels = [0.0; 6];
        (levels[loud], levels[soft]) = (0.5, 0.01);
        let (mut mixer, _writers) = mixer(&levels, 220);
        let mut order = order(0, 1, &[0.0; 6]);
        order.strips[soft].follow = 1.0;
        if linked {
            order.strips[loud].linked = Some(soft);
            order.strips[soft].linked = Some(loud);
        }
        let mut settings = StripSettings::default();
        settings.gate.on = true;
        settings.gate.threshold_db = -20.0;
        settings.gate.range_db = 12.0;
        settings.compressor.on = true;
        settings.compressor.threshold_db = -26.0;
        settings.compressor.knee_db = 0.0;
        settings.compressor.ratio = 2.0;
        settings.compressor.makeup_db = 0.0;
        order.settings = vec![(loud, settings), (soft, settings)];
        mixer.order(order);
        left(&mut mixer, 150);
        let meters = mixer.meters.clone();
        for slot in [loud, soft] {
            meters.take_dynamics(slot);
        }
        let heard = left(&mut mixer, 50);
        let by = [loud, soft].map(|slot| meters.take_dynamics(slot).map(|(db, _)| db));
        (by, heard[heard.len() - 1] / levels[soft])
    }

    #[test]
    fn linked_strips_are_turned_down_together_by_the_louder() {
        // 20 dB above the threshold, of which the ratio leaves half.
        let turned = -6.02 + 26.0;
        let turned = turned / 2.0;
        let near = |db: f32, wanted: f32| (db - wanted).abs() < 0.1;
        // Side by side among four, and far from each other, either way round.
        for slots in [[0, 1], [1, 0], [2, 5], [5, 2]] {
            let ([loud, soft], gain) = turned_down(slots, true);
            assert!(
                near(loud[0], 0.0) && near(loud[1], turned),
                "{slots:?} {loud:?}"
            );
            assert_eq!(loud, soft, "{slots:?}");
            assert!(near(20.0 * gain.log10(), -turned), "{slots:?}: {gain}");
            let ([loud, soft], gain) = turned_down(slots, false);
            assert!(
                near(loud[0], 0.0) && near(loud[1], turned),
                "{slots:?} {loud:?}"
            );
            assert!(near(soft[0], 12.0) && soft[1] == 0.0, "{slots:?} {soft:?}");
            assert!(near(20.0 * gain.log10(), -12.0), "{slots:?}: {gain}");
        }
    }

    #[test]
    fn linked_strips_share_gain_as_one() {
        let (mut mixer, _writers) = mixer(&[0.1, 0.0, 0.0, 0.2, 0.2], 120);
        let mut order = order(0, 1, &[1.0; 5]);
        (order.strips[0].linked, order.strips[4].linked) = (Some(4), Some(0));
        let mut settings = StripSettings::default();
        settings.share.on = true;
        order.settings = [0, 3, 4].map(|slot| (slot, settings)).to_vec();
        mixer.order(order);
        left(&mut mixer, 100);
        let shared = [0, 3, 4].map(|slot| mixer.meters.take_turned(slot).share_db);
        // Two that are as loud share by half: the louder of the linked counts, once.
        for db in shared {
            assert!((db - 3.01).abs() < 0.05, "{shared:?}");
        }
    }

    #[test]
    fn a_sum_above_full_scale_is_limited() {
        let (mut mixer, _writers) = mixer(&[0.8, 0.8, 0.8], 60);
        mixer.order(order(0, 1, &[1.0, 1.0, 1.0]));
        let heard = left(&mut mixer, 50);
        assert!(heard.iter().all(|s| s.abs() < 0.892));
        assert!(heard[20_000] > 0.87);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_bit_is_the_same_on_processors_with_wider_instructions_and_without() {
        let heard = |narrow: bool| {
            crate::audio::wide::NARROW.set(narrow);
            let mut settings = StripSettings {
                trim_db: 18.0,
                pan: 0.3,
                delay_ms: 7.0,
                ..StripSettings::default()
            };
            settings.high_pass.on = true;
            settings.gate.on = true;
            settings.gate.threshold_db = -12.0;
            settings.eq.on = true;
            settings.eq.bands[1].gain_db = 6.0;
            settings.eq.bands[3].gain_db = -3.0;
            settings.compressor.on = true;
            settings.share.on = true;
            let (mut mixer, _writer) = playing(&noise(80 * BLOCK));
            let mut order = order(0, 1, &[1.0]);
            order.settings.push((0, settings));
            order.buses.master.eq = settings.eq;
            order.buses.master.ceiling_db = -9.0;
            order.strips[0].back = Some(1.0);
            mixer.order(order.clone());
            order.position = 30 * BLOCK as u64 + 17;
            order.ramp = 4000;
            order.strips[0].follow = 0.25;
            mixer.order(order);
            let heard = left(&mut mixer, 70);
            assert!(heard.iter().any(|s| s.abs() > 0.01));
            heard.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        assert!(heard(true) == heard(false));
    }
}
