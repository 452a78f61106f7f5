//! Sequences of commands on frame numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::known::Known;
use super::shown::Length;
use crate::data::Rows;
use crate::door::{
    Command, CueState, KeyChange, KeyState, RundownAction, Snapshot, Tally, TitleStatus,
};
use crate::engine::cast::Cast;
use crate::engine::core::{Core, Observed};
use crate::engine::refusal::Refusal;
use crate::show::{Fill, Layer, Show};
use crate::video::{Over, Overlaid, TitleKey};

const SHOW: &str = r#"(version: 1, name: "x", sources: [
        (id: "a", kind: Test(pattern: Bars)), (id: "b", kind: Test(pattern: Ball)),
        (id: "c", kind: Test(pattern: Ball)),
    ],
    transition: (kind: Mix, frames: 4),
    titles: [
        (id: "lower", template: "lower-third.svg", fields: {"name": "Host"}),
        (id: "bug", template: "logo-bug.svg", key: 2),
        (id: "quote", template: "quote.svg"),
    ],
    keys: [(frames: 3)],
    rundown: [
        (id: "q1", title: "lower", fields: {"name": "One"}),
        (id: "q2", title: "lower", fields: {"name": "Two"}),
        (id: "q3", title: "quote"),
    ])"#;

fn show(text: &str) -> Show {
    crate::show::parse(std::path::Path::new("x.ron"), text).unwrap()
}

/// A core whose titles are ready as soon as they are asked for, unless it is told otherwise.
struct Studio {
    core: Core,
    frame: u64,
    length: Length,
    /// What else is known of them.
    known: Known,
    /// What is seen in the frame last made.
    over: Vec<Overlaid>,
}

impl Studio {
    fn of(text: &str) -> Self {
        let mut studio = Self {
            core: Core::new(Arc::new(Cast::opened(show(text), 0))),
            frame: 100,
            length: Length {
                in_frames: Some(5),
                out_frames: Some(4),
                ..Length::default()
            },
            known: Known::default(),
            over: Vec::new(),
        };
        studio.make_ready();
        studio
    }

    fn new() -> Self {
        Self::of(SHOW)
    }

    fn make_ready(&mut self) {
        let wanted = self.core.titles_wanted().into_iter();
        let lengths = wanted.map(|(id, filling)| {
            let key = TitleKey {
                id,
                filling: filling.number,
            };
            (key, self.length.clone())
        });
        let lengths = lengths.collect();
        self.core.know_titles(Known {
            lengths,
            ..self.known.clone()
        });
    }

    /// Says something, has what it needs made ready, and makes the frame.
    fn says(&mut self, command: Command) {
        self.core.apply(&command).unwrap();
        self.make_ready();
        self.tick();
    }

    fn refuses(&mut self, command: Command) -> Refusal {
        self.core.apply(&command).unwrap_err()
    }

    fn tick(&mut self) {
        self.frame += 1;
        self.over = self.core.tick(self.frame).over;
    }

    fn ticks(&mut self, many: u64) {
        for _ in 0..many {
            self.tick();
        }
    }

    fn snapshot(&self) -> Snapshot {
        self.core.snapshot(self.frame, Observed::default())
    }

    fn title(&self, id: &str) -> TitleStatus {
        let mut titles = self.snapshot().titles.into_iter();
        titles.find(|title| title.id == id).unwrap()
    }

    fn state(&self, key: usize) -> KeyState {
        self.snapshot().keys[key - 1].state
    }

    /// The names that are seen, with the age of their titles and the frames since they began to go.
    fn seen(&self) -> Vec<(String, u32, Option<u32>)> {
        let seen = self.over.iter().filter_map(|over| match &over.what {
            Over::Title { key, pose } => Some((key.id.clone(), pose.age, pose.leaving)),
            Over::Stage(_) => None,
        });
        seen.collect()
    }

    fn opacities(&self) -> Vec<f64> {
        let rounded = |over: &Overlaid| (over.opacity * 100.0).round() / 100.0;
        self.over.iter().map(rounded).collect()
    }
}

fn title(title: &str, on: Option<bool>, fields: &[(&str, &str)]) -> Command {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Command::Title {
        title: title.to_owned(),
        on,
        cut: false,
        fields: fields.iter().map(owned).collect(),
        row: None,
        step: None,
    }
}

