//! Reads what came out: every decoded picture, every packet and the sound of a recording or of what
//! a server received, torn files too. ffmpeg decodes, so that what regie made is judged by another
//! program than the library that made it.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use super::coded::{self, Code, Luma, Rect};

/// One decoded picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T> {
    /// When it is to be seen, in seconds of the file's own time line.
    pub pts: f64,
    /// Of all its pixels.
    pub hash: u64,
    /// What was read from it.
    pub what: T,
}

/// Pictures of a file and what the decoder complained of.
pub struct Pictures<T> {
    /// In the order in which they are shown.
    pub seen: Vec<Seen<T>>,
    /// Complaints of the decoder.
    pub complaints: Vec<String>,
    /// Pixels across and down.
    pub size: (usize, usize),
}

impl<T: Copy> Pictures<T> {
    /// What was read, in order.
    pub fn codes(&self) -> Vec<T> {
        self.seen.iter().map(|seen| seen.what).collect()
    }

    /// The codes of a file that nobody closed. Pictures lie in it in the order in which they are
    /// decoded: of those between two that lean on each other (at most [`B_FRAMES`]) the last may not
    /// have been written when the one that is seen after them was.
    pub fn codes_of_torn(&self, fps: f64) -> Vec<T> {
        let last = self.seen.len().saturating_sub(B_FRAMES + 2);
        let gap = |at: &usize| self.seen[*at].pts - self.seen[at - 1].pts > 1.5 / fps;
        let end = (last.max(1)..self.seen.len()).find(gap);
        self.codes()[..end.unwrap_or(self.seen.len())].to_vec()
    }
}

/// How many pictures the encoder may put between two that lean on each other.
const B_FRAMES: usize = 2;

/// Every picture with the code that fills it.
pub fn pictures(path: &Path) -> Pictures<Option<Code>> {
    pictures_with(path, |luma| {
        coded::read(luma, Rect::whole(luma.width, luma.height))
    })
}

/// Every picture with what `look` reads from its luma.
pub fn pictures_with<T>(path: &Path, look: impl Fn(Luma<'_>) -> T) -> Pictures<T> {
    let Some(size) = size_of(path) else {
        return Pictures {
            seen: Vec::new(),
            complaints: vec![format!("{}: no picture track", path.display())],
            size: (0, 0),
        };
    };
    let mut child = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-nostats", "-copyts", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-vf", "showinfo=checksum=0"])
        .args(["-fps_mode", "passthrough", "-f", "rawvideo"])
        .args(["-pix_fmt", "yuv420p", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ffmpeg starts");
    let told = times_told(child.stderr.take().expect("stderr is piped"));
    let mut out = child.stdout.take().expect("stdout is piped");
    let (w, h) = size;
    let mut picture = vec![0u8; w * h + 2 * w.div_ceil(2) * h.div_ceil(2)];
    let mut read = Vec::new();
    while out.read_exact(&mut picture).is_ok() {
        let luma = Luma {
            data: &picture[..w * h],
            stride: w,
            width: w,
            height: h,
        };
        read.push((hash_of(&picture), look(luma)));
    }
    child.wait().expect("ffmpeg ends");
    let told = told.join().expect("its words were read");
    assert_eq!(
        told.spans.len(),
        read.len(),
        "{}: as many times as pictures; {:?}",
        path.display(),
        told.complaints
    );
    let seen = told.spans.iter().zip(read);
    Pictures {
        seen: seen
            .map(|(span, (hash, what))| Seen {
                pts: span.pts,
                hash,
                what,
            })
            .collect(),
        complaints: told.complaints,
        size,
    }
}

/// Size of the pictures as they are shown; `None` where there is no picture.
pub fn size_of(path: &Path) -> Option<(usize, usize)> {
    let text = ffprobe(path, &["-select_streams", "v:0", "-show_streams"]);
    let value = |name: &str| -> Option<f64> {
        text.lines()
            .find_map(|l| l.strip_prefix(name)?.strip_prefix('='))
            .and_then(|v| v.parse().ok())
    };
    let (w, h) = (value("width")? as usize, value("height")? as usize);
    // ffmpeg turns pictures by the tag when it decodes.
    let turned = value("rotation").is_some_and(|r| (r.abs() as u32) % 180 == 90);
    Some(if turned { (h, w) } else { (w, h) })
}

fn ffprobe(path: &Path, arguments: &[&str]) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error"])
        .args(arguments)
        .args(["-of", "default"])
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .expect("ffprobe starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn hash_of(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// A decoded piece as ffmpeg's information filters tell of it.
struct Span {
    pts: f64,
    samples: usize,
}

struct Told {
    spans: Vec<Span>,
    complaints: Vec<String>,
}

/// Reads what the filters `showinfo` and `ashowinfo` say, on a thread so that no pipe fills up.
fn times_told(stderr: impl Read + Send + 'static) -> std::thread::JoinHandle<Told> {
    std::thread::spawn(move || {
        let mut told = Told {
            spans: Vec::new(),
            complaints: Vec::new(),
        };
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let field = |name: &str| {
                let rest = &line[line.find(name)? + name.len()..];
                rest.split_whitespace().next()
            };
            if line.contains("showinfo") {
                if let Some(pts) = field(" pts_time:").and_then(|v| v.parse().ok()) {
                    let samples = field(" nb_samples:").and_then(|v| v.parse().ok());
                    told.spans.push(Span {
                        pts,
                        samples: samples.unwrap_or(0),
                    });
                }
            } else if ["rror", "concealing", "nvalid", "corrupt", "non monoton"]
                .iter()
                .any(|word| line.contains(word))
            {
                told.complaints.push(line);
            }
        }
        told
    })
}

/// One packet as it lies in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct PacketSeen {
    /// Picture, or else sound.
    pub video: bool,
    /// When it is seen or heard, in seconds.
    pub pts: f64,
    /// When it is decoded, in seconds.
    pub dts: f64,
    /// Decoding can start here.
    pub key: bool,
    /// Bytes.
    pub size: usize,
    /// Of the bytes.
    pub hash: String,
}

