//! What the documents show and say is what the window is: the README's picture is painted anew and
//! compared, and every word that "your first show" has people look for is one of the desk's.
//!
//! Where the window was changed on purpose, `UPDATE_SNAPSHOTS=1 cargo test --test readme` paints the
//! picture anew.
#![cfg(feature = "desk")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use eframe::egui_wgpu::wgpu::TextureFormat;
use egui_kittest::{Harness, SnapshotOptions};
use fake_door::FakeDoor;
use regie::{
    door::{
        self, DestinationState, Level, MonitorId, MonitorPicture, RecordingState, Snapshot, Tally,
    },
    media, show,
    ui::{Desk, Graphics, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

const SIZE: (u32, u32) = (320, 180);

/// Y, Cb and Cr of a point of the n-th scene's picture; `x` and `y` from 0 to 1.
fn scenery(n: usize, x: f32, y: f32) -> [f32; 3] {
    let spot = |cx: f32, cy: f32, r: f32| {
        let away = (((x - cx) * 16.0 / 9.0).powi(2) + (y - cy).powi(2)).sqrt();
        (1.0 - away / r).clamp(0.0, 1.0)
    };
    // A head and shoulders before something.
    let person = |cx: f32, ground: [f32; 3], coat: [f32; 3]| {
        if spot(cx, 0.38, 0.17) > 0.0 {
            [165.0 - 60.0 * (x - cx), 112.0, 150.0]
        } else if y > 0.56 && spot(cx, 1.02, 0.46) > 0.0 {
            coat
        } else {
            ground
        }
    };
    let wall = |hue: [f32; 3]| {
        [
            hue[0] + 40.0 * spot(0.5, 0.1, 1.2) - 18.0 * y,
            hue[1],
            hue[2],
        ]
    };
    match n {
        // The stage, its lamps and its floor.
        1 => {
            let lamps = [0.2, 0.4, 0.6, 0.8].map(|at| spot(at, 0.0, 0.75));
            let light: f32 = lamps.iter().sum();
            let floor = if y > 0.78 { 26.0 } else { 0.0 };
            person(
                0.5,
                [34.0 + floor + 88.0 * light, 140.0, 118.0],
                [42.0, 132.0, 126.0],
            )
        }
        2 => person(0.5, wall([88.0, 142.0, 112.0]), [60.0, 150.0, 110.0]),
        // A slide with its lines.
        3 => {
            let line =
                (y * 9.0).fract() < 0.32 && (0.1..0.86 - (y * 3.0).fract() * 0.3).contains(&x);
            let head = y < 0.16;
            [
                if head {
                    70.0
                } else if line {
                    96.0
                } else {
                    220.0
                },
                if head { 160.0 } else { 128.0 },
                122.0,
            ]
        }
        4 => person(0.42, wall([70.0, 118.0, 138.0]), [96.0, 112.0, 140.0]),
        5 => person(0.58, wall([100.0, 124.0, 124.0]), [38.0, 128.0, 128.0]),
        // A landscape.
        6 => {
            let hill = 0.62 + 0.09 * (x * 7.0).sin() + 0.05 * (x * 17.0).sin();
            if y > hill {
                [92.0 - 40.0 * (y - hill), 112.0, 112.0]
            } else {
                [
                    190.0 - 60.0 * (hill - y) + 50.0 * spot(0.72, 0.3, 0.2),
                    150.0 - 30.0 * y,
                    116.0,
                ]
            }
        }
        // Colour bars.
        7 => [
            [180.0, 128.0, 128.0],
            [168.0, 44.0, 136.0],
            [145.0, 147.0, 44.0],
            [133.0, 63.0, 52.0],
            [63.0, 193.0, 204.0],
            [51.0, 109.0, 212.0],
            [28.0, 212.0, 120.0],
        ][((x * 7.0) as usize).min(6)],
        // Two of them side by side.
        _ => {
            if !(0.25..0.75).contains(&y) {
                return [16.0, 128.0, 128.0];
            }
            let inner = (y - 0.25) * 2.0;
            if x < 0.5 {
                scenery(1, x * 2.0, inner)
            } else {
                scenery(2, x * 2.0 - 1.0, inner)
            }
        }
    }
}

fn picture(what: &MonitorId, n: usize) -> MonitorPicture {
    let (width, height) = SIZE;
    let at = |x: u32, y: u32, w: u32, h: u32| {
        scenery(n, (x as f32 + 0.5) / w as f32, (y as f32 + 0.5) / h as f32)
    };
    let plane = |w: u32, h: u32, part: usize| {
        (0..w * h).map(move |i| at(i % w, i / w, w, h)[part].clamp(16.0, 240.0) as u8)
    };
    let data = plane(width, height, 0)
        .chain(plane(width / 2, height / 2, 1))
        .chain(plane(width / 2, height / 2, 2));
    MonitorPicture {
        what: what.clone(),
        width,
        height,
        frame: 1,
        data: data.collect(),
    }
}

fn on_air() -> Snapshot {
    let mut snapshot = fake_door::testing::snapshot();
    let (source, scene) = (snapshot.sources[0].clone(), snapshot.scenes[1].clone());
    snapshot.sources.clear();
    snapshot.scenes.truncate(1);
    snapshot.scenes[0].label = "Duplex".to_owned();
    let names = [
        "Stage", "Ann", "Slides", "Close-up", "Room", "Opening", "Bars",
    ];
    for (i, name) in names.iter().enumerate() {
        let tally = match i {
            0 => Tally::Program,
            _ => Tally::Off,
        };
        let (mut source, mut scene) = (source.clone(), scene.clone());
        source.id = format!("cam{i}");
        source.label = (*name).to_owned();
        source.tally = tally;
        source.level = Level {
            peak_db: [-14.0 - 4.0 * i as f32; 2],
            ..Level::default()
        };
        scene.id.clone_from(&source.id);
        scene.label.clone_from(&source.label);
        scene.tally = tally;
        scene.sources = vec![source.id.clone()];
        snapshot.sources.push(source);
        snapshot.scenes.push(scene);
    }
    snapshot.program = "cam0".to_owned();
    snapshot.preview = "duo".to_owned();
    snapshot.scenes[0].tally = Tally::Preview;
    snapshot.scenes[0].sources = vec!["cam0".to_owned(), "cam1".to_owned()];
    for (destination, bitrate) in snapshot.destinations.iter_mut().zip([4_610_000, 4_580_000]) {
        destination.state = DestinationState::Live;
        destination.bitrate_bps = bitrate;
        destination.live_s = 764.0;
    }
    snapshot.on_air_s = Some(764.0);
    snapshot.recording.state = RecordingState::Recording;
    snapshot.recording.length_s = 764.0;
    snapshot.recording.bytes = 430_000_000;
    snapshot.recording.time_left_s = Some(11_400.0);
    snapshot.recording.path = Some("recordings/Forum 2026-05-03 20.28.23.mkv".to_owned());
    snapshot.counters.frames = 22_914;
    snapshot.health.tick_ms = 4.0;
    snapshot.health.cores = 2;
    snapshot.health.cpu = 1.22;
    snapshot.health.memory_bytes = 412_000_000;
    snapshot
}

#[test]
fn the_picture_in_the_readme_is_the_desk() {
    let graphics = Graphics {
        format: Some(TextureFormat::Rgba8Unorm),
        software: false,
    };
    let settings = tempfile::tempdir().unwrap();
    std::fs::write(settings.path().join("desk.ron"), "(language: Some(\"en\"))").unwrap();
    let snapshot = on_air();
    let door = FakeDoor::showing(snapshot.clone());
    for (n, scene) in snapshot.scenes.iter().enumerate() {
        let large = [
            (MonitorId::Program, &snapshot.program),
            (MonitorId::Preview, &snapshot.preview),
        ];
        let large = large.into_iter().filter(|(_, id)| **id == scene.id);
        let small = MonitorId::Scene(scene.id.clone());
        for what in large.map(|(what, _)| what).chain([small]) {
            door.show(picture(&what, n));
        }
    }
    let desk = Desk::new(door, graphics, Arc::new(Mutex::new(None)))
        .remembering(Some(settings.path().to_owned()))
        .with_clock(|| "20:41:07".to_owned());
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(0.25)
        .with_context_setup(install_theme)
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    window.run();
    // Other drivers draw letters a little otherwise.
    let options = SnapshotOptions::new()
        .threshold(2.0)
        .max_failed_pixels(2000)
        .output_path("assets");
    window.snapshot_options("desk", &options);
}

/// The texts between `**` of a document, each on one line.
fn bold(text: &str) -> Vec<String> {
    let all = text.split("**").skip(1).step_by(2);
    all.map(|words| words.replace('\n', " ")).collect()
}

#[test]
fn the_first_show_names_what_the_window_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/first-show.md")).unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains("(docs/first-show.md)") && readme.contains("(assets/desk.png)"));
    let mut said = vec![
        "PVW".to_owned(),
        "PGM".to_owned(),
        "CUT".to_owned(),
        "AUTO".to_owned(),
    ];
    for file in std::fs::read_dir(root.join("assets/lang/en")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let values = text.lines().filter_map(|line| line.split_once(" = "));
        said.extend(values.map(|(_, value)| {
            // What is filled in comes at the end of those that are named here.
            value.split(" {").next().unwrap_or_default().to_owned()
        }));
    }
    let named = bold(&page);
    assert!(named.len() > 30, "{named:?}");
    let unknown: Vec<&String> = named
        .iter()
        .filter(|words| !said.iter().any(|text| text == *words))
        .collect();
    assert!(unknown.is_empty(), "the window does not say {unknown:?}");
}
