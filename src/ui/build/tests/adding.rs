//! What is added: cameras by their modes, files, and network sources that are tried before.

use super::*;
use crate::media::{CardDirection, SoundCardInfo};

#[test]
fn an_empty_show_teaches_and_offers_what_is_there() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    assert!(
        window
            .query_by_label("Add a camera, a clip or a guest")
            .is_some()
    );
    let camera = CameraInfo {
        name: "usb-C920_1A2B".to_owned(),
        label: "C920".to_owned(),
        node: None,
        modes: Vec::new(),
    };
    let devices = vec![camera];
    window.state_mut().build.take(&Event::Devices {
        devices,
        sound_cards: Vec::new(),
    });
    turn(&mut window);
    let source = added(&click(&mut window, "Add C920"));
    assert_eq!(
        (source.id.as_str(), source.label.as_str()),
        ("c920", "C920")
    );
    let device = "usb-C920_1A2B".to_owned();
    assert_eq!(source.kind, SourceKind::Camera { device, mode: None });
    // It is in the list and looked at; the choices have gone.
    assert!(window.query_by_label_contains("C920, Camera").is_some());
    assert!(window.query_by_label("Add C920").is_none());
}

#[test]
fn a_sound_card_is_added_at_a_click_and_its_channels_are_chosen() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    let card = |direction| SoundCardInfo {
        host: "alsa".to_owned(),
        device: "hw:CARD=USB,DEV=0".to_owned(),
        label: "USB interface".to_owned(),
        direction,
        channels: 8,
        rates: vec![48_000],
    };
    window.state_mut().build.take(&Event::Devices {
        devices: Vec::new(),
        sound_cards: vec![card(CardDirection::In), card(CardDirection::Out)],
    });
    turn(&mut window);
    let add = "Add USB interface · alsa, 1 + 2";
    let source = added(&click(&mut window, add));
    assert_eq!(source.label, "USB interface");
    let kind = SourceKind::SoundCard {
        device: "hw:CARD=USB,DEV=0".to_owned(),
        host: Some("alsa".to_owned()),
        channels: vec![1, 2],
    };
    assert_eq!(source.kind, kind);
}

fn mode(width: u32, height: u32, rate: u32, format: &str) -> CameraMode {
    CameraMode {
        width,
        height,
        rate: Some(Rate(rate, 1)),
        format: format.to_owned(),
    }
}

fn camera_with_modes() -> Event {
    let camera = CameraInfo {
        name: "usb-C920_1A2B".to_owned(),
        label: "C920".to_owned(),
        node: None,
        modes: vec![mode(1920, 1080, 30, "MJPG"), mode(640, 480, 30, "YUY2")],
    };
    Event::Devices {
        devices: vec![camera],
        sound_cards: Vec::new(),
    }
}

#[test]
fn nothing_moves_under_the_hand_when_neither_camera_nor_card_is_found() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    turn(&mut window);
    let place = |window: &Window| window.get_by_label("Test pattern").rect();
    let before = place(&window);
    assert!(window.query_by_label("Looking for cameras…").is_some());
    window.state_mut().build.take(&Event::Devices {
        devices: Vec::new(),
        sound_cards: Vec::new(),
    });
    turn(&mut window);
    assert!(window.query_by_label("No camera is plugged in.").is_some());
    assert_eq!(place(&window), before);
}

#[test]
fn a_camera_is_added_with_the_mode_that_was_chosen() {
    let (mut window, _) = window(Panel::Sources, empty(), |_| {});
    window.state_mut().build.take(&camera_with_modes());
    turn(&mut window);
    click(&mut window, "Mode of C920");
    click(&mut window, "1920×1080 · 30 · MJPEG");
    let source = added(&click(&mut window, "Add C920"));
    let expected = SourceKind::Camera {
        device: "usb-C920_1A2B".to_owned(),
        mode: Some(mode(1920, 1080, 30, "MJPG")),
    };
    assert_eq!(source.kind, expected);
}

#[test]
fn the_mode_of_a_camera_is_changed_and_one_that_it_does_not_offer_stays_to_be_seen() {
    let mut of_camera = show();
    let gone = mode(1280, 720, 25, "NV12");
    let device = "usb-C920_1A2B".to_owned();
    of_camera.sources[0].kind = SourceKind::Camera {
        device: device.clone(),
        mode: Some(gone),
    };
    let (mut window, _) = window(Panel::Inspector, of_camera, |build| {
        build.chosen = Chosen::Source("cam".to_owned());
    });
    window.state_mut().build.take(&camera_with_modes());
    turn(&mut window);
    let chosen = window.get_by_label("Mode").accesskit_node().value();
    assert_eq!(chosen.as_deref(), Some("1280×720 · 25 · NV12"));
    click(&mut window, "Mode");
    let source = source_of(&click(&mut window, "640×480 · 30 · YUY2"));
    let of = |mode| SourceKind::Camera {
        device: device.clone(),
        mode,
    };
    assert_eq!(source.kind, of(Some(mode(640, 480, 30, "YUY2"))));
    click(&mut window, "Mode");
    let source = source_of(&click(&mut window, "Automatic mode"));
    assert_eq!(source.kind, of(None));
}

#[test]
fn cameras_are_asked_for_only_where_sources_are_added() {
    let (mut window, door) = window(Panel::Sources, show(), |_| {});
    assert_eq!(turn(&mut window), []);
    let sent = click(&mut window, "Add a source");
    assert_eq!(sent, [Command::Devices {}]);
    drop(door);
}

