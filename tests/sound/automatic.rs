//! What works by itself, of the selected strip and of the program: what each control sends, and that the gain
//! it gives now is told.

use regie::door::SoundAlarm;

use super::*;

const PAGE: &str = "What works by itself: gain sharing, ducking, alarms";

fn page() -> Opened {
    let mut desk = buses();
    desk.click("Strip Ann");
    desk.click(PAGE);
    desk.done();
    desk
}

fn ann() -> String {
    "ann".to_owned()
}

#[test]
fn gain_sharing_and_speech_are_set_and_the_gain_is_told() {
    let mut desk = page();
    let share = |on, weight_db| Command::Share {
        source: ann(),
        on,
        weight_db,
    };
    desk.click("Gain sharing, Ann");
    assert_eq!(desk.done(), [share(Some(true), None)]);
    desk.type_in("Weight in gain sharing, Ann", "+6");
    assert_eq!(desk.done(), [share(None, Some(6.0))]);
    desk.type_in("Weight in gain sharing, Ann", "99");
    assert_eq!(desk.done(), [share(None, Some(15.0))], "no further");
    desk.click("Ann is speech, to which others give way");
    let speech = Command::Speech {
        source: ann(),
        on: true,
    };
    assert_eq!(desk.done(), [speech]);
    desk.window.get_by_label("Gain sharing of Ann: 0.0 dB now");
    desk.door.change(|s| s.sources[1].share_db = 7.5);
    desk.window.run();
    desk.window.get_by_label("Gain sharing of Ann: −7.5 dB now");
}

#[test]
fn ducking_is_set_number_by_number() {
    let mut desk = page();
    let nothing = [None; 5];
    let duck = |on, [threshold_db, depth_db, attack_ms, hold_ms, release_ms]: [Option<f32>; 5]| {
        Command::Duck {
            source: ann(),
            on,
            threshold_db,
            depth_db,
            attack_ms,
            hold_ms,
            release_ms,
        }
    };
    desk.click("Ann gives way to speech");
    assert_eq!(desk.done(), [duck(Some(true), nothing)]);
    for (n, (label, text, value)) in [
        ("Threshold of ducking, Ann", "-35", -35.0),
        ("Depth of ducking, Ann", "20", 20.0),
        ("Attack of ducking, Ann", "50", 50.0),
        ("Hold of ducking, Ann", "1.5 s", 1500.0),
        ("Release of ducking, Ann", "900", 900.0),
    ]
    .into_iter()
    .enumerate()
    {
        desk.type_in(label, text);
        let mut numbers = nothing;
        numbers[n] = Some(value);
        assert_eq!(desk.done(), [duck(None, numbers)], "{label}");
    }
    desk.door.change(|s| s.sources[1].duck_db = 12.0);
    desk.window.run();
    desk.window.get_by_label("Ducking of Ann: −12.0 dB now");
}

#[test]
fn alarms_are_set_of_a_strip_and_of_the_program() {
    let mut desk = page();
    let alarm = |source: Option<&str>, silence_s, clipping| Command::Alarm {
        source: source.map(str::to_owned),
        silence_s,
        clipping,
    };
    let silence = "Alarm after so long a silence, Ann";
    assert_eq!(desk.value(silence), "never");
    desk.type_in(silence, "30");
    assert_eq!(desk.done(), [alarm(Some("ann"), Some(30.0), None)]);
    assert_eq!(desk.value(silence), "30 s");
    desk.type_in(silence, "never");
    assert_eq!(desk.done(), [alarm(Some("ann"), Some(0.0), None)]);
    desk.click("Alarm for clipping, Ann");
    assert_eq!(desk.done(), [alarm(Some("ann"), None, Some(false))]);
    desk.door.change(|s| {
        s.sources[1].alarm = SoundAlarm {
            silent: true,
            clipping: false,
        };
    });
    desk.window.run();
    desk.window.get_by_label("silent now");
    assert!(desk.window.query_by_label("clips now").is_none());

    desk.click("Strip PGM");
    let silence = "Alarm after so long a silence of the program";
    assert_eq!(desk.value(silence), "10 s");
    desk.type_in(silence, "20 s");
    assert_eq!(desk.done(), [alarm(None, Some(20.0), None)]);
    desk.click("Alarm while the limiter holds the program down by 6 dB");
    assert_eq!(desk.done(), [alarm(None, None, Some(false))]);
}

