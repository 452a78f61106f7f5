//! The media pool: the pictures, clips and sounds that lie in the show's folder, and those that the show names
//! elsewhere, each with what it is used for.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::below::below;
use super::model::Show;
use super::named::{Whose, paths_mut};
use super::numbered::Numbered;
use super::templates::picture_folders;

/// So many are told at the most.
const MOST: usize = 500;

/// What a file of media is, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture, which may move.
    Picture,
    /// An SVG.
    Drawing,
    /// Numbered pictures, one after the other.
    Numbered,
    /// Moving pictures, with or without sound.
    Clip,
    /// Sound alone.
    Sound,
}

/// Endings of pictures.
pub const PICTURES: &[&str] = &[
    "png", "jpg", "jpeg", "webp", "gif", "apng", "bmp", "tif", "tiff",
];
/// Endings of clips.
pub const CLIPS: &[&str] = &[
    "mp4", "mkv", "mov", "webm", "avi", "ts", "mts", "m2ts", "mxf", "mpg", "m4v",
];
/// Endings of sound.
pub const SOUNDS: &[&str] = &["wav", "flac", "mp3", "m4a", "ogg", "opus"];

impl MediaKind {
    /// By a file's ending; none where it is no medium's.
    pub fn of(path: &str) -> Option<Self> {
        let ending = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
        let is_in = |endings: &[&str]| endings.contains(&ending.as_str());
        if is_in(PICTURES) {
            Some(match Numbered::of(path) {
                Some(_) => Self::Numbered,
                None => Self::Picture,
            })
        } else if ending == "svg" {
            Some(Self::Drawing)
        } else if is_in(CLIPS) {
            Some(Self::Clip)
        } else {
            is_in(SOUNDS).then_some(Self::Sound)
        }
    }
}

/// Whether a title may show the picture of this path, from the show's folder, in one of its fields.
pub fn fills_in(path: &str) -> bool {
    let path = Path::new(path);
    let ending = path.extension().and_then(|ending| ending.to_str());
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    let is_beside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    is_beside && ["png", "jpg", "jpeg", "webp", "gif", "svg"].contains(&ending.as_str())
}

/// A file of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// As a show names it: from its own folder, or the whole path of what lies elsewhere.
    pub path: String,
    /// What it is.
    pub kind: MediaKind,
    /// Its length in bytes; of all together where they are numbered.
    pub bytes: u64,
    /// How many pictures are numbered; 1 of everything else.
    pub files: usize,
    /// The show names it, and it is not there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
    /// What it is used for.
    pub used: Vec<Whose>,
}

/// What is filled into the fields of a title, by its id.
pub type Filled = (String, Arc<BTreeMap<String, String>>);

/// The pool of a show whose file lies in this folder, by the names of the files; and how many more there are
/// than are told. Of each file the path holds every word of `find`. `filled` is what the titles show or will, beyond
/// what the show says.
pub fn media_pool(
    show: &Show,
    folder: &Path,
    filled: &[Filled],
    find: &str,
) -> (Vec<MediaFile>, usize) {
    let recordings = folder.join(&show.recording.folder);
    let own = ["wipes", "titles"].map(|name| folder.join(name));
    let skips = |path: &Path| path == recordings || path == own[0];
    let mut found = below(folder, &skips);
    // Templates are found by their names.
    found.retain(|name, path| {
        let kind = MediaKind::of(name);
        kind.is_some_and(|kind| kind != MediaKind::Drawing || !path.starts_with(&own[1]))
    });
    let mut pool = numbered(&mut found);
    pool.extend(found.into_iter().filter_map(|(name, path)| {
        let file = MediaFile {
            kind: MediaKind::of(&name)?,
            bytes: path.metadata().map_or(0, |file| file.len()),
            files: 1,
            missing: false,
            used: Vec::new(),
            path: name,
        };
        Some((place(&path), file))
    }));
    for (whose, path) in named(show, folder, filled) {
        let at = folder.join(&path);
        let file = pool.entry(place(&at)).or_insert_with(|| {
            let first = Numbered::of(&at.to_string_lossy());
            let first = first.map_or(at.clone(), |all| PathBuf::from(all.first_file()));
            let metadata = first.metadata();
            MediaFile {
                kind: MediaKind::of(&path).unwrap_or(MediaKind::Clip),
                bytes: metadata.as_ref().map_or(0, |file| file.len()),
                files: 1,
                missing: metadata.is_err(),
                used: Vec::new(),
                path,
            }
        });
        if !file.used.contains(&whose) {
            file.used.push(whose);
        }
    }
    let find = find.to_lowercase();
    pool.retain(|_, file| {
        let path = file.path.to_lowercase();
        find.split_whitespace().all(|word| path.contains(word))
    });
    let mut files: Vec<MediaFile> = pool.into_values().collect();
    files.sort_by_cached_key(|file| (file.path.to_lowercase(), file.path.clone()));
    let more = files.len().saturating_sub(MOST);
    // What the show uses goes before what merely lies there.
    if more > 0 {
        let (mut used, mut others): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| !file.used.is_empty());
        others.truncate(MOST.saturating_sub(used.len()));
        used.truncate(MOST);
        used.extend(others);
        used.sort_by_cached_key(|file| (file.path.to_lowercase(), file.path.clone()));
        files = used;
    }
    (files, more)
}