fn on(id: &str) -> Command {
    title(id, Some(true), &[])
}

fn off(id: &str) -> Command {
    title(id, Some(false), &[])
}

fn key(key: usize) -> KeyChange {
    KeyChange {
        key,
        ..KeyChange::default()
    }
}

fn fields(name: &str) -> BTreeMap<String, String> {
    [("name".to_owned(), name.to_owned())].into()
}

#[test]
fn a_title_comes_in_the_frame_of_its_command_and_has_gone_behind_its_last() {
    let mut studio = Studio::new();
    studio.says(on("lower"));
    assert_eq!(studio.seen(), [("lower".to_owned(), 0, None)]);
    assert_eq!(studio.title("lower").tally, Tally::Program);
    studio.ticks(9);
    assert_eq!(studio.seen(), [("lower".to_owned(), 9, None)]);
    studio.says(off("lower"));
    assert_eq!(studio.seen(), [("lower".to_owned(), 10, Some(0))]);
    assert_eq!(studio.state(1), KeyState::Leaves);
    studio.ticks(3);
    assert_eq!(studio.seen(), [("lower".to_owned(), 13, Some(3))]);
    studio.tick();
    assert_eq!(studio.seen(), []);
    assert_eq!(studio.state(1), KeyState::Off);
}

#[test]
fn a_title_that_is_not_ready_is_late_alone_and_one_that_is_called_back_never_comes() {
    let mut studio = Studio::new();
    let late = title("lower", Some(true), &[("name", "Zoé")]);
    studio.core.apply(&late).unwrap();
    studio.ticks(7);
    assert_eq!((studio.seen(), studio.state(1)), (vec![], KeyState::Waits));
    assert!(studio.title("lower").waits);
    studio.make_ready();
    studio.tick();
    assert_eq!(studio.seen(), [("lower".to_owned(), 0, None)]);

    let mut studio = Studio::new();
    studio.core.apply(&late).unwrap();
    studio.tick();
    studio.core.apply(&off("lower")).unwrap();
    studio.tick();
    studio.make_ready();
    studio.tick();
    assert_eq!((studio.seen(), studio.state(1)), (vec![], KeyState::Off));
}

#[test]
fn one_that_cannot_be_had_does_not_come_when_it_is_mended() {
    let mut studio = Studio::new();
    let broken = title("lower", Some(true), &[("name", "Zoé")]);
    studio.core.apply(&broken).unwrap();
    studio.tick();
    let wanted = studio.core.titles_wanted();
    let keys = wanted.iter().map(|(id, filling)| TitleKey {
        id: id.clone(),
        filling: filling.number,
    });
    studio.core.know_titles(Known {
        broken: keys.map(|key| (key, "no".to_owned())).collect(),
        ..Known::default()
    });
    studio.tick();
    assert_eq!(studio.state(1), KeyState::Off);
    studio.make_ready();
    studio.ticks(3);
    assert_eq!(studio.seen(), []);
}

#[test]
fn one_that_is_known_to_be_broken_is_refused_and_nothing_changes() {
    let mut studio = Studio::new();
    let next = |studio: &Studio, id: &str| {
        let mut wanted = studio.core.titles_wanted().into_iter();
        let filling = wanted.rfind(|(other, _)| other == id).unwrap().1.number;
        TitleKey {
            id: id.to_owned(),
            filling,
        }
    };
    let broken = [(next(&studio, "lower"), "no such picture".to_owned())];
    studio.core.know_titles(Known {
        broken: broken.into(),
        unread: [("quote".to_owned(), "no such template".to_owned())].into(),
        ..Known::default()
    });
    let refused = |studio: &mut Studio, command: Command| match studio.core.apply(&command) {
        Err(Refusal::BrokenTitle(why)) => why,
        other => panic!("{command:?}: {other:?}"),
    };
    assert_eq!(refused(&mut studio, on("lower")), "no such picture");
    assert_eq!(refused(&mut studio, on("quote")), "no such template");
    let filled = title("quote", Some(true), &[("quote", "New")]);
    assert_eq!(refused(&mut studio, filled), "no such template");
    assert!(studio.title("quote").next.is_empty());
    let carries = Command::Key(KeyChange {
        on: Some(true),
        fill: Some(Fill::Title("quote".into())),
        ..key(3)
    });
    assert_eq!(refused(&mut studio, carries), "no such template");
    assert_eq!(studio.snapshot().keys[2].set.fill, Fill::None);
    let go = Command::Rundown {
        action: RundownAction::Go,
        cue: Some("q3".into()),
    };
    assert_eq!(refused(&mut studio, go), "no such template");
    // Filled in otherwise it may be sound.
    studio.says(title("lower", Some(true), &[("name", "Zoé")]));
    assert_eq!(studio.state(1), KeyState::On);
}

