//! A first show, from an empty window to on air and back, by clicks and keys alone: what
//! `docs/first-show.md` describes, step by step. What went on air is read from the master and from what
//! the servers received.
#![cfg(feature = "desk")]

mod common;

use std::path::{Path, PathBuf};

use regie::door::{DestinationState, RecordingState, Snapshot, SourceState};
use regie::show::{self, Show};

use common::coded::{self, Code, Luma, Rect};
use common::display::Display;
use common::hand::{Control, Desk, Engine};
use common::media::Clip;
use common::read::{self, Shot};
use common::rtmp::Receiver;
use common::senders::{TsServer, transport_stream};

/// Program frames that each shot lasts at least.
const SHOT: u64 = 25;
const KEYS: [&str; 2] = ["first-k3y-of-the-hall", "second-k3y-of-the-club"];

/// A small coded source: the window is what weighs here.
fn clip(source: u8) -> Clip {
    Clip {
        size: (640, 360),
        kbps: 1200,
        ..Clip::new(source, 240)
    }
}

/// What a picture of the program shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    /// This source, full frame.
    Full(Code),
    /// One source with another small in the corner at the right and the bottom.
    Corner(Code, Code),
    /// Two whole sources side by side.
    Beside(Code, Code),
    /// No code: bars, black, or two pictures at once.
    Other,
}

impl Look {
    fn read(luma: Luma<'_>) -> Self {
        let part = |p| coded::read(luma, Rect::part(luma.width, luma.height, p));
        let small = part((0.65, 0.65, 0.3, 0.3));
        match (part((0.0, 0.0, 1.0, 1.0)), small) {
            (Some(back), Some(small)) => return Self::Corner(back, small),
            (Some(back), None) => return Self::Full(back),
            _ => {}
        }
        match (part((0.0, 0.25, 0.5, 0.5)), part((0.5, 0.25, 0.5, 0.5))) {
            (Some(left), Some(right)) => Self::Beside(left, right),
            _ => Self::Other,
        }
    }

    /// The sources in it, from back to front.
    fn sources(self) -> Vec<u8> {
        match self {
            Self::Full(one) => vec![one.source],
            Self::Corner(a, b) | Self::Beside(a, b) => vec![a.source, b.source],
            Self::Other => Vec::new(),
        }
    }

    fn back(self) -> Option<Code> {
        match self {
            Self::Full(code) | Self::Corner(code, _) | Self::Beside(code, _) => Some(code),
            Self::Other => None,
        }
    }

    fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
            && self.sources() == other.sources()
    }
}

/// Runs of pictures that show the same sources in the same way: the first picture of each, and where
/// it begins and ends.
fn shots(looks: &[Look]) -> Vec<(Look, usize, usize)> {
    let mut shots: Vec<(Look, usize, usize)> = Vec::new();
    for (at, look) in looks.iter().enumerate() {
        match shots.last_mut() {
            Some((first, _, end)) if first.is_like(*look) => *end = at + 1,
            _ => shots.push((*look, at, at + 1)),
        }
    }
    shots
}

fn state_of(snapshot: &Snapshot, id: &str) -> Option<SourceState> {
    let mut all = snapshot.sources.iter();
    all.find(|s| s.id == id).map(|s| s.state)
}

/// The column of the panel in which controls of the same name stand.
#[derive(Clone, Copy)]
enum Column {
    Sources,
    Inspector,
}

impl Column {
    fn has(self, control: &Control) -> bool {
        let middle = (control.whole[0] + control.whole[2]) / 2;
        match self {
            Self::Sources => middle < 320,
            Self::Inspector => middle > 640,
        }
    }
}

/// The list in which the source of a layer is chosen.
fn is_list(control: &Control) -> bool {
    control.role == "ComboBox" && control.label == "Source"
}

/// The hand of somebody who builds a show.
struct Builder<'a> {
    desk: &'a Desk<'a>,
    engine: &'a Engine,
}

