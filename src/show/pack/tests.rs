use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::show;

/// Goes on for as many pieces as it is asked to, and keeps what it was told.
struct Looks {
    pieces: usize,
    told: Vec<(String, u64, u64)>,
}

impl Watch for Looks {
    fn is_wanted(&mut self) -> bool {
        self.pieces = self.pieces.saturating_sub(1);
        self.pieces > 0
    }

    fn copies(&mut self, file: &str, bytes: u64, of: u64) {
        self.told.push((file.to_owned(), bytes, of));
    }
}

fn patient() -> Looks {
    Looks {
        pieces: usize::MAX,
        told: Vec::new(),
    }
}

/// A show of which every file is somewhere else, in a folder of its own.
struct House {
    root: tempfile::TempDir,
}

const SHOW: &str = r#"(version: 1, name: "Forum",
    sources: [
        (id: "a", kind: File(path: "clip.mp4", loop: true)),
        (id: "b", kind: File(path: "../else/Clip.mp4")),
        (id: "c", kind: File(path: "ROOT/else/Clip.mp4", in_s: 1.5)),
        (id: "d", kind: File(path: "link.mp4")),
        (id: "cam", label: "Stage", kind: Camera(device: "usb-1")),
        (id: "net", label: "Room", kind: Network(url: "rtsp://admin:{secret:roomcam}@10.0.0.5/live")),
    ],
    stingers: [
        (id: "one", path: "sting.webm", cut_frame: 3),
        (id: "many", path: "100%/sting-%03d.png", cut_frame: 1),
        (id: "again", path: "100%/sting-%03d.png", cut_frame: 2),
    ],
    hold: (picture: "../else/soon.png"),
    transition: (kind: Wipe, wipe: "mine"),
    scenes: [(id: "s", layers: [(source: "a")], transition: (kind: Wipe, wipe: "circle"))],
    destinations: [
        (id: "yt", label: "YouTube", server: "rtmps://a.rtmps.youtube.com/live2", key: Secret("tube")),
        (id: "hall", server: "rtmp://127.0.0.1/live", key: Open("hall")),
    ],
    recording: (folder: "ROOT/masters"),
)"#;

impl House {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let house = Self { root };
        for (path, text) in [
            ("show/clip.mp4", "a's"),
            ("else/Clip.mp4", "b's and c's"),
            ("show/sting.webm", "sting"),
            ("show/100%/sting-000.png", "0"),
            ("show/100%/sting-001.png", "1"),
            ("show/100%/sting-003.png", "behind a gap"),
            ("else/soon.png", "soon"),
            ("show/wipes/mine.png", "grey"),
            ("show/wipes/other.PNG", "another grey"),
            ("show/wipes/notes.txt", "no wipe"),
        ] {
            house.write(path, text);
        }
        std::os::unix::fs::symlink("clip.mp4", house.at("show/link.mp4")).unwrap();
        let root = house.root.path().display().to_string();
        house.write("show/forum.ron", &SHOW.replace("ROOT", &root));
        house
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn show(&self) -> Show {
        show::open(&self.at("show/forum.ron")).unwrap().show
    }

    fn pack(&self, folder: &str) -> Result<Packed, PackError> {
        self.pack_as(&self.show(), folder, &mut patient())
    }

    fn pack_as(&self, show: &Show, to: &str, watch: &mut Looks) -> Result<Packed, PackError> {
        pack(show, &self.at("show/forum.ron"), &self.at(to), watch)
    }

