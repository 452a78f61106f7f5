//! Puts RTMP messages together from chunks (RTMP 1.0, 5.3), holding no more than it must.

use std::collections::HashMap;

/// Greatest chunk that a peer may announce, in bytes.
pub const MAX_CHUNK: usize = 1 << 20;
/// Greatest picture or block of sound, in bytes: a keyframe of 100 Mb/s has about a tenth of it.
const MAX_MEDIA: usize = 4 << 20;
/// Greatest message with the stream's description, in bytes.
const MAX_DATA: usize = 64 << 10;
/// Greatest command, in bytes. AMF values nest, and are read by recursion: four bytes a level.
const MAX_COMMAND: usize = 4 << 10;
/// All unfinished messages of a connection together, in bytes.
const MAX_PENDING: usize = 2 * MAX_MEDIA;
/// Chunk streams of a connection; publishers use about five.
const MAX_CHUNK_STREAMS: usize = 32;

/// Message types (RTMP 1.0, 5.4 and 7.1).
pub mod kind {
    #![allow(missing_docs)] // the standard's own names
    pub const SET_CHUNK_SIZE: u8 = 1;
    pub const ABORT: u8 = 2;
    pub const USER_CONTROL: u8 = 4;
    pub const WINDOW_ACK_SIZE: u8 = 5;
    pub const AUDIO: u8 = 8;
    pub const VIDEO: u8 = 9;
    pub const COMMAND: u8 = 20;
}

/// One whole message.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// One of [`kind`], or another.
    pub kind: u8,
    /// The message stream that it belongs to.
    pub stream: u32,
    /// Milliseconds, wrapping.
    pub timestamp: u32,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// What is wrong with the bytes of a peer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// A header that leaves out what was never said.
    #[error("a chunk continues a stream that never began")]
    NoHeader,
    /// A new message where the old one is unfinished.
    #[error("a message begins inside another")]
    Interrupted,
    /// A message greater than its kind may be.
    #[error("a message of kind {kind} with {length} bytes is too big")]
    TooBig {
        /// The message's type.
        kind: u8,
        /// The length that it announced.
        length: usize,
    },
    /// Too many unfinished messages.
    #[error("too much is unfinished")]
    TooMuch,
    /// A chunk size of nothing, or over the limit.
    #[error("a chunk size of {0}")]
    ChunkSize(u32),
}

/// Puts messages together. All bytes after the handshake go through it, in order.
pub struct ChunkReader {
    chunk_size: usize,
    streams: HashMap<u32, ChunkStream>,
    /// The bytes of a header that is not whole yet, at most 18.
    header: Vec<u8>,
    /// The chunk whose bytes come now: its stream, and how many are still to come.
    body: Option<(u32, usize)>,
}

/// What later headers of a chunk stream leave out, and its unfinished message.
#[derive(Default)]
struct ChunkStream {
    timestamp: u32,
    delta: u32,
    extended: bool,
    length: usize,
    kind: u8,
    stream: u32,
    data: Vec<u8>,
    /// Whether a message has begun; one without bytes yet is told from none by this.
    open: bool,
}

impl ChunkReader {
    /// With the chunk size of 128 bytes that every connection begins with.
    pub fn new() -> Self {
        Self {
            chunk_size: 128,
            streams: HashMap::new(),
            header: Vec::new(),
            body: None,
        }
    }