#[test]
fn what_is_filled_into_no_field_is_refused() {
    let mut studio = Studio::new();
    studio.known.fields = [("lower".to_owned(), vec!["name".into(), "full_role".into()])].into();
    studio.make_ready();
    let command = title("lower", None, &[("nmae", "Zoé")]);
    let refusal = studio.core.apply(&command).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "unknown field \"nmae\": expected one of name, full_role"
    );
    studio.says(title("lower", None, &[("Name", "Zoé"), ("Full Role", "x")]));
    // Nobody knows yet what the others have.
    studio.says(title("quote", None, &[("anything", "x")]));
}

#[test]
fn what_is_edited_on_air_changes_in_one_frame_and_only_when_it_is_taken() {
    let mut studio = Studio::new();
    studio.says(on("lower"));
    studio.ticks(20);
    let aired = |studio: &Studio| studio.title("lower").aired.map(|f| (*f).clone());
    studio.says(title("lower", None, &[("name", "Zo")]));
    studio.says(title("lower", None, &[("name", "Zoé")]));
    assert_eq!(aired(&studio), Some(fields("Host")));
    assert_eq!(*studio.title("lower").next, fields("Zoé"));
    let before = studio.over.clone();
    // What is taken is not ready yet: what is there stays, all of it.
    studio
        .core
        .apply(&title("lower", Some(true), &[("name", "Zoë")]))
        .unwrap();
    studio.tick();
    let filling = |over: &[Overlaid]| match &over[0].what {
        Over::Title { key, .. } => key.filling,
        Over::Stage(_) => 0,
    };
    assert_eq!(filling(&studio.over), filling(&before));
    studio.make_ready();
    studio.tick();
    assert_ne!(filling(&studio.over), filling(&before));
    assert_eq!(aired(&studio), Some(fields("Zoë")));
    assert_eq!(
        studio.seen(),
        [("lower".to_owned(), 24, None)],
        "it did not come again"
    );
}

#[test]
fn another_title_on_the_same_key_comes_while_the_first_goes() {
    let mut studio = Studio::new();
    studio.says(on("lower"));
    studio.ticks(10);
    studio.says(on("quote"));
    let both = [
        ("lower".to_owned(), 11, Some(0)),
        ("quote".to_owned(), 0, None),
    ];
    assert_eq!(studio.seen(), both);
    assert_eq!(studio.title("lower").tally, Tally::Off);
    studio.ticks(4);
    assert_eq!(studio.seen(), [("quote".to_owned(), 4, None)]);
    for _ in 0..20 {
        studio.says(on("lower"));
        studio.says(on("quote"));
        assert!(studio.over.len() <= 4);
    }
}

