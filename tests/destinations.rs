//! Destinations that fail: whatever happens to one, the others and the master lose nothing, and the
//! victim comes back by itself, at a keyframe, with sound and picture together.

mod common;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use common::coded::Code;
use common::media::Clip;
use common::nginx::{Nginx, REFUSES, Rude, RudeServer};
use common::read::{self, Fault, Pictures, Shot};
use common::rtmp::{Arrival, Connection, Receiver};
use common::studio::{ShowText, Studio, named};
use common::wait;

/// A long source that is light to decode and to code.
fn clip() -> Clip {
    Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(1, 150)
    }
}

/// Pictures after a source's first in which it may still find its pace.
const SETTLES: usize = 30;

fn show() -> ShowText {
    ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 1500)")
        .file("cam1", &clip().file(), false)
}

fn started(show: &ShowText, whole: &[&str]) -> Studio {
    let mut studio = Studio::start(show, &[]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.command(&json!({"command": "stream_all", "on": true}));
    for id in whole {
        studio.destination_is(id, "live", Duration::from_secs(30));
    }
    studio.record(30);
    studio
}

/// The pictures of a recording in which nothing may be amiss.
fn whole(name: &str, path: &Path) -> Pictures<Option<Code>> {
    let pictures = read::pictures(path);
    assert_eq!(pictures.complaints, Vec::<String>::new(), "{name}");
    assert_eq!(read::uneven(&pictures.seen, 30.0, 0.0015), [], "{name}");
    // A slate before the source's first picture, and a moment in which it settles.
    let codes = pictures.codes();
    let first = codes
        .iter()
        .position(Option::is_some)
        .unwrap_or(codes.len());
    let shot = Shot::new(1, (first + SETTLES).min(codes.len()), codes.len());
    assert!(first < 60, "{name}: {first} pictures without a code");
    assert_eq!(read::check_sequence(&codes, &[shot]), [], "{name}");
    let sound = read::sound(path);
    assert_eq!(sound.gaps, [], "{name}");
    let offsets = read::av_offsets(&pictures.seen, &sound, 1, 30.0);
    assert!(
        offsets.len() > codes.len() / 60,
        "{name}: {}",
        offsets.len()
    );
    assert!(
        offsets.iter().all(|o| o.abs() < 0.02),
        "{name}: {offsets:?}"
    );
    pictures
}

/// Pictures that regie's encoder codes after one that is shown after them: the B-frames of its
/// settings, at the most.
const B_FRAMES: u32 = 2;

/// What a victim received: after each hole it goes on at a keyframe, nothing comes twice or
/// backwards, and sound and picture are together. `cut` says that the connection broke.
fn mended(name: &str, path: &Path, cut: bool) -> Pictures<Option<Code>> {
    let pictures = read::pictures(path);
    let packets = read::packets(path);
    let first = packets.iter().find(|packet| packet.video);
    assert!(
        first.is_some_and(|packet| packet.key),
        "{name}: {first:?} is first"
    );
    let codes = pictures.codes();
    let begin = codes
        .iter()
        .position(Option::is_some)
        .unwrap_or(codes.len());
    let begin = (begin + SETTLES).min(codes.len());
    for fault in read::check_shot(&codes, Shot::new(1, begin, codes.len()), 0.0) {
        let Fault::Missing { at, count, .. } = fault else {
            panic!("{name}: {fault:?}");
        };
        // A P-frame is sent before the B-frames that are shown before it. Where a connection was cut
        // off between them, they are missing before the very last picture; no others can be.
        if cut && at + 1 == codes.len() && count <= B_FRAMES {
            continue;
        }
        let pts = pictures.seen[at].pts;
        let key = packets
            .iter()
            .any(|p| p.video && p.key && (p.pts - pts).abs() < 0.002);
        assert!(key, "{name}: no keyframe after the hole at {pts:.3}");
    }
    let offsets = read::av_offsets(&pictures.seen, &read::sound(path), 1, 30.0);
    assert!(
        offsets.iter().all(|o| o.abs() < 0.02),
        "{name}: {offsets:?}"
    );
    pictures
}

fn lost_nothing(report: &Value, ids: &[&str]) {
    assert_eq!(report["repeated"], 0, "{report}");
    assert_eq!(report["skipped"], 0, "{report}");
    for id in ids {
        assert_eq!(report["destinations"][id]["dropped"], 0, "{id}: {report}");
        assert_eq!(
            report["destinations"][id]["reconnects"], 0,
            "{id}: {report}"
        );
    }
}

#[test]
fn refused_frozen_killed_and_closed_harm_no_other() {
    common::witness::undisturbed(failing_servers);
}

fn failing_servers() {
    let good = Nginx::start(&["hall"]);
    let frozen = Nginx::start(&["frozen"]);
    let mut killed = Nginx::start(&["killed"]);
    let closes = RudeServer::start(Rude::Closes);
    let silent = RudeServer::start(Rude::Silent);
    let nobody = format!("rtmp://127.0.0.1:{}/live", wait::free_port());
    let show = show()
        .destination("hall", &good.server("hall"))
        .destination("frozen", &frozen.server("frozen"))
        .destination("killed", &killed.server("killed"))
        .destination("refused", &good.server(REFUSES))
        .destination("closes", &closes.server())
        .destination("silent", &silent.server())
        .destination("nobody", &nobody);
    let mut studio = started(&show, &["hall", "frozen", "killed"]);

    let troubled = |snapshot: &Value, id: &str| {
        let destination = named(snapshot, "destinations", id);
        let state = destination["state"].as_str().unwrap_or_default();
        ["reconnecting", "failed"].contains(&state)
            && destination["message"]
                .as_str()
                .is_some_and(|m| !m.is_empty())
    };
    for id in ["refused", "closes", "nobody"] {
        studio.until(&format!("{id} has trouble"), Duration::from_secs(30), |s| {
            troubled(s, id)
        });
    }

    frozen.freeze();
    let stopped = studio.snapshot()["frame"].as_u64().unwrap_or(0);
    studio.until(
        "the frozen server is noticed",
        Duration::from_secs(45),
        |s| {
            let state = &named(s, "destinations", "frozen")["state"];
            state == "congested" || state == "reconnecting" || state == "failed"
        },
    );
    killed.kill();
    studio.until(
        "the killed server is noticed",
        Duration::from_secs(20),
        |s| troubled(s, "killed"),
    );
    studio.frames_pass(150);
    killed.restart();
    studio.destination_is("killed", "live", Duration::from_secs(40));

    studio.frame_is(stopped + 60 * 30, Duration::from_secs(90));
    frozen.thaw();
    studio.destination_is("frozen", "live", Duration::from_secs(70));
    let connected = closes.connections();
    assert!(connected >= 3, "it was tried {connected} times");
    assert!(silent.connections() >= 1);
    let snapshot = studio.snapshot();
    for id in ["refused", "closes", "nobody", "silent"] {
        let destination = named(&snapshot, "destinations", id);
        assert_ne!(destination["state"], "live", "{destination}");
        assert_ne!(destination["state"], "off", "{destination}");
    }
    studio.frames_pass(240);
    let report = studio.quit();
    lost_nothing(&report, &["hall"]);
    assert!(
        report["destinations"]["killed"]["reconnects"].as_u64() >= Some(1),
        "{report}"
    );

    let master = whole("the master", &studio.master(&report));
    let hall = good.received("hall");
    assert_eq!(hall.len(), 1);
    let hall = whole("hall", &hall[0]);
    read::overlap(&hall.seen, &master.seen).expect("hall and the master are the same");

    for (nginx, name) in [(&frozen, "frozen"), (&killed, "killed")] {
        let files = nginx.received(name);
        let mut last = None;
        for (i, file) in files.iter().enumerate() {
            last = Some(mended(&format!("{name} {i}"), file, i + 1 < files.len()));
        }
        let Some(last) = last else {
            panic!("{name} received nothing");
        };
        // It was back until the end, with the very pictures of the program.
        let end = &last.seen[last.seen.len().saturating_sub(120)..];
        assert!(
            end.len() == 120,
            "{name}: {} pictures at the end",
            end.len()
        );
        let at = read::position_in(end, &master.seen);
        assert!(
            at.as_ref()
                .is_ok_and(|at| at + 120 + 90 >= master.seen.len()),
            "{name}: the end lies at {at:?} of {}",
            master.seen.len()
        );
    }
}

/// What a connection opens with, on the wire: metadata aside, the headers of both at its time 0, then
/// a keyframe, then the rest in the order of decoding. Gives how many pictures came.
fn opened_well(connection: &Connection) -> usize {
    let name = &connection.name;
    let headers: Vec<&Arrival> = connection
        .arrivals
        .iter()
        .take_while(|a| a.header)
        .collect();
    let of = |video| headers.iter().filter(|a| a.video == video).count();
    assert_eq!((of(true), of(false)), (1, 1), "{name}: {headers:?}");
    assert!(headers.iter().all(|a| a.dts == 0), "{name}: {headers:?}");
    let rest = &connection.arrivals[headers.len()..];
    let first = rest.first().expect("something is sent");
    assert!(
        first.video && first.key && first.dts == 0,
        "{name}: {first:?}"
    );
    let times: Vec<u32> = rest.iter().map(|a| a.dts).collect();
    // Each is rounded to a millisecond by itself.
    assert!(
        times.windows(2).all(|w| w[0] <= w[1] + 1),
        "{name}: {times:?}"
    );
    assert!(rest.iter().all(|a| !a.header), "{name}: headers again");
    rest.iter().filter(|a| a.video).count()
}

#[test]
fn every_connection_begins_with_its_headers_and_a_keyframe() {
    common::witness::undisturbed(cut_connections);
}

fn cut_connections() {
    let receiver = Receiver::start();
    let show = show().destination("hall", &receiver.server("live"));
    let mut studio = started(&show, &["hall"]);
    for cuts in 1..=3u64 {
        // At whatever moment of a group of pictures this is.
        studio.frames_pass(95);
        receiver.cut();
        studio.until("it is back", Duration::from_secs(40), |s| {
            let hall = named(s, "destinations", "hall");
            hall["state"] == "live" && hall["reconnects"].as_u64() >= Some(cuts)
        });
    }
    studio.frames_pass(95);
    let report = studio.quit();
    assert_eq!(report["destinations"]["hall"]["reconnects"], 3, "{report}");
    let connections = receiver.connections();
    let sent: Vec<usize> = connections.iter().map(opened_well).collect();
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert!(sent.iter().all(|pictures| *pictures > 30), "{sent:?}");
    for (i, connection) in connections.iter().enumerate() {
        mended(&format!("connection {i}"), &connection.flv, i < 3);
    }
    whole("the master", &studio.master(&report));
}

#[test]
fn a_server_that_closes_at_the_key_needs_a_hand_and_says_which() {
    let _turn = common::alone();
    let nginx = Nginx::start(&["one"]);
    let show = show().destination("refused", &nginx.server(REFUSES));
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    studio.command(&json!({"command": "stream", "destination": "refused", "on": true}));
    let words =
        "the server greets, but closes when it is shown the key: check the key and the address";
    let told = studio.until("it needs a hand", Duration::from_secs(30), |s| {
        let refused = named(s, "destinations", "refused");
        refused["state"] == "failed" && refused["message"] == words
    });
    let refused = named(&told, "destinations", "refused");
    assert_eq!(refused["reconnects"], 0, "{refused}");
    assert!(refused["attempt"].as_u64() <= Some(3), "{refused}");
    studio.quit();
}

#[test]
fn each_destination_starts_and_stops_alone() {
    common::witness::undisturbed(started_and_stopped);
}

fn started_and_stopped() {
    let nginx = Nginx::start(&["one", "two"]);
    let show = show()
        .destination("one", &nginx.server("one"))
        .destination("two", &nginx.server("two"));
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("cam1", "live", Duration::from_secs(30));
    let stream = |id: &str, on: bool| json!({"command": "stream", "destination": id, "on": on});
    studio.command(&stream("one", true));
    studio.destination_is("one", "live", Duration::from_secs(30));
    let two = named(&studio.snapshot(), "destinations", "two")["state"].clone();
    assert_eq!(two, "off");
    for _ in 0..3 {
        studio.command(&stream("two", true));
        studio.destination_is("two", "live", Duration::from_secs(30));
        studio.frames_pass(105);
        studio.command(&stream("two", false));
        studio.destination_is("two", "off", Duration::from_secs(10));
    }
    let report = studio.quit();
    lost_nothing(&report, &["one"]);
    assert!(report["recording"].is_null(), "{report}");
    let one = nginx.received("one");
    assert_eq!(one.len(), 1);
    let one = whole("one", &one[0]);
    let two = nginx.received("two");
    assert_eq!(two.len(), 3, "a stream for each start");
    for (i, file) in two.iter().enumerate() {
        let part = whole(&format!("two, {i}"), file);
        let key = read::packets(file)
            .iter()
            .find(|p| p.video)
            .is_some_and(|p| p.key);
        assert!(key, "stream {i} starts with a keyframe");
        read::position_in(&part.seen, &one.seen).expect("the same pictures as the other's");
    }
}
