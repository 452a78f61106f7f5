//! An encoder that does not start, or dies in the middle of the show, is replaced by x264; what was
//! recorded stays, and what comes after is recorded too.

mod common;

use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use regie::door::{
    Command, DestinationState, DestinationStatus, Door, Event, LocalDoor, RecordingState, Snapshot,
};
use regie::engine::{Engine, Options};
use regie::show;

use common::rtmp::{Arrival, Receiver};

/// The mortal encoder is to die.
static DIES: AtomicBool = AtomicBool::new(false);
/// Pictures that it gave before.
static GIVEN: AtomicU64 = AtomicU64::new(0);

mod mortal {
    use super::{DIES, GIVEN, Ordering};
    use gstreamer as gst;
    use gstreamer::glib;
    use gstreamer::prelude::*;
    use gstreamer::subclass::prelude::*;
    use std::sync::LazyLock;

    /// x264 that fails when it is told to, as a driver does.
    #[derive(Default)]
    pub struct Imp;

    #[glib::object_subclass]
    impl ObjectSubclass for Imp {
        const NAME: &'static str = "RegieMortalEncoder";
        type Type = Mortal;
        type ParentType = gst::Bin;
    }

    impl ObjectImpl for Imp {
        fn constructed(&self) {
            self.parent_constructed();
            let bin = self.obj();
            let encoder = gst::ElementFactory::make("x264enc")
                .property_from_str("tune", "zerolatency")
                .build()
                .unwrap();
            let end = gst::ElementFactory::make("identity").build().unwrap();
            let failing = end.downgrade();
            let pad = end.static_pad("src").unwrap();
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                if !DIES.load(Ordering::Relaxed) {
                    GIVEN.fetch_add(1, Ordering::Relaxed);
                    return gst::PadProbeReturn::Ok;
                }
                if let Some(element) = failing.upgrade() {
                    gst::element_error!(element, gst::CoreError::Failed, ("the driver is gone"));
                }
                info.flow_res = Err(gst::FlowError::Error);
                gst::PadProbeReturn::Handled
            });
            bin.add_many([&encoder, &end]).unwrap();
            encoder.link(&end).unwrap();
            for (name, element) in [("sink", &encoder), ("src", &end)] {
                let target = element.static_pad(name).unwrap();
                let pad = gst::GhostPad::builder_with_target(&target)
                    .unwrap()
                    .name(name)
                    .build();
                bin.add_pad(&pad).unwrap();
            }
        }
    }

    impl GstObjectImpl for Imp {}

    impl ElementImpl for Imp {
        fn pad_templates() -> &'static [gst::PadTemplate] {
            static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
                let template = |name, direction, caps| {
                    let caps = gst::Caps::new_empty_simple(caps);
                    gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &caps).unwrap()
                };
                vec![
                    template("sink", gst::PadDirection::Sink, "video/x-raw"),
                    template("src", gst::PadDirection::Src, "video/x-h264"),
                ]
            });
            TEMPLATES.as_ref()
        }
    }

    impl BinImpl for Imp {}

    glib::wrapper! {
        pub struct Mortal(ObjectSubclass<Imp>) @extends gst::Bin, gst::Element, gst::Object;
    }
}

fn start(folder: &Path, encoder: &str, more: &str) -> (Engine, LocalDoor) {
    gst::init().unwrap();
    let text = format!(
        "(version: 1, name: \"Encoders\", format: (width: 320, height: 180, rate: (30, 1)), \
         encoder: (name: Element({encoder:?}), bitrate_kbps: 500), \
         sources: [(id: \"bars\", kind: Test(pattern: Bars, tone_hz: 440.0))]{more})"
    );
    let show = show::parse(&folder.join("show.ron"), &text).unwrap();
    let options = Options {
        record: true,
        stream: true,
        ..Options::default()
    };
    let engine = Engine::start(show, folder, options).unwrap();
    let door = engine.hub().door();
    (engine, door)
}

