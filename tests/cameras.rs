//! Cameras that come and go, on a machine that has none: a device provider of the tests' own gives
//! GStreamer's device monitor devices that can be plugged and unplugged, and the engine is asked to
//! find them as it finds any other.

mod common;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use regie::door::{
    Command, Door, Event, LocalDoor, MonitorId, MonitorPicture, MonitorRequest, Snapshot,
    SourceState, SourceStatus,
};
use regie::engine::{Engine, Options};
use regie::input::cameras;
use regie::media::{CameraInfo, CameraMode, Rate};
use regie::show::{Format, Pattern, Scene, Show, Source, SourceKind, VERSION};

use common::wait;

const PATIENCE: Duration = Duration::from_secs(20);
/// A camera is on air again so soon after it was plugged again.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// What a test does with one camera, seen by the elements that stand for it.
#[derive(Debug, Default)]
struct Camera {
    /// It stands still without a word.
    stuck: AtomicBool,
    running: Mutex<Vec<gst::glib::WeakRef<gst::Bin>>>,
    /// A `gst-launch` description of its picture.
    picture: String,
    /// How many pictures its driver has memory for; as many as it likes where there is none.
    buffers: Option<u32>,
    /// The caps of what it offers; it does not say where there are none.
    offers: Option<&'static str>,
}

impl Camera {
    fn new(pattern: &str, caps: &str, behind: &str) -> Arc<Self> {
        Arc::new(Self {
            picture: format!(
                "videotestsrc name=camera is-live=true pattern={pattern} ! \
                 {caps},width=640,height=480,framerate=30/1 ! {behind}"
            ),
            ..Self::default()
        })
    }

    /// One that offers these caps, and gives what it is asked for.
    fn offering(pattern: &str, caps: &'static str) -> Arc<Self> {
        Arc::new(Self {
            picture: format!(
                "videotestsrc name=camera is-live=true pattern={pattern} ! \
                 video/x-raw,format=YUY2 ! identity"
            ),
            offers: Some(caps),
            ..Self::default()
        })
    }

    /// Size and rate of what it gives now.
    fn gives(&self) -> Option<(i32, i32, gst::Fraction)> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let bin = running.iter().rev().find_map(|bin| bin.upgrade())?;
        let caps = bin.by_name("camera")?.static_pad("src")?.current_caps()?;
        let picture = caps.structure(0)?;
        Some((
            picture.get("width").ok()?,
            picture.get("height").ok()?,
            picture.get("framerate").ok()?,
        ))
    }

    /// One that gives the house's own pictures, which need no conversion, out of so few buffers, as
    /// drivers do.
    fn of_few_buffers(pattern: &str, buffers: u32) -> Arc<Self> {
        Arc::new(Self {
            picture: format!(
                "videotestsrc name=camera is-live=true pattern={pattern} ! \
                 video/x-raw,format=I420,width=640,height=360,framerate=30/1,\
                 pixel-aspect-ratio=1/1,interlace-mode=progressive,colorimetry=bt709 ! identity"
            ),
            buffers: Some(buffers),
            ..Self::default()
        })
    }

    fn element(self: &Arc<Self>) -> Result<gst::Element, gst::LoggableError> {
        let bin = gst::parse::bin_from_description(&self.picture, true)
            .map_err(|error| gst::loggable_error!(gst::CAT_DEFAULT, "{error}"))?;
        let camera = self.clone();
        if let Some(pad) = bin.by_name("camera").and_then(|c| c.static_pad("src")) {
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
                if camera.stuck.load(Ordering::Relaxed) {
                    gst::PadProbeReturn::Handled
                } else {
                    gst::PadProbeReturn::Ok
                }
            });
            if let Some(buffers) = self.buffers {
                give_from_few(&pad, buffers);
            }
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.push(bin.downgrade());
        Ok(bin.upcast())
    }

    /// As a driver does whose device is gone: no picture more, and an error.
    fn fail(&self) {
        self.stuck.store(true, Ordering::Relaxed);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for bin in running.iter().filter_map(|bin| bin.upgrade()) {
            gst::element_error!(bin, gst::ResourceError::Read, ("the device is gone"));
        }
    }
}