/// A file's own place, links followed, whether it is there or not.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new("."));
    let real = path.canonicalize().ok();
    real.unwrap_or_else(|| {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        folder.join(path.file_name().unwrap_or_default())
    })
}

/// Takes the pictures out that are numbered from 0 or 1 on.
fn numbered(found: &mut BTreeMap<String, PathBuf>) -> BTreeMap<PathBuf, MediaFile> {
    let firsts: Vec<String> = found
        .keys()
        .filter(|name| is_first(name))
        .cloned()
        .collect();
    let mut pool = BTreeMap::new();
    for first in firsts {
        let Some(pattern) = pattern_of(&first) else {
            continue;
        };
        let begin = u32::from(!found.contains_key(&pattern.file(0)));
        let names = (begin..).map(|n| pattern.file(n));
        let names: Vec<String> = names.take_while(|name| found.contains_key(name)).collect();
        // One alone is a picture.
        if names.len() < 2 {
            continue;
        }
        let paths: Vec<PathBuf> = names.iter().filter_map(|name| found.remove(name)).collect();
        let bytes = |path: &PathBuf| path.metadata().map_or(0, |file| file.len());
        let file = MediaFile {
            path: pattern.path(),
            kind: MediaKind::Numbered,
            bytes: paths.iter().map(bytes).sum(),
            files: paths.len(),
            missing: false,
            used: Vec::new(),
        };
        let folder = paths[0].parent().unwrap_or(Path::new("."));
        let name = pattern.path();
        let name = name.rsplit('/').next().unwrap_or_default();
        pool.insert(place(&folder.join(name)), file);
    }
    pool
}

/// Where the number of a picture's name stands, before its ending.
fn number_in(name: &str) -> Option<(usize, usize)> {
    let dot = name.rfind('.')?;
    let stem = &name[..dot];
    let begin = stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (begin < dot && dot - begin < 10).then_some((begin, dot))
}

fn is_first(name: &str) -> bool {
    let number = number_in(name).map(|(begin, dot)| &name[begin..dot]);
    // Others are not played as one.
    name.to_ascii_lowercase().ends_with(".png")
        && number.is_some_and(|number| number.parse().is_ok_and(|number: u32| number < 2))
}

/// The pattern by which a show names such pictures.
fn pattern_of(name: &str) -> Option<Numbered> {
    let (begin, dot) = number_in(name)?;
    let wide = dot - begin;
    let digits = if wide == 1 {
        String::new()
    } else {
        format!("0{wide}")
    };
    Numbered::of(&format!("{}%{digits}d{}", &name[..begin], &name[dot..]))
}

