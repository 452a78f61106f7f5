//! Whatever is asked of the engine, in whatever order, its state stays one that can be shown, saved
//! and gone on from. No thread and no clock: the show's state and the mixer alone.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regie::audio::{BusGains, Meters, Mixer, Order, Strip, StripGain, Track};
use regie::door::{
    Command, CueState, DestinationStatus, Direction, Event, KeyChange, KeyState, Rgb,
    RundownAction, Snapshot, Tally, TransitionKind, TransitionState, TransitionStyle,
};
use regie::engine::{Book, Brings, Cast, Core, Effect, Faders, Journal, Leaving, Observed, SLOTS};
use regie::input::sound_ring;
use regie::media::{BLOCK, CHANNELS, NS_PER_S, Rate, block_start, db_to_gain};
use regie::show::{
    Afv, Cue, Destination, DownstreamKey, Edit, Fill, Format, Item, ItemKind, KEYS, Key, Layer,
    Pattern, Scene, Show, Source, SourceKind, Title, VERSION,
};
use regie::video::Draw;

/// −1 dBFS: nothing of the program is louder.
const CEILING: f32 = 0.891_251;

fn afv() -> impl Strategy<Value = Afv> {
    select(vec![Afv::On, Afv::Off, Afv::Follow])
}

/// A show of up to so many sources, scenes and destinations; some scenes bear a source's id.
fn show() -> impl Strategy<Value = Show> {
    let source = (-100f32..=10.0, any::<bool>(), afv(), 0u32..=2000);
    let layer = (
        any::<Index>(),
        (-10f64..10.0, -10f64..10.0, 0.01f64..10.0, 0.01f64..10.0),
        prop_oneof![Just(0.0), Just(1.0), 0f64..=1.0],
    );
    let scene = (any::<bool>(), vec(layer, 0..4), option::of(style()));
    let rate = select(vec![
        Rate(25, 1),
        Rate(30, 1),
        Rate(30_000, 1001),
        Rate(60, 1),
        Rate(1, 1),
    ]);
    (
        vec(source, 0..5),
        vec(scene, 0..4),
        0usize..3,
        rate,
        style(),
        any::<bool>(),
        (0usize..3, 0usize..3, any::<bool>()),
    )
        .prop_map(
            |(sources, scenes, destinations, rate, transition, heard, over)| {
                let (titles, cues, tie) = over;
                let sources: Vec<Source> = sources
                    .into_iter()
                    .enumerate()
                    .map(|(i, (fader_db, mute, afv, picture_delay_ms))| Source {
                        id: format!("s{i}"),
                        label: String::new(),
                        kind: SourceKind::Test {
                            pattern: Pattern::Bars,
                            tone_hz: None,
                            beep_ms: 0,
                        },
                        fader_db,
                        mute,
                        afv,
                        strip: Default::default(),
                        picture_delay_ms,
                        colour: Default::default(),
                        groups: Vec::new(),
                        sends: Vec::new(),
                        mix_minus: false,
                        return_db: 0.0,
                    })
                    .collect();
                let scenes = scenes
                    .into_iter()
                    .enumerate()
                    .map(|(i, (named_as_source, layers, transition))| Scene {
                        transition,
                        id: format!("{}{i}", if named_as_source { "s" } else { "scene" }),
                        label: format!("Scene {i}"),
                        layers: layers
                            .into_iter()
                            .filter(|_| !sources.is_empty())
                            .map(|(source, rect, opacity)| Layer {
                                rect,
                                opacity,
                                ..Layer::full(&source.get(&sources).id)
                            })
                            .collect(),
                    })
                    .collect();
                let heard = sources.first().filter(|_| heard).map(|s| s.id.clone());
                Show {
                    version: VERSION,
                    name: "Any".to_owned(),
                    format: Format {
                        rate,
                        ..Format::default()
                    },
                    encoder: Default::default(),
                    sources,
                    scenes,
                    transition,
                    sound: Default::default(),
                    stingers: Vec::new(),
                    hold: regie::show::Hold {
                        source: heard,
                        ..Default::default()
                    },
                    destinations: (0..destinations)
                        .map(|i| Destination {
                            id: format!("d{i}"),
                            label: String::new(),
                            server: "rtmp://127.0.0.1/live".to_owned(),
                            key: Key::Open("x".to_owned()),
                        })
                        .collect(),
                    recording: Default::default(),
                    order: Vec::new(),
                    tables: Vec::new(),
                    sound_outputs: Vec::new(),
                    snapshots: Default::default(),
                    titles: (0..titles)
                        .map(|i| Title {
                            key: 1 + 2 * i,
                            ..Title::of(&format!("t{i}"), "lower-third.svg")
                        })
                        .collect(),
                    keys: vec![DownstreamKey {
                        tie,
                        off_after: Some(7),
                        ..DownstreamKey::default()
                    }],
                    rundown: (0..cues.min(titles))
                        .map(|i| Cue {
                            id: format!("c{i}"),
                            label: String::new(),
                            title: format!("t{i}"),
                            fields: [("name".to_owned(), format!("Cue {i}"))].into(),
                            row: None,
                        })
                        .collect(),
                    receiver: None,
                }
            },
        )
}

/// A transition that a show may hold.
fn style() -> impl Strategy<Value = TransitionStyle> {
    let wipe = select(vec!["circle", "clock", "none of this name"]);
    (select(TransitionKind::ALL.to_vec()), 1u32..=20, wipe).prop_map(|(kind, frames, wipe)| {
        TransitionStyle {
            frames,
            wipe: wipe.to_owned(),
            ..TransitionStyle::of(kind)
        }
    })
}

/// Ids that some show has, and others that none has.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (select(vec!["s", "scene", "d"]), 0..5).prop_map(|(kind, i)| format!("{kind}{i}")),
        1 => any::<String>(),
    ]
}

fn frames() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..20, 1 => 990u32..1010, 1 => any::<u32>()]
}

