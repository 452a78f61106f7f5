//! What the templates that come with regie look like: drawn as they are on air, with short words, long ones,
//! and those of many scripts, at several sizes, and compared with pictures that somebody has looked at. Run
//! with `REGIE_DRAW=1` to draw the pictures in `tests/goldens/titles/` anew; what differs is left as expected,
//! actual and difference in `target/goldens/titles/`.
//!
//! Fonts are those of the packages that regie asks for; another release of them draws an edge a little
//! otherwise, which is let pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use regie::media::{Picture, Rate};
use regie::show::Format;
use regie::title::{BUILT_IN, FieldKind, Fonts, Made, Template};
use regie::video::{CanvasPool, Pose};

/// Of a golden picture.
const WIDTH: usize = 480;
const HEIGHT: usize = 270;
/// So many of its values may differ by more than [`NEAR`].
const STRAY: usize = 200;
const NEAR: u8 = 24;

/// Words that are filled into every field.
const LONG: &str = "A name so long that nobody would ever want to read it all out loud on the air, \
    and then some more of it for good measure, until no line has room for it any more";
/// Several scripts in one line.
const MIXED: [&str; 4] = [
    "Zoë Čapek · 日本 🚀 مرحبا 2026!",
    "שלום, Zoë (ESA) 👩‍🚀!",
    "नमस्ते from 서울 – Ωμέγα",
    "(مرحبا) 100% 宇宙",
];
const SCRIPTS: [&str; 8] = [
    "Zoë Ælfgård-Čapek",
    "مرحبا بكم في البرنامج",
    "שלום לכולם",
    "宇宙飛行士への質問",
    "🚀 Live 🎉",
    "Žluťoučký kůň office",
    "Ελληνικά Кириллица",
    "한국어 नमस्ते",
];

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        regie::media::start_gstreamer().unwrap();
        Fonts::load()
    })
}

fn format(height: u32) -> Format {
    Format {
        width: height * 16 / 9,
        height,
        rate: Rate(30, 1),
    }
}

fn template(name: &str) -> Template {
    let (name, text) = BUILT_IN.iter().find(|(other, _)| *other == name).unwrap();
    Template::parse(name, text, None).unwrap()
}

/// A template with words in each of its fields; as its designer wrote it without.
fn made(name: &str, words: Option<&dyn Fn(usize) -> String>, format: Format) -> Made {
    let template = template(name);
    let mut values = BTreeMap::new();
    if let Some(words) = words {
        let texts = template.fields().iter();
        let texts = texts.filter(|field| field.kind == FieldKind::Text);
        for (n, field) in texts.enumerate() {
            values.insert(field.name.clone(), words(n));
        }
    }
    let mut made = template.make(&values, format, fonts(), &[]).unwrap();
    for ticker in &mut made.tickers {
        // The time of day is another each time: the first step is.
        ticker.ticking().set_zero(1_000_000_000 * 68_400);
        ticker.fill(0, 2);
        ticker.fill(68_400, 68_401);
        ticker.fill(0, 2);
    }
    made
}

/// Over a picture that is dark at the left and bright at the right, when all of it is there.
fn drawn(made: &Made, format: Format) -> Picture {
    let mut canvas = CanvasPool::new(format).unwrap().canvas().unwrap();
    canvas.fill([40, 128, 128]);
    for i in 0..3 {
        let (width, _) = canvas.plane_size(i);
        let bright = [180, 120, 136][i];
        for row in canvas.rows(i, 0) {
            row[width / 2..].fill(bright);
        }
    }
    let pose = Pose {
        frame: 0,
        age: made.title.shows_at(),
        cut: true,
        leaving: None,
    };
    made.title.draw(&mut canvas, pose, 1.0);
    canvas.finish(0).unwrap()
}

/// R, G and B, each pixel the mean of those that it covers.
fn sheet(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let mean = |i: usize, x: usize, y: usize| {
        let plane = picture.plane(i);
        let half = usize::from(i > 0);
        let (w, h) = (width >> half, height >> half);
        let (left, right) = (
            x * w / WIDTH,
            ((x + 1) * w).div_ceil(WIDTH).max(x * w / WIDTH + 1),
        );
        let (top, bottom) = (
            y * h / HEIGHT,
            ((y + 1) * h).div_ceil(HEIGHT).max(y * h / HEIGHT + 1),
        );
        let mut sum = 0.0;
        for row in top..bottom {
            for value in &plane.row(row)[left..right] {
                sum += f64::from(*value);
            }
        }
        sum / ((right - left) * (bottom - top)) as f64
    };
    let mut sheet = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let luma = (mean(0, x, y) - 16.0) / 219.0;
            let (u, v) = (
                (mean(1, x, y) - 128.0) / 224.0,
                (mean(2, x, y) - 128.0) / 224.0,
            );
            for value in [
                luma + 1.5748 * v,
                luma - 0.1873 * u - 0.4681 * v,
                luma + 1.8556 * u,
            ] {
                sheet.push((value * 255.0).round().clamp(0.0, 255.0) as u8);
            }
        }
    }
    sheet
}

