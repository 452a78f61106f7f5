//! The kernels in pixels a second, beside a plain copy of memory.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use regie::media::scope::ScopeKind;
use regie::media::{Picture, Rate};
use regie::show::{Colour, Direction, Format, read_wipe};
use regie::video::{
    Blend, CanvasPool, Compositor, Crossing, Draw, Layout, Stage, WipeMap, WipePicture,
    scope_picture,
};

const FORMAT: Format = Format {
    width: 1280,
    height: 720,
    rate: Rate(30, 1),
};
const PIXELS: f64 = 1280.0 * 720.0;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(400);

fn main() {
    if let Err(error) = gstreamer::init() {
        println!("GStreamer does not start: {error}");
        return;
    }
    println!(
        "\nKernels at 1280×720, I420: millions of program pixels a second, median of {ROUNDS}"
    );
    let bytes = (PIXELS * 1.5) as usize;
    let (from, mut to) = (vec![7u8; bytes], vec![0u8; bytes]);
    show("copy of memory", || {
        to.copy_from_slice(black_box(&from));
        black_box(&to);
    });
    let full = Draw::full;
    compose("cut (the same buffer)", vec![full(0)], None);
    let to = |blend| {
        Some(Crossing {
            to: Stage {
                draws: vec![full(1)],
            },
            position: 0.4,
            blend,
        })
    };
    let wipe = |softness| Blend::Wipe {
        name: "circle".to_owned(),
        softness,
        reverse: false,
    };
    compose("mix", vec![full(0)], to(Blend::Mix));
    compose("dip", vec![full(0)], to(Blend::Dip([16, 128, 128])));
    compose("wipe, hard", vec![full(0)], to(wipe(0.0)));
    compose("wipe, soft", vec![full(0)], to(wipe(0.2)));
    compose(
        "push to the left",
        vec![full(0)],
        to(Blend::Push(Direction::Left)),
    );
    compose("slide up", vec![full(0)], to(Blend::Slide(Direction::Up)));
    let small = |opacity| Draw {
        rect: (0.55, 0.1, 0.4, 0.4),
        opacity,
        ..full(1)
    };
    compose("scale to 40 % over", vec![full(0), small(1.0)], None);
    compose("scale to 40 % over, half", vec![full(0), small(0.5)], None);
    let band = Draw {
        rect: (0.0, 0.75, 1.0, 0.25),
        crop: (0.0, 0.75, 0.0, 0.0),
        opacity: 0.5,
        ..full(1)
    };
    compose("band of a quarter over, half", vec![full(0), band], None);
    let letterbox = Draw {
        rect: (0.125, 0.0, 0.75, 1.0),
        ..full(1)
    };
    compose(
        "letterbox (scale to 75 % of the width)",
        vec![letterbox],
        None,
    );
    let mut colour = Colour::NEUTRAL;
    colour.gamma.master = 1.2;
    colour.saturation = 1.1;
    let corrected = Draw { colour, ..full(1) };
    compose("colour correction, full frame", vec![corrected], None);
    let small_corrected = Draw {
        colour,
        ..small(1.0)
    };
    compose(
        "scale to 40 % over, corrected",
        vec![full(0), small_corrected],
        None,
    );
    for kind in [
        ScopeKind::Waveform,
        ScopeKind::Parade,
        ScopeKind::Vectorscope,
        ScopeKind::Histogram,
    ] {
        scope(kind);
    }
    let black = Crossing {
        to: Stage::default(),
        position: 0.5,
        blend: Blend::Mix,
    };
    compose("black half way", vec![full(0)], Some(black));
}

/// Times a scope of 480×270 of a picture with some of everything in it.
fn scope(kind: ScopeKind) {
    let picture = CanvasPool::new(FORMAT)
        .ok()
        .and_then(|pool| pool.canvas())
        .and_then(|mut canvas| {
            for i in 0..3 {
                for (y, row) in canvas.rows(i, 0).enumerate() {
                    for (x, code) in row.iter_mut().enumerate() {
                        *code = (40 + (x + 60 * i) / 8 % 170 + (x * y) % 7) as u8;
                    }
                }
            }
            canvas.finish(0)
        });
    let Some(picture) = picture else {
        println!("  {kind:?}: no picture");
        return;
    };
    show(&format!("{kind:?} of 480×270"), || {
        black_box(scope_picture(kind, &picture, (480, 270)));
    });
}

/// Times a layout; pictures take turns, so that nothing is kept from one to the next.
fn compose(name: &str, from: Vec<Draw>, to: Option<Crossing>) {
    let Ok(mut compositor) = Compositor::new(FORMAT) else {
        println!("  {name}: no compositor");
        return;
    };
    if let Some(name) = to.as_ref().and_then(Crossing::wipe)
        && let Ok(bytes) = read_wipe(&[], name)
        && let Ok(picture) = WipePicture::decode(&bytes)
    {
        let shelf = compositor.wipes();
        let map = Arc::new(WipeMap::new(&picture, shelf.size()));
        shelf.keep([(name.to_owned(), map)]);
    }
    let flat = |value: u8| -> Option<Picture> {
        let mut canvas = compositor.pool().canvas()?;
        canvas.fill([value, 90, 160]);
        canvas.finish(0)
    };
    let turns = [[flat(60), flat(180)], [flat(61), flat(181)]];
    let layout = Layout {
        from: Stage { draws: from },
        to,
        black: 0.0,
        over: Vec::new(),
    };
    let mut turn = 0;
    show(name, || {
        turn += 1;
        black_box(compositor.compose(&layout, &turns[turn % 2], 0));
    });
}

fn show(name: &str, mut work: impl FnMut()) {
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let (began, mut count) = (Instant::now(), 0u32);
            while began.elapsed() < ROUND {
                work();
                count += 1;
            }
            f64::from(count) * PIXELS / began.elapsed().as_secs_f64() / 1e6
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    let (least, most) = (rates[0], rates[ROUNDS - 1]);
    println!(
        "  {name:40} {:9.0} ({least:.0} to {most:.0})",
        rates[ROUNDS / 2]
    );
}