fn decibels() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -110f32..15.0,
        1 => any::<f32>(),
        1 => select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -100.0, 10.0, -0.0]),
    ]
}

/// Transitions as they may be asked for, good or not.
fn transition() -> impl Strategy<Value = Command> {
    let wipe = select(vec!["circle", "star", "mine", "", "../secret", "a/b"]);
    let softness = prop_oneof![3 => 0.0..=1.0, 1 => -1.0..2.0];
    let direction = select(vec![
        Direction::Left,
        Direction::Right,
        Direction::Up,
        Direction::Down,
    ]);
    (
        select(TransitionKind::ALL.to_vec()),
        frames(),
        option::of(any::<[u8; 3]>().prop_map(|[r, g, b]| Rgb(r, g, b))),
        option::of(wipe.prop_map(str::to_owned)),
        option::of(softness),
        option::of(any::<bool>()),
        option::of(direction),
    )
        .prop_map(
            |(kind, frames, colour, wipe, softness, reverse, direction)| Command::Transition {
                kind,
                frames,
                colour,
                wipe,
                softness,
                reverse,
                direction,
                stinger: None,
            },
        )
}

fn bar() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..=1.0,
        3 => select(vec![0.0, -0.0, 1.0]),
        1 => select(vec![-0.1, 1.1, f64::NAN, f64::INFINITY]),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => id().prop_map(|scene| Command::Preview { scene }),
        2 => id().prop_map(|scene| Command::Program { scene }),
        3 => Just(Command::Cut {}),
        4 => Just(Command::Auto {}),
        3 => transition(),
        4 => bar().prop_map(|position| Command::TBar { position }),
        1 => Just(Command::PreviewTransition {}),
        2 => (any::<bool>(), option::of(frames()))
            .prop_map(|(on, frames)| Command::FadeToBlack { on, frames }),
        2 => (id(), decibels()).prop_map(|(source, db)| Command::Fader { source, db }),
        1 => (id(), any::<bool>()).prop_map(|(source, on)| Command::Mute { source, on }),
        1 => (id(), afv()).prop_map(|(source, mode)| Command::Afv { source, mode }),
        1 => (id(), option::of(-20f32..20.0)).prop_map(|(source, weight_db)| Command::Share {
            source,
            on: Some(true),
            weight_db,
        }),
        1 => (option::of(id()), option::of(-20f32..700.0)).prop_map(|(source, silence_s)| {
            Command::Alarm { source, silence_s, clipping: None }
        }),
        1 => (id(), any::<bool>())
            .prop_map(|(destination, on)| Command::Stream { destination, on }),
        1 => any::<bool>().prop_map(|on| Command::StreamAll { on }),
        1 => any::<bool>().prop_map(|on| Command::Record { on }),
        1 => any::<bool>().prop_map(|on| Command::Hold { on }),
        3 => (0usize..3, option::of(any::<bool>()), any::<bool>(), "[a-z]{0,3}").prop_map(
            |(n, on, cut, name)| Command::Title {
                title: format!("t{n}"),
                on,
                cut,
                fields: [("name".to_owned(), name)].into(),
                row: None,
                step: None,
            }
        ),
        2 => key_change().prop_map(Command::Key),
        2 => (0usize..6).prop_map(|key| Command::KeyAuto { key }),
        1 => any::<bool>().prop_map(|cut| Command::KeysOff { cut }),
        2 => (rundown_action(), option::of(0usize..3)).prop_map(|(action, cue)| {
            let cue = cue.map(|n| format!("c{n}"));
            Command::Rundown { action, cue }
        }),
        1 => prop_oneof![".{0,20}", "é{190,210}"].prop_map(|label| Command::Marker { label }),
        1 => any::<bool>().prop_map(|on| Command::LiveEdit { on }),
        1 => Just(Command::Undo { revision: None }),
        1 => Just(Command::Snapshot {}),
        1 => Just(Command::Quit {}),
    ]
}

fn key_change() -> impl Strategy<Value = KeyChange> {
    let fill = prop_oneof![
        Just(Fill::None),
        (0usize..3).prop_map(|n| Fill::Title(format!("t{n}"))),
        (0usize..6).prop_map(|n| Fill::Source(Box::new(Layer::full(&format!("s{n}"))))),
    ];
    (
        0usize..6,
        option::of(any::<bool>()),
        option::of(fill),
        option::of(any::<bool>()),
        option::of(0u32..1100),
        option::of(0u32..10),
        option::of(any::<bool>()),
    )
        .prop_map(
            |(key, on, fill, tie, frames, off_after, off_on_take)| KeyChange {
                key,
                on,
                fill,
                tie,
                frames,
                off_after,
                off_on_take,
                clean: None,
            },
        )
}

fn rundown_action() -> impl Strategy<Value = RundownAction> {
    select(vec![
        RundownAction::Go,
        RundownAction::Next,
        RundownAction::Previous,
        RundownAction::Select,
        RundownAction::Off,
        RundownAction::Reset,
    ])
}

#[derive(Clone, Debug)]
enum Step {
    Do(Command),
    Ticks(u32),
    /// The engine dies and another goes on from the journal.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => command().prop_map(Step::Do),
        4 => (1u32..5).prop_map(Step::Ticks),
        1 => (1u32..1100).prop_map(Step::Ticks),
        1 => Just(Step::Restart),
    ]
}

/// What happens to a show that is edited on air.
#[derive(Clone, Debug)]
enum Turn {
    Do(Command),
    Edit(Vec<Edit>, bool),
    Undo,
}