/// The memory of one picture of a driver, which counts until nobody has it any more.
struct Lent {
    bytes: Vec<u8>,
    out: Arc<AtomicU32>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.out.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lends so many pictures at a time: while all of them are out, the driver has none to give.
fn give_from_few(pad: &gst::Pad, buffers: u32) {
    let out = Arc::new(AtomicU32::new(0));
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let Some(given) = info.take_buffer() else {
            return gst::PadProbeReturn::Ok;
        };
        if out.load(Ordering::Relaxed) >= buffers {
            return gst::PadProbeReturn::Handled;
        }
        out.fetch_add(1, Ordering::Relaxed);
        let mut lent = gst::Buffer::from_slice(Lent {
            bytes: given.map_readable().unwrap().to_vec(),
            out: out.clone(),
        });
        let inside = lent.get_mut().unwrap();
        inside.set_pts(given.pts());
        inside.set_duration(given.duration());
        info.data = Some(gst::PadProbeData::Buffer(lent));
        gst::PadProbeReturn::Ok
    });
}

mod provider {
    //! The device provider and its devices, as GStreamer's own subclasses.

    use std::sync::OnceLock;

    use gstreamer::glib;
    use gstreamer::subclass::prelude::*;

    use super::*;

    #[derive(Default)]
    pub struct DeviceOfTest {
        pub(super) camera: OnceLock<Arc<Camera>>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for DeviceOfTest {
        const NAME: &'static str = "RegieTestCamera";
        type Type = TestDevice;
        type ParentType = gst::Device;
    }

    impl ObjectImpl for DeviceOfTest {}
    impl GstObjectImpl for DeviceOfTest {}

    impl DeviceImpl for DeviceOfTest {
        fn create_element(&self, _: Option<&str>) -> Result<gst::Element, gst::LoggableError> {
            match self.camera.get() {
                Some(camera) => camera.element(),
                None => Err(gst::loggable_error!(gst::CAT_DEFAULT, "no camera")),
            }
        }
    }

    glib::wrapper! {
        pub struct TestDevice(ObjectSubclass<DeviceOfTest>) @extends gst::Device, gst::Object;
    }

    #[derive(Default)]
    pub struct ProviderOfTest;

    #[glib::object_subclass]
    impl ObjectSubclass for ProviderOfTest {
        const NAME: &'static str = "RegieTestCameras";
        type Type = TestProvider;
        type ParentType = gst::DeviceProvider;
    }

    impl ObjectImpl for ProviderOfTest {}
    impl GstObjectImpl for ProviderOfTest {}

    impl DeviceProviderImpl for ProviderOfTest {
        fn metadata() -> Option<&'static gst::subclass::DeviceProviderMetadata> {
            static METADATA: OnceLock<gst::subclass::DeviceProviderMetadata> = OnceLock::new();
            Some(METADATA.get_or_init(|| {
                gst::subclass::DeviceProviderMetadata::new(
                    "Cameras of a test",
                    "Source/Video",
                    "Cameras that a test plugs and unplugs",
                    "regie",
                )
            }))
        }

        fn start(&self) -> Result<(), gst::LoggableError> {
            Ok(())
        }

        fn stop(&self) {}
    }

    glib::wrapper! {
        pub struct TestProvider(ObjectSubclass<ProviderOfTest>)
            @extends gst::DeviceProvider, gst::Object;
    }
}

/// The provider, registered once in this process, with the monitor of the cameras started on it.
fn the_provider() -> gst::DeviceProvider {
    const NAME: &str = "regietestcameras";
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().unwrap();
        let kind = provider::TestProvider::static_type();
        gst::DeviceProvider::register(None, NAME, gst::Rank::PRIMARY, kind).unwrap();
        cameras();
    });
    gst::DeviceProviderFactory::by_name(NAME).unwrap()
}

