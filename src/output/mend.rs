//! Changes to a Matroska file in place, in an order such that the file plays whichever of them was
//! the last before the power went: first what nobody looks at, then what points at it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::ebml;
use super::matroska::{Element, Layout, content, id};

/// One change; on the disk before the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Cuts the file off.
    Truncate(u64),
    /// Writes over what is there, or behind the end.
    Write {
        /// Where, in bytes from the beginning of the file.
        at: u64,
        /// What.
        bytes: Vec<u8>,
    },
}

/// What is to be done to a file.
#[derive(Debug)]
pub struct Mending {
    /// In this order.
    pub steps: Vec<Step>,
    /// Whether the chapters are in it when all is done.
    pub with_chapters: bool,
}

impl Mending {
    /// What makes a file whole, and adds a `Chapters` element to it if there is one and room for it.
    /// Nothing, for a whole file without. Where the disk is full and the file must not `grow`, it
    /// gets its length, but neither Cues nor chapters.
    ///
    /// 1. What is torn is cut off, rubbish becomes Voids, open clusters get their size.
    /// 2. Cues, if there are none, and chapters are written behind the last element.
    /// 3. The length, the Segment's size, the SeekHead. Each is a few bytes within one sector.
    /// 4. Chapters of an earlier attempt become a Void.
    ///
    /// # Errors
    /// What the disk says while reading.
    pub fn plan(
        layout: &Layout,
        file: &mut (impl Read + Seek),
        grow: bool,
        chapters: Option<&[u8]>,
    ) -> io::Result<Self> {
        let whole = layout.is_whole();
        let mut new = layout.clone();
        let mut steps = Vec::new();
        if whole && chapters.is_none() {
            return Ok(Self {
                steps,
                with_chapters: false,
            });
        }

        if layout.file_length > layout.end {
            steps.push(Step::Truncate(layout.end));
        }
        for element in new.elements.iter_mut().filter(|element| element.open) {
            if let Some(step) = close(element) {
                element.open = false;
                steps.push(step);
            }
        }

        let mut tail = Vec::new();
        if grow
            && new.find(id::CUES).is_none()
            && let Some(cues) = new.cues(file)?
        {
            append(&mut new, id::CUES, &cues, &mut tail);
        }
        let mut old: Vec<Element> = new.elements.iter().copied().filter(is_chapters).collect();
        let mut with_chapters = false;
        if let Some(chapters) = chapters.filter(|_| grow) {
            // An earlier attempt may have written the very same.
            if let Some(last) = old.last()
                && same(file, last, chapters)?
            {
                with_chapters = true;
                old.pop();
            } else {
                let (mut longer, mut with) = (tail.clone(), new.clone());
                append(&mut with, id::CHAPTERS, chapters, &mut longer);
                if with.seek_head().is_some() && segment_size(&with).is_some() {
                    (new, tail, with_chapters) = (with, longer, true);
                }
            }
        }
        if !tail.is_empty() {
            steps.push(Step::Write {
                at: layout.end,
                bytes: tail,
            });
        }

        if !whole && let Some((at, length)) = layout.duration_at {
            let duration = layout.measure_duration(file)?;
            let bytes = match length {
                4 => (duration as f32).to_be_bytes().to_vec(),
                _ => duration.to_be_bytes().to_vec(),
            };
            steps.push(Step::Write { at, bytes });
        }
        if new.segment_end != Some(new.end)
            && let Some(bytes) = segment_size(&new)
        {
            steps.push(Step::Write {
                at: new.segment_size_at,
                bytes,
            });
        }
        if let Some((at, bytes)) = new.seek_head() {
            steps.push(Step::Write { at, bytes });
        }
        for old in old.iter().filter(|_| with_chapters) {
            if let Some(bytes) = ebml::void_head(old.end - old.start) {
                steps.push(Step::Write {
                    at: old.start,
                    bytes,
                });
            }
        }
        Ok(Self {
            steps,
            with_chapters,
        })
    }
}

/// Does the steps, each on the disk before the next.
///
/// # Errors
/// What the disk says.
pub fn apply(file: &mut File, steps: &[Step]) -> io::Result<()> {
    for step in steps {
        match step {
            Step::Truncate(length) => file.set_len(*length)?,
            Step::Write { at, bytes } => {
                file.seek(SeekFrom::Start(*at))?;
                file.write_all(bytes)?;
            }
        }
        file.sync_all()?;
    }
    Ok(())
}

/// Gives an open element its size. `None` if that does not fit, and it is left as it is.
fn close(element: &Element) -> Option<Step> {
    let Element {
        start,
        content,
        end,
        ..
    } = *element;
    if element.id != id::CLUSTER {
        let bytes = ebml::void_head(end - start)?;
        return Some(Step::Write { at: start, bytes });
    }
    let id_length = id::CLUSTER.to_be_bytes().len();
    let length = usize::try_from(content - start)
        .ok()?
        .checked_sub(id_length)?;
    Some(Step::Write {
        at: start + id_length as u64,
        bytes: ebml::size(end - content, length)?,
    })
}

/// Puts an element behind the last one.
fn append(layout: &mut Layout, id: u32, bytes: &[u8], tail: &mut Vec<u8>) {
    let end = layout.end + bytes.len() as u64;
    let head = ebml::Head::parse(bytes).map_or(0, |head| head.length());
    layout.elements.push(Element {
        id,
        start: layout.end,
        content: layout.end + head as u64,
        end,
        open: false,
    });
    layout.end = end;
    tail.extend_from_slice(bytes);
}

/// The size that the Segment should have, in as many bytes as it has for it.
fn segment_size(layout: &Layout) -> Option<Vec<u8>> {
    ebml::size(layout.end - layout.segment, layout.segment_size_length)
}

fn is_chapters(element: &Element) -> bool {
    element.id == id::CHAPTERS && !element.open
}

/// Whether an element in the file is just these bytes.
fn same(file: &mut (impl Read + Seek), element: &Element, bytes: &[u8]) -> io::Result<bool> {
    let whole = Element {
        content: element.start,
        ..*element
    };
    Ok(element.end - element.start == bytes.len() as u64 && content(file, &whole)? == bytes)
}
