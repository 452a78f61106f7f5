//! Destinations that are tried before the show, and keys that come from the desk: what a try says is
//! so, nothing of it is the program, and a key is where it is needed and nowhere else.

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use common::nginx::{Nginx, REFUSES, Rude, RudeServer};
use common::read;
use common::rtmp::Receiver;
use common::studio::{ShowText, Studio, named, processes_below};
use common::tls::{Authority, TlsServer};
use common::wait;

const LONG: Duration = Duration::from_secs(60);

fn show() -> ShowText {
    ShowText::sized(320, 180, (30, 1))
        .field("encoder: (bitrate_kbps: 2000, audio_kbps: 128)")
        .source("bars", "Test(pattern: Bars)", "")
}

fn try_out(destination: &str, publish: bool) -> Value {
    json!({"command": "try_destination", "destination": destination, "seconds": 3, "publish": publish})
}

/// What the tries of a destination told since `from`, up to the end of one.
fn told(studio: &mut Studio, from: usize, id: &str) -> Vec<Value> {
    let mut told = Vec::new();
    let mut next = from;
    loop {
        let of = |event: &Value| event["event"] == "trial" && event["destination"] == id;
        let Some((at, event)) = studio.event_since(next, LONG, of) else {
            studio.fail(&format!("the try of {id} has no end: {told:?}"));
        };
        next = at + 1;
        let state = event["state"].as_str().unwrap_or_default();
        let has_ended = ["passed", "slow", "failed", "stopped"].contains(&state);
        told.push(event);
        if has_ended {
            return told;
        }
    }
}

/// Tries a destination and gives how that ended.
fn ending(studio: &mut Studio, id: &str, publish: bool) -> Value {
    let from = studio.mark();
    studio.command(&try_out(id, publish));
    told(studio, from, id).pop().unwrap_or_default()
}

fn states(told: &[Value]) -> Vec<&str> {
    let mut states: Vec<&str> = told.iter().filter_map(|t| t["state"].as_str()).collect();
    states.dedup();
    states
}

#[test]
fn a_try_measures_what_the_show_takes_and_is_not_the_program() {
    let _turn = common::alone();
    let nginx = Nginx::start(&["one", "two"]);
    let show = show()
        .destination("one", &nginx.server("one"))
        .destination("two", &nginx.server("two"));
    let mut studio = Studio::start(&show, &[]);
    let from = studio.mark();
    studio.command(&try_out("one", true));
    studio.command(&try_out("two", true));
    let refused = studio.try_command(&try_out("one", true)).unwrap_err();
    assert!(refused.contains("already"), "{refused}");
    let mut sum = 0.0;
    for id in ["one", "two"] {
        let told = told(&mut studio, from, id);
        let end = &told[told.len() - 1];
        assert_eq!(end["state"], "passed", "{end}");
        assert_eq!(end["published"], true, "{end}");
        assert_eq!(end["target_bps"], 2_128_000, "{end}");
        sum += end["bitrate_bps"].as_f64().unwrap_or(0.0);
        let order = [
            "resolving",
            "connecting",
            "greeting",
            "waiting",
            "measuring",
            "passed",
        ];
        assert_eq!(states(&told), order);
    }
    let needed = 2.0 * 2_128_000.0;
    assert!((0.95..1.05).contains(&(sum / needed)), "{sum} of {needed}");
    let snapshot = studio.snapshot();
    for id in ["one", "two"] {
        let destination = named(&snapshot, "destinations", id);
        assert_eq!(destination["state"], "off", "{destination}");
        assert_eq!(destination["frames"], 0, "{destination}");
        assert_eq!(destination["has_key"], true, "{destination}");
    }
    studio.quit();
    for id in ["one", "two"] {
        let files = nginx.received(id);
        assert_eq!(files.len(), 1, "{id}");
        let pictures = read::pictures_with(&files[0], |luma| {
            let bright = luma.data.iter().filter(|y| **y > 24).count();
            bright as f64 / luma.data.len() as f64
        });
        assert_eq!(pictures.complaints, Vec::<String>::new(), "{id}");
        assert!(pictures.seen.len() > 100, "{id}: {}", pictures.seen.len());
        let black = pictures.seen.iter().all(|seen| seen.what < 0.001);
        assert!(black, "{id} saw something else than black");
    }
}