/// The packets of a file in the order in which they lie there.
pub fn packets(path: &Path) -> Vec<PacketSeen> {
    let text = ffprobe(path, &["-show_packets", "-show_data_hash", "MD5"]);
    text.split("[PACKET]")
        .filter_map(|part| {
            let value = |name: &str| {
                part.lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            };
            let time = |name| value(name).and_then(|v| v.parse::<f64>().ok());
            let pts = time("pts_time").or_else(|| time("dts_time"))?;
            Some(PacketSeen {
                video: value("codec_type")? == "video",
                pts,
                dts: time("dts_time").unwrap_or(pts),
                key: value("flags")?.starts_with('K'),
                size: value("size")?.parse().ok()?,
                hash: value("data_hash").unwrap_or_default().to_owned(),
            })
        })
        .collect()
}

/// The sound of a file: 48 kHz stereo.
pub struct Sound {
    /// Time of the first sample in seconds of the file's own time line.
    pub start: f64,
    /// Left and right. Where the file has a hole there is silence, so that position is time.
    pub samples: Vec<[f32; 2]>,
    /// Holes (+) and overlaps (−): when, and how many seconds.
    pub gaps: Vec<(f64, f64)>,
    /// Complaints of the decoder.
    pub complaints: Vec<String>,
}

const RATE: f64 = 48_000.0;

