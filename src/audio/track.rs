//! One source's sound brought to house time: each sample is heard when its mark says so.
//!
//! A clip is in step with the house and is copied sample by sample. A live source's clock drifts, so
//! its sound is resampled, its speed bent so slightly that nobody hears it, until it is where its
//! marks say. Where there is no way but a jump, the step is smoothed.

use std::collections::VecDeque;

use super::bend::{Bend, Bender};
use super::step::Step;
use crate::input::{Mark, SoundReader};
use crate::media::{BLOCK, CHANNELS, House, NS_PER_S, SAMPLE_RATE};

/// A clip may be off by so many samples (5 ms) before it is put right: containers round their time
/// stamps, Matroska to whole milliseconds, and its samples follow each other all the same.
const SLACK: f64 = 240.0;
/// A live source this far off (40 ms) is put right at once.
const FAR: f64 = 0.04 * SAMPLE_RATE as f64;
/// See the module's words.
pub struct Track {
    reader: SoundReader,
    /// The mark that rules at the read position, and those to come.
    mark: Option<Mark>,
    coming: VecDeque<Mark>,
    resampler: Option<Bender>,
    /// Whether the last block was this source's sound.
    running: bool,
    /// How late a clip is, in samples.
    late: f64,
    /// How a live source's lateness is worked off.
    bend: Bend,
    step: Step,
}

impl Track {
    /// A track that reads from `reader`; `live` where the source keeps its own clock.
    pub fn new(reader: SoundReader, live: bool) -> Self {
        Self {
            reader,
            mark: None,
            coming: VecDeque::with_capacity(64),
            resampler: live.then(|| Bender::new(1.0, BLOCK)).flatten(),
            running: false,
            late: 0.0,
            bend: Bend::default(),
            step: Step::default(),
        }
    }

    /// How late (+) the sound is, in samples.
    pub fn late_samples(&self) -> f32 {
        let late = match self.resampler {
            Some(_) => self.bend.late(),
            None => self.late,
        };
        late as f32
    }

    /// Fills one block with what is to be heard from house time `start` on; silence where there is
    /// nothing. Gives whether any of it is the source's.
    pub fn block(&mut self, start: House, out: &mut [f32]) -> bool {
        while let Some(mark) = self.reader.next_mark() {
            self.coming.push_back(mark);
        }
        self.leave_behind(start);
        self.reach_marks();
        let heard = match self.resampler.take() {
            Some(mut bender) => {
                let heard = self.bend(start, out, &mut bender);
                self.resampler = Some(bender);
                heard
            }
            None => self.copy(start, out),
        };
        if !heard {
            self.running = false;
        }
        self.step.smooth(out);
        heard
    }

    /// A clip that was sent elsewhere has what it was to play still waiting: what was put behind that
    /// and is due goes before it.
    fn leave_behind(&mut self, start: House) {
        if self.resampler.is_some() {
            return;
        }
        let due = |mark: &Mark| mark.jump && mark.time <= start;
        if let Some(newest) = self.coming.iter().rposition(due) {
            let old = self.coming[newest]
                .index
                .saturating_sub(self.reader.position());
            if old > 0 {
                self.step.begins();
                self.reader.skip(old as usize);
            }
        }
    }

    /// In step with the house: samples are copied, from mark to mark.
    fn copy(&mut self, start: House, out: &mut [f32]) -> bool {
        let frames = out.len() / CHANNELS;
        let mut filled = 0;
        let mut heard = false;
        while filled < frames {
            self.reach_marks();
            let now = start + (filled as i64 * NS_PER_S) / SAMPLE_RATE as i64;
            let rest = &mut out[filled * CHANNELS..];
            let Some(late) = self.late_at(now) else {
                self.break_off(rest);
                break;
            };
            if late.abs() > SLACK || (!self.running && late.abs() >= 1.0) {
                if late > 0.0 {
                    self.step.begins();
                    let old = self.until_mark().min(late.round() as usize);
                    if self.reader.skip(old.max(1)) == 0 {
                        self.break_off(rest);
                        break;
                    }
                    continue;
                }
                // Too early: silence until its time.
                let silence = ((-late).round() as usize).clamp(1, frames - filled);
                self.break_off(&mut rest[..silence * CHANNELS]);
                filled += silence;
                continue;
            }
            if !self.running {
                self.step.begins();
                self.running = true;
            }
            let wanted = (frames - filled).min(self.until_mark().max(1));
            let taken = self.reader.take(&mut rest[..wanted * CHANNELS]);
            if taken == 0 {
                self.break_off(rest);
                break;
            }
            self.late = late;
            filled += taken;
            heard = true;
        }
        heard
    }