fn wait(door: &LocalDoor, what: &str, is: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(snapshot) = door.snapshot()
            && is(&snapshot)
        {
            return snapshot;
        }
        assert!(Instant::now() < until, "{what}: {:?}", door.snapshot());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Pictures in a file that decode without a complaint.
fn decoded(path: &Path) -> u64 {
    let output = Process::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-count_frames"])
        .args(["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.is_empty(), "{}: {complaint}", path.display());
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().trim_end_matches(',').parse().unwrap()
}

fn recordings(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder.join("recordings"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    all.sort();
    all
}

#[test]
fn an_encoder_that_is_not_there_is_replaced_and_the_desk_says_so() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let (engine, door) = start(folder.path(), "nosuchenc", "");
    let snapshot = wait(&door, "recording", |s| s.recording.frames > 30);
    assert_eq!(snapshot.encoder.name, "x264enc");
    assert!(
        snapshot.encoder.message.contains("nosuchenc"),
        "{:?}",
        snapshot.encoder
    );
    door.send(Command::Quit {});
    let report = engine.join().unwrap();
    assert_eq!(
        decoded(&recordings(folder.path())[0]),
        report.recording.unwrap().frames
    );
}

#[test]
fn an_encoder_that_dies_on_air_is_replaced_and_both_parts_play() {
    let _turn = common::alone();
    gst::init().unwrap();
    gst::Element::register(
        None,
        "regiemortalenc",
        gst::Rank::NONE,
        mortal::Mortal::static_type(),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let hall = format!(
        ", destinations: [(id: \"hall\", server: {:?}, key: Open(\"hall\"))]",
        receiver.server("live")
    );
    let (engine, door) = start(folder.path(), "regiemortalenc", &hall);
    let before = wait(&door, "the first part", |s| {
        let is_live = |d: &DestinationStatus| d.state == DestinationState::Live;
        s.recording.frames > 20 && s.destinations.iter().all(is_live)
    });
    assert_eq!(before.encoder.name, "regiemortalenc");
    let given = GIVEN.load(Ordering::Relaxed);
    // And some more.
    wait(&door, "a second", |s| s.frame > before.frame + 30);
    DIES.store(true, Ordering::Relaxed);
    let after = wait(&door, "the second part", |s| {
        s.encoder.name == "x264enc"
            && s.recording.state == RecordingState::Recording
            && s.recording.path != before.recording.path
            && s.recording.frames > 60
    });
    assert!(
        after.encoder.message.contains("regiemortalenc"),
        "{:?}",
        after.encoder
    );
    assert_eq!(after.encoder.restarts, 1);
    // The clock went on all the while.
    assert_eq!(
        after.counters.frames,
        after.frame - before.frame + before.counters.frames
    );
    let told = std::iter::from_fn(|| door.next_event())
        .any(|event| matches!(event, Event::Encoder { name, .. } if name == "x264enc"));
    assert!(told, "no event said so");
    door.send(Command::Quit {});
    let report = engine.join().unwrap();
    let parts = recordings(folder.path());
    assert_eq!(parts.len(), 2, "{parts:?}");
    // What the dead encoder gave is all there, but for what was on its way when it died.
    let first = decoded(&parts[0]);
    let all = GIVEN.load(Ordering::Relaxed);
    let since = before.recording.frames + all - given;
    assert!(since >= before.recording.frames + 20, "{since}");
    assert!((since - 5..=all).contains(&first), "{first} of {all}");
    assert_eq!(decoded(&parts[1]), report.recording.unwrap().frames);

    // The stream went on over the same connection, with the new encoder's headers at the time of its
    // first picture.
    let connections = receiver.connections();
    assert_eq!(connections.len(), 1);
    let arrivals = &connections[0].arrivals;
    let headers: Vec<usize> = (0..arrivals.len())
        .filter(|&i| arrivals[i].video && arrivals[i].header)
        .collect();
    let [first, second] = headers[..] else {
        panic!("{} headers", headers.len());
    };
    assert_eq!(arrivals[first].dts, 0);
    let pictures = |range: &[Arrival]| -> Vec<Arrival> {
        let pictures = range.iter().filter(|a| a.video && !a.header);
        pictures.copied().collect()
    };
    let (before, after) = (pictures(&arrivals[..second]), pictures(&arrivals[second..]));
    let (Some(last), Some(next)) = (before.last(), after.first()) else {
        panic!("{} and {} pictures", before.len(), after.len());
    };
    assert!(next.key, "{next:?}");
    let header = arrivals[second].dts;
    assert!(
        last.dts < next.dts && header.abs_diff(next.dts) <= 1,
        "{last:?} {header} {next:?}"
    );
}
