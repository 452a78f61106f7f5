//! The encoders: one H.264 and one AAC for every destination and the recorder.
//!
//! Each runs in a pipeline of its own under a supervisor, so that a hardware encoder that dies in the
//! middle of the show is replaced by x264 while the sound goes on, and the other way round.

mod pipelines;
mod shared;
mod side;
mod still;
mod supervise;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};
use gstreamer as gst;

pub use self::shared::{EncodeError, Encoded};

use self::pipelines::Running;
pub use self::pipelines::found as h264_encoders;
use self::shared::Shared;
use self::side::Side;
pub use self::still::Still;
use crate::media::{
    BLOCK, House, HouseClock, NS_PER_S, Picture, SAMPLE_RATE, SoundBlock, block_start,
};
use crate::show::{Encoder, EncoderName, Format};

/// Both encoders, running.
pub struct Encoders {
    shared: Arc<Shared>,
    stop: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
    frame_ns: i64,
}

/// The end into which the tick and the mixer put what is to be encoded.
#[derive(Clone)]
pub struct EncoderInput {
    shared: Arc<Shared>,
    frame_ns: i64,
}

impl Encoders {
    /// Starts both; packets come out at `out` in the order of each track, the tracks unordered.
    ///
    /// # Errors
    /// [`EncodeError`], where not even x264 starts, or there is no encoder for the sound.
    pub fn start(
        clock: HouseClock,
        format: Format,
        setting: &Encoder,
        out: Sender<Encoded>,
    ) -> Result<Self, EncodeError> {
        let shared = Arc::new(Shared::new(clock, out));
        let mut encoders = Self {
            shared: shared.clone(),
            stop: Vec::new(),
            threads: Vec::new(),
            frame_ns: format.rate.frame_ns(),
        };
        let names = pipelines::candidates(&setting.name);
        let first = pipelines::pictures(&shared, format, setting, &names)?;
        if let EncoderName::Element(wanted) = &setting.name
            && *wanted != first.name
        {
            let message = format!("{wanted} does not run; {} is used instead", first.name);
            shared.pictures.tell(message);
        }
        let (held, again) = (shared.clone(), setting.clone());
        encoders.supervise("encoder", &shared.pictures, first, move || {
            // A hardware encoder is not trusted twice.
            pipelines::pictures(&held, format, &again, &[pipelines::X264.to_owned()])
        })?;
        let kbps = setting.audio_kbps;
        let first = pipelines::sound(&shared, kbps)?;
        let held = shared.clone();
        encoders.supervise("sound encoder", &shared.sound, first, move || {
            pipelines::sound(&held, kbps)
        })?;
        Ok(encoders)
    }

    fn supervise(
        &mut self,
        name: &str,
        side: &Arc<Side>,
        first: Running,
        build: impl Fn() -> Result<Running, EncodeError> + Send + 'static,
    ) -> Result<(), EncodeError> {
        let (stop, stopped) = bounded(1);
        let (shared, side) = (self.shared.clone(), side.clone());
        side.begin(&first.name, &first.input);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || supervise::watch(&shared, &side, first, &stopped, build))?;
        self.stop.push(stop);
        self.threads.push(thread);
        Ok(())
    }

    /// Where pictures and sound go in.
    pub fn input(&self) -> EncoderInput {
        EncoderInput::new(self.shared.clone(), self.frame_ns)
    }

    /// The H.264 encoder in use.
    pub fn name(&self) -> Arc<String> {
        self.shared.pictures.name()
    }

    /// What is wrong with either; empty while all is well.
    pub fn message(&self) -> String {
        let (pictures, sound) = (self.shared.pictures.message(), self.shared.sound.message());
        let between = if pictures.is_empty() || sound.is_empty() {
            ""
        } else {
            "; "
        };
        format!("{pictures}{between}{sound}")
    }

    /// How often an encoder was started again.
    pub fn restarts(&self) -> u32 {
        self.shared.restarts.load(Ordering::Relaxed)
    }

    /// Sound that could not be encoded, in milliseconds: the encoder was too slow, or there was none
    /// while another was started.
    pub fn sound_lost_ms(&self) -> u64 {
        self.shared.sound.refused() * (BLOCK * 1000 / SAMPLE_RATE) as u64
    }

    /// Bytes encoded so far, picture and sound.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Encodes what is still on its way and ends.
    pub fn end(self) {
        for stop in &self.stop {
            let _ = stop.try_send(());
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("an encoder's supervisor panicked");
            }
        }
        *self
            .shared
            .out
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl EncoderInput {
    fn new(shared: Arc<Shared>, frame_ns: i64) -> Self {
        Self { shared, frame_ns }
    }

    /// Gives the program's picture that is due at `time`. Never waits: gives whether it was taken.
    pub fn picture(&self, picture: &Picture, time: House) -> bool {
        self.shared.pictures.give(|| {
            // Shares the pixels; time and flags are the program's own.
            let mut buffer = picture.buffer().copy();
            if let Some(buffer) = buffer.get_mut() {
                buffer.set_pts(gst::ClockTime::from_nseconds(time.max(0) as u64));
                buffer.set_dts(None);
                buffer.set_duration(gst::ClockTime::from_nseconds(self.frame_ns as u64));
                buffer.set_flags(gst::BufferFlags::empty());
                buffer.unset_flags(gst::BufferFlags::DISCONT | gst::BufferFlags::RESYNC);
            }
            buffer
        })
    }

    /// Gives a block of the program's sound. Never waits: gives whether it was taken; what was not
    /// is counted.
    pub fn sound(&self, block: &SoundBlock) -> bool {
        self.shared.sound.give(|| {
            let bytes: Vec<u8> = block.samples.iter().flat_map(|s| s.to_le_bytes()).collect();
            let mut buffer = gst::Buffer::from_mut_slice(bytes);
            if let Some(buffer) = buffer.get_mut() {
                buffer.set_pts(gst::ClockTime::from_nseconds(
                    block_start(block.position) as u64
                ));
                buffer.set_duration(gst::ClockTime::from_nseconds(
                    BLOCK as u64 * NS_PER_S as u64 / SAMPLE_RATE as u64,
                ));
            }
            buffer
        })
    }
}
