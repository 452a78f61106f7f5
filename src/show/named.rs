//! The files that a show names: one list of them, so that whoever moves or copies them forgets none.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::model::{Show, SourceKind};
use super::table::TableFrom;

/// What of a show names a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// A clip, by its source's id. Its path may be a pattern of numbered pictures.
    Source(String),
    /// A stinger, by its id. Its path may be a pattern of numbered pictures.
    Stinger(String),
    /// A title, by its id: its template, whose path may be a pattern of numbered pictures, or a picture that is
    /// filled in.
    Title(String),
    /// A table, by its id.
    Table(String),
    /// The holding slate's picture.
    Hold,
}

impl Whose {
    /// How it names a file of this path. A title's drawing beside the show is none of the templates that are
    /// found by their names.
    pub(super) fn named(&self, path: String) -> String {
        let is_bare = !path.contains('/') && path.to_ascii_lowercase().ends_with(".svg");
        match self {
            Self::Title(_) if is_bare => format!("./{path}"),
            _ => path,
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(id) => write!(f, "source \"{id}\""),
            Self::Stinger(id) => write!(f, "stinger \"{id}\""),
            Self::Title(id) => write!(f, "title \"{id}\""),
            Self::Table(id) => write!(f, "table \"{id}\""),
            Self::Hold => f.write_str("the holding slate"),
        }
    }
}

/// Every path of a media file or a table, in the show's order. The wipes' pictures and the templates that are
/// found by their names have no paths.
pub(super) fn paths_mut(show: &mut Show) -> impl Iterator<Item = (Whose, &mut String)> {
    let clips = show
        .sources
        .iter_mut()
        .filter_map(|source| match &mut source.kind {
            SourceKind::File { path, .. } => Some((Whose::Source(source.id.clone()), path)),
            _ => None,
        });
    let stingers = show
        .stingers
        .iter_mut()
        .map(|stinger| (Whose::Stinger(stinger.id.clone()), &mut stinger.path));
    let titles = show.titles.iter_mut().filter_map(|title| {
        let whose = Whose::Title(title.id.clone());
        title
            .file()
            .is_some()
            .then_some((whose, &mut title.template))
    });
    let tables = show
        .tables
        .iter_mut()
        .filter_map(|table| match &mut table.from {
            TableFrom::File(path) => Some((Whose::Table(table.id.clone()), path)),
            TableFrom::Url { .. } => None,
        });
    let hold = show.hold.picture.iter_mut();
    clips
        .chain(stingers)
        .chain(titles)
        .chain(tables)
        .chain(hold.map(|path| (Whose::Hold, path)))
}