fn write(path: &Path, sheet: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(sheet)
        .unwrap();
}

fn read(path: &Path) -> Vec<u8> {
    let file = fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut data).unwrap();
    data
}

/// Compares what these look like, each with the picture of its name.
fn look(all: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let goldens = root.join("tests/goldens/titles");
    let left = root.join("target/goldens/titles");
    let mut wrong = Vec::new();
    for (name, actual) in all {
        let golden = goldens.join(format!("{name}.png"));
        if std::env::var_os("REGIE_DRAW").is_some() {
            write(&golden, &actual);
            continue;
        }
        let expected = read(&golden);
        let pairs = expected.iter().zip(&actual);
        let difference: Vec<u8> = pairs.map(|(a, b)| a.abs_diff(*b)).collect();
        let stray = difference.iter().filter(|value| **value > NEAR).count();
        if stray > STRAY {
            write(&left.join(format!("{name}-expected.png")), &expected);
            write(&left.join(format!("{name}-actual.png")), &actual);
            write(&left.join(format!("{name}-difference.png")), &difference);
            wrong.push(format!("{name}: {stray} values"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nlook into {}", left.display());
}

fn names() -> impl Iterator<Item = &'static str> {
    // A clock shows the time of day.
    let names = BUILT_IN.iter().map(|(name, _)| *name);
    names.filter(|name| *name != "clock.svg")
}

fn stem(name: &str) -> &str {
    name.trim_end_matches(".svg")
}

#[test]
fn templates_look_as_their_designer_drew_them_at_every_size() {
    for height in [720, 1080, 2160] {
        let format = format(height);
        let all = names().map(|name| {
            let made = made(name, None, format);
            assert_eq!(made.warnings, Vec::<String>::new(), "{name}");
            (
                format!("{}-{height}", stem(name)),
                sheet(&drawn(&made, format)),
            )
        });
        look(all);
    }
}

#[test]
fn long_words_stay_in_their_places() {
    let format = format(720);
    let long = |_: usize| LONG.to_owned();
    look(names().map(|name| {
        let made = made(name, Some(&long), format);
        (format!("{}-long", stem(name)), sheet(&drawn(&made, format)))
    }));
}

#[test]
fn every_script_is_written() {
    let format = format(1080);
    let words = |n: usize| SCRIPTS[n % SCRIPTS.len()].to_owned();
    let other = |n: usize| SCRIPTS[(n + 4) % SCRIPTS.len()].to_owned();
    let mixed = |n: usize| MIXED[n % MIXED.len()].to_owned();
    look(names().flat_map(|name| {
        let first = made(name, Some(&words), format);
        let second = made(name, Some(&other), format);
        let mixed = made(name, Some(&mixed), format);
        [
            ("scripts", first),
            ("more-scripts", second),
            ("mixed", mixed),
        ]
        .map(|(what, made)| {
            (
                format!("{}-{what}", stem(name)),
                sheet(&drawn(&made, format)),
            )
        })
    }));
}

#[test]
fn a_logo_and_its_words_do_not_cover_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let white = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 200 120'>\
                 <rect width='200' height='120' fill='#fff'/></svg>";
    fs::write(folder.path().join("logo.svg"), white).unwrap();
    let format = format(1080);
    let seen = |logo: &str, text: &str| {
        let values = [("logo", logo), ("text", text)].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let folders = [folder.path().to_owned()];
        let made = template("logo-bug.svg").make(&values.into(), format, fonts(), &folders);
        let picture = drawn(&made.unwrap(), format);
        let plane = picture.plane(0);
        let rows = move |from: usize, to: usize| {
            let rows = (from..to).map(|y| &plane.row(y)[1700..1820]);
            let values: Vec<u8> = rows.flatten().copied().collect();
            let low = values.iter().min().copied();
            low.zip(values.iter().max().copied()).unwrap()
        };
        // Of the logo, and below it.
        (rows(68, 180), rows(205, 259))
    };
    let (logo, words) = seen("logo.svg", "LIVE");
    assert_eq!(logo, (235, 235), "all of it is seen");
    assert!(words.0 < 60 && words.1 > 200, "{words:?}");
    let (logo, nothing) = seen("logo.svg", "");
    assert_eq!((logo, nothing), ((235, 235), (180, 180)));
    let (words, nothing) = seen("", "LIVE");
    assert!(words.0 < 60 && words.1 > 200, "{words:?}");
    assert_eq!(nothing, (180, 180));
}
