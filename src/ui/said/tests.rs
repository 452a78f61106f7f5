use std::path::Path;

use super::*;
use crate::show::{self, Fault, Recording, SaveError, Show};

/// What a desk never shows: what is said on terminals and in logs, to whoever pours rubbish into the
/// receiver, or by what a test alone uses.
const ELSEWHERE: &[&str] = &[
    "src/ui",
    "src/bin",
    "src/main.rs",
    "src/lib.rs",
    "src/commands.rs",
    "src/control",
    "src/keeper",
    "src/logging.rs",
    "src/nice.rs",
    "src/panics.rs",
    "src/door/client.rs",
    "src/door/place.rs",
    "src/door/wire.rs",
    "src/audio/track.rs",
    "src/engine/journal.rs",
    "src/input/sound.rs",
    "src/output/chapters.rs",
    "src/output/matroska.rs",
    "src/output/mp4/scan.rs",
    "src/output/mending.rs",
    "src/output/receiver/chunks.rs",
    "src/output/receiver/session.rs",
    "src/output/recording_tests.rs",
    "src/show/autosave.rs",
    "src/show/pack/letter.rs",
    "src/show/recent.rs",
];

/// Sentences that no desk shows though they stand between others: of programming errors, of the
/// engine's start, of logs.
const UNSEEN: &[&str] = &[
    "this is for the editor of the show",
    "this is for who looks for sources",
    "this is not for who looks for sources",
    "GStreamer: {0}",
    "the show's format: {0}",
    "no thread: {0}",
    "took too long",
    "no RTMP handshake: {0}",
    "stream already exists",
    "reset by peer",
    "Frame with size ",
    "No URI handler implemented for \"",
    "No route to host",
];

/// Parts of sentences that are known as wholes.
const PARTS: &[&str] = &[
    "expected a loopback address and port, such as 127.0.0.1:19350",
    "expected {secret:NAME} in its place, which names where the secret is found",
    ": a newer regie has written it, and opens it",
    "left and right",
    "top and bottom",
    " at line {line} column {column}",
    "an array of objects, one for each row",
    "an object with the cells of a row as {}",
    "; its last rows stay",
];

/// What may stand where something is filled in, where not anything may.
const FILLED: &[(&str, &str)] = &[
    ("reads{more}", "reads"),
    (
        "is changed by another engine, which would interrupt what is on air ({})",
        "is changed by another engine, which would interrupt what is on air (Xyz7)",
    ),
    ("{hint}", ""),
    ("{sides}", "left and right"),
    ("nothing to {0}", "nothing to undo"),
    (", {expected}", ", expected Xyz7"),
    ("{secret:NAME}", "{{secret:NAME}}"),
    ("\\u{N}", "\\u{{N}}"),
];

/// The texts in double quotes of a source; comments, tests and what goes into the log are left out.
fn literals(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut found = Vec::new();
    let chars: Vec<char> = code.chars().collect();
    let mut statement = String::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 2,
            '\'' if chars.get(at + 1) == Some(&'\\') => at += 3,
            ';' | '{' | '}' => statement.clear(),
            '"' => {
                let mut text = String::new();
                at += 1;
                while at < chars.len() && chars[at] != '"' {
                    if chars[at] == '\\' {
                        at += 1;
                        match chars[at] {
                            '\n' => {
                                while chars[at].is_whitespace() {
                                    at += 1;
                                }
                                at -= 1;
                            }
                            'n' => text.push('\n'),
                            c => text.push(c),
                        }
                    } else {
                        text.push(chars[at]);
                    }
                    at += 1;
                }
                let logged = ["tracing::", "panicked", ".expect(", "starts_with("]
                    .iter()
                    .any(|word| statement.contains(word));
                if !logged {
                    found.push(text);
                }
            }
            c => statement.push(c),
        }
        at += 1;
    }
    found
}

/// A text with something plausible where something is filled in, and how many letters are its own.
fn sample(text: &str) -> (String, usize) {
    let (mut made, mut own) = (String::new(), 0);
    let mut text = text.to_owned();
    for (filled, with) in FILLED {
        text = text.replace(filled, with);
    }
    let mut rest = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    while let Some((before, behind)) = rest.clone().split_once('{') {
        made.push_str(before);
        own += before.len();
        let (_, after) = behind.split_once('}').unwrap_or(("", behind));
        made.push_str("Xyz7");
        rest = after.to_owned();
    }
    made.push_str(&rest);
    own += rest.len();
    (made.replace('\u{1}', "{").replace('\u{2}', "}"), own)
}

