//! The first pictures of files, for who looks through the media pool: read beside everything else, one after
//! the other, and kept while somebody looks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, bounded, select};

use crate::input;
use crate::media::Picture;
use crate::nice::{self, Nice};
use crate::show::{Format, MediaKind, Numbered, picture_folders};
use crate::title::{Fonts, Template, TitleFault};
use crate::video::{CanvasPool, Pose};

/// Width of such a picture, in pixels.
const WIDTH: u32 = 480;
/// What is seen through transparency.
const GREY: [u8; 3] = [64, 128, 128];

/// A file that is looked at is looked after so often.
const AGAIN: Duration = Duration::from_secs(2);

/// See the module's words.
pub struct FilePictures {
    /// By the paths by which a show names them.
    known: BTreeMap<String, Known>,
    /// What is to be read, the first first.
    waiting: VecDeque<String>,
    /// One at a time, so that what nobody wants any more is not waited for.
    is_busy: bool,
    asked: Sender<(String, Stamp)>,
    made: Receiver<(String, Option<Read>)>,
}

/// By which a file that has changed is known; none where there is no file.
type Stamp = Option<(u64, SystemTime)>;

/// What became of a file: its picture, where there is one.
struct Read {
    stamp: Stamp,
    picture: Option<Picture>,
}

struct Known {
    read: Read,
    /// When it is to be looked after again; none while it is.
    due: Option<Instant>,
}

impl FilePictures {
    /// Starts the thread, which looks for files from `folder` and ends when `stopped` is closed.
    ///
    /// # Errors
    /// The system has no thread.
    pub fn start(folder: PathBuf, format: Format, stopped: Receiver<()>) -> std::io::Result<Self> {
        let (asked, asks) = bounded::<(String, Stamp)>(1);
        let (made_in, made) = bounded(1);
        let small = small(format);
        std::thread::Builder::new()
            .name("file pictures".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                // Loaded when the first drawing is there: it takes a moment.
                let mut fonts = None;
                loop {
                    let (path, before) = select! {
                        recv(stopped) -> _ => return,
                        recv(asks) -> asked => match asked {
                            Ok(asked) => asked,
                            Err(_) => return,
                        },
                    };
                    let stamp = stamp(&folder.join(&path));
                    let read = (stamp != before).then(|| {
                        let picture = first_picture((&folder, &path), small, &mut fonts);
                        let picture = picture.unwrap_or_else(|error| {
                            tracing::debug!("no picture of {path}: {error}");
                            None
                        });
                        Read { stamp, picture }
                    });
                    if made_in.send((path, read)).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            known: BTreeMap::new(),
            waiting: VecDeque::new(),
            is_busy: false,
            asked,
            made,
        })
    }

    /// Forgets all but these, and goes on with them. Never waits.
    pub fn keep(&mut self, wanted: &BTreeSet<&str>) {
        let now = Instant::now();
        self.known.retain(|path, _| wanted.contains(path.as_str()));
        self.waiting.retain(|path| wanted.contains(path.as_str()));
        if let Ok((path, read)) = self.made.try_recv() {
            self.is_busy = false;
            // Nobody may look at it any more.
            if let Some(known) = self.known.get_mut(&path) {
                known.due = Some(now + AGAIN);
                if let Some(read) = read {
                    known.read = read;
                }
            }
        }
        for (path, known) in &mut self.known {
            if known.due.take_if(|due| *due <= now).is_some() {
                self.waiting.push_back(path.clone());
            }
        }
        if !self.is_busy
            && let Some(path) = self.waiting.pop_front()
        {
            let known = self.known.get(&path);
            let stamp = known.and_then(|known| known.read.stamp);
            self.is_busy = self.asked.try_send((path, stamp)).is_ok();
        }
    }

    /// The picture of a file, once it is there. Never waits.
    pub fn get(&mut self, path: &str) -> Option<Picture> {
        if let Some(known) = self.known.get(path) {
            return known.read.picture.clone();
        }
        let read = Read {
            stamp: None,
            picture: None,
        };
        let known = Known { read, due: None };
        self.known.insert(path.to_owned(), known);
        self.waiting.push_back(path.to_owned());
        None
    }
}