impl Builder<'_> {
    /// Waits until the engine's show is as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&Show) -> bool) {
        let mut revision = None;
        let mut fits = || {
            // It is asked for once each time it has changed, and not again and again.
            let now = self.engine.snapshot().edit.revision;
            if revision.replace(now) == Some(now) {
                return false;
            }
            wanted(&self.engine.show())
        };
        let come = common::wait::until(std::time::Duration::from_secs(60), || fits().then_some(()));
        if come.is_none() {
            let show = self.engine.show();
            self.desk.fail(&format!("{what}, but {show:#?}"));
        }
    }

    fn sources(&self) {
        let desk = self.desk;
        desk.click("Test pattern");
        self.until("the test pattern is added", |s| s.sources.len() == 1);
        for (name, count) in [("Stage.mkv", 2), ("Close.mkv", 3)] {
            desk.click("Add a source");
            let path = desk.folder().join(name);
            let here = |c: &Control| Column::Sources.has(c);
            desk.fill_where("File to add", here, &path.to_string_lossy());
            desk.press("Return");
            self.until(name, |s| s.sources.len() == count);
        }
    }

    /// Tried first, and added when it has shown what it gives.
    fn network(&self, url: &str) {
        let desk = self.desk;
        desk.click("Add a source");
        desk.click("Network source…");
        let here = |c: &Control| Column::Sources.has(c);
        desk.fill_where("Name", here, "Truck");
        desk.fill_where("Address", here, url);
        desk.click("Try it");
        desk.reads("640 × 360, 30 pictures a second");
        assert_eq!(self.engine.show().sources.len(), 3, "it is only tried");
        desk.click("Add");
        self.until("the network source is added", |s| s.sources.len() == 4);
        for id in ["stage", "close", "truck"] {
            let live = |s: &Snapshot| state_of(s, id) == Some(SourceState::Live);
            self.engine.until(desk, &format!("{id} live"), live);
        }
    }

    /// A new scene with this name, of which the layer at the back shows this source.
    fn scene(&self, name: &str, source: &str) {
        let desk = self.desk;
        let count = self.engine.show().scenes.len() + 1;
        desk.click("New scene");
        self.until("a scene more", |s| s.scenes.len() == count);
        // The first source of the show, and nothing left of the scene before.
        desk.until("the new scene is looked at", |all| {
            let is_new = |c: &Control| is_list(c) && c.value == "Bars";
            all.iter().any(is_new) && !all.iter().any(|c| c.label.starts_with("Layer 2: "))
        });
        self.layer(source);
        desk.click_where("Rename, of scenes", |c| {
            c.label == "Rename" && c.whole[0] > 320
        });
        desk.until("the new name's field", |all| {
            all.iter().any(|c| c.label == "New name" && c.focused)
        });
        desk.type_text(name);
        desk.press("Return");
        self.until(name, |s| s.scenes.last().is_some_and(|s| s.label == name));
    }

    /// The layer that is looked at shows this source.
    fn layer(&self, source: &str) {
        let desk = self.desk;
        desk.until("the list of sources", |all| all.iter().any(is_list));
        if desk
            .controls()
            .iter()
            .any(|c| is_list(c) && c.value == source)
        {
            return;
        }
        desk.click_where("Source", is_list);
        desk.click_where(source, |c| c.label == source && Column::Inspector.has(c));
        desk.until(source, |all| {
            all.iter().any(|c| is_list(c) && c.value == source)
        });
    }

    /// Two sources laid out so, the second one in front.
    fn two(&self, layout: &str, second: &str) {
        let desk = self.desk;
        desk.click(layout);
        let laid = |s: &Show| s.scenes.last().is_some_and(|s| s.layers.len() == 2);
        self.until(layout, laid);
        desk.click_where("layer 2", |c| c.label.starts_with("Layer 2: "));
        desk.until("layer 2 is looked at", |all| {
            all.iter()
                .any(|c| c.label.starts_with("Layer 2: ") && c.on == Some(true))
        });
        self.layer(second);
    }

    fn scenes(&self) {
        self.scene("Wide", "Stage");
        self.scene("Close-up", "Close");
        self.scene("From the truck", "Truck");
        self.scene("Please wait", "Bars");
        self.scene("Corner", "Stage");
        self.two("Picture-in-picture, bottom right", "Close");
        self.scene("Both", "Close");
        self.two("Two whole pictures", "Truck");
        self.until("six scenes", |s| {
            let layers = |i: usize| -> Vec<&str> {
                let layers = s.scenes[i].layers.iter();
                layers.map(|layer| layer.source.as_str()).collect()
            };
            s.scenes.len() == 6
                && layers(4) == ["stage", "close"]
                && layers(5) == ["close", "truck"]
        });
        let desk = self.desk;
        desk.click("Put on PVW");
        self.engine.until(desk, "the last scene is on PVW", |s| {
            let found = s.scenes.iter().find(|scene| scene.label == "Both");
            found.is_some_and(|scene| scene.id == s.preview)
        });
    }

    /// Both servers answer, and nobody sees it.
    fn try_destinations(&self) {
        let desk = self.desk;
        desk.click("Try every destination");
        desk.click("Try the connection, unseen");
        desk.until("both servers greet", |all| {
            let greeted = all.iter().filter(|c| c.label.contains("the server greets"));
            greeted.count() == 2
        });
    }

    fn destination(&self, name: &str, server: &str, key: &str) {
        let desk = self.desk;
        let count = self.engine.show().destinations.len() + 1;
        desk.click("Add a destination");
        desk.click_where("Platform", |c| {
            c.role == "ComboBox" && c.label == "Platform"
        });
        desk.click("Another server");
        desk.fill("Name on the desk", name);
        desk.fill("Server", server);
        desk.fill("Stream key", key);
        desk.click("Save");
        self.until(name, |s| s.destinations.len() == count);
        desk.until("the form is closed", |all| {
            all.iter().all(|c| c.label != "Stream key")
        });
    }
}