/// A camera that is plugged in, until this is dropped.
struct Plugged {
    device: gst::Device,
    camera: Arc<Camera>,
}

fn plug(camera: &Arc<Camera>, label: &str, serial: Option<&str>, node: &str) -> Plugged {
    camera.stuck.store(false, Ordering::Relaxed);
    let mut properties = gst::Structure::builder("properties").field("device.path", node);
    if let Some(serial) = serial {
        properties = properties.field("device.serial", serial);
    }
    let device: provider::TestDevice = gst::glib::Object::builder()
        .property("display-name", label)
        .property("device-class", "Video/Source")
        .property(
            "caps",
            camera
                .offers
                .map_or_else(gst::Caps::new_any, |caps| caps.parse().unwrap()),
        )
        .property("properties", properties.build())
        .build();
    let inside = gst::subclass::prelude::ObjectSubclassIsExt::imp(&device);
    inside.camera.set(camera.clone()).unwrap();
    the_provider().device_add(&device);
    Plugged {
        device: device.upcast(),
        camera: camera.clone(),
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        self.camera.fail();
        the_provider().device_remove(&self.device);
    }
}

/// The tests' own among the cameras that are there.
fn ours() -> Vec<CameraInfo> {
    let mut all = cameras();
    all.retain(|c| c.label.starts_with("Regie"));
    for camera in &mut all {
        assert!(camera.modes.is_empty() || camera.modes[0].width > 0);
        camera.modes.clear();
    }
    all
}

fn info(name: &str, label: &str, node: &str) -> CameraInfo {
    CameraInfo {
        name: name.to_owned(),
        label: label.to_owned(),
        node: Some(node.to_owned()),
        modes: Vec::new(),
    }
}

#[test]
fn cameras_are_listed_by_a_name_that_stays() {
    let _turn = common::alone();
    the_provider();
    assert_eq!(ours(), []);
    let cam = Camera::new("red", "video/x-raw,format=YUY2", "identity");
    let one = plug(&cam, "Regie C920", Some("1A2B3C"), "/dev/regie-test-1");
    let two = plug(&cam, "Regie C920", Some("4D5E6F"), "/dev/regie-test-2");
    let plain = plug(&cam, "Regie plain", None, "/dev/regie-test-3");
    let alike = plug(&cam, "Regie plain", None, "/dev/regie-test-4");
    assert_eq!(
        ours(),
        [
            info("1A2B3C", "Regie C920", "/dev/regie-test-1"),
            info("4D5E6F", "Regie C920", "/dev/regie-test-2"),
            info("Regie plain", "Regie plain", "/dev/regie-test-3"),
            info("Regie plain#2", "Regie plain", "/dev/regie-test-4"),
        ]
    );
    drop((one, alike));
    assert_eq!(ours().len(), 2);
    let again = plug(&cam, "Regie C920", Some("1A2B3C"), "/dev/regie-test-9");
    assert!(ours().contains(&info("1A2B3C", "Regie C920", "/dev/regie-test-9")));
    drop((two, plain, again));
    assert_eq!(ours(), []);
}

fn source(id: &str, kind: SourceKind) -> Source {
    Source {
        id: id.to_owned(),
        label: id.to_owned(),
        kind,
        fader_db: 0.0,
        mute: false,
        afv: Default::default(),
        strip: Default::default(),
        picture_delay_ms: 0,
        colour: Default::default(),
        groups: Vec::new(),
        sends: Vec::new(),
        mix_minus: false,
        return_db: 0.0,
    }
}

fn camera_source(id: &str, device: &str) -> Source {
    let device = device.to_owned();
    source(id, SourceKind::Camera { device, mode: None })
}

fn show(sources: Vec<Source>) -> Show {
    Show {
        version: VERSION,
        name: "Cameras".to_owned(),
        format: Format {
            width: 640,
            height: 360,
            ..Format::default()
        },
        encoder: Default::default(),
        sources,
        scenes: Vec::<Scene>::new(),
        transition: Default::default(),
        stingers: Vec::new(),
        tables: Vec::new(),
        hold: Default::default(),
        sound: Default::default(),
        destinations: Vec::new(),
        recording: Default::default(),
        order: Vec::new(),
        sound_outputs: Vec::new(),
        snapshots: Default::default(),
        titles: Vec::new(),
        keys: Vec::new(),
        rundown: Vec::new(),
        receiver: None,
    }
}

