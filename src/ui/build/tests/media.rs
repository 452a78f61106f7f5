//! The media pool.

use super::*;
use crate::show::{Hold, MediaFile, MediaKind, Stinger, Title, Whose};

fn file(path: &str, kind: MediaKind, used: Vec<Whose>) -> MediaFile {
    MediaFile {
        path: path.to_owned(),
        kind,
        bytes: 2_400_000,
        files: 1,
        missing: false,
        used,
    }
}

fn pool() -> Event {
    let missing = MediaFile {
        missing: true,
        ..file(
            "gone.mp4",
            MediaKind::Clip,
            vec![Whose::Source("ann".to_owned())],
        )
    };
    Event::Media {
        find: String::new(),
        files: vec![
            file(
                "clips/opening.mp4",
                MediaKind::Clip,
                vec![Whose::Source("cam".to_owned())],
            ),
            missing,
            file("logo.svg", MediaKind::Drawing, Vec::new()),
            file("music.wav", MediaKind::Sound, Vec::new()),
            file("sponsor.png", MediaKind::Picture, vec![Whose::Hold]),
            file("spin-%03d.png", MediaKind::Numbered, Vec::new()),
        ],
        more: 3,
    }
}

fn with_media(build: &mut Build) {
    build.tab = super::super::Tab::Media;
    build.take(&pool());
}

fn looks(path: &'static str) -> impl FnOnce(&mut Build) {
    move |build| {
        with_media(build);
        build.chosen = Chosen::File(path.to_owned());
    }
}

fn title_of(sent: &[Command]) -> Title {
    match &edits(&without_asking(sent))[..] {
        [
            Edit::Add {
                item: Item::Title(title),
                ..
            },
        ] => title.clone(),
        other => panic!("{other:?}"),
    }
}

fn without_asking(sent: &[Command]) -> Vec<Command> {
    let mut sent = sent.to_vec();
    sent.retain(|command| !matches!(command, Command::Media { .. }));
    sent
}

#[test]
fn what_there_is_is_listed_with_its_use_found_by_name_and_seen() {
    let (mut window, door) = window(Panel::Scenes, show(), with_media);
    let media = Command::Media {
        find: String::new(),
    };
    door.sent();
    for say in [
        "clips/opening.mp4: Clip · 2 MB · source Stage",
        "gone.mp4: Clip · it is not there · source Ann",
        "sponsor.png: Picture · 2 MB · the holding slate",
    ] {
        assert!(window.query_by_label(say).is_some(), "{say}");
    }
    assert!(window.query_by_label_contains("and 3 more").is_some());
    let wishes = window.state_mut().build.wishes();
    let seen: Vec<&MonitorId> = wishes.iter().map(|wish| &wish.what).collect();
    let is_seen = |path: &str| seen.contains(&&MonitorId::File(path.to_owned()));
    assert!(is_seen("clips/opening.mp4") && is_seen("logo.svg"));
    assert!(!is_seen("gone.mp4") && !is_seen("music.wav"));
    // It is asked for again and again: files come and go.
    let mut asked = 0;
    for _ in 0..12 {
        window.state_mut().build.take(&pool());
        asked += turn(&mut window)
            .iter()
            .filter(|command| **command == media)
            .count();
    }
    assert!((2..6).contains(&asked), "{asked}");

    window
        .get_by_role_and_label(Role::TextInput, "Find a file")
        .click();
    window.step();
    window.event(egui::Event::Text("SPON png".to_owned()));
    let sent = turn(&mut window);
    assert!(window.query_by_label_contains("opening").is_none());
    click(
        &mut window,
        "sponsor.png: Picture · 2 MB · the holding slate",
    );
    assert_eq!(
        window.state().build.chosen,
        Chosen::File("sponsor.png".to_owned())
    );
    // There are more than are told: the engine looks among those.
    let find = "spon png".to_owned();
    assert!(sent.contains(&Command::Media { find: find.clone() }));
    let files = vec![file("x/spontaneous.png", MediaKind::Picture, Vec::new())];
    let found = |find: String, files| Event::Media {
        find,
        files,
        more: 0,
    };
    window
        .state_mut()
        .build
        .take(&found("other".to_owned(), Vec::new()));
    window.state_mut().build.take(&found(find, files));
    turn(&mut window);
    assert!(
        window
            .query_by_label_contains("x/spontaneous.png")
            .is_some()
    );
    // What is chosen stays, though it is not among what was found.
    let gone = crate::ui::lang::text("media-gone");
    assert!(window.query_by_label(&gone).is_none());
}

#[test]
fn a_file_becomes_a_source_a_title_a_stinger_or_the_slate() {
    let (mut window, _) = window(Panel::Inspector, show(), looks("clips/opening.mp4"));
    assert!(window.query_by_label("Used by source Stage").is_some());
    let new = added(&without_asking(&click(&mut window, "Source")));
    assert_eq!(
        (new.id.as_str(), &new.kind),
        ("opening", &SourceKind::file("clips/opening.mp4", false))
    );
    let sent = without_asking(&click(&mut window, "Stinger"));
    match &edits(&sent)[..] {
        [
            Edit::Add {
                item: Item::Stinger(Stinger { path, .. }),
                ..
            },
        ] => assert_eq!(path, "clips/opening.mp4"),
        other => panic!("{other:?}"),
    }

    let (mut window, _) = self::window(Panel::Inspector, show(), looks("logo.svg"));
    assert!(window.query_by_label("Source").is_none());
    let title = title_of(&click(&mut window, "Title"));
    // Without a folder it would be looked for among the templates.
    assert_eq!(
        (title.template.as_str(), title.label.as_str()),
        ("./logo.svg", "logo")
    );
    let second = title_of(&click(&mut window, "Title"));
    assert_eq!(
        (second.id.as_str(), second.label.as_str()),
        ("logo-2", "logo 2")
    );

    let (mut window, _) = self::window(Panel::Inspector, show(), looks("spin-%03d.png"));
    assert_eq!(title_of(&click(&mut window, "Title")).label, "spin");

    let (mut window, _) = self::window(Panel::Inspector, show(), looks("sponsor.png"));
    let sent = without_asking(&click(&mut window, "Holding slate"));
    match &edits(&sent)[..] {
        [Edit::Hold(Hold { picture, .. })] => assert_eq!(picture.as_deref(), Some("sponsor.png")),
        other => panic!("{other:?}"),
    }

    let (window, _) = self::window(Panel::Inspector, show(), looks("gone.mp4"));
    assert!(window.query_by_label("Source").is_none());
    assert!(window.query_by_label("Clip · it is not there").is_some());
}
