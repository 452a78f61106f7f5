//! Where things are in an MP4 that regie has written, be it whole or torn.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Chunk, Head, Sample, Table};

/// No head of a fragment, and no table of contents, is larger, in bytes.
const LARGEST: u64 = 1 << 30;

/// Why a file cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The disk fails.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Its beginning is no MP4 of this kind.
    #[error("not an MP4 file that regie has written")]
    NotMp4,
    /// It ends before the first fragment: there is nothing to play.
    #[error("nothing was recorded in it")]
    Empty,
}

/// Where things are in a file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Bytes in the file.
    pub file_length: u64,
    /// It was closed properly: there is nothing to mend, and of its tracks nothing is known here.
    pub whole: bool,
    /// How long it is shown, in milliseconds.
    pub duration_ms: u64,
    /// Where the first table of contents begins.
    pub begin: u64,
    /// The byte behind the last whole fragment.
    pub end: u64,
    /// The tracks.
    pub heads: Vec<Head>,
    /// What is in each of them.
    pub tables: Vec<Table>,
}

fn in_ms(movie_time: u64) -> u64 {
    movie_time.saturating_mul(1000) / u64::from(super::TIMESCALE)
}

/// A box in the file.
struct Place {
    kind: [u8; 4],
    start: u64,
    content: u64,
    end: u64,
}

impl Layout {
    /// Reads the heads of all fragments, up to the first that is torn.
    ///
    /// # Errors
    /// [`ScanError`].
    pub fn scan(file: &mut (impl Read + Seek)) -> Result<Self, ScanError> {
        let file_length = file.seek(SeekFrom::End(0))?;
        if file_length == 0 {
            return Err(ScanError::Empty);
        }
        let place = |file: &mut _, at| place_at(file, at, file_length);
        let ftyp = place(file, 0)?.filter(|place| place.kind == *b"ftyp");
        let begin = ftyp.ok_or(ScanError::NotMp4)?.end;
        let first = place(file, begin)?;
        let mut layout = Self {
            file_length,
            whole: false,
            duration_ms: 0,
            begin,
            end: begin,
            heads: Vec::new(),
            tables: Vec::new(),
        };
        let first = match first {
            // Torn in its first bytes.
            None => return Err(ScanError::Empty),
            Some(first) if first.kind == *b"mdat" => {
                let mut at = first.end;
                while let Some(next) = place(file, at)? {
                    if next.kind == *b"moov" {
                        layout.whole = true;
                        let moov = contents(file, &next)?;
                        let length = child(&moov, b"mvhd").and_then(|mvhd| long(mvhd, 24));
                        layout.duration_ms = in_ms(length.unwrap_or(0));
                    }
                    at = next.end;
                }
                return if layout.whole {
                    Ok(layout)
                } else {
                    Err(ScanError::NotMp4)
                };
            }
            Some(first) if first.kind == *b"moov" => first,
            Some(_) => return Err(ScanError::NotMp4),
        };
        let moov = contents(file, &first)?;
        layout.heads = children(&moov)
            .filter(|(kind, _)| kind == b"trak")
            .map(|(_, trak)| head(trak).ok_or(ScanError::NotMp4))
            .collect::<Result<_, _>>()?;
        layout.tables = vec![Table::default(); layout.heads.len()];
        layout.end = first.end;
        while let Some(moof) = place(file, layout.end)?.filter(|p| p.kind == *b"moof") {
            let Some(mdat) = place(file, moof.end)?.filter(|p| p.kind == *b"mdat") else {
                break;
            };
            let bytes = contents(file, &moof)?;
            if layout.take(&bytes, moof.start, mdat.end).is_none() {
                break;
            }
            layout.end = mdat.end;
        }
        if layout.tables.iter().all(|table| table.samples.is_empty()) {
            return Err(ScanError::Empty);
        }
        layout.duration_ms = in_ms(super::duration(&layout.heads, &layout.tables));
        Ok(layout)
    }