#[test]
fn what_has_no_motion_fades_and_a_cut_does_not() {
    let mut studio = Studio::new();
    studio.length = Length::default();
    studio.make_ready();
    let opacities = |studio: &mut Studio, many: usize| -> Vec<f64> {
        let mut all = Vec::new();
        for _ in 0..many {
            all.extend(studio.opacities());
            studio.tick();
        }
        all
    };
    studio.says(on("lower"));
    assert_eq!(opacities(&mut studio, 5), [0.25, 0.5, 0.75, 1.0, 1.0]);
    studio.says(off("lower"));
    // All of it fades: none of its parts goes by itself.
    assert_eq!(studio.seen(), [("lower".to_owned(), 6, None)]);
    assert_eq!(opacities(&mut studio, 5), [0.75, 0.5, 0.25]);
    // One whose template says that it cuts does not fade.
    (studio.length.in_frames, studio.length.out_frames) = (Some(0), Some(0));
    studio.make_ready();
    studio.says(on("lower"));
    assert_eq!(studio.opacities(), [1.0]);
    studio.says(off("lower"));
    assert!(studio.opacities().is_empty());
    studio.says(Command::Key(KeyChange {
        on: Some(true),
        fill: Some(Fill::Source(Box::new(Layer::full("b")))),
        ..key(1)
    }));
    assert_eq!(studio.opacities(), [1.0]);
    assert_eq!(studio.snapshot().sources[1].tally, Tally::Program);
    studio.says(Command::KeyAuto { key: 1 });
    assert_eq!(opacities(&mut studio, 4), [0.75, 0.5, 0.25]);
    studio.says(Command::KeyAuto { key: 1 });
    assert_eq!(studio.opacities(), [0.25]);
    studio.says(Command::Key(KeyChange {
        on: Some(false),
        ..key(1)
    }));
    assert!(studio.opacities().is_empty());
}

#[test]
fn tied_keys_come_with_the_transition_and_go_with_the_next() {
    let mut studio = Studio::new();
    studio.says(Command::Key(KeyChange {
        tie: Some(true),
        fill: Some(Fill::Title("bug".to_owned())),
        ..key(2)
    }));
    assert_eq!(studio.title("bug").tally, Tally::Preview);
    assert_eq!(
        studio.core.downstream().previewed(studio.core.cast()).len(),
        1
    );
    studio.says(Command::Auto {});
    let mut way = studio.opacities();
    for _ in 0..5 {
        studio.tick();
        way.extend(studio.opacities());
    }
    assert_eq!(way, [0.2, 0.4, 0.6, 0.8, 1.0, 1.0]);
    assert!(
        studio
            .core
            .downstream()
            .previewed(studio.core.cast())
            .is_empty()
    );
    // A cut takes it off, and the next puts it on.
    studio.says(Command::Cut {});
    assert!(studio.opacities().is_empty());
    studio.says(Command::Cut {});
    assert_eq!(studio.opacities(), [1.0]);
    // A hot cut changes the background alone.
    let c = "c".to_owned();
    studio.says(Command::Program { scene: c });
    assert_eq!(studio.opacities(), [1.0]);
    // The bar goes up, back, and up to its end.
    studio.says(Command::TBar { position: 0.25 });
    assert_eq!(studio.opacities(), [0.75]);
    studio.says(Command::TBar { position: 0.0 });
    assert_eq!(studio.opacities(), [1.0]);
    studio.says(Command::TBar { position: 0.5 });
    studio.says(Command::TBar { position: 1.0 });
    assert!(studio.opacities().is_empty());
    // Brought half way and given up it is not there.
    studio.says(Command::TBar { position: 0.0 });
    studio.says(Command::TBar { position: 0.5 });
    assert_eq!(studio.opacities(), [0.5]);
    let a = "a".to_owned();
    studio.says(Command::Program { scene: a });
    assert!(studio.opacities().is_empty());
}

#[test]
fn keys_go_by_themselves_after_their_time_and_with_a_take() {
    let mut studio = Studio::new();
    studio.says(Command::Key(KeyChange {
        off_after: Some(20),
        ..key(1)
    }));
    studio.says(on("lower"));
    assert_eq!(studio.snapshot().keys[0].off_at, Some(studio.frame + 20));
    studio.ticks(19);
    assert_eq!(studio.state(1), KeyState::On);
    studio.tick();
    assert_eq!(studio.seen(), [("lower".to_owned(), 20, Some(0))]);
    studio.ticks(10);
    studio.says(Command::Key(KeyChange {
        off_after: Some(0),
        off_on_take: Some(true),
        ..key(1)
    }));
    for take in [
        Command::Cut {},
        Command::Auto {},
        Command::Program {
            scene: "c".to_owned(),
        },
    ] {
        studio.says(on("lower"));
        studio.ticks(30);
        assert_eq!(studio.state(1), KeyState::On);
        studio.says(take);
        assert_eq!(studio.state(1), KeyState::Leaves);
        studio.ticks(20);
    }
    studio.length.lasts = Some(12);
    studio.make_ready();
    studio.says(on("lower"));
    studio.ticks(12);
    assert_eq!(studio.seen(), [("lower".to_owned(), 12, Some(0))]);
}

