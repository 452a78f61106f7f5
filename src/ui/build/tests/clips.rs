//! Clips, stingers and the holding slate in the panels that change them.

use super::*;
use crate::door::{ClipStatus, StingerState, StingerStatus};
use crate::show::{AtEnd, Hold, Play, Stinger};

/// A source that is a clip with everything set, and its sister as it comes.
fn with_clip() -> Show {
    let mut show = show();
    show.sources[1].kind = SourceKind::File {
        path: "opening.mp4".to_owned(),
        looped: false,
        at_end: AtEnd::Rewind,
        play: Play::OnTake,
        in_s: Some(1.5),
        out_s: Some(20.0),
    };
    show
}

fn clip_of(sent: &[Command]) -> (String, AtEnd, Play, Option<f64>, Option<f64>) {
    let source = source_of(sent);
    let at_end = source.kind.at_end();
    match source.kind {
        SourceKind::File {
            path,
            play,
            in_s,
            out_s,
            ..
        } => (path, at_end, play, in_s, out_s),
        other => panic!("{other:?}"),
    }
}

fn choose(window: &mut Window, what: &str, which: &str) -> Vec<Command> {
    window.get_by_label(what).click();
    turn(window);
    click(window, which)
}

#[test]
fn each_setting_of_a_clip_leaves_the_others_alone() {
    let (mut window, _) = window(Panel::Inspector, with_clip(), looks_at_source);
    let sent = choose(&mut window, "At its end", "Plays again (loop)");
    let path = || "opening.mp4".to_owned();
    let (on_take, begins, ends) = (Play::OnTake, Some(1.5), Some(20.0));
    assert_eq!(clip_of(&sent), (path(), AtEnd::Loop, on_take, begins, ends));
    let sent = choose(&mut window, "At its end", "Black");
    assert_eq!(
        clip_of(&sent),
        (path(), AtEnd::Black, on_take, begins, ends)
    );
    let sent = choose(&mut window, "Plays", "Always, on air or not");
    let always = Play::Always;
    assert_eq!(clip_of(&sent), (path(), AtEnd::Black, always, begins, ends));
    let sent = type_number(&mut window, "In point", "2.25");
    let begins = Some(2.25);
    assert_eq!(clip_of(&sent), (path(), AtEnd::Black, always, begins, ends));
    let sent = click(&mut window, "No out point: to its end");
    assert_eq!(clip_of(&sent), (path(), AtEnd::Black, always, begins, None));
    assert!(
        window.query_by_label("to its end").is_some(),
        "its length is unknown"
    );
}

#[test]
fn points_are_set_where_the_clip_stands_and_never_the_wrong_way_round() {
    let (mut window, door) = window(Panel::Inspector, with_clip(), looks_at_source);
    door.change(|s| {
        s.sources[1].clip = Some(ClipStatus {
            position_s: 12.345_678,
            length_s: Some(43.0),
            ..ClipStatus::default()
        });
    });
    turn(&mut window);
    let sent = click(&mut window, "In point where the clip stands");
    assert_eq!(clip_of(&sent).3, Some(12.346));
    let sent = click(&mut window, "No out point: to its end");
    assert_eq!(clip_of(&sent).4, None);
    door.change(|s| s.sources[1].clip.as_mut().unwrap().position_s = 3.0);
    turn(&mut window);
    assert_eq!(click(&mut window, "Out point where the clip stands"), []);
    let wrong = "3 is not behind the clip's start at 12.346";
    assert!(window.query_by_label_contains(wrong).is_some());
    door.change(|s| s.sources[1].clip.as_mut().unwrap().position_s = 30.0);
    turn(&mut window);
    let sent = click(&mut window, "Out point where the clip stands");
    assert_eq!(clip_of(&sent).4, Some(30.0));
    assert!(window.query_by_label_contains(wrong).is_none());
}

/// Draws until the errand that was started is back.
fn fetched(window: &mut Window) -> Vec<Command> {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let sent = turn(window);
        if !sent.is_empty() {
            return sent;
        }
        assert!(std::time::Instant::now() < until, "nothing was sent");
        std::thread::yield_now();
    }
}

fn chooses(path: &str) -> impl FnOnce(&mut Build) + use<> {
    let path = PathBuf::from(path);
    move |build| build.files = Arc::new(Chooses(vec![path]))
}

#[test]
fn a_clips_file_is_chosen_and_its_settings_stay() {
    let (mut window, _) = window(Panel::Inspector, with_clip(), |build| {
        looks_at_source(build);
        chooses("/clips/other.mov")(build);
    });
    window.get_by_label("Choose another file…").click();
    let (path, at_end, play, in_s, _) = clip_of(&fetched(&mut window));
    assert_eq!(path, "/clips/other.mov");
    assert_eq!(
        (at_end, play, in_s),
        (AtEnd::Rewind, Play::OnTake, Some(1.5))
    );
}

fn sting(id: &str, label: &str) -> Stinger {
    Stinger {
        id: id.to_owned(),
        label: label.to_owned(),
        path: format!("{id}.webm"),
        cut_frame: 12,
        level_db: 0.0,
    }
}