    /// A clock of its own: resampled by a ratio that follows the error.
    fn bend(&mut self, start: House, out: &mut [f32], bender: &mut Bender) -> bool {
        let delay = bender.delay();
        let mut found = match self.running {
            true => self.late_at(start),
            false => self.settle(start),
        };
        // What is left from before a gap says nothing of what comes behind it.
        while let Some(late) = found {
            if late + delay <= FAR || self.coming.is_empty() {
                break;
            }
            self.running = false;
            let old = self.until_mark().min((late + delay) as usize);
            self.reader.skip(old.max(1));
            self.reach_marks();
            found = self.settle(start);
        }
        let Some(late) = found.map(|late| late + delay) else {
            self.break_off(out);
            return false;
        };
        if !self.running || late.abs() > FAR {
            self.running = false;
            // The resampler begins with an edge; a block of what went before takes it away.
            let lead = late.round() as isize - BLOCK as isize;
            if lead < 0
                || self.reader.waiting() < lead as usize + 2 * BLOCK + 2 * delay as usize
                || self.reader.skip(lead as usize) < lead as usize
            {
                self.break_off(out);
                return false;
            }
            bender.restart();
            self.bend.reset();
            if !self.run(bender, out) {
                self.break_off(out);
                return false;
            }
            self.step.begins();
            self.running = true;
        } else {
            let seconds = out.len() as f64 / (CHANNELS * SAMPLE_RATE) as f64;
            self.bend.see(late, seconds);
        }
        bender.bend(self.bend.speed());
        let done = self.run(bender, out);
        if !done {
            self.break_off(out);
        }
        done
    }

    /// One block through the resampler; not if too little waits.
    fn run(&mut self, bender: &mut Bender, out: &mut [f32]) -> bool {
        if self.reader.waiting() < bender.needs() {
            return false;
        }
        bender.run(|input| self.reader.take(input), out)
    }

    /// How many samples late the next sample of the ring is, if it were heard at `now`. `None` where
    /// nothing waits.
    fn late_at(&self, now: House) -> Option<f64> {
        let mark = self.mark?;
        if self.reader.waiting() == 0 {
            return None;
        }
        let ahead = (self.reader.position() - mark.index) as f64;
        Some((now - mark.time) as f64 * SAMPLE_RATE as f64 / NS_PER_S as f64 - ahead)
    }

    /// The same before anything is heard, by most of the marks that have come, which rules from here on: the
    /// first block of a stream is often said to begin when its stream does, though it begins before that (the
    /// priming of AAC), and what it would be off by would be worked off for many seconds.
    fn settle(&mut self, now: House) -> Option<f64> {
        let first = self.mark?;
        if self.reader.waiting() == 0 {
            return None;
        }
        let offset = |mark: &Mark| {
            let samples = mark.index as i64 * NS_PER_S / SAMPLE_RATE as i64;
            mark.time - samples
        };
        let mut offsets = [0; 8];
        let coming = self.coming.iter().take_while(|mark| !mark.jump);
        let mut many = 0;
        for (place, mark) in offsets.iter_mut().zip([&first].into_iter().chain(coming)) {
            *place = offset(mark);
            many += 1;
        }
        let known = &mut offsets[..many];
        known.sort_unstable();
        // Of two it is the earlier, for what is wrong at the beginning is too late.
        let most = known[(many - 1) / 2];
        let position = self.reader.position();
        self.mark = Some(Mark {
            index: position,
            time: most + position as i64 * NS_PER_S / SAMPLE_RATE as i64,
            jump: false,
        });
        self.late_at(now)
    }

    /// Samples up to the next mark.
    fn until_mark(&self) -> usize {
        self.coming.front().map_or(usize::MAX, |mark| {
            (mark.index - self.reader.position()) as usize
        })
    }

    fn reach_marks(&mut self) {
        while let Some(mark) = self.coming.front() {
            if mark.index > self.reader.position() {
                break;
            }
            if mark.jump {
                self.running = false;
            }
            self.mark = self.coming.pop_front();
        }
    }

