//! The boxes of a master in MP4 (ISO/IEC 14496-12, -14 and -15), as regie writes them.
//!
//! While it is recorded the file is fragmented: `ftyp`, a `moov` without a table of contents, and then
//! for each half second a `moof` that says where things are in the `mdat` behind it. So it plays to its
//! last fragment whenever its writer dies. When it is closed, or mended, a `moov` with the whole table of
//! contents is put behind the last fragment, and the first `moov` becomes the head of one large `mdat`
//! that hides all fragments: an ordinary MP4, with nothing copied. See [`super::recover`].
//!
//! Times: those of a track are counted in its timescale from the first packet that is decoded. Pictures
//! are decoded before they are shown; an edit list takes that delay off again.

mod fragment;
mod scan;
#[cfg(test)]
mod tests;

pub use fragment::Writer;
pub use scan::{Layout, ScanError};

/// Units of the whole file's time in a second: those of the sound.
pub const TIMESCALE: u32 = 48_000;
/// Units of the chapters' time in a second.
const CHAPTER_SCALE: u32 = 1000;
/// Chapters that the short list can hold; the chapter track holds all.
const SHORT_LIST: usize = 255;
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// No language.
const UND: u16 = 0x55c4;

/// What is known of a track before its first sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Counted from 1.
    pub id: u32,
    /// Whether it is a picture's; a sound's otherwise.
    pub video: bool,
    /// Units in a second.
    pub timescale: u32,
    /// From the first decoding to the first picture, in units.
    pub delay: u64,
    /// Width and height in pixels.
    pub size: (u16, u16),
    /// The whole `stsd` box.
    pub description: Vec<u8>,
}

/// A picture or a frame of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it is decoded, in units.
    pub dts: u64,
    /// Until the next is decoded, in units.
    pub duration: u32,
    /// From its decoding to its showing, in units.
    pub offset: u32,
    /// In bytes.
    pub size: u32,
    /// Whether decoding can start here.
    pub keyframe: bool,
}

/// Samples that lie one behind the other in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where, in bytes from the beginning of the file.
    pub at: u64,
    /// How many.
    pub samples: u32,
}

/// The table of contents of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// In the order in which they are decoded.
    pub samples: Vec<Sample>,
    /// In the order of the file.
    pub chunks: Vec<Chunk>,
}

impl Table {
    /// When the first is decoded, in units.
    fn begin(&self) -> u64 {
        self.samples.first().map_or(0, |sample| sample.dts)
    }

    /// When the last has been shown, in units.
    fn end(&self) -> u64 {
        let end = |s: &Sample| s.dts + u64::from(s.offset) + u64::from(s.duration);
        self.samples.iter().map(end).max().unwrap_or(0)
    }
}

/// A chapter: when it begins, in milliseconds, and what it is called.
pub type Chapter = (u64, String);

/// A box of these parts.
pub fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 8;
    let mut out = Vec::with_capacity(length);
    out.extend((length as u32).to_be_bytes());
    out.extend(kind);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A box with version and flags.
pub fn full(kind: &[u8; 4], version: u8, flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    let mut all: Vec<&[u8]> = vec![&head];
    all.extend(parts);
    boxed(kind, &all)
}

/// Numbers one behind the other.
fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn longs(longs: &[u64]) -> Vec<u8> {
    longs.iter().flat_map(|long| long.to_be_bytes()).collect()
}

/// The beginning of a file that is going to be written in fragments.
pub fn opening(heads: &[Head]) -> Vec<u8> {
    let ftyp = boxed(
        b"ftyp",
        &[b"isom", &words(&[0x200]), b"isomiso2iso6avc1mp41"],
    );
    let tracks: Vec<u8> = heads
        .iter()
        .flat_map(|head| track(head, None, &[]))
        .collect();
    let defaults: Vec<u8> = heads
        .iter()
        .flat_map(|head| full(b"trex", 0, 0, &[&words(&[head.id, 1, 0, 0, 0])]))
        .collect();
    let more = boxed(b"mvex", &[&defaults]);
    let next = heads.len() as u32 + 1;
    let moov = boxed(b"moov", &[&movie_head(0, next), &tracks, &more]);
    [ftyp, moov].concat()
}

