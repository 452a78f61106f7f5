//! The list of scenes, their layers in numbers and on PVW, and their transitions.

use super::*;

#[test]
fn a_scene_is_made_laid_out_and_copied() {
    let (mut window, _) = window(Panel::Scenes, show(), |_| {});
    let sent = click(&mut window, "New scene");
    let scene = scene_of(&sent);
    assert_eq!((scene.id.as_str(), scene.layers.len()), ("scene", 1));
    let copy = scene_of(&click(&mut window, "Duplicate"));
    assert_eq!(
        (copy.id.as_str(), copy.label.as_str()),
        ("scene-2", "Scene 2")
    );
    // A source's own scene is there too, and is looked at by a click.
    window.get_by_label_contains("Ann, The source").click();
    turn(&mut window);
    let chosen = window.state().build.chosen.clone();
    assert_eq!(chosen, Chosen::Scene("ann".to_owned()));
}

#[test]
fn scenes_are_listed_by_their_numbers_and_moved_by_them() {
    let (mut window, _) = window(Panel::Scenes, show(), |_| {});
    let listed = |window: &Window| -> Vec<String> {
        let all = window.query_all_by_role(Role::Button);
        let mut rows: Vec<(f32, String)> = all
            .filter_map(|node| {
                let label = node.accesskit_node().label()?;
                let (number, rest) = label.split_once(' ')?;
                number.parse::<u8>().ok()?;
                let name = rest.split(',').next()?;
                Some((node.rect().top(), format!("{number} {name}")))
            })
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, said)| said).collect()
    };
    assert_eq!(listed(&window), ["1 Duo", "2 Stage", "3 Ann"]);
    // A source's own scene goes by its number as any other does, but it leaves with its source alone.
    window.get_by_label_contains("3 Ann").click();
    turn(&mut window);
    assert!(window.get_by_label("Remove").accesskit_node().is_disabled());
    let sent = edits(&click(&mut window, "Further up"));
    let moved = |id: &str, to| Edit::Move {
        kind: ItemKind::Scene,
        id: id.to_owned(),
        to,
    };
    assert_eq!(sent, [moved("ann", 1)]);
    assert_eq!(listed(&window), ["1 Duo", "2 Ann", "3 Stage"]);
    // By hand: the first one below the last.
    let from = window.get_by_label_contains("1 Duo").rect().center();
    let to = window.get_by_label_contains("3 Stage").rect().center();
    drag(&mut window, from, to);
    assert_eq!(edits(&turn(&mut window)), [moved("duo", 2)]);
    assert_eq!(listed(&window), ["1 Ann", "2 Stage", "3 Duo"]);
}

#[test]
fn a_ready_layout_is_one_click() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    let sent = click(&mut window, "Side by side, cropped");
    let layers = scene_of(&sent).layers;
    assert_eq!(layers[0].rect, (0.0, 0.0, 0.5, 1.0));
    assert_eq!(layers[1].crop, (0.25, 0.0, 0.25, 0.0));
    let ids: Vec<&str> = layers.iter().map(|l| l.source.as_str()).collect();
    assert_eq!(ids, ["cam", "ann"]);
}

#[test]
fn layers_are_ordered_taken_away_and_added() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    let order =
        |scene: Scene| -> Vec<String> { scene.layers.into_iter().map(|l| l.source).collect() };
    let sent = click(&mut window, "Layer 1, Stage: further to the front");
    assert_eq!(order(scene_of(&sent)), ["ann", "cam"]);
    let sent = click(&mut window, "Remove layer 1, Ann");
    assert_eq!(order(scene_of(&sent)), ["cam"]);
    let sent = click(&mut window, "Add a layer");
    assert_eq!(order(scene_of(&sent)), ["cam", "ann"], "one that it lacks");
}

/// Types a number into a field that is dragged otherwise.
#[test]
fn numbers_place_and_crop_a_layer_in_percent_and_pixels() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    click(&mut window, "Layer 2: Ann");
    let sent = type_number(&mut window, "Left", "25");
    assert!((scene_of(&sent).layers[1].rect.0 - 0.25).abs() < 1e-9);
    click(&mut window, "Pixels");
    let sent = type_number(&mut window, "Width", "640");
    assert!((scene_of(&sent).layers[1].rect.2 - 0.5).abs() < 1e-9);
    let sent = type_number(&mut window, "Crop at the top", "72");
    assert!((scene_of(&sent).layers[1].crop.1 - 0.1).abs() < 1e-9);
    let sent = type_number(&mut window, "Opacity #", "40");
    assert!((scene_of(&sent).layers[1].opacity - 0.4).abs() < 1e-6);
}

#[test]
fn what_is_on_air_says_when_a_change_is_seen() {
    let (mut window, door) = window(Panel::Inspector, show(), looks_at("duo"));
    let later = "On air: changes are seen with the next take.";
    assert!(window.query_by_label(later).is_none());
    door.change(|s| s.scenes[0].tally = Tally::Program);
    turn(&mut window);
    assert!(window.query_by_label(later).is_some());
    door.change(|s| s.live_edit = true);
    turn(&mut window);
    assert!(window.query_by_label(later).is_none());
    assert!(window.query_by_label_contains("at once").is_some());
}

