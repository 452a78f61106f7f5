//! Where things are in a Matroska file as `matroskamux` writes it (RFC 9559), be it whole, torn or
//! with a hole, and how its table of contents is rewritten in place.
//!
//! What `matroskamux` 1.22 writes, as seen: the Segment's size is eight bytes, open until the end. A
//! SeekHead comes first, with a place for each of Info, Tracks, Chapters, Cues and Tags; at the end
//! the places get their positions, and the place of what is not there becomes a Void. Info holds a
//! Duration of eight bytes, 0 until the end. Each Cluster's size is open until the next begins.
//! With `streamable=true` there is neither SeekHead nor Duration.

mod reading;

use std::io::{self, Read, Seek, SeekFrom};

use self::reading::{element_at, find_cluster, head_at, read_cluster};
use super::ebml::{self, VOID};

pub use self::reading::content;

/// IDs of elements, by the standard's names.
pub mod id {
    #![allow(missing_docs)] // the standard's own names
    pub const EBML: u32 = 0x1a45_dfa3;
    pub const SEGMENT: u32 = 0x1853_8067;
    pub const SEEK_HEAD: u32 = 0x114d_9b74;
    pub const SEEK: u32 = 0x4dbb;
    pub const SEEK_ID: u32 = 0x53ab;
    pub const SEEK_POSITION: u32 = 0x53ac;
    pub const INFO: u32 = 0x1549_a966;
    pub const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
    pub const DURATION: u32 = 0x4489;
    pub const TRACKS: u32 = 0x1654_ae6b;
    pub const TRACK_ENTRY: u32 = 0xae;
    pub const TRACK_NUMBER: u32 = 0xd7;
    pub const TRACK_TYPE: u32 = 0x83;
    pub const DEFAULT_DURATION: u32 = 0x23_e383;
    pub const CLUSTER: u32 = 0x1f43_b675;
    pub const TIMESTAMP: u32 = 0xe7;
    pub const POSITION: u32 = 0xa7;
    pub const PREV_SIZE: u32 = 0xab;
    pub const SIMPLE_BLOCK: u32 = 0xa3;
    pub const BLOCK_GROUP: u32 = 0xa0;
    pub const BLOCK: u32 = 0xa1;
    pub const REFERENCE_BLOCK: u32 = 0xfb;
    pub const CUES: u32 = 0x1c53_bb6b;
    pub const CUE_POINT: u32 = 0xbb;
    pub const CUE_TIME: u32 = 0xb3;
    pub const CUE_TRACK_POSITIONS: u32 = 0xb7;
    pub const CUE_TRACK: u32 = 0xf7;
    pub const CUE_CLUSTER_POSITION: u32 = 0xf1;
    pub const TAGS: u32 = 0x1254_c367;
    pub const ATTACHMENTS: u32 = 0x1941_a469;
    pub const CHAPTERS: u32 = 0x1043_a770;
    pub const CRC_32: u32 = 0xbf;
}

/// Elements of a file that are kept at most: a cluster each half second for three weeks.
const ELEMENTS: usize = 4_000_000;

/// Why a file cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The disk fails.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Its beginning is no Matroska.
    #[error("not a Matroska file")]
    NotMatroska,
    /// It ends or breaks before the first picture: there is nothing to play.
    #[error("nothing was recorded in it")]
    Empty,
}

/// An element of the file's first level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// One of [`id`]; [`VOID`] for rubbish too.
    pub id: u32,
    /// Where its head begins, in bytes from the beginning of the file.
    pub start: u64,
    /// Where its content begins; `start` for rubbish, which has no head yet.
    pub content: u64,
    /// The byte behind it.
    pub end: u64,
    /// Whether its head says another length, or none.
    pub open: bool,
}

/// A track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// Its number in the blocks.
    pub number: u64,
    /// Whether it is a picture's.
    pub video: bool,
    /// How long a block lasts, in nanoseconds; 0 if unknown.
    pub duration: u64,
}

/// Where things are in a file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Bytes in the file.
    pub file_length: u64,
    /// Where the size of the Segment is.
    pub segment_size_at: u64,
    /// Bytes of that size.
    pub segment_size_length: usize,
    /// Where the Segment's content begins: positions are counted from here.
    pub segment: u64,
    /// Where the Segment says that it ends.
    pub segment_end: Option<u64>,
    /// All elements of the first level that can be kept, in order, without gaps.
    pub elements: Vec<Element>,
    /// The byte behind the last of them.
    pub end: u64,
    /// Nanoseconds of the file's unit of time.
    pub scale: u64,
    /// Where the content of Duration is, and its bytes (4 or 8), where there is one.
    pub duration_at: Option<(u64, usize)>,
    /// What Duration says, in the file's unit.
    pub duration: f64,
    /// The tracks.
    pub tracks: Vec<Track>,
}