fn stinger_of(sent: &[Command]) -> Stinger {
    match &edits(sent)[..] {
        [
            Edit::Set {
                item: Item::Stinger(stinger),
                ..
            }
            | Edit::Add {
                item: Item::Stinger(stinger),
                ..
            },
        ] => stinger.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stinger_is_added_from_a_file_renamed_and_removed() {
    let (mut window, _) = window(Panel::Scenes, show(), chooses("/clips/Logo fly.webm"));
    click(&mut window, "Stingers");
    click(&mut window, "Choose a clip with transparency…");
    let first = window.state().show.stingers.clone();
    let first = if first.is_empty() {
        stinger_of(&fetched(&mut window))
    } else {
        first[0].clone()
    };
    assert_eq!(first.label, "Logo fly");
    assert_eq!(first.path, "/clips/Logo fly.webm");
    assert_eq!(
        window.state().build.chosen,
        Chosen::Stinger(first.id.clone())
    );
    // A second one, by its path.
    click(&mut window, "New stinger");
    window.get_by_label("Path of a stinger").focus();
    turn(&mut window);
    window
        .get_by_label("Path of a stinger")
        .type_text("sting-%03d.png");
    window.step();
    window.key_press(Key::Enter);
    let second = stinger_of(&turn(&mut window));
    assert_eq!(
        (second.label.as_str(), second.path.as_str()),
        ("sting", "sting-%03d.png")
    );
    let sent = click(&mut window, "Remove");
    let gone = Edit::Remove {
        kind: ItemKind::Stinger,
        id: second.id,
    };
    assert_eq!(edits(&sent), [gone]);
}

fn looks_at_stinger(build: &mut Build) {
    build.chosen = Chosen::Stinger("logo".to_owned());
}

#[test]
fn a_stinger_says_how_it_does_and_its_cut_and_level_are_set() {
    let mut show = show();
    show.stingers = vec![sting("logo", "Logo")];
    let (mut window, door) = window(Panel::Inspector, show, looks_at_stinger);
    let status = |state, message: &str, frames| StingerStatus {
        id: "logo".to_owned(),
        label: "Logo".to_owned(),
        state,
        message: message.to_owned(),
        frames,
    };
    for (state, message, frames, said) in [
        (
            StingerState::Reading,
            "",
            None,
            "being read; a mix is made meanwhile",
        ),
        (StingerState::Broken, "no file", None, "broken: no file"),
        (StingerState::Ready, "", Some(36), "ready, 36 frames"),
    ] {
        door.change(|s| s.stingers = vec![status(state, message, frames)]);
        turn(&mut window);
        assert!(window.query_by_label(said).is_some(), "{said}");
    }
    let sent = type_number(&mut window, "Cut at frame", "20");
    assert_eq!(stinger_of(&sent).cut_frame, 20);
    let sent = type_number(&mut window, "Cut at frame", "50");
    assert_eq!(stinger_of(&sent).cut_frame, 35, "it has no more pictures");
    let sent = type_number(&mut window, "Level", "-6");
    let now = stinger_of(&sent);
    assert_eq!((now.cut_frame, now.level_db), (35, -6.0));
    let sent = click(&mut window, "AUTO makes this stinger");
    let mut wanted = Command::transition(crate::show::TransitionKind::Stinger, 15);
    if let Command::Transition { stinger, .. } = &mut wanted {
        *stinger = Some("logo".to_owned());
    }
    assert_eq!(sent, [wanted]);
    // A path that is no path is told, and nothing is sent.
    window.get_by_label("Path of a stinger").focus();
    turn(&mut window);
    for _ in 0.."logo.webm".len() {
        window.key_press(Key::Backspace);
        window.step();
    }
    window.key_press(Key::Enter);
    assert_eq!(turn(&mut window), []);
    assert!(
        window
            .query_by_label_contains("the path is empty")
            .is_some()
    );
}

#[test]
fn a_scenes_own_stinger_is_one_of_the_shows() {
    let mut show = show();
    show.stingers = vec![sting("logo", "Logo"), sting("star", "Star")];
    let (mut window, _) = window(Panel::Inspector, show, looks_at("duo"));
    let sent = choose(&mut window, "Transition", "Stinger");
    let style = scene_of(&sent).transition.unwrap();
    assert_eq!(style.stinger, "logo", "the first, for it named none");
    let sent = choose(&mut window, "Stinger to this scene", "Star");
    assert_eq!(scene_of(&sent).transition.unwrap().stinger, "star");
}

#[test]
fn the_holding_slate_has_a_text_a_picture_and_a_sound() {
    let (mut window, _) = window(Panel::Inspector, show(), |build| {
        build.chosen = Chosen::Hold;
        chooses("soon.png")(build);
    });
    let hold = |sent: &[Command]| match &edits(sent)[..] {
        [Edit::Hold(hold)] => hold.clone(),
        other => panic!("{other:?}"),
    };
    window.get_by_label("Text").focus();
    turn(&mut window);
    window.get_by_label("Text").type_text("!");
    window.step();
    window.key_press(Key::Enter);
    let text = "Back soon!".to_owned();
    let mut wanted = Hold {
        text,
        ..Hold::default()
    };
    assert_eq!(hold(&turn(&mut window)), wanted);
    window.get_by_label("Choose a picture…").click();
    wanted.picture = Some("soon.png".to_owned());
    assert_eq!(hold(&fetched(&mut window)), wanted);
    wanted.source = Some("ann".to_owned());
    assert_eq!(hold(&choose(&mut window, "Heard with it", "Ann")), wanted);
    wanted.picture = None;
    assert_eq!(
        hold(&click(&mut window, "No picture: the text alone")),
        wanted
    );
}

#[test]
fn the_slates_panel_says_when_it_is_over_the_program() {
    let (mut window, door) = window(Panel::Inspector, show(), |build| {
        build.chosen = Chosen::Hold;
    });
    let live = "It is over the program: changes are seen at once.";
    assert!(window.query_by_label(live).is_none());
    door.change(|s| s.hold = true);
    turn(&mut window);
    assert!(window.query_by_label(live).is_some());
}