/// Decodes the sound of a file; empty where it has none.
pub fn sound(path: &Path) -> Sound {
    let mut child = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-nostats", "-copyts", "-i"])
        .arg(path)
        .args(["-map", "0:a:0", "-af", "ashowinfo", "-f", "f32le"])
        .args(["-ac", "2", "-ar", "48000", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ffmpeg starts");
    let told = times_told(child.stderr.take().expect("stderr is piped"));
    let mut bytes = Vec::new();
    let mut out = child.stdout.take().expect("stdout is piped");
    out.read_to_end(&mut bytes).expect("the sound is read");
    child.wait().expect("ffmpeg ends");
    let told = told.join().expect("its words were read");
    let value = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    let decoded: Vec<[f32; 2]> = bytes
        .chunks_exact(8)
        .map(|b| [value(&b[..4]), value(&b[4..])])
        .collect();
    let mut sound = Sound {
        start: told.spans.first().map_or(0.0, |span| span.pts),
        samples: Vec::with_capacity(decoded.len()),
        gaps: Vec::new(),
        complaints: told.complaints,
    };
    let mut taken = 0;
    for span in told.spans {
        let expected = sound.start + sound.samples.len() as f64 / RATE;
        let step = span.pts - expected;
        // FLV counts whole milliseconds.
        if step.abs() > 0.0025 {
            sound.gaps.push((expected, step));
            let position = ((span.pts - sound.start) * RATE).round().max(0.0) as usize;
            sound.samples.resize(position, [0.0; 2]);
        }
        let end = (taken + span.samples).min(decoded.len());
        sound
            .samples
            .extend_from_slice(&decoded[taken.min(end)..end]);
        taken = end;
    }
    // What the decoder gave at its end without a word of its own.
    sound.samples.extend_from_slice(&decoded[taken..]);
    sound
}

impl Sound {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / RATE
    }

    /// Amplitude of a tone around time `t`, of the mean of both channels, through a Hann window of
    /// `window` seconds (Goertzel's algorithm). A sine of amplitude 0.5 on both channels gives 0.5.
    pub fn amplitude(&self, hertz: f64, t: f64, window: f64) -> f64 {
        self.amplitude_of(hertz, t, window, |s| f64::from(s[0] + s[1]) / 2.0)
    }

    /// As [`Self::amplitude`], of one channel: 0 left, 1 right.
    pub fn channel(&self, channel: usize, hertz: f64, t: f64, window: f64) -> f64 {
        self.amplitude_of(hertz, t, window, |s| f64::from(s[channel]))
    }

    fn amplitude_of(
        &self,
        hertz: f64,
        t: f64,
        window: f64,
        value: impl Fn(&[f32; 2]) -> f64,
    ) -> f64 {
        let n = (window * RATE).round() as i64;
        let first = ((t - self.start) * RATE).round() as i64 - n / 2;
        let turn = std::f64::consts::TAU * hertz / RATE;
        let (mut s1, mut s2, mut weight) = (0.0, 0.0, 0.0);
        for i in 0..n {
            let hann = 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / n as f64).cos();
            weight += hann;
            let sample = usize::try_from(first + i)
                .ok()
                .and_then(|at| self.samples.get(at));
            let s0 = sample.map_or(0.0, &value) * hann + 2.0 * turn.cos() * s1 - s2;
            (s2, s1) = (s1, s0);
        }
        let power = s1 * s1 + s2 * s2 - 2.0 * turn.cos() * s1 * s2;
        2.0 * power.max(0.0).sqrt() / weight
    }

    /// Which of the tones is the loudest in each 10 ms: (time of the middle, position in `tones`).
    /// `None` where none reaches an amplitude of 0.005.
    pub fn dominant(&self, tones: &[f64]) -> Vec<(f64, Option<usize>)> {
        let steps = (self.seconds() / 0.01) as usize;
        (0..steps)
            .map(|i| {
                let t = self.start + (i as f64 + 0.5) * 0.01;
                let loudest = tones
                    .iter()
                    .map(|&hertz| self.amplitude(hertz, t, 0.01))
                    .enumerate()
                    .max_by(|a, b| a.1.total_cmp(&b.1));
                (t, loudest.filter(|l| l.1 > 0.005).map(|l| l.0))
            })
            .collect()
    }

    /// When the tone `to` takes over from `from`, looked for up to `reach` seconds around `near`:
    /// the first moment from which `to` stays the louder one for 20 ms. `None` where it does not.
    pub fn takes_over(&self, from: f64, to: f64, near: f64, reach: f64) -> Option<f64> {
        let step = 0.001;
        let steps = (2.0 * reach / step) as usize;
        let louder: Vec<bool> = (0..steps)
            .map(|i| {
                let t = near - reach + i as f64 * step;
                let heard = self.amplitude(to, t, 0.01);
                heard > 0.002 && heard > self.amplitude(from, t, 0.01)
            })
            .collect();
        // `from` must be the louder before, or there was nothing to take over from.
        let first = louder.windows(20).position(|w| w.iter().all(|&l| l))?;
        (first > 0).then_some(near - reach + first as f64 * step)
    }

    /// The middles of the dips of a source's tone (see [`super::media`]), in seconds. Where the tone
    /// itself starts or ends is no dip.
    pub fn dips(&self, hertz: f64) -> Vec<f64> {
        let (step, window) = (0.001, 0.008);
        let steps = (self.seconds() / step) as usize;
        let envelope: Vec<f64> = (0..steps)
            .map(|i| self.amplitude(hertz, self.start + i as f64 * step, window))
            .collect();
        let mut dips = Vec::new();
        let mut i = 1;
        while i < steps {
            // Loud for a while before: the level to compare with.
            let before = envelope[i.saturating_sub(12)];
            let falls =
                before > 0.01 && envelope[i - 1] > before * 0.55 && envelope[i] <= before * 0.55;
            if !falls || i < 12 {
                i += 1;
                continue;
            }
            let level = before * 0.55;
            let rise = (i + 30..(i + 110).min(steps)).find(|&j| envelope[j] > level);
            let Some(j) = rise else {
                i += 1;
                continue;
            };
            let after = envelope[(j + 12).min(steps - 1)];
            let floor = envelope[(i + j) / 2];
            // The same level on both sides, and soft but not silent in between.
            if (after / before - 1.0).abs() < 0.2 && floor > before * 0.04 && floor < before * 0.25
            {
                let cross = |k: usize| {
                    let (a, b) = (envelope[k - 1], envelope[k]);
                    (k - 1) as f64 + (a - level) / (a - b)
                };
                dips.push(self.start + (cross(i) + cross(j)) / 2.0 * step);
            }
            i = j + 12;
        }
        dips
    }

    /// The largest step between neighbouring samples of the left channel in a stretch of time: a
    /// sine of amplitude a and frequency f steps by at most a·2π·f/48000, a click by far more.
    pub fn steepest(&self, from: f64, to: f64) -> f32 {
        let at = |t: f64| (((t - self.start) * RATE).max(0.0) as usize).min(self.samples.len());
        self.samples[at(from)..at(to).max(at(from))]
            .windows(2)
            .map(|w| (w[1][0] - w[0][0]).abs())
            .fold(0.0, f32::max)
    }
}

