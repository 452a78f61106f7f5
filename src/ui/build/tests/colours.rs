//! Colour correction, and the scopes beside it.

use super::*;

#[test]
fn colours_are_set_and_each_is_brought_back() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    click(&mut window, "Colour correction");
    let sent = type_number(&mut window, "Saturation #", "1.5");
    assert_eq!(source_of(&sent).colour.saturation, 1.5);
    let sent = type_number(&mut window, "Gain M", "1.2");
    assert_eq!(source_of(&sent).colour.gain.master, 1.2);
    let wheel = window.get_by_label("Lift wheel").rect().center();
    drag(&mut window, wheel, wheel - vec2(0.0, 20.0));
    turn(&mut window);
    let lift = window.state().show.sources[1].colour.lift;
    assert!(
        lift.r > 0.02 && lift.g < -0.01 && lift.b < -0.01,
        "{lift:?}"
    );
    // The wheel answers keys too: five steps to the right, one back finely, and then the middle.
    window.get_by_label("Lift wheel").focus();
    turn(&mut window);
    let before = window.state().show.sources[1].colour.lift;
    for _ in 0..5 {
        window.key_press(Key::ArrowRight);
        turn(&mut window);
    }
    assert!(window.get_by_label("Lift wheel").is_focused());
    let right = window.state().show.sources[1].colour.lift;
    assert!(right.b > before.b + 0.02 && right.g < before.g - 0.02);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    turn(&mut window);
    let fine = window.state().show.sources[1].colour.lift;
    assert!(fine.b < right.b && fine.b > right.b - 0.005, "{fine:?}");
    window.key_press(Key::Delete);
    turn(&mut window);
    let lift = window.state().show.sources[1].colour.lift;
    assert_eq!((lift.r, lift.g, lift.b), (0.0, 0.0, 0.0));
    let sent = click(&mut window, "Reset: Saturation");
    assert_eq!(source_of(&sent).colour.saturation, 1.0);
    click(&mut window, "Reset lift");
    let sent = click(&mut window, "Reset all colours");
    assert!(source_of(&sent).colour.is_neutral());
}

#[test]
fn scopes_are_wished_for_while_they_are_seen() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    assert!(window.state_mut().build.wishes().is_empty());
    click(&mut window, "Colour correction");
    window.state_mut().build.wishes();
    turn(&mut window);
    let wishes = window.state_mut().build.wishes();
    let ann = MonitorId::Source("ann".to_owned());
    assert!(wishes.iter().any(|wish| wish.what == ann));
    let scopes = wishes
        .iter()
        .filter(|wish| matches!(wish.what, MonitorId::Scope { .. }));
    assert_eq!(scopes.count() % 2, 0);
    click(&mut window, "Waveform");
    click(&mut window, "Vectorscope");
    window.state_mut().build.wishes();
    turn(&mut window);
    let wishes = window.state_mut().build.wishes();
    assert!(wishes.iter().all(|wish| wish.what == ann), "{wishes:?}");
}

#[test]
fn the_scopes_stand_beside_the_colours_however_far_those_scroll() {
    let (mut window, _) = window(Panel::Inspector, show(), looks_at_source);
    window.set_size(vec2(640.0, 380.0));
    turn(&mut window);
    window.get_by_label("Colour correction").scroll_to_me();
    turn(&mut window);
    click(&mut window, "Colour correction");
    let whole = Rect::from_min_size(Pos2::ZERO, vec2(640.0, 380.0));
    for control in ["Lift wheel", "Saturation", "Reset all colours"] {
        window.get_by_label(control).scroll_to_me();
        turn(&mut window);
        turn(&mut window);
        let seen = window.get_by_label(control).rect();
        assert!(whole.contains_rect(seen), "{control}: {seen:?}");
        for scope in ["Waveform of ann", "Vectorscope of ann"] {
            let place = window.get_by_label(scope).rect();
            assert!(whole.contains_rect(place), "{scope}: {place:?}");
            assert!(place.left() >= 260.0 && place.width() >= 60.0, "{place:?}");
        }
    }
}