fn change() -> impl Strategy<Value = Edit> {
    let source = |n: usize, pattern| {
        Item::Source(Source {
            id: format!("s{n}"),
            label: String::new(),
            kind: SourceKind::Test {
                pattern,
                tone_hz: None,
                beep_ms: 0,
            },
            fader_db: 0.0,
            mute: false,
            afv: Afv::Follow,
            strip: Default::default(),
            picture_delay_ms: 0,
            colour: Default::default(),
            groups: Vec::new(),
            sends: Vec::new(),
            mix_minus: false,
            return_db: 0.0,
        })
    };
    let scene = |n: usize, layer: usize, opacity: f64| {
        Item::Scene(Scene {
            id: format!("scene{n}"),
            label: String::new(),
            layers: vec![Layer {
                opacity,
                ..Layer::full(&format!("s{layer}"))
            }],
            transition: None,
        })
    };
    let kind = select(vec![
        ItemKind::Source,
        ItemKind::Scene,
        ItemKind::Destination,
    ]);
    let pattern = select(vec![Pattern::Bars, Pattern::Ball]);
    prop_oneof![
        (0..6usize, pattern.clone()).prop_map(move |(n, pattern)| Edit::Add {
            item: source(n, pattern),
            at: None,
        }),
        (0..6usize, 0..6usize, 0f64..=1.0).prop_map(move |(n, layer, opacity)| Edit::Add {
            item: scene(n, layer, opacity),
            at: Some(0),
        }),
        (0..6usize, 0..8usize, pattern).prop_map(move |(n, to, pattern)| Edit::Set {
            id: format!("s{n}"),
            item: source(to, pattern),
        }),
        (0..6usize, 0..6usize, 0f64..=1.0).prop_map(move |(n, layer, opacity)| Edit::Set {
            id: format!("scene{n}"),
            item: scene(n, layer, opacity),
        }),
        (kind.clone(), id()).prop_map(|(kind, id)| Edit::Remove { kind, id }),
        (kind, id(), 0..9usize).prop_map(|(kind, id, to)| Edit::Move { kind, id, to }),
    ]
}

/// What the devices tell; here they tell no more than their names.
fn observed(core: &Core) -> Observed {
    Observed {
        destinations: core
            .show()
            .destinations
            .iter()
            .map(|destination| DestinationStatus {
                id: destination.id.clone(),
                label: destination.label.clone(),
                server: destination.server.clone(),
                attempt: 1,
                ..DestinationStatus::default()
            })
            .collect(),
        uptime_s: 0.1 + 1.0 / 3.0,
        ..Observed::default()
    }
}

fn snapshot(core: &Core, frame: u64) -> Snapshot {
    core.snapshot(frame, observed(core))
}

/// Whether a command is one that the show's state takes: said once more, in other words than the
/// engine's.
fn is_valid(command: &Command, core: &Core) -> bool {
    let show = core.show();
    let source = |id: &str| show.sources.iter().any(|s| s.id == id);
    let scene = |id: &str| source(id) || show.scenes.iter().any(|s| s.id == id);
    let title = |id: &str| show.titles.iter().any(|title| title.id == id);
    let any_scene = !show.sources.is_empty() || !show.scenes.is_empty();
    match command {
        Command::Preview { scene: id } | Command::Program { scene: id } => scene(id),
        Command::Cut {} | Command::Auto {} => any_scene,
        Command::Transition {
            frames,
            wipe,
            softness,
            ..
        } => {
            let named = wipe
                .as_ref()
                .is_none_or(|w| !w.is_empty() && !w.contains('/'));
            let soft = softness.is_none_or(|s| (0.0..=1.0).contains(&s));
            *frames >= 1 && *frames <= 1000 && named && soft
        }
        // Nothing can be begun where there is no scene; a bar at its start begins nothing.
        Command::TBar { position } => {
            (0.0..=1.0).contains(position) && (any_scene || *position == 0.0)
        }
        Command::PreviewTransition {} => {
            any_scene && core.switcher().transition(core.cast()).state == TransitionState::Idle
        }
        Command::FadeToBlack { frames, .. } => frames.unwrap_or(0) <= 1000,
        Command::Fader { source: id, db } => source(id) && *db >= -100.0 && *db <= 10.0,
        Command::Mute { source: id, .. } | Command::Afv { source: id, .. } => source(id),
        Command::Share {
            source: id,
            weight_db,
            ..
        } => source(id) && weight_db.is_none_or(|db| (-15.0..=15.0).contains(&db)),
        Command::Alarm {
            source: id,
            silence_s,
            ..
        } => {
            let is_there = id.as_ref().is_none_or(|id| source(id));
            is_there && silence_s.is_none_or(|s| (0.0..=600.0).contains(&s))
        }
        Command::Stream { destination, .. } => {
            show.destinations.iter().any(|d| d.id == *destination)
        }
        Command::Marker { label } => label.chars().count() <= 200 && core.is_recording(),
        Command::Title { title: id, .. } => title(id),
        Command::Key(change) => {
            let is_there = match &change.fill {
                None | Some(Fill::None) => true,
                Some(Fill::Title(id)) => title(id),
                Some(Fill::Source(layer)) => source(&layer.source),
            };
            (1..=KEYS).contains(&change.key)
                && is_there
                && change.frames.is_none_or(|frames| frames <= 1000)
                && (change.on != Some(true) || carries(core, change.key, change.fill.as_ref()))
        }
        // What is on air goes whatever it is.
        Command::KeyAuto { key } => {
            let is_off = |key: usize| {
                let state = snapshot(core, 0).keys[key - 1].state;
                matches!(state, KeyState::Off | KeyState::Leaves)
            };
            (1..=KEYS).contains(key) && (!is_off(*key) || carries(core, *key, None))
        }
        Command::Rundown { action, cue } => {
            let named = cue.as_ref();
            let there = named.map(|id| show.rundown.iter().any(|cue| cue.id == *id));
            // Whose turn it is is told, but where one that is on air has it again.
            let turn = || core.clone().apply(command).is_ok() && !show.rundown.is_empty();
            match action {
                RundownAction::Go => there.unwrap_or_else(turn),
                RundownAction::Select => there == Some(true),
                RundownAction::Next | RundownAction::Previous => there != Some(false) && turn(),
                RundownAction::Off | RundownAction::Reset => there != Some(false),
            }
        }
        Command::StreamAll { .. }
        | Command::KeysOff { .. }
        | Command::Record { .. }
        | Command::Hold { .. }
        | Command::LiveEdit { .. }
        | Command::Snapshot {}
        | Command::Quit {} => true,
        for_editor => !for_editor.is_for_editor(),
    }
}

