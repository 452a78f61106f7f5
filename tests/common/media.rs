//! Files of coded pictures and a tone, made with ffmpeg and kept between runs.
//!
//! The tone of a source (see [`coded::tone_of`]) sounds throughout; around the middle of each second
//! it is 20 dB softer for [`DIP`] seconds. Picture n is seen at n / rate, so the middle of a dip and
//! the numbers of the pictures around it tell how far sound and picture are apart.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::coded::{self, Painter, Sheet};

/// How long the tone is soft in each second, in seconds.
pub const DIP: f64 = 0.06;
/// Amplitude of the tone on the left channel; the right has half of it.
pub const AMPLITUDE: f64 = 0.25;
/// Samples a second in every file.
pub const SAMPLE_RATE: u32 = 48_000;

/// To be counted up when the drawing changes, so that old files are not used.
const VERSION: u32 = 4;

/// How pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// H.264, a keyframe each two seconds.
    H264,
    /// MPEG-2.
    Mpeg2,
    /// VP8, which knows odd sizes.
    Vp8,
}

/// Which channels the sound has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channels {
    /// No sound at all.
    None,
    /// One.
    Mono,
    /// Two, the right one at half the level.
    Stereo,
    /// Six, of which the front centre alone sounds.
    Surround,
}

/// What a file is to be.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Clip {
    /// Which source it says it is.
    pub source: u8,
    /// Name's ending: mkv, mp4, mov, ts.
    pub container: &'static str,
    /// How pictures are coded; `None` for sound alone.
    pub coding: Option<Coding>,
    /// Pixels, before rotation and pixel aspect.
    pub size: (usize, usize),
    /// Pictures a second.
    pub rate: (u32, u32),
    /// Length in seconds.
    pub seconds: u32,
    /// Channels of the sound.
    pub channels: Channels,
    /// Two fields a picture, each of its own moment, upper first.
    pub interlaced: bool,
    /// Degrees by which a player must turn the picture clockwise: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Width of a pixel by its height.
    pub pixel_aspect: (u32, u32),
    /// Bitrate of the picture in kb/s.
    pub kbps: u32,
    /// B-frames between others; cameras that send live make none.
    pub b_frames: u32,
}

impl Clip {
    /// A 720p30 H.264 and AAC clip in Matroska.
    pub fn new(source: u8, seconds: u32) -> Self {
        Self {
            source,
            container: "mkv",
            coding: Some(Coding::H264),
            size: (1280, 720),
            rate: (30, 1),
            seconds,
            channels: Channels::Stereo,
            interlaced: false,
            rotation: 0,
            pixel_aspect: (1, 1),
            kbps: 4000,
            b_frames: 2,
        }
    }

    /// Pictures in the file.
    pub fn frames(&self) -> u32 {
        (u64::from(self.seconds) * u64::from(self.rate.0) / u64::from(self.rate.1)) as u32
    }

    /// Pictures a second.
    pub fn fps(&self) -> f64 {
        f64::from(self.rate.0) / f64::from(self.rate.1)
    }