impl Layout {
    /// Reads heads of elements from one end of the file to the other, hopping over what they hold.
    /// Where a file is torn, the layout ends behind the last thing that is whole (in the last
    /// cluster, the last block); rubbish in the middle, up to the next cluster, becomes a Void.
    ///
    /// # Errors
    /// [`LayoutError`].
    pub fn scan(file: &mut (impl Read + Seek)) -> Result<Self, LayoutError> {
        let file_length = file.seek(SeekFrom::End(0))?;
        let ebml = head_at(file, 0)?.filter(|head| head.id == id::EBML);
        let ebml = ebml.ok_or(LayoutError::NotMatroska)?;
        let at = (ebml.length() as u64)
            .checked_add(ebml.size.ok_or(LayoutError::NotMatroska)?)
            .ok_or(LayoutError::NotMatroska)?;
        let head = head_at(file, at)?.filter(|head| head.id == id::SEGMENT);
        let head = head.ok_or(LayoutError::NotMatroska)?;
        let segment = at + head.length() as u64;
        let segment_end = head.size.and_then(|size| segment.checked_add(size));
        let limit = segment_end.unwrap_or(u64::MAX).min(file_length);

        let mut layout = Self {
            file_length,
            segment_size_at: at + head.id_length as u64,
            segment_size_length: head.size_length,
            segment,
            segment_end,
            elements: Vec::new(),
            end: segment,
            scale: 1_000_000,
            duration_at: None,
            duration: 0.0,
            tracks: Vec::new(),
        };
        layout.scan_elements(file, limit)?;
        layout.read_info(file)?;
        layout.read_tracks(file)?;
        if layout.tracks.is_empty() || layout.clusters().next().is_none() {
            return Err(LayoutError::Empty);
        }
        Ok(layout)
    }

    /// Whether the file was closed properly: nothing is open, torn or rubbish, and it can be seeked.
    /// There may be bytes behind the Segment, which nobody reads.
    pub fn is_whole(&self) -> bool {
        self.segment_end == Some(self.end)
            && self.elements.iter().all(|element| !element.open)
            && self.find(id::CUES).is_some()
    }

    /// The last element with this ID.
    pub fn find(&self, id: u32) -> Option<&Element> {
        self.elements.iter().rfind(|element| element.id == id)
    }

    /// All clusters.
    pub fn clusters(&self) -> impl DoubleEndedIterator<Item = &Element> {
        self.elements.iter().filter(|e| e.id == id::CLUSTER)
    }

    fn scan_elements(
        &mut self,
        file: &mut (impl Read + Seek),
        limit: u64,
    ) -> Result<(), LayoutError> {
        while self.end < limit {
            if self.elements.len() >= ELEMENTS {
                return Err(LayoutError::NotMatroska);
            }
            let start = self.end;
            if let Some(element) = element_at(file, start, limit)? {
                self.elements.push(element);
                self.end = element.end;
                continue;
            }
            // Torn, or a hole: what follows is worth keeping only if there is another cluster. There
            // is none before the first one's head, so a file torn there is empty.
            let Some(next) = find_cluster(file, start + 1, limit)? else {
                break;
            };
            self.elements.push(Element {
                id: VOID,
                start,
                content: start,
                end: next,
                open: true,
            });
            self.end = next;
        }
        Ok(())
    }

