//! The sound snapshots as a list: what each button sends, and that what the engine says is drawn.

use regie::door::{SnapshotAction, SoundSnapshotStatus};

use super::*;

const PAGE: &str = "Sound snapshots";

/// The page, with two snapshots: a scene recalls the first, and the second was recalled last.
fn page() -> Opened {
    let door = FakeDoor::with(|s| {
        with_buses(s);
        let status = |id: &str, label: &str, scenes: &[&str], recalled| SoundSnapshotStatus {
            id: id.to_owned(),
            label: label.to_owned(),
            scenes: scenes.iter().map(|&id| id.to_owned()).collect(),
            recalled,
        };
        s.sound.snapshots = vec![
            status("debate", "Debate", &["duo"], false),
            status("break", "Break", &[], true),
        ];
        s.sound.safe = vec!["ann".to_owned()];
    });
    let text = r#"(version: 1, name: "Forum",
        sources: [
            (id: "cam", label: "Stage", kind: Test(pattern: Bars)),
            (id: "ann", label: "Ann", kind: Test(pattern: Bars)),
        ],
        scenes: [(id: "duo", label: "Duo", layers: [(source: "cam"), (source: "ann")])],
        snapshots: (safe: ["ann"], list: [
            (id: "debate", label: "Debate", scenes: ["duo"], frames: 25,
                strips: [(source: "cam", fader_db: -3.0, afv: On)]),
            (id: "break", label: "Break"),
        ]))"#;
    door.gives(show::parse(Path::new("forum.ron"), text).unwrap());
    let mut desk = open(door, "en", (1280.0, 800.0));
    desk.click(PAGE);
    desk.window.run();
    desk.door.sent();
    desk
}

fn said(snapshot: &str, action: SnapshotAction, label: Option<&str>) -> Command {
    Command::SoundSnapshot {
        snapshot: snapshot.to_owned(),
        action,
        label: label.map(str::to_owned),
    }
}

/// The snapshots as the only edit of what was sent has them.
fn edited(sent: &[Command]) -> show::SoundSnapshots {
    let [show::Edit::Snapshots(snapshots)] = edits(sent) else {
        panic!("{sent:?}");
    };
    snapshots.clone()
}

#[test]
fn snapshots_are_recalled_and_the_last_one_is_lit() {
    let mut desk = page();
    let last = desk
        .window
        .get_by_label("Recall Break, which was recalled last");
    assert_eq!(last.accesskit_node().toggled(), Some(Toggled::True));
    desk.click("Recall Debate");
    assert_eq!(
        desk.done(),
        [said("debate", SnapshotAction::Recall, None)],
        "nothing else is said"
    );
}

#[test]
fn a_new_one_is_stored_under_a_free_name_and_one_is_stored_over() {
    let mut desk = page();
    desk.click("Store as new");
    let new = said("snapshot", SnapshotAction::Store, Some("Snapshot"));
    assert_eq!(desk.done(), [new]);
    desk.door.change(|s| {
        s.sound.snapshots.push(SoundSnapshotStatus {
            id: "snapshot".to_owned(),
            label: "Snapshot".to_owned(),
            ..SoundSnapshotStatus::default()
        });
    });
    desk.window.run();
    let chosen = desk.window.get_by_label("Snapshot Snapshot");
    assert_eq!(chosen.accesskit_node().toggled(), Some(Toggled::True));
    desk.click("Store as new");
    let new = said("snapshot-2", SnapshotAction::Store, Some("Snapshot 2"));
    assert_eq!(desk.done(), [new]);
    desk.click("Snapshot Debate");
    desk.click("Store over");
    let over = said("debate", SnapshotAction::Store, None);
    assert_eq!(desk.done(), [over]);
}

#[test]
fn a_snapshot_is_named_moved_and_given_to_scenes() {
    // Break is looked at: it was recalled last.
    let mut desk = page();
    desk.type_in("Name", "Interval");
    assert_eq!(edited(&desk.done()).list[1].label, "Interval");

    drop(desk);
    let mut desk = page();
    desk.click("Further up");
    let after = edited(&desk.done());
    assert_eq!(after.list[0].id, "break");
    assert_eq!(after.list[1].strips.len(), 1, "what it holds goes with it");

    drop(desk);
    let mut desk = page();
    desk.click("Duo recalls Break");
    let after = edited(&desk.done());
    assert!(after.list[0].scenes.is_empty(), "a scene recalls one");
    assert_eq!(after.list[1].scenes, ["duo"]);

    drop(desk);
    let mut desk = page();
    desk.click("Snapshot Debate");
    let on = desk.window.get_by_label("Duo recalls Debate");
    assert_eq!(on.accesskit_node().toggled(), Some(Toggled::True));
    assert_eq!(desk.value("Frames that the faders take"), "25");
    desk.type_in("Frames that the faders take", "50");
    assert_eq!(edited(&desk.done()).list[0].frames, 50);
}

#[test]
fn one_that_a_scene_recalls_is_removed_at_the_second_press() {
    let mut desk = page();
    desk.click("Remove Break");
    let after = edited(&desk.done());
    assert_eq!(after.list.len(), 1, "it does nothing: UNDO is enough");

    drop(desk);
    let mut desk = page();
    desk.click("Snapshot Debate");
    desk.click("Remove Debate");
    assert_eq!(desk.done(), [], "a scene would miss it");
    desk.window.run_steps(8);
    desk.click_button("Scenes recall Debate: again to remove");
    let after = edited(&desk.done());
    assert!(after.get("debate").is_none() && after.safe == ["ann"]);
}

#[test]
fn strips_are_kept_safe_and_say_so() {
    let mut desk = page();
    let safe = |source: &str, on| Command::Safe {
        source: source.to_owned(),
        on,
    };
    desk.click("No snapshot touches Stage");
    desk.click("No snapshot touches Ann");
    assert_eq!(desk.done(), [safe("cam", true), safe("ann", false)]);
    let mark = "Ann is safe: no snapshot touches it";
    desk.window.get_by_label(mark);
    // It is seen on the strip wherever the hand is; the switch stands on the page of what is automatic.
    desk.click("Strip Ann");
    desk.window.get_by_label(mark);
    assert!(
        desk.window
            .query_by_label("No snapshot touches Stage")
            .is_none()
    );
    desk.click("What works by itself: gain sharing, ducking, alarms");
    desk.click("No snapshot touches Ann");
    assert_eq!(desk.done(), [safe("ann", false)]);
}

#[test]
fn without_any_the_page_says_what_they_are_for_and_each_control_is_reached_by_key() {
    let mut desk = buses();
    desk.click(PAGE);
    let nodes = desk.window.root().children_recursive();
    let taught = nodes.into_iter().any(|node| {
        let said = node.accesskit_node().value().unwrap_or_default();
        said.starts_with("A snapshot keeps")
            || node
                .accesskit_node()
                .label()
                .unwrap_or_default()
                .starts_with("A snapshot keeps")
    });
    assert!(taught);
    drop(desk);
    let mut desk = page();
    let all = [
        PAGE,
        "Snapshot Debate",
        "Recall Debate",
        "Store as new",
        "Store over",
        "Name",
        "Further up",
        "Remove Break",
        "Frames that the faders take",
        "Duo recalls Break",
        "No snapshot touches Ann",
        "Talk to all guests",
    ];
    desk.reaches_by_tab(120, &all);
}
