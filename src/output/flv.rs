//! FLV tags, the form in which RTMP carries a program. (Adobe, "Video File Format Specification",
//! version 10.1, annex E.)

use gstreamer as gst;

use crate::media::{Headers, Packet, Track};
use crate::show::{Encoder, Format};

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// AAC, and bits that the format wants set whatever the sound is.
const AAC: u8 = 0xAF;
const KEYFRAME_AVC: u8 = 0x17;
const INTERFRAME_AVC: u8 = 0x27;

/// What is sent before the first packet, and when the headers change: metadata, the H.264 header, the
/// AAC header, all `time_ns` into the stream. A header without codec data is left out.
pub fn opening(
    headers: &Headers,
    format: Format,
    encoder: &Encoder,
    time_ns: i64,
) -> Vec<gst::Buffer> {
    let time = u32::try_from(time_ns / 1_000_000).unwrap_or(0);
    let mut tags = vec![tag(SCRIPT, time, &[&metadata(format, encoder)])];
    if let Some(data) = codec_data(&headers.video) {
        tags.push(tag(VIDEO, time, &[&[KEYFRAME_AVC, 0, 0, 0, 0], &data]));
    }
    if let Some(data) = codec_data(&headers.audio) {
        tags.push(tag(AUDIO, time, &[&[AAC, 0], &data]));
    }
    tags
}

/// One packet as a tag, its times counted from `base_ns` in program time. `None` for a packet from
/// before it.
pub fn packet(packet: &Packet, base_ns: i64) -> Option<gst::Buffer> {
    let ms = |time: i64| (time - base_ns + 500_000).div_euclid(1_000_000);
    let time = u32::try_from(ms(packet.dts)).ok()?;
    let bytes = packet.buffer.map_readable().ok()?;
    Some(match packet.track {
        Track::Video => {
            let first = if packet.keyframe {
                KEYFRAME_AVC
            } else {
                INTERFRAME_AVC
            };
            // From decoding to showing, a signed 24-bit number.
            let offset = (ms(packet.pts) - ms(packet.dts)) as i32;
            let [_, a, b, c] = offset.to_be_bytes();
            tag(VIDEO, time, &[&[first, 1, a, b, c], bytes.as_slice()])
        }
        Track::Audio => tag(AUDIO, time, &[&[AAC, 1], bytes.as_slice()]),
    })
}

fn codec_data(caps: &gst::Caps) -> Option<Vec<u8>> {
    let buffer = caps.structure(0)?.get::<gst::Buffer>("codec_data").ok()?;
    let map = buffer.map_readable().ok()?;
    Some(map.as_slice().to_vec())
}

fn tag(kind: u8, time_ms: u32, parts: &[&[u8]]) -> gst::Buffer {
    let size = parts.iter().map(|part| part.len()).sum::<usize>() as u32;
    let [_, s1, s2, s3] = size.to_be_bytes();
    let [t0, t1, t2, t3] = time_ms.to_be_bytes();
    let mut bytes = Vec::with_capacity(size as usize + 15);
    // The highest byte of the time comes last; the stream id is always 0.
    bytes.extend([kind, s1, s2, s3, t1, t2, t3, t0, 0, 0, 0]);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes.extend((size + 11).to_be_bytes());
    gst::Buffer::from_mut_slice(bytes)
}

/// `onMetaData` in AMF0.
fn metadata(format: Format, encoder: &Encoder) -> Vec<u8> {
    const NUMBER: u8 = 0;
    const STRING: u8 = 2;
    const ARRAY: u8 = 8;
    let name = |out: &mut Vec<u8>, text: &str| {
        out.extend((text.len() as u16).to_be_bytes());
        out.extend_from_slice(text.as_bytes());
    };
    let numbers = [
        ("width", f64::from(format.width)),
        ("height", f64::from(format.height)),
        ("framerate", format.rate.fps()),
        ("videocodecid", 7.0),
        ("videodatarate", f64::from(encoder.bitrate_kbps)),
        ("audiocodecid", 10.0),
        ("audiodatarate", f64::from(encoder.audio_kbps)),
        ("audiosamplerate", crate::media::SAMPLE_RATE as f64),
        ("audiosamplesize", 16.0),
    ];
    let mut out = vec![STRING];
    name(&mut out, "onMetaData");
    out.push(ARRAY);
    out.extend((numbers.len() as u32 + 1).to_be_bytes());
    for (key, value) in numbers {
        name(&mut out, key);
        out.push(NUMBER);
        out.extend(value.to_be_bytes());
    }
    name(&mut out, "encoder");
    out.push(STRING);
    name(&mut out, concat!("regie ", env!("CARGO_PKG_VERSION")));
    out.extend([0, 0, 9]);
    out
}
