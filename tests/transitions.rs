//! Every kind of transition, picture for picture: what it draws half way is compared, exactly, with a
//! picture that somebody has looked at, and at both ends with the scenes' own pixels. Run with
//! `REGIE_DRAW=1` to draw the pictures in `tests/goldens/transitions/` anew; what differs is left as
//! expected, actual and difference in `target/goldens/transitions/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gstreamer_video as gst_video;
use regie::media::{Picture, Rate};
use regie::show::{
    BUILT_IN_WIPES, Direction, Format, Rgb, TransitionKind, TransitionStyle, read_wipe,
};
use regie::video::{
    Blend, Compositor, Crossing, Draw, Layout, Stage, StingerPictures, StingerShelf, WipeMap,
    WipePicture, yuv,
};

const WIDTH: usize = 96;
const HEIGHT: usize = 54;
const FORMAT: Format = Format {
    width: WIDTH as u32,
    height: HEIGHT as u32,
    rate: Rate(30, 1),
};
const WAYS: [(Direction, &str); 4] = [
    (Direction::Left, "left"),
    (Direction::Right, "right"),
    (Direction::Up, "up"),
    (Direction::Down, "down"),
];

/// The planes of a picture, row by row without padding.
type Planes = [Vec<u8>; 3];

fn size(i: usize) -> (usize, usize) {
    if i == 0 {
        (WIDTH, HEIGHT)
    } else {
        (WIDTH / 2, HEIGHT / 2)
    }
}

fn planes(picture: &Picture) -> Planes {
    [0, 1, 2].map(|i| {
        let plane = picture.plane(i);
        (0..plane.height)
            .flat_map(|y| plane.row(y).to_vec())
            .collect()
    })
}

/// A compositor, the two pictures that it goes between, and every wipe on its shelf.
struct Stand {
    compositor: Compositor,
    pictures: Vec<Option<Picture>>,
}

impl Stand {
    fn new() -> Self {
        gstreamer::init().unwrap();
        let mut compositor = Compositor::new(FORMAT).unwrap();
        let shelf = compositor.wipes();
        shelf.keep(BUILT_IN_WIPES.iter().map(|&name| {
            let picture = WipePicture::decode(&read_wipe(&[], name).unwrap()).unwrap();
            (
                name.to_owned(),
                Arc::new(WipeMap::new(&picture, shelf.size())),
            )
        }));
        let stingers = Arc::new(StingerShelf::default());
        stingers.keep([("disc".to_owned(), Arc::new(disc()))].into());
        compositor.take_stingers_from(stingers);
        // No pixel is as its neighbour, so that one that is off by one place is seen.
        let draw = |formula: fn(usize, usize, usize) -> usize| {
            let mut canvas = compositor.pool().canvas().unwrap();
            for i in 0..3 {
                for (y, row) in canvas.rows(i, 0).enumerate() {
                    for (x, pixel) in row.iter_mut().enumerate() {
                        *pixel = formula(i, x, y) as u8;
                    }
                }
            }
            canvas.finish(0)
        };
        let pictures = vec![
            draw(|i, x, y| match i {
                0 => 20 + x + (y % 3) * 5,
                _ => 70 + i * 10 + x / 2 + y % 5,
            }),
            draw(|i, x, y| match i {
                0 => 130 + y + (x % 5) * 9,
                _ => 180 - i * 10 - y - x % 3,
            }),
        ];
        Self {
            compositor,
            pictures,
        }
    }

    fn at(&mut self, blend: Blend, position: f64) -> Planes {
        let crossing = Crossing {
            to: Stage {
                draws: vec![Draw::full(1)],
            },
            position,
            blend,
        };
        let mut layout = Layout {
            over: Vec::new(),
            from: Stage {
                draws: vec![Draw::full(0)],
            },
            to: Some(crossing),
            black: 0.0,
        };
        let picture = self.compositor.compose(&layout, &self.pictures, 0).unwrap();
        // The transition is over: the next one looks for its wipe again.
        layout.to = None;
        let idle = self.compositor.compose(&layout, &self.pictures, 0).unwrap();
        assert!(idle.same_pixels(self.pictures[0].as_ref().unwrap()));
        planes(&picture)
    }

    fn side(&self, n: usize) -> Planes {
        planes(self.pictures[n].as_ref().unwrap())
    }
}