    fn read_info(&mut self, file: &mut (impl Read + Seek)) -> Result<(), LayoutError> {
        let Some(info) = self.elements.iter().find(|e| e.id == id::INFO).copied() else {
            return Ok(());
        };
        let bytes = content(file, &info)?;
        for (id, at, value) in ebml::children(&bytes) {
            match id {
                id::TIMESTAMP_SCALE => self.scale = ebml::unsigned(value).clamp(1, 1_000_000_000),
                id::DURATION => {
                    let value_at = info.content + at as u64;
                    if let Ok(bytes) = <[u8; 8]>::try_from(value) {
                        self.duration_at = Some((value_at, 8));
                        self.duration = f64::from_be_bytes(bytes);
                    } else if let Ok(bytes) = <[u8; 4]>::try_from(value) {
                        self.duration_at = Some((value_at, 4));
                        self.duration = f32::from_be_bytes(bytes).into();
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_tracks(&mut self, file: &mut (impl Read + Seek)) -> Result<(), LayoutError> {
        let Some(tracks) = self.elements.iter().find(|e| e.id == id::TRACKS).copied() else {
            return Ok(());
        };
        let bytes = content(file, &tracks)?;
        for (_, _, entry) in ebml::children(&bytes).filter(|(id, ..)| *id == id::TRACK_ENTRY) {
            let mut track = Track {
                number: 0,
                video: false,
                duration: 0,
            };
            for (id, _, value) in ebml::children(entry) {
                match id {
                    id::TRACK_NUMBER => track.number = ebml::unsigned(value),
                    id::TRACK_TYPE => track.video = ebml::unsigned(value) == 1,
                    id::DEFAULT_DURATION => track.duration = ebml::unsigned(value),
                    _ => {}
                }
            }
            self.tracks.push(track);
        }
        Ok(())
    }

    /// When the last block ends, in the file's unit. Reads the last two clusters.
    ///
    /// # Errors
    /// What the disk says.
    pub fn measure_duration(&self, file: &mut (impl Read + Seek)) -> io::Result<f64> {
        let mut last = 0.0f64;
        for cluster in self.clusters().rev().take(2) {
            for block in read_cluster(file, cluster.content, cluster.end, usize::MAX)?.blocks {
                let track = self.tracks.iter().find(|t| t.number == block.track);
                let lasts = track.map_or(0, |t| t.duration) as f64 / self.scale as f64;
                last = last.max(block.time as f64 + lasts);
            }
        }
        Ok(last)
    }

    /// A table of places to seek to, made anew: the first keyframe of each cluster. `None` where
    /// there is none.
    ///
    /// # Errors
    /// What the disk says.
    pub fn cues(&self, file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
        // Clusters begin with a keyframe, so it is among the first blocks; the sound of some time
        // may come before it.
        const LOOK: usize = 200;
        let video = self.tracks.iter().find(|track| track.video);
        let Some(track) = video.or(self.tracks.first()).map(|track| track.number) else {
            return Ok(None);
        };
        let mut points = Vec::new();
        for cluster in self.clusters() {
            let blocks = read_cluster(file, cluster.content, cluster.end, LOOK)?.blocks;
            let Some(block) = blocks.iter().find(|b| b.track == track && b.keyframe) else {
                continue;
            };
            let place = [
                ebml::uint(id::CUE_TRACK, track),
                ebml::uint(id::CUE_CLUSTER_POSITION, cluster.start - self.segment),
            ];
            let point = [
                ebml::uint(id::CUE_TIME, block.time.max(0) as u64),
                ebml::element(id::CUE_TRACK_POSITIONS, &place.concat()),
            ];
            points.extend(ebml::element(id::CUE_POINT, &point.concat()));
        }
        Ok((!points.is_empty()).then(|| ebml::element(id::CUES, &points)))
    }

    /// The SeekHead as it should be for these elements, with what fills up the room that it and the
    /// Voids behind it have: where to write, and what. `None` if there is no SeekHead or no room.
    pub fn seek_head(&self) -> Option<(u64, Vec<u8>)> {
        let first = self
            .elements
            .iter()
            .position(|e| e.id == id::SEEK_HEAD && !e.open)?;
        let start = self.elements[first].start;
        let end = self.elements[first + 1..]
            .iter()
            .take_while(|element| element.id == VOID && !element.open)
            .last()
            .map_or(self.elements[first].end, |void| void.end);
        let room = usize::try_from(end - start).ok()?;
        let wanted = [
            id::INFO,
            id::TRACKS,
            id::CHAPTERS,
            id::CUES,
            id::TAGS,
            id::ATTACHMENTS,
        ];
        let places = wanted.map(|id| (id, self.find(id).filter(|element| !element.open)));
        // A single byte that is left over cannot be a Void: a longer size takes it up.
        [1, 2].into_iter().find_map(|size_length| {
            let mut entries = Vec::new();
            for (id, element) in places {
                let Some(element) = element else { continue };
                let position = element.start - self.segment;
                let entry = [
                    ebml::element(id::SEEK_ID, &id.to_be_bytes()),
                    ebml::element(id::SEEK_POSITION, &position.to_be_bytes()),
                ]
                .concat();
                entries.extend_from_slice(&(id::SEEK as u16).to_be_bytes());
                entries.extend(ebml::size(entry.len() as u64, size_length)?);
                entries.extend(entry);
            }
            let mut out = ebml::element(id::SEEK_HEAD, &entries);
            match room.checked_sub(out.len())? {
                0 => {}
                1 => return None,
                left => out.extend(ebml::void_head(left as u64)?),
            }
            // What lies behind the head of a Void may be anything.
            Some((start, out))
        })
    }
}