#[test]
fn what_is_wrong_is_told_in_words_and_the_key_is_in_none_of_them() {
    let _turn = common::alone();
    let nginx = Nginx::forgetful(&["live"]);
    let picky = Receiver::with_key("right-key-4815162342");
    let closes = RudeServer::start(Rude::Closes);
    let silent = RudeServer::start(Rude::Silent);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stranger = Authority::new(folder.path()).certify("stranger", "IP:127.0.0.1");
    let tls = [(); 2].map(|()| TlsServer::start(&stranger, nginx.port()));
    let nobody = format!("rtmp://127.0.0.1:{}/live", wait::free_port());
    let show = show()
        .destination("nobody", &nobody)
        .destination("refused", &nginx.server(REFUSES))
        .destination("closes", &closes.server())
        .destination("silent", &silent.server())
        .destination("tls", &tls[0].server("live"))
        .destination("greets-tls", &tls[1].server("live"))
        .secret_destination("keyless", &picky.server("live"), "not-there")
        .secret_destination("picky", &picky.server("live"), "picky");
    let mut studio = Studio::start(&show, &[]);
    let store = |key: &str| json!({"command": "store_key", "name": "picky", "key": key});
    studio.command(&store("wrong-key-1234567890"));
    for (id, publish, words) in [
        ("nobody", true, "refused: is the server running?"),
        ("nobody", false, "refused: is the server running?"),
        ("refused", true, "check the key"),
        ("closes", true, "closed the connection"),
        ("closes", false, "closed the connection"),
        ("silent", true, "no answer from"),
        ("silent", false, "no answer from"),
        ("tls", true, "no safe connection"),
        ("greets-tls", false, "no safe connection"),
        ("keyless", true, "no secret `not-there`"),
        ("keyless", false, "no secret `not-there`"),
        ("picky", true, "check the key"),
    ] {
        let end = ending(&mut studio, id, publish);
        assert_eq!(end["state"], "failed", "{id}: {end}");
        let is_refused = words == "check the key";
        assert_eq!(end["refused"], is_refused, "{id}: {end}");
        let message = end["message"].as_str().unwrap_or_default();
        if !message.contains(words) {
            studio.fail(&format!("{id}, {publish}: {message}, and not \"{words}\""));
        }
    }
    // The greeting says no key, so it cannot be wrong.
    let end = ending(&mut studio, "picky", false);
    assert_eq!(end["state"], "passed", "{end}");
    assert_eq!(end["published"], false, "{end}");
    studio.command(&store("right-key-4815162342"));
    let end = ending(&mut studio, "picky", true);
    assert_eq!(end["state"], "passed", "{end}");
    let names: Vec<String> = picky.connections().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["live/right-key-4815162342"], "one was published");
    for refusal in [
        try_out("unknown", true),
        json!({"command": "try_destination", "destination": "picky", "seconds": 1}),
        json!({"command": "try_destination", "destination":
            {"id": "x", "server": "http://127.0.0.1/live", "key": {"Open": "x"}}}),
        json!({"command": "stop_trial", "destination": "picky"}),
    ] {
        assert!(studio.try_command(&refusal).is_err(), "{refusal}");
    }
    // One that is in no show.
    let whole = json!({"command": "try_destination", "publish": false, "destination":
        {"id": "new", "server": nginx.server("live"), "key": {"Open": "x"}}});
    let from = studio.mark();
    studio.command(&whole);
    let end = told(&mut studio, from, "new").pop().unwrap_or_default();
    assert_eq!(end["state"], "passed", "{end}");
    for key in ["wrong-key-1234567890", "right-key-4815162342"] {
        nowhere(&mut studio, key);
    }
}

/// Takes connections for a server behind, and hands on so many bytes a second.
struct Narrow {
    port: u16,
    ends: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Narrow {
    fn start(behind: u16, bytes_per_second: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("not to block");
        let ends = Arc::new(AtomicBool::new(false));
        let end = ends.clone();
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                let Ok((client, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                client.set_nonblocking(false).expect("to block");
                let end = end.clone();
                std::thread::spawn(move || hand_on(client, behind, bytes_per_second, &end));
            }
        });
        Self {
            port,
            ends,
            thread: Some(thread),
        }
    }
}