    /// Every file below a folder, by its path from there, with what it says.
    fn files(&self, folder: &str) -> Vec<(String, String)> {
        fn below(folder: &Path, part: &str, all: &mut Vec<(String, String)>) {
            for entry in folder.join(part).read_dir().unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                let name = Path::new(part).join(name).display().to_string();
                if entry.file_type().unwrap().is_dir() {
                    below(folder, &name, all);
                } else {
                    all.push((name, fs::read_to_string(entry.path()).unwrap()));
                }
            }
        }
        let mut all = Vec::new();
        below(&self.at(folder), "", &mut all);
        all.sort();
        all
    }

    /// What lies in the root: nothing half written may.
    fn names(&self) -> Vec<String> {
        let entries = self.root.path().read_dir().unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

#[test]
fn everything_a_show_needs_is_in_its_copy_once_and_by_a_name_of_its_own() {
    let house = House::new();
    let mut looks = patient();
    let packed = house.pack_as(&house.show(), "copy", &mut looks).unwrap();
    assert_eq!(packed.show_file, house.at("copy/forum.ron"));
    assert_eq!(packed.keys, ["roomcam", "tube"]);
    let files = house.files("copy");
    let all: Vec<&(String, String)> = files.iter().filter(|f| f.0.contains('/')).collect();
    // Whoever runs this may have wipes of their own.
    let own = ["wipes/mine.png", "wipes/other.png"];
    let is_ours = |name: &str| name.starts_with("media/") || own.contains(&name);
    let media: Vec<(&str, &str)> = all
        .iter()
        .filter(|(name, _)| is_ours(name))
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        media,
        [
            ("media/Clip-2.mp4", "b's and c's"),
            ("media/clip.mp4", "a's"),
            ("media/many/sting-000.png", "0"),
            ("media/many/sting-001.png", "1"),
            ("media/soon.png", "soon"),
            ("media/sting.webm", "sting"),
            ("wipes/mine.png", "grey"),
            ("wipes/other.png", "another grey"),
        ]
    );
    assert_eq!(packed.files, all.len());
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    assert_eq!(packed.bytes, bytes as u64);
    assert!(looks.told.iter().all(|(_, _, of)| *of == bytes as u64));
    assert!(
        looks
            .told
            .iter()
            .any(|(file, _, _)| file == "wipes/mine.png")
    );

    // It is elsewhere, and nothing it came from is there any more.
    fs::rename(house.at("copy"), house.at("moved")).unwrap();
    for gone in ["show", "else"] {
        fs::remove_dir_all(house.at(gone)).unwrap();
    }
    let show = show::load(&house.at("moved/forum.ron")).unwrap();
    let path = |n: usize| match &show.sources[n].kind {
        show::SourceKind::File { path, .. } => path.as_str(),
        other => panic!("{other:?}"),
    };
    let paths = [path(0), path(1), path(2), path(3)];
    let second = "media/Clip-2.mp4";
    assert_eq!(paths, ["media/clip.mp4", second, second, "media/clip.mp4"]);
    let pattern = "media/many/sting-%03d.png";
    let stingers: Vec<&str> = show.stingers.iter().map(|s| s.path.as_str()).collect();
    assert_eq!(stingers, ["media/sting.webm", pattern, pattern]);
    assert_eq!(show.hold.picture.as_deref(), Some("media/soon.png"));
    assert_eq!(show.recording, show::Recording::default());
    assert_eq!(show.transition.wipe, "mine");
}