    /// Silence from here on.
    fn break_off(&mut self, out: &mut [f32]) {
        if self.running {
            self.running = false;
            self.step.begins();
        }
        out.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::sound_ring;
    use crate::media::block_start;

    const HZ: f64 = 997.0;

    /// Plays a tone from a source whose clock runs `ppm` fast, in packets of `packet` samples that
    /// come `early` before they are due; gives what is heard.
    fn play(live: bool, ppm: f64, packet: usize, blocks: usize) -> (Vec<f32>, Track) {
        let (mut writer, reader) = sound_ring();
        let mut track = Track::new(reader, live);
        let mut sent = 0usize;
        let speed = 1.0 + ppm * 1e-6;
        let time_of = |sample: usize| (sample as f64 / speed * 1e9 / SAMPLE_RATE as f64) as i64;
        let mut heard = Vec::new();
        let mut out = vec![0f32; BLOCK * CHANNELS];
        for k in 0..blocks {
            let start = block_start((k * BLOCK) as u64);
            while time_of(sent) < start + 60_000_000 {
                let samples: Vec<f32> = (sent..sent + packet)
                    .flat_map(|i| {
                        // The tone is in house time, so that it is heard true if all goes well.
                        let at = i as f64 / speed / SAMPLE_RATE as f64;
                        let value = (at * HZ * std::f64::consts::TAU).sin() as f32 * 0.5;
                        [value, value]
                    })
                    .collect();
                writer.push(&samples, time_of(sent), false);
                sent += packet;
            }
            track.block(start, &mut out);
            heard.extend(out.iter().step_by(CHANNELS));
        }
        (heard, track)
    }

    #[test]
    fn a_stream_whose_first_block_is_said_to_begin_too_late_is_in_its_place_from_the_start() {
        let (mut writer, reader) = sound_ring();
        let mut track = Track::new(reader, true);
        let packet = 1024;
        let begin = 50_000_000;
        let time_of = |n: usize| begin + (n * packet) as i64 * NS_PER_S / SAMPLE_RATE as i64;
        let tone = |i: usize| {
            let at = i as f64 / SAMPLE_RATE as f64;
            (at * HZ * std::f64::consts::TAU).sin() as f32 * 0.5
        };
        let mut heard = Vec::new();
        let mut out = vec![0f32; BLOCK * CHANNELS];
        let mut sent = 0;
        for k in 0..100 {
            let start = block_start((k * BLOCK) as u64);
            while time_of(sent) < start + 150_000_000 {
                let samples: Vec<f32> = (sent * packet..(sent + 1) * packet)
                    .flat_map(|i| [tone(i), tone(i)])
                    .collect();
                // The first begins when the second does, by its mark.
                let mark = time_of(sent.max(1));
                writer.push(&samples, mark, sent == 0);
                sent += 1;
            }
            track.block(start, &mut out);
            heard.extend(out.iter().step_by(CHANNELS));
            if heard.len() > 6000 {
                assert!(
                    track.late_samples().abs() < 48.0,
                    "{}",
                    track.late_samples()
                );
            }
        }
        // What is heard at a time is what belongs there.
        let at = 30_000;
        let begin = begin * SAMPLE_RATE as i64 / NS_PER_S;
        let exact: Vec<f32> = (0..480).map(|i| tone(at + i - begin as usize)).collect();
        let off: f32 = exact
            .iter()
            .zip(&heard[at..])
            .map(|(a, b): (&f32, &f32)| (a - b).abs())
            .fold(0.0, f32::max);
        // A sample is 0.065 of it at the steepest.
        assert!(off < 0.065, "{off}");
    }

    /// The largest second difference: a click shows in it, a tone hardly.
    fn roughest(heard: &[f32]) -> f32 {
        heard
            .windows(3)
            .map(|w| (w[0] - 2.0 * w[1] + w[2]).abs())
            .fold(0.0, f32::max)
    }

    /// Phase of the tone in `heard[from..from + 4800]` against house time, in samples.
    fn phase(heard: &[f32], from: usize) -> f64 {
        let (mut re, mut im) = (0f64, 0f64);
        for (i, &sample) in heard.iter().enumerate().skip(from).take(4800) {
            let angle = i as f64 / SAMPLE_RATE as f64 * HZ * std::f64::consts::TAU;
            re += f64::from(sample) * angle.sin();
            im += f64::from(sample) * angle.cos();
        }
        im.atan2(re) / std::f64::consts::TAU * SAMPLE_RATE as f64 / HZ
    }

    #[test]
    fn a_clip_is_copied_to_the_sample() {
        let (heard, _) = play(false, 0.0, 1024, 200);
        for (i, &sample) in heard.iter().enumerate().skip(BLOCK) {
            let at = i as f64 / SAMPLE_RATE as f64;
            let exact = (at * HZ * std::f64::consts::TAU).sin() as f32 * 0.5;
            assert!((sample - exact).abs() < 1e-5, "{i}");
        }
    }

    #[test]
    fn a_live_source_500_ppm_off_is_heard_on_time_and_without_a_click() {
        // A tone of this pitch has at most this second difference.
        let smooth = 0.5 * (HZ * std::f64::consts::TAU / SAMPLE_RATE as f64).powi(2) as f32;
        for ppm in [500.0, -500.0, 0.0] {
            let (heard, track) = play(true, ppm, 960, 6000);
            let settled = &heard[48_000..];
            assert!(roughest(settled) < smooth * 1.1, "a click at {ppm} ppm");
            assert!(
                track.late_samples().abs() < 96.0,
                "{} samples",
                track.late_samples()
            );
            // The last second is within 2 ms of house time.
            let off = phase(&heard, heard.len() - 4800);
            // The phase wraps each 48 samples: this shows the last part of a millisecond only, the
            // error above shows the rest.
            assert!(
                (off.abs() - f64::from(track.late_samples()).abs()).abs() < 8.0 || off.abs() < 8.0,
                "{off} {}",
                track.late_samples()
            );
        }
    }

    #[test]
    fn a_clip_whose_time_stamps_are_whole_milliseconds_has_no_clicks() {
        let (mut writer, reader) = sound_ring();
        let mut track = Track::new(reader, false);
        let mut out = vec![0f32; BLOCK * CHANNELS];
        let mut heard = Vec::new();
        let mut sent = 0usize;
        for k in 0..1000usize {
            let start = block_start((k * BLOCK) as u64);
            while (sent as i64) < ((k + 5) * BLOCK) as i64 {
                let samples: Vec<f32> = (sent..sent + 1024)
                    .flat_map(|i| [(i as f64 * 0.05).sin() as f32 * 0.5; 2])
                    .collect();
                let exact = sent as f64 * 1e3 / SAMPLE_RATE as f64;
                writer.push(&samples, exact.round() as i64 * 1_000_000, false);
                sent += 1024;
            }
            track.block(start, &mut out);
            heard.extend(out.iter().step_by(CHANNELS));
        }
        assert!(roughest(&heard[BLOCK..]) < 0.5 * 0.05 * 0.05 * 1.01);
    }

    #[test]
    fn a_gap_is_silence_and_both_its_edges_are_smooth() {
        for live in [false, true] {
            let (mut writer, reader) = sound_ring();
            let mut track = Track::new(reader, live);
            let tone = |from: usize| -> Vec<f32> {
                (from..from + 480)
                    .flat_map(|i| {
                        let v = ((i as f64) * 0.02).cos() as f32 * 0.5;
                        [v, v]
                    })
                    .collect()
            };
            let mut heard = Vec::new();
            let mut out = vec![0f32; BLOCK * CHANNELS];
            for k in 0..100usize {
                // Nothing is sent for 20 blocks in the middle.
                if !(40..60).contains(&k) {
                    let time = block_start((k * BLOCK) as u64) + 40_000_000;
                    writer.push(&tone(k * 480), time, false);
                }
                track.block(block_start((k * BLOCK) as u64), &mut out);
                heard.extend(out.iter().step_by(CHANNELS));
            }
            assert!(
                roughest(&heard[9600..]) < 0.02,
                "live {live}: {}",
                roughest(&heard[9600..])
            );
            let middle = &heard[55 * BLOCK..60 * BLOCK];
            assert!(middle.iter().all(|s| s.abs() < 1e-3), "live {live}");
            let after = &heard[80 * BLOCK..];
            assert!(after.iter().any(|s| s.abs() > 0.4), "live {live}: not back");
        }
    }

    #[test]
    fn a_jump_of_the_time_stamps_is_followed() {
        let (mut writer, reader) = sound_ring();
        let mut track = Track::new(reader, false);
        let ones = vec![0.25f32; 480 * CHANNELS];
        let mut out = vec![0f32; BLOCK * CHANNELS];
        writer.push(&ones, 0, false);
        // The next block says that it is for a second later.
        writer.push(&ones, NS_PER_S, true);
        assert!(track.block(0, &mut out));
        assert!(!track.block(10_000_000, &mut out));
        assert!(track.block(NS_PER_S, &mut out));
        assert!((out[900] - 0.25).abs() < 1e-6);
    }
}