/// What the show names, and what for.
fn named(show: &Show, folder: &Path, filled: &[Filled]) -> Vec<(Whose, String)> {
    let mut copy = show.clone();
    let paths = paths_mut(&mut copy).filter(|(whose, _)| !matches!(whose, Whose::Table(_)));
    let mut named: Vec<(Whose, String)> =
        paths.map(|(whose, path)| (whose, path.clone())).collect();
    named.retain(|(_, path)| !path.is_empty());
    let titles = show.titles.iter().map(|title| (&title.id, &title.fields));
    let cues = show.rundown.iter().map(|cue| (&cue.title, &cue.fields));
    let filled = filled.iter().map(|(id, fields)| (id, &**fields));
    for (id, fields) in titles.chain(cues).chain(filled) {
        for text in fields.values().map(|text| text.trim()) {
            let fills_in = fills_in(text);
            let folders = picture_folders(folder);
            let place = folders.iter().map(|folder| folder.join(text));
            if let Some(path) = place.filter(|_| fills_in).find(|path| path.is_file()) {
                let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
                named.push((Whose::Title(id.clone()), path.into_owned()));
            }
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const SHOW: &str = r#"(version: 1, name: "Forum",
        sources: [(id: "a", kind: File(path: "clips/one.mp4")), (id: "b", kind: File(path: "gone.mp4")),
            (id: "c", kind: File(path: "clips/../clips/one.mp4")), (id: "d", kind: File(path: "AWAY/far.mov"))],
        titles: [(id: "low", template: "lower-third.svg", fields: {"logo": "logo.png", "name": "none.png"}),
            (id: "bug", template: "spin/bug-%02d.png")],
        recording: (folder: "masters"))"#;

    #[test]
    fn it_holds_what_lies_there_and_what_the_show_names_each_once_and_with_its_use() {
        let root = tempfile::tempdir().unwrap();
        let (folder, away) = (root.path().join("show"), root.path().join("away"));
        for name in [
            "show/clips/one.mp4",
            "show/logo.png",
            "show/mark.SVG",
            "show/notes.txt",
            "show/.hidden.png",
            "show/still-7.png",
            "show/one-0.png",
            "show/spin/bug-00.png",
            "show/spin/bug-01.png",
            "show/spin/bug-02.png",
            "show/spin/bug-04.png",
            "show/titles/mine.svg",
            "show/titles/line.jpg",
            "show/wipes/mine.png",
            "show/masters/yesterday.mkv",
            "away/far.mov",
            "away/near.mov",
        ] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let far = away.join("far.mov").display().to_string();
        let text = SHOW.replace("AWAY", &away.display().to_string());
        let show = super::super::parse(&folder.join("show.ron"), &text).unwrap();
        let live = [("logo".to_owned(), "still-7.png".to_owned())];
        let filled = ("low".to_owned(), Arc::new(live.into()));
        let (pool, more) = media_pool(&show, &folder, &[filled], "");
        assert_eq!(more, 0);
        let (found, _) = media_pool(&show, &folder, &[], "PNG spin 04");
        let found: Vec<&str> = found.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(found, ["spin/bug-04.png"]);
        let whose = |file: &MediaFile| {
            let used = file.used.iter().map(|whose| whose.to_string());
            used.collect::<Vec<_>>().join(", ")
        };
        let told: Vec<(&str, MediaKind, usize, bool, String)> = pool
            .iter()
            .map(|file| {
                let path = file.path.as_str();
                (path, file.kind, file.files, file.missing, whose(file))
            })
            .collect();
        let own = |path, kind, used: &str| (path, kind, 1, false, used.to_owned());
        let mut expected = vec![
            own(
                "clips/one.mp4",
                MediaKind::Clip,
                "source \"a\", source \"c\"",
            ),
            (
                "gone.mp4",
                MediaKind::Clip,
                1,
                true,
                "source \"b\"".to_owned(),
            ),
            own("logo.png", MediaKind::Picture, "title \"low\""),
            own("mark.SVG", MediaKind::Drawing, ""),
            own("one-0.png", MediaKind::Picture, ""),
            (
                "spin/bug-%02d.png",
                MediaKind::Numbered,
                3,
                false,
                "title \"bug\"".to_owned(),
            ),
            own("spin/bug-04.png", MediaKind::Picture, ""),
            own("still-7.png", MediaKind::Picture, "title \"low\""),
            own("titles/line.jpg", MediaKind::Picture, ""),
            own(&far, MediaKind::Clip, "source \"d\""),
        ];
        expected.sort_by_key(|file| file.0.to_lowercase());
        assert_eq!(told, expected);
        let bug = pool.iter().find(|file| file.kind == MediaKind::Numbered);
        assert_eq!(bug.unwrap().bytes, 3 * "show/spin/bug-00.png".len() as u64);
    }

    #[test]
    fn of_very_many_those_that_are_used_are_told() {
        let root = tempfile::tempdir().unwrap();
        for n in 0..MOST + 20 {
            fs::write(root.path().join(format!("x{n}y.png")), "").unwrap();
        }
        fs::write(root.path().join("zebra.mp4"), "").unwrap();
        let text =
            r#"(version: 1, name: "x", sources: [(id: "a", kind: File(path: "zebra.mp4"))])"#;
        let show = super::super::parse(&root.path().join("show.ron"), text).unwrap();
        let (pool, more) = media_pool(&show, root.path(), &[], "");
        assert_eq!((pool.len(), more), (MOST, 21));
        let (found, more) = media_pool(&show, root.path(), &[], "x511y");
        assert_eq!((found.len(), more), (1, 0));
        assert_eq!(pool.last().unwrap().path, "zebra.mp4");
    }
}