#[test]
fn the_rundown_goes_from_title_to_title() {
    use CueState::{Done, Next, OnAir, Waits};
    let mut studio = Studio::new();
    let states = |studio: &Studio| -> Vec<CueState> {
        let rundown = studio.snapshot().rundown.into_iter();
        rundown.map(|cue| cue.state).collect()
    };
    let run = |action| Command::Rundown { action, cue: None };
    studio.says(run(RundownAction::Go));
    assert_eq!(states(&studio), [OnAir, Next, Waits]);
    assert_eq!(*studio.title("lower").aired.unwrap(), fields("One"));
    studio.ticks(9);
    // The same title with other words: it changes where it is.
    studio.says(run(RundownAction::Go));
    assert_eq!(states(&studio), [Done, OnAir, Next]);
    assert_eq!(*studio.title("lower").aired.unwrap(), fields("Two"));
    assert_eq!(studio.seen(), [("lower".to_owned(), 10, None)]);
    // Another title on the same key.
    studio.says(run(RundownAction::Go));
    assert_eq!(states(&studio), [Done, Done, OnAir]);
    let both = [
        ("lower".to_owned(), 11, Some(0)),
        ("quote".to_owned(), 0, None),
    ];
    assert_eq!(studio.seen(), both);
    assert!(matches!(
        studio.refuses(run(RundownAction::Go)),
        Refusal::NoCue
    ));
    // Whoever takes it off, it is done.
    studio.says(off("quote"));
    assert_eq!(states(&studio), [Done, Done, Done]);
    studio.says(Command::Rundown {
        action: RundownAction::Select,
        cue: Some("q1".to_owned()),
    });
    assert_eq!(states(&studio), [Next, Done, Done]);
    assert_eq!(*studio.title("lower").next, fields("One"));
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut studio = Studio::new();
    let before = studio.snapshot();
    for command in [
        on("upper"),
        Command::Key(KeyChange {
            on: Some(true),
            ..key(3)
        }),
        Command::KeyAuto { key: 0 },
        Command::KeyAuto { key: 5 },
        Command::Key(KeyChange {
            fill: Some(Fill::Source(Box::new(Layer::full("z")))),
            ..key(1)
        }),
        Command::Key(KeyChange {
            tie: Some(true),
            frames: Some(1001),
            ..key(1)
        }),
        Command::Title {
            title: "lower".to_owned(),
            on: Some(true),
            cut: false,
            fields: fields("x"),
            row: Some(1),
            step: None,
        },
        title("lower", None, &[("name", &"x".repeat(4001))]),
        Command::Rundown {
            action: RundownAction::Go,
            cue: Some("q9".to_owned()),
        },
    ] {
        let refusal = studio.refuses(command).to_string();
        assert!(refusal.contains("expected"), "{refusal}");
    }
    assert_eq!(studio.snapshot(), before);
}

#[test]
fn an_engine_that_was_started_again_goes_on_where_the_first_was() {
    let mut studio = Studio::new();
    studio.says(title("lower", Some(true), &[("name", "Zoé")]));
    studio.says(Command::Rundown {
        action: RundownAction::Next,
        cue: None,
    });
    studio.says(Command::Key(KeyChange {
        on: Some(true),
        tie: Some(true),
        fill: Some(Fill::Source(Box::new(Layer::full("c")))),
        ..key(3)
    }));
    studio.ticks(7);
    let text = serde_json::to_string(&studio.core.journal()).unwrap();
    let mut next = Studio::new();
    next.core.restore(&serde_json::from_str(&text).unwrap());
    next.make_ready();
    next.frame = studio.frame;
    studio.tick();
    next.tick();
    assert_eq!(next.over, studio.over);
    let told = |studio: &Studio| {
        let snapshot = studio.snapshot();
        (snapshot.keys, snapshot.titles, snapshot.rundown)
    };
    assert_eq!(told(&next), told(&studio));
    // What is filled in next has a number that no other filling had.
    let used: Vec<u64> = next
        .core
        .titles_wanted()
        .iter()
        .map(|(_, f)| f.number)
        .collect();
    next.says(title("lower", None, &[("name", "Ann")]));
    let new = next.core.downstream().next("lower").unwrap().filling;
    assert!(!used.contains(&new));
}

