//! Talkback: who holds a button or the key talks, and nobody is left with an open microphone.

use super::*;

fn talk(on: bool, guest: Option<&str>) -> Command {
    Command::Talkback {
        on,
        guest: guest.map(str::to_owned),
    }
}

impl Opened {
    /// The button that talks to somebody, of this label; the first of several.
    fn talks<'a>(&'a self, label: &'a str) -> egui_kittest::Node<'a> {
        let mut found = self.window.get_all_by_label(label);
        found.next().expect("a button")
    }

    fn pointer(&mut self, at: Pos2, pressed: bool) {
        self.window.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        self.window.run_steps(1);
    }

    /// Presses what has this label, rests so many frames of 50 ms, and lets go.
    fn hold(&mut self, label: &str, frames: usize) {
        let at = self.press_down(label);
        self.window.run_steps(frames);
        self.pointer(at, false);
    }

    /// Presses what has this label and keeps it down; gives where.
    fn press_down(&mut self, label: &str) -> Pos2 {
        let at = self.talks(label).rect().center();
        self.window.hover_at(at);
        self.window.run_steps(1);
        self.pointer(at, true);
        at
    }

    /// The engine says that it is open to these.
    fn says_open(&mut self, all: bool, guests: &[&str]) {
        self.door.change(|s| {
            s.sound.talkback.all = all;
            s.sound.talkback.guests = guests.iter().map(|&id| id.to_owned()).collect();
        });
        self.window.run();
    }

    fn is_lit(&self, label: &str) -> bool {
        self.talks(label).accesskit_node().toggled() == Some(Toggled::True)
    }
}

const ANN: &str = "Talk to Ann";
const ALL: &str = "Talk to all guests";

#[test]
fn a_held_button_talks_until_it_is_let_go_wherever_the_pointer_is() {
    let mut desk = buses();
    let at = desk.press_down(ANN);
    assert_eq!(desk.done(), [talk(true, Some("ann"))], "as it goes down");
    assert!(!desk.is_lit(ANN), "the engine has not said so yet");
    desk.says_open(false, &["ann"]);
    assert!(desk.is_lit(ANN));
    desk.window.run_steps(20);
    desk.window.hover_at(at + vec2(-300.0, -200.0));
    desk.window.run_steps(5);
    assert_eq!(desk.done(), [], "it is held");
    desk.pointer(at + vec2(-300.0, -200.0), false);
    assert_eq!(desk.done(), [talk(false, Some("ann"))]);
}

#[test]
fn a_short_press_leaves_it_open_until_the_next() {
    for (label, guest, all, guests) in [
        (ANN, Some("ann"), false, vec!["ann"]),
        (ALL, None, true, vec!["ann"]),
    ] {
        let mut desk = buses();
        desk.hold(label, 1);
        desk.window.run_steps(30);
        assert_eq!(desk.done(), [talk(true, guest)]);
        desk.says_open(all, &guests);
        desk.window.run_steps(30);
        assert!(desk.is_lit(label));
        desk.hold(label, 1);
        desk.window.run_steps(30);
        assert_eq!(desk.done(), [talk(false, guest)]);
    }
}

#[test]
fn what_another_desk_has_opened_is_lit_and_closed_here_too() {
    let mut desk = buses();
    desk.says_open(true, &["ann"]);
    assert!(desk.is_lit(ANN) && desk.is_lit(ALL));
    desk.hold(ALL, 20);
    assert_eq!(desk.done(), [talk(false, None)]);
}

#[test]
fn who_talks_again_at_once_is_heard_though_the_answer_is_late() {
    let mut desk = buses();
    desk.hold(ANN, 10);
    desk.done();
    desk.says_open(false, &["ann"]);
    // The engine has not yet said that it is closed.
    desk.hold(ANN, 10);
    let again = [talk(true, Some("ann")), talk(false, Some("ann"))];
    assert_eq!(desk.done(), again);
}

