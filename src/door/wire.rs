//! What goes over the local sockets: lines of JSON both ways on the first, and on the second lines
//! with wishes one way and monitor pictures the other.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::{Command, Event, GivenKey, MonitorId, MonitorPicture, Request, Snapshot};

/// The longest line that is taken from a client.
pub const ASKED_MAX: u64 = 1 << 20;
/// The longest line that is taken from an engine: a whole show, in which there may be much.
pub const TOLD_MAX: u64 = 64 << 20;
/// The largest monitor picture.
const PICTURE_MAX: u32 = 3840 * 2160 * 3 / 2;

/// From a client to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToEngine {
    /// A command.
    Request(Request),
    /// The command that brings a key: the one place where a key is said as it is.
    StoreKey {
        /// As in a request.
        id: u64,
        /// The name by which a show calls it.
        name: String,
        /// The key.
        key: Plain,
    },
    /// So many snapshots a second, 0 (none, as at first) to 60.
    Snapshots(u32),
}

/// A key as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain(pub GivenKey);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.secret().expose())
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        GivenKey::deserialize(deserializer).map(Self)
    }
}

impl ToEngine {
    /// A command on its way to the engine.
    pub fn ask(id: u64, command: Command) -> Self {
        match command {
            Command::StoreKey { name, key } => Self::StoreKey {
                id,
                name,
                key: Plain(key),
            },
            command => Self::Request(Request { id, command }),
        }
    }
}

/// From the engine to a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromEngine {
    /// The first line: what is said from now on is heard.
    Welcome,
    /// An event, or an answer.
    Event(Box<Event>),
    /// The state.
    Snapshot(Arc<Snapshot>),
}

/// Reads lines of JSON, of bounded length.
pub struct Lines<R> {
    longest: u64,
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// Lines from a stream, of which none may be longer than so many bytes.
    pub fn new(stream: R, longest: u64) -> Self {
        Self {
            longest,
            reader: BufReader::new(stream),
            line: Vec::new(),
        }
    }

    /// The next line as text; `None` at the end. A line that is too long is an error, and the
    /// stream is of no more use.
    pub fn next_text(&mut self) -> io::Result<Option<&str>> {
        self.line.clear();
        let read = (&mut self.reader)
            .take(self.longest)
            .read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        if self.line.last() != Some(&b'\n') && read as u64 == self.longest {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"));
        }
        std::str::from_utf8(&self.line)
            .map(|text| Some(text.trim()))
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
    }

    /// The next line's value; `None` at the end.
    pub fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        match self.next_text()? {
            None => Ok(None),
            Some(text) => serde_json::from_str(text)
                .map(Some)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
        }
    }
}

/// Writes a value as one line.
pub fn write_line(stream: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line)
}

#[derive(Serialize, Deserialize)]
struct PictureHead {
    what: MonitorId,
    width: u32,
    height: u32,
    frame: u64,
    bytes: u32,
}

/// Writes a picture: a line that says what it is, then its bytes.
pub fn write_picture(stream: &mut impl Write, picture: &MonitorPicture) -> io::Result<()> {
    let head = PictureHead {
        what: picture.what.clone(),
        width: picture.width,
        height: picture.height,
        frame: picture.frame,
        bytes: picture.data.len() as u32,
    };
    write_line(stream, &head)?;
    stream.write_all(&picture.data)
}

/// Reads a picture; `None` at the end.
pub fn read_picture(lines: &mut Lines<impl Read>) -> io::Result<Option<MonitorPicture>> {
    let Some(head) = lines.next::<PictureHead>()? else {
        return Ok(None);
    };
    let expected = u64::from(head.width) * u64::from(head.height) * 3 / 2;
    if head.bytes > PICTURE_MAX || u64::from(head.bytes) != expected {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a picture of another size than it says",
        ));
    }
    let mut data = vec![0; head.bytes as usize];
    lines.reader.read_exact(&mut data)?;
    Ok(Some(MonitorPicture {
        what: head.what,
        width: head.width,
        height: head.height,
        frame: head.frame,
        data,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Command;

    #[test]
    fn lines_and_pictures_come_as_they_went() {
        let request = ToEngine::Request(Request {
            id: 7,
            command: Command::Preview {
                scene: "one".to_owned(),
            },
        });
        let picture = MonitorPicture {
            what: MonitorId::Source("cam\n1".to_owned()),
            width: 16,
            height: 16,
            frame: 9,
            data: (0..16 * 16 * 3 / 2).map(|i| i as u8).collect(),
        };
        let mut bytes = Vec::new();
        write_line(&mut bytes, &request).unwrap();
        write_picture(&mut bytes, &picture).unwrap();
        let mut lines = Lines::new(bytes.as_slice(), ASKED_MAX);
        assert_eq!(lines.next::<ToEngine>().unwrap(), Some(request));
        assert_eq!(read_picture(&mut lines).unwrap(), Some(picture));
        assert_eq!(read_picture(&mut lines).unwrap(), None);
    }

    #[test]
    fn a_key_reaches_the_engine_as_it_is_and_by_no_other_way() {
        let store = Command::StoreKey {
            name: "tube".to_owned(),
            key: GivenKey::new("hunter2"),
        };
        let mut bytes = Vec::new();
        write_line(&mut bytes, &ToEngine::ask(3, store.clone())).unwrap();
        let heard = Lines::new(bytes.as_slice(), ASKED_MAX)
            .next::<ToEngine>()
            .unwrap();
        let Some(ToEngine::StoreKey { id: 3, name, key }) = heard else {
            panic!("{heard:?}");
        };
        assert_eq!(
            (name.as_str(), key.0.secret().expose()),
            ("tube", "hunter2")
        );
        let plain = ToEngine::Request(Request {
            id: 3,
            command: store,
        });
        bytes.clear();
        write_line(&mut bytes, &plain).unwrap();
        assert!(!String::from_utf8(bytes).unwrap().contains("hunter2"));
    }

    #[test]
    fn rubbish_is_an_error_and_no_panic() {
        for rubbish in [&b"{}\n"[..], b"\xff\xfe\n", b"null", b"[[[[[[[\n"] {
            assert!(Lines::new(rubbish, TOLD_MAX).next::<ToEngine>().is_err());
            assert!(read_picture(&mut Lines::new(rubbish, TOLD_MAX)).is_err());
        }
        let long = vec![b'x'; ASKED_MAX as usize + 10];
        assert!(Lines::new(long.as_slice(), ASKED_MAX).next_text().is_err());
        let huge = br#"{"what":"program","width":3840,"height":2160,"frame":1,"bytes":4294967295}"#;
        assert!(read_picture(&mut Lines::new(&huge[..], TOLD_MAX)).is_err());
    }
}
