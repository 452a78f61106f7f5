//! Devices are listed and sources are tried while a show runs, and the program goes on meanwhile.

mod common;

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use common::media::Clip;
use common::senders;
use common::studio::{ShowText, Studio};

const LONG: Duration = Duration::from_secs(40);

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Tries a network source; what is said of it.
fn try_it(studio: &mut Studio, id: &str, url: &str) -> Value {
    let kind = json!({"Network": {"url": url}});
    let command = json!({"command": "try_source", "source": {"id": id, "kind": kind}});
    studio.say(&command.to_string());
    let is_it = |event: &Value| event["event"] == "tried" && event["source"] == id;
    studio.wait_event("the trial's end", LONG, is_it)
}

#[test]
fn sources_are_tried_beside_the_program() {
    common::witness::undisturbed(tried);
}

fn tried() {
    let show = ShowText::new().source("bars", "Test(pattern: Bars)", "");
    let mut studio = Studio::start(&show, &[]);

    studio.command(&json!({"command": "devices"}));
    let there = |event: &Value| event["event"] == "devices" && event["devices"].is_array();
    studio.wait_event("the devices", LONG, there);

    let before = studio.snapshot();
    let mut sender = senders::srt_listener(&Clip::new(2, 90), free_port());
    // It may not listen yet.
    let mut attempt = 1;
    let tried = loop {
        let tried = try_it(&mut studio, &format!("srt{attempt}"), &sender.url);
        if tried["message"] == "" || attempt == 5 || !sender.runs() {
            break tried;
        }
        attempt += 1;
    };
    assert_eq!(tried["message"], "", "{tried}");
    let (picture, sound) = (&tried["found"]["picture"], &tried["found"]["sound"]);
    assert!(picture["width"].as_u64() > Some(0), "{tried}");
    let codec = picture["codec"].as_str().unwrap();
    assert!(codec.contains("264"), "{tried}");
    assert!(sound["rate_hz"].as_u64() > Some(0), "{tried}");

    let nobody = format!("rtsp://127.0.0.1:{}/x", free_port());
    let tried = try_it(&mut studio, "nobody", &nobody);
    assert!(tried["found"].is_null(), "{tried}");
    assert!(!tried["message"].as_str().unwrap().is_empty());

    let after = studio.snapshot();
    assert_eq!(after["sources"].as_array().unwrap().len(), 1);
    assert_eq!(after["counters"]["skipped"], before["counters"]["skipped"]);
    assert!(after["frame"].as_u64() > before["frame"].as_u64());
}