/// Whether a key has something to put on air, once it carries this.
fn carries(core: &Core, key: usize, fill: Option<&Fill>) -> bool {
    let carried = &snapshot(core, 0).keys[key - 1].set.fill;
    let show = core.show();
    match fill.unwrap_or(carried) {
        Fill::None => false,
        Fill::Title(id) => show.titles.iter().any(|title| title.id == *id),
        Fill::Source(layer) => show.sources.iter().any(|s| s.id == layer.source),
    }
}

/// What a command that was taken must have done.
fn check_effect(command: &Command, before: &Snapshot, core: &Core, effect: &Effect) {
    let after = snapshot(core, before.frame);
    let source = |id: &str| after.sources.iter().find(|s| s.id == id).cloned().unwrap();
    let was_idle = before.transition.state == TransitionState::Idle;
    match command {
        Command::Preview { scene } => {
            assert_eq!(after.program, before.program);
            // The goal of a transition on air does not change under it.
            let shown = if was_idle { scene } else { &before.preview };
            assert_eq!(&after.preview, shown);
        }
        Command::Program { scene } => {
            assert_eq!(&after.program, scene);
            assert_eq!(after.preview, before.preview);
            assert_eq!(after.transition.state, TransitionState::Idle);
        }
        Command::Cut {} => {
            assert_eq!(after.program, before.preview);
            assert_eq!(after.transition.state, TransitionState::Idle);
            if was_idle {
                assert_eq!(after.preview, before.program);
            }
        }
        Command::Auto {} => match before.transition.state {
            TransitionState::Running => {
                assert_eq!(after.transition.state, TransitionState::Paused);
            }
            TransitionState::Paused => {
                assert_eq!(after.transition.state, TransitionState::Running);
            }
            TransitionState::Idle if before.transition.style.kind == TransitionKind::Cut => {
                assert_eq!(
                    (&after.program, &after.preview),
                    (&before.preview, &before.program)
                );
            }
            TransitionState::Idle => assert_eq!(after.transition.state, TransitionState::Running),
        },
        Command::Transition {
            kind,
            frames,
            wipe,
            softness,
            ..
        } => {
            let old = &before.transition.style;
            let (style, overruled) = core.switcher().chosen_transition();
            assert!(overruled);
            assert_eq!((style.kind, style.frames), (*kind, *frames));
            assert_eq!(&style.wipe, wipe.as_ref().unwrap_or(&old.wipe));
            assert_eq!(style.softness, softness.unwrap_or(old.softness));
        }
        Command::TBar { position } => {
            let (old, new) = (&before.transition, &after.transition);
            let swapped = (&after.program, &after.preview) != (&before.program, &before.preview);
            if *position < 1.0 && old.state == TransitionState::Idle {
                assert!(!swapped, "a bar on its way takes nothing");
            }
            if new.state == TransitionState::Idle {
                assert_eq!(new.position, 0.0);
            } else if new != old {
                assert_eq!(new.state, TransitionState::Paused);
                assert_eq!(new.position, *position as f32);
            }
            // What it says a second time changes nothing.
            let mut again = core.clone();
            again.apply(command).unwrap();
            assert_eq!(snapshot(&again, before.frame), after);
        }
        Command::PreviewTransition {} => {
            let tried = after.transition.tried;
            let is_cut = before.transition.style.kind == TransitionKind::Cut;
            assert_eq!(tried, (!is_cut).then_some(0.0));
            let mut without = after.clone();
            without.transition.tried = before.transition.tried;
            assert_eq!(without, *before, "nothing else changes");
        }
        Command::FadeToBlack { on, .. } => assert_eq!(after.fade_to_black, *on),
        Command::Fader { source: id, db } => assert_eq!(source(id).fader_db, *db),
        Command::Mute { source: id, on } => assert_eq!(source(id).mute, *on),
        Command::Afv { source: id, mode } => assert_eq!(source(id).afv, *mode),
        Command::Share {
            source: id,
            weight_db,
            ..
        } => {
            let share = source(id).strip.share;
            assert!(share.on && weight_db.is_none_or(|db| db == share.weight_db));
        }
        Command::Alarm {
            source: id,
            silence_s,
            ..
        } => {
            let master = after.sound.master.alarm;
            let alarm = id.as_ref().map_or(master, |id| source(id).strip.alarm);
            assert!(silence_s.is_none_or(|s| s == alarm.silence_s));
        }
        Command::Stream { on, .. } | Command::StreamAll { on } => {
            let Effect::Stream(ids, effect_on) = effect else {
                panic!("{effect:?}")
            };
            assert_eq!(effect_on, on);
            assert!(ids.iter().all(|id| core.streaming().contains(id) == *on));
        }
        Command::Hold { on } => assert_eq!(core.holds(), *on),
        Command::Title {
            title, on, fields, ..
        } => {
            let status = after.titles.iter().find(|t| t.id == *title).unwrap();
            assert_eq!(*status.next, *fields);
            match on {
                // What is seen already is changed when the other is ready.
                Some(true) => assert!(status.aired.is_some(), "{status:?}"),
                Some(false) => assert_eq!(status.aired, None),
                None => {}
            }
        }
        Command::Key(change) => {
            let key = &after.keys[change.key - 1];
            assert!(change.tie.is_none_or(|tie| tie == key.set.tie));
            assert!(change.frames.is_none_or(|frames| frames == key.set.frames));
            match change.on {
                Some(true) => assert!(matches!(key.state, KeyState::On | KeyState::Waits)),
                Some(false) => assert!(matches!(key.state, KeyState::Off | KeyState::Leaves)),
                None => {}
            }
        }
        Command::KeyAuto { key } => {
            let key = |snapshot: &Snapshot| snapshot.keys[key - 1].state;
            let is_on = |state| matches!(state, KeyState::On | KeyState::Waits);
            assert_ne!(is_on(key(before)), is_on(key(&after)));
        }
        Command::KeysOff { cut } => {
            let mut keys = after.keys.iter().map(|key| key.state);
            let is_gone = |state| state == KeyState::Off || !cut && state == KeyState::Leaves;
            assert!(keys.all(is_gone));
        }
        Command::Rundown { action, cue } => {
            let state = |wanted| after.rundown.iter().find(|cue| cue.state == wanted);
            match action {
                RundownAction::Go => {
                    let on_air = state(CueState::OnAir).unwrap();
                    assert!(cue.as_ref().is_none_or(|cue| *cue == on_air.id));
                }
                RundownAction::Select => {
                    let chosen = [CueState::Next, CueState::OnAir].map(state);
                    assert!(
                        chosen
                            .into_iter()
                            .flatten()
                            .any(|c| Some(&c.id) == cue.as_ref())
                    );
                }
                RundownAction::Off | RundownAction::Reset => {
                    assert!(*action == RundownAction::Reset || state(CueState::OnAir).is_none());
                }
                RundownAction::Next | RundownAction::Previous => {}
            }
        }
        Command::Record { on } => assert_eq!(core.is_recording(), *on),
        Command::Marker { label } => assert_eq!(*effect, Effect::Marker(label.clone())),
        Command::LiveEdit { on } => assert_eq!(after.live_edit, *on),
        Command::Snapshot {} | Command::Quit {} => assert_eq!(after, *before),
        for_editor => panic!("{for_editor:?} is not for the tick"),
    }
}

