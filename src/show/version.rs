//! The version of a show file's form: read before all else, so that a file of a newer regie is known
//! as that, and neither picked to pieces nor written over.
//!
//! Version 1 is the only one there is. What it gained since it began may be left out of a file, so
//! that all files of it are read as they are; a form that cannot be read so must get a number of its
//! own, and here is where the older one would be turned into it.

use std::path::Path;

use super::fault::Fault;
use super::locate::Tree;
use super::model::VERSION;

/// The version that a text says, where it can be made out.
pub(super) fn of(tree: &Tree) -> Option<u32> {
    tree.text_of_whole("version")?.trim().parse().ok()
}

/// The version of a text, where a newer regie has written it.
pub(super) fn newer(text: &str) -> Option<u32> {
    of(&Tree::scan(text)).filter(|version| *version > VERSION)
}

/// What is wrong with a version: everything but [`VERSION`].
pub(super) fn fault(file: &Path, tree: &Tree, version: u32) -> Option<Fault> {
    let more = match version {
        VERSION => return None,
        newer if newer > VERSION => ": a newer regie has written it, and opens it",
        _ => "",
    };
    let message = format!(
        "unknown version {version}, expected {VERSION}, the only one this program reads{more}"
    );
    Some(Fault::new(file, tree.place("version"), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_made_out_whatever_stands_around_it() {
        for (text, expected) in [
            ("(version: 2, name: \"x\", beyond: Guess(1))", Some(2)),
            (
                "#![enable(implicit_some)]\nShow(name: \"version: 9\", version: 3 /* it */)",
                Some(3),
            ),
            ("(version: 1, name: \"x\")", None),
            ("(name: \"x\", scenes: [(version: 7)])", None),
            ("(version: \"2\")", None),
            ("version: 2", None),
            ("", None),
        ] {
            assert_eq!(newer(text), expected, "{text}");
        }
    }
}
