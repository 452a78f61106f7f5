//! The media pool as the engine told it last, asked for again while somebody looks at it.

use crate::door::{Command, Event};
use crate::show::{MediaFile, MediaKind, Whose};
use crate::ui::{lang, view::View, view::name, words};

/// How often it is asked for while it is seen, in seconds: files come and go.
const AGAIN_S: f64 = 3.0;
/// An answer that has not come by then does not come any more.
const LATEST_S: f64 = 30.0;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Pool {
    files: Vec<MediaFile>,
    more: usize,
    asked: Option<f64>,
    /// What was looked for when it was asked for last.
    find: String,
    /// There are more files than are told at once: what is looked for may be among those.
    overflows: bool,
    has_come: bool,
    /// It was asked for, and no answer came yet: a folder on a network takes its time.
    waits: bool,
    /// The file that was asked for by its path.
    held: Option<MediaFile>,
}

impl Pool {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        if let Event::Media { find, files, more } = event
            && *find == self.find
        {
            self.files.clone_from(files);
            if find.is_empty() {
                self.overflows = *more > 0;
            }
            self.more = *more;
            self.has_come = true;
            self.waits = false;
        }
    }

    /// Forgets what an engine told that is gone.
    pub fn detach(&mut self) {
        *self = Self::default();
    }

    /// Its files whose path holds every word of this; asks for them where they are old. Told in each frame in which
    /// it is seen.
    pub fn files(&mut self, view: &View, find: &str) -> impl Iterator<Item = &MediaFile> {
        let find = find.trim().to_lowercase();
        let asks_for = if self.overflows {
            find.clone()
        } else {
            String::new()
        };
        if asks_for != self.find {
            (self.find, self.asked) = (asks_for, None);
        }
        self.ask(view);
        self.files.iter().filter(move |file| {
            let path = file.path.to_lowercase();
            find.split_whitespace().all(|word| path.contains(word))
        })
    }

    fn ask(&mut self, view: &View) {
        let pause = if self.waits { LATEST_S } else { AGAIN_S };
        if self.asked.is_none_or(|when| view.now - when >= pause) {
            (self.asked, self.waits) = (Some(view.now), true);
            let find = self.find.clone();
            view.send(Command::Media { find });
        }
    }

    /// How many more there are than are told.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Whether it was told at all.
    pub fn has_come(&self) -> bool {
        self.has_come
    }

    /// The file of this path, told in each frame in which it is seen. Where not all are told, it is as it was told
    /// last.
    pub fn file(&mut self, view: &View, path: &str) -> Option<&MediaFile> {
        self.ask(view);
        let is_whole = self.find.is_empty() && self.more == 0;
        let told = self.files.iter().find(|file| file.path == path);
        if told.is_some() || is_whole {
            self.held = told.cloned();
        }
        self.held.as_ref().filter(|file| file.path == path)
    }
}

/// What a file is and how long, in one line.
pub fn detail(file: &MediaFile) -> String {
    let kind = lang::text(match file.kind {
        MediaKind::Picture => "media-picture",
        MediaKind::Drawing => "media-drawing",
        MediaKind::Numbered => "media-numbered",
        MediaKind::Clip => "media-clip",
        MediaKind::Sound => "media-sound",
    });
    if file.missing {
        return format!("{kind} · {}", lang::text("media-missing"));
    }
    let bytes = words::file_bytes(file.bytes);
    match file.kind {
        MediaKind::Numbered => {
            let many = lang::with("media-pictures", &[("n", file.files.into())]);
            format!("{kind} · {many} · {bytes}")
        }
        _ => format!("{kind} · {bytes}"),
    }
}

/// What a file is used for, in the desk's words; nothing where it is not.
pub fn used(view: &View, file: &MediaFile) -> String {
    let snapshot = view.snapshot;
    let said = |key: &str, id: &str, label: Option<&String>| {
        let called = name(label.map_or("", String::as_str), id);
        lang::with(key, &[("name", called.into())])
    };
    let used = file.used.iter().map(|whose| match whose {
        Whose::Source(id) => {
            let source = snapshot.sources.iter().find(|source| source.id == *id);
            said("media-source", id, source.map(|source| &source.label))
        }
        Whose::Stinger(id) => {
            let stinger = snapshot.stingers.iter().find(|stinger| stinger.id == *id);
            said("media-stinger", id, stinger.map(|stinger| &stinger.label))
        }
        Whose::Title(id) => {
            let title = snapshot.titles.iter().find(|title| title.id == *id);
            said("media-title", id, title.map(|title| &title.label))
        }
        Whose::Table(id) => id.clone(),
        Whose::Hold => lang::text("media-slate"),
    });
    used.collect::<Vec<_>>().join(", ")
}

/// A file's name without its folders and its ending; of numbered pictures without the number.
pub fn called(path: &str) -> String {
    let file = std::path::Path::new(path).file_stem().unwrap_or_default();
    let file = file.to_string_lossy();
    let file = file.split('%').next().unwrap_or_default();
    let file = file.trim_end_matches(['-', '_', '.', ' ']);
    if file.is_empty() {
        path.to_owned()
    } else {
        file.to_owned()
    }
}