/// How late the sound is against the picture (+ late, in seconds) at each dip of the tone that was
/// heard while the source was seen: the time within the source that the picture shows at the middle
/// of the dip, from the half second where the dip belongs. At most half a second can be told.
pub fn av_offsets(seen: &[Seen<Option<Code>>], sound: &Sound, source: u8, fps: f64) -> Vec<f64> {
    let measured = av_measured(seen, sound, source, fps);
    measured.into_iter().map(|(_, late)| late).collect()
}

/// As [`av_offsets`], with the time of each dip before it.
pub fn av_measured(
    seen: &[Seen<Option<Code>>],
    sound: &Sound,
    source: u8,
    fps: f64,
) -> Vec<(f64, f64)> {
    let dips = sound.dips(coded::tone_of(source)).into_iter();
    dips.filter_map(|dip| {
        // The pictures of this shot within a quarter of a second: the median evens out cadence.
        let around: Vec<f64> = seen
            .iter()
            .filter(|s| (s.pts - dip).abs() < 0.25)
            .filter_map(|s| s.what.map(|code| (s.pts, code)))
            .filter(|(_, code)| code.source == source)
            .map(|(pts, code)| f64::from(code.number) / fps - pts)
            .collect();
        if around.len() < 5 {
            return None;
        }
        let shown = median(&around)? + dip;
        let off = shown - 0.5;
        Some((dip, off - off.round()))
    })
    .collect()
}

/// The middle value.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// What is wrong with the order of pictures.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// No code could be read at this position.
    Unreadable { at: usize },
    /// Another source than the one asked for.
    WrongSource { at: usize, wanted: u8, got: Code },
    /// So many numbers were left out before this position.
    Missing { at: usize, count: u32, got: Code },
    /// The number before came once more than the cadence says.
    Repeated { at: usize, got: Code },
    /// A number that is smaller than the one before.
    Backwards { at: usize, before: Code, got: Code },
    /// There are fewer pictures than asked for.
    Ends { at: usize },
}

/// Pictures of one source that must follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    /// Position of the first picture.
    pub at: usize,
    /// Position after the last.
    pub end: usize,
    /// Which source is to be seen.
    pub source: u8,
    /// Pictures of the source for each of the program: 1, or 25/30.
    pub pace: f64,
    /// After how many the source starts again at 0; `None` if it never does.
    pub wraps: Option<u32>,
}

impl Shot {
    /// A shot of a source that runs at the rate of the program.
    pub fn new(source: u8, at: usize, end: usize) -> Self {
        Self {
            at,
            end,
            source,
            pace: 1.0,
            wraps: None,
        }
    }
}

/// Every fault of a shot. A source at the pace `r` must show numbers ⌊φ + k·r⌋ for one phase φ: at
/// the pace 1 each number once, at 25/30 one repeat in each six and that evenly. `slack` widens the
/// phase, in source pictures, for a source whose clock is not the program's.
pub fn check_shot(codes: &[Option<Code>], shot: Shot, slack: f64) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut before: Option<(Code, f64)> = None;
    // Bounds of the phase, and the position from which they count.
    let (mut low, mut high, mut origin) = (f64::MIN, f64::MAX, shot.at);
    for at in shot.at..shot.end {
        let Some(read) = codes.get(at) else {
            faults.push(Fault::Ends { at });
            break;
        };
        let Some(got) = *read else {
            faults.push(Fault::Unreadable { at });
            continue;
        };
        if got.source != shot.source {
            let wanted = shot.source;
            faults.push(Fault::WrongSource { at, wanted, got });
            continue;
        }
        let mut number = f64::from(got.number);
        if let Some((last, unwrapped)) = before {
            number += unwrapped - f64::from(last.number);
            if let Some(wraps) = shot.wraps
                && got.number < last.number
                && last.number - got.number > wraps / 2
            {
                number += f64::from(wraps);
            }
            let step = number - unwrapped;
            if step < 0.0 {
                let before = last;
                faults.push(Fault::Backwards { at, before, got });
                (low, high, origin) = (f64::MIN, f64::MAX, at);
            }
        }
        let phase = number - (at - origin) as f64 * shot.pace;
        (low, high) = (low.max(phase - slack), high.min(phase + 1.0 + slack));
        if low >= high - 1e-9 {
            let step = before.map_or(0.0, |(_, unwrapped)| number - unwrapped);
            if step > shot.pace {
                let count = ((step - shot.pace).round() as u32).max(1);
                faults.push(Fault::Missing { at, count, got });
            } else {
                faults.push(Fault::Repeated { at, got });
            }
            origin = at;
            (low, high) = (number - slack, number + 1.0 + slack);
        }
        before = Some((got, number));
    }
    faults
}

