//! Packets in, fragments of an MP4 out.

use gstreamer as gst;

use super::{Head, Sample, TIMESCALE, boxed, full, longs, opening, words};
use crate::media::{Headers, House, NS_PER_S, Packet, Track};

/// A fragment is so long, in nanoseconds: what is lost at most where its writer dies.
const FRAGMENT_NS: i64 = NS_PER_S / 2;
/// Units of time in a second where pictures do not say how many there are.
const USUAL: u32 = 90_000;

const KEYFRAME: u32 = 0x0200_0000;
const INTERFRAME: u32 = 0x0101_0000;

/// A packet that waits for its fragment.
struct Waiting {
    sample: Sample,
    /// Decoded at, in program time.
    dts: House,
    bytes: gst::Buffer,
    lasts: u32,
}

/// Puts packets into fragments.
pub struct Writer {
    heads: Vec<Head>,
    /// Of pictures and sound.
    waiting: [Vec<Waiting>; 2],
    /// When the first picture is decoded, in program time.
    first_dts: House,
    /// When it is shown.
    base: House,
    sequence: u32,
}

impl Writer {
    /// A writer for a file that begins with this picture; `None` where its headers lack what a player
    /// needs.
    pub fn new(first: &Packet) -> Option<Self> {
        let heads = vec![video(first)?, audio(&first.headers)?];
        Some(Self {
            heads,
            waiting: [Vec::new(), Vec::new()],
            first_dts: first.dts,
            base: first.pts,
            sequence: 0,
        })
    }

    /// What the file begins with.
    pub fn opening(&self) -> Vec<u8> {
        opening(&self.heads)
    }

    /// Takes a packet; gives the fragment that is full by it. Packets from before the first picture are
    /// not taken by whoever calls this.
    pub fn take(&mut self, packet: &Packet) -> Option<Vec<u8>> {
        let (track, begin) = match packet.track {
            Track::Video => (0, self.first_dts),
            Track::Audio => (1, self.base),
        };
        let scale = self.heads[track].timescale;
        let at = |time: House| to_units(time - begin, scale);
        // Sound is decoded and heard at once.
        let dts = match packet.track {
            Track::Video => at(packet.dts),
            Track::Audio => at(packet.pts),
        };
        let waiting = &mut self.waiting[track];
        if let Some(last) = waiting.last_mut() {
            last.sample.duration = u32::try_from(dts.saturating_sub(last.sample.dts)).unwrap_or(0);
        }
        waiting.push(Waiting {
            sample: Sample {
                dts,
                duration: 0,
                offset: u32::try_from(at(packet.pts).saturating_sub(dts)).unwrap_or(0),
                size: packet.size() as u32,
                keyframe: packet.keyframe,
            },
            dts: packet.dts,
            bytes: packet.buffer.clone(),
            lasts: to_units(packet.duration, scale) as u32,
        });
        let first = self.waiting.iter().flatten().map(|w| w.dts).min()?;
        if packet.dts - first < FRAGMENT_NS {
            return None;
        }
        self.fragment(false)
    }

    /// The last fragment; `None` where nothing waits.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        self.fragment(true)
    }

    /// A fragment of what waits; but the last of each track stays, for it is not known how long it lasts,
    /// unless the file ends.
    fn fragment(&mut self, last: bool) -> Option<Vec<u8>> {
        let taken: Vec<Vec<Waiting>> = self
            .waiting
            .iter_mut()
            .map(|waiting| {
                let stays = waiting.len().saturating_sub(usize::from(!last));
                let mut taken: Vec<Waiting> = waiting.drain(..stays).collect();
                if let Some(end) = taken.last_mut().filter(|_| last) {
                    end.sample.duration = end.lasts;
                }
                taken
            })
            .collect();
        let mut tracks: Vec<(&Head, Vec<Sample>)> = Vec::new();
        let mut bytes = Vec::new();
        for (head, waiting) in self.heads.iter().zip(&taken) {
            for one in waiting {
                let before = bytes.len();
                if let Ok(map) = one.bytes.map_readable() {
                    bytes.extend_from_slice(map.as_slice());
                }
                // What is said of it and what is there are one, whatever became of its memory.
                bytes.resize(before + one.sample.size as usize, 0);
            }
            if !waiting.is_empty() {
                tracks.push((head, waiting.iter().map(|w| w.sample).collect()));
            }
        }
        if tracks.is_empty() {
            return None;
        }
        self.sequence += 1;
        // Its own length does not depend on where things are.
        let length = moof(self.sequence, &tracks, 0).len() as u32;
        let moof = moof(self.sequence, &tracks, length + 8);
        Some([moof, boxed(b"mdat", &[&bytes])].concat())
    }
}