#[test]
fn every_sentence_that_reaches_a_desk_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let english = lang::spoken();
    let mut unknown = Vec::new();
    for (file, source) in crate::ui::reading::sources("src") {
        let name = file
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if ELSEWHERE.iter().any(|other| name.starts_with(other)) || name.ends_with("tests.rs") {
            continue;
        }
        for text in literals(&source) {
            let words = text.split(' ').filter(|word| {
                word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
            });
            let is_sentence = words.count() >= 3 && !text.contains('\n');
            if !is_sentence || [UNSEEN, PARTS].concat().contains(&text.as_str()) {
                continue;
            }
            let (sample, own) = sample(&text);
            let (known, _) = translate(&english, &sample, DEPTH);
            if known * 10 < own * 8 {
                unknown.push(format!("{name}: {text:?} ({known} of {own})"));
            }
        }
    }
    unknown.sort();
    assert!(
        unknown.is_empty(),
        "said.ftl does not have:\n{}",
        unknown.join("\n")
    );
}

#[test]
fn sentences_within_sentences_are_said_too() {
    let all = lang::languages(None);
    let french = all.iter().find(|language| language.tag == "fr").unwrap();
    let table = [
        ("the disk is full", "le disque est plein"),
        (
            "source \"cam1\" is on air: take another scene first, or say that it is meant",
            "source « cam1 » à l’antenne : passez d’abord à une autre scène, ou confirmez",
        ),
        (
            "destination \"yt\" is on air: stop it first",
            "destination « yt » en diffusion : arrêtez-la d’abord",
        ),
        (
            "the wipe \"a\" is broken: it is no file; a mix is made instead",
            "le volet « a » est abîmé : ce n’est pas un fichier ; un fondu est fait à la place",
        ),
        (
            "a.ron:3:4: the URL holds white space, expected none; a.ron:5:6: it is no file",
            "a.ron:3:4 : l’URL contient des espaces : il n’en faut pas ; a.ron:5:6 : ce n’est pas \
             un fichier",
        ),
        ("Could not negotiate caps", "Could not negotiate caps"),
    ];
    for (english, expected) in table {
        assert_eq!(translate(french, english, DEPTH).1, expected, "{english}");
    }
    assert_eq!(said("the disk is full"), "the disk is full");
}

fn french() -> std::sync::Arc<Language> {
    let all = lang::languages(None);
    all.into_iter().find(|l| l.tag == "fr").unwrap()
}

/// What the show's rules find wrong, as the engine says it of an edit.
fn refused(show: &str) -> Vec<String> {
    let show: Show = ron::from_str(show).unwrap();
    let (path, before) = (Path::new("/nowhere/show.ron"), Show::clone(&show));
    let before = Show {
        sources: Vec::new(),
        stingers: Vec::new(),
        tables: Vec::new(),
        hold: Default::default(),
        sound: Default::default(),
        sound_outputs: Vec::new(),
        snapshots: Default::default(),
        recording: Recording {
            folder: "elsewhere".to_owned(),
            ..before.recording.clone()
        },
        ..before
    };
    match show::text_of(path, &show, &before) {
        Err(SaveError::Faulty(faults)) => faults.iter().map(Fault::in_words).collect(),
        other => panic!("{other:?}"),
    }
}