/// How many pictures the stinger has, and beneath which of them the new scene comes.
const DISC: (u32, u32) = (5, 2);

/// The alpha of the stinger's picture `n` at a pixel: a disc with a soft edge that grows up to its
/// middle picture and shrinks again.
fn disc_alpha(n: u32, x: usize, y: usize) -> u8 {
    let radius = 10.0 + 12.0 * f64::from(2 - n.abs_diff(2));
    let (dx, dy) = (x as f64 - 40.0, y as f64 - 20.0);
    ((radius - dx.hypot(dy)) * 32.0).clamp(0.0, 255.0) as u8
}

/// A stinger: a disc of a colour that is another in each pixel.
fn disc() -> StingerPictures {
    let info =
        gst_video::VideoInfo::builder(gst_video::VideoFormat::A420, WIDTH as u32, HEIGHT as u32)
            .build()
            .unwrap();
    let mut disc = StingerPictures::new((WIDTH, HEIGHT));
    for n in 0..DISC.0 {
        let mut bytes = vec![0u8; info.size()];
        for i in 0..4 {
            let (width, height) = size(if i == 3 { 0 } else { i });
            let stride = info.stride()[i] as usize;
            for y in 0..height {
                for x in 0..width {
                    bytes[info.offset()[i] + y * stride + x] = match i {
                        0 => 60 + x as u8,
                        3 => disc_alpha(n, x, y),
                        _ => 90 + 40 * i as u8 - y as u8,
                    };
                }
            }
        }
        let buffer = gstreamer::Buffer::from_slice(bytes);
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(&buffer, &info).unwrap();
        let picture = disc.picture(&frame);
        disc.push(&picture);
    }
    disc
}

fn stinger() -> Blend {
    Blend::Stinger {
        id: "disc".to_owned(),
        pictures: DISC.0,
        cut: DISC.1,
    }
}

fn style(kind: TransitionKind) -> TransitionStyle {
    TransitionStyle::of(kind)
}

fn wipe(name: &str, softness: f64, reverse: bool) -> Blend {
    Blend::of(&TransitionStyle {
        wipe: name.to_owned(),
        softness,
        reverse,
        ..style(TransitionKind::Wipe)
    })
}

fn towards(kind: TransitionKind, direction: Direction) -> Blend {
    Blend::of(&TransitionStyle {
        direction,
        ..style(kind)
    })
}

fn dip(colour: Rgb) -> Blend {
    Blend::of(&TransitionStyle {
        colour,
        ..style(TransitionKind::Dip)
    })
}

/// Every kind, and every way of it.
fn all() -> Vec<(String, Blend, f64)> {
    let blue = Rgb(0x1e, 0x90, 0xff);
    let mut all = vec![
        (
            "mix".to_owned(),
            Blend::of(&style(TransitionKind::Mix)),
            0.3,
        ),
        ("dip-out".to_owned(), dip(blue), 0.3),
        ("dip-in".to_owned(), dip(blue), 0.8),
        ("wipe-soft".to_owned(), wipe("circle", 0.25, false), 0.4),
        (
            "wipe-softest".to_owned(),
            wipe("left-to-right", 1.0, false),
            0.5,
        ),
        ("wipe-reverse".to_owned(), wipe("circle", 0.0, true), 0.4),
    ];
    for (way, name) in WAYS {
        all.push((
            format!("push-{name}"),
            towards(TransitionKind::Push, way),
            0.3,
        ));
        all.push((
            format!("slide-{name}"),
            towards(TransitionKind::Slide, way),
            0.3,
        ));
    }
    for picture in [2, 3] {
        let position = f64::from(picture) / f64::from(DISC.0 + 1);
        all.push((format!("stinger-{picture}"), stinger(), position));
    }
    for name in BUILT_IN_WIPES {
        all.push((format!("wipe-{name}"), wipe(name, 0.0, false), 0.4));
    }
    all
}

/// Luma above, U and V side by side below, as one grey picture.
fn sheet(planes: &Planes) -> Vec<u8> {
    let mut sheet = planes[0].clone();
    let (width, _) = size(1);
    for (u, v) in planes[1].chunks(width).zip(planes[2].chunks(width)) {
        sheet.extend_from_slice(u);
        sheet.extend_from_slice(v);
    }
    sheet
}