/// What goes behind the last fragment, which ends at `end`: the whole table of contents, and before it the
/// texts of the chapters.
pub fn ending(heads: &[Head], tables: &[Table], chapters: &[Chapter], end: u64) -> Vec<u8> {
    let duration = duration(heads, tables);
    let id = heads.len() as u32 + 1;
    let (texts, titles) = chapter_samples(chapters, duration, end + 8);
    let named: &[u32] = if chapters.is_empty() { &[] } else { &[id] };
    let mut tracks = Vec::new();
    for (head, table) in heads.iter().zip(tables) {
        let chapters = if head.video { named } else { &[] };
        tracks.extend(track(head, Some(table), chapters));
    }
    let mut parts = vec![movie_head(duration, id + 1)];
    if !chapters.is_empty() {
        tracks.extend(chapter_track(id, &titles));
        parts.push(tracks);
        parts.push(boxed(b"udta", &[&short_list(chapters)]));
    } else {
        parts.push(tracks);
    }
    let moov = boxed(b"moov", &[&parts.concat()]);
    if chapters.is_empty() {
        moov
    } else {
        [boxed(b"mdat", &[&texts]), moov].concat()
    }
}

/// The head of the large `mdat` that hides the fragments from `begin` to `end`.
pub fn hiding(begin: u64, end: u64) -> Vec<u8> {
    [&words(&[1]), b"mdat".as_slice(), &longs(&[end - begin])].concat()
}

/// How long all of it is shown, in [`TIMESCALE`].
pub fn duration(heads: &[Head], tables: &[Table]) -> u64 {
    let each = heads.iter().zip(tables).map(|(head, table)| {
        let shown = table.end().saturating_sub(head.delay);
        in_movie_time(shown, head.timescale)
    });
    each.max().unwrap_or(0)
}

fn in_movie_time(units: u64, timescale: u32) -> u64 {
    let scaled = u128::from(units) * u128::from(TIMESCALE) / u128::from(timescale.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

fn movie_head(duration: u64, next_track: u32) -> Vec<u8> {
    let parts: [&[u8]; 5] = [
        &longs(&[0, 0]),
        &words(&[TIMESCALE]),
        &longs(&[duration]),
        // Rate 1, volume 1.
        &words(&[0x1_0000, 0x100_0000, 0, 0]),
        &words(&MATRIX),
    ];
    let rest = words(&[0, 0, 0, 0, 0, 0, next_track]);
    full(b"mvhd", 1, 0, &[&parts.concat(), &rest])
}

/// One track, with its table of contents where there is one, and the tracks of its chapters.
fn track(head: &Head, table: Option<&Table>, chapters: &[u32]) -> Vec<u8> {
    let none = Table::default();
    let has_table = table.is_some();
    let table = table.unwrap_or(&none);
    let (begin, end) = (table.begin(), table.end());
    let shown = in_movie_time(end.saturating_sub(head.delay), head.timescale);
    let volume = if head.video { 0 } else { 0x100_0000 };
    let (width, height) = (u32::from(head.size.0) << 16, u32::from(head.size.1) << 16);
    let about = track_head(head.id, shown, volume, (width, height));
    let mut parts = vec![about];
    // Without a table of contents each fragment says itself when it begins.
    let late = if has_table { begin } else { 0 };
    if head.delay > 0 || late > 0 {
        let length = if has_table { end } else { 0 };
        parts.push(edits(head, late, length));
    }
    if !chapters.is_empty() {
        parts.push(boxed(b"tref", &[&boxed(b"chap", &[&words(chapters)])]));
    }
    let (handler, name, media) = if head.video {
        (b"vide", "regie pictures", full(b"vmhd", 0, 1, &[&[0; 8]]))
    } else {
        (b"soun", "regie sound", full(b"smhd", 0, 0, &[&[0; 4]]))
    };
    let contents = contents(&head.description, table, head.video);
    let scale = (head.timescale, end - begin);
    parts.push(media_box(scale, (handler, name), &media, &contents));
    boxed(b"trak", &[&parts.concat()])
}

fn track_head(id: u32, duration: u64, volume: u32, size: (u32, u32)) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        &longs(&[0, 0]),
        &words(&[id, 0]),
        &longs(&[duration]),
        &words(&[0, 0, 0, volume]),
        &words(&MATRIX),
        &words(&[size.0, size.1]),
    ];
    // Enabled, and in the movie.
    full(b"tkhd", 1, 3, &[&parts.concat()])
}