/// An engine in this process, with a desk at its door.
struct Studio {
    engine: Option<Engine>,
    door: LocalDoor,
    heard: Vec<Event>,
    /// When the first snapshot was seen, and it.
    first: Option<(Instant, Arc<Snapshot>)>,
    _folder: tempfile::TempDir,
}

impl Studio {
    fn start(show: Show) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(show, folder.path(), Options::default()).unwrap();
        let door = engine.hub().door();
        let mut studio = Self {
            engine: Some(engine),
            door,
            heard: Vec::new(),
            first: None,
            _folder: folder,
        };
        studio.until("ready", |studio| {
            let said = |e: &Event| matches!(e, Event::Ready { .. });
            studio.heard.iter().any(said).then_some(())
        });
        let first = studio.snapshot();
        studio.first = Some((Instant::now(), first));
        studio
    }

    fn until<T>(&mut self, what: &str, ask: impl FnMut(&mut Self) -> Option<T>) -> T {
        self.within(PATIENCE, what, ask)
    }

    fn within<T>(
        &mut self,
        limit: Duration,
        what: &str,
        mut ask: impl FnMut(&mut Self) -> Option<T>,
    ) -> T {
        let answer = wait::until(limit, || {
            while let Some(event) = self.door.next_event() {
                self.heard.push(event);
            }
            ask(self)
        });
        match answer {
            Some(answer) => answer,
            None => panic!(
                "not within {limit:?}: {what}\n{:?}\n{:?}",
                self.heard,
                self.door.snapshot().map(|s| s.sources.clone())
            ),
        }
    }

    fn snapshot(&mut self) -> Arc<Snapshot> {
        self.until("a snapshot", |studio| studio.door.snapshot())
    }

    fn source(&mut self, id: &str) -> SourceStatus {
        let snapshot = self.snapshot();
        let found = snapshot.sources.iter().find(|s| s.id == id);
        found.unwrap().clone()
    }

    fn is(&mut self, limit: Duration, id: &str, state: SourceState) -> SourceStatus {
        self.within(limit, &format!("{id} is {state:?}"), |studio| {
            Some(studio.source(id)).filter(|s| s.state == state)
        })
    }

    fn command(&mut self, command: Command) -> u64 {
        let id = self.door.send(command);
        self.until("an answer", |studio| {
            studio.heard.iter().find_map(|event| match event {
                Event::Done {
                    frame, id: answer, ..
                } if *answer == Some(id) => Some(*frame),
                _ => None,
            })
        })
    }

    /// Waits for a picture of a monitor, made at this frame or later, that is as wanted.
    fn picture(&mut self, what: &MonitorId, frame: u64, wanted: impl Fn(&MonitorPicture) -> bool) {
        self.until(&format!("{what:?} shows what it should"), |studio| {
            let picture = studio.door.monitor(what)?;
            (picture.frame >= frame && wanted(&picture)).then_some(())
        });
    }

    fn states_of(&self, id: &str) -> Vec<SourceState> {
        let of = |event: &Event| match event {
            Event::Source { id: of, state, .. } if of == id => Some(*state),
            _ => None,
        };
        self.heard.iter().filter_map(of).collect()
    }

    /// Ends the show. The program gave each number to a frame, each in its time, and the encoder
    /// took all of them.
    fn end(mut self) {
        let (begun, first) = self.first.clone().unwrap();
        // Half a second, and time to catch up, for a machine that others use as well: a clock that
        // stopped stays behind.
        let last = self.until("each frame in its time", |studio| {
            let last = studio.door.snapshot()?;
            let frames = begun.elapsed().as_secs_f64() * last.rate.fps();
            let made = (last.frame - first.frame) as f64;
            ((frames - made).abs() < 15.0).then_some(last)
        });
        assert_eq!(
            last.counters.frames - first.counters.frames,
            last.frame - first.frame
        );
        assert_eq!(last.counters.skipped, first.counters.skipped);
        self.door.send(Command::Quit {});
        let engine = self.engine.take().expect("an engine");
        let report = engine.join().expect("a report");
        assert!(report.frames >= last.counters.frames);
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            self.door.send(Command::Quit {});
            let _ = engine.join();
        }
    }
}

