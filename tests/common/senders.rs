//! Senders of coded clips over the network, each of which can be killed: SRT, RTMP and RTSP as
//! processes of their own, MPEG-TS over HTTP from a thread that can run fast or slow, flood, or jump in time.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer::glib;
use gstreamer_rtsp_server::prelude::*;

use super::media::{Clip, ffmpeg_does, kept};
use super::wait;

/// A sender in a process of its own. Dropping it kills it.
pub struct Process {
    child: Option<Child>,
    /// Where the stream is to be had.
    pub url: String,
}

impl Process {
    /// Its process number.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Kills it with SIGKILL: the other side hears nothing of it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a clip over SRT at real time, waiting on `port` for whoever calls.
pub fn srt_listener(clip: &Clip, port: u16) -> Process {
    let url = format!("srt://127.0.0.1:{port}");
    let child = srt(
        clip,
        &format!("{url}?mode=listener&latency=100000&tlpktdrop=0"),
    );
    Process {
        child: Some(child),
        url: format!("{url}?mode=caller"),
    }
}

/// Sends a clip over SRT at real time to whoever listens on `port`.
pub fn srt_caller(clip: &Clip, port: u16) -> Process {
    let url = format!("srt://127.0.0.1:{port}?mode=caller&latency=100000&tlpktdrop=0");
    Process {
        child: Some(srt(clip, &url)),
        url: format!("srt://127.0.0.1:{port}?mode=listener"),
    }
}

/// Publishes a clip over RTMP at real time; `url` ends with the stream's name.
pub fn rtmp(clip: &Clip, url: &str) -> Process {
    Process {
        child: Some(send(clip, &["-f", "flv", url])),
        url: url.to_owned(),
    }
}

fn srt(clip: &Clip, url: &str) -> Child {
    send(clip, &["-muxdelay", "0", "-f", "mpegts", url])
}

fn send(clip: &Clip, to: &[&str]) -> Child {
    Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-re", "-i"])
        .arg(clip.file())
        .args(["-c", "copy"])
        .args(to)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("ffmpeg starts")
}

/// Variables that tell a test binary to be an RTSP server: its port, and the file.
const RTSP_PORT: &str = "REGIE_TEST_RTSP_PORT";
const RTSP_FILE: &str = "REGIE_TEST_RTSP_FILE";

/// Serves a clip over RTSP at real time on `port`, from a process of its own. A test binary that
/// uses this has an ignored test `rtsp_server_process` which calls [`serve_rtsp`].
pub fn rtsp(clip: &Clip, port: u16) -> Process {
    let this = std::env::current_exe().expect("this test binary");
    let child = Command::new(this)
        .args(["--exact", "rtsp_server_process", "--ignored", "--nocapture"])
        .env(RTSP_PORT, port.to_string())
        .env(RTSP_FILE, clip.file())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test binary starts again");
    let mut process = Process {
        child: Some(child),
        url: format!("rtsp://127.0.0.1:{port}/clip"),
    };
    let up = wait::listening(port, Duration::from_secs(20));
    // Or another one has taken the port meanwhile.
    assert!(up && process.runs(), "the RTSP server listens");
    process
}

/// The RTSP server itself: runs until it is killed. Does nothing where it was not asked for.
pub fn serve_rtsp() {
    let (Ok(port), Ok(file)) = (std::env::var(RTSP_PORT), std::env::var(RTSP_FILE)) else {
        return;
    };
    gstreamer::init().expect("GStreamer");
    let server = gstreamer_rtsp_server::RTSPServer::new();
    server.set_address("127.0.0.1");
    server.set_service(&port);
    let factory = gstreamer_rtsp_server::RTSPMediaFactory::new();
    factory.set_launch(&format!(
        "( filesrc location=\"{file}\" ! matroskademux name=d \
         d. ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 \
         d. ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
    ));
    factory.set_shared(true);
    let mounts = server.mount_points().expect("a place to mount on");
    mounts.add_factory("/clip", factory);
    let _source = server.attach(None).expect("the port is free");
    glib::MainLoop::new(None, false).run();
}

/// A clip as MPEG-TS whose times start at `offset` seconds.
pub fn transport_stream(clip: &Clip, offset: u64) -> PathBuf {
    transport_stream_of(clip, 1, offset)
}

/// A clip played so many times as one MPEG-TS whose times go on from `offset` seconds.
pub fn transport_stream_of(clip: &Clip, times: u32, offset: u64) -> PathBuf {
    let from = clip.file();
    let stem = from.file_stem().map(|s| s.to_string_lossy().into_owned());
    let name = format!("{}-{times}-at-{offset}.ts", stem.unwrap_or_default());
    kept(&name, |path| {
        let loops = times.saturating_sub(1).to_string();
        let (from, to) = (from.display().to_string(), path.display().to_string());
        let offset = offset.to_string();
        let input = ["-stream_loop", &loops, "-i", &from, "-c", "copy"];
        let output = [
            "-muxdelay",
            "0",
            "-output_ts_offset",
            &offset,
            "-f",
            "mpegts",
            &to,
        ];
        ffmpeg_does(&[&input[..], &output[..]].concat());
    })
}

/// A live MPEG-TS stream over HTTP: each who asks gets it from the start, each picture when it is
/// due by its own time stamp.
pub struct TsServer {
    port: u16,
    parts: Arc<Vec<Vec<u8>>>,
    speed: f64,
    running: Option<Running>,
}

struct Running {
    ends: Arc<AtomicBool>,
    clients: Arc<Mutex<Vec<TcpStream>>>,
    served: Arc<AtomicUsize>,
    thread: std::thread::JoinHandle<()>,
}

impl TsServer {
    /// Serves these files one after the other, without a word where one's times end and the next
    /// one's begin. `speed` 1.0005 is a sender whose clock is 500 ppm fast, 8 one that floods.
    pub fn start(parts: &[&Path], speed: f64) -> Self {
        let read = |path: &&Path| std::fs::read(path).expect("a part of the stream");
        let mut server = Self {
            port: wait::free_port(),
            parts: Arc::new(parts.iter().map(read).collect()),
            speed,
            running: None,
        };
        server.restart();
        server
    }