impl Drop for Narrow {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn hand_on(mut client: TcpStream, behind: u16, bytes_per_second: usize, end: &AtomicBool) {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, behind)).expect("the server");
    let (mut from, mut to) = (
        server.try_clone().expect("both ways"),
        client.try_clone().expect("both ways"),
    );
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    let mut bytes = vec![0; bytes_per_second / 50];
    while !end.load(Ordering::Relaxed) {
        match client.read(&mut bytes) {
            Ok(count) if count > 0 && server.write_all(&bytes[..count]).is_ok() => {}
            _ => break,
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    server.shutdown(std::net::Shutdown::Both).ok();
}

#[test]
fn an_uplink_that_is_too_narrow_is_seen() {
    let _turn = common::alone();
    let nginx = Nginx::forgetful(&["live"]);
    let narrow = Narrow::start(nginx.port(), 250_000);
    // So much that the buffers on the way do not hide it.
    let show = ShowText::sized(320, 180, (30, 1))
        .field("encoder: (bitrate_kbps: 80000)")
        .source("bars", "Test(pattern: Bars)", "")
        .destination("live", &format!("rtmp://127.0.0.1:{}/live", narrow.port));
    let mut studio = Studio::start(&show, &[]);
    let end = ending(&mut studio, "live", true);
    assert_eq!(end["state"], "slow", "{end}");
    let (got, needed) = (&end["bitrate_bps"], &end["target_bps"]);
    assert!(got.as_f64() < needed.as_f64().map(|n| n * 0.8), "{end}");
    assert!(
        end["message"].as_str().is_some_and(|m| m.contains("Mb/s")),
        "{end}"
    );
    studio.quit();
}

#[test]
fn a_try_makes_way_for_the_program_and_can_be_stopped() {
    let _turn = common::alone();
    let nginx = Nginx::forgetful(&["live", "other"]);
    let show = show()
        .destination("live", &nginx.server("live"))
        .destination("other", &nginx.server("other"));
    let mut studio = Studio::start(&show, &[]);
    let long = json!({"command": "try_destination", "destination": "live", "seconds": 60});
    let measuring = |event: &Value| event["event"] == "trial" && event["state"] == "measuring";
    let from = studio.mark();
    studio.command(&long);
    assert!(studio.event_since(from, LONG, measuring).is_some());
    studio.command(&json!({"command": "stop_trial", "destination": "live"}));
    let end = told(&mut studio, from, "live").pop().unwrap_or_default();
    assert_eq!(end["state"], "stopped", "{end}");

    let from = studio.mark();
    let begun = studio.until("it is over", LONG, |_| true);
    assert_eq!(named(&begun, "destinations", "live")["state"], "off");
    let mut again = studio.try_command(&long);
    while again.as_ref().is_err_and(|m| m.contains("already")) {
        again = studio.try_command(&long);
    }
    assert!(again.is_ok(), "{again:?}");
    assert!(studio.event_since(from, LONG, measuring).is_some());
    studio.command(&json!({"command": "stream", "destination": "live", "on": true}));
    let end = told(&mut studio, from, "live").pop().unwrap_or_default();
    assert_eq!(end["state"], "stopped", "{end}");
    studio.destination_is("live", "live", LONG);
    let refused = studio.try_command(&long).unwrap_err();
    assert!(refused.contains("switched on"), "{refused}");
    // The uplink is the program's now; a greeting takes nothing of it.
    let refused = studio.try_command(&try_out("other", true)).unwrap_err();
    assert!(refused.contains("on air"), "{refused}");
    let end = ending(&mut studio, "other", false);
    assert_eq!(end["state"], "passed", "{end}");
    studio.quit();
}

/// That a key stands in nothing that was said or written, but in the secrets file.
fn nowhere(studio: &mut Studio, key: &str) {
    studio.snapshot();
    studio.command(&json!({"command": "show"}));
    studio.command(&json!({"command": "save"}));
    for (_, event) in studio.events() {
        assert!(!event.to_string().contains(key), "said: {event}");
    }
    assert!(!studio.log().contains(key), "it is in the log");
    let mut folders = vec![studio.folder().to_owned(), studio.runtime()];
    let mut kept = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let has = bytes.windows(key.len()).any(|w| w == key.as_bytes());
                let may = path.file_name().is_some_and(|name| name == "secrets.ron");
                assert!(!has || may, "it is in {}", path.display());
                kept += usize::from(has);
                assert!(!has || mode(&path) == 0o600, "{}", path.display());
            }
        }
    }
    assert!(kept <= 1, "it is kept once");
    let keeper = studio.keeper();
    for pid in processes_below(keeper).into_iter().chain([keeper]) {
        for part in ["cmdline", "environ"] {
            let bytes = std::fs::read(format!("/proc/{pid}/{part}")).unwrap_or_default();
            let has = bytes.windows(key.len()).any(|w| w == key.as_bytes());
            assert!(!has, "it is in the {part} of {pid}");
        }
    }
}