/// An edit list: nothing for as long as the track begins `late`, then all of it but what is decoded before
/// it is shown.
fn edits(head: &Head, late: u64, length: u64) -> Vec<u8> {
    let in_movie = |units| in_movie_time(units, head.timescale);
    let mut entries = Vec::new();
    if late > 0 {
        entries.push((in_movie(late), u64::MAX));
    }
    let shown = length.saturating_sub(late).saturating_sub(head.delay);
    entries.push((in_movie(shown), head.delay));
    let mut body = words(&[entries.len() as u32]);
    for (duration, from) in entries {
        body.extend(longs(&[duration, from]));
        body.extend(words(&[0x1_0000]));
    }
    boxed(b"edts", &[&full(b"elst", 1, 0, &[&body])])
}

fn media_box(
    (timescale, duration): (u32, u64),
    (handler, name): (&[u8; 4], &str),
    media: &[u8],
    contents: &[u8],
) -> Vec<u8> {
    let language = u32::from(UND) << 16;
    let mdhd = [
        longs(&[0, 0]),
        words(&[timescale]),
        longs(&[duration]),
        words(&[language]),
    ];
    let mdhd = full(b"mdhd", 1, 0, &[&mdhd.concat()]);
    let hdlr = [
        &words(&[0]),
        handler.as_slice(),
        &[0; 12],
        name.as_bytes(),
        &[0],
    ];
    let hdlr = full(b"hdlr", 0, 0, &[&hdlr.concat()]);
    let url = full(b"url ", 0, 1, &[]);
    let dref = full(b"dref", 0, 0, &[&words(&[1]), &url]);
    let dinf = boxed(b"dinf", &[&dref]);
    let minf = boxed(b"minf", &[media, &dinf, contents]);
    boxed(b"mdia", &[&mdhd, &hdlr, &minf])
}

/// The `stbl` of a track.
fn contents(description: &[u8], table: &Table, video: bool) -> Vec<u8> {
    let samples = &table.samples;
    let mut parts = vec![description.to_vec()];
    parts.push(runs(b"stts", samples.iter().map(|s| s.duration)));
    if video && samples.iter().any(|s| s.offset > 0) {
        parts.push(runs(b"ctts", samples.iter().map(|s| s.offset)));
    }
    if video && !samples.is_empty() {
        let keys = samples.iter().zip(1u32..).filter(|(s, _)| s.keyframe);
        let keys: Vec<u32> = keys.map(|(_, number)| number).collect();
        parts.push(full(
            b"stss",
            0,
            0,
            &[&words(&[keys.len() as u32]), &words(&keys)],
        ));
    }
    let mut per_chunk: Vec<u32> = Vec::new();
    let mut last = None;
    for (chunk, number) in table.chunks.iter().zip(1u32..) {
        if last != Some(chunk.samples) {
            per_chunk.extend([number, chunk.samples, 1]);
            last = Some(chunk.samples);
        }
    }
    let count = per_chunk.len() as u32 / 3;
    parts.push(full(b"stsc", 0, 0, &[&words(&[count]), &words(&per_chunk)]));
    let sizes: Vec<u32> = samples.iter().map(|s| s.size).collect();
    let count = words(&[0, sizes.len() as u32]);
    parts.push(full(b"stsz", 0, 0, &[&count, &words(&sizes)]));
    let places: Vec<u64> = table.chunks.iter().map(|chunk| chunk.at).collect();
    let count = words(&[places.len() as u32]);
    parts.push(full(b"co64", 0, 0, &[&count, &longs(&places)]));
    boxed(b"stbl", &[&parts.concat()])
}

