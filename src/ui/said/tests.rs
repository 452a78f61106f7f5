use std::path::{Path, PathBuf};

use super::*;

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

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_sentence_that_reaches_a_desk_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let english = lang::spoken();
    let mut unknown = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if ELSEWHERE.iter().any(|other| name.starts_with(other)) || name.ends_with("tests.rs") {
            continue;
        }
        for text in literals(&std::fs::read_to_string(&file).unwrap()) {
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
            "source « cam1 » à l’antenne : passez d’abord à une autre scène, ou confirmez",
        ),
        (
            "the wipe \"a\" is broken: it is no file; a mix is made instead",
            "le volet « a » est abîmé : ce n’est pas un fichier ; un fondu est fait à la place",
        ),
        (
            "a.ron:3:4: the URL holds white space, expected none; a.ron:5:6: it is no file",
            "a.ron:3:4 : l’URL contient des espaces : il n’en faut pas ; a.ron:5:6 : ce n’est pas \
             un fichier",
        ),
        ("Could not negotiate caps", "Could not negotiate caps"),
    ];
    for (english, expected) in table {
        assert_eq!(translate(french, english, DEPTH).1, expected, "{english}");
    }
    assert_eq!(said("the disk is full"), "the disk is full");
}
