//! A test to send that costs next to nothing: one group of black pictures and one frame of silence,
//! encoded once as the program is, and said over and over. What black does not need of the show's
//! bitrate is filled up, so that it weighs on the network as the program will.

use std::sync::Arc;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::pipelines::{X264, aac, caps_filter, make, set_up};
use super::shared::EncodeError;
use crate::media::{CHANNELS, Headers, House, NS_PER_S, Packet, SAMPLE_RATE, Track, mul_div};
use crate::show::{Encoder, EncoderName, Format, Latency, Preset};

/// Samples of an AAC frame.
const AAC_FRAME: i64 = 1024;
/// Frames of silence that are encoded, to take one from their middle.
const SILENCE: i32 = 16;
/// A machine that takes longer to encode one group will not do.
const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(20);
/// What FLV puts around a picture and around a frame of sound, in bytes.
const AROUND: (i64, i64) = (20, 17);
/// A filler unit's type, its stop bit, and the length before it, in bytes. (H.264, 7.3.2.7)
const FILLER: (u8, u8, i64) = (0x0c, 0x80, 6);

/// See the module's words.
#[derive(Debug)]
pub struct Still {
    headers: Arc<Headers>,
    /// A keyframe, and those that follow it.
    pictures: Vec<gst::Buffer>,
    silence: gst::Buffer,
    format: Format,
    bits_per_second: u64,
}

impl Still {
    /// Encodes it; takes a fraction of a second.
    ///
    /// # Errors
    /// Where GStreamer lacks something.
    pub fn encode(format: Format, setting: &Encoder) -> Result<Self, EncodeError> {
        let setting = Encoder {
            name: EncoderName::X264,
            preset: Preset::Ultrafast,
            latency: Latency::Low,
            ..setting.clone()
        };
        let group = (setting.gop_s * format.rate.fps()).round().max(1.0) as i32;
        let encoder = make(X264)?;
        set_up(&encoder, X264, format, &setting);
        let source = make("videotestsrc")?;
        source.set_property_from_str("pattern", "black");
        source.set_property("num-buffers", group);
        let raw = caps_filter(crate::video::video_info(format)?.to_caps()?)?;
        let coded = caps_filter(
            gst::Caps::builder("video/x-h264")
                .field("stream-format", "avc")
                .field("alignment", "au")
                .build(),
        )?;
        let (video, pictures) = run(&[source, raw, encoder, coded])?;

        let (_, encoder, _) = aac(setting.audio_kbps).ok_or(EncodeError::Missing("avenc_aac"))?;
        let source = make("audiotestsrc")?;
        source.set_property_from_str("wave", "silence");
        source.set_property("samplesperbuffer", AAC_FRAME as i32);
        source.set_property("num-buffers", SILENCE);
        let raw = caps_filter(
            gst::Caps::builder("audio/x-raw")
                .field("rate", SAMPLE_RATE as i32)
                .field("channels", CHANNELS as i32)
                .build(),
        )?;
        let coded = caps_filter(
            gst::Caps::builder("audio/mpeg")
                .field("mpegversion", 4)
                .field("stream-format", "raw")
                .build(),
        )?;
        let (audio, sound) = run(&[source, raw, make("audioconvert")?, encoder, coded])?;
        let silence = sound.get(sound.len() / 2).cloned();
        Ok(Self {
            headers: Arc::new(Headers {
                epoch: 0,
                video,
                audio,
            }),
            pictures,
            silence: silence.ok_or_else(|| gst::glib::bool_error!("no sound was encoded"))?,
            format,
            bits_per_second: setting.bits_per_second(),
        })
    }

    /// What a connection begins with.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The packets, in the order of decoding, from time 0 on and without end.
    pub fn packets(&self) -> Packets<'_> {
        Packets {
            still: self,
            picture: 0,
            sound: 0,
            bytes: 0,
        }
    }
}

/// Runs a chain to its end; its caps, and what came out.
fn run(chain: &[gst::Element]) -> Result<(gst::Caps, Vec<gst::Buffer>), EncodeError> {
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .enable_last_sample(false)
        .build();
    let pipeline = gst::Pipeline::new();
    let mut all = chain.to_vec();
    all.push(sink.clone().upcast());
    pipeline.add_many(&all)?;
    gst::Element::link_many(&all)?;
    let started = pipeline.set_state(gst::State::Playing);
    let mut caps = None;
    let mut buffers = Vec::new();
    while let Some(sample) = sink.try_pull_sample(PATIENCE).filter(|_| started.is_ok()) {
        caps = caps.or(sample.caps_owned());
        buffers.extend(sample.buffer_owned());
    }
    let is_whole = sink.is_eos();
    let _ = pipeline.set_state(gst::State::Null);
    match caps.filter(|_| is_whole && !buffers.is_empty()) {
        Some(caps) => Ok((caps, buffers)),
        None => Err(gst::glib::bool_error!("nothing was encoded").into()),
    }
}

/// See [`Still::packets`].
#[derive(Debug)]
pub struct Packets<'a> {
    still: &'a Still,
    picture: u64,
    sound: u64,
    /// Given so far, with what FLV puts around it.
    bytes: i64,
}

