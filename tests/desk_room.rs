//! The window's room: no control is cut off in any arrangement and language, what opens hides neither
//! the pictures nor what takes one to the other, Esc closes it again, and nothing moves that nobody
//! moved.
#![cfg(feature = "desk")]

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Key, Modifiers, Order, Pos2, Rect, accesskit::Role, pos2, vec2};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use fake_door::FakeDoor;
use regie::{
    door::{self, ClipStatus, StingerStatus},
    media,
    show::{self, Show},
    ui::{AnyDoor, Chooser, Desk, Graphics, Shows, install_theme},
};

#[path = "common/fake_door.rs"]
mod fake_door;

/// A show with names that are longer than their places.
const SHOW: &str = r#"(version: 1, name: "Forum", sources: [
    (id: "cam", label: "Stage", kind: Test(pattern: Bars, tone_hz: 1000)),
    (id: "ann", label: "Ann Martin-Delacroix, at the table at the far left", kind: Camera(device: "usb-046d_C920_1A2B3C4D")),
    (id: "clip", label: "Opening", kind: File(path: "a film with a very long name of its own.mp4")),
    (id: "net", label: "Truck", kind: Network(url: "srt://:9000?mode=listener"))],
    scenes: [(id: "duo", label: "Side by side, with everybody who sits at the table", layers: [
        (source: "cam", rect: (0.0, 0.25, 0.5, 0.5)), (source: "ann", rect: (0.5, 0.25, 0.5, 0.5))])],
    stingers: [(id: "sting", label: "Logo", path: "sting.webm", cut_frame: 12)])"#;

fn the_show() -> Show {
    show::parse(Path::new("x.ron"), SHOW).unwrap()
}

/// A door to a show of as many monitors as there is room for.
fn engine() -> Arc<FakeDoor> {
    let door = FakeDoor::with(|snapshot| {
        for id in ["clip", "net"] {
            let mut source = snapshot.sources[1].clone();
            (source.id, source.label) = (id.to_owned(), id.to_owned());
            source.tally = door::Tally::Off;
            snapshot.sources.push(source);
        }
        for i in 0..5 {
            let mut scene = snapshot.scenes[0].clone();
            scene.id = format!("more{i}");
            scene.sources = vec!["cam".to_owned()];
            snapshot.scenes.push(scene);
        }
        snapshot.stingers = vec![StingerStatus {
            id: "sting".to_owned(),
            label: "Logo".to_owned(),
            ..StingerStatus::default()
        }];
    });
    door.gives(the_show());
    door
}

/// Names no file, and opens no show.
struct Nobody;

impl Chooser for Nobody {
    fn open(&self, _: Option<&Path>) -> Option<std::path::PathBuf> {
        None
    }
    fn save(&self, _: &str, _: Option<&Path>, _: &str) -> Option<std::path::PathBuf> {
        None
    }
    fn folder(&self, _: &str, _: Option<&Path>) -> Option<std::path::PathBuf> {
        None
    }
}

impl Shows for Nobody {
    fn open(&self, _: &Path) -> Result<AnyDoor, String> {
        Err("no engine".to_owned())
    }
    fn open_beside(&self, _: &Path) -> Result<(), String> {
        Ok(())
    }
    fn recent(&self) -> Vec<std::path::PathBuf> {
        Vec::new()
    }
}

/// The language is the whole process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Opened {
    window: Harness<'static, Desk>,
    folder: tempfile::TempDir,
}

/// A control as it is found: what it is, what it is called, and which of those of that name it is.
type Name = (Role, String, usize);

/// The files with which a window is opened.
struct Kept<'a> {
    desk: &'a str,
    keys: Option<&'a str>,
}

fn open(door: &Arc<FakeDoor>, kept: &Kept, size: (f32, f32)) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desk.ron"), kept.desk).unwrap();
    if let Some(keys) = kept.keys {
        std::fs::write(folder.path().join("keys.ron"), keys).unwrap();
    }
    let desk = Desk::new(door.clone(), Graphics::default(), Arc::default())
        .remembering(Some(folder.path().to_owned()))
        .with_shows(Arc::new(Nobody))
        .choosing_by(Arc::new(Nobody));
    let window = Harness::builder()
        .with_size(vec2(size.0, size.1))
        .with_step_dt(0.1)
        .with_context_setup(|ctx| {
            install_theme(ctx);
            ctx.all_styles_mut(|style| {
                style.animation_time = 0.0;
                style.scroll_animation = egui::style::ScrollAnimation::none();
            });
        })
        .build_ui_state(|ui, desk: &mut Desk| desk.show(ui), desk);
    let mut opened = Opened { window, folder };
    opened.pass();
    opened
}

/// The size of a window in pixels, and how large everything is drawn in it, in percent.
type Room = ((f32, f32), u32);

const ROOMS: [Room; 4] = [
    ((1280.0, 800.0), 100),
    ((1280.0, 800.0), 125),
    ((1920.0, 1080.0), 100),
    ((1920.0, 1080.0), 125),
];

/// Opens the window in a language and an arrangement and looks at it; where a show is built, after each
/// step too.
fn walk(
    door: &Arc<FakeDoor>,
    tag: &str,
    arrangement: &str,
    (size, scale): Room,
    steps: &[&str],
    mut look: impl FnMut(&mut Opened, &str),
) {
    let desk = format!("(language: Some({tag:?}), arrangement: {arrangement})");
    // The harness counts in points: drawn larger, there are fewer of them.
    let points = |pixels: f32| pixels * 100.0 / scale as f32;
    let size = (points(size.0), points(size.1));
    let kept = Kept {
        desk: &desk,
        keys: None,
    };
    let mut opened = open(door, &kept, size);
    look(&mut opened, "as it opens");
    if arrangement == "Build" {
        for step in steps {
            opened.click(step);
            look(&mut opened, step);
        }
    }
}

fn english(door: &Arc<FakeDoor>) -> Opened {
    let desk = "(language: Some(\"en\"))";
    open(door, &Kept { desk, keys: None }, (1280.0, 800.0))
}

impl Opened {
    fn pass(&mut self) {
        self.window.run_steps(4);
    }

    fn click(&mut self, label: &str) {
        self.one(label).scroll_to_me();
        self.pass();
        self.one(label).click();
        self.pass();
    }