/// Every fault of shots that follow each other.
pub fn check_sequence(codes: &[Option<Code>], shots: &[Shot]) -> Vec<Fault> {
    shots
        .iter()
        .flat_map(|&shot| check_shot(codes, shot, 0.0))
        .collect()
}

/// What is wrong beyond what an engine owns to that has given so many pictures a second time because
/// their tick came late: where one comes twice, the one in whose place it came is missing.
pub fn beyond(mut faults: Vec<Fault>, owned: u64) -> Vec<Fault> {
    let (mut repeated, mut missing) = (0, 0);
    for fault in &faults {
        match fault {
            Fault::Repeated { .. } => repeated += 1,
            Fault::Missing { count, .. } => missing += u64::from(*count),
            _ => {}
        }
    }
    let late = repeated <= owned && missing <= owned;
    let is_late = |f: &Fault| matches!(f, Fault::Repeated { .. } | Fault::Missing { .. });
    faults.retain(|fault| !(late && is_late(fault)));
    faults
}

/// Faults in the times of pictures: each must come one frame after the one before, within
/// `tolerance` seconds. (position, step in seconds)
pub fn uneven<T>(seen: &[Seen<T>], fps: f64, tolerance: f64) -> Vec<(usize, f64)> {
    seen.windows(2)
        .enumerate()
        .map(|(i, w)| (i + 1, w[1].pts - w[0].pts))
        .filter(|(_, step)| (step - 1.0 / fps).abs() > tolerance)
        .collect()
}

/// Where `part` lies in `whole` by the hashes of its pictures: the position of its first picture, if
/// all of them follow there in order. The error names the first that does not.
pub fn position_in<A, B>(part: &[Seen<A>], whole: &[Seen<B>]) -> Result<usize, String> {
    let first = part.first().ok_or("no picture at all")?;
    let starts = whole
        .iter()
        .enumerate()
        .filter(|(_, s)| s.hash == first.hash);
    let mut best = (0, "the first picture is not there".to_owned());
    for (start, _) in starts {
        let same = part.iter().zip(&whole[start..]);
        let same = same.take_while(|(a, b)| a.hash == b.hash).count();
        if same == part.len() {
            return Ok(start);
        }
        if same >= best.0 {
            let of = part.len();
            best = (
                same,
                format!("from {start} on, {same} of {of} are the same"),
            );
        }
    }
    Err(best.1)
}

/// The stretch that two recordings of one program have in common, by the hashes of their pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Position in the first at which it begins.
    pub a: usize,
    /// Position in the second.
    pub b: usize,
    /// How many pictures.
    pub length: usize,
}

/// What two recordings have in common, which must go on until one of them ends: the error says
/// where they part.
pub fn overlap<A, B>(a: &[Seen<A>], b: &[Seen<B>]) -> Result<Overlap, String> {
    let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else {
        return Err(format!("{} and {} pictures", a.len(), b.len()));
    };
    // One of them began while the other was running.
    let begins = match b.iter().position(|s| s.hash == first_a.hash) {
        Some(at) => Some((0, at)),
        None => a
            .iter()
            .position(|s| s.hash == first_b.hash)
            .map(|at| (at, 0)),
    };
    let Some((at_a, at_b)) = begins else {
        return Err("neither has the other's first picture".to_owned());
    };
    let pairs = a[at_a..].iter().zip(&b[at_b..]);
    let length = pairs.take_while(|(a, b)| a.hash == b.hash).count();
    if at_a + length < a.len() && at_b + length < b.len() {
        let (a, b) = (at_a + length, at_b + length);
        return Err(format!(
            "the same for {length}, then another at {a} and {b}"
        ));
    }
    Ok(Overlap {
        a: at_a,
        b: at_b,
        length,
    })
}