#[test]
fn a_layer_is_dragged_on_pvw_in_one_step_to_undo() {
    let (mut window, door) = window(Panel::Placing, show(), |build| {
        looks_at("duo")(build);
        build.layers.layer = 1;
    });
    door.change(|s| s.preview = "duo".to_owned());
    turn(&mut window);
    // Ann's layer: 55 % to 95 % across, 10 % to 50 % down. Its middle, one tenth to the left.
    let at = |x: f32, y: f32| PICTURE.min + vec2(x * PICTURE.width(), y * PICTURE.height());
    let from = at(0.75, 0.3);
    window.hover_at(from);
    window.step();
    window.drag_at(from);
    let mut sent = turn(&mut window);
    for x in [0.72, 0.69, 0.66] {
        window.hover_at(at(x, 0.3));
        sent.extend(turn(&mut window));
    }
    window.drop_at(at(0.66, 0.3));
    sent.extend(turn(&mut window));
    let joins: Vec<bool> = sent
        .iter()
        .map(|command| match command {
            Command::Edit { joins, .. } => *joins,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(joins.len() >= 2, "{joins:?}");
    assert!(
        !joins[0] && joins[1..].iter().all(|joins| *joins),
        "{joins:?}"
    );
    let rect = window.state().show.scenes[0].layers[1].rect;
    assert!((rect.0 - 0.46).abs() < 0.02, "{rect:?}");
    assert_eq!((rect.2, rect.3), (0.4, 0.4));

    // A click does not take the keyboard, and the arrow keys are the layer's all the same.
    let before = window.state().show.scenes[0].layers[1].rect;
    window.hover_at(at(0.6, 0.3));
    window.step();
    window.drag_at(at(0.6, 0.3));
    window.step();
    window.drop_at(at(0.6, 0.3));
    turn(&mut window);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    turn(&mut window);
    let after = window.state().show.scenes[0].layers[1].rect;
    let moved = (after.0 - before.0) * 1280.0;
    assert!((moved - 10.0).abs() <= 0.5, "{moved}");
}

#[test]
fn a_corner_is_dragged_and_snaps_unless_alt_is_held() {
    let (mut window, door) = window(Panel::Placing, show(), |build| {
        looks_at("duo")(build);
        build.layers.layer = 1;
    });
    door.change(|s| s.preview = "duo".to_owned());
    turn(&mut window);
    let at = |x: f32, y: f32| PICTURE.min + vec2(x * PICTURE.width(), y * PICTURE.height());
    // The corner at the left and the bottom, near the middle of the program.
    drag(&mut window, at(0.55, 0.5), at(0.505, 0.66));
    turn(&mut window);
    let (left, top, width, height) = window.state().show.scenes[0].layers[1].rect;
    assert!((left - 0.5).abs() < 1e-4 && (left + width - 0.95).abs() < 1e-4);
    assert!((top - 0.1).abs() < 1e-4 && (top + height - 2.0 / 3.0).abs() < 1e-4);
}

#[test]
fn pvw_of_another_scene_has_no_handles() {
    let (mut window, _) = window(Panel::Placing, show(), looks_at("duo"));
    turn(&mut window);
    assert!(window.query_by_label_contains("Place layer").is_none());
    let to_preview = click(&mut window, "Put on PVW");
    let scene = "duo".to_owned();
    assert_eq!(to_preview, [Command::Preview { scene }]);
}

#[test]
fn the_shows_own_transition_is_shown_as_it_is_used_and_edited() {
    let (mut window, door) = window(Panel::Scenes, show(), |_| {});
    // A key has chosen another than the show began with.
    door.change(|s| {
        s.transition.chosen = TransitionStyle {
            frames: 22,
            ..TransitionStyle::of(TransitionKind::Push)
        };
    });
    turn(&mut window);
    let frames = window.get_by_label("Length in frames");
    assert_eq!(frames.value().as_deref(), Some("22"));
    let sent = type_number(&mut window, "Length in frames", "30");
    let style = transition_of(&sent);
    assert_eq!((style.kind, style.frames), (TransitionKind::Push, 30));
    window
        .get_by_role_and_label(egui::accesskit::Role::ComboBox, "The show's own transition")
        .click();
    turn(&mut window);
    let sent = click(&mut window, "Dip");
    let style = transition_of(&sent);
    assert_eq!(style.kind, TransitionKind::Dip);
}

#[test]
fn a_scene_has_a_transition_of_its_own() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at("duo"));
    window.get_by_label("Transition").click();
    turn(&mut window);
    let sent = click(&mut window, "Push");
    let style = scene_of(&sent).transition.unwrap();
    assert_eq!(style.kind, crate::show::TransitionKind::Push);
    let sent = type_number(&mut window, "Length in frames", "40");
    assert_eq!(scene_of(&sent).transition.unwrap().frames, 40);
    window.get_by_label("Transition").click();
    turn(&mut window);
    let sent = click(&mut window, "The usual one");
    assert_eq!(scene_of(&sent).transition, None);
}

#[test]
fn a_scene_is_given_the_sound_snapshot_that_it_recalls() {
    let mut show = show();
    show.snapshots = show.taken_by("debate", Some("Debate"));
    show.snapshots = show.taken_by("break", Some("Break"));
    let (mut window, _) = window(Panel::Inspector, show, looks_at("duo"));
    let choose = |window: &mut Window, face: &str| {
        let list = "Sound snapshot it recalls";
        window.get_by_role_and_label(Role::ComboBox, list).click();
        turn(window);
        edits(&click(window, face))
    };
    let [Edit::Snapshots(after)] = &choose(&mut window, "Debate")[..] else {
        panic!("not an edit of the snapshots");
    };
    assert_eq!(after.list[0].scenes, ["duo"]);
    let [Edit::Snapshots(after)] = &choose(&mut window, "Break")[..] else {
        panic!("not an edit of the snapshots");
    };
    assert!(after.list[0].scenes.is_empty());
    assert_eq!(after.list[1].scenes, ["duo"]);
}