/// Everything that must hold of any state.
fn check(core: &Core, frame: u64) {
    let s = snapshot(core, frame);
    let show = core.show();
    let json = serde_json::to_string(&s).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), s);

    if s.scenes.is_empty() {
        assert_eq!((s.program.as_str(), s.preview.as_str()), ("", ""));
    }
    for on in [&s.program, &s.preview] {
        assert!(s.scenes.is_empty() || s.scenes.iter().any(|scene| scene.id == *on));
    }
    let moves = s.transition.state != TransitionState::Idle;
    let scene_tally = |id: &str| {
        if s.program == id || (moves && s.preview == id) {
            Tally::Program
        } else if s.preview == id {
            Tally::Preview
        } else {
            Tally::Off
        }
    };
    let gains = core.gains();
    let gain_of = |id: &str| gains[core.cast().slot(id).unwrap()];
    // Nothing is on air beneath the holding slate but what is heard with it.
    let with_slate = |id: &str| {
        let gain = gain_of(id);
        show.hold.source.as_deref() == Some(id) && gain.fader * gain.follow > 0.0
    };
    let beneath = |tally: Tally, is_next: bool| match tally {
        Tally::Program if s.hold && is_next => Tally::Preview,
        Tally::Program if s.hold => Tally::Off,
        tally => tally,
    };
    let mut lit = std::collections::BTreeMap::<&str, Tally>::new();
    for source in show.sources.iter().filter(|x| s.hold && with_slate(&x.id)) {
        lit.insert(&source.id, Tally::Program);
    }
    for scene in show.all_scenes() {
        let seen = beneath(scene_tally(&scene.id), s.preview == scene.id);
        for layer in scene.layers.iter().filter(|layer| layer.opacity > 0.0) {
            let source = s.sources.iter().find(|x| x.id == layer.source).unwrap();
            let now = lit.entry(&source.id).or_default();
            *now = seen.max(*now);
        }
    }
    for key in s.keys.iter().filter(|_| !s.hold) {
        if let Some(source) = key.source.as_ref().filter(|_| key.state != KeyState::Off)
            && let Some(source) = show.sources.iter().find(|x| x.id == *source)
        {
            lit.insert(&source.id, Tally::Program);
        }
    }
    // What goes from a key is red beneath what comes there.
    let goes =
        |tally: Tally| tally == Tally::Program && s.keys.iter().any(|k| k.state != KeyState::Off);
    for shown in &s.scenes {
        // A source alone is on air wherever it is seen; a scene of the show that bears its id is not
        // that source.
        let is_own = show.scenes.iter().any(|scene| scene.id == shown.id);
        let source = lit.get(shown.id.as_str()).filter(|_| !is_own);
        let taken = beneath(scene_tally(&shown.id), s.preview == shown.id);
        let expected = taken.max(source.copied().unwrap_or_default());
        let is_other = !is_own && source.is_some() && goes(shown.tally);
        assert!(is_other || shown.tally == expected, "{}", shown.id);
    }
    for source in &s.sources {
        let expected = lit.get(source.id.as_str()).copied().unwrap_or_default();
        let is_right = source.tally == expected || goes(source.tally);
        assert!(is_right, "{}: {:?}", source.id, source.tally);
        let gain = gain_of(&source.id);
        assert_eq!(
            source.heard,
            gain.fader * gain.follow > 0.0,
            "{}",
            source.id
        );
        assert!((-100.0..=10.0).contains(&source.fader_db));
        assert!(source.picture_delay_ms <= 2000);
    }
    assert_eq!(s.sources.len(), show.sources.len());
    assert!(s.transition.style.faults().is_empty());
    assert!(
        s.transition
            .tried
            .is_none_or(|at| !moves && (0.0..1.0).contains(&at))
    );
    assert!((0.0..=1.0).contains(&s.transition.position));
    assert!((0.0..=1.0).contains(&s.black));

    assert_eq!(gains.len(), SLOTS);
    for (gain, source) in gains.iter().zip(&s.sources) {
        assert!((0.0..=db_to_gain(10.0)).contains(&gain.fader));
        assert!((0.0..=1.0).contains(&gain.follow));
        let unheard = source.mute || (source.afv == Afv::Off && !s.hold);
        let never = source.afv == Afv::Follow && source.tally != Tally::Program;
        assert!(gain.fader * gain.follow == 0.0 || !(unheard || never));
    }
}