fn write(path: &Path, sheet: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH as u32, (HEIGHT * 3 / 2) as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(sheet)
        .unwrap();
    fs::write(path, bytes).unwrap();
}

fn read(path: &Path) -> Vec<u8> {
    let file = fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let decoder = png::Decoder::new(std::io::BufReader::new(file));
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut data).unwrap();
    data
}

#[test]
fn every_transition_looks_as_it_did_when_it_was_looked_at() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let goldens = root.join("tests/goldens/transitions");
    let left = root.join("target/goldens/transitions");
    let mut stand = Stand::new();
    let mut wrong = Vec::new();
    for (name, blend, position) in all() {
        let actual = sheet(&stand.at(blend, position));
        let golden = goldens.join(format!("{name}.png"));
        if std::env::var_os("REGIE_DRAW").is_some() {
            write(&golden, &actual);
            continue;
        }
        let expected = read(&golden);
        if expected != actual {
            let pairs = expected.iter().zip(&actual);
            let difference: Vec<u8> = pairs.map(|(a, b)| a.abs_diff(*b)).collect();
            write(&left.join(format!("{name}-expected.png")), &expected);
            write(&left.join(format!("{name}-actual.png")), &actual);
            write(&left.join(format!("{name}-difference.png")), &difference);
            let pixels = difference
                .iter()
                .filter(|difference| **difference > 0)
                .count();
            wrong.push(format!("{name}: {pixels} samples"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nlook into {}", left.display());
}

#[test]
fn every_transition_is_exact_at_both_ends() {
    let mut stand = Stand::new();
    let (from, to) = (stand.side(0), stand.side(1));
    for (name, blend, _) in all() {
        assert!(stand.at(blend.clone(), 0.0) == from, "{name} at 0");
        assert!(stand.at(blend, 1.0) == to, "{name} at 1");
    }
}

/// Said once more, pixel by pixel: a cut, and the disc over it.
#[test]
fn a_stinger_is_laid_over_the_cut_by_its_transparency() {
    let mut stand = Stand::new();
    let (from, to) = (stand.side(0), stand.side(1));
    for n in 0..DISC.0 {
        let actual = stand.at(stinger(), f64::from(n + 1) / f64::from(DISC.0 + 1));
        let under = if n >= DISC.1 { &to } else { &from };
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let alpha = f64::from(disc_alpha(n, x, y)) / 255.0;
                let under = f64::from(under[0][y * WIDTH + x]);
                let expected = under * (1.0 - alpha) + (60 + x) as f64 * alpha;
                let pixel = f64::from(actual[0][y * WIDTH + x]);
                assert!((pixel - expected).abs() <= 0.51, "picture {n} at {x} {y}");
            }
        }
    }
    // One that is gone leaves the cut.
    let gone = Blend::Stinger {
        id: "gone".to_owned(),
        pictures: DISC.0,
        cut: DISC.1,
    };
    assert!(stand.at(gone.clone(), 2.0 / 6.0) == from);
    assert!(stand.at(gone, 3.0 / 6.0) == to);
}

#[test]
fn a_dip_is_the_colour_in_its_middle() {
    let mut stand = Stand::new();
    let colour = Rgb(200, 30, 90);
    let middle = stand.at(dip(colour), 0.5);
    for (plane, value) in middle.iter().zip(yuv(colour)) {
        assert!(plane.iter().all(|&pixel| pixel == value));
    }
}

/// Said once more, pixel by pixel: where each sample of a push or slide comes from.
#[test]
fn pushes_and_slides_move_every_pixel_by_as_much() {
    let mut stand = Stand::new();
    let (from, to) = (stand.side(0), stand.side(1));
    for kind in [TransitionKind::Push, TransitionKind::Slide] {
        for (way, name) in WAYS {
            for position in [0.01, 0.3, 0.5, 0.77, 0.99] {
                let actual = stand.at(towards(kind, way), position);
                for i in 0..3 {
                    let (width, height) = size(i);
                    let (dx, dy) = match way {
                        Direction::Left => (-1, 0),
                        Direction::Right => (1, 0),
                        Direction::Up => (0, -1),
                        Direction::Down => (0, 1),
                    };
                    // In steps of two pixels of luma, one of chroma.
                    let full = if dx != 0 { WIDTH } else { HEIGHT };
                    let steps = (position * full as f64 / 2.0).round() as i64;
                    let gone = if i == 0 { 2 * steps } else { steps };
                    let (w, h) = (width as i64, height as i64);
                    for (n, &pixel) in actual[i].iter().enumerate() {
                        let (x, y) = (n as i64 % w, n as i64 / w);
                        // The new picture began one picture away on the other side.
                        let (nx, ny) = (x - dx * (gone - w), y - dy * (gone - h));
                        let new = (0..w).contains(&nx) && (0..h).contains(&ny);
                        let expected = if new {
                            to[i][(ny * w + nx) as usize]
                        } else if kind == TransitionKind::Push {
                            from[i][((y - dy * gone) * w + x - dx * gone) as usize]
                        } else {
                            from[i][n]
                        };
                        assert_eq!(pixel, expected, "{kind:?} {name} {position} {i} {x} {y}");
                    }
                }
            }
        }
    }
}

/// A hard wipe shows one picture or the other, never less of the new one than before.
#[test]
fn a_wipe_only_ever_goes_forward() {
    let mut stand = Stand::new();
    let (from, to) = (stand.side(0), stand.side(1));
    for name in BUILT_IN_WIPES {
        let mut before = vec![false; from[0].len()];
        for step in 1..=20 {
            let actual = stand.at(wipe(name, 0.0, false), f64::from(step) / 20.0);
            for (n, &pixel) in actual[0].iter().enumerate() {
                let new = pixel == to[0][n];
                assert!(new || pixel == from[0][n], "{name} {step} {n}");
                assert!(
                    new || !before[n] || from[0][n] == to[0][n],
                    "{name} {step} {n}"
                );
                before[n] = new;
            }
        }
        assert!(before.iter().all(|new| *new), "{name}");
    }
}

#[test]
fn a_wipe_that_is_not_there_is_a_mix_to_its_very_end() {
    let mut stand = Stand::new();
    let mix = stand.at(Blend::Mix, 0.4);
    assert!(stand.at(wipe("nowhere", 0.0, false), 0.4) == mix);

    // One that gets ready late on the way does not change what is on air.
    let picture = WipePicture::decode(&read_wipe(&[], "circle").unwrap()).unwrap();
    let layout = |position| Layout {
        over: Vec::new(),
        from: Stage {
            draws: vec![Draw::full(0)],
        },
        to: Some(Crossing {
            to: Stage {
                draws: vec![Draw::full(1)],
            },
            position,
            blend: wipe("late", 0.0, false),
        }),
        black: 0.0,
    };
    let begun = stand
        .compositor
        .compose(&layout(0.2), &stand.pictures, 0)
        .unwrap();
    assert!(planes(&begun) == Stand::new().at(Blend::Mix, 0.2));
    let shelf = stand.compositor.wipes();
    let map = Arc::new(WipeMap::new(&picture, shelf.size()));
    shelf.keep([("late".to_owned(), map)]);
    let later = stand.compositor.compose(&layout(0.4), &stand.pictures, 0);
    assert!(planes(&later.unwrap()) == mix);
    assert!(
        stand.at(wipe("late", 0.0, false), 0.4) == mix,
        "still the same transition"
    );
    assert!(
        stand.at(wipe("late", 0.0, false), 0.4) != mix,
        "the next one has it"
    );

    // One that gets ready soon is what was asked for.
    let mut stand = Stand::new();
    let begun = stand
        .compositor
        .compose(&layout(0.05), &stand.pictures, 0)
        .unwrap();
    assert!(planes(&begun) == Stand::new().at(Blend::Mix, 0.05));
    let shelf = stand.compositor.wipes();
    let map = Arc::new(WipeMap::new(&picture, shelf.size()));
    shelf.keep([("late".to_owned(), map)]);
    let soon = stand
        .compositor
        .compose(&layout(0.1), &stand.pictures, 0)
        .unwrap();
    assert!(planes(&soon) == Stand::new().at(wipe("circle", 0.0, false), 0.1));
    let later = stand
        .compositor
        .compose(&layout(0.4), &stand.pictures, 0)
        .unwrap();
    assert!(planes(&later) == Stand::new().at(wipe("circle", 0.0, false), 0.4));
}
