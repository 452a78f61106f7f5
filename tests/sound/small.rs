//! A scale of 125 % in a window of 1280 × 800: what is needed in a show is there all the same.

use super::*;

/// The Sound arrangement of sixteen strips in as many points as such a window has.
fn small(language: &str) -> Opened {
    open(sixteen(), language, (1024.0, 640.0))
}

#[test]
fn faders_are_long_enough_to_be_moved_and_every_guest_can_be_talked_to() {
    let mut desk = small("en");
    let fader = desk.rect("Fader Ann");
    assert!(fader.height() > 80.0, "{fader:?}");
    // Of those that are seen without scrolling.
    let talk = desk.rect("Talk to Ann");
    let foot = desk.rect("Strip Ann");
    assert!(talk.top() > fader.bottom() && talk.bottom() <= foot.top());
    desk.window.get_by_label("Talk to all guests");
    // Who is no guest has AFV there; a guest's is among what works by itself.
    desk.window.get_by_label("Sound follows picture, Stage");
    assert!(
        desk.window
            .query_by_label("Sound follows picture, Ann")
            .is_none()
    );
    desk.click("Strip Ann");
    desk.click("What works by itself: gain sharing, ducking, alarms");
    desk.click("Sound always off, Ann");
    let off = Command::Afv {
        source: "ann".to_owned(),
        mode: show::Afv::Off,
    };
    assert_eq!(desk.done(), [off]);
}

#[test]
fn talk_stays_while_the_list_of_events_is_unfolded() {
    let mut desk = small("en");
    desk.click("List of events");
    let (fader, talk) = (desk.rect("Fader Ann"), desk.rect("Talk to Ann"));
    assert!(fader.height() > 50.0 && talk.top() > fader.bottom());
}

#[test]
fn true_peak_stays_and_the_history_unfolds() {
    let mut desk = small("en");
    desk.door.change(|s| s.loudness.true_peak_db = -3.0);
    desk.window.run();
    desk.window.get_by_label("True peak: −3.0 dBTP");
    let is_history = |desk: &Opened| {
        let found = desk.window.query_by_label_contains("Loudness over ");
        found.is_some()
    };
    assert!(!is_history(&desk));
    desk.door.sent();
    desk.click_button("How loud the show has been");
    assert_eq!(desk.door.sent(), [Command::LoudnessHistory {}]);
    let history = door::LoudnessHistory::new(90.0);
    desk.door.say(door::Event::LoudnessHistory { history });
    desk.window.run();
    assert!(is_history(&desk));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!is_history(&desk));
}

#[test]
fn the_other_side_of_a_link_is_read_whole() {
    for (language, strip, fader) in [
        ("en", "Strip Choir left", "Fader Choir left"),
        ("fr", "Tranche Choir left", "Fader Choir left"),
    ] {
        for (size, other) in [
            ((1280.0, 800.0), "Ann Martin, lapel"),
            ((1024.0, 640.0), "Ann Martin"),
        ] {
            let door = sixteen();
            door.change(|s| {
                s.sources[0].label = other.to_owned();
                s.sources[1].label = "Choir left".to_owned();
                let (left, right) = ("cam".to_owned(), "ann".to_owned());
                for source in &mut s.sources[..2] {
                    let (left, right) = (left.clone(), right.clone());
                    source.link = Some(show::StereoLink { left, right });
                }
            });
            let mut desk = open(door, language, size);
            desk.click(strip);
            let texts = elided_above(&desk, desk.rect(fader).top(), size.0);
            assert!(texts.is_empty(), "{language} {size:?}: {texts:?}");
        }
    }
}