#[test]
fn an_edit_leaves_what_is_on_air_and_fills_what_is_next() {
    use crate::engine::core::{Brings, Leaving};
    let mut studio = Studio::new();
    studio.says(on("lower"));
    let edited = SHOW
        .replace("Host", "Guest")
        .replace("frames: 3", "frames: 9");
    let cast = studio
        .core
        .cast()
        .next(Arc::new(show(&edited)), |_| false)
        .unwrap();
    let (leaving, brings) = (Leaving::Refused, Brings::default());
    studio
        .core
        .recast(Arc::new(cast), leaving, &brings)
        .unwrap();
    studio.make_ready();
    studio.tick();
    let lower = studio.title("lower");
    assert_eq!(lower.aired.as_deref(), Some(&fields("Host")));
    assert_eq!(*lower.next, fields("Guest"));
    assert_eq!(studio.snapshot().keys[0].set.frames, 9);
    // A source that is on a key is on air.
    studio.says(Command::Key(KeyChange {
        on: Some(true),
        fill: Some(Fill::Source(Box::new(Layer::full("c")))),
        ..key(4)
    }));
    let mut without = show(SHOW);
    without.sources.pop();
    let cast = studio
        .core
        .cast()
        .next(Arc::new(without), |_| false)
        .unwrap();
    let refused = studio.core.recast(Arc::new(cast), leaving, &brings);
    assert!(matches!(refused, Err(Refusal::OnAir(source)) if source == "c"));
}

#[test]
fn what_is_filled_in_by_hand_is_saved() {
    let mut studio = Studio::new();
    studio.says(title("lower", None, &[("name", "Zoé")]));
    studio.says(Command::Key(KeyChange {
        tie: Some(true),
        ..key(2)
    }));
    let saved = studio.core.standing().written_into(studio.core.show());
    assert_eq!(saved.titles[0].fields, fields("Zoé"));
    assert!(saved.keys[1].tie);
    let untouched = Studio::new();
    let standing = untouched.core.standing();
    assert_eq!(standing.written_into(untouched.core.show()), show(SHOW));
}

/// A show with a title of each kind from a table, and rows of these names.
fn with_table(names: &[&str]) -> Studio {
    let text = r#"(version: 1, name: "x", sources: [(id: "a", kind: Test(pattern: Bars))],
        tables: [(id: "people", from: File("people.csv"))],
        titles: [
            (id: "lower", template: "lower-third.svg", table: "people"),
            (id: "score", template: "lower-third.svg", table: "people", follow: true, key: 2),
            (id: "bug", template: "logo-bug.svg", key: 3),
        ],
        rundown: [(id: "second", title: "lower", row: Some(2))])"#;
    let mut studio = Studio::of(text);
    studio.reads(names);
    studio
}

fn row(title: &str, row: Option<usize>, step: Option<i32>) -> Command {
    Command::Title {
        title: title.to_owned(),
        on: None,
        cut: false,
        fields: BTreeMap::new(),
        row,
        step,
    }
}

impl Studio {
    fn reads(&mut self, names: &[&str]) {
        let cells = |name: &&str| vec![(*name).to_owned(), format!("{name}'s role")];
        let rows = Rows {
            columns: vec!["name".to_owned(), "role".to_owned()],
            rows: names.iter().map(cells).collect(),
        };
        let tables = [("people".to_owned(), Arc::new(rows))];
        self.core.know_tables(tables.into());
        self.make_ready();
        self.tick();
    }

    fn next_name(&self, id: &str) -> String {
        self.title(id).next["name"].clone()
    }

    fn aired_name(&self, id: &str) -> Option<String> {
        self.title(id).aired.map(|aired| aired["name"].clone())
    }
}