fn check_layout(core: &mut Core, frame: u64) {
    let layout = core.tick(frame);
    let sources = core.show().sources.len();
    assert!((0.0..=1.0).contains(&layout.black));
    assert!(layout.from.draws.iter().all(|draw| draw.source < sources));
    if let Some(crossing) = layout.to {
        assert!((0.0..1.0).contains(&crossing.position));
        assert!(crossing.to.draws.iter().all(|draw| draw.source < sources));
        assert!(
            crossing
                .wipe()
                .is_none_or(|name| core.switcher().wipes(core.cast()).contains(name))
        );
    }
}

/// An engine that goes on from what this one wrote.
fn restarted(core: &Core, show: Show) -> Core {
    let text = serde_json::to_string(&core.journal()).unwrap();
    let journal: Journal = serde_json::from_str(&text).unwrap();
    assert_eq!(journal, core.journal());
    let mut next = Core::new(Arc::new(Cast::opened(show, 0)));
    next.restore(&journal);
    next
}

/// What a director sees of PGM and PVW, whatever slots it comes from.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    program: String,
    preview: String,
    seen: Vec<(String, SourceKind, Draw)>,
}

impl Told {
    fn of(core: &Core) -> Self {
        let cast = core.cast();
        let seen = core.switcher().program().stage.draws.iter().map(|draw| {
            let source = cast
                .last_at(draw.source)
                .expect("a source in every slot in use");
            let draw = Draw {
                source: 0,
                ..draw.clone()
            };
            (source.id.clone(), source.kind.clone(), draw)
        });
        let seen = seen.collect();
        let s = snapshot(core, 0);
        Self {
            program: s.program,
            preview: s.preview,
            seen,
        }
    }
}