    /// Where the stream is to be had.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/live.ts", self.port)
    }

    /// How many have asked for the stream since it was last started.
    pub fn served(&self) -> usize {
        let running = self.running.as_ref();
        running.map_or(0, |r| r.served.load(Ordering::Relaxed))
    }

    /// Ends every connection and listens no more.
    pub fn kill(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        running.ends.store(true, Ordering::Relaxed);
        let clients = running.clients.lock();
        for client in clients.unwrap_or_else(PoisonError::into_inner).drain(..) {
            client.shutdown(Shutdown::Both).ok();
        }
        running.thread.join().ok();
    }

    /// Listens again on the same port.
    pub fn restart(&mut self) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = wait::until(Duration::from_secs(20), || TcpListener::bind(address).ok());
        let listener = listener.expect("the port is free");
        listener.set_nonblocking(true).expect("not to block");
        let ends = Arc::new(AtomicBool::new(false));
        let clients = Arc::new(Mutex::new(Vec::new()));
        let served = Arc::new(AtomicUsize::new(0));
        let (end, held, count) = (ends.clone(), clients.clone(), served.clone());
        let (parts, speed) = (self.parts.clone(), self.speed);
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                let Ok((stream, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                stream.set_nonblocking(false).ok();
                if let Ok(twin) = stream.try_clone() {
                    held.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(twin);
                }
                count.fetch_add(1, Ordering::Relaxed);
                let (parts, end) = (parts.clone(), end.clone());
                std::thread::spawn(move || {
                    // An error is a listener that went away.
                    serve(stream, &parts, speed, &end).ok();
                });
            }
        });
        self.running = Some(Running {
            ends,
            clients,
            served,
            thread,
        });
    }
}

impl Drop for TsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(
    stream: TcpStream,
    parts: &[Vec<u8>],
    speed: f64,
    ends: &AtomicBool,
) -> std::io::Result<()> {
    let mut request = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while request.read_line(&mut line)? > 2 {
        line.clear();
    }
    let mut out = std::io::BufWriter::with_capacity(188 * 7, &stream);
    out.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")?;
    let begun = Instant::now();
    // Seconds of stream before this part.
    let mut played = 0.0;
    for part in parts {
        let mut first = None;
        let mut latest = 0.0;
        for packet in part.chunks_exact(188) {
            if let Some(time) = picture_time(packet) {
                let since = time - *first.get_or_insert(time);
                latest = f64::max(latest, since);
                let due = Duration::from_secs_f64((played + since).max(0.0) / speed);
                out.flush()?;
                while let Some(left) = due.checked_sub(begun.elapsed()) {
                    if ends.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    std::thread::sleep(left.min(Duration::from_millis(50)));
                }
            }
            out.write_all(packet)?;
        }
        played += latest + 1.0 / 30.0;
    }
    out.flush()?;
    stream.shutdown(Shutdown::Both)
}

/// The decoding time in seconds of the picture that starts in this packet of MPEG-TS, if one does.
fn picture_time(packet: &[u8]) -> Option<f64> {
    let starts = packet[1] & 0x40 != 0;
    let (adapted, payload) = (packet[3] & 0x20 != 0, packet[3] & 0x10 != 0);
    if packet[0] != 0x47 || !starts || !payload {
        return None;
    }
    let skip = if adapted {
        5 + usize::from(packet[4])
    } else {
        4
    };
    let pes = packet.get(skip..)?;
    if pes.get(..3)? != [0, 0, 1] || pes.get(3)? & 0xf0 != 0xe0 {
        return None;
    }
    // PTS alone, or PTS and then DTS, 33 bits of a 90 kHz clock in five bytes each.
    let stamp = match pes.get(7)? >> 6 {
        2 => pes.get(9..14)?,
        3 => pes.get(14..19)?,
        _ => return None,
    };
    let bits = |i: usize, mask: u8| u64::from(stamp[i] & mask);
    let ticks = bits(0, 0x0e) << 29
        | bits(1, 0xff) << 22
        | bits(2, 0xfe) << 14
        | bits(3, 0xff) << 7
        | bits(4, 0xfe) >> 1;
    Some(ticks as f64 / 90_000.0)
}
