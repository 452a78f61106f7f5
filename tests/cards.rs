//! Sound cards for real: a JACK server of its own without a card, whose clock is its own, with regie between
//! a client that plays a tone and the same client's ears.

mod common;

use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use common::read;
use common::studio::{ShowText, Studio, named};
use common::{wait, witness};

const HZ: f64 = 997.0;
const LOUD: f64 = 0.2;
const RATE: f64 = 48_000.0;
const LONG: Duration = Duration::from_secs(40);
/// As long may a server take to end.
const PARTING: Duration = Duration::from_secs(5);

/// A JACK server under a name of its own, so that tests that run beside this one have theirs.
struct Server(Child);

impl Server {
    fn start() -> Self {
        let name = format!("regie-{}", std::process::id());
        static NAMED: Once = Once::new();
        // SAFETY: done once, before anything of this process looks for a server; the tests here take
        // turns, and nothing else in this process reads or writes its surroundings meanwhile.
        NAMED.call_once(|| unsafe { std::env::set_var("JACK_DEFAULT_SERVER", &name) });
        let server = Command::new("jackd")
            // In step with its clients: a machine that is busy makes it late and breaks nothing.
            .args(["-n", &name, "-r", "-m", "-S", "-t", "10000"])
            .args([
                "-d", "dummy", "-r", "48000", "-p", "1024", "-C", "4", "-P", "4",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("jackd starts: `make deps-test` installs it");
        Self(server)
    }
}

impl Server {
    /// It goes without a word to its clients, as when its card is torn out.
    fn dies(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    /// One that is not asked to end leaves its name in a list of eight, after which no other starts.
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        if wait::until(PARTING, || self.0.try_wait().ok().flatten()).is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Plays a tone into regie and hears what regie gives.
struct Musician {
    client: Option<jack::AsyncClient<Slips, Play>>,
    heard: Arc<Mutex<Vec<[f32; 2]>>>,
    slips: Arc<AtomicU64>,
}

impl Drop for Musician {
    /// A server that is at odds with itself may never let go of a client.
    fn drop(&mut self) {
        let client = self.client.take();
        let leaving = std::thread::spawn(move || drop(client));
        let left = wait::until(Duration::from_secs(5), || {
            leaving.is_finished().then_some(())
        });
        if left.is_none() {
            eprintln!("the JACK server does not let go of its client");
        }
    }
}

struct Slips(Arc<AtomicU64>);

impl jack::NotificationHandler for Slips {
    fn xrun(&mut self, _: &jack::Client) -> jack::Control {
        self.0.fetch_add(1, Ordering::Relaxed);
        jack::Control::Continue
    }
}

struct Play {
    tone: jack::Port<jack::AudioOut>,
    ears: [jack::Port<jack::AudioIn>; 2],
    at: u64,
    heard: Arc<Mutex<Vec<[f32; 2]>>>,
}

impl jack::ProcessHandler for Play {
    fn process(&mut self, _: &jack::Client, scope: &jack::ProcessScope) -> jack::Control {
        for out in self.tone.as_mut_slice(scope) {
            let phase = self.at as f64 * HZ / RATE * std::f64::consts::TAU;
            *out = (phase.sin() * LOUD) as f32;
            self.at += 1;
        }
        let [left, right] = &self.ears;
        let pairs = left.as_slice(scope).iter().zip(right.as_slice(scope));
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend(pairs.map(|(left, right)| [*left, *right]));
        jack::Control::Continue
    }
}

impl Musician {
    fn comes() -> Self {
        let client = wait::until(LONG, || {
            let options = jack::ClientOptions::NO_START_SERVER;
            jack::Client::new("musician", options).ok()
        });
        let (client, _) = client.expect("a client of the JACK server");
        let port = |name: &str| client.register_port(name, jack::AudioIn::default());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let play = Play {
            ears: [port("left").unwrap(), port("right").unwrap()],
            tone: client
                .register_port("tone", jack::AudioOut::default())
                .unwrap(),
            at: 0,
            heard: heard.clone(),
        };
        let slips = Arc::new(AtomicU64::new(0));
        let client = client.activate_async(Slips(slips.clone()), play).unwrap();
        Self {
            client: Some(client),
            heard,
            slips,
        }
    }

    fn client(&self) -> &jack::Client {
        self.client.as_ref().expect("a client").as_client()
    }

    /// Ports of others whose names match.
    fn ports(&self, pattern: &str) -> Vec<String> {
        let flags = jack::PortFlags::empty();
        self.client().ports(Some(pattern), None, flags)
    }

    /// Connects two ports, of which the other is regie's and may not be there yet.
    fn connects(&self, own: &str, regies: &str) {
        let joined = wait::until(LONG, || {
            let other = self.ports(regies).into_iter().next()?;
            let own = format!("musician:{own}");
            let client = self.client();
            let way = match own.ends_with("tone") {
                true => client.connect_ports_by_name(&own, &other),
                false => client.connect_ports_by_name(&other, &own),
            };
            way.ok()
        });
        assert!(
            joined.is_some(),
            "{own} and {regies} cannot be connected: {:?}",
            self.ports("")
        );
    }

    fn hears_anew(&self) {
        self.heard.lock().unwrap().clear();
    }
}

fn show() -> ShowText {
    let card = |channels: &str| {
        format!("SoundCard(device: \"input\", host: \"jack\", channels: {channels})")
    };
    ShowText::sized(320, 180, (30, 1))
        .source("bars", "Test(pattern: Bars)", "")
        .source("voice", &card("[2]"), "afv: On")
        .source("quiet", &card("[3, 4]"), "afv: On")
        .field("sound_outputs: [(bus: \"program\", host: \"jack\", device: \"output\", channels: [3])]")
}

fn is_playing(snapshot: &Value) -> bool {
    snapshot["monitor"]["state"] == "playing"
        && snapshot["monitor"]["latency_ms"]
            .as_f64()
            .is_some_and(|ms| ms > 0.0)
}

fn monitors(studio: &mut Studio) {
    studio.command(&json!({"command": "monitor", "on": true, "host": "jack", "device": "output"}));
    studio.until("the monitor plays", LONG, is_playing);
}

/// The tone's amplitude on one side of some 20 ms, and what is left when it is taken out of them.
fn measure(heard: &[[f32; 2]], side: usize) -> (f64, f64) {
    measure_at(HZ, heard, side)
}

/// The same of a tone of so many Hz.
fn measure_at(hz: f64, heard: &[[f32; 2]], side: usize) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    let angle = |i: usize| i as f64 * hz / RATE * std::f64::consts::TAU;
    for (i, frame) in heard.iter().enumerate() {
        re += f64::from(frame[side]) * angle(i).cos();
        im += f64::from(frame[side]) * angle(i).sin();
    }
    let n = heard.len() as f64 / 2.0;
    let (re, im) = (re / n, im / n);
    let rest = heard.iter().enumerate().map(|(i, frame)| {
        (f64::from(frame[side]) - re * angle(i).cos() - im * angle(i).sin()).abs()
    });
    (re.hypot(im), rest.fold(0.0, f64::max))
}

#[test]
fn a_minute_from_card_to_card_has_no_dropout() {
    // Half of what a card asks for at a time.
    witness::undisturbed_for(Duration::from_millis(10), a_minute_from_card_to_card);
}

/// A card that is called late has nothing to give meanwhile: this is only of a machine that stands still
/// nowhere.
fn a_minute_from_card_to_card() {
    let _server = Server::start();
    let musician = Musician::comes();
    let mut studio = Studio::start(&show(), &["--record"]);
    for id in ["voice", "quiet"] {
        studio.source_is(id, "live", LONG);
    }
    // Both sources take from one stream: there is one client with four ports.
    let ports = musician.ports("cpal_client.*:in_");
    assert_eq!(ports.len(), 4, "{ports:?}");
    musician.connects("tone", "cpal_client.*:in_1$");
    studio.command(&json!({"command": "devices"}));
    studio.wait_event("both ways of JACK", LONG, |event| {
        let way = |device: &str, direction: &str| {
            event["sound_cards"].as_array().is_some_and(|cards| {
                cards.iter().any(|card| {
                    let is_it = card["host"] == "jack" && card["device"] == device;
                    is_it && card["direction"] == direction && card["rates"] == json!([48_000])
                })
            })
        };
        way("input", "in") && way("output", "out")
    });
    monitors(&mut studio);
    musician.connects("left", "cpal_client.*:out_0$");
    musician.connects("right", "cpal_client.*:out_1$");
    let heard = studio.until("the tone is heard", LONG, |s| {
        let level = &named(s, "sources", "voice")["level"]["peak_db"][0];
        level.as_f64().is_some_and(|db| db > -20.0)
    });
    let rate = 30;
    // The strip and the monitor have settled.
    let first = heard["frame"].as_u64().unwrap() + 4 * rate;
    studio.frame_is(first, LONG);
    let before = studio.snapshot();
    let slips = musician.slips.load(Ordering::Relaxed);
    musician.hears_anew();
    studio.frame_is(first + 60 * rate, Duration::from_secs(120));
    let sound = musician.heard.lock().unwrap().clone();
    let slips = musician.slips.load(Ordering::Relaxed) - slips;
    let after = studio.snapshot();
    for what in ["underruns", "restarts"] {
        assert_eq!(after["monitor"][what], before["monitor"][what], "{what}");
    }
    assert_eq!(after["monitor"]["message"], "");
    let latency = after["monitor"]["latency_ms"].as_f64().unwrap();
    assert!((5.0..150.0).contains(&latency), "{latency} ms");
    for id in ["voice", "quiet"] {
        let source = named(&after, "sources", id);
        assert_eq!(
            (&source["state"], &source["restarts"]),
            (&json!("live"), &json!(0))
        );
        assert_eq!(source["warning"], "", "{id}");
    }
    let report = studio.quit();

    let hall = &after["sound_outputs"][0];
    assert_eq!(
        (&hall["state"], &hall["underruns"]),
        (&json!("playing"), &before["sound_outputs"][0]["underruns"])
    );

    // What was heard: the tone, whole, on both sides. A mono source is as loud on each.
    assert!(sound.len() > 55 * RATE as usize, "{} frames", sound.len());
    let mut broken = 0u64;
    for (n, short) in sound.chunks_exact(RATE as usize / 50).enumerate() {
        for side in [0, 1] {
            let (loud, rest) = measure(short, side);
            if (loud - LOUD).abs() > 0.02 * LOUD || rest > 0.1 * LOUD {
                let at = n as f64 / 50.0;
                eprintln!("at {at:.2} s, side {side}: {loud:.4}, {rest:.4} beside it");
                broken += 1;
            }
        }
    }
    // Each time that the server itself was late may be heard in two of them, on both sides.
    let allowed = 4 * slips;
    assert!(broken <= allowed, "{broken} times it is broken");
    // And what was recorded, by its encoder's way.
    let master = studio.master(&report);
    let recorded = read::sound(&master);
    assert_eq!(recorded.gaps, [], "{:?}", recorded.complaints);
    let end = recorded.start + recorded.seconds();
    let mut t = end - 50.0;
    while t < end - 1.0 {
        let loud = recorded.amplitude(HZ, t, 0.2);
        assert!((loud - LOUD).abs() < 0.05 * LOUD, "{loud} at {t:.1} s");
        t += 0.5;
    }
}

#[test]
fn a_card_that_goes_comes_back_by_itself_and_the_program_never_feels_it() {
    let _turn = common::alone();
    let server = Server::start();
    let musician = Musician::comes();
    let mut studio = Studio::start(&show(), &[]);
    studio.source_is("voice", "live", LONG);
    monitors(&mut studio);
    drop(musician);
    server.dies();
    let gone = studio.source_is("voice", "restarting", LONG);
    assert_ne!(named(&gone, "sources", "voice")["message"], "");
    let gone = studio.until("the monitor is away", LONG, |s| {
        s["monitor"]["state"] == "restarting"
    });
    assert_ne!(gone["monitor"]["message"], "");
    assert_eq!(gone["monitor"]["latency_ms"], 0.0, "nothing is heard");
    studio.frames_pass(30);

    let _server = Server::start();
    let musician = Musician::comes();
    studio.source_is("voice", "live", LONG);
    let back = studio.until("the monitor plays again", LONG, is_playing);
    assert!(named(&back, "sources", "voice")["restarts"].as_u64() > Some(0));
    assert!(back["monitor"]["restarts"].as_u64() > Some(0));
    musician.connects("tone", "cpal_client.*:in_1$");
    musician.connects("left", "cpal_client.*:out_0$");
    let heard = wait::until(LONG, || {
        let heard = musician.heard.lock().unwrap();
        let last = &heard[heard.len().saturating_sub(4800)..];
        (last.len() == 4800 && measure(last, 0).0 > 0.9 * LOUD).then_some(())
    });
    assert!(heard.is_some(), "the tone is not heard again");
    // Dimmed it is 20 dB down, and off it is gone.
    let falls_to = |studio: &mut Studio, command: Value, most: f64| {
        studio.command(&command);
        let quiet = wait::until(LONG, || {
            let heard = musician.heard.lock().unwrap();
            let last = &heard[heard.len().saturating_sub(4800)..];
            (measure(last, 0).0 < most).then_some(())
        });
        assert!(quiet.is_some(), "{command}");
    };
    falls_to(
        &mut studio,
        json!({"command": "monitor", "dim": true}),
        0.11 * LOUD,
    );
    falls_to(
        &mut studio,
        json!({"command": "monitor", "on": false}),
        0.001 * LOUD,
    );
    studio.until("it is off", LONG, |s| s["monitor"]["state"] == "off");
    // The program knew nothing of all this.
    let report = studio.quit();
    assert_eq!(report["repeated"], 0, "{report}");
}

/// Waits until the last 100 ms have the card's tone and the show's own at these amplitudes on each side.
fn until_heard(musician: &Musician, what: &str, wanted: [[f64; 2]; 2]) {
    let mut last = [[0.0; 2]; 2];
    let found = wait::until(LONG, || {
        let heard = musician.heard.lock().unwrap();
        let heard = &heard[heard.len().saturating_sub(4800)..];
        if heard.len() < 4800 {
            return None;
        }
        last = [0, 1].map(|side| [HZ, OWN_HZ].map(|hz| measure_at(hz, heard, side).0));
        let both = last.iter().flatten().zip(wanted.iter().flatten());
        both.clone()
            .all(|(seen, wanted)| (seen - wanted).abs() < 0.003)
            .then_some(())
    });
    assert!(found.is_some(), "{what}: {last:.4?}, not {wanted:?}");
}

/// Of a test source beside the card's, in Hz; both have whole waves in 100 ms to within a hundredth.
const OWN_HZ: f64 = 500.0;
const OWN_LOUD: f64 = 0.1;

#[test]
fn a_guest_gets_back_all_but_itself_by_a_card_and_pfl_is_heard_over_the_monitor() {
    let _turn = common::alone();
    let _server = Server::start();
    let musician = Musician::comes();
    let show = ShowText::sized(320, 180, (30, 1))
        .source(
            "music",
            &format!("Test(pattern: Bars, tone_hz: {OWN_HZ:.1})"),
            "afv: On",
        )
        .source(
            "voice",
            "SoundCard(device: \"input\", host: \"jack\", channels: [1])",
            "afv: On, mix_minus: true",
        )
        .field(
            "sound_outputs: [(bus: \"n-1:voice\", host: \"jack\", device: \"output\", \
             channels: [3])]",
        );
    let mut studio = Studio::start(&show, &[]);
    studio.source_is("voice", "live", LONG);
    studio.command(
        &json!({"command": "monitor", "on": true, "host": "jack", "device": "output",
        "bus": "aux2"}),
    );
    studio.until("the monitor plays", LONG, is_playing);
    musician.connects("tone", "cpal_client.*:in_0$");
    musician.connects("left", "cpal_client.*:out_2$");
    musician.connects("right", "cpal_client.*:out_0$");
    let back = [0.0, OWN_LOUD];
    let silence = [0.0, 0.0];
    until_heard(&musician, "its return, and an empty aux", [back, silence]);

    // Muted in the program it is heard by PFL, by a desk that has no monitor of its own.
    studio.command(&json!({"command": "mute", "source": "voice", "on": true}));
    studio.command(&json!({"command": "pfl", "source": "voice", "on": true, "desk": "stage"}));
    until_heard(&musician, "PFL", [back, [LOUD, 0.0]]);
    studio.until("the program is without it", LONG, |s| {
        let level = &s["program_level"]["rms_db"][0];
        level.as_f64().is_some_and(|db| (db + 23.0).abs() < 0.3)
    });
    assert_eq!(studio.snapshot()["monitor"]["listens"], true);
    studio.command(&json!({"command": "afl", "source": "music", "on": true, "desk": "foh"}));
    until_heard(
        &musician,
        "both desks' at the house's",
        [back, [LOUD, OWN_LOUD]],
    );
    // With a monitor of its own it is heard there alone.
    studio.command(
        &json!({"command": "monitor", "desk": "foh", "on": true, "host": "jack",
        "device": "output", "channels": [2], "bus": "listen"}),
    );
    until_heard(&musician, "the other's left", [back, [LOUD, 0.0]]);
    let seen = studio.until("its own plays", LONG, |s| {
        s["monitors"]["foh"]["state"] == "playing"
    });
    assert_eq!(seen["monitors"]["foh"]["listens"], true);
    studio.command(&json!({"command": "mute", "source": "voice", "on": false}));
    studio.command(&json!({"command": "pfl", "source": "voice", "on": false, "desk": "stage"}));
    until_heard(&musician, "the aux again", [back, silence]);

    // By another name it is the same guest, whose return is the monitor's bus too.
    studio.command(&json!({"command": "monitor", "bus": "n-1:voice", "level_db": -6.0}));
    let half = [0.0, OWN_LOUD * 10f64.powf(-0.3)];
    until_heard(&musician, "the return at the monitor", [back, half]);
    let source = json!({"source": {"id": "ann", "mix_minus": true, "afv": "On",
        "kind": {"SoundCard": {"device": "input", "host": "jack", "channels": [1]}}}});
    let edit = |edits: Value| json!({"command": "edit", "label": "edit", "edits": edits});
    studio.command(&edit(json!([{"set": {"id": "voice", "item": source}}])));
    let seen = studio.until("it is ann's", LONG, |s| s["monitor"]["bus"] == "n-1:ann");
    assert_eq!(seen["sound_outputs"][0]["bus"], "n-1:ann");
    musician.hears_anew();
    until_heard(&musician, "ann's return", [back, half]);
    // Without the guest there is no such bus, and nothing is heard of anybody else.
    studio.command(&json!({"command": "edit", "label": "leave", "on_air": true,
        "edits": [{"remove": {"kind": "source", "id": "ann"}}]}));
    until_heard(&musician, "nobody's return", [silence, silence]);
    let seen = studio.snapshot();
    assert_eq!(seen["sound_outputs"], json!([]));
    assert_eq!(seen["monitor"]["state"], "off");
    let message = seen["monitor"]["message"].as_str().unwrap();
    assert!(message.contains("n-1:ann"), "{message}");
    let report = studio.quit();
    assert_eq!(report["repeated"], 0, "{report}");
}

#[test]
fn what_cannot_be_listened_to_is_refused_and_changes_nothing() {
    let _turn = common::alone();
    let mut studio = Studio::start(
        &ShowText::new().source("bars", "Test(pattern: Bars)", ""),
        &[],
    );
    let before = studio.snapshot()["monitor"].clone();
    for (command, wanted) in [
        (
            json!({"command": "monitor", "bus": "aux9"}),
            "expected `program`",
        ),
        (
            json!({"command": "monitor", "level_db": 11.0}),
            "expected -100 to 10",
        ),
        (
            json!({"command": "monitor", "channels": [0]}),
            "expected 1 to 64",
        ),
        (
            json!({"command": "monitor", "channels": [1, 2, 3]}),
            "expected 1 or 2",
        ),
        (
            json!({"command": "monitor", "device": " "}),
            "regie devices",
        ),
    ] {
        let refused = studio.try_command(&command).unwrap_err();
        assert!(refused.contains(wanted), "{command}: {refused}");
    }
    assert_eq!(studio.snapshot()["monitor"], before);
    // A card that is not there is a state, and says what is missing.
    studio.command(&json!({"command": "monitor", "on": true, "device": "no such card"}));
    let seen = studio.until("it says so", LONG, |s| {
        s["monitor"]["state"] == "restarting"
    });
    let message = seen["monitor"]["message"].as_str().unwrap();
    assert!(message.contains("no such card"), "{message}");
}