/// What the snapshot names as PGM is what the picture is made of, what is told to be on air is, and a
/// fader is that of what is heard.
fn names_say_what_is_seen(core: &Core) -> Result<(), TestCaseError> {
    let (s, taken) = (snapshot(core, 0), core.switcher().program());
    let at = |draw: &Draw| core.cast().last_at(draw.source).map(|source| &source.id);
    let seen: Vec<_> = taken.stage.draws.iter().map(at).collect();
    if s.program.is_empty() {
        prop_assert!(seen.is_empty(), "nothing is named, and {:?} is seen", seen);
        return Ok(());
    }
    prop_assert_eq!(&s.program, &taken.scene);
    let of = taken.layers.iter().map(|layer| &layer.source);
    let of: Vec<_> = of
        .filter(|source| !taken.dropped().contains_key(*source))
        .collect();
    // One that was given the id of another that is here too keeps its own.
    let is_other = |id: &String| taken.slot(id).is_some() || taken.dropped().contains_key(id);
    let is_named =
        |(seen, of): (&Option<&String>, &&String)| *seen == Some(*of) || seen.is_some_and(is_other);
    prop_assert!(
        seen.len() == of.len() && seen.iter().zip(&of).all(is_named),
        "{:?} is seen, {:?} is named",
        seen,
        of
    );
    for source in s.sources.iter().filter(|source| taken.needs(&source.id)) {
        prop_assert!(
            s.hold || source.tally == Tally::Program,
            "{} is seen",
            source.id
        );
        let slot = taken.slot(&source.id).unwrap();
        let strip = core.strips()[slot];
        let told = (source.fader_db, source.mute, source.afv);
        prop_assert_eq!(
            (strip.fader_db, strip.mute, strip.afv),
            told,
            "{}",
            source.id
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_leaves_a_valid_state(show in show(), steps in vec(step(), 0..60)) {
        let mut core = Core::new(Arc::new(Cast::opened(show.clone(), 0)));
        let mut frame = 0;
        check(&core, frame);
        for step in steps {
            match step {
                Step::Do(command) => {
                    let (before, saved) = (core.clone(), core.journal());
                    let seen = snapshot(&core, frame);
                    let valid = is_valid(&command, &core);
                    match core.apply(&command) {
                        Ok(effect) => {
                            prop_assert!(valid, "{command:?} was taken");
                            check_effect(&command, &seen, &core, &effect);
                        }
                        Err(refusal) => {
                            prop_assert!(!valid, "{command:?} was refused: {refusal}");
                            prop_assert!(!refusal.to_string().is_empty());
                            prop_assert_eq!(snapshot(&core, frame), seen);
                            prop_assert_eq!(core.journal(), saved);
                            prop_assert_eq!(core.gains(), before.gains());
                            prop_assert_eq!(core.clone().tick(0), before.clone().tick(0));
                        }
                    }
                }
                Step::Ticks(count) => {
                    for _ in 0..count {
                        check_layout(&mut core, frame);
                        frame += 1;
                    }
                }
                Step::Restart => {
                    // Keys learn in a frame what the switcher did in it.
                    check_layout(&mut core, frame);
                    frame += 1;
                    let next = restarted(&core, show.clone());
                    let (old, new) = (snapshot(&core, frame), snapshot(&next, frame));
                    prop_assert_eq!((&new.program, &new.preview), (&old.program, &old.preview));
                    prop_assert_eq!(new.fade_to_black, old.fade_to_black);
                    prop_assert_eq!(new.transition.state, TransitionState::Idle);
                    prop_assert_eq!(next.strips(), core.strips());
                    prop_assert_eq!(next.streaming(), core.streaming());
                    prop_assert_eq!(next.is_recording(), core.is_recording());
                    prop_assert_eq!(next.holds(), core.holds());
                    prop_assert_eq!(next.switcher().program(), core.switcher().program());
                    // Keys that are tied go back with their transition.
                    if old.transition.state == TransitionState::Idle {
                        prop_assert_eq!(new.keys, old.keys);
                        prop_assert_eq!(new.titles, old.titles);
                        prop_assert_eq!(new.rundown, old.rundown);
                    }
                    core = next;
                }
            }
            check(&core, frame);
        }
    }

    /// The show file may have been edited between the death and the new start.
    #[test]
    fn a_journal_of_another_show_does_no_harm(
        old in show(),
        new in show(),
        steps in vec(command(), 0..20),
    ) {
        let mut core = Core::new(Arc::new(Cast::opened(old, 0)));
        for command in steps {
            let _ = core.apply(&command);
            core.tick(0);
        }
        let mut next = restarted(&core, new.clone());
        let seen = snapshot(&next, 0);
        // What is on air stays there, though the show has it no more; PVW is one that can be taken.
        let (was, taken) = (core.switcher().program(), next.switcher().program());
        prop_assert_eq!(&taken.scene, &was.scene);
        let is_dark = taken.stage.draws.is_empty() && !taken.layers.is_empty();
        prop_assert_eq!(&seen.program, if is_dark { "" } else { &was.scene });
        prop_assert!(seen.scenes.is_empty() || seen.scenes.iter().any(|s| s.id == seen.preview));
        let is_there = |id: &String| new.destinations.iter().any(|d| d.id == *id);
        prop_assert!(next.streaming().iter().all(is_there));
        check_layout(&mut next, 0);
        // A cut brings it back to the show as it is now.
        if next.apply(&Command::Cut {}).is_ok() {
            let after = snapshot(&next, 0);
            prop_assert!(after.scenes.iter().any(|s| s.id == after.program));
        }
    }

    /// Edits come and go beneath a program that runs: what is on air is as it was taken, unless
    /// something was meant to leave it or edits are live; what can be undone is there again.
    #[test]
    fn edits_never_reach_the_air_by_themselves(
        first in show(),
        steps in vec(prop_oneof![
            2 => command().prop_map(Turn::Do),
            3 => vec(change(), 1..3).prop_flat_map(|edits| any::<bool>()
                .prop_map(move |on_air| Turn::Edit(edits.clone(), on_air))),
            1 => Just(Turn::Undo),
        ], 0..40),
    ) {
        let cast = Arc::new(Cast::opened(first, 0));
        let mut book = Book::new(cast.show.clone(), 0);
        let mut core = Core::new(cast);
        let mut live_edit = false;
        // What was on air and on PVW before each step that can be undone; none where the director has
        // done something since.
        let mut past: Vec<Option<Told>> = Vec::new();
        for step in steps {
            let (edits, leaving) = match step {
                Turn::Do(command) => {
                    if let (Ok(_), Command::LiveEdit { on }) = (core.apply(&command), &command) {
                        live_edit = *on;
                        past.fill(None);
                    }
                    let told = Told::of(&core);
                    core.tick(0);
                    // A transition that ran has ended, or only a strip was moved.
                    let is_of_strip = matches!(command, Command::Fader { .. } | Command::Mute { .. });
                    if !is_of_strip || Told::of(&core) != told {
                        past.fill(None);
                    }
                    names_say_what_is_seen(&core)?;
                    continue;
                }
                Turn::Edit(edits, true) => (Some(edits), Leaving::Meant),
                Turn::Edit(edits, false) => (Some(edits), Leaving::Refused),
                Turn::Undo => (None, Leaving::Stays),
            };
            let draft = match &edits {
                Some(edits) => book.draft(None, edits, "edit", false),
                None => book.draft_undo(None),
            };
            let Ok(draft) = draft else { continue };
            let before = (core.cast().clone(), core.clone().tick(0), snapshot(&core, 0));
            let Some(next) = core.cast().next(draft.show.clone(), |slot| core.uses(slot)) else {
                panic!("no slot is free");
            };
            let (next, ids) = (Arc::new(next), |cast: &Cast| cast.show.sources.len());
            prop_assert_eq!(next.slots().len(), ids(&next));
            let distinct: std::collections::BTreeSet<_> = next.slots().iter().collect();
            prop_assert_eq!(distinct.len(), ids(&next), "two sources in one slot");
            let brings = Brings {
                faders: if edits.is_none() { Faders::None } else { Faders::Edited },
                transition: draft.touches_transition(),
                passed: draft.passes(),
            };
            let sounds = core.standing().sounds;
            let told = Told::of(&core);
            // What was made anew beneath the air, and then meant to leave it, comes back as it is in the show.
            let seen = core.switcher().program();
            let is_anew = |id: &String| seen.slot(id) != core.cast().slot(id);
            let is_anew = seen.layers.iter().any(|layer| is_anew(&layer.source));
            // As is a scene whose id a source has, or had, for the one of its own.
            let is_own = |cast: &Cast, id: &String| cast.scene(id).map(|_| cast.is_implied(id));
            let is_other = |id: &String| {
                let (was, is) = (is_own(core.cast(), id), is_own(&next, id));
                was.zip(is).is_some_and(|(was, is)| was != is)
            };
            let is_lost = leaving == Leaving::Meant && is_anew
                || [&told.program, &told.preview].into_iter().any(is_other);
            match core.recast(next, leaving, &brings) {
                Err(_) => {
                    prop_assert!(leaving != Leaving::Meant);
                    prop_assert_eq!(snapshot(&core, 0), before.2);
                    continue;
                }
                Ok(()) => { book.commit(draft); }
            }
            names_say_what_is_seen(&core)?;
            if !live_edit && leaving == Leaving::Refused {
                prop_assert_eq!(&core.clone().tick(0).from, &before.1.from, "seen on air");
                prop_assert_eq!(&core.clone().tick(0).to, &before.1.to);
            }
            if edits.is_some() {
                past.push((!live_edit).then_some(told));
                if is_lost {
                    past.fill(None);
                }
            } else if let Some(Some(was)) = past.pop() {
                prop_assert_eq!(Told::of(&core), was, "undone");
            } else if !live_edit {
                // Something was done since: nothing is taken off the air, whatever comes back.
                let (then, now) = (&before.1.from.draws, core.clone().tick(0).from.draws);
                prop_assert!(then.iter().all(|draw| now.contains(draw)), "seen on air");
            }
            if edits.is_none() {
                for (id, sound) in core.standing().sounds {
                    let before = sounds.get(&id);
                    prop_assert!(before.is_none_or(|before| *before == sound), "undo moved {}", id);
                }
            }
            let s = snapshot(&core, 0);
            // A transition goes on to where it went, though that has left the show.
            prop_assert!(s.scenes.is_empty()
                || s.transition.state != TransitionState::Idle
                || s.scenes.iter().any(|x| x.id == s.preview));
            let layout = core.clone().tick(0);
            prop_assert!(layout.from.draws.iter().all(|draw| core.uses(draw.source)));
            prop_assert!(core.strips().iter().all(|strip| strip.fader_db.is_finite()));
        }
    }

    #[test]
    fn commands_and_their_answers_come_through_the_door_as_they_went(
        command in command(),
        frame in any::<u64>(),
        id in option::of(any::<u64>()),
    ) {
        let text = serde_json::to_string(&command).unwrap();
        let number = match &command {
            Command::Fader { db, .. } => f64::from(*db),
            Command::TBar { position } => *position,
            _ => 0.0,
        };
        if number.is_finite() {
            prop_assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command.clone());
            let done = Event::Done { command, frame, id };
            let text = serde_json::to_string(&done).unwrap();
            prop_assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), done);
        } else {
            // JSON knows no such number; the command is refused, not misread.
            prop_assert!(serde_json::from_str::<Command>(&text).is_err());
        }
    }

    #[test]
    fn no_text_makes_the_door_panic(text in ".*", cut in any::<Index>(), command in command()) {
        let _ = serde_json::from_str::<Command>(&text);
        let whole = serde_json::to_string(&command).unwrap();
        let end = (0..=cut.index(whole.len())).rev().find(|&i| whole.is_char_boundary(i)).unwrap();
        prop_assert!(serde_json::from_str::<Command>(&whole[..end]).is_err());
    }
}