    /// Takes bytes from the front of `input` until a message is whole, which is given, or until
    /// there are none left. Chunk sizes and aborted messages are seen to here.
    ///
    /// # Errors
    /// [`ChunkError`]; nothing that comes later can be understood then.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<Message>, ChunkError> {
        loop {
            if self.body.is_none() && !self.read_header(input)? {
                return Ok(None);
            }
            let Some(message) = self.read_body(input)? else {
                if input.is_empty() {
                    return Ok(None);
                }
                continue;
            };
            match (message.kind, message.data.first_chunk::<4>()) {
                (kind::SET_CHUNK_SIZE, Some(size)) => {
                    let size = u32::from_be_bytes(*size);
                    if size == 0 || size as usize > MAX_CHUNK {
                        return Err(ChunkError::ChunkSize(size));
                    }
                    self.chunk_size = size as usize;
                }
                (kind::ABORT, Some(chunk_stream)) => {
                    if let Some(stream) = self.streams.get_mut(&u32::from_be_bytes(*chunk_stream)) {
                        stream.data.clear();
                        stream.open = false;
                    }
                }
                _ => return Ok(Some(message)),
            }
        }
    }

    /// False where the input ends inside the header.
    fn read_header(&mut self, input: &mut &[u8]) -> Result<bool, ChunkError> {
        loop {
            if let Some(body) = self.parse_header()? {
                self.header.clear();
                self.body = Some(body);
                return Ok(true);
            }
            let Some((byte, rest)) = input.split_first() else {
                return Ok(false);
            };
            self.header.push(*byte);
            *input = rest;
        }
    }

    /// The chunk that the header announces; `None` while bytes are missing.
    fn parse_header(&mut self) -> Result<Option<(u32, usize)>, ChunkError> {
        let header = self.header.as_slice();
        let Some(first) = header.first() else {
            return Ok(None);
        };
        let (format, id) = (first >> 6, first & 0x3f);
        let (id, at) = match (id, header) {
            (0, [_, a, ..]) => (64 + u32::from(*a), 2),
            (1, [_, a, b, ..]) => (64 + u32::from(*a) + 256 * u32::from(*b), 3),
            (0 | 1, _) => return Ok(None),
            (id, _) => (u32::from(id), 1),
        };
        let known = self.streams.get(&id);
        let size = [11, 7, 3, 0][usize::from(format)];
        let Some((fields, rest)) = header[at..].split_at_checked(size) else {
            return Ok(None);
        };
        let time_field = fields.first_chunk::<3>().map(|b| be24(*b));
        let extended = match time_field {
            Some(field) => field == 0xff_ffff,
            None => known.is_some_and(|stream| stream.extended),
        };
        let time_field = match (extended, rest.first_chunk::<4>()) {
            (true, None) => return Ok(None),
            (true, Some(time)) => time_field.map(|_| u32::from_be_bytes(*time)),
            (false, _) => time_field,
        };

        // The header is whole: from here on things change.
        if known.is_none() {
            if format != 0 {
                return Err(ChunkError::NoHeader);
            }
            if self.streams.len() >= MAX_CHUNK_STREAMS {
                return Err(ChunkError::TooMuch);
            }
        }
        let stream = self.streams.entry(id).or_default();
        if stream.open && format != 3 {
            return Err(ChunkError::Interrupted);
        }
        stream.extended = extended;
        match (format, time_field) {
            (0, Some(time)) => {
                stream.timestamp = time;
                stream.delta = time; // so says 5.3.1.2.4, of a message that only repeats
            }
            (_, Some(delta)) => {
                stream.delta = delta;
                stream.timestamp = stream.timestamp.wrapping_add(delta);
            }
            (_, None) if !stream.open => {
                stream.timestamp = stream.timestamp.wrapping_add(stream.delta);
            }
            (_, None) => {}
        }
        if let Some([a, b, c, kind]) = fields.get(3..7) {
            stream.length = be24([*a, *b, *c]) as usize;
            stream.kind = *kind;
        }
        if let Some([a, b, c, d]) = fields.get(7..11) {
            stream.stream = u32::from_le_bytes([*a, *b, *c, *d]);
        }
        let limit = match stream.kind {
            kind::AUDIO | kind::VIDEO => MAX_MEDIA,
            kind::COMMAND => MAX_COMMAND,
            _ => MAX_DATA,
        };
        if stream.length > limit {
            return Err(ChunkError::TooBig {
                kind: stream.kind,
                length: stream.length,
            });
        }
        stream.open = true;
        let missing = stream.length.saturating_sub(stream.data.len());
        Ok(Some((id, missing.min(self.chunk_size))))
    }

    /// A message, where this chunk was its last.
    fn read_body(&mut self, input: &mut &[u8]) -> Result<Option<Message>, ChunkError> {
        let Some((id, left)) = self.body else {
            return Ok(None);
        };
        let (bytes, rest) = input.split_at(left.min(input.len()));
        *input = rest;
        let pending: usize = self.streams.values().map(|stream| stream.data.len()).sum();
        if pending + bytes.len() > MAX_PENDING {
            return Err(ChunkError::TooMuch);
        }
        let stream = self.streams.get_mut(&id).ok_or(ChunkError::NoHeader)?;
        stream.data.extend_from_slice(bytes);
        if bytes.len() < left {
            self.body = Some((id, left - bytes.len()));
            return Ok(None);
        }
        self.body = None;
        if stream.data.len() < stream.length {
            return Ok(None);
        }
        stream.open = false;
        Ok(Some(Message {
            kind: stream.kind,
            stream: stream.stream,
            timestamp: stream.timestamp,
            data: std::mem::take(&mut stream.data),
        }))
    }
}