/// The colour in the middle: 0 is red, 1 green, 2 blue; `None` for anything else.
fn colour(picture: &MonitorPicture) -> Option<usize> {
    let (w, h) = (picture.width as usize, picture.height as usize);
    let chroma = (h / 4) * (w / 2) + w / 4;
    let u = picture.data[w * h + chroma];
    let v = picture.data[w * h * 5 / 4 + chroma];
    // BT.709, limited range; cameras of other colours are converted more or less well.
    let known = [(102, 240), (42, 26), (240, 118)];
    known.iter().position(|&(ku, kv)| {
        let near = |a: u8, b: i32| (i32::from(a) - b).abs() < 24;
        near(u, ku) && near(v, kv)
    })
}

fn watch(studio: &Studio) -> MonitorId {
    let what = MonitorId::Program;
    studio.door.watch(vec![MonitorRequest {
        what: what.clone(),
        width: 64,
        height: 36,
        fps: 30,
    }]);
    what
}

#[test]
fn a_camera_unplugged_on_air_is_found_again_as_another_node() {
    common::witness::undisturbed(unplugged);
}

fn unplugged() {
    the_provider();
    let stage = Camera::new("red", "video/x-raw,format=YUY2", "identity");
    let hall = Camera::new("blue", "video/x-raw,format=I420", "jpegenc");
    let plugged = plug(&stage, "Regie stage", Some("STAGE01"), "/dev/regie-test-1");
    let _beside = plug(&hall, "Regie hall", None, "/dev/regie-test-2");
    let mut studio = Studio::start(show(vec![
        camera_source("stage", "STAGE01"),
        camera_source("hall", "/dev/regie-test-2"),
        source(
            "test",
            SourceKind::Test {
                pattern: Pattern::White,
                tone_hz: None,
                beep_ms: 0,
            },
        ),
    ]));
    studio.is(PATIENCE, "stage", SourceState::Live);
    let hall_then = studio.is(PATIENCE, "hall", SourceState::Live);
    let program = watch(&studio);
    studio.picture(&program, 0, |p| colour(p) == Some(0));

    drop(plugged);
    let gone = studio.is(PATIENCE, "stage", SourceState::Restarting);
    assert!(!gone.message.is_empty());
    assert!(!ours().iter().any(|c| c.name == "STAGE01"));
    // After a while its slate is shown, and it is still being looked for, by name.
    studio.picture(&program, 0, |p| colour(p).is_none());
    studio.until("it is missed by name", |studio| {
        let message = studio.source("stage").message;
        message.contains("STAGE01").then_some(())
    });

    // Another picture shows that it is not the old one.
    let replugged = Camera::new("green", "video/x-raw,format=YUY2", "identity");
    let _again = plug(
        &replugged,
        "Regie stage",
        Some("STAGE01"),
        "/dev/regie-test-7",
    );
    let back = studio.is(BACK_WITHIN, "stage", SourceState::Live);
    assert!(back.restarts > 0 && back.message.is_empty(), "{back:?}");
    let frame = studio.snapshot().frame;
    studio.picture(&program, frame, |p| colour(p) == Some(1));

    let hall_now = studio.source("hall");
    assert_eq!(hall_now.restarts, 0);
    assert!(hall_now.frames > hall_then.frames + 30);
    let cut = studio.command(Command::Program {
        scene: "hall".to_owned(),
    });
    studio.picture(&program, cut, |p| colour(p) == Some(2));
    let states = studio.states_of("stage");
    assert_eq!(states.last(), Some(&SourceState::Live), "{states:?}");
    assert!(
        !studio.states_of("hall").contains(&SourceState::Restarting),
        "the other camera was disturbed"
    );
    studio.end();
}