fn mode(path: &Path) -> u32 {
    let mode = path.metadata().expect("its mode").permissions().mode();
    mode & 0o777
}

#[test]
fn a_key_from_the_desk_is_used_and_is_in_no_output() {
    let _turn = common::alone();
    let key = "u7x2-kq9d-4mzt-8w3p";
    let receiver = Receiver::with_key(key);
    let show = show().secret_destination("tube", &receiver.server("live"), "tube-of-the-forum");
    let mut studio = Studio::start(&show, &[]);
    let has_key =
        |snapshot: &Value, has: bool| named(snapshot, "destinations", "tube")["has_key"] == has;
    studio.until("the key is missed", LONG, |s| has_key(s, false));
    let name = "tube-of-the-forum";
    for wrong in [
        json!({"command": "store_key", "name": "not a name", "key": key}),
        json!({"command": "store_key", "name": name, "key": ""}),
        json!({"command": "store_key", "name": name, "key": [key]}),
        json!({"command": "forget_key", "name": "not a name"}),
    ] {
        assert!(studio.try_command(&wrong).is_err(), "{wrong}");
    }
    studio.command(&json!({"command": "store_key", "name": name, "key": key}));
    let snapshot = studio.snapshot();
    assert!(has_key(&snapshot, true), "{snapshot}");
    studio.command(&json!({"command": "stream", "destination": "tube", "on": true}));
    studio.destination_is("tube", "live", LONG);
    studio.frames_pass(30);
    nowhere(&mut studio, key);
    studio.command(&json!({"command": "stream", "destination": "tube", "on": false}));
    studio.command(&json!({"command": "forget_key", "name": name}));
    studio.until("the key is gone", LONG, |s| has_key(s, false));
    studio.quit();
    let names: Vec<String> = receiver.connections().into_iter().map(|c| c.name).collect();
    assert_eq!(names, [format!("live/{key}")]);
}

#[test]
fn the_secret_of_a_source_is_hidden_even_when_its_name_no_longer_leads_to_it() {
    let _turn = common::alone();
    let secret = "u7x2-kq9d-4mzt-8w3p";
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = server.local_addr().expect("its port").port();
    let url = format!("http://127.0.0.1:{port}/{{secret:stage}}/x.ts");
    let mut studio = Studio::start(&show().network("cam", &url), &[]);
    let store = json!({"command": "store_key", "name": "stage", "key": secret});
    studio.command(&store);
    let (mut caller, _) = server.accept().expect("the source calls");
    let mut asked = [0; 1024];
    let n = caller.read(&mut asked).expect("its request");
    let asked = String::from_utf8_lossy(&asked[..n]).into_owned();
    assert!(asked.contains(secret), "{asked}");
    // A stream that stands still and then breaks off, in the middle of what was promised.
    let head = "HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nContent-Length: 9999999\r\n\r\n";
    caller.write_all(head.as_bytes()).expect("an answer");
    caller.write_all(&[0x47; 188]).expect("some of a stream");
    studio.command(&json!({"command": "forget_key", "name": "stage"}));
    drop((caller, server));
    studio.until("the source is told to be broken", LONG, |s| {
        let cam = named(s, "sources", "cam");
        cam["restarts"].as_u64() > Some(1) && cam["message"] != ""
    });
    nowhere(&mut studio, secret);
    studio.quit();
}