#[test]
fn the_key_talks_to_all_while_it_is_down() {
    let mut desk = buses();
    desk.window.key_down(Key::T);
    desk.window.run_steps(10);
    assert_eq!(desk.done(), [talk(true, None)]);
    desk.window.key_up(Key::T);
    desk.window.run_steps(2);
    assert_eq!(desk.done(), [talk(false, None)]);
    // And short, until the next.
    desk.press(Modifiers::NONE, Key::T);
    desk.window.run_steps(20);
    assert_eq!(desk.done(), [talk(true, None)]);
    desk.says_open(true, &["ann"]);
    desk.press(Modifiers::NONE, Key::T);
    desk.window.run_steps(20);
    assert_eq!(desk.done(), [talk(false, None)]);
    // Who types does not talk.
    desk.click("Strip Choir");
    desk.click("Name");
    desk.press(Modifiers::NONE, Key::T);
    desk.window.run_steps(5);
    assert_eq!(desk.done(), []);
}

#[test]
fn a_button_with_the_focus_is_held_by_space() {
    let mut desk = buses();
    desk.talks(ANN).focus();
    desk.window.run();
    desk.window.key_down(Key::Space);
    desk.window.run_steps(10);
    assert_eq!(desk.done(), [talk(true, Some("ann"))], "and nothing is cut");
    desk.window.key_up(Key::Space);
    desk.window.run_steps(2);
    assert_eq!(desk.done(), [talk(false, Some("ann"))]);
}

#[test]
fn a_window_that_is_left_lets_go() {
    let mut desk = buses();
    desk.window.key_down(Key::T);
    desk.window.run_steps(1);
    desk.done();
    desk.window.event(egui::Event::WindowFocused(false));
    desk.window.run_steps(1);
    assert_eq!(desk.done(), [talk(false, None)], "however short it was");

    drop(desk);
    let mut desk = buses();
    desk.press_down(ANN);
    desk.done();
    let (ctx, door) = (desk.window.ctx.clone(), desk.door.clone());
    // It is put away: nothing is drawn, and nobody hears the button go up.
    desk.window.state_mut().rest(&ctx);
    assert_eq!(door.sent(), [talk(false, Some("ann"))]);
}

#[test]
fn an_engine_that_was_away_is_told_that_nobody_talks_any_more() {
    let mut desk = buses();
    let at = desk.press_down(ANN);
    desk.done();
    desk.door.attach(false);
    desk.window.run_steps(2);
    desk.pointer(at, false);
    assert_eq!(desk.done(), [], "nobody hears it");
    desk.door.attach(true);
    desk.window.run_steps(2);
    assert_eq!(desk.done(), [talk(false, Some("ann"))]);
}

#[test]
fn a_button_says_why_nobody_would_hear() {
    let mut desk = buses();
    desk.door.change(|s| s.sources[0].mute = true);
    desk.window.run();
    desk.talks("Talk to Ann: Stage is muted");
    desk.door.change(|s| s.sound.talkback.source.clear());
    desk.window.run();
    let why = "no source is the talkback, choose one at MON in the Sound arrangement";
    desk.hold(&format!("Talk to Ann: {why}"), 10);
    // The engine refuses it, which is said where all is that is refused.
    let said = [talk(true, Some("ann")), talk(false, Some("ann"))];
    assert_eq!(desk.done(), said);
}

#[test]
fn the_director_talks_too_and_without_guests_there_is_nobody_to_talk_to() {
    let mut desk = buses();
    desk.click("View");
    desk.click("Director");
    desk.hold(ANN, 10);
    let said = [talk(true, Some("ann")), talk(false, Some("ann"))];
    assert_eq!(desk.done(), said);
    assert_eq!(desk.window.get_all_by_label(ALL).count(), 1);
    desk.door.change(|s| s.sources[1].back = None);
    desk.window.run();
    assert!(desk.window.query_by_label(ANN).is_none());
    assert!(desk.window.query_by_label(ALL).is_none());
}

#[test]
fn the_talkbacks_source_and_how_soft_the_rest_is_are_edits() {
    let mut desk = buses();
    desk.click("Strip MON");
    desk.click("Source of the talkback");
    let mut faces = desk.window.get_all_by_label("Ann");
    faces.next().expect("in the list").click();
    drop(faces);
    desk.window.run();
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!(sound.talkback.source, "ann");
    assert_eq!(sound.groups.len(), 3, "and the rest stays");

    drop(desk);
    let mut desk = buses();
    desk.click("Strip MON");
    desk.type_in("How much softer all else is for who is talked to", "20");
    let sent = desk.done();
    let [show::Edit::Sound(sound)] = edits(&sent) else {
        panic!("{sent:?}");
    };
    assert_eq!(sound.talkback.duck_db, 20.0);
}
