//! Pictures measured against sound through a real engine: the offset of a test source's flash and beep is
//! found, proposed and taken over, and what is wrong is refused.

mod common;

use std::time::Duration;

use serde_json::{Value, json};

use common::studio::{ShowText, Studio, named};

/// Long enough for three flashes, each two seconds, and until their beeps are put together with them.
const PATIENCE: Duration = Duration::from_secs(60);

/// A flash with a beep so many ms after it, at this rate.
fn show(rate: (u32, u32), beep_ms: i32) -> ShowText {
    let flash = format!("Test(pattern: Flash, beep_ms: {beep_ms})");
    ShowText::sized(320, 180, rate)
        .source("clap", &flash, "afv: Off")
        .source("bars", "Test(pattern: Bars)", "")
}

fn seen(snapshot: &Value) -> &Value {
    &snapshot["sound"]["lip_sync"]
}

fn measure(picture: &str, sound: &str) -> Value {
    json!({"command": "lip_sync", "picture": picture, "sound": sound})
}

fn until_ready(studio: &mut Studio) -> Value {
    let is_ready = |s: &Value| seen(s)["state"] == "ready";
    seen(&studio.until("enough events agree", PATIENCE, is_ready)).clone()
}

#[test]
fn a_beep_before_its_flash_is_found_within_a_millisecond_and_delayed() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show((30_000, 1001), -137), &[]);
    studio.command(&measure("clap", "clap"));
    let found = until_ready(&mut studio);
    let offset = found["offset_ms"].as_f64().expect("an offset");
    assert!((offset - 137.0).abs() < 1.0, "{found}");
    assert!(
        found["spread_ms"].as_f64().expect("a spread") < 1.0,
        "{found}"
    );
    assert!(found["events"].as_u64() >= Some(3), "{found}");
    let picture = found["picture_ms"].as_f64().expect("a rate");
    assert!((picture - 33.4).abs() < 1.0, "{found}");
    studio.command(&json!({"command": "lip_sync", "action": "take"}));
    let delay = |s: &Value| named(s, "sources", "clap")["strip"]["delay_ms"].as_f64();
    let is_taken = |s: &Value| delay(s).is_some_and(|ms| (ms - 137.0).abs() < 1.0);
    studio.until("the strip has its delay", PATIENCE, is_taken);
    // It is of the sound before that delay, and so it stays.
    let again = until_ready(&mut studio);
    let offset = again["offset_ms"].as_f64().expect("an offset");
    assert!((offset - 137.0).abs() < 1.0, "{again}");
    studio.command(&json!({"command": "lip_sync", "action": "stop"}));
    studio.until("it has ended", PATIENCE, |s| seen(s).is_null());
    studio.quit();
}

#[test]
fn a_later_sound_is_mended_by_the_pictures_delay_alone() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show((30, 1), 80), &[]);
    studio.command(&measure("clap", "clap"));
    let found = until_ready(&mut studio);
    assert_eq!(found["proposal"]["picture"]["ms"], 80, "{found}");
    let take = json!({"command": "lip_sync", "action": "take"});
    let refused = studio.try_command(&take).expect_err("no delay mends it");
    assert!(
        refused.contains("delay the picture of \"clap\" by 80 ms"),
        "{refused}"
    );
    studio.command(&json!({"command": "picture_delay", "source": "clap", "ms": 80}));
    let is_even = |s: &Value| {
        let lip_sync = seen(s);
        let offset = lip_sync["offset_ms"].as_f64();
        lip_sync["state"] == "ready" && offset.is_some_and(|ms| ms.abs() < 1.0)
    };
    studio.until("with its delay they are together", PATIENCE, is_even);
    studio.quit();
}

#[test]
fn what_is_neither_seen_nor_heard_is_said() {
    let _turn = common::alone();
    let mut studio = Studio::start(&show((30, 1), 0), &[]);
    let take = json!({"command": "lip_sync", "action": "take"});
    let refused = studio.try_command(&take).expect_err("nothing is measured");
    assert!(refused.contains("begin with the picture"), "{refused}");
    let nobody = studio.try_command(&json!({"command": "lip_sync"}));
    assert!(nobody.expect_err("of what?").contains("id of a source"));
    let unknown = studio.try_command(&measure("clap", "mic"));
    assert!(
        unknown
            .expect_err("no such")
            .contains("unknown source \"mic\"")
    );
    for (picture, sound, state, why) in [
        (
            "bars",
            "clap",
            "nothing_seen",
            "no flash was seen in \"bars\"",
        ),
        ("clap", "bars", "nothing_heard", "heard in \"bars\""),
    ] {
        studio.command(&measure(picture, sound));
        let is_said = |s: &Value| seen(s)["state"] == state && seen(s)["picture"] == picture;
        studio.until(state, PATIENCE, is_said);
        let refused = studio.try_command(&take).expect_err("there is nothing");
        assert!(refused.contains(why), "{refused}");
    }
    studio.quit();
}