    /// Takes in a fragment that begins at `start` and ends at `end`; `None`, with nothing taken, where it
    /// makes no sense.
    fn take(&mut self, moof: &[u8], start: u64, end: u64) -> Option<()> {
        let mut found = Vec::new();
        for (_, traf) in children(moof).filter(|(kind, _)| kind == b"traf") {
            let id = word(child(traf, b"tfhd")?, 4)?;
            let track = self.heads.iter().position(|head| head.id == id)?;
            let mut dts = long(child(traf, b"tfdt")?, 4)?;
            let trun = child(traf, b"trun")?;
            let flags = word(trun, 0)?;
            let has_offsets = flags & 0xc00 == 0xc00;
            if flags & 0x301 != 0x301 {
                return None;
            }
            let (count, at) = (word(trun, 4)?, u64::from(word(trun, 8)?));
            let mut samples = Vec::new();
            let (mut read, mut length) = (12, 0u64);
            for _ in 0..count {
                let (duration, size) = (word(trun, read)?, word(trun, read + 4)?);
                read += 8;
                let (mut keyframe, mut offset) = (true, 0);
                if has_offsets {
                    keyframe = word(trun, read)? & 0x1_0000 == 0;
                    offset = word(trun, read + 4)?;
                    read += 8;
                }
                samples.push(Sample {
                    dts,
                    duration,
                    offset,
                    size,
                    keyframe,
                });
                dts = dts.checked_add(u64::from(duration))?;
                length += u64::from(size);
            }
            let at = start.checked_add(at)?;
            if at.checked_add(length)? > end {
                return None;
            }
            found.push((track, at, samples));
        }
        for (track, at, samples) in found {
            let table = &mut self.tables[track];
            // What came late is late: the one before it lasts until then.
            if let (Some(last), Some(first)) = (table.samples.last_mut(), samples.first())
                && let Ok(duration) = u32::try_from(first.dts.saturating_sub(last.dts))
            {
                last.duration = duration;
            }
            let count = samples.len() as u32;
            table.chunks.push(Chunk { at, samples: count });
            table.samples.extend(samples);
        }
        Some(())
    }
}

/// The box that begins at `at`; none where the file ends before it does.
fn place_at(file: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Option<Place>> {
    let mut head = [0; 16];
    let there = usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX);
    let there = there.min(head.len());
    if there < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut head[..there])?;
    let (Some(short), [_, _, _, _, a, b, c, d, ..]) = (word(&head, 0), head) else {
        return Ok(None);
    };
    let (size, begin) = match (short, long(&head, 8)) {
        (1, Some(size)) if there == head.len() => (size, 16),
        (size, _) => (u64::from(size), 8),
    };
    let end = at.checked_add(size);
    Ok(end
        .filter(|&end| size >= begin && end <= length)
        .map(|end| Place {
            kind: [a, b, c, d],
            start: at,
            content: at + begin,
            end,
        }))
}

fn contents(file: &mut (impl Read + Seek), place: &Place) -> Result<Vec<u8>, ScanError> {
    let length = place.end - place.content;
    if length > LARGEST {
        return Err(ScanError::NotMp4);
    }
    file.seek(SeekFrom::Start(place.content))?;
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// The boxes in this one, up to the first that is torn: what they are, and what is in them.
fn children(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = word(rest, 0)? as usize;
        let kind: [u8; 4] = rest.get(4..8)?.try_into().ok()?;
        let inner = rest.get(8..size)?;
        rest = &rest[size..];
        Some((kind, inner))
    })
}

fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    children(bytes).find(|(k, _)| k == kind).map(|(_, b)| b)
}

/// What a `trak` without a table of contents says.
fn head(trak: &[u8]) -> Option<Head> {
    let about = child(trak, b"tkhd")?;
    let mdia = child(trak, b"mdia")?;
    let stbl = child(child(mdia, b"minf")?, b"stbl")?;
    let video = child(mdia, b"hdlr")?.get(8..12)? == b"vide";
    let edits = child(trak, b"edts").and_then(|edts| child(edts, b"elst"));
    let side = |at| Some((word(about, at)? >> 16) as u16);
    Some(Head {
        id: word(about, 20)?,
        video,
        timescale: word(child(mdia, b"mdhd")?, 20).filter(|&scale| scale > 0)?,
        delay: edits.and_then(|elst| long(elst, 16)).unwrap_or(0),
        size: (side(88)?, side(92)?),
        description: super::boxed(b"stsd", &[child(stbl, b"stsd")?]),
    })
}
