//! The first pictures of files, for who looks through the media pool: read beside everything else, one after
//! the other, and kept while somebody looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender, select, unbounded};

use super::titles::Reading;
use crate::input;
use crate::media::Picture;
use crate::nice::{self, Nice};
use crate::show::{Format, MediaKind, Title, picture_folders};
use crate::title::Fonts;
use crate::video::{CanvasPool, Pose};

/// Width of such a picture, in pixels.
const WIDTH: u32 = 480;
/// A picture that moves may take so many bytes.
const MEMORY: usize = 256 << 20;
/// What is seen through transparency.
const GREY: [u8; 3] = [64, 128, 128];

/// See the module's words.
pub struct FilePictures {
    /// By the paths by which a show names them; none where there is none, or none yet.
    known: BTreeMap<String, Option<Picture>>,
    asked: Sender<String>,
    made: Receiver<(String, Option<Picture>)>,
}

impl FilePictures {
    /// Starts the thread, which looks for files from `folder` and ends when `stopped` is closed.
    ///
    /// # Errors
    /// The system has no thread.
    pub fn start(folder: PathBuf, format: Format, stopped: Receiver<()>) -> std::io::Result<Self> {
        let (asked, asks) = unbounded::<String>();
        let (made_in, made) = unbounded();
        let small = small(format);
        std::thread::Builder::new()
            .name("file pictures".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                // Loaded when the first drawing is there: it takes a moment.
                let mut fonts = None;
                loop {
                    let path = select! {
                        recv(stopped) -> _ => return,
                        recv(asks) -> path => match path {
                            Ok(path) => path,
                            Err(_) => return,
                        },
                    };
                    let picture = first_picture((&folder, &path), small, &mut fonts);
                    let picture = picture.unwrap_or_else(|error| {
                        tracing::debug!("no picture of {path}: {error}");
                        None
                    });
                    let _ = made_in.send((path, picture));
                }
            })?;
        Ok(Self {
            known: BTreeMap::new(),
            asked,
            made,
        })
    }

    /// Forgets all but these.
    pub fn keep(&mut self, wanted: &BTreeSet<&str>) {
        self.known.retain(|path, _| wanted.contains(path.as_str()));
    }

    /// The picture of a file, once it is there. Never waits.
    pub fn get(&mut self, path: &str) -> Option<Picture> {
        for (path, picture) in self.made.try_iter() {
            // Nobody may look at it any more.
            if let Some(known) = self.known.get_mut(&path) {
                *known = picture;
            }
        }
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        self.known.insert(path.to_owned(), None);
        let _ = self.asked.send(path.to_owned());
        None
    }
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

fn as_title(
    (folder, path): (&Path, &Path),
    format: Format,
    fonts: &Fonts,
) -> Result<Option<Picture>, String> {
    let title = Title::of("file", &path.to_string_lossy());
    let (reading, _) = Reading::of(&title, folder);
    let folders = picture_folders(folder);
    let made = reading?.make(&title.fields, format, (fonts, &folders), MEMORY)?;
    let pool = CanvasPool::new(format).map_err(|error| error.to_string())?;
    let Some(mut canvas) = pool.canvas() else {
        return Ok(None);
    };
    canvas.fill(GREY);
    let pose = Pose {
        frame: 0,
        age: 0,
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
        let picture = loop {
            assert_eq!(
                pictures.get("none.png").map(|picture| picture.width()),
                None
            );
            if let Some(picture) = pictures.get("half.svg") {
                break picture;
            }
            assert!(std::time::Instant::now() < until, "it never comes");
            std::thread::yield_now();
        };
        assert_eq!((picture.width(), picture.height()), (480, 270));
        let row = picture.plane(0).row(135).to_vec();
        assert_eq!((row[100], row[400]), (235, GREY[0]), "white, and nothing");
        pictures.keep(&BTreeSet::from(["none.png"]));
        assert!(pictures.known.contains_key("none.png"));
        assert!(!pictures.known.contains_key("half.svg"));
        drop(stop);
    }
}
