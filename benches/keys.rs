//! What upstream keys and shapes cost: milliseconds of one core for each frame in which the layer has a new
//! picture, beside a copy of the frame in memory and GStreamer's `alpha` element.

use std::hint::black_box;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use regie::media::{Picture, Rate};
use regie::show::{Border, ChromaKey, Format, LumaKey, Shadow};
use regie::video::{CanvasPool, Compositor, Draw, DrawKey, Layout, Look, Outline, Stage, yuv};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(500);
/// Frames that GStreamer is given.
const FRAMES: u64 = 150;

fn main() {
    if let Err(error) = regie::media::start_gstreamer() {
        println!("GStreamer does not start: {error}");
        return;
    }
    for height in [720, 1080] {
        let format = Format {
            width: height * 16 / 9,
            height,
            rate: Rate(30, 1),
        };
        println!(
            "\nKeys at {}×{height}: milliseconds a frame, median of {ROUNDS}",
            format.width
        );
        let bytes = (format.width * format.height * 3 / 2) as usize;
        let (from, mut to) = (vec![7u8; bytes], vec![0u8; bytes]);
        show(format, "copy of memory", || {
            to.copy_from_slice(black_box(&from));
            black_box(&to);
        });
        let keyed = |key| Look {
            key: Some(key),
            ..Look::default()
        };
        let chroma = ChromaKey::default();
        let all = (0.0, 0.0, 1.0, 1.0);
        let small = (0.55, 0.1, 0.4, 0.4);
        over(format, "chroma key", all, keyed(DrawKey::Chroma(chroma)));
        let mut edged = chroma;
        (edged.edge.shrink, edged.edge.soften) = (0.001, 0.001);
        let edged = keyed(DrawKey::Chroma(edged));
        over(format, "chroma key, edge moved and softened", all, edged);
        let shadow = Look {
            shadow: Some(Shadow::default()),
            ..keyed(DrawKey::Chroma(chroma))
        };
        over(format, "chroma key and its shadow", all, shadow);
        let luma = LumaKey::default();
        over(format, "luma key", all, keyed(DrawKey::Luma(luma)));
        let linear = DrawKey::Linear {
            matte: Some(2),
            invert: false,
            premultiplied: false,
        };
        over(format, "fill and matte", all, keyed(linear));
        over(format, "picture-in-picture", small, Look::default());
        let shaped = Look {
            outline: Outline {
                border: Some(Border::default()),
                radius: 0.02,
                mask: None,
            },
            shadow: Some(Shadow::default()),
            key: None,
        };
        over(
            format,
            "the same, round, with border and shadow",
            small,
            shaped,
        );
        gstreamer_alpha(format, "GStreamer's alpha, to AYUV alone");
    }
}

/// Somebody before a green screen; `light` tells two of them apart.
fn plate(pool: &CanvasPool, format: Format, light: u8) -> Option<Picture> {
    let (screen, own) = (yuv(ChromaKey::GREEN), [120 + light, 118, 140]);
    let mut canvas = pool.canvas()?;
    for i in 0..3 {
        let half = usize::from(i > 0);
        let (width, height) = (
            (format.width >> half) as f64,
            (format.height >> half) as f64,
        );
        for (y, row) in canvas.rows(i, 0).enumerate() {
            for (x, value) in row.iter_mut().enumerate() {
                let across = (x as f64 / width - 0.5) * 16.0 / 9.0;
                let down = y as f64 / height - 0.6;
                // An edge of some pixels that goes in and out, as hair does.
                let wave = 0.02 * (40.0 * down.atan2(across)).sin();
                let inside = (0.35 + wave - across.hypot(down)) * height / 4.0;
                let share = (inside + 0.5).clamp(0.0, 1.0);
                let mixed = f64::from(screen[i]) * (1.0 - share) + f64::from(own[i]) * share;
                *value = mixed.round() as u8;
            }
        }
    }
    canvas.finish(0)
}

/// Times a layer over a picture that comes whole; its pictures take turns.
fn over(format: Format, name: &str, rect: (f64, f64, f64, f64), look: Look) {
    let Ok(mut compositor) = Compositor::new(format) else {
        println!("  {name}: no compositor");
        return;
    };
    let layer = Draw {
        rect,
        look,
        ..Draw::full(1)
    };
    let layout = Layout {
        from: Stage {
            draws: vec![Draw::full(0), layer],
        },
        ..Layout::default()
    };
    let flat = |value: u8| -> Option<Picture> {
        let mut canvas = compositor.pool().canvas()?;
        canvas.fill([value, 90, 160]);
        canvas.finish(0)
    };
    let turns = [0, 1].map(|n| {
        let plate = plate(compositor.pool(), format, n);
        [flat(60 + n), plate, flat(120 + n)]
    });
    let mut turn = 0;
    show(format, name, || {
        turn += 1;
        black_box(compositor.compose(&layout, &turns[turn % 2], 0));
    });
}

fn show(format: Format, name: &str, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let (began, mut count) = (Instant::now(), 0u32);
            while began.elapsed() < ROUND {
                work();
                count += 1;
            }
            began.elapsed().as_secs_f64() * 1e3 / f64::from(count)
        })
        .collect();
    say(format, name, &mut times);
}

fn say(format: Format, name: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let (least, middle, most) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    let rate = f64::from(format.width * format.height) / middle / 1e3;
    println!(
        "  {name:42} {middle:7.3} ({least:.3} to {most:.3}), {rate:6.0} million pixels a second"
    );
}

/// Milliseconds of CPU of the whole process for each frame.
fn gstreamer_alpha(format: Format, name: &str) {
    let mut times: Vec<f64> = (0..3).filter_map(|_| by_gstreamer(format)).collect();
    match times.len() {
        3 => say(format, name, &mut times),
        _ => println!("  {name}: it does not run"),
    }
}

fn by_gstreamer(format: Format) -> Option<f64> {
    let line = format!(
        "appsrc name=in format=time caps=video/x-raw,format=I420,width={},height={},framerate=30/1,\
         colorimetry=bt709 ! alpha method=custom target-r=0 target-g=177 target-b=64 angle=30 ! \
         video/x-raw,format=AYUV ! fakesink sync=false",
        format.width, format.height
    );
    let pipeline = gst::parse::launch(&line).ok()?;
    let pipeline = pipeline.downcast::<gst::Pipeline>().ok()?;
    let source = pipeline.by_name("in")?.downcast::<gst_app::AppSrc>().ok()?;
    let pool = CanvasPool::new(format).ok()?;
    let plate = plate(&pool, format, 0)?;
    let planes = [0, 1, 2].map(|i| {
        let plane = plate.plane(i);
        let rows = (0..plane.height).map(|y| plane.row(y));
        rows.collect::<Vec<_>>().concat()
    });
    let buffer = gst::Buffer::from_slice(planes.concat());
    source.set_max_bytes(u64::MAX);
    for n in 0..FRAMES {
        let mut own = buffer.copy();
        own.make_mut()
            .set_pts(gst::ClockTime::from_nseconds(n * 1_000_000_000 / 30));
        source.push_buffer(own).ok()?;
    }
    source.end_of_stream().ok()?;
    let before = cpu();
    pipeline.set_state(gst::State::Playing).ok()?;
    let ended = pipeline.bus()?.timed_pop_filtered(
        gst::ClockTime::from_seconds(60),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    let spent = cpu() - before;
    let _ = pipeline.set_state(gst::State::Null);
    let ended = ended.filter(|message| message.type_() == gst::MessageType::Eos);
    ended.map(|_| spent * 1e3 / FRAMES as f64)
}

/// Seconds of CPU that this process has had.
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