/// The head of a fragment whose samples begin `at` bytes behind its beginning.
fn moof(sequence: u32, tracks: &[(&Head, Vec<Sample>)], mut at: u32) -> Vec<u8> {
    let mut parts = vec![full(b"mfhd", 0, 0, &[&words(&[sequence])])];
    for (head, samples) in tracks {
        let begin = samples.first().map_or(0, |sample| sample.dts);
        // Places are counted from the fragment.
        let tfhd = full(b"tfhd", 0, 0x2_0020, &[&words(&[head.id, KEYFRAME])]);
        let tfdt = full(b"tfdt", 1, 0, &[&longs(&[begin])]);
        let mut body = words(&[samples.len() as u32, at]);
        for sample in samples {
            body.extend(words(&[sample.duration, sample.size]));
            if head.video {
                let flags = if sample.keyframe {
                    KEYFRAME
                } else {
                    INTERFRAME
                };
                body.extend(words(&[flags, sample.offset]));
            }
            at += sample.size;
        }
        let flags = if head.video { 0xf01 } else { 0x301 };
        let trun = full(b"trun", 0, flags, &[&body]);
        parts.push(boxed(b"traf", &[&tfhd, &tfdt, &trun]));
    }
    boxed(b"moof", &[&parts.concat()])
}

fn to_units(ns: i64, timescale: u32) -> u64 {
    let ns = i128::from(ns.max(0));
    let second = i128::from(NS_PER_S);
    ((ns * i128::from(timescale) + second / 2) / second) as u64
}

fn codec_data(caps: &gst::Caps) -> Option<Vec<u8>> {
    let buffer = caps.structure(0)?.get::<gst::Buffer>("codec_data").ok()?;
    let map = buffer.map_readable().ok()?;
    Some(map.as_slice().to_vec())
}

fn video(first: &Packet) -> Option<Head> {
    let caps = &first.headers.video;
    let about = caps.structure(0)?;
    let side = |name| u16::try_from(about.get::<i32>(name).ok()?).ok();
    let size = (side("width")?, side("height")?);
    // So that a picture lasts a whole number of units.
    let rate = about.get::<gst::Fraction>("framerate").ok();
    let timescale = rate
        .and_then(|rate| u32::try_from(rate.numer()).ok())
        .filter(|&rate| rate > 0)
        .map_or(USUAL, |rate| rate * 10_000u32.div_ceil(rate));
    let avcc = boxed(b"avcC", &[&codec_data(caps)?]);
    // BT.709, limited range, as the house has it.
    let colour = boxed(b"colr", &[b"nclx", &[0, 1, 0, 1, 0, 1, 0]]);
    let square = boxed(b"pasp", &[&words(&[1, 1])]);
    let mut entry = words(&[0, 1, 0, 0, 0, 0]);
    entry.extend(size.0.to_be_bytes());
    entry.extend(size.1.to_be_bytes());
    // 72 dots an inch, one picture a sample, no name, 24 bits.
    entry.extend(words(&[0x48_0000, 0x48_0000, 0]));
    entry.extend([0, 1]);
    entry.extend([0; 32]);
    entry.extend([0, 0x18, 0xff, 0xff]);
    let entry = boxed(b"avc1", &[&entry, &avcc, &colour, &square]);
    Some(Head {
        id: 1,
        video: true,
        timescale,
        delay: to_units(first.pts - first.dts, timescale),
        size,
        description: full(b"stsd", 0, 0, &[&words(&[1]), &entry]),
    })
}

fn audio(headers: &Headers) -> Option<Head> {
    let about = headers.audio.structure(0)?;
    let rate = about
        .get::<i32>("rate")
        .ok()
        .and_then(|r| u32::try_from(r).ok());
    let rate = rate
        .filter(|&rate| (1..=0xffff).contains(&rate))
        .unwrap_or(TIMESCALE);
    let channels = about.get::<i32>("channels").unwrap_or(2) as u16;
    let config = codec_data(&headers.audio)?;
    let tagged = |tag: u8, parts: &[&[u8]]| {
        let body = parts.concat();
        // Lengths of four bytes, as QuickTime likes them.
        let n = body.len() as u32;
        let seven = |shift: u32| (n >> shift) as u8 & 0x7f;
        let head = [
            tag,
            seven(21) | 0x80,
            seven(14) | 0x80,
            seven(7) | 0x80,
            seven(0),
        ];
        [head.as_slice(), &body].concat()
    };
    let specific = tagged(5, &[&config]);
    // AAC, sound, sizes and rates unknown.
    let decoder = tagged(4, &[&[0x40, 0x15], &[0; 11], &specific]);
    let descriptor = tagged(3, &[&[0, 2, 0], &decoder, &tagged(6, &[&[2]])]);
    let esds = full(b"esds", 0, 0, &[&descriptor]);
    let mut entry = words(&[0, 1, 0, 0]);
    entry.extend(channels.to_be_bytes());
    entry.extend([0, 16, 0, 0, 0, 0]);
    entry.extend(words(&[rate << 16]));
    let entry = boxed(b"mp4a", &[&entry, &esds]);
    Some(Head {
        id: 2,
        video: false,
        timescale: rate,
        delay: 0,
        size: (0, 0),
        description: full(b"stsd", 0, 0, &[&words(&[1]), &entry]),
    })
}