#[test]
fn titles_have_their_templates_and_pictures_by_the_names_they_had() {
    let house = House::new();
    let titles = r#"titles: [
        (id: "low", template: "mine.svg", fields: {"logo": "logos/a.png"}),
        (id: "usual", template: "lower-third.svg"),
        (id: "own", template: "../else/own.svg"),
        (id: "clip", template: "100%/sting-%03d.png"),
        (id: "soon", template: "media/soon.png"),
        (id: "mark", template: "./mark.svg", fields: {"logo": "mark.svg"}),
    ],
    rundown: [(id: "one", title: "low", fields: {"logo": "cued.jpg"})],
    tables: [(id: "people", from: File("people.csv"))],
    sources: ["#;
    for (path, text) in [
        (
            "show/titles/mine.svg",
            "<svg><image href='deep/line.png'/></svg>",
        ),
        ("show/titles/spare.svg", "<svg/>"),
        ("show/titles/deep/line.png", "line"),
        ("show/titles/notes.txt", "for nobody"),
        ("show/logos/a.png", "a"),
        ("show/logos/b.png", "nobody's"),
        ("show/cued.jpg", "cued"),
        ("show/row.webp", "of a row"),
        ("show/media/soon.png", "another soon"),
        (
            "show/people.csv",
            "name,logo\nAnn,row.webp\nBen,media/soon.png\n",
        ),
        (
            "else/own.svg",
            "<svg docname='own.svg'><image href='R&amp;D/beside.png'/></svg>",
        ),
        ("else/R&D/beside.png", "beside"),
        ("show/mark.svg", "<svg/>"),
        ("show/titles/mark.svg", "<svg>another</svg>"),
        ("else/unnamed.png", "unnamed"),
    ] {
        house.write(path, text);
    }
    let text = fs::read_to_string(house.at("show/forum.ron")).unwrap();
    house.write("show/forum.ron", &text.replacen("sources: [", titles, 1));
    house.pack("copy").unwrap();
    let files = house.files("copy");
    let said = |name: &str| {
        let file = files.iter().find(|(file, _)| file == name);
        file.map(|(_, text)| text.as_str())
    };
    for (name, text) in [
        ("titles/spare.svg", "<svg/>"),
        ("titles/deep/line.png", "line"),
        ("logos/a.png", "a"),
        ("cued.jpg", "cued"),
        ("row.webp", "of a row"),
        ("media/own/R&D/beside.png", "beside"),
        ("titles/mark.svg", "<svg>another</svg>"),
        ("media/soon.png", "another soon"),
        ("media/many/sting-001.png", "1"),
    ] {
        assert_eq!(said(name), Some(text), "{name}");
    }
    for name in ["titles/notes.txt", "logos/b.png", "media/own/unnamed.png"] {
        assert_eq!(said(name), None, "{name}");
    }
    let show = show::load(&house.at("copy/forum.ron")).unwrap();
    let templates: Vec<&str> = show
        .titles
        .iter()
        .map(|title| title.template.as_str())
        .collect();
    assert_eq!(
        templates[..3],
        ["mine.svg", "lower-third.svg", "media/own/own.svg"]
    );
    assert_eq!(
        said(templates[3].replace("%03d", "000").as_str()),
        Some("0")
    );
    assert_eq!(said(templates[4]), Some("another soon"));
    // Not the one that is found by its name.
    let mark = templates[5];
    assert!(mark.contains('/'), "{mark}");
    assert_eq!(said(mark.trim_start_matches("./")), Some("<svg/>"));
    assert_eq!(show.hold.picture.as_deref().and_then(said), Some("soon"));
}

#[test]
fn the_text_beside_it_names_the_keys_and_what_they_are_for() {
    let house = House::new();
    house.pack("copy").unwrap();
    let letter = fs::read_to_string(house.at("copy/README.txt")).unwrap();
    for said in [
        "Forum\n",
        "regie forum.ron",
        "tube (REGIE_KEY_TUBE): stream key of YouTube",
        "tube (REGIE_KEY_TUBE): clé de diffusion de YouTube",
        "roomcam (REGIE_KEY_ROOMCAM): password in the address of Room",
        "Stage: usb-1",
    ] {
        assert!(letter.contains(said), "{said:?} is not in\n{letter}");
    }
    assert!(!letter.contains("hall"), "what is no secret is in the show");
}

