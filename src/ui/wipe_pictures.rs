//! Small pictures of the wipes there are, to choose among: their own grey pictures, read and scaled
//! beside the window, which never waits for a disk.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::show::{read_wipe, wipe_folders, wipe_names};

/// Size of a small picture in pixels.
pub const SIZE: [usize; 2] = [64, 36];
/// A wipe of the user's with more pixels a side gets no small picture.
const LARGEST: u32 = 8192;

type Read = Vec<(String, Option<ColorImage>)>;

/// The wipes' names and small pictures.
#[derive(Default)]
pub struct WipePictures {
    names: Vec<String>,
    pictures: BTreeMap<String, TextureHandle>,
    awaited: Option<Receiver<Read>>,
}

impl WipePictures {
    /// Looks through the folders anew, those beside the show in this folder too.
    pub fn look(&mut self, ctx: &Context, show_folder: Option<&Path>) {
        let folders = wipe_folders(show_folder.unwrap_or(Path::new("")));
        let folders = match show_folder {
            Some(_) => folders,
            None => folders.into_iter().skip(1).collect(),
        };
        let (done, awaited) = bounded(1);
        let ctx = ctx.clone();
        let reader = thread::Builder::new().name("wipe pictures".to_owned());
        let started = reader.spawn(move || {
            // Nobody may be waiting any more.
            let _ = done.send(read(&folders));
            ctx.request_repaint();
        });
        match started {
            Ok(_) => self.awaited = Some(awaited),
            Err(error) => tracing::warn!("no pictures of wipes: {error}"),
        }
    }

    /// Takes what was read meanwhile, and gives the names in the order in which they are shown.
    pub fn names(&mut self, ctx: &Context) -> &[String] {
        if let Some(read) = self.awaited.as_ref().and_then(|r| r.try_recv().ok()) {
            self.awaited = None;
            self.names = read.iter().map(|(name, _)| name.clone()).collect();
            self.pictures = read
                .into_iter()
                .filter_map(|(name, picture)| {
                    let texture =
                        ctx.load_texture(format!("wipe {name}"), picture?, TextureOptions::LINEAR);
                    Some((name, texture))
                })
                .collect();
        }
        &self.names
    }

    /// The small picture of a wipe; none where it cannot be read.
    pub fn picture(&self, name: &str) -> Option<&TextureHandle> {
        self.pictures.get(name)
    }
}

fn read(folders: &[PathBuf]) -> Read {
    let read = |name: String| {
        let small = match read_wipe(folders, &name) {
            Ok(bytes) => small(&bytes),
            Err(error) => {
                tracing::debug!("{error}");
                None
            }
        };
        (name, small)
    };
    wipe_names(folders).into_iter().map(read).collect()
}

/// A PNG's greys at [`SIZE`], each the mean of those it stands for.
fn small(png: &[u8]) -> Option<ColorImage> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    let (width, height) = decoder.read_header_info().ok()?.size();
    if width > LARGEST || height > LARGEST {
        return None;
    }
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().ok()?;
    let mut data = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut data).ok()?;
    let samples = frame.color_type.samples();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let grey = |x: usize, y: usize| -> u32 {
        let at = (y * width + x) * samples;
        match data.get(at..at + samples) {
            Some([r, g, b, ..]) => {
                (u32::from(*r) * 54 + u32::from(*g) * 183 + u32::from(*b) * 19) >> 8
            }
            Some([grey, ..]) => u32::from(*grey),
            _ => 0,
        }
    };
    let span = |i: usize, of: usize, all: usize| {
        let from = i * all / of;
        from..((i + 1) * all / of).max(from + 1).min(all)
    };
    let mut greys = Vec::with_capacity(SIZE[0] * SIZE[1]);
    for row in 0..SIZE[1] {
        for column in 0..SIZE[0] {
            let (mut sum, mut count) = (0, 0);
            for y in span(row, SIZE[1], height) {
                for x in span(column, SIZE[0], width) {
                    sum += grey(x, y);
                    count += 1;
                }
            }
            greys.push((sum / count.max(1)) as u8);
        }
    }
    Some(ColorImage::from_gray(SIZE, &greys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::BUILT_IN_WIPES;

    #[test]
    fn each_wipe_has_its_own_greys() {
        let all = read(&[]);
        assert_eq!(all.len(), BUILT_IN_WIPES.len());
        let of = |name: &str| {
            let found = all.iter().find(|(n, _)| n == name);
            found.and_then(|(_, picture)| picture.clone()).unwrap()
        };
        let across = of("left-to-right");
        let (left, right) = (across[(1, 18)].r(), across[(62, 18)].r());
        assert!(left < 30 && right > 225, "{left} {right}");
        let circle = of("circle");
        let (middle, corner) = (circle[(32, 18)].r(), circle[(0, 0)].r());
        assert!(middle.abs_diff(corner) > 200, "{middle} {corner}");
        for (name, picture) in &all {
            let picture = picture.as_ref().unwrap();
            let greys = picture.pixels.iter().map(|p| p.r());
            let range = greys.clone().max().unwrap() - greys.min().unwrap();
            assert!(range > 100, "{name}: {range}");
        }
    }

    #[test]
    fn what_is_no_picture_has_none_and_its_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.png"), "no picture").unwrap();
        let all = read(&[folder.path().to_owned()]);
        assert_eq!(all.last().unwrap().0, "mine");
        assert!(all.last().unwrap().1.is_none());
    }
}