#[test]
fn rows_are_chosen_one_after_the_other() {
    let mut studio = with_table(&["Ann", "Ben", "Zoé"]);
    assert_eq!(studio.title("lower").row, None);
    // The first is next where none was chosen.
    studio.says(row("lower", None, Some(1)));
    assert_eq!(
        (
            studio.next_name("lower").as_str(),
            studio.title("lower").row
        ),
        ("Ann", Some(1))
    );
    studio.says(row("lower", None, Some(2)));
    assert_eq!(studio.next_name("lower"), "Zoé");
    assert_eq!(studio.title("lower").next["role"], "Zoé's role");
    let beyond = studio.refuses(row("lower", None, Some(1)));
    assert!(
        beyond.to_string().contains("no row 4: expected 1 to 3"),
        "{beyond}"
    );
    studio.says(row("lower", None, Some(-9)));
    assert_eq!(studio.next_name("lower"), "Ann");
    for (wrong, why) in [
        (row("lower", Some(0), None), "no row 0"),
        (row("bug", Some(1), None), "has no table"),
    ] {
        let refusal = studio.refuses(wrong).to_string();
        assert!(refusal.contains(why), "{refusal}");
    }
    // A cue takes its row, and what is filled in by hand goes before it.
    let second = Command::Rundown {
        action: RundownAction::Go,
        cue: None,
    };
    studio.says(second);
    assert_eq!(studio.aired_name("lower").as_deref(), Some("Ben"));
    studio.says(title("lower", Some(true), &[("name", "Benjamin")]));
    assert_eq!(studio.aired_name("lower").as_deref(), Some("Benjamin"));
    assert_eq!(studio.title("lower").aired.unwrap()["role"], "Ben's role");
}

#[test]
fn what_changes_in_a_table_waits_for_the_take_or_follows() {
    let mut studio = with_table(&["Ann", "Ben", "Zoé"]);
    for id in ["lower", "score"] {
        studio.says(row(id, Some(2), None));
        studio.says(on(id));
    }
    let names = |studio: &Studio| ["lower", "score"].map(|id| studio.aired_name(id).unwrap());
    assert_eq!(names(&studio), ["Ben", "Ben"]);
    // Somebody puts a row before them: it is the same row.
    studio.reads(&["Eve", "Ann", "Ben", "Zoé"]);
    assert_eq!(
        (names(&studio), studio.title("lower").row),
        (["Ben", "Ben"].map(str::to_owned), Some(3))
    );
    // Its name is written otherwise.
    studio.reads(&["Eve", "Ann", "Benny", "Zoé"]);
    assert_eq!(names(&studio), ["Ben", "Benny"]);
    assert_eq!(studio.next_name("lower"), "Benny");
    // What is chosen for the next take stays off the air of the one that follows.
    studio.says(row("score", Some(1), None));
    studio.reads(&["Eva", "Ann", "Benny", "Zoé"]);
    assert_eq!(
        (
            names(&studio)[1].as_str(),
            studio.next_name("score").as_str()
        ),
        ("Benny", "Eva")
    );
    // A row that is gone stays as it was read last.
    studio.reads(&[]);
    assert_eq!(
        (
            names(&studio)[0].as_str(),
            studio.next_name("lower").as_str()
        ),
        ("Ben", "Benny")
    );
}

#[test]
fn a_source_on_a_key_is_heard_as_it_is_seen() {
    let mut studio = Studio::of(SHOW);
    let heard = |studio: &Studio, id: &str| {
        let slot = studio.core.cast().slot(id).unwrap();
        studio.core.gains()[slot].follow
    };
    let key = |on| {
        Command::Key(KeyChange {
            key: 1,
            on: Some(on),
            fill: Some(Fill::Source(Box::new(Layer::full("c")))),
            ..KeyChange::default()
        })
    };
    studio.says(key(true));
    assert_eq!((heard(&studio, "a"), heard(&studio, "c")), (1.0, 1.0));
    // Its key fades in three frames, and its sound with it.
    studio.says(Command::KeyAuto { key: 1 });
    let mut steps = vec![heard(&studio, "c")];
    for _ in 0..4 {
        studio.tick();
        steps.push(heard(&studio, "c"));
    }
    assert!(steps[0] > steps[1] && steps[1] > 0.0, "{steps:?}");
    assert_eq!(steps[4], 0.0, "{steps:?}");
    // AFV off is off here too.
    let off = Command::Afv {
        source: "c".to_owned(),
        mode: crate::show::Afv::Off,
    };
    studio.says(off);
    studio.says(key(true));
    assert_eq!(heard(&studio, "c"), 0.0);
}