/// A table of equal values that follow each other: how many, and which.
fn runs(kind: &[u8; 4], values: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => runs.push((1, value)),
        }
    }
    let all: Vec<u32> = runs.iter().flat_map(|(n, value)| [*n, *value]).collect();
    full(kind, 0, 0, &[&words(&[runs.len() as u32]), &words(&all)])
}

/// The texts of the chapters, which begin at `at` in the file, and their table.
fn chapter_samples(chapters: &[Chapter], duration: u64, at: u64) -> (Vec<u8>, Table) {
    let end = duration * u64::from(CHAPTER_SCALE) / u64::from(TIMESCALE);
    let mut texts = Vec::new();
    let mut table = Table::default();
    for (n, (begin, label)) in chapters.iter().enumerate() {
        let begin = (*begin).min(end);
        let until = chapters
            .get(n + 1)
            .map_or(end, |(next, _)| (*next).min(end));
        let mut text = (label.len() as u16).to_be_bytes().to_vec();
        text.extend(label.as_bytes());
        // It is UTF-8.
        text.extend(boxed(b"encd", &[&words(&[0x100])]));
        table.samples.push(Sample {
            dts: begin,
            duration: until.saturating_sub(begin) as u32,
            offset: 0,
            size: text.len() as u32,
            keyframe: true,
        });
        texts.extend(text);
    }
    if !chapters.is_empty() {
        let samples = chapters.len() as u32;
        table.chunks.push(Chunk { at, samples });
    }
    (texts, table)
}

/// The track of chapters that QuickTime and editors read. It is never shown by itself.
fn chapter_track(id: u32, table: &Table) -> Vec<u8> {
    let head = Head {
        id,
        video: false,
        timescale: CHAPTER_SCALE,
        delay: 0,
        size: (0, 0),
        description: Vec::new(),
    };
    let shown = in_movie_time(table.end(), CHAPTER_SCALE);
    // Plain text in no box of its own, with a font of no name.
    let mut entry = words(&[0, 1, 1, 0, 0, 0, 0]);
    entry.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let font = boxed(b"ftab", &[&[0, 1, 0, 1, 0]]);
    let entry = boxed(b"text", &[&entry, &font]);
    let stsd = full(b"stsd", 0, 0, &[&words(&[1]), &entry]);
    let gmin = full(
        b"gmin",
        0,
        0,
        &[&[0, 0x40, 0x80, 0, 0x80, 0, 0x80, 0, 0, 0, 0, 0]],
    );
    let text = boxed(b"text", &[&words(&MATRIX)]);
    let media = boxed(b"gmhd", &[&gmin, &text]);
    let begin = table.begin();
    let scale = (CHAPTER_SCALE, table.end() - begin);
    let contents = contents(&stsd, table, false);
    let mut parts = vec![full(
        b"tkhd",
        1,
        // Not enabled.
        2,
        &[&track_head(id, shown, 0, (0, 0))[12..]],
    )];
    if begin > 0 {
        parts.push(edits(&head, begin, table.end()));
    }
    parts.push(media_box(scale, (b"text", "chapters"), &media, &contents));
    boxed(b"trak", &[&parts.concat()])
}

/// The list of chapters that most players read: in units of 100 ns, with names of at most 255 bytes.
fn short_list(chapters: &[Chapter]) -> Vec<u8> {
    let count = chapters.len().min(SHORT_LIST);
    let mut body = words(&[0]);
    body.push(count as u8);
    for (ms, label) in chapters.iter().take(count) {
        let mut length = label.len().min(255);
        while !label.is_char_boundary(length) {
            length -= 1;
        }
        body.extend(longs(&[ms.saturating_mul(10_000)]));
        body.push(length as u8);
        body.extend(&label.as_bytes()[..length]);
    }
    full(b"chpl", 1, 0, &[&body])
}