/// Sound as sources may give it, from silence to nonsense.
fn sample() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -1f32..=1.0,
        1 => -40f32..=40.0,
        1 => any::<f32>(),
        1 => select(vec![f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::NAN, f32::INFINITY, 0.0]),
    ]
}

/// One packet of a source: its samples (repeated to fill it), its length, and how far its time is
/// from where the one before ended.
fn packet() -> impl Strategy<Value = (Vec<f32>, usize, i64)> {
    let gap = prop_oneof![
        12 => Just(0i64),
        2 => -30_000_000i64..30_000_000,
        1 => -4 * NS_PER_S..4 * NS_PER_S,
        1 => select(vec![-3600 * NS_PER_S, 3600 * NS_PER_S]),
    ];
    (vec(sample(), 1..8), 1usize..2000, gap)
}

fn order() -> impl Strategy<Value = (i64, u32, Vec<(f32, f32)>, f32)> {
    let gains = (-110f32..=10.0).prop_map(db_to_gain);
    (
        -1000i64..3000,
        prop_oneof![0u32..2000, any::<u32>()],
        vec((gains, 0f32..=1.0), 4),
        0f32..=1.0,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_the_program_is_finite_and_below_the_ceiling(
        live in vec(any::<bool>(), 1..4),
        packets in vec(packet(), 40),
        orders in vec(option::of(order()), 60),
    ) {
        let meters = Arc::new(Meters::new(live.len()));
        let (mut writers, tracks): (Vec<_>, Vec<_>) = live
            .iter()
            .map(|&live| {
                let (writer, reader) = sound_ring();
                ((writer, 0i64), Track::new(reader, live))
            })
            .unzip();
        let mut mixer = Mixer::new(live.len(), meters.clone());
        for (slot, track) in tracks.into_iter().enumerate() {
            mixer.put(slot, Some(Box::new(Strip::new(track))));
        }
        let mut packets = packets.iter().cycle();
        let mut last = 0;
        for (k, order) in orders.into_iter().enumerate() {
            if let Some((offset, ramp, gains, program)) = order {
                let position = mixer.position().saturating_add_signed(offset).max(last);
                last = position;
                let strips = gains
                    .iter()
                    .take(live.len())
                    .map(|&(fader, follow)| StripGain::in_program(fader, follow))
                    .collect();
                mixer.order(Order {
                    position,
                    ramp,
                    strips,
                    settings: Vec::new(),
                    buses: BusGains { program, ..BusGains::default() },
                });
            }
            for (writer, time) in &mut writers {
                let due = block_start(((k + 8) * BLOCK) as u64);
                for _ in 0..20 {
                    if *time > due {
                        break;
                    }
                    let Some((samples, length, gap)) = packets.next() else { break };
                    let sound: Vec<f32> =
                        samples.iter().cycle().take(length * CHANNELS).copied().collect();
                    *time += gap;
                    writer.push(&sound, *time, gap.abs() > NS_PER_S);
                    *time += *length as i64 * NS_PER_S / 48_000;
                }
            }
            let block = mixer.block();
            prop_assert_eq!(block.samples.len(), BLOCK * CHANNELS);
            for sample in &block.samples {
                prop_assert!(sample.abs() <= CEILING, "{sample} in block {k}");
            }
            for strip in 0..live.len() {
                let level = meters.take(strip);
                let readings = level.peak_db.iter().chain(&level.rms_db);
                prop_assert!(readings.clone().all(|db| (-100.0..200.0).contains(db)), "{level:?}");
                prop_assert!(meters.offset(strip).is_finite());
            }
            let (level, reduction) = meters.take_program();
            prop_assert!(level.peak_db.iter().all(|db| (-100.0..0.0).contains(db)), "{level:?}");
            prop_assert!((0.0..=100.0).contains(&reduction), "{reduction}");
        }
    }
}
