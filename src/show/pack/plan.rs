//! What a copy of a show will hold: which file goes where under which name, and the show as it names
//! them there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::error::PackError;
use super::{letter, titles};
use crate::show::disk::{readable, resolve};
use crate::show::model::{Recording, Show};
use crate::show::named::{Whose, paths_mut};
use crate::show::numbered::Numbered;
use crate::show::transition::TransitionKind;
use crate::show::wipes::{found_wipes, is_built_in, wipe_folders};

/// No name is longer, in bytes: every file system takes as many and a few more.
const NAME: usize = 180;

/// A file that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Where it is, links followed.
    pub from: PathBuf,
    /// Where it goes, from the copy's folder, with `/` between folders.
    pub to: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// See the module's words.
#[derive(Debug)]
pub(super) struct Plan {
    /// The show as the copy has it.
    pub show: Show,
    /// The name of its file.
    pub show_name: String,
    /// Each file once.
    pub files: Vec<Wanted>,
    /// The names of the keys and passwords that the show needs.
    pub keys: Vec<String>,
    /// The text for whoever opens the copy.
    pub letter: String,
}

impl Plan {
    /// Looks at every file that the show names.
    ///
    /// # Errors
    /// [`PackError::Missing`] with all of those that cannot be had.
    pub fn of(show: &Show, show_file: &Path) -> Result<Self, PackError> {
        let mut copy = show.clone();
        let mut files = Files::default();
        files.titles(show, show_file);
        let fields = titles::fields(show);
        for (whose, path) in paths_mut(&mut copy) {
            let pattern = match &whose {
                Whose::Source(id) | Whose::Stinger(id) | Whose::Title(id) => {
                    Numbered::of(path).map(|pattern| (id, pattern))
                }
                _ => None,
            };
            let named = match (pattern, &whose) {
                (Some((id, pattern)), _) => files.numbered(show_file, id, &pattern),
                (None, Whose::Title(id)) if titles::is_template(path) => {
                    files.template(&resolve(show_file, path), id, &fields)
                }
                (None, _) => files.one(&resolve(show_file, path)),
            };
            match named {
                Ok(name) => *path = whose.named(name),
                Err(why) => files.missing.push(format!("{whose}: {why}")),
            }
        }
        files.wipes(show, show_file);
        if leads_away(&show.recording.folder) {
            copy.recording = Recording::default();
        }
        if !files.missing.is_empty() {
            return Err(PackError::Missing(files.missing));
        }
        let show_name = show_name(show_file);
        let keys = letter::keys(show);
        Ok(Self {
            letter: letter::letter(show, &show_name, &keys, &copy.recording),
            keys: keys.into_keys().collect(),
            show: copy,
            show_name,
            files: files.wanted,
        })
    }