/// What a camera of this test offers.
const MODES: &str = "video/x-raw,format=YUY2,width=640,height=480,framerate={(fraction)30/1,(fraction)15/1};\
                     video/x-raw,format=YUY2,width=320,height=240,framerate=(fraction)30/1";

fn mode(width: u32, height: u32, rate: u32, format: &str) -> CameraMode {
    CameraMode {
        width,
        height,
        rate: Some(Rate(rate, 1)),
        format: format.to_owned(),
    }
}

#[test]
fn a_camera_gives_the_mode_that_was_chosen() {
    common::witness::undisturbed(chosen_modes);
}

fn chosen_modes() {
    the_provider();
    let camera = Camera::offering("red", MODES);
    let _plugged = plug(&camera, "Regie modes", Some("MODES01"), "/dev/regie-test-1");
    let listed = cameras().into_iter().find(|c| c.name == "MODES01").unwrap();
    let offered = [
        mode(640, 480, 30, "YUY2"),
        mode(640, 480, 15, "YUY2"),
        mode(320, 240, 30, "YUY2"),
    ];
    assert_eq!(listed.modes, offered);
    for wanted in offered {
        let mut one = camera_source("stage", "MODES01");
        let device = "MODES01".to_owned();
        let (width, height) = (wanted.width as i32, wanted.height as i32);
        let rate = gst::Fraction::new(wanted.rate.unwrap().0 as i32, 1);
        one.kind = SourceKind::Camera {
            device,
            mode: Some(wanted),
        };
        let mut studio = Studio::start(show(vec![one]));
        let live = studio.is(PATIENCE, "stage", SourceState::Live);
        assert_eq!(live.message, "");
        assert_eq!(camera.gives(), Some((width, height, rate)));
        let program = watch(&studio);
        studio.picture(&program, 0, |p| colour(p) == Some(0));
        studio.end();
    }
}

#[test]
fn a_mode_that_a_camera_does_not_offer_is_named_and_it_gives_another() {
    common::witness::undisturbed(missing_mode);
}

fn missing_mode() {
    the_provider();
    let camera = Camera::offering("blue", MODES);
    let plugged = plug(&camera, "Regie modes", Some("MODES02"), "/dev/regie-test-1");
    let mut one = camera_source("stage", "MODES02");
    one.kind = SourceKind::Camera {
        device: "MODES02".to_owned(),
        mode: Some(mode(640, 360, 30, "MJPG")),
    };
    let mut studio = Studio::start(show(vec![one]));
    let live = studio.is(PATIENCE, "stage", SourceState::Live);
    assert_eq!(live.message, "");
    let (width, height, rate) = camera.gives().unwrap();
    let given = format!(
        "the camera does not offer 640×360 · 30 · MJPEG: it gives {width}×{height} · {} · YUY2",
        rate.numer()
    );
    studio.until("what it gives is told", |studio| {
        (studio.source("stage").warning == given).then_some(())
    });
    let program = watch(&studio);
    studio.picture(&program, 0, |p| colour(p) == Some(2));
    assert_eq!(studio.source("stage").restarts, 0);

    // It comes back with more than it had.
    drop(plugged);
    let gone = studio.is(PATIENCE, "stage", SourceState::Restarting);
    assert_eq!(gone.warning, "");
    let better = Arc::new(Camera {
        picture: "videotestsrc name=camera is-live=true pattern=green ! video/x-raw,format=I420 \
                  ! jpegenc"
            .to_owned(),
        offers: Some("image/jpeg,width=640,height=360,framerate=(fraction)30/1"),
        ..Camera::default()
    });
    let _again = plug(&better, "Regie modes", Some("MODES02"), "/dev/regie-test-1");
    let back = studio.is(BACK_WITHIN, "stage", SourceState::Live);
    assert_eq!((back.message.as_str(), back.warning.as_str()), ("", ""));
    let rate = gst::Fraction::new(30, 1);
    assert_eq!(better.gives(), Some((640, 360, rate)));
    let frame = studio.snapshot().frame;
    studio.picture(&program, frame, |p| colour(p) == Some(1));
    studio.end();
}

