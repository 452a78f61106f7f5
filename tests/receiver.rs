//! The receiver inside regie against real publishers, and against peers that are none.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use regie::door::ReceivedStream;
use regie::output::receiver::{Receiver, ReceiverError};
use regie::output::stamp;

/// Long enough for any machine; reached only where something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn receiver() -> Receiver {
    let epoch = Instant::now();
    Receiver::start(local(), move || epoch.elapsed().as_nanos() as i64).unwrap()
}

fn stream(receiver: &Receiver, name: &str) -> Option<ReceivedStream> {
    let status = receiver.status();
    status.streams.into_iter().find(|s| s.name == name)
}

/// Waits until the stream is as asked for, and gives it.
fn wait_for(
    receiver: &Receiver,
    name: &str,
    what: &str,
    wanted: impl Fn(&ReceivedStream) -> bool,
) -> ReceivedStream {
    let began = Instant::now();
    loop {
        let now = stream(receiver, name);
        if let Some(stream) = now.as_ref().filter(|s| wanted(s)) {
            return stream.clone();
        }
        assert!(began.elapsed() < PATIENCE, "{what}: {now:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A publisher that ends with its test.
struct Ffmpeg(Child);

impl Ffmpeg {
    /// Publishes `seconds` of 30 pictures a second, a keyframe a second, with sound.
    fn publish(receiver: &Receiver, name: &str, seconds: u32) -> Self {
        let length = seconds.to_string();
        let child = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-re"])
            .args(["-f", "lavfi", "-i", "testsrc=size=320x180:rate=30"])
            .args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"])
            .args(["-t", &length, "-c:v", "libx264", "-preset", "ultrafast"])
            .args(["-pix_fmt", "yuv420p", "-g", "30", "-sc_threshold", "0"])
            .args(["-c:a", "aac", "-f", "flv"])
            .arg(format!("rtmp://{}/{name}", receiver.address()))
            .stdin(Stdio::null())
            .spawn()
            .expect("ffmpeg is installed");
        Self(child)
    }
}

impl Drop for Ffmpeg {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn ffmpeg_publishes() {
    let receiver = receiver();
    let mut ffmpeg = Ffmpeg::publish(&receiver, "live/a", 20);
    let live = wait_for(&receiver, "live/a", "comes", |s| s.live && s.frames > 75);
    // A picture of this size takes some, and pictures come at about the pace of the clock.
    assert!((50_000..20_000_000).contains(&live.bitrate_bps), "{live:?}");
    assert_eq!(live.keyframe_interval_s, 1.0);
    assert_eq!(live.delay_ms, None, "ffmpeg stamps nothing");
    assert!(ffmpeg.0.wait().unwrap().success());
    let ended = wait_for(&receiver, "live/a", "ends", |s| !s.live);
    assert_eq!((ended.frames, ended.keyframes), (600, 20));
    wait_for(&receiver, "live/a", "falls silent", |s| s.bitrate_bps == 0);
}

/// Stamps each picture that leaves the element `parse`, which gives AVC form.
fn stamp_pictures(pipeline: &gst::Pipeline, now: impl Fn() -> i64 + Send + Sync + 'static) {
    let pad = pipeline
        .by_name("parse")
        .and_then(|parse| parse.static_pad("src"))
        .unwrap();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            let mut unit = buffer.map_readable().unwrap().to_vec();
            let at = stamp::place(&unit, 4);
            unit.splice(at..at, stamp::stamp(now()));
            let mut stamped = gst::Buffer::from_mut_slice(unit);
            let what = gst::BufferCopyFlags::FLAGS | gst::BufferCopyFlags::TIMESTAMPS;
            buffer
                .copy_into(stamped.get_mut().unwrap(), what, ..)
                .unwrap();
            info.data = Some(gst::PadProbeData::Buffer(stamped));
        }
        gst::PadProbeReturn::Ok
    });
}

/// Publishes with GStreamer, each picture stamped as it leaves the encoder.
fn gstreamer(url: &str, pictures: u32, now: Arc<dyn Fn() -> i64 + Send + Sync>) -> gst::Pipeline {
    gst::init().unwrap();
    let pipeline = gst::parse::launch(&format!(
        "videotestsrc is-live=true num-buffers={pictures} pattern=ball \
         ! video/x-raw,width=320,height=180,framerate=30/1 \
         ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=60 \
         ! h264parse name=parse ! video/x-h264,stream-format=avc,alignment=au \
         ! flvmux streamable=true ! rtmp2sink location={url}"
    ))
    .unwrap()
    .downcast::<gst::Pipeline>()
    .unwrap();
    stamp_pictures(&pipeline, move || now());
    pipeline.set_state(gst::State::Playing).unwrap();
    pipeline
}

/// Waits for the end of a pipeline; the error that it ended with, if any.
fn end(pipeline: &gst::Pipeline) -> Option<String> {
    let message = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::try_from(PATIENCE).unwrap(),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    let message = message.expect("the pipeline ends");
    let error = match message.view() {
        gst::MessageView::Error(error) => Some(error.error().to_string()),
        _ => None,
    };
    pipeline.set_state(gst::State::Null).unwrap();
    error
}

#[test]
fn gstreamer_publishes_with_stamps() {
    let epoch = Instant::now();
    let now = move || epoch.elapsed().as_nanos() as i64;
    let receiver = Receiver::start(local(), now).unwrap();
    let url = format!("rtmp://{}/live/b", receiver.address());
    let pipeline = gstreamer(&url, 150, Arc::new(now));
    let live = wait_for(&receiver, "live/b", "comes", |s| s.frames > 90);
    let delay = live.delay_ms.expect("stamped");
    assert!(delay > 0.0 && delay < 10_000.0, "{delay} ms");
    assert_eq!(live.keyframe_interval_s, 2.0);
    assert_eq!(end(&pipeline), None);
    let ended = wait_for(&receiver, "live/b", "ends", |s| !s.live);
    assert_eq!((ended.frames, ended.keyframes), (150, 3));
}

#[test]
fn a_stamp_leaves_the_picture_as_it_is() {
    gst::init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, stamped: bool| {
        let path = folder.path().join(name);
        let pipeline = gst::parse::launch(&format!(
            "videotestsrc num-buffers=60 ! video/x-raw,width=320,height=180,framerate=30/1 \
             ! x264enc key-int-max=30 ! h264parse name=parse \
             ! video/x-h264,stream-format=avc,alignment=au ! matroskamux ! filesink location={}",
            path.display()
        ))
        .unwrap()
        .downcast::<gst::Pipeline>()
        .unwrap();
        if stamped {
            stamp_pictures(&pipeline, || 0x0000_0100_0000_0002);
        }
        pipeline.set_state(gst::State::Playing).unwrap();
        assert_eq!(end(&pipeline), None);
        let decoded = Command::new("ffmpeg")
            .args(["-loglevel", "warning", "-xerror", "-i"])
            .arg(&path)
            .args(["-f", "framemd5", "-"])
            .output()
            .unwrap();
        assert!(decoded.status.success());
        assert_eq!(String::from_utf8_lossy(&decoded.stderr), "");
        decoded.stdout
    };
    let plain = make("plain.mkv", false);
    assert!(String::from_utf8_lossy(&plain).lines().count() > 60);
    assert_eq!(plain, make("stamped.mkv", true));
}

#[test]
fn a_live_name_is_refused_to_others() {
    let receiver = receiver();
    let _first = Ffmpeg::publish(&receiver, "live/c", 60);
    wait_for(&receiver, "live/c", "comes", |s| s.frames > 10);
    let url = format!("rtmp://{}/live/c", receiver.address());
    let second = gstreamer(&url, 10_000, Arc::new(|| 0));
    let error = end(&second).expect("refused");
    assert!(error.contains("NetStream.Publish.BadName"), "{error}");
    let before = stream(&receiver, "live/c").unwrap();
    assert!(before.live);
    let after = wait_for(&receiver, "live/c", "goes on", |s| {
        s.frames > before.frames + 30
    });
    assert_eq!(after.delay_ms, None, "no picture of the second came");
}

/// The client's side of a handshake of the plain kind. Tries again while the receiver is still busy
/// with closing others.
fn handshake(receiver: &Receiver) -> TcpStream {
    let began = Instant::now();
    loop {
        let attempt = || -> std::io::Result<TcpStream> {
            let mut socket = TcpStream::connect(receiver.address())?;
            socket.set_read_timeout(Some(PATIENCE))?;
            let mut hello = vec![3];
            hello.extend([0; 1536]);
            socket.write_all(&hello)?;
            let mut answer = vec![0; 1 + 1536];
            socket.read_exact(&mut answer)?;
            socket.write_all(&answer[1..])?;
            socket.read_exact(&mut answer[1..])?;
            Ok(socket)
        };
        match attempt() {
            Ok(socket) => return socket,
            Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
        }
    }
}

/// Whether the other side closes, rather than the test losing patience.
fn is_closed(mut socket: &TcpStream) -> bool {
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut rest = [0; 4096];
    loop {
        match socket.read(&mut rest) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

#[test]
fn hostile_peers_harm_nobody() {
    let receiver = receiver();
    let _publisher = Ffmpeg::publish(&receiver, "live/d", 120);
    let first = wait_for(&receiver, "live/d", "comes", |s| s.frames > 10);

    // Rubbish instead of a handshake, and after one.
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut rubbish = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                seed as u8
            })
            .collect()
    };
    for _ in 0..20 {
        let mut socket = TcpStream::connect(receiver.address()).unwrap();
        let mut bytes = rubbish(5000);
        bytes[0] = 0x47; // no version of RTMP
        let _ = socket.write_all(&bytes);
        assert!(is_closed(&socket));
    }
    for round in 0..40 {
        let mut socket = handshake(&receiver);
        let _ = socket.write_all(&rubbish(1 << (round % 17)));
        drop(socket);
    }
    // A message of 16 MB is announced, and a chunk of 2 GB.
    let mut socket = handshake(&receiver);
    let _ = socket.write_all(&[4, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0]);
    assert!(is_closed(&socket));
    let mut socket = handshake(&receiver);
    let _ = socket.write_all(&[2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]);
    assert!(is_closed(&socket));

    // Connections that say nothing, one that stops in the middle of its handshake: more than the
    // receiver takes. All are closed.
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(receiver.address()).unwrap())
        .collect();
    let _ = (&silent[0]).write_all(&[3, 0, 0]);
    assert!(silent.iter().all(is_closed));

    wait_for(&receiver, "live/d", "goes on", |s| {
        s.live && s.frames > first.frames + 60
    });
    // And there is room for a new one, once the silent ones are gone.
    let _another = Ffmpeg::publish(&receiver, "live/e", 120);
    wait_for(&receiver, "live/e", "comes too", |s| {
        s.live && s.frames > 10
    });
    let names: Vec<_> = receiver
        .status()
        .streams
        .into_iter()
        .map(|s| s.name)
        .collect();
    assert_eq!(names, ["live/d", "live/e"]);
}

#[test]
fn dropping_closes_everything() {
    let receiver = receiver();
    let address = receiver.address();
    let mut ffmpeg = Ffmpeg::publish(&receiver, "live/f", 120);
    wait_for(&receiver, "live/f", "comes", |s| s.frames > 10);
    let silent = TcpStream::connect(address).unwrap();
    drop(receiver);
    assert!(is_closed(&silent));
    assert!(!ffmpeg.0.wait().unwrap().success(), "told that it is over");
    let again = Receiver::start(address, || 0).unwrap();
    assert_eq!(again.address(), address);
}

#[test]
fn listens_on_loopback_only_and_says_why_not() {
    let open = Receiver::start("0.0.0.0:0".parse().unwrap(), || 0);
    assert!(matches!(open, Err(ReceiverError::NotLoopback(_))));
    let first = receiver();
    let second = Receiver::start(first.address(), || 0).map(|_| ());
    let error = second.unwrap_err();
    assert!(matches!(error, ReceiverError::Listen { .. }));
    assert!(error.to_string().contains(&first.address().to_string()));
}