    /// The one control of this name.
    fn one<'a>(&'a self, label: &'a str) -> egui_kittest::Node<'a> {
        let is_control = |role: Role| !matches!(role, Role::Label | Role::TextRun);
        let mut found: Vec<_> = self
            .window
            .query_all_by_label(label)
            .filter(|node| is_control(node.accesskit_node().role()))
            .collect();
        let there: Vec<Name> = self.controls().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found.len(), 1, "{label:?} of {there:?}");
        found.remove(0)
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.pass();
    }

    fn is_said(&self, label: &str) -> bool {
        self.window
            .query_all_by_label_contains(label)
            .next()
            .is_some()
    }

    fn place(&self, label: &str) -> Rect {
        self.one(label).rect()
    }

    /// The controls, each with its place.
    fn controls(&self) -> Vec<(Name, Rect)> {
        let mut found: Vec<(Name, Rect)> = Vec::new();
        for node in self.window.root().children_recursive() {
            let control = node.accesskit_node();
            let is_one = matches!(
                control.role(),
                Role::Button
                    | Role::CheckBox
                    | Role::ComboBox
                    | Role::Slider
                    | Role::SpinButton
                    | Role::TextInput
                    | Role::PasswordInput
                    | Role::MenuItem
            );
            let Some(label) = control.label().filter(|_| is_one) else {
                continue;
            };
            let same = |name: &Name| name.0 == control.role() && name.1 == label;
            let nth = found.iter().filter(|(name, _)| same(name)).count();
            found.push(((control.role(), label, nth), node.rect()));
        }
        found
    }

    /// How much of the control in this place is seen: the most of any that is there.
    fn seen_of(&self, place: Rect) -> f32 {
        self.window.ctx.viewport(|viewport| {
            let layers = viewport.prev_pass.widgets.layers();
            let here = layers.flat_map(|(_, widgets)| widgets).filter(|widget| {
                let apart = widget.rect.min.distance(place.min);
                apart + widget.rect.max.distance(place.max) < 0.5
            });
            let seen = here.map(|widget| widget.interact_rect.intersect(widget.rect));
            seen.map(|rect| rect.width().max(0.0) * rect.height().max(0.0))
                .fold(0.0, f32::max)
        })
    }

    /// The controls that are cut off, and stay so when they are scrolled to.
    fn cut(&mut self) -> Vec<String> {
        let window = self.window.ctx.content_rect();
        let is_cut = |opened: &Self, place: Rect| {
            let whole = place.width() * place.height();
            opened.seen_of(place) < whole * 0.98 || !window.expand(0.5).contains_rect(place)
        };
        let suspects: Vec<Name> = self
            .controls()
            .into_iter()
            .filter(|(_, place)| is_cut(self, *place))
            .map(|(name, _)| name)
            .collect();
        let mut cut = Vec::new();
        for name in suspects {
            let (role, label, nth) = &name;
            let all = self.window.query_all_by_role_and_label(*role, label);
            if let Some(node) = all.collect::<Vec<_>>().get(*nth) {
                node.scroll_to_me();
            }
            self.pass();
            let now = self
                .controls()
                .into_iter()
                .find(|(found, _)| *found == name);
            if let Some((_, place)) = now.filter(|(_, place)| is_cut(self, *place)) {
                cut.push(format!("{role:?} {label:?} at {place}"));
            }
        }
        cut
    }

    /// The label of the layer that is seen at a point: the window itself, or what lies over it.
    fn is_covered(&self, at: Pos2) -> bool {
        let layer = self.window.ctx.layer_id_at(at);
        layer.is_some_and(|layer| layer.order > Order::Background)
    }

    /// Whether anything lies over PVW, PGM, or what takes one to the other, or over the top bar.
    fn covers_the_stage(&self) -> Option<Pos2> {
        let cut = self.place("CUT");
        let right = self.place("Fade to black").right();
        let top = self.place("File").bottom();
        let stage = Rect::from_min_max(pos2(cut.left(), top), pos2(right, cut.bottom()));
        let bar = Rect::from_min_max(pos2(4.0, 4.0), pos2(1276.0, top - 2.0));
        points(stage)
            .chain(points(bar))
            .find(|at| self.is_covered(*at))
    }

    /// The controls of the window itself that something lies over.
    fn covered(&self) -> Vec<String> {
        // Of what is scrolled partly out of sight, the part that is seen.
        let on_the_window = |rect: Rect| {
            self.window.ctx.viewport(|viewport| {
                let layers = viewport.prev_pass.widgets.layers();
                let mut widgets = layers.flat_map(|(_, widgets)| widgets);
                let found = widgets.find(|w| {
                    w.layer_id.order == Order::Background
                        && w.rect.min.distance(rect.min) + w.rect.max.distance(rect.max) < 0.5
                });
                let seen = found.map(|w| w.interact_rect.intersect(w.rect));
                seen.filter(|seen| seen.shrink(2.0).is_positive())
            })
        };
        let controls = self.controls().into_iter();
        let here = controls.filter_map(|(name, rect)| Some((name, on_the_window(rect)?)));
        here.filter_map(|(name, rect)| {
            let at = points(rect.shrink(2.0)).find(|at| self.is_covered(*at))?;
            let layer = self.window.ctx.layer_id_at(at);
            let area = layer.and_then(|l| self.window.ctx.memory(|m| m.area_rect(l.id)));
            Some(format!("{name:?} at {rect} under {layer:?} {area:?}"))
        })
        .collect()
    }
}

/// Points all over a rectangle.
fn points(rect: Rect) -> impl Iterator<Item = Pos2> {
    let at = move |x: u8, y: u8| rect.lerp_inside(vec2(f32::from(x), f32::from(y)) / 16.0);
    (0..=16).flat_map(move |x| (0..=16).map(move |y| at(x, y)))
}

/// Something that is opened: what it is, what is read in it, and how it is opened.
type Way<'a> = (&'a str, &'a str, &'a dyn Fn(&mut Opened));

const ARRANGEMENTS: [&str; 4] = ["Director", "Sound", "OnePerson", "Build"];