    /// Of all files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// The name of the copy's show file.
pub(super) fn show_name(show_file: &Path) -> String {
    let name = show_file.file_name().unwrap_or_default().to_string_lossy();
    let name = plain(&name);
    if name.to_lowercase().ends_with(".ron") {
        name
    } else {
        format!("{name}.ron")
    }
}

/// Whether a folder is not in the show's own.
fn leads_away(folder: &str) -> bool {
    let mut parts = Path::new(folder).components();
    !parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The files so far.
#[derive(Default)]
struct Files {
    wanted: Vec<Wanted>,
    missing: Vec<String>,
    /// What the show calls a file or a pattern that is in the copy already.
    known: BTreeMap<PathBuf, String>,
    /// Names in the copy's folder of media, as a file system reads them that knows no capitals.
    taken: BTreeSet<String>,
}

impl Files {
    /// A file; gives the path by which the copy names it.
    fn one(&mut self, path: &Path) -> Result<String, String> {
        let (from, bytes) = look(path)?;
        if let Some(known) = self.known.get(&from) {
            return Ok(known.clone());
        }
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let to = format!("media/{}", self.free(&plain(&name)));
        self.known.insert(from.clone(), to.clone());
        let wanted = Wanted {
            from,
            to: to.clone(),
            bytes,
        };
        self.wanted.push(wanted);
        Ok(to)
    }

    /// Numbered pictures, from 0 to where one is missing; they get a folder of their own.
    fn numbered(
        &mut self,
        show_file: &Path,
        id: &str,
        pattern: &Numbered,
    ) -> Result<String, String> {
        let path = resolve(show_file, &pattern.path());
        let place = path.parent().unwrap_or(Path::new("."));
        let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        let known = place.join(path.file_name().unwrap_or_default());
        if let Some(known) = self.known.get(&known) {
            return Ok(known.clone());
        }
        let all = Numbered::of(&path.to_string_lossy());
        let first = all.map_or(0, |all| all.first());
        let mut pictures = vec![look(&resolve(show_file, &pattern.file(first)))?];
        for next in first + 1.. {
            let path = resolve(show_file, &pattern.file(next));
            if !path.exists() {
                break;
            }
            pictures.push(look(&path)?);
        }
        let folder = format!("media/{}", self.free(id));
        let (before, after) = pattern.around();
        let before = before.rsplit('/').next().unwrap_or(before);
        let copy = pattern.named(
            format!("{folder}/{}", plain_part(before)),
            plain_part(after),
        );
        for (n, (from, bytes)) in (first..).zip(pictures) {
            let to = copy.file(n);
            self.wanted.push(Wanted { from, to, bytes });
        }
        self.known.insert(known, copy.path());
        Ok(copy.path())
    }

    /// A template, in a folder of its own with the pictures that it names.
    fn template(&mut self, path: &Path, id: &str, fields: &[String]) -> Result<String, String> {
        let (from, bytes) = look(path)?;
        if let Some(known) = self.known.get(&from) {
            return Ok(known.clone());
        }
        let folder = format!("media/{}", self.free(&plain(id)));
        let name = from.file_name().unwrap_or_default().to_string_lossy();
        let to = format!("{folder}/{}", plain(&name));
        for (name, picture) in titles::with_pictures(path, fields) {
            let (from, bytes) = look(&picture)?;
            let to = format!("{folder}/{name}");
            self.wanted.push(Wanted { from, to, bytes });
        }
        self.known.insert(from.clone(), to.clone());
        let wanted = Wanted {
            from,
            to: to.clone(),
            bytes,
        };
        self.wanted.push(wanted);
        Ok(to)
    }

    /// The templates and pictures that titles find by their names.
    fn titles(&mut self, show: &Show, show_file: &Path) {
        let folder = show_file.parent().unwrap_or(Path::new("."));
        for (to, path) in titles::beside(show, folder) {
            match look(&path) {
                Ok((from, bytes)) => {
                    // They keep their names: those of media that are named by paths are free to change.
                    if let Some(name) = to.strip_prefix("media/") {
                        self.taken.insert(name.to_lowercase());
                    }
                    self.known.insert(from.clone(), to.clone());
                    self.wanted.push(Wanted { from, to, bytes });
                }
                Err(why) => self.missing.push(format!("the titles: {why}")),
            }
        }
    }

    /// All of the user's own wipes that the show can be given, for the director may choose any; those
    /// that it names must be there.
    fn wipes(&mut self, show: &Show, show_file: &Path) {
        let folder = show_file.parent().unwrap_or(Path::new("."));
        let found = found_wipes(&wipe_folders(folder));
        let scenes = show
            .scenes
            .iter()
            .filter_map(|scene| scene.transition.as_ref());
        let named: BTreeSet<&str> = std::iter::once(&show.transition)
            .chain(scenes)
            .filter(|style| style.kind == TransitionKind::Wipe)
            .map(|style| style.wipe.as_str())
            .collect();
        for name in named {
            if !found.contains_key(name) && !is_built_in(name) {
                let missing = format!("there is no wipe \"{name}\", expected its picture");
                self.missing.push(missing);
            }
        }
        for (name, path) in found {
            match look(&path) {
                Ok((from, bytes)) => {
                    let to = format!("wipes/{name}.png");
                    self.wanted.push(Wanted { from, to, bytes });
                }
                Err(why) => self.missing.push(format!("wipe \"{name}\": {why}")),
            }
        }
    }

    /// A name that nothing else in the copy's folder of media has.
    fn free(&mut self, name: &str) -> String {
        let (stem, ending) = match name.rfind('.').filter(|&dot| dot > 0) {
            Some(dot) => name.split_at(dot),
            None => (name, ""),
        };
        let mut free = name.to_owned();
        let mut n = 2;
        while !self.taken.insert(free.to_lowercase()) {
            free = format!("{stem}-{n}{ending}");
            n += 1;
        }
        free
    }
}

/// A file's own path, links followed, and its length.
fn look(path: &Path) -> Result<(PathBuf, u64), String> {
    readable(path)?;
    let shown = path.display();
    let there = path.canonicalize().and_then(|real| {
        let metadata = real.metadata()?;
        Ok((real, metadata))
    });
    match there {
        Ok((real, metadata)) if metadata.is_file() => Ok((real, metadata.len())),
        Ok(_) => Err(format!(
            "{shown} is no file, expected one that can be copied"
        )),
        Err(error) => Err(format!("{shown}: {error}, expected a file to read")),
    }
}

/// A name that any file system takes: sticks are read by other systems too.
fn plain(name: &str) -> String {
    let name = plain_part(name);
    let name = name.trim_end_matches(['.', ' ']);
    let (stem, ending) = match name.rfind('.').filter(|&dot| dot > 0) {
        Some(dot) if name.len() - dot < 16 => name.split_at(dot),
        _ => (name, ""),
    };
    let mut most = NAME.min(stem.len());
    while !stem.is_char_boundary(most) {
        most -= 1;
    }
    match &stem[..most] {
        "" => format!("file{ending}"),
        stem => format!("{stem}{ending}"),
    }
}

/// A part of such a name.
fn plain_part(part: &str) -> String {
    let is_sign = |c: char| "<>:\"/\\|?*".contains(c) || c.is_control();
    part.chars()
        .map(|c| if is_sign(c) { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_such_that_every_disk_takes_them_and_no_two_are_equal() {
        for (name, expected) in [
            ("clip.mp4", "clip.mp4"),
            ("20:41?.mp4", "20-41-.mp4"),
            ("end. ", "end"),
            (".hidden", ".hidden"),
            ("...", "file"),
        ] {
            assert_eq!(plain(name), expected);
        }
        let long = plain(&format!("{}.mp4", "é".repeat(150)));
        assert!(long.len() <= NAME + 4 && long.ends_with("é.mp4"), "{long}");
        let mut files = Files::default();
        let named: Vec<String> = ["a.mp4", "A.MP4", "a.mp4", "a-2.mp4", "b"]
            .iter()
            .map(|name| files.free(name))
            .collect();
        assert_eq!(named, ["a.mp4", "A-2.MP4", "a-3.mp4", "a-2-2.mp4", "b"]);
    }

    #[test]
    fn recordings_stay_in_the_shows_own_folder() {
        for (folder, away) in [
            ("recordings", false),
            ("./masters/2026", false),
            ("/media/disk", true),
            ("../masters", true),
            ("a/../../b", true),
        ] {
            assert_eq!(leads_away(folder), away, "{folder}");
        }
    }
}
