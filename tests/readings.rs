//! Readings of the sound that somebody subscribes to: told on the console and over a desk's socket, to
//! nobody else, as often as was asked, and no more once it is taken back.

mod common;

use std::time::Duration;

use serde_json::{Value, json};

use common::studio::{ShowText, Studio};
use common::wait;
use regie::door::{Client, Command, Door, Event, Place, Reading};
use regie::media::band_hz;

const PATIENCE: Duration = Duration::from_secs(20);

/// A tone of 1 kHz at −20 dBFS in the program, and a guest.
fn start() -> Studio {
    let show = ShowText::sized(320, 180, (30, 1))
        .source("tone", "Test(pattern: Bars, tone_hz: 1000.0)", "afv: On")
        .source("ann", "Test(pattern: Black)", "mix_minus: true");
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("tone", "live", PATIENCE);
    studio
}

fn subscribe(to: &str, more: &Value) -> Value {
    let mut command = json!({"command": "subscribe", "to": to});
    let fields = more.as_object().expect("fields").clone();
    command.as_object_mut().expect("fields").extend(fields);
    command
}

/// The frames of all events of this kind that were heard so far.
fn frames(studio: &Studio, kind: &str) -> Vec<u64> {
    let events = studio.events().into_iter().map(|(_, event)| event);
    let found = events.filter(|event| event["event"] == kind);
    found.filter_map(|event| event["frame"].as_u64()).collect()
}

#[test]
fn the_console_is_told_levels_and_loudness_as_often_as_it_asked_and_until_it_asks_no_more() {
    let _turn = common::alone();
    let mut studio = start();
    assert!(frames(&studio, "levels").is_empty(), "nobody asked");
    studio.command(&subscribe("levels", &json!({"per_s": 5})));
    studio.command(&subscribe("loudness", &json!({"per_s": 2})));
    let is_loud = |event: &Value| {
        let peak = event["sources"]["tone"]["peak_db"][0].as_f64();
        event["event"] == "levels" && peak.is_some_and(|db| (db + 20.0).abs() < 0.2)
    };
    let told = studio.wait_event("the tone's level", PATIENCE, is_loud);
    let peak = |level: &Value| level["peak_db"][0].as_f64().expect("a level");
    assert!((peak(&told["program"]) + 20.0).abs() < 0.5, "{told}");
    assert!(peak(&told["sources"]["ann"]) < -90.0, "{told}");
    assert!((peak(&told["returns"]["ann"]) + 20.0).abs() < 0.5, "{told}");
    assert_eq!(told["auxes"].as_array().map(Vec::len), Some(2));
    let is_measured = |event: &Value| {
        event["event"] == "loudness" && event["loudness"]["short_term"].as_f64() > Some(-25.0)
    };
    studio.wait_event("the program's loudness", PATIENCE, is_measured);
    let so_many = || frames(&studio, "levels").len() >= 12;
    assert!(wait::until(PATIENCE, || so_many().then_some(())).is_some());
    // Never oftener: six frames of 30 a second lie between two, but for one that a slow machine told late.
    let all = frames(&studio, "levels");
    let (first, last) = (all[0], all[all.len() - 1]);
    let most = (last - first) / 6 + 2;
    assert!(all.len() as u64 <= most, "{all:?}");
    assert!(all.is_sorted());
    for to in ["levels", "loudness"] {
        studio.command(&json!({"command": "unsubscribe", "to": to}));
    }
    // What was told before the answer came before it.
    let before = studio.events().len();
    studio.frames_pass(30);
    let after = &studio.events()[before..];
    let told = after
        .iter()
        .filter(|(_, event)| matches!(event["event"].as_str(), Some("levels" | "loudness")));
    assert_eq!(told.count(), 0);
    studio.quit();
}

#[test]
fn a_desk_is_told_a_spectrum_and_nobody_else_is() {
    let _turn = common::alone();
    let mut studio = start();
    let file = studio.folder().join("show.ron");
    let place = Place::within(studio.runtime(), &file).expect("a place");
    let desk = Client::start(place, 0).expect("a desk");
    wait::until(PATIENCE, || desk.attached().then_some(())).expect("it finds its engine");
    let spectrum = |source: Option<&str>, seconds| Command::Subscribe {
        to: Reading::Spectrum,
        source: source.map(str::to_owned),
        per_s: 20.0,
        seconds,
    };
    for of in [Some("tone"), None] {
        desk.send(spectrum(of, Some(60.0)));
        let heard = wait::until(PATIENCE, || match desk.next_event()? {
            Event::Spectrum {
                source, bands_db, ..
            } if source.as_deref() == of => {
                let loudest = bands_db.iter().copied().enumerate();
                let (band, level) = loudest.max_by(|a, b| a.1.total_cmp(&b.1))?;
                // Until the source has sounded for a third of a second it is softer.
                ((level + 20.0).abs() < 0.5).then_some((band, bands_db))
            }
            _ => None,
        });
        let (band, bands) = heard.expect("its spectrum");
        let off = (band_hz(band) / 1000.0).log2().abs();
        assert!(off <= 1.0 / 6.0, "{} Hz", band_hz(band));
        assert!(bands[12] < -60.0, "{} dB at 40 Hz", bands[12]);
    }
    assert!(
        frames(&studio, "spectrum").is_empty(),
        "the console did not ask"
    );
    // A subscription that is not renewed ends by itself.
    for of in [Some("tone"), None] {
        desk.send(spectrum(of, Some(0.1)));
    }
    let mut last = std::time::Instant::now();
    let quiet = wait::until(PATIENCE, || {
        while let Some(event) = desk.next_event() {
            if matches!(event, Event::Spectrum { .. }) {
                last = std::time::Instant::now();
            }
        }
        (last.elapsed() > Duration::from_secs(2)).then_some(())
    });
    assert!(quiet.is_some(), "it is told for ever");
    studio.quit();
}

#[test]
fn what_cannot_be_told_is_refused() {
    let _turn = common::alone();
    let mut studio = start();
    for (command, wanted) in [
        (
            subscribe("levels", &json!({"per_s": 31})),
            "expected 0.1 to 30",
        ),
        (
            subscribe("levels", &json!({"seconds": 0})),
            "expected 0.1 to 86400",
        ),
        (
            subscribe("levels", &json!({"source": "ann"})),
            "only a spectrum",
        ),
        (
            subscribe("spectrum", &json!({"source": "zoe"})),
            "unknown source \"zoe\"",
        ),
        (
            subscribe("weather", &json!({})),
            "unknown variant `weather`",
        ),
    ] {
        let refused = studio.try_command(&command).expect_err("it is wrong");
        assert!(refused.contains(wanted), "{command}: {refused}");
    }
    studio.frames_pass(15);
    for kind in ["levels", "spectrum"] {
        assert!(frames(&studio, kind).is_empty());
    }
    studio.quit();
}
