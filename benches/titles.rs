//! What titles cost: milliseconds of one core for each frame, beside a copy of the frame in memory and
//! GStreamer's compositor doing the same.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;
use regie::media::{Picture, Rate};
use regie::show::Format;
use regie::title::{BUILT_IN, Fonts, Template};
use regie::video::{
    CanvasPool, Compositor, Draw, Layout, Over, Overlaid, Pose, Stage, Title, TitleKey, TitleShelf,
};

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(500);
/// Frames that GStreamer is given.
const FRAMES: u64 = 300;

fn main() {
    if let Err(error) = regie::media::start_gstreamer() {
        println!("GStreamer does not start: {error}");
        return;
    }
    let fonts = Fonts::load();
    for height in [720, 1080] {
        let format = Format {
            width: height * 16 / 9,
            height,
            rate: Rate(30, 1),
        };
        println!(
            "\nTitles at {}×{height}: milliseconds a frame, median of {ROUNDS}",
            format.width
        );
        let bytes = (format.width * format.height * 3 / 2) as usize;
        let (from, mut to) = (vec![7u8; bytes], vec![0u8; bytes]);
        show(format, "copy of memory", || {
            to.copy_from_slice(black_box(&from));
            black_box(&to);
        });
        let lower = full_width(&fonts, format);
        let long = u32::MAX / 2;
        over(format, "full-width lower third", &[&lower], long);
        over(format, "the same, on its way in", &[&lower], 5);
        let others = [
            "lower-third.svg",
            "question.svg",
            "speaker-bug.svg",
            "logo-bug.svg",
        ];
        let four = others.map(|name| built_in(&fonts, name, format));
        over(format, "four keys at once", &four.each_ref(), long);
        gstreamer_over(format, "GStreamer's compositor, lower third");
    }
}

/// A panel over the whole width with words on it.
fn full_width(fonts: &Fonts, format: Format) -> Arc<Title> {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1920 1080'>\
        <g data-in='slide-up fade 12'><rect x='0' y='810' width='1920' height='180' fill='#102040' \
        fill-opacity='0.8'/><text x='120' y='925' font-family='Inter' font-size='72' fill='#fff'>\
        Zoé Martin, astronaut</text></g></svg>";
    made(
        &Template::parse("bench.svg", svg, None).expect("a template"),
        fonts,
        format,
    )
}

fn built_in(fonts: &Fonts, name: &str, format: Format) -> Arc<Title> {
    let found = BUILT_IN.iter().find(|(other, _)| *other == name);
    let (name, text) = found.expect("one that comes with regie");
    made(
        &Template::parse(name, text, None).expect("a template"),
        fonts,
        format,
    )
}

fn made(template: &Template, fonts: &Fonts, format: Format) -> Arc<Title> {
    let made = template.make(&BTreeMap::new(), format, fonts, &[]);
    made.expect("a title").title
}

/// Times a picture that comes whole with titles over it; pictures take turns.
fn over(format: Format, name: &str, titles: &[&Arc<Title>], age: u32) {
    let Ok(mut compositor) = Compositor::new(format) else {
        println!("  {name}: no compositor");
        return;
    };
    let shelf = Arc::new(TitleShelf::default());
    compositor.take_titles_from(shelf.clone());
    let keys = (0..titles.len()).map(|n| TitleKey {
        id: n.to_string(),
        filling: 1,
    });
    let keys: Vec<TitleKey> = keys.collect();
    shelf.keep(
        keys.iter()
            .cloned()
            .zip(titles.iter().map(|title| (*title).clone()))
            .collect(),
    );
    let pose = Pose {
        frame: 1000,
        age,
        cut: false,
        leaving: None,
    };
    let over = keys.into_iter().map(|key| Overlaid {
        what: Over::Title { key, pose },
        opacity: 1.0,
        clean: false,
    });
    let layout = Layout {
        from: Stage {
            draws: vec![Draw::full(0)],
        },
        to: None,
        black: 0.0,
        over: over.collect(),
    };
    let flat = |value: u8| -> Option<Picture> {
        let mut canvas = compositor.pool().canvas()?;
        canvas.fill([value, 90, 160]);
        canvas.finish(0)
    };
    let turns = [[flat(60)], [flat(61)]];
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
        "  {name:40} {middle:7.3} ({least:.3} to {most:.3}), {rate:6.0} million pixels a second"
    );
}

/// The same panel by GStreamer: seconds of CPU of the whole process for each frame.
fn gstreamer_over(format: Format, name: &str) {
    let mut times = Vec::new();
    for _ in 0..3 {
        match by_gstreamer(format) {
            Some(time) => times.push(time),
            None => {
                println!("  {name}: it does not run");
                return;
            }
        }
    }
    say(format, name, &mut times);
}

fn by_gstreamer(format: Format) -> Option<f64> {
    let (width, height) = (format.width, format.height);
    let panel = (width, height / 6);
    let caps = |form: &str, size: (u32, u32)| {
        format!(
            "video/x-raw,format={form},width={},height={},framerate=30/1,colorimetry=bt709",
            size.0, size.1
        )
    };
    let line = format!(
        "compositor name=c background=black sink_0::zorder=0 sink_1::zorder=1 sink_1::ypos={} ! {} ! fakesink sync=false \
         appsrc name=video format=time is-live=false caps={} ! c.sink_0 \
         appsrc name=panel format=time is-live=false caps={} ! c.sink_1",
        height * 3 / 4,
        caps("I420", (width, height)),
        caps("I420", (width, height)),
        caps("AYUV", panel),
    );
    let pipeline = gst::parse::launch(&line)
        .ok()?
        .downcast::<gst::Pipeline>()
        .ok()?;
    let source = |name: &str| pipeline.by_name(name)?.downcast::<gst_app::AppSrc>().ok();
    let (video, over) = (source("video")?, source("panel")?);
    let pool = CanvasPool::new(format).ok()?;
    let mut canvas = pool.canvas()?;
    canvas.fill([60, 90, 160]);
    let whole = gst::Buffer::from_slice(vec![60u8; (width * height * 3 / 2) as usize]);
    let pixels = [200u8, 40, 120, 120].repeat((panel.0 * panel.1) as usize);
    let part = gst::Buffer::from_slice(pixels);
    for (source, buffer) in [(&video, &whole), (&over, &part)] {
        source.set_max_bytes(u64::MAX);
        for n in 0..FRAMES {
            let mut own = buffer.copy();
            let own_ref = own.make_mut();
            own_ref.set_pts(gst::ClockTime::from_nseconds(n * 1_000_000_000 / 30));
            own_ref.set_duration(gst::ClockTime::from_nseconds(1_000_000_000 / 30));
            source.push_buffer(own).ok()?;
        }
        source.end_of_stream().ok()?;
    }
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