#[test]
fn what_is_missing_is_named_all_of_it_and_nothing_is_written() {
    let house = House::new();
    for gone in [
        "show/clip.mp4",
        "show/100%/sting-000.png",
        "show/100%/sting-001.png",
        "show/100%/sting-003.png",
        "show/wipes/mine.png",
    ] {
        fs::remove_file(house.at(gone)).unwrap();
    }
    let names = house.names();
    let error = house.pack("copy").unwrap_err();
    let PackError::Missing(missing) = &error else {
        panic!("{error}");
    };
    assert_eq!(missing.len(), 5, "{missing:?}");
    let said = error.to_string();
    for part in [
        "source \"a\"",
        "source \"d\"",
        "stinger \"many\"",
        "sting-000.png",
        "wipe \"mine\"",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert_eq!(house.names(), names);
}

#[test]
fn only_an_empty_folder_or_a_copy_that_nobody_touched_is_replaced() {
    let house = House::new();
    fs::create_dir(house.at("copy")).unwrap();
    house.pack("copy").unwrap();
    // Another time, with less in it: the earlier copy goes, all of it.
    let mut show = house.show();
    show.sources.remove(1);
    show.sources.remove(1);
    show.name = "Forum, day two".to_owned();
    house.pack_as(&show, "copy", &mut patient()).unwrap();
    let files = house.files("copy");
    assert!(files.iter().all(|(name, _)| name != "media/Clip-2.mp4"));
    assert!(files.iter().any(|(_, text)| text.contains("day two")));
    // Carried by something that keeps no times, it is still known.
    let file = fs::File::open(house.at("copy/media/clip.mp4")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    house.pack("copy").unwrap();

    let refused = |what: &str, change: &dyn Fn()| {
        fs::remove_dir_all(house.at("copy")).unwrap();
        house.pack("copy").unwrap();
        change();
        let before = house.files("copy");
        let error = house.pack("copy").unwrap_err();
        assert!(matches!(error, PackError::Taken { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
        assert_eq!(house.files("copy"), before);
    };
    refused("recordings/master.mkv", &|| {
        house.write("copy/recordings/master.mkv", "an hour")
    });
    refused("media/clip.mp4", &|| {
        house.write("copy/media/clip.mp4", "b's")
    });
    refused("forum.ron", &|| {
        house.write("copy/forum.ron", "(version: 1, name: \"edited\")")
    });
    refused("another show", &|| {
        let ledger = house.at("copy/.regie-copy.json");
        let text = fs::read_to_string(&ledger).unwrap();
        fs::write(ledger, text.replace("forum.ron\",", "other.ron\",")).unwrap();
    });
    for other in ["show", "else"] {
        let before = house.files(other);
        assert!(matches!(house.pack(other), Err(PackError::Taken { .. })));
        assert_eq!(house.files(other), before);
    }
    let file = "else/Clip.mp4";
    assert!(matches!(house.pack(file), Err(PackError::Taken { .. })));
    assert!(house.pack("nowhere/copy").is_err());
    let names = house.names();
    assert_eq!(names, ["copy", "else", "show"], "nothing is left");
}

#[test]
fn a_copy_that_is_stopped_or_killed_leaves_nothing_that_looks_whole() {
    let house = House::new();
    let names = house.names();
    for pieces in 1..8 {
        let mut looks = Looks {
            pieces,
            ..patient()
        };
        let error = house
            .pack_as(&house.show(), "copy", &mut looks)
            .unwrap_err();
        assert!(matches!(error, PackError::Stopped), "{error}");
        assert_eq!(house.names(), names, "{pieces}");
    }
    // One that was killed, and one that somebody else is writing still.
    house.write(".copy.dead.part/.regie-writes", "");
    house.write(".copy.dead.part/media/clip.mp4", "a");
    house.write(".copy.alive.part/.regie-writes", "");
    house.write(".copy.mine.part/notes.txt", "not regie's");
    let alive = fs::File::open(house.at(".copy.alive.part/.regie-writes")).unwrap();
    let exclusive = rustix::fs::FlockOperation::NonBlockingLockExclusive;
    rustix::fs::flock(&alive, exclusive).unwrap();
    house.pack("copy").unwrap();
    let expected = [
        ".copy.alive.part",
        ".copy.mine.part",
        "copy",
        "else",
        "show",
    ];
    assert_eq!(house.names(), expected);
}

#[test]
fn a_file_that_is_being_written_is_said_so() {
    struct Writes(PathBuf);
    impl Watch for Writes {
        fn is_wanted(&mut self) -> bool {
            true
        }
        fn copies(&mut self, file: &str, _: u64, _: u64) {
            if file == "media/clip.mp4" {
                fs::write(&self.0, "longer than it was").unwrap();
            }
        }
    }
    let house = House::new();
    let (clip, copy) = (house.at("show/clip.mp4"), house.at("copy"));
    let file = house.at("show/forum.ron");
    let error = pack(&house.show(), &file, &copy, &mut Writes(clip)).unwrap_err();
    assert!(
        matches!(&error, PackError::Changed(path) if path.ends_with("clip.mp4")),
        "{error}"
    );
    assert!(!copy.exists());
}

#[test]
fn the_folder_is_the_one_that_was_named_or_one_in_it() {
    let house = House::new();
    let file = house.at("show/forum.ron");
    assert_eq!(folder_in(&house.at("else"), &file), house.at("else/forum"));
    assert_eq!(folder_in(&house.at("new"), &file), house.at("new"));
    fs::create_dir(house.at("empty")).unwrap();
    assert_eq!(folder_in(&house.at("empty"), &file), house.at("empty"));
    house.pack("copy").unwrap();
    assert_eq!(folder_in(&house.at("copy"), &file), house.at("copy"));
}
