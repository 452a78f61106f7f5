//! Where Tab goes on after a number was typed.

use super::*;

#[test]
fn tab_goes_on_from_the_number_that_enter_ended() {
    let mut desk = two();
    let (before, field, after) = (
        "Frequency of band 3, Stage",
        "Gain of band 3, Stage",
        "Q of band 3, Stage",
    );
    for (modifiers, next) in [(Modifiers::NONE, after), (Modifiers::SHIFT, before)] {
        desk.type_in(field, "2");
        assert_eq!(desk.focused(), None, "its keys are the switcher's");
        desk.press(modifiers, Key::Tab);
        assert_eq!(desk.focused().as_deref(), Some(next));
    }
    // So are the fields gone through with Tab and Enter alone.
    desk.press(Modifiers::NONE, Key::Tab);
    assert_eq!(desk.focused().as_deref(), Some(field));
    desk.press(Modifiers::NONE, Key::Enter);
    desk.press(Modifiers::NONE, Key::Tab);
    assert_eq!(desk.focused().as_deref(), Some(after));
}

#[test]
fn tab_goes_on_from_a_typed_name() {
    let mut desk = buses();
    desk.click("Strip Choir");
    desk.type_in("Name", "Tenors");
    desk.press(Modifiers::NONE, Key::Tab);
    assert_eq!(desk.focused().as_deref(), Some("Remove Choir"));
}

#[test]
fn what_was_typed_is_forgotten_when_something_else_is_taken_or_it_is_gone() {
    let first = |desk: &mut Opened| {
        desk.press(Modifiers::NONE, Key::Tab);
        desk.focused()
    };
    let usual = first(&mut two());
    let mut desk = two();
    desk.type_in("Trim, Stage", "2");
    desk.window.get_by_label("Mute Ann").click();
    desk.window.run();
    assert_eq!(first(&mut desk), usual);

    drop(desk);
    let mut desk = two();
    desk.type_in("Trim, Stage", "2");
    desk.door
        .change(|s| s.sources.retain(|source| source.id != "cam"));
    desk.window.run();
    assert_ne!(first(&mut desk), None, "it leads somewhere");
}