#[test]
fn no_control_is_cut_off_in_any_arrangement_and_language() {
    let _alone = alone();
    // What is looked at where the show is built, in each language.
    let looked_at = [
        (
            "en",
            [
                "Opening, File · a film with a very long name of its own.mp4",
                "Stage, Test pattern · Colour bars, PGM",
                "Colour correction",
                "1 Side by side, with everybody who sits at the table, Stage + Ann Martin-Delacroix, at the table at the far left",
                "Add a source",
                "Network source…",
                "Stingers",
                "Holding slate",
            ],
        ),
        (
            "fr",
            [
                "Opening, Fichier · a film with a very long name of its own.mp4",
                "Stage, Mire · Barres de couleur, PGM",
                "Étalonnage",
                "1 Side by side, with everybody who sits at the table, Stage + Ann Martin-Delacroix, at the table at the far left",
                "Nouvelle source",
                "Source réseau…",
                "Stingers",
                "Carton d’attente",
            ],
        ),
    ];
    let mut faults = Vec::new();
    for (tag, steps) in looked_at {
        for room in ROOMS {
            for arrangement in ARRANGEMENTS {
                let door = engine();
                door.change(|s| s.edit.autosave = Some("x.autosave".into()));
                walk(&door, tag, arrangement, room, &steps, |opened, at| {
                    let place = format!("{tag} {room:?} {arrangement} {at}");
                    faults.extend(opened.cut().iter().map(|cut| format!("{place}: {cut}")));
                });
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_opens_hides_nothing_that_is_on_air_and_esc_closes_the_topmost() {
    let _alone = alone();
    let door = engine();
    let mut desk = english(&door);
    let ctrl = Modifiers::COMMAND;
    let none = Modifiers::NONE;
    assert_eq!(desk.covers_the_stage(), None);

    // Each by what opens it, and what is read in it then.
    let opens: [Way; 6] = [
        ("the keys", "Usual keys for all", &|d| d.press(ctrl, Key::K)),
        ("the settings", "Apply", &|d| {
            d.click("File");
            d.click("Show settings…");
        }),
        ("the sheet", "Alt+Shift+1 … 0", &|d| {
            d.press(Modifiers::SHIFT, Key::Questionmark);
        }),
        (
            "the transition",
            "Nothing more to set for this kind.",
            &|d| {
                d.click("Everything about the transition");
            },
        ),
        ("a destination", "Stream key", &|d| {
            d.click("Add a destination")
        }),
        ("a path", "Path of the file", &|d| d.press(ctrl, Key::O)),
    ];
    for (what, read, open) in opens {
        open(&mut desk);
        desk.pass();
        assert!(desk.is_said(read), "{what} is open");
        assert_eq!(desk.covers_the_stage(), None, "{what}");
        desk.press(none, Key::Escape);
        desk.pass();
        assert!(!desk.is_said(read), "Esc closes {what}");
    }

    // The one that was opened last goes first, and each Esc closes one.
    desk.press(ctrl, Key::K);
    desk.click("File");
    desk.click("Show settings…");
    desk.click("List of events");
    desk.press(Modifiers::SHIFT, Key::Questionmark);
    let reads = [
        "Alt+Shift+1 … 0",
        "Apply",
        "Usual keys for all",
        "nothing has happened yet",
    ];
    for (i, read) in reads.iter().enumerate() {
        assert!(desk.is_said(read), "{read}");
        desk.press(none, Key::Escape);
        assert!(!desk.is_said(read), "{read}");
        let others = reads[i + 1..].iter();
        assert!(
            others.clone().all(|other| desk.is_said(other)),
            "only {read}"
        );
    }
}

#[test]
fn news_and_events_cover_no_control() {
    let _alone = alone();
    for arrangement in ARRANGEMENTS {
        let door = engine();
        let settings = format!("(language: Some(\"en\"), arrangement: {arrangement})");
        let kept = Kept {
            desk: &settings,
            keys: None,
        };
        let mut desk = open(&door, &kept, (1280.0, 800.0));
        let before = desk.controls();
        door.change(|s| s.edit.autosave = Some("x.autosave".into()));
        desk.pass();
        assert!(desk.is_said("Unsaved edits from last time"));
        // The program's frames, and whether the engine is in time, are read in a hurry.
        for figure in ["none lost", "of 33.3 ms", "CPU", "all is well"] {
            let place = desk.window.get_by_label_contains(figure).rect();
            let covered = points(place.shrink(1.0)).find(|at| desk.is_covered(*at));
            assert_eq!(covered, None, "{figure} in {arrangement}");
        }
        assert_eq!(desk.covered(), Vec::<String>::new(), "{arrangement}");
        let after = desk.controls();
        for found in &before {
            assert!(after.contains(found), "{found:?} in {arrangement}");
        }
        desk.click("List of events");
        assert_eq!(desk.covered(), Vec::<String>::new(), "{arrangement}");
        let stays = [
            "CUT",
            "AUTO",
            "T-bar",
            "1 Duo",
            "Mute Stage",
            "Start YouTube",
        ];
        for ((role, label, nth), rect) in &before {
            if stays.contains(&label.as_str()) {
                let name = (*role, label.clone(), *nth);
                let found = desk
                    .controls()
                    .into_iter()
                    .find(|(found, _)| *found == name);
                assert_eq!(found.map(|(_, rect)| rect), Some(*rect), "{label}");
            }
        }
    }
}

#[test]
fn events_leave_the_faders_their_travel() {
    let _alone = alone();
    for size in [(1280.0, 800.0), (1280.0, 720.0), (1280.0, 640.0)] {
        let door = engine();
        // Bars have marks only where something is heard.
        door.change(|s| {
            let loud = door::Level {
                peak_db: [-3.0; 2],
                rms_db: [-12.0; 2],
                ..s.program_level
            };
            s.program_level = loud;
            s.sources.iter_mut().for_each(|source| source.level = loud);
            s.sound.auxes.iter_mut().for_each(|aux| aux.level = loud);
        });
        let kept = Kept {
            desk: "(language: Some(\"en\"), arrangement: Sound)",
            keys: None,
        };
        let mut desk = open(&door, &kept, size);
        let faders = |desk: &Opened| -> Vec<Rect> {
            let controls = desk.controls().into_iter();
            let faders = controls
                .filter(|((role, label, _), _)| *role == Role::Slider && label.contains("ader"));
            faders.map(|(_, rect)| rect).collect()
        };
        let before = faders(&desk).len();
        assert!(before > 4, "{before}");
        desk.click("List of events");
        let after = faders(&desk);
        assert_eq!(after.len(), before, "{size:?}");
        for rect in after {
            assert!(rect.height() > 30.0, "{size:?}: {rect:?}");
        }
    }
}

#[test]
fn the_first_clip_moves_nothing() {
    let _alone = alone();
    for arrangement in ["Director", "OnePerson", "Build"] {
        let door = engine();
        let settings = format!("(language: Some(\"en\"), arrangement: {arrangement})");
        let kept = Kept {
            desk: &settings,
            keys: None,
        };
        let mut desk = open(&door, &kept, (1280.0, 800.0));
        let before = desk.controls();
        let line = |desk: &Opened| desk.window.get_by_label("PVW: 3 Ann").rect();
        let before_line = line(&desk);
        door.change(|s| s.sources[1].clip = Some(ClipStatus::default()));
        desk.pass();
        assert!(desk.is_said("Cue"), "the transport is there");
        assert_eq!(line(&desk), before_line);
        let after = desk.controls();
        for found in before {
            assert!(after.contains(&found), "{found:?} in {arrangement}");
        }
    }
}

#[test]
fn every_key_can_be_another_and_two_that_claim_the_same_are_named() {
    let _alone = alone();
    let door = engine();
    let desk = "(language: Some(\"en\"))";
    let keys =
        Some("(keys: {\"open\": [\"F12\"], \"quit\": [\"F3\"], \"menus\": [\"F7\", \"G\"]})");
    let mut desk = open(&door, &Kept { desk, keys }, (1280.0, 800.0));
    desk.press(Modifiers::COMMAND, Key::O);
    assert!(!desk.is_said("Path of the file"), "it is another key now");
    desk.press(Modifiers::NONE, Key::F12);
    assert!(desk.is_said("Path of the file"));
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(Modifiers::NONE, Key::G);
    assert!(desk.window.get_by_label("File").is_focused());
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(Modifiers::COMMAND, Key::K);
    for both in [
        "F3: Transition: dip, Quit",
        "F7: Transition: stinger, To the menus",
    ] {
        let said = desk
            .window
            .query_all_by_label_contains("Claimed more than once");
        let said: Vec<String> = said.filter_map(|n| n.accesskit_node().value()).collect();
        let said = said.join(" ").to_lowercase();
        assert!(said.contains(&both.to_lowercase()), "{both}: {said}");
    }
    desk.click("Usual key for Quit");
    desk.click("Usual key for To the menus");
    assert!(!desk.is_said("Claimed more than once"));
    assert!(desk.folder.path().join("keys.ron").exists());
}

#[test]
fn panels_are_moved_and_resized_by_key_alone() {
    let _alone = alone();
    let door = engine();
    let mut desk = english(&door);
    desk.press(Modifiers::COMMAND, Key::F9);
    let name = "Move or resize Sources";
    desk.window.get_by_label(name).focus();
    desk.pass();
    desk.press(Modifiers::NONE, Key::Enter);
    let (cut, small) = (desk.place("CUT"), desk.place("1 Duo"));
    assert!(small.top() > cut.bottom());
    desk.window.get_by_label("Move up").focus();
    desk.pass();
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.place("1 Duo").bottom() < desk.place("CUT").top());
    let before = desk.place("CUT").top();
    desk.window.get_by_label("Less tall").focus();
    desk.pass();
    desk.press(Modifiers::NONE, Key::Enter);
    assert!(desk.place("CUT").top() != before);
}

/// The sign before the newest problem.
fn problem_sign() -> char {
    lucide_icons::Icon::TriangleAlert.into()
}

/// What may be longer than its place, and is read where the pointer rests: words of the user's own, and
/// what a server's refusal says.
const OWN: [&str; 7] = [
    "YouTube",
    "the server refuses",
    "le serveur refuse",
    "Ann Martin-Delacroix",
    "a film with a very long name",
    "Side by side, with",
    "usb-046d",
];

impl Opened {
    /// The texts that are drawn and end in "…" for want of room, but for the user's own.
    fn elided(&self) -> Vec<String> {
        let shapes = &self.window.output().shapes;
        let mut texts = Vec::new();
        for clipped in shapes {
            collect_elided(&clipped.shape, &mut texts);
        }
        // The newest problem names what the user named.
        let problem = problem_sign();
        texts.retain(|text| !text.starts_with(problem));
        texts.retain(|text| !OWN.iter().any(|own| text.contains(own)));
        texts
    }
}

impl Opened {
    /// All that is written.
    fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for clipped in &self.window.output().shapes {
            collect(&clipped.shape, &mut texts);
        }
        texts
    }
}

fn collect(shape: &egui::Shape, texts: &mut Vec<String>) {
    match shape {
        egui::Shape::Text(text) => texts.push(text.galley.job.text.clone()),
        egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, texts)),
        _ => {}
    }
}