#[test]
fn the_page_stays_from_strip_to_strip_and_leaves_the_others_alone() {
    let mut desk = page();
    desk.click("Strip Stage");
    desk.window.get_by_label("Gain sharing, Stage");
    desk.click("Strip Hall");
    assert!(desk.window.query_by_label(PAGE).is_none());
    desk.window.get_by_label("Name");
    desk.click("Strip Ann");
    desk.click(PAGE);
    desk.window.get_by_label("Point of band 2, Ann");
    assert_eq!(desk.done(), []);
}

#[test]
fn no_word_of_the_pages_ends_in_dots_and_no_control_lies_outside() {
    for (language, strip, pages) in [
        ("en", "Strip Ann", [PAGE, "Sound snapshots"]),
        (
            "fr",
            "Tranche Ann",
            [
                "Ce qui agit de soi-même\u{a0}: partage de gain, ducking, alarmes",
                "Mémoires son",
            ],
        ),
    ] {
        for size in [(1280.0, 800.0), (1920.0, 1080.0), (1024.0, 640.0)] {
            let mut desk = open(sixteen(), language, size);
            desk.click(strip);
            for page in pages {
                desk.click(page);
                let top = desk.rect("Fader Ann").top();
                let texts = elided_above(&desk, top, size.0);
                assert!(texts.is_empty(), "{language} {size:?}: {texts:?}");
                let nodes = desk.window.root().children_recursive();
                let places = nodes.into_iter().filter_map(|node| {
                    let label = node.accesskit_node().label().unwrap_or_default();
                    label.ends_with(", Ann").then(|| node.rect())
                });
                let room = Rect::from_min_max(Pos2::ZERO, egui::pos2(size.0, top));
                for place in places {
                    let is_strips = place.top() >= top - 1.0;
                    assert!(is_strips || room.contains_rect(place), "{place:?}");
                }
            }
        }
    }
}

/// What works by itself, and the snapshots, over sixteen strips, as pictures.
#[test]
fn the_pages_look_as_they_did() {
    let mut results = SnapshotResults::new();
    for (language, strip, pages) in [
        ("en", "Strip Ann", [PAGE, "Sound snapshots"]),
        (
            "fr",
            "Tranche Ann",
            [
                "Ce qui agit de soi-même\u{a0}: partage de gain, ducking, alarmes",
                "Mémoires son",
            ],
        ),
    ] {
        let door = sixteen();
        door.change(|s| {
            let status = |id: &str, label: &str, recalled| regie::door::SoundSnapshotStatus {
                id: id.to_owned(),
                label: label.to_owned(),
                scenes: vec!["duo".to_owned()],
                recalled,
            };
            s.sound.snapshots = vec![
                status("debate", "Debate", true),
                status("break", "Break", false),
            ];
            let ann = &mut s.sources[1];
            ann.strip.share.on = true;
            ann.strip.duck.on = true;
            (ann.share_db, ann.duck_db) = (9.0, 6.0);
        });
        let text = r#"(version: 1, name: "Forum",
            sources: [(id: "cam", kind: Test(pattern: Bars)), (id: "ann", kind: Test(pattern: Bars))],
            scenes: [(id: "duo", layers: [(source: "cam")])],
            snapshots: (list: [(id: "debate", frames: 25, scenes: ["duo"]), (id: "break")]))"#;
        door.gives(show::parse(Path::new("forum.ron"), text).unwrap());
        let mut desk = open(door, language, (1280.0, 800.0));
        desk.click(strip);
        for (page, name) in pages.into_iter().zip(["automatic", "snapshots"]) {
            desk.click(page);
            let options = SnapshotOptions::new()
                .threshold(2.0)
                .max_failed_pixels(2000);
            desk.window
                .snapshot_options(format!("{name}-{language}"), &options);
            results.extend(desk.window.take_snapshot_results());
        }
    }
}