fn stamp(path: &Path) -> Stamp {
    let first = Numbered::of(&path.to_string_lossy()).map(|all| PathBuf::from(all.first_file()));
    let metadata = first.as_deref().unwrap_or(path).metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// The program's shape, small.
fn small(format: Format) -> Format {
    let even = |length: u32| (length / 2 * 2).max(2);
    let width = WIDTH.min(format.width);
    Format {
        width: even(width),
        height: even(width * format.height / format.width.max(1)),
        rate: format.rate,
    }
}

fn first_picture(
    (folder, path): (&Path, &str),
    format: Format,
    fonts: &mut Option<Fonts>,
) -> Result<Option<Picture>, String> {
    let path = folder.join(path);
    match MediaKind::of(&path.to_string_lossy()) {
        Some(MediaKind::Picture | MediaKind::Drawing | MediaKind::Numbered) => {
            let fonts = fonts.get_or_insert_with(Fonts::load);
            as_title((folder, &path), format, fonts)
        }
        Some(MediaKind::Clip) => input::still(&path, format)
            .map(Some)
            .map_err(|error| error.to_string()),
        Some(MediaKind::Sound) | None => Ok(None),
    }
}

/// A picture as a title of it would be seen, be it the first of several.
fn as_title(
    (folder, path): (&Path, &Path),
    format: Format,
    fonts: &Fonts,
) -> Result<Option<Picture>, String> {
    let first = Numbered::of(&path.to_string_lossy()).map(|all| PathBuf::from(all.first_file()));
    let path = first.as_deref().unwrap_or(path);
    let said = |fault: TitleFault| fault.to_string();
    let template = Template::of_picture(path, (0.0, 0.0, 1.0, 1.0)).map_err(said)?;
    let (fields, folders) = (BTreeMap::new(), picture_folders(folder));
    let made = template
        .make(&fields, format, fonts, &folders)
        .map_err(said)?;
    let pool = CanvasPool::new(format).map_err(|error| error.to_string())?;
    let Some(mut canvas) = pool.canvas() else {
        return Ok(None);
    };
    canvas.fill(GREY);
    let pose = Pose {
        frame: 0,
        age: made.title.shows_at(),
        cut: true,
        leaving: None,
    };
    made.title.draw(&mut canvas, pose, 1.0);
    Ok(canvas.finish(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Rate;

    #[test]
    fn a_picture_is_read_once_and_forgotten_when_nobody_looks() {
        crate::media::start_gstreamer().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let white = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 9'>\
                     <rect width='8' height='9' fill='#fff'/></svg>";
        std::fs::write(folder.path().join("half.svg"), white).unwrap();
        std::fs::write(folder.path().join("none.png"), "none").unwrap();
        let format = Format {
            width: 1280,
            height: 720,
            rate: Rate(30, 1),
        };
        let (stop, stopped) = crossbeam_channel::bounded(0);
        let mut pictures = FilePictures::start(folder.path().to_owned(), format, stopped).unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let both = BTreeSet::from(["half.svg", "none.png"]);
        let mut seen = |wanted: &dyn Fn(&Picture) -> bool| loop {
            assert_eq!(
                pictures.get("none.png").map(|picture| picture.width()),
                None
            );
            pictures.keep(&both);
            let found = pictures.get("half.svg");
            if let Some(picture) = found.filter(|picture| wanted(picture)) {
                break picture;
            }
            assert!(std::time::Instant::now() < until, "it never comes");
            std::thread::yield_now();
        };
        let picture = seen(&|_| true);
        assert_eq!((picture.width(), picture.height()), (480, 270));
        let row = picture.plane(0).row(135).to_vec();
        assert_eq!((row[100], row[400]), (235, GREY[0]), "white, and nothing");
        // It is drawn anew when it has changed.
        let black = white.replace("#fff", "#000");
        std::fs::write(folder.path().join("half.svg"), black + " ").unwrap();
        seen(&|picture| picture.plane(0).row(135)[100] == 16);
        pictures.keep(&BTreeSet::from(["none.png"]));
        assert!(pictures.known.contains_key("none.png"));
        assert!(!pictures.known.contains_key("half.svg"));
        drop(stop);
    }
}