/// The scene on PGM, as its number and name are read in the window.
fn is_on_air(desk: &Desk, engine: &Engine, scene: &str) {
    let on = |s: &Snapshot| {
        let found = s.scenes.iter().find(|known| known.id == s.program);
        found.is_some_and(|found| found.label == scene)
    };
    engine.until(desk, &format!("{scene} on PGM"), on);
    desk.until(&format!("{scene} on PGM"), |all| {
        all.iter()
            .any(|c| c.label.starts_with("PGM: ") && c.label.ends_with(scene))
    });
    engine.frames_pass(desk, SHOT);
}

/// Goes on air, and is there when both servers take the stream and the master is written.
fn go_live(desk: &Desk, engine: &Engine) {
    desk.click("Go live everywhere");
    desk.reads("Again: Go live everywhere");
    let is_off = |s: &Snapshot| {
        let mut all = s.destinations.iter();
        all.all(|d| d.state == DestinationState::Off)
    };
    assert!(is_off(&engine.snapshot()), "one press is not enough");
    let again = "Again: Go live everywhere";
    desk.press_twice("Go live everywhere", again, || !is_off(&engine.snapshot()));
    engine.until(desk, "both destinations live", |s| {
        let live = s.destinations.iter();
        live.filter(|d| d.state == DestinationState::Live).count() == 2
    });
    desk.reads("ON AIR ");
    desk.click("Record the master");
    engine.until(desk, "the master is written", |s| {
        s.recording.state == RecordingState::Recording && s.recording.frames > 30
    });
}

/// By keys, then by mouse.
fn direct(desk: &Desk, engine: &Engine) {
    let next = |scene: &str| {
        engine.until(desk, &format!("{scene} on PVW"), |s| {
            let found = s.scenes.iter().find(|known| known.id == s.preview);
            found.is_some_and(|found| found.label == scene)
        });
    };
    // The sources came first, and have the numbers 1 to 4.
    let keys = [
        ("5", "Wide"),
        ("6", "Close-up"),
        ("9", "Corner"),
        ("0", "Both"),
    ];
    for (key, scene) in keys {
        desk.press(key);
        next(scene);
        desk.press("space");
        is_on_air(desk, engine, scene);
    }
    let (scene, monitor) = ("From the truck", "7 From the truck");
    desk.click_where(monitor, |c| c.label.starts_with(monitor));
    next(scene);
    desk.click("CUT");
    is_on_air(desk, engine, scene);
    desk.press("shift+8");
    is_on_air(desk, engine, "Please wait");
    desk.press("shift+5");
    is_on_air(desk, engine, "Wide");
}