/// Each field that can be refused, refused as it really is, in the desk's own words for it.
#[test]
fn a_refused_field_is_named_and_explained_in_the_desks_language() {
    let show = r##"(version: 1, name: "x", sources: [
        (id: "a", kind: Test(pattern: Bars, tone_hz: Some(5.0))),
        (id: "b c", kind: File(path: "/nope/x.mkv")),
        (id: "a", kind: File(path: "")),
        (id: "c", kind: Network(url: "")),
        (id: "d", kind: Network(url: "rtsp:///x")),
        (id: "e", kind: Camera(device: "")),
        (id: "f", kind: SoundCard(device: "", host: Some(""), channels: [0]))],
        sound_outputs: [(bus: "hall", device: "x", channels: [1, 2, 3])],
        scenes: [(id: "s", layers: [(source: "a", rect: (0.0, 0.0, 0.0, 1.0)),
            (source: "zz", rect: (0.0, 0.0, 1.0, 1.0), crop: (0.5, 0.0, 0.5, 0.0))],
            transition: Some((kind: Mix, frames: 0)))],
        stingers: [(id: "st", path: "/nope/s.webm", cut_frame: 1)],
        hold: (picture: Some("/nope/p.png")),
        destinations: [(id: "y", server: "rtmp://a.example", key: Secret("k"))],
        format: (width: 33, height: 720, rate: (25, 1)),
        encoder: (gop_s: 99.0),
        recording: (folder: "/proc/version/x"))"##;
    let found = refused(show);
    let said: Vec<String> = found
        .iter()
        .map(|text| translate(&french(), text, DEPTH).1)
        .collect();
    let expected = [
        "source 1, fréquence du son : 5 est hors limites : de 20 à 20000",
        "source 2, identifiant : identifiant mal formé : 1 à 32 lettres, chiffres, - et _",
        "source 2, fichier : il n’y a pas de fichier /nope/x.mkv : il faut un fichier média",
        "source 3, fichier : le chemin est vide : il faut un fichier média",
        "source 4, adresse : l’URL est vide : attendu",
        "source 5, adresse : l’URL n’a pas d’hôte : il en faut un après ://",
        "source 6, périphérique : l’appareil manque",
        "source 7, périphérique : l’appareil manque",
        "source 7, système audio : le système audio manque",
        "source 7, canal gauche : 0 est hors limites : de 1 à 64",
        "sortie son 1, canaux : 3 canaux : il en faut 1 ou 2",
        "sortie son 1, bus : pas de bus « hall » ; possibles : `program`",
        "scène 1, calque 1, largeur : un calque sans taille : attendu plus de 0",
        "scène 1, calque 2, source : aucune source n’a l’identifiant « zz »",
        "scène 1, calque 2, recadrage : gauche et droite coupent toute la source",
        "scène 1, transition, durée (images) : 0 est hors limites : de 1 à",
        "stinger 1, fichier : il n’y a pas de fichier /nope/s.webm : il faut un fichier média",
        "carton d’attente, image : il n’y a pas de fichier /nope/p.png",
        "destination 1, serveur : l’URL ne nomme pas d’application",
        "image, largeur : 33 est hors limites",
        "image, largeur : 33 est impair : un nombre pair est attendu",
        "encodeur, écart entre images clés : 99 est hors limites : de 0,5 à 10",
        "enregistrement, dossier : aucun enregistrement ne peut s’écrire dans /proc/version/x : \
         /proc/version n’est pas un dossier",
    ];
    for wanted in expected {
        assert!(
            said.iter().any(|text| text.starts_with(wanted)),
            "{wanted:?} in {said:#?}"
        );
    }
    let taken = "source 3, identifiant : l’identifiant « a » est pris à la ligne ";
    assert!(said.iter().any(|text| text.starts_with(taken)), "{said:#?}");
    for (text, said) in found.iter().zip(&said) {
        assert_ne!(text, said);
        let english = ["expected", " the ", "sources[", "kind."];
        assert!(english.iter().all(|word| !said.contains(word)), "{said}");
    }
    // All at once, as one refusal says them.
    let all = translate(&french(), &found[..3].join("; "), DEPTH).1;
    assert!(
        !all.contains("sources[") && !all.contains("expected"),
        "{all}"
    );
    assert!(
        super::said("sources[3].kind.path: there is no file /x").starts_with("source 4, file: ")
    );
}

#[test]
fn the_systems_errors_are_said_in_the_desks_words() {
    use std::io::Error;
    let said = |text: &str| translate(&french(), text, DEPTH).1;
    let numbers = [13, 1, 28, 30, 2, 5, 122, 17, 20, 21];
    for number in numbers {
        let error = Error::from_raw_os_error(number).to_string();
        assert_ne!(said(&error), error);
        let whole = format!("/sys/x.ron: not saved: {error}");
        let now = said(&whole);
        assert!(now.starts_with("/sys/x.ron : non enregistré : "), "{now}");
        assert!(!now.contains("os error"), "{now}");
    }
    let temporary = r#"Permission denied (os error 13) at path "/sys/.x.ron.aG1Fqi.new""#;
    let words = "accès refusé : vérifiez les droits, ou choisissez un autre dossier";
    assert_eq!(said(temporary), words);
    assert_eq!(
        said(&format!("unknown words: {temporary}")),
        format!("unknown words: {words}")
    );
    assert_eq!(
        super::said(&format!("/sys/x.ron: not saved: {temporary}")),
        "/sys/x.ron: not saved: access is denied: check the permissions, or choose another folder"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let show = refused(&format!(
        r#"(version: 1, name: "x", sources: [(id: "a", kind: File(path: "{}/x"))])"#,
        file.display()
    ));
    let now = said(&show[0]);
    assert!(
        now.contains("une partie du chemin n’est pas un dossier"),
        "{now}"
    );
    let stale = "a.ron:3:4: no recording can be written to /sys/r: Permission denied (os error 13), \
                 expected a folder to write to";
    assert!(said(stale).contains("accès refusé"), "{}", said(stale));
}

#[test]
fn parts_of_a_show_are_named_in_what_is_said_of_them() {
    let said = |text: &str| translate(&french(), text, DEPTH).1;
    assert_eq!(
        said("the transition's softness: 3 is out of range, expected 0 to 1"),
        "la transition, douceur : 3 est hors limites : de 0 à 1"
    );
    assert_eq!(said("the order of the scenes"), "l’ordre des scènes");
    assert_eq!(said("the show's recording"), "l’émission, enregistrement");
}
