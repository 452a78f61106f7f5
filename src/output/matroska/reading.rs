//! Reads heads of elements from a file that may be torn anywhere.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Element, id};
use crate::output::ebml::{self, HEAD, Head, VOID};

/// Greatest element that is read into memory, in bytes; heads of files have some hundred.
const IN_MEMORY: u64 = 1 << 20;

/// A block in a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its track's number.
    pub track: u64,
    /// When, in the file's unit.
    pub time: i64,
    /// Whether decoding can start here.
    pub keyframe: bool,
}

/// What a cluster holds.
#[derive(Debug, Default)]
pub struct Cluster {
    /// In the order of the file.
    pub blocks: Vec<Block>,
    /// Behind the last child that is whole.
    pub end: u64,
}

/// Up to `buffer.len()` bytes at `at`; fewer at the end of the file.
fn read_at(file: &mut (impl Read + Seek), at: u64, mut buffer: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(at))?;
    let whole = buffer.len();
    while !buffer.is_empty() {
        match file.read(buffer) {
            Ok(0) => break,
            Ok(length) => buffer = &mut buffer[length..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(whole - buffer.len())
}

/// The head of the element at `at`, if there is one.
pub fn head_at(file: &mut (impl Read + Seek), at: u64) -> io::Result<Option<Head>> {
    let mut bytes = [0; HEAD];
    let length = read_at(file, at, &mut bytes)?;
    Ok(Head::parse(&bytes[..length]))
}

/// The bytes of an element; none where it is too big to be what it should.
pub fn content(file: &mut (impl Read + Seek), element: &Element) -> io::Result<Vec<u8>> {
    let length = element.end - element.content;
    if length > IN_MEMORY {
        return Ok(Vec::new());
    }
    let mut bytes = vec![0; length as usize];
    let read = read_at(file, element.content, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

fn is_first_level(id: u32) -> bool {
    matches!(
        id,
        id::SEEK_HEAD
            | id::INFO
            | id::TRACKS
            | id::CLUSTER
            | id::CUES
            | id::TAGS
            | id::ATTACHMENTS
            | id::CHAPTERS
    )
}

/// The element of the first level at `start`; `None` if there is none that can be kept.
pub fn element_at(
    file: &mut (impl Read + Seek),
    start: u64,
    limit: u64,
) -> io::Result<Option<Element>> {
    let Some(head) = head_at(file, start)? else {
        return Ok(None);
    };
    if !is_first_level(head.id) && !matches!(head.id, VOID | id::CRC_32) {
        return Ok(None);
    }
    let content = start + head.length() as u64;
    let end = head.size.and_then(|size| content.checked_add(size));
    let element = |end, open| Element {
        id: head.id,
        start,
        content,
        end,
        open,
    };
    match end {
        Some(end) if end <= limit => Ok(Some(element(end, false))),
        _ if head.id == id::CLUSTER => {
            let cluster = read_cluster(file, content, limit, usize::MAX)?;
            Ok((!cluster.blocks.is_empty()).then(|| element(cluster.end, true)))
        }
        _ => Ok(None),
    }
}

/// Reads the children of a cluster whose content begins at `at`, no more than `most` blocks.
pub fn read_cluster(
    file: &mut (impl Read + Seek),
    mut at: u64,
    limit: u64,
    most: usize,
) -> io::Result<Cluster> {
    let mut cluster = Cluster {
        end: at,
        ..Cluster::default()
    };
    let mut timestamp = 0i64;
    while at < limit && cluster.blocks.len() < most {
        // A head, and of a block its track, time and flags.
        let mut bytes = [0; HEAD + 12];
        let length = read_at(file, at, &mut bytes)?;
        let Some(head) = Head::parse(&bytes[..length]) else {
            break;
        };
        if is_first_level(head.id) {
            break;
        }
        let content = at + head.length() as u64;
        let end = head.size.and_then(|size| content.checked_add(size));
        let Some(end) = end.filter(|end| *end <= limit) else {
            break;
        };
        let size = usize::try_from(end - content).unwrap_or(usize::MAX);
        let known = &bytes[head.length()..length];
        let known = &known[..known.len().min(size)];
        let block = match head.id {
            id::TIMESTAMP => {
                timestamp = i64::try_from(ebml::unsigned(&known[..known.len().min(8)]))
                    .unwrap_or(i64::MAX >> 1);
                None
            }
            id::SIMPLE_BLOCK => match parse_block(known, timestamp) {
                Some((block, flags)) => Some(Block {
                    keyframe: flags & 0x80 != 0,
                    ..block
                }),
                None => {
                    break;
                }
            },
            id::BLOCK_GROUP => read_group(file, content, end, timestamp)?,
            id::POSITION | id::PREV_SIZE | VOID | id::CRC_32 => None,
            _ => {
                break;
            }
        };
        cluster.blocks.extend(block);
        at = end;
        cluster.end = at;
    }
    Ok(cluster)
}

/// The head of a block (RFC 9559, 10.1): track, time, flags.
fn parse_block(bytes: &[u8], timestamp: i64) -> Option<(Block, u8)> {
    let (track, length) = ebml::number(bytes)?;
    let [a, b, flags, ..] = bytes.get(length..)? else {
        return None;
    };
    let block = Block {
        track: track?,
        time: timestamp.saturating_add(i64::from(i16::from_be_bytes([*a, *b]))),
        keyframe: false,
    };
    Some((block, *flags))
}

/// The block of a group: a keyframe if it refers to no other.
fn read_group(
    file: &mut (impl Read + Seek),
    mut at: u64,
    limit: u64,
    timestamp: i64,
) -> io::Result<Option<Block>> {
    let mut found = None;
    let mut refers = false;
    while at < limit {
        let mut bytes = [0; HEAD + 12];
        let length = read_at(file, at, &mut bytes)?;
        let Some(head) = Head::parse(&bytes[..length]) else {
            break;
        };
        match head.id {
            id::BLOCK => found = parse_block(&bytes[head.length()..length], timestamp),
            id::REFERENCE_BLOCK => refers = true,
            _ => {}
        }
        let end = head
            .size
            .and_then(|size| (at + head.length() as u64).checked_add(size));
        let Some(end) = end.filter(|end| *end <= limit) else {
            break;
        };
        at = end;
    }
    Ok(found.map(|(block, _)| Block {
        keyframe: !refers,
        ..block
    }))
}

/// The next place that looks like a cluster with something in it.
pub fn find_cluster(
    file: &mut (impl Read + Seek),
    mut at: u64,
    limit: u64,
) -> io::Result<Option<u64>> {
    const STEP: usize = 1 << 20;
    let mark = id::CLUSTER.to_be_bytes();
    let mut buffer = vec![0; STEP];
    while at < limit {
        let want = STEP.min(usize::try_from(limit - at).unwrap_or(STEP));
        let length = read_at(file, at, &mut buffer[..want])?;
        for offset in positions(&buffer[..length], &mark) {
            let start = at + offset as u64;
            let Some(cluster) = element_at(file, start, limit)? else {
                continue;
            };
            if head_at(file, cluster.content)?.is_some_and(|head| head.id == id::TIMESTAMP) {
                return Ok(Some(start));
            }
        }
        if length < mark.len() {
            break;
        }
        // The mark may lie across the border.
        at += (length - (mark.len() - 1)) as u64;
    }
    Ok(None)
}

fn positions<'a>(bytes: &'a [u8], mark: &'a [u8; 4]) -> impl Iterator<Item = usize> + 'a {
    bytes
        .windows(mark.len())
        .enumerate()
        .filter(move |(_, window)| window == mark)
        .map(|(at, _)| at)
}
