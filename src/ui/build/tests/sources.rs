//! The list of sources, and what is set of one.

use super::*;

#[test]
fn a_refusal_stays_with_what_it_was_about() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    window.state_mut().refuses = Some("somebody else was quicker".to_owned());
    click(&mut window, "Side by side, cropped");
    let is_said = |window: &Window| {
        let refusal = window.query_by_label("somebody else was quicker");
        refusal.is_some()
    };
    assert!(is_said(&window));
    turn(&mut window);
    assert!(is_said(&window), "it stays to be read");
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    assert!(!is_said(&window), "another panel");
}

#[test]
fn a_source_on_air_is_removed_by_a_second_press_at_the_same_place() {
    let (mut window, door) = window(Panel::Sources, show(), |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    let place = window.get_by_label("Remove").rect();
    assert_eq!(click(&mut window, "Remove"), []);
    // It is said beside the pointer too.
    let again = "ON AIR: again to remove";
    assert_eq!(window.query_all_by_label(again).count(), 2);
    let button = window.get_by_role_and_label(Role::Button, again);
    assert_eq!(button.rect(), place);
    button.click();
    let sent = turn(&mut window);
    let remove = Edit::Remove {
        kind: ItemKind::Source,
        id: "cam".to_owned(),
    };
    assert!(matches!(&sent[..], [Command::Edit { on_air: true, .. }]));
    assert_eq!(edits(&sent), [remove]);
    // One that is not on air goes at once.
    door.change(|s| s.sources[1].tally = Tally::Off);
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    let sent = click(&mut window, "Remove");
    // The show is empty then, and looks for cameras.
    let [Command::Edit { on_air: false, .. }, Command::Devices {}] = &sent[..] else {
        panic!("{sent:?}")
    };
}

#[test]
fn sources_are_copied_renamed_and_put_elsewhere() {
    let (mut window, _) = window(Panel::Sources, show(), |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    let copy = added(&click(&mut window, "Duplicate"));
    assert_eq!(
        (copy.id.as_str(), copy.label.as_str()),
        ("stage-2", "Stage 2")
    );
    let moved = edits(&click(&mut window, "Further down"));
    let step = |to| Edit::Move {
        kind: ItemKind::Source,
        id: "cam".to_owned(),
        to,
    };
    assert_eq!(moved, [step(1)]);
    click(&mut window, "Rename");
    window.get_by_label("New name").type_text("Hall");
    turn(&mut window);
    window.key_press(Key::Enter);
    let sent = turn(&mut window);
    assert_eq!(source_of(&sent).label, "Hall", "in place of the old name");
    // By the hand: the second row down to the third.
    let from = window.get_by_label_contains("Hall").rect().center();
    let to = window.get_by_label_contains("Ann").rect().center();
    drag(&mut window, from, to);
    assert_eq!(edits(&turn(&mut window)), [step(2)]);
}

#[test]
fn a_sources_settings_are_changed_in_their_fields() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.get_by_label("Id").focus();
    turn(&mut window);
    window.get_by_label("Id").type_text("é!");
    window.step();
    window.key_press(Key::Enter);
    assert_eq!(turn(&mut window), [], "no id");
    assert!(window.query_by_label_contains("malformed id").is_some());
    let sent = type_number(&mut window, "Picture delay", "120");
    assert_eq!(source_of(&sent).picture_delay_ms, 120);
    let sent = click(&mut window, "Tone");
    assert!(matches!(
        source_of(&sent).kind,
        SourceKind::Test {
            tone_hz: Some(_),
            ..
        }
    ));
}

#[test]
fn the_sound_of_a_source_is_shown_as_it_stands_and_moved_at_once() {
    let (mut window, door) = window(Panel::Inspector, show(), looks_at_source);
    let source = || "ann".to_owned();
    door.change(|s| {
        let ann = s.sources.iter_mut().find(|s| s.id == "ann").unwrap();
        (ann.fader_db, ann.mute) = (-4.0, true);
    });
    turn(&mut window);
    let fader = window.get_by_label("Fader");
    assert_eq!(fader.value().as_deref(), Some("−4.0 dB"));
    let sent = type_number(&mut window, "Fader", "-7.5");
    assert_eq!(
        sent,
        [Command::Fader {
            source: source(),
            db: -7.5
        }]
    );
    let sent = click(&mut window, "Mute");
    assert_eq!(
        sent,
        [Command::Mute {
            source: source(),
            on: false
        }]
    );
    window.get_by_label("Sound (AFV)").click();
    turn(&mut window);
    let sent = click(&mut window, "Always heard");
    assert_eq!(
        sent,
        [Command::Afv {
            source: source(),
            mode: Afv::On
        }]
    );
}

#[test]
fn a_new_id_is_followed() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.get_by_label("Id").focus();
    turn(&mut window);
    window.get_by_label("Id").type_text("2");
    window.step();
    window.key_press(Key::Enter);
    let sent = turn(&mut window);
    assert_eq!(source_of(&sent).id, "ann2");
    let chosen = window.state().build.chosen.clone();
    assert_eq!(chosen, Chosen::Source("ann2".to_owned()));
    let layers = &window.state().show.scenes[0].layers;
    assert_eq!(layers[1].source, "ann2");
}