/// The takes are in this file one after the other, each picture in its place but for those that the
/// engine or the machine is known to have been late for. Gives how many pictures were looked at.
fn check(name: &str, file: &Path, repeated: usize) -> usize {
    // What the director put on air: stage is 1, close 2, truck 3, and bars have no code.
    const TAKES: [&[u8]; 7] = [&[1], &[2], &[1, 2], &[2, 3], &[3], &[], &[1]];
    let pictures = read::pictures_with(file, Look::read);
    let looks = pictures.codes();
    let shots = shots(&looks);
    let first = shots.iter().position(|(look, ..)| look.sources() == [1]);
    let first = first.unwrap_or_else(|| panic!("{name}: the stage is never seen"));
    let seen: Vec<Vec<u8>> = shots[first..].iter().map(|s| s.0.sources()).collect();
    assert_eq!(seen, TAKES, "{name}");
    for (look, at, end) in &shots[first..] {
        assert!(
            end - at >= SHOT as usize,
            "{name}: {look:?} for {at}..{end}"
        );
        if matches!(look.sources()[..], [1] | [2] | [1, 2]) {
            let backs: Vec<Option<Code>> = looks.iter().map(|look| look.back()).collect();
            let shot = Shot::new(look.sources()[0], *at, *end);
            let faults = read::check_shot(&backs, shot, 0.0);
            // Where one came twice, the next one is missing.
            assert!(faults.len() <= 2 * repeated, "{name}: {faults:?}");
        }
    }
    looks.len()
}

fn linked(folder: &Path, name: &str, source: u8) -> PathBuf {
    let path = folder.join(name);
    std::os::unix::fs::symlink(clip(source).file(), &path).expect("a link to the clip");
    path
}

#[test]
fn a_show_is_built_from_nothing_and_goes_on_air() {
    common::witness::undisturbed(built_from_nothing);
}

fn built_from_nothing() {
    let servers = KEYS.map(Receiver::with_key);
    let truck = TsServer::start(&[&transport_stream(&clip(3), 0)], 1.0);
    let display = Display::start(1280, 800);
    let mut desk = Desk::open(&display);
    for (name, source) in [("Stage.mkv", 1), ("Close.mkv", 2)] {
        linked(desk.folder(), name, source);
    }

    // A new show, by name.
    desk.reads("Show Demo");
    desk.click("File");
    desk.click("New show…");
    let file = desk.folder().join("Forum.ron");
    desk.fill("Path of the file", &file.to_string_lossy());
    desk.press("Return");
    desk.reads("Show Forum");
    let engine = desk.engine(&file);
    assert_eq!(engine.show().sources, []);
    desk.click("Build the show");
    desk.reads("Add a camera, a clip or a guest");
    desk.shoot("first-show-empty.png");

    let builder = Builder {
        desk: &desk,
        engine: &engine,
    };
    builder.sources();
    builder.network(&truck.url());
    builder.scenes();
    builder.destination("Hall", &servers[0].server("live"), KEYS[0]);
    builder.destination("Club", &servers[1].server("live"), KEYS[1]);
    builder.try_destinations();
    desk.shoot("first-show-built.png");

    // On air, and saved there.
    desk.click("View");
    desk.click("Director");
    desk.press("Escape");
    go_live(&desk, &engine);
    direct(&desk, &engine);
    desk.shoot("first-show-on-air.png");
    desk.press("ctrl+s");
    engine.until(&desk, "the show is saved", |s| !s.edit.unsaved);
    let saved = show::load(&file).expect("the saved show");
    assert_eq!(saved, engine.show());
    let tree = desk.tree();
    let text = std::fs::read_to_string(&file).expect("the show's text");
    for key in KEYS {
        assert!(!text.contains(key) && !tree.contains(key), "a key is told");
    }

    // And off again.
    desk.press("alt+F4");
    desk.reads("Close this desk?");
    let again = "Again to end the show";
    desk.press_twice("End the show", again, || desk.has_ended());
    let report = engine.report();
    desk.wait_until_closed();

    assert_eq!(report.skipped, 0, "{report:?}");
    for (id, destination) in &report.destinations {
        assert_eq!(
            (destination.dropped, destination.reconnects),
            (0, 0),
            "{id}"
        );
    }
    let repeated = report.repeated as usize;
    let recording = report.recording.expect("a recording");
    let master = desk.folder().join(&recording.path);
    let pictures = check("the master", &master, repeated);
    assert_eq!(recording.frames, pictures as u64);
    assert!(repeated * 50 <= pictures, "{repeated} of {pictures}");
    for (server, key) in servers.iter().zip(KEYS) {
        let connections = server.connections();
        let names: Vec<&str> = connections.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, [format!("live/{key}")]);
        check(key, &connections[0].flv, repeated);
    }
}