fn collect_elided(shape: &egui::Shape, texts: &mut Vec<String>) {
    match shape {
        egui::Shape::Text(text) if text.galley.elided => {
            texts.push(text.galley.job.text.clone());
        }
        egui::Shape::Vec(shapes) => {
            for shape in shapes {
                collect_elided(shape, texts);
            }
        }
        _ => {}
    }
}

#[test]
fn no_label_and_no_figure_ends_in_dots() {
    let _alone = alone();
    let looked_at = [
        (
            "en",
            [
                "Stage, Test pattern · Colour bars, PGM",
                "Colour correction",
                "1 Side by side, with everybody who sits at the table, Stage + Ann Martin-Delacroix, at the table at the far left",
                "Stingers",
                "Holding slate",
            ],
        ),
        (
            "fr",
            [
                "Stage, Mire · Barres de couleur, PGM",
                "Étalonnage",
                "1 Side by side, with everybody who sits at the table, Stage + Ann Martin-Delacroix, at the table at the far left",
                "Stingers",
                "Carton d’attente",
            ],
        ),
    ];
    let mut faults = Vec::new();
    for (tag, steps) in looked_at {
        for room in ROOMS {
            for arrangement in ARRANGEMENTS {
                let door = engine();
                door.change(|s| {
                    s.counters.repeated = 51;
                    s.counters.skipped = 51;
                    s.counters.late = 51;
                    s.recording.format = show::RecordingFormat::Mp4;
                    s.destinations[0].state = door::DestinationState::Failed;
                    s.destinations[0].message =
                        "the server refuses the stream: check the key".into();
                    s.edit.autosave = Some("x.autosave".into());
                });
                walk(&door, tag, arrangement, room, &steps, |opened, at| {
                    let place = format!("{tag} {room:?} {arrangement} {at}");
                    let elided = opened.elided();
                    faults.extend(elided.iter().map(|text| format!("{place}: {text:?}")));
                });
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A door to a show as large as they come: sixteen sources, twelve scenes beside their own, five
/// destinations in every state.
fn full() -> Arc<FakeDoor> {
    use door::DestinationState::{Connecting, Failed, Live, Off, Reconnecting};
    let door = FakeDoor::with(|snapshot| {
        let (source, scene) = (snapshot.sources[0].clone(), snapshot.scenes[1].clone());
        snapshot.sources.clear();
        snapshot.scenes.clear();
        for i in 1..=16 {
            let mut source = source.clone();
            (source.id, source.label) = (format!("cam{i}"), format!("Caméra {i}"));
            source.mute = i % 3 == 0;
            source.fader_db = -12.5;
            snapshot.sources.push(source);
        }
        for i in 1..=12 {
            let mut scene = scene.clone();
            (scene.id, scene.label) = (format!("scene{i}"), format!("Scène {i}"));
            scene.sources = vec![format!("cam{i}")];
            snapshot.scenes.push(scene);
        }
        (snapshot.program, snapshot.preview) = ("scene1".to_owned(), "scene2".to_owned());
        let destination = snapshot.destinations[0].clone();
        let states = [Live, Live, Reconnecting, Failed, Off];
        snapshot.destinations.clear();
        for (i, state) in states.into_iter().enumerate() {
            let mut destination = destination.clone();
            destination.id = format!("d{i}");
            // Fourteen letters, as many as a name has at the least that is read whole.
            destination.label = format!("Salle du Foru{i}");
            destination.server = "a.example/live".to_owned();
            destination.state = state;
            destination.bitrate_bps = 4_500_000;
            destination.live_s = 3764.0;
            if !matches!(state, Off | Connecting) {
                destination.dropped = 12;
            }
            snapshot.destinations.push(destination);
        }
        snapshot.on_air_s = Some(3764.0);
        snapshot.recording.state = door::RecordingState::Recording;
        snapshot.recording.length_s = 3764.0;
        snapshot.recording.time_left_s = Some(11_400.0);
        snapshot.counters.frames = 112_914;
        snapshot.health.tick_ms = 14.2;
        snapshot.health.cores = 2;
        snapshot.health.cpu = 1.82;
        snapshot.health.memory_bytes = 1_412_000_000;
    });
    let sources = (1..=16)
        .map(|i| format!("(id: \"cam{i}\", label: \"Caméra {i}\", kind: Test(pattern: Bars))"));
    let scenes = (1..=12).map(|i| {
        format!("(id: \"scene{i}\", label: \"Scène {i}\", layers: [(source: \"cam{i}\")])")
    });
    let text = format!(
        "(version: 1, name: \"Forum\", sources: [{}], scenes: [{}])",
        sources.collect::<Vec<_>>().join(", "),
        scenes.collect::<Vec<_>>().join(", ")
    );
    door.gives(show::parse(Path::new("x.ron"), &text).unwrap());
    door
}

#[test]
fn a_full_show_is_read_whole() {
    let _alone = alone();
    let mut faults = Vec::new();
    for tag in ["en", "fr"] {
        for room in ROOMS {
            for arrangement in ARRANGEMENTS {
                walk(&full(), tag, arrangement, room, &[], |opened, _| {
                    let place = format!("{tag} {room:?} {arrangement}");
                    let mut found = opened.elided();
                    found.extend(opened.cut());
                    faults.extend(found.iter().map(|text| format!("{place}: {text:?}")));
                });
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sixteen_strips_stand_side_by_side_in_a_usual_window() {
    let _alone = alone();
    let settings = "(language: Some(\"fr\"), arrangement: Sound)";
    let kept = Kept {
        desk: settings,
        keys: None,
    };
    let desk = open(&full(), &kept, (1280.0, 800.0));
    for i in 1..=16 {
        let mute = desk.place(&format!("Couper le son\u{a0}: Caméra {i}"));
        assert!(mute.width() >= 44.0 && mute.height() >= 44.0, "{i}: {mute}");
        let seen = desk.seen_of(mute);
        assert!(seen > mute.area() * 0.98, "{i}: {mute} without scrolling");
        let fader = desk.place(&format!("Fader Caméra {i}"));
        // Above them is what is done to the selected one.
        assert!(fader.height() > 160.0, "{i}: {fader}");
    }
}

#[test]
fn who_works_alone_reads_what_a_button_stops() {
    let _alone = alone();
    for (tag, words) in [
        ("en", ["Stop all", "Stop recording"]),
        ("fr", ["Tout arrêter", "Arrêter REC"]),
    ] {
        let settings = format!("(language: Some({tag:?}), arrangement: OnePerson)");
        let kept = Kept {
            desk: &settings,
            keys: None,
        };
        let desk = open(&full(), &kept, (1280.0, 800.0));
        let texts = desk.texts();
        for word in words {
            assert!(texts.iter().any(|text| text == word), "{word}: {texts:?}");
        }
        for bare in ["Stop", "Arrêter"] {
            assert!(texts.iter().all(|text| text != bare), "{bare}");
        }
    }
}

/// The panels of an arrangement by their names in English, with one that is not there.
const PANELS: [(&str, [&str; 3]); 4] = [
    ("Director", ["PVW and PGM", "Sources", "Outputs"]),
    ("Sound", ["Sound", "PGM alone", "Program level"]),
    ("OnePerson", ["PVW and PGM", "Sources", "Outputs as lights"]),
    ("Build", ["PVW and PGM", "Building the show", "Outputs"]),
];

impl Opened {
    /// Opens the menu of a panel that is being arranged and takes a step until it cannot be taken; whether
    /// it says then that there is no room.
    fn step_till_the_end(&mut self, panel: &str, step: &str) -> bool {
        self.click(&format!("Move or resize {panel}"));
        for _ in 0..40 {
            let is_disabled = self.one(step).accesskit_node().is_disabled();
            if is_disabled {
                let no_room = self.is_said("No room for that");
                self.window.hover_at(pos2(640.0, 20.0));
                self.press(Modifiers::NONE, Key::Escape);
                return no_room;
            }
            self.click(step);
        }
        panic!("{step} of {panel} has no end");
    }

    /// What is cut off or made too small to be worked with.
    fn too_small(&mut self) -> Vec<String> {
        let mut faults = self.cut();
        faults.extend(self.elided());
        let has_stage = self.is_said("Fade to black");
        for name in ["CUT", "AUTO", "Fade to black"] {
            let place = has_stage.then(|| self.place(name));
            let is_small = |place: &Rect| place.width() < 44.0 || place.height() < 44.0;
            if let Some(place) = place.filter(is_small) {
                faults.push(format!("{name} at {place}"));
            }
        }
        let bar = has_stage.then(|| self.place("T-bar"));
        if let Some(bar) = bar.filter(|bar| bar.width() < 80.0) {
            faults.push(format!("T-bar at {bar}"));
        }
        faults
    }
}

#[test]
fn no_key_takes_a_panel_the_room_of_its_controls() {
    let _alone = alone();
    let mut faults = Vec::new();
    for (arrangement, panels) in PANELS {
        for panel in panels {
            for step in ["Narrower", "Less tall", "Wider", "Taller"] {
                let settings = format!("(language: Some(\"en\"), arrangement: {arrangement})");
                let kept = Kept {
                    desk: &settings,
                    keys: None,
                };
                let mut desk = open(&full(), &kept, (1280.0, 800.0));
                desk.press(Modifiers::COMMAND, Key::F9);
                let no_room = desk.step_till_the_end(panel, step);
                let takes = matches!(step, "Narrower" | "Less tall");
                let says_why = no_room || panel != "PVW and PGM" || !takes;
                assert!(says_why, "{arrangement}, {panel}, {step}");
                desk.press(Modifiers::COMMAND, Key::F9);
                let found = desk.too_small();
                let place = format!("{arrangement}, {panel}, {step}");
                faults.extend(found.iter().map(|fault| format!("{place}: {fault}")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn panels_that_were_placed_in_a_large_window_keep_their_controls_in_the_smallest() {
    let _alone = alone();
    let mut faults = Vec::new();
    for (arrangement, panels) in PANELS {
        for (panel, steps) in [
            (panels[0], ["Narrower", "Less tall"]),
            (panels[1], ["Wider", "Taller"]),
            (panels[1], ["Move left", "Taller"]),
            (panels[2], ["Wider", "Taller"]),
        ] {
            let settings = format!("(language: Some(\"en\"), arrangement: {arrangement})");
            let kept = Kept {
                desk: &settings,
                keys: None,
            };
            let mut desk = open(&full(), &kept, (3440.0, 1440.0));
            desk.press(Modifiers::COMMAND, Key::F9);
            for step in steps {
                desk.step_till_the_end(panel, step);
            }
            desk.window.run_steps(20);
            let file = desk.folder.path().join("desk.ron");
            let written = std::fs::read_to_string(file).unwrap();
            assert!(written.contains("layouts"), "{written}");
            let kept = Kept {
                desk: &written,
                keys: None,
            };
            let mut small = open(&full(), &kept, (1024.0, 640.0));
            small.window.run_steps(20);
            let place = format!("{arrangement}, {panel} {steps:?}");
            let found = small.too_small();
            faults.extend(found.iter().map(|fault| format!("{place}: {fault}")));
            // It is as it was when the window is large again.
            let file = small.folder.path().join("desk.ron");
            assert_eq!(std::fs::read_to_string(file).unwrap(), written, "{place}");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_edge_that_is_drawn_stops_where_controls_would_be_lost() {
    let _alone = alone();
    let mut desk = english(&full());
    desk.press(Modifiers::COMMAND, Key::F9);
    let drag = |desk: &mut Opened, from: Pos2, to: Pos2| {
        desk.window.drag_at(from);
        desk.pass();
        for part in [0.3, 0.6, 1.0] {
            desk.window.hover_at(from.lerp(to, part));
            desk.pass();
        }
        desk.window.drop_at(to);
        desk.pass();
    };
    let stage = desk.window.get_by_label("Move PVW and PGM").rect();
    let outputs = desk.window.get_by_label("Move Outputs").rect();
    // Beside PVW the sources would take too much.
    let before = desk.controls();
    let sources = desk.window.get_by_label("Move Sources").rect();
    drag(
        &mut desk,
        sources.center(),
        stage.left_center() + vec2(4.0, 150.0),
    );
    assert!(desk.is_said("No room for that"));
    let after = desk.controls();
    let is_there = |found: &(Name, Rect)| found.0.0 == Role::Slider || after.contains(found);
    assert!(before.iter().all(is_there), "everything is where it was");

    let edge = pos2(outputs.left() - 4.0, stage.bottom() + 100.0);
    drag(&mut desk, edge, pos2(60.0, edge.y));
    let after = desk.window.get_by_label("Move Outputs").rect();
    assert!(
        after.left() < outputs.left() - 100.0,
        "it went as far as it could"
    );
    assert_eq!(desk.too_small(), Vec::<String>::new());
    let foot = desk.place("CUT").bottom();
    let sources = desk.window.get_by_label("Move Sources").rect();
    let edge = pos2(300.0, sources.top() - 4.0);
    drag(&mut desk, edge, pos2(300.0, 60.0));
    assert!(desk.place("CUT").bottom() < foot - 40.0);
    assert_eq!(desk.too_small(), Vec::<String>::new());
}

#[test]
fn what_is_moved_while_panels_are_arranged_is_taken_back_and_the_show_is_not() {
    let _alone = alone();
    let door = full();
    door.change(|s| s.edit.undo = Some("add camera".to_owned()));
    let mut desk = english(&door);
    let undo = "Undo the last move of a panel";
    desk.press(Modifiers::COMMAND, Key::F9);
    assert!(desk.one(undo).accesskit_node().is_disabled());
    assert!(desk.one("As it was").accesskit_node().is_disabled());
    let before = desk.controls();
    desk.step_till_the_end("Outputs", "Narrower");
    let narrower = desk.controls();
    desk.step_till_the_end("Sources", "Move up");
    assert_ne!(desk.controls(), narrower);
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.controls(), narrower);
    desk.click("Hide Sources");
    desk.click(undo);
    assert_eq!(desk.controls(), narrower);
    desk.click("As it was");
    assert_eq!(desk.controls().len(), before.len());
    let places =
        |controls: &[(Name, Rect)]| -> Vec<Rect> { controls.iter().map(|c| c.1).collect() };
    assert_eq!(places(&desk.controls()), places(&before));
    desk.click(undo);
    assert_eq!(desk.controls(), narrower, "that too");
    for _ in 0..20 {
        desk.press(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(places(&desk.controls()), places(&before));
    let is_undo = |command: &door::Command| matches!(command, door::Command::Undo { .. });
    assert!(!door.sent().iter().any(is_undo), "nothing of the show");
    desk.click("Done");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert!(door.sent().iter().any(is_undo), "it is the show's again");
}

#[test]
fn the_last_question_is_read_whole_and_a_windows_close_button_in_the_desks_language() {
    let _alone = alone();
    let door = engine();
    door.change(|s| {
        s.edit.unsaved = true;
        for destination in &mut s.destinations {
            destination.label = "Chaîne principale de la grande salle du premier étage".to_owned();
        }
    });
    let desk = "(language: Some(\"fr\"))";
    let mut desk = open(&door, &Kept { desk, keys: None }, (1280.0, 800.0));
    desk.press(Modifiers::COMMAND, Key::K);
    assert!(desk.is_said("Fermer la fenêtre"));
    assert!(!desk.is_said("Close window"));
    desk.press(Modifiers::NONE, Key::Escape);
    let viewports = &mut desk.window.input_mut().viewports;
    let here = viewports.entry(egui::ViewportId::ROOT).or_default();
    here.events.push(egui::ViewportEvent::Close);
    desk.pass();
    assert!(desk.is_said("Des modifications ne sont pas enregistrées."));
    let said = desk.window.output().shapes.iter().any(|clipped| {
        let egui::Shape::Text(text) = &clipped.shape else {
            return false;
        };
        let place = Rect::from_min_size(text.pos, text.galley.size());
        text.galley
            .text()
            .ends_with("Des modifications ne sont pas enregistrées.")
            && !text.galley.elided
            && clipped.clip_rect.contains_rect(place)
    });
    assert!(said, "all of it is drawn");
}

#[test]
fn the_sheet_of_keys_is_read_whole() {
    let _alone = alone();
    let mut faults = Vec::new();
    for (tag, redo, longer) in [
        ("en", "Ctrl+Shift+Z, Ctrl+Y", "Ctrl+→, +, ="),
        ("fr", "Ctrl+Maj+Z, Ctrl+Y", "Ctrl+→, +, ="),
    ] {
        for room in ROOMS {
            for arrangement in ARRANGEMENTS {
                walk(&engine(), tag, arrangement, room, &[], |opened, _| {
                    let place = format!("{tag} {room:?} {arrangement}");
                    opened.press(Modifiers::SHIFT, Key::Questionmark);
                    let texts = opened.texts();
                    for keys in [redo, longer] {
                        assert!(texts.iter().any(|t| t == keys), "{place}: {keys}");
                    }
                    let elided = opened.elided();
                    faults.extend(elided.iter().map(|text| format!("{place}: {text:?}")));
                });
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// How wide the letters are that are drawn of a text, in points: as little as is drawn of it anywhere.
fn drawn(opened: &Opened, text: &str) -> Option<f32> {
    let shapes = opened.window.output().shapes.iter();
    let texts = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(found) if found.galley.job.text == text => {
            let place = Rect::from_min_size(found.pos, found.galley.size());
            Some(place.intersect(clipped.clip_rect).width())
        }
        _ => None,
    });
    texts.reduce(f32::min)
}

#[test]
fn a_clips_name_is_read_however_narrow_its_picture_is() {
    let _alone = alone();
    for tag in ["en", "fr"] {
        for room in ROOMS {
            for arrangement in ["Director", "OnePerson", "Build"] {
                let door = engine();
                door.change(|s| {
                    s.sources[1].label = "Générique de fin".to_owned();
                    s.sources[1].clip = Some(ClipStatus {
                        state: door::ClipState::Cued,
                        on_take: true,
                        length_s: Some(754.0),
                        remaining_s: Some(754.0),
                        ..ClipStatus::default()
                    });
                });
                walk(&door, tag, arrangement, room, &[], |opened, _| {
                    let place = format!("{tag} {room:?} {arrangement}");
                    let width = drawn(opened, "3  Ann: Générique de fin");
                    let width = width.unwrap_or_else(|| panic!("{place}: {:?}", opened.texts()));
                    assert!(width >= 66.0, "{place}: {width}");
                    let cut = opened.cut();
                    assert!(cut.is_empty(), "{place}: {cut:?}");
                });
            }
        }
    }
}

#[test]
fn what_has_no_button_beside_a_clip_is_in_its_menu_and_guarded_alike() {
    let _alone = alone();
    let door = engine();
    door.change(|s| {
        for source in &mut s.sources[..2] {
            source.clip = Some(ClipStatus {
                length_s: Some(60.0),
                ..ClipStatus::default()
            });
        }
    });
    let desk = "(language: Some(\"en\"))";
    let mut desk = open(&door, &Kept { desk, keys: None }, (1024.0, 640.0));
    door.sent();
    let told = |source: &str, action| door::Command::Clip {
        source: source.to_owned(),
        action,
        position_s: None,
    };
    desk.click("More for Ann, on PVW");
    desk.click("Cue Ann, on PVW: back to its start, to wait there");
    assert_eq!(door.sent(), [told("ann", door::ClipAction::Cue)]);
    assert!(!desk.is_said("Restart Ann"), "the menu is closed");
    desk.click("More for Stage, on PGM");
    desk.click("Restart Stage, on PGM");
    assert_eq!(door.sent(), [], "it is on air");
    desk.click("On air, press again: Restart Stage, on PGM");
    assert_eq!(door.sent(), [told("cam", door::ClipAction::Restart)]);
}

/// Where something fades out downwards, and how much of it is hidden at its foot, of 255.
fn fades(opened: &Opened) -> Vec<(Rect, u8)> {
    let shapes = opened.window.output().shapes.iter();
    let meshes = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Mesh(mesh) if mesh.vertices.len() == 4 => Some(mesh),
        _ => None,
    });
    let of = |mesh: &Arc<egui::Mesh>| {
        let place = mesh.calc_bounds();
        let foot = mesh.vertices.iter().filter(|v| v.pos.y > place.center().y);
        (place, foot.map(|v| v.color.a()).min().unwrap_or(0))
    };
    meshes.map(of).collect()
}

#[test]
fn a_list_that_goes_on_below_its_panel_fades_out_and_its_end_is_reached() {
    let _alone = alone();
    for room in ROOMS {
        for unfolded in [false, true] {
            walk(&full(), "en", "Build", room, &[], |opened, _| {
                if unfolded {
                    opened.click("List of events");
                }
                let foot = opened.window.ctx.content_rect().bottom();
                for name in ["Caméra 16", "Scène 12"] {
                    let row = |opened: &Opened| {
                        let all = opened.controls().into_iter();
                        let mut rows = all.filter(|((_, said, _), _)| {
                            // Scenes stand behind their numbers.
                            let number = |c: char| c.is_ascii_digit();
                            said.trim_start_matches(number)
                                .trim_start()
                                .starts_with(name)
                        });
                        rows.next().map(|(_, place)| place).unwrap()
                    };
                    let place = row(opened);
                    let is_out = opened.seen_of(place) < place.area() * 0.98;
                    let column = fades(opened).into_iter().filter(|(fade, hidden)| {
                        let here = fade.x_range().contains(place.center().x);
                        here && fade.bottom() < foot && *hidden > 150
                    });
                    assert_eq!(column.count() > 0, is_out, "{name}: {place} {room:?}");
                }
                let cut = opened.cut();
                assert!(cut.is_empty(), "{room:?}, events {unfolded}: {cut:?}");
            });
        }
    }
}

#[test]
fn a_reason_is_read_whole_where_there_is_room_and_otherwise_by_key() {
    let _alone = alone();
    let why = "the server refuses the stream: check the key";
    let slow = "the server took nothing for 20 s and was given up: the network between here and it is \
                slow or full, or a firewall lets nothing through";
    let door = engine();
    door.change(|s| {
        for (destination, why) in s.destinations.iter_mut().zip([why, slow]) {
            destination.state = door::DestinationState::Failed;
            destination.message = why.to_owned();
        }
    });
    let desk = "(language: Some(\"en\"))";
    let mut desk = open(&door, &Kept { desk, keys: None }, (1280.0, 800.0));
    let whole = |opened: &Opened, text: &str| {
        let shapes = opened.window.output().shapes.iter();
        let texts = shapes.filter_map(|clipped| match &clipped.shape {
            egui::Shape::Text(found) if found.galley.job.text == text => Some(&found.galley),
            _ => None,
        });
        texts.filter(|galley| !galley.elided).count()
    };
    assert_eq!(whole(&desk, why), 1, "{:?}", desk.texts());
    // What no row has room for is in the row's menu.
    assert_eq!(whole(&desk, slow), 0);
    desk.one("More for PeerTube").focus();
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(whole(&desk, slow), 1, "{:?}", desk.texts());
    desk.press(Modifiers::NONE, Key::Escape);

    // The list has all of each, and leads there by key.
    let foremost = format!("YouTube: {why}");
    desk.one(&foremost).focus();
    desk.pass();
    desk.press(Modifiers::NONE, Key::Enter);
    for text in [foremost, format!("PeerTube: {slow}")] {
        assert!(whole(&desk, &text) >= 1, "{text}: {:?}", desk.texts());
    }
}

#[test]
fn the_strip_gives_a_long_reason_its_second_line_too() {
    let _alone = alone();
    let door = engine();
    door.change(|s| {
        for destination in &mut s.destinations {
            destination.state = door::DestinationState::Failed;
            destination.message = "connection refused: is the server running? (127.0.0.1)".into();
            destination.attempt = 5;
            destination.next_try_s = Some(4.0);
        }
    });
    let desk = "(language: Some(\"fr\"))";
    let desk = open(&door, &Kept { desk, keys: None }, (1280.0, 800.0));
    let shapes = desk.window.output().shapes.iter();
    let mut texts = shapes.filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) => Some(&text.galley),
        _ => None,
    });
    let strip = texts.find(|galley| galley.job.text.starts_with(problem_sign()));
    let strip = strip.unwrap();
    assert!(!strip.elided, "{:?}", strip.job.text);
    for part in ["tourne-t-il", "(127.0.0.1)", "essai 5 dans 4 s", "corrigez"] {
        assert!(
            strip.job.text.contains(part),
            "{part}: {:?}",
            strip.job.text
        );
    }
}

#[test]
fn a_row_too_long_for_its_place_ends_in_dots_and_is_read_where_the_pointer_rests() {
    let _alone = alone();
    let door = engine();
    let desk = "(language: Some(\"fr\"), arrangement: Build)";
    let mut desk = open(&door, &Kept { desk, keys: None }, (1280.0, 800.0));
    let row = desk
        .window
        .get_by_label_contains("Ann Martin-Delacroix, at the table at the far left, Caméra");
    let (row, column) = (row.rect(), desk.place("Nouvelle source"));
    assert!(
        row.right() <= 1280.0 / 4.0 + 8.0,
        "{row}: it stays in its column, {column}"
    );
    desk.window.hover_at(row.center());
    desk.window.run_steps(20);
    let whole = "Ann Martin-Delacroix, at the table at the far left\nCaméra";
    assert!(desk.is_said(whole));
}

#[test]
fn what_to_do_about_a_lost_source_on_air_is_read_whole_beside_an_older_fault() {
    let _alone = alone();
    let mut faults = Vec::new();
    for tag in ["en", "fr"] {
        let origins = [
            door::Origin::File,
            door::Origin::Camera,
            door::Origin::Network,
        ];
        for origin in origins {
            let door = engine();
            door.change(|s| {
                let failed = &mut s.destinations[0];
                failed.state = door::DestinationState::Failed;
                failed.message = "the server refuses the stream: check the key".into();
                s.destinations[1].state = door::DestinationState::Live;
                let lost = &mut s.sources[0];
                (lost.state, lost.origin) = (door::SourceState::Lost, origin);
                (lost.tally, lost.heard) = (door::Tally::Program, true);
            });
            let arrangement = ARRANGEMENTS[0];
            walk(
                &door,
                tag,
                arrangement,
                ((1280.0, 800.0), 100),
                &[],
                |opened, _| {
                    let said = if tag == "en" {
                        "Stage: is lost"
                    } else {
                        "Stage\u{a0}: source perdue"
                    };
                    assert!(opened.window.query_by_label(said).is_some(), "{tag}");
                    let elided = opened.elided();
                    faults.extend(
                        elided
                            .iter()
                            .map(|text| format!("{tag} {origin:?}: {text:?}")),
                    );
                },
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