fn be24([a, b, c]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rml_rtmp::chunk_io::ChunkSerializer;
    use rml_rtmp::messages::MessagePayload;
    use rml_rtmp::time::RtmpTimestamp;

    fn read_all(reader: &mut ChunkReader, mut bytes: &[u8]) -> Result<Vec<Message>, ChunkError> {
        let mut messages = Vec::new();
        while let Some(message) = reader.next(&mut bytes)? {
            messages.push(message);
        }
        assert!(bytes.is_empty());
        Ok(messages)
    }

    /// A full header.
    fn full(id: u8, timestamp: u32, length: u32, kind: u8) -> Vec<u8> {
        let mut out = vec![id];
        out.extend(&timestamp.min(0xff_ffff).to_be_bytes()[1..]);
        out.extend(&length.to_be_bytes()[1..]);
        out.push(kind);
        out.extend(1u32.to_le_bytes());
        if timestamp >= 0xff_ffff {
            out.extend(timestamp.to_be_bytes());
        }
        out
    }

    #[test]
    fn interleaved_messages_come_apart() {
        let mut bytes = full(4, 10, 200, kind::AUDIO);
        bytes.extend([1; 128]);
        bytes.extend(full(6, 20, 3, kind::VIDEO));
        bytes.extend([2; 3]);
        bytes.push(0xc4);
        bytes.extend([1; 72]);
        bytes.extend([0xc6, 3, 3, 3]); // again, by nothing but its number
        let got = read_all(&mut ChunkReader::new(), &bytes).unwrap();
        let brief: Vec<_> = got.iter().map(|m| (m.timestamp, m.data.len())).collect();
        // Times are differences where a header repeats, and a first time repeats as one (5.3.1.2.4).
        assert_eq!(brief, [(20, 3), (10, 200), (40, 3)]);
    }

    #[test]
    fn long_times_are_read_in_every_chunk() {
        let mut bytes = full(4, 0x0100_0000, 130, kind::VIDEO);
        bytes.extend([7; 128]);
        bytes.push(0xc4);
        bytes.extend(0x0100_0000u32.to_be_bytes());
        bytes.extend([7; 2]);
        let got = read_all(&mut ChunkReader::new(), &bytes).unwrap();
        assert_eq!(got[0].timestamp, 0x0100_0000);
        assert_eq!(got[0].data, [7; 130]);
    }

    #[test]
    fn chunk_size_and_abort_are_obeyed() {
        let mut bytes = full(2, 0, 4, kind::SET_CHUNK_SIZE);
        bytes.extend(1000u32.to_be_bytes());
        bytes.extend(full(4, 0, 2000, kind::VIDEO));
        bytes.extend([1; 1000]);
        bytes.extend(full(2, 0, 4, kind::ABORT));
        bytes.extend(4u32.to_be_bytes());
        bytes.extend(full(4, 5, 900, kind::VIDEO));
        bytes.extend([2; 900]);
        let got = read_all(&mut ChunkReader::new(), &bytes).unwrap();
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].data, [2; 900]);
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let error = |bytes: Vec<u8>| read_all(&mut ChunkReader::new(), &bytes).unwrap_err();
        assert!(matches!(
            error(full(4, 0, 0xff_ffff, kind::VIDEO)),
            ChunkError::TooBig { .. }
        ));
        assert!(matches!(
            error(full(3, 0, MAX_COMMAND as u32 + 1, kind::COMMAND)),
            ChunkError::TooBig { .. }
        ));
        assert_eq!(error(vec![0xc5]), ChunkError::NoHeader);
        for size in [0, u32::MAX, 1 << 21] {
            let mut bytes = full(2, 0, 4, kind::SET_CHUNK_SIZE);
            bytes.extend(size.to_be_bytes());
            assert_eq!(error(bytes), ChunkError::ChunkSize(size));
        }
        let mut bytes = full(4, 0, 200, kind::VIDEO);
        bytes.extend([0; 128]);
        bytes.extend(full(4, 0, 10, kind::VIDEO));
        assert_eq!(error(bytes), ChunkError::Interrupted);
        let many = (2..63).flat_map(|id| {
            let mut bytes = full(id, 0, 200, kind::VIDEO);
            bytes.extend([0; 128]);
            bytes
        });
        assert_eq!(error(many.collect()), ChunkError::TooMuch);
        // Three great messages side by side are more than a connection may hold.
        let mut bytes = full(2, 0, 4, kind::SET_CHUNK_SIZE);
        bytes.extend((MAX_CHUNK as u32).to_be_bytes());
        for id in [4, 5, 6] {
            bytes.extend(full(id, 0, MAX_MEDIA as u32, kind::VIDEO));
            bytes.extend(vec![0; MAX_CHUNK]);
            for _ in 1..3 {
                bytes.push(0xc0 | id);
                bytes.extend(vec![0; MAX_CHUNK]);
            }
        }
        assert_eq!(error(bytes), ChunkError::TooMuch);
    }

    proptest! {
        #[test]
        fn reads_what_the_crate_writes_however_it_is_cut(
            sizes in prop::collection::vec((1usize..3000, 0u32..40, 0usize..2), 1..12),
            chunk_size in 1u32..5000,
            cut in 1usize..600,
        ) {
            let mut writer = ChunkSerializer::new();
            let mut bytes = writer
                .set_max_chunk_size(chunk_size, RtmpTimestamp::new(0)).unwrap().bytes;
            let mut time = 0xff_ff00; // so that long times are among them
            let mut sent = Vec::new();
            for (i, (size, step, kind)) in sizes.into_iter().enumerate() {
                time += step;
                let data = vec![i as u8; size];
                // The crate writes a full header before every chunk of such a message, not only the first.
                let full = time >= 0xff_ffff && size <= chunk_size as usize;
                sent.push(Message {
                    kind: [kind::AUDIO, kind::VIDEO][kind], stream: 1, timestamp: time, data: data.clone(),
                });
                bytes.extend(writer.serialize(&MessagePayload {
                    timestamp: RtmpTimestamp::new(time),
                    type_id: [kind::AUDIO, kind::VIDEO][kind],
                    message_stream_id: 1,
                    data: data.into(),
                }, full, false).unwrap().bytes);
            }
            let mut reader = ChunkReader::new();
            let mut got = Vec::new();
            for piece in bytes.chunks(cut) {
                got.extend(read_all(&mut reader, piece).unwrap());
            }
            prop_assert_eq!(got, sent);
        }

        #[test]
        fn rubbish_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
            let mut rest = bytes.as_slice();
            let mut reader = ChunkReader::new();
            while let Ok(Some(_)) = reader.next(&mut rest) {}
        }
    }
}