#[test]
fn files_come_from_the_persons_choice_and_from_a_typed_path() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("Opening titles.mp4");
    std::fs::write(&clip, b"x").unwrap();
    let chosen = clip.clone();
    let (mut window, _) = window(Panel::Sources, show(), |build| {
        build.files = Arc::new(Chooses(vec![chosen]));
    });
    click(&mut window, "Add a source");
    window.get_by_label("Choose files…").click();
    let mut sent = turn(&mut window);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent.is_empty() && std::time::Instant::now() < until {
        sent = turn(&mut window);
    }
    let source = added(&sent);
    assert_eq!(source.id, "opening-titles");
    let path = clip.to_string_lossy().into_owned();
    assert_eq!(source.kind, SourceKind::file(&path, false));

    click(&mut window, "Add a source");
    let field = window.get_by_label("File to add");
    field.focus();
    turn(&mut window);
    window.get_by_label("File to add").type_text(&path);
    turn(&mut window);
    let again = added(&click(&mut window, "Add this file"));
    assert_eq!(again.label, "Opening titles 2");
}

#[test]
fn what_was_typed_for_a_new_source_stays_until_the_show_has_taken_it() {
    let (mut window, _) = window(Panel::Sources, show(), |_| {});
    click(&mut window, "Add a source");
    let chosen = |window: &Window| window.state().build.chosen.clone();
    window.state_mut().build.chosen = Chosen::Source("ann".to_owned());
    turn(&mut window);
    window.get_by_label("File to add").focus();
    turn(&mut window);
    window.get_by_label("File to add").type_text("/nowhere.mp4");
    turn(&mut window);
    let refusal = "there is no file /nowhere.mp4";
    window.state_mut().refuses = Some(refusal.to_owned());
    click(&mut window, "Add this file");
    let typed = window.get_by_label("File to add").value();
    assert_eq!(typed.as_deref(), Some("/nowhere.mp4"));
    assert!(window.query_by_label(refusal).is_some());
    let before = Chosen::Source("ann".to_owned());
    assert_eq!(chosen(&window), before, "the new one is not there");
    let source = added(&click(&mut window, "Add this file"));
    assert_eq!(chosen(&window), Chosen::Source(source.id.clone()));
    assert_eq!(source.kind, SourceKind::file("/nowhere.mp4", false));
    assert!(window.query_by_label("File to add").is_none());
    click(&mut window, "Add a source");
    let typed = window.get_by_label("File to add").value();
    assert_eq!(typed.unwrap_or_default(), "");
}

#[test]
fn a_network_source_is_tried_before_it_is_added_and_its_password_is_kept_apart() {
    let vault = Arc::new(Keeps::default());
    let kept = vault.clone();
    let (mut window, _) = window(Panel::Sources, show(), |build| build.vault = vault);
    click(&mut window, "Add a source");
    click(&mut window, "Network source…");
    turn(&mut window);
    let field = window.get_by_label("Address");
    assert!(field.is_focused(), "what is typed at once is the address");
    for (field, text) in [
        ("Name", "Balcony"),
        ("Address", "rtsp://10.0.0.9/1"),
        ("User", "me"),
        ("Password", "correct horse"),
    ] {
        window.get_by_label(field).focus();
        turn(&mut window);
        window.get_by_label(field).type_text(text);
        turn(&mut window);
    }
    window.get_by_label("Add").click();
    let mut sent = turn(&mut window);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while sent.is_empty() && std::time::Instant::now() < until {
        sent = turn(&mut window);
    }
    let [Command::TrySource { source }] = &sent[..] else {
        panic!("{sent:?}")
    };
    let kept = kept.0.lock().unwrap().clone();
    let [(name, secret)] = &kept[..] else {
        panic!("{kept:?}")
    };
    assert_eq!(secret, "correct horse");
    let SourceKind::Network { url, .. } = &source.kind else {
        panic!("{source:?}")
    };
    assert_eq!(*url, format!("rtsp://me:{{secret:{name}}}@10.0.0.9/1"));
    // It gave a picture: so it is added, as it was tried.
    window.state_mut().build.take(&Event::Tried {
        source: source.id.clone(),
        found: Some(Finding {
            picture: Some(FoundPicture {
                codec: "H.264".to_owned(),
                width: 1280,
                height: 720,
                rate: None,
            }),
            sound: None,
        }),
        message: String::new(),
    });
    assert_eq!(added(&turn(&mut window)), **source);
}

#[test]
fn a_network_source_that_gives_nothing_is_added_only_on_purpose() {
    let (mut window, _) = window(Panel::Sources, show(), |_| {});
    click(&mut window, "Add a source");
    click(&mut window, "Network source…");
    window.get_by_label("Address").focus();
    turn(&mut window);
    window
        .get_by_label("Address")
        .type_text("gopher://10.0.0.9");
    turn(&mut window);
    assert!(window.query_by_label_contains("rtsp://").is_some());
    assert_eq!(
        click(&mut window, "Add"),
        [],
        "what is wrong cannot be added"
    );
    window.get_by_label("Address").focus();
    turn(&mut window);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window
        .get_by_label("Address")
        .type_text("srt://10.0.0.9:9000");
    turn(&mut window);
    let sent = click(&mut window, "Add");
    let [Command::TrySource { source }] = &sent[..] else {
        panic!("{sent:?}")
    };
    window.state_mut().build.take(&Event::Tried {
        source: source.id.clone(),
        found: None,
        message: "nothing came for 10 s".to_owned(),
    });
    assert_eq!(turn(&mut window), []);
    assert!(
        window
            .query_by_label_contains("nothing came for 10 s")
            .is_some()
    );
    assert_eq!(added(&click(&mut window, "Add anyway")), **source);
}