#[test]
fn a_camera_that_freezes_silently_is_told_and_started_again() {
    common::witness::undisturbed(freezing);
}

fn freezing() {
    the_provider();
    let camera = Camera::new("red", "video/x-raw,format=UYVY", "identity");
    let _plugged = plug(&camera, "Regie stage", Some("STAGE02"), "/dev/regie-test-1");
    let mut studio = Studio::start(show(vec![camera_source("stage", "STAGE02")]));
    let live = studio.is(PATIENCE, "stage", SourceState::Live);
    let program = watch(&studio);

    camera.stuck.store(true, Ordering::Relaxed);
    // It is so for a moment only.
    studio.until("it is frozen", |studio| {
        let states = studio.states_of("stage");
        states.contains(&SourceState::Frozen).then_some(())
    });
    // The last picture stays.
    let frame = studio.snapshot().frame;
    studio.picture(&program, frame, |p| colour(p) == Some(0));
    studio.picture(&program, 0, |p| colour(p).is_none());
    let restarted = studio.until("it is started again", |studio| {
        Some(studio.source("stage")).filter(|s| s.restarts > live.restarts)
    });
    assert!(restarted.frames >= live.frames);

    camera.stuck.store(false, Ordering::Relaxed);
    studio.is(BACK_WITHIN, "stage", SourceState::Live);
    studio.picture(&program, 0, |p| colour(p) == Some(0));
    studio.end();
}

#[test]
fn a_camera_that_is_plugged_in_during_the_show_comes_on_air() {
    common::witness::undisturbed(plugged_in);
}

fn plugged_in() {
    the_provider();
    let mut studio = Studio::start(show(vec![camera_source("late", "LATE01")]));
    let program = watch(&studio);
    let missed = studio.is(PATIENCE, "late", SourceState::Restarting);
    assert!(missed.message.contains("LATE01"), "{missed:?}");
    let camera = Camera::new("blue", "video/x-raw,format=NV12", "identity");
    let _plugged = plug(&camera, "Regie late", Some("LATE01"), "/dev/regie-test-3");
    studio.is(BACK_WITHIN, "late", SourceState::Live);
    studio.picture(&program, 0, |p| colour(p) == Some(2));
    studio.end();
}

#[test]
fn a_camera_of_four_buffers_is_not_drained_by_the_encoder() {
    common::witness::undisturbed(few_buffers);
}

fn few_buffers() {
    the_provider();
    // On air its pictures go to the encoder as they are, which looks further ahead than that.
    let camera = Camera::of_few_buffers("red", 4);
    let _plugged = plug(&camera, "Regie few", Some("FEW01"), "/dev/regie-test-1");
    let mut studio = Studio::start(show(vec![camera_source("few", "FEW01")]));
    let live = studio.is(PATIENCE, "few", SourceState::Live);
    let program = watch(&studio);
    studio.command(Command::Record { on: true });
    let frame = studio.command(Command::Program {
        scene: "few".to_owned(),
    });
    studio.picture(&program, frame, |p| colour(p) == Some(0));
    let later = studio.until("five seconds of the program", |studio| {
        let snapshot = studio.snapshot();
        let few = snapshot.sources.iter().find(|s| s.id == "few").cloned();
        few.filter(|_| snapshot.frame > frame + 150)
    });
    assert_eq!(later.state, SourceState::Live, "{later:?}");
    assert_eq!(later.restarts, live.restarts, "{later:?}");
    // As many as it gives in that time, but for what a busy machine makes late.
    assert!(later.frames > live.frames + 120, "{later:?} after {live:?}");
    let states = studio.states_of("few");
    assert!(!states.contains(&SourceState::Frozen), "{states:?}");
    studio.end();
}