    /// The file, made now if no run before has made it.
    pub fn file(&self) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        (VERSION, self).hash(&mut hasher);
        let name = format!(
            "coded-{}-{:016x}.{}",
            self.source,
            hasher.finish(),
            self.container
        );
        kept(&name, |path| self.make(path))
    }

    fn make(&self, path: &Path) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-y", "-nostdin"]);
        if self.coding.is_some() {
            let size = format!("{}x{}", self.size.0, self.size.1);
            let rate = format!("{}/{}", self.rate.0, self.rate.1);
            ffmpeg.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size]);
            ffmpeg.args(["-r", &rate, "-i", "pipe:0"]);
        }
        let sound = folder.path().join("sound.f32");
        if let Some(channels) = self.channel_count() {
            std::fs::write(&sound, self.sound(channels)).expect("the sound is written");
            let (rate, count) = (SAMPLE_RATE.to_string(), channels.to_string());
            ffmpeg.args(["-f", "f32le", "-ar", &rate, "-ac", &count, "-i"]);
            ffmpeg.arg(&sound);
        }
        self.coding_options(&mut ffmpeg);
        // Quick on few cores, and the same bytes wherever it is made.
        ffmpeg.args([
            "-threads",
            "2",
            "-flags",
            "+bitexact",
            "-fflags",
            "+bitexact",
        ]);
        let unturned = folder.path().join(format!("unturned.{}", self.container));
        ffmpeg.arg(if self.rotation == 0 { path } else { &unturned });
        let pictures = self.coding.is_some();
        ffmpeg.stdin(if pictures {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = ffmpeg.spawn().expect("ffmpeg starts");
        if let Some(mut stdin) = child.stdin.take() {
            self.pictures(&mut stdin);
        }
        let status = child.wait().expect("ffmpeg ends");
        assert!(status.success(), "ffmpeg could not make {self:?}: {status}");
        if self.rotation != 0 {
            // ffmpeg 5 writes the matrix for this tag, anticlockwise, where it only copies.
            let turn = format!("rotate={}", 360 - self.rotation);
            let input = unturned.display().to_string();
            let output = path.display().to_string();
            ffmpeg_does(&[
                "-i",
                &input,
                "-c",
                "copy",
                "-metadata:s:v:0",
                &turn,
                &output,
            ]);
        }
    }

    fn coding_options(&self, ffmpeg: &mut Command) {
        let bitrate = format!("{}k", self.kbps);
        let gop = (self.fps() * 2.0).round().to_string();
        let mut filters = vec![format!(
            "setsar={}/{}",
            self.pixel_aspect.0, self.pixel_aspect.1
        )];
        if self.interlaced {
            filters.push("setfield=tff".to_owned());
        }
        match self.coding {
            Some(Coding::H264) => {
                ffmpeg.args(["-c:v", "libx264", "-preset", "superfast", "-g", &gop]);
                ffmpeg.args(["-bf", &self.b_frames.to_string()]);
                ffmpeg.args(["-maxrate", &bitrate, "-bufsize", &bitrate]);
                if self.interlaced {
                    ffmpeg.args(["-x264opts", "tff=1"]);
                }
            }
            Some(Coding::Mpeg2) => {
                ffmpeg.args(["-c:v", "mpeg2video", "-g", "15", "-bf", "2"]);
                if self.interlaced {
                    ffmpeg.args(["-flags", "+ildct+ilme", "-top", "1"]);
                }
            }
            Some(Coding::Vp8) => {
                ffmpeg.args(["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]);
                ffmpeg.args(["-g", &gop]);
            }
            None => {}
        }
        if self.coding.is_some() {
            ffmpeg.args(["-b:v", &bitrate, "-vf", &filters.join(",")]);
            ffmpeg.args(["-color_range", "tv", "-colorspace", "bt709"]);
            ffmpeg.args(["-color_primaries", "bt709", "-color_trc", "bt709"]);
        }
        match (self.channels, self.coding) {
            (Channels::None, _) => {}
            (_, Some(Coding::Vp8)) => {
                ffmpeg.args(["-c:a", "libvorbis", "-b:a", "128k"]);
            }
            (_, Some(Coding::Mpeg2)) => {
                ffmpeg.args(["-c:a", "mp2", "-b:a", "192k"]);
            }
            (Channels::Surround, _) => {
                ffmpeg.args(["-channel_layout", "5.1", "-c:a", "aac", "-b:a", "320k"]);
            }
            _ => {
                ffmpeg.args(["-c:a", "aac", "-b:a", "128k"]);
            }
        }
    }

    fn channel_count(&self) -> Option<u16> {
        match self.channels {
            Channels::None => None,
            Channels::Mono => Some(1),
            Channels::Stereo => Some(2),
            Channels::Surround => Some(6),
        }
    }

    fn sound(&self, channels: u16) -> Vec<u8> {
        let samples = u64::from(self.seconds) * u64::from(SAMPLE_RATE);
        let mut bytes = Vec::with_capacity((samples * u64::from(channels) * 4) as usize);
        for i in 0..samples {
            let value = tone_at(coded::tone_of(self.source), i);
            for channel in 0..channels {
                let gain = match (channels, channel) {
                    (2, 1) => 0.5,
                    // FL FR FC LFE BL BR: speech sits in the middle.
                    (6, channel) if channel != 2 => 0.0,
                    _ => 1.0,
                };
                bytes.extend_from_slice(&((value * gain) as f32).to_le_bytes());
            }
        }
        bytes
    }

    fn pictures(&self, out: &mut impl Write) {
        // What a player sees upright lies turned back in the file.
        let (w, h) = self.size;
        let upright = if self.rotation % 180 == 90 {
            (h, w)
        } else {
            (w, h)
        };
        let painter = Painter::new(self.source, upright.0, upright.1);
        let mut sheet = Sheet::new(upright.0, upright.1);
        let mut second = Sheet::new(upright.0, upright.1);
        for number in 0..self.frames() {
            painter.draw(number, &mut sheet.canvas());
            if self.interlaced {
                painter.draw_at(number, number * 2 + 1, &mut second.canvas());
                weave(&mut sheet, &mut second);
            }
            let written = match self.rotation {
                0 => out.write_all(&sheet.data),
                turn => out.write_all(&turned_back(&mut sheet, turn).data),
            };
            if written.is_err() {
                return; // ffmpeg ended; its status says why
            }
        }
    }
}

/// Runs ffmpeg, which must succeed; an output that is there is written over.
pub fn ffmpeg_does(arguments: &[&str]) {
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-nostdin"])
        .args(arguments)
        .status()
        .expect("ffmpeg starts");
    assert!(status.success(), "ffmpeg {arguments:?}: {status}");
}

/// Sample `i` of a source's tone.
pub fn tone_at(hertz: f64, i: u64) -> f64 {
    let rate = u64::from(SAMPLE_RATE);
    let t = (i % rate) as f64 / rate as f64;
    let edge = 0.002;
    // 0 within the dip, 1 outside, with edges of 2 ms so that it does not click.
    let outside = (((t - 0.5).abs() - DIP / 2.0) / edge + 0.5).clamp(0.0, 1.0);
    let gain = AMPLITUDE * (0.1 + 0.9 * outside);
    gain * (std::f64::consts::TAU * hertz * t).sin()
}

/// A file under the build folder that is made once: under another name first, so that several test
/// binaries may ask at once and none sees half a file. `make` may not ask for another such file.
pub fn kept(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("media");
    std::fs::create_dir_all(&folder).expect("the folder for media");
    let path = folder.join(name);
    // One maker at a time in this binary; makers in others end with the same file.
    static MAKING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = MAKING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if !path.exists() {
        let draft = folder.join(format!("draft-{}-{name}", std::process::id()));
        make(&draft);
        std::fs::rename(&draft, &path).expect("the finished file gets its name");
    }
    path
}

/// Puts every second row (the lower field) of `second` into `first`.
fn weave(first: &mut Sheet, second: &mut Sheet) {
    let from = second.canvas();
    let to = first.canvas();
    for ((to, from), stride) in to.planes.into_iter().zip(from.planes).zip(to.strides) {
        for (to, from) in to
            .chunks_mut(stride)
            .zip(from.chunks(stride))
            .skip(1)
            .step_by(2)
        {
            to.copy_from_slice(from);
        }
    }
}

/// The picture as it must lie in the file for a player that turns it by `degrees` clockwise.
fn turned_back(sheet: &mut Sheet, degrees: u32) -> Sheet {
    let (w, h) = (sheet.width, sheet.height);
    let mut turned = if degrees % 180 == 90 {
        Sheet::new(h, w)
    } else {
        Sheet::new(w, h)
    };
    let from = sheet.canvas();
    let to = turned.canvas();
    for (plane, (to, from)) in to.planes.into_iter().zip(from.planes).enumerate() {
        let (fw, tw) = (
            from_stride(w, plane),
            to.len() / plane_rows(plane, degrees, w, h),
        );
        let rows = from.len() / fw;
        for y in 0..rows {
            for x in 0..fw {
                let (tx, ty) = match degrees {
                    90 => (y, fw - 1 - x),
                    180 => (fw - 1 - x, rows - 1 - y),
                    _ => (rows - 1 - y, x),
                };
                to[ty * tw + tx] = from[y * fw + x];
            }
        }
    }
    turned
}

fn from_stride(width: usize, plane: usize) -> usize {
    if plane == 0 { width } else { width.div_ceil(2) }
}

fn plane_rows(plane: usize, degrees: u32, width: usize, height: usize) -> usize {
    let rows = if degrees % 180 == 90 { width } else { height };
    if plane == 0 { rows } else { rows.div_ceil(2) }
}