impl Packets<'_> {
    /// The next packet. Its time is when it is to be sent, counted from the beginning.
    pub fn next_packet(&mut self) -> Packet {
        let rate = self.still.format.rate;
        let at = rate.time_of(self.picture);
        let sound_at = mul_div(self.sound as i64, AAC_FRAME * NS_PER_S, SAMPLE_RATE as i64);
        if sound_at < at {
            self.sound += 1;
            self.bytes += self.still.silence.size() as i64 + AROUND.1;
            return self.packet(Track::Audio, sound_at, true, self.still.silence.clone());
        }
        let in_group = self.picture as usize % self.still.pictures.len().max(1);
        self.picture += 1;
        // By the next picture's time as much is to have gone as the bitrate allows.
        let due = mul_div(
            rate.time_of(self.picture),
            self.still.bits_per_second as i64,
            8 * NS_PER_S,
        );
        let buffer = match self.still.pictures.get(in_group) {
            Some(picture) => filled(picture, due - self.bytes - AROUND.0),
            None => gst::Buffer::new(),
        };
        self.bytes += buffer.size() as i64 + AROUND.0;
        self.packet(Track::Video, at, in_group == 0, buffer)
    }

    fn packet(&self, track: Track, at: House, keyframe: bool, buffer: gst::Buffer) -> Packet {
        Packet {
            track,
            pts: at,
            dts: at,
            duration: 0,
            keyframe,
            headers: self.still.headers.clone(),
            buffer,
        }
    }
}

/// A picture that is filled up to so many bytes; as it is where it has them.
fn filled(picture: &gst::Buffer, bytes: i64) -> gst::Buffer {
    let (kind, stop, least) = FILLER;
    let Ok(map) = picture.map_readable() else {
        return picture.clone();
    };
    let lacking = bytes - map.size() as i64;
    let Ok(filler) = usize::try_from(lacking - least) else {
        return picture.clone();
    };
    let mut out = Vec::with_capacity(bytes as usize);
    out.extend_from_slice(map.as_slice());
    out.extend((filler as u32 + 2).to_be_bytes());
    out.push(kind);
    out.resize(out.len() + filler, 0xff);
    out.push(stop);
    gst::Buffer::from_mut_slice(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;

    #[test]
    fn it_weighs_what_the_show_weighs_and_is_decoded_without_complaint() {
        crate::media::start_gstreamer().unwrap();
        let format = Format {
            width: 320,
            height: 180,
            rate: Rate(30, 1),
        };
        let setting = Encoder {
            bitrate_kbps: 2000,
            ..Encoder::default()
        };
        let still = Still::encode(format, &setting).unwrap();
        assert_eq!(still.pictures.len(), 60, "one group");
        let mut packets = still.packets();
        let (mut bytes, mut keys, mut last) = (0, 0, 0);
        let mut coded = Vec::new();
        loop {
            let packet = packets.next_packet();
            if packet.dts >= 4 * NS_PER_S {
                break;
            }
            assert!(packet.dts >= last, "in the order of decoding");
            last = packet.dts;
            bytes += packet.size();
            if packet.track == Track::Video {
                keys += usize::from(packet.keyframe);
                coded.push(packet.buffer);
            }
        }
        assert_eq!((keys, coded.len()), (2, 120));
        let rate = bytes as f64 * 8.0 / 4.0;
        let expected = setting.bits_per_second() as f64;
        // What FLV puts around it is counted too.
        assert!(rate > 0.97 * expected && rate <= expected, "{rate}");

        let decoder = gst::parse::launch(
            "appsrc name=in format=time ! avdec_h264 output-corrupt=false ! appsink name=out sync=false",
        );
        let decoder = decoder.unwrap().downcast::<gst::Pipeline>().unwrap();
        let input = decoder.by_name("in").unwrap().downcast::<gst_app::AppSrc>();
        let output = decoder
            .by_name("out")
            .unwrap()
            .downcast::<gst_app::AppSink>();
        let (input, output) = (input.unwrap(), output.unwrap());
        input.set_caps(Some(&still.headers.video));
        decoder.set_state(gst::State::Playing).unwrap();
        for (n, buffer) in coded.into_iter().enumerate() {
            let mut buffer = buffer.copy();
            let time = gst::ClockTime::from_mseconds(n as u64 * 33);
            buffer.get_mut().unwrap().set_pts(time);
            input.push_buffer(buffer).unwrap();
        }
        input.end_of_stream().unwrap();
        let mut pictures = 0;
        while let Some(sample) = output.try_pull_sample(PATIENCE) {
            let map = sample.buffer().unwrap().map_readable().unwrap();
            assert!(
                map[..320].iter().all(|luma| (14..=18).contains(luma)),
                "black"
            );
            pictures += 1;
        }
        let warned = decoder
            .bus()
            .unwrap()
            .pop_filtered(&[gst::MessageType::Error, gst::MessageType::Warning]);
        decoder.set_state(gst::State::Null).unwrap();
        assert_eq!(pictures, 120);
        assert!(warned.is_none(), "{warned:?}");
    }
}
