//! The server's side of one RTMP conversation after the handshake: bytes in, answers out, and what
//! is published goes to the meters. It knows no socket, so that tests can say anything to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use rml_rtmp::chunk_io::{ChunkSerializationError, ChunkSerializer};
use rml_rtmp::messages::{
    MessageSerializationError, PeerBandwidthLimitType, RtmpMessage, UserControlEventType,
};
use rml_rtmp::rml_amf0::{self, Amf0Value};
use rml_rtmp::time::RtmpTimestamp;

use super::chunks::{ChunkError, ChunkReader, Message, kind};
use super::meter::{Publication, Streams};
use crate::media::House;

/// Longest name of an application or of a stream, in bytes.
const NAME_BYTES: usize = 128;
/// Commands of one connection; a publisher that comes and goes on it sends six each time.
const COMMANDS: u32 = 1000;
/// Message streams of one connection.
const MESSAGE_STREAMS: u32 = 64;
/// Chunks of our answers, in bytes.
const CHUNK: u32 = 4096;
/// What we let a peer send before it hears from us, in bytes.
const WINDOW: u32 = 2_500_000;

/// Why a conversation is over. The peer has been told where RTMP has a word for it.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Bytes that are no chunks, or too much of them.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// A command that is no AMF, or not what the command needs.
    #[error("a command that makes no sense: {0}")]
    Command(&'static str),
    /// More commands or streams than a publisher has use for.
    #[error("too many commands")]
    TooMany,
    /// The name is being published by someone else.
    #[error("the name is live already")]
    Busy,
    /// There is nothing to play here.
    #[error("asked to play, but this receiver only takes")]
    Play,
    /// An answer that cannot be written.
    #[error("cannot answer: {0}")]
    Serialize(String),
}

impl From<ChunkSerializationError> for SessionError {
    fn from(error: ChunkSerializationError) -> Self {
        Self::Serialize(error.to_string())
    }
}

impl From<MessageSerializationError> for SessionError {
    fn from(error: MessageSerializationError) -> Self {
        Self::Serialize(error.to_string())
    }
}

/// One conversation.
pub struct Session {
    streams: Arc<Streams>,
    reader: ChunkReader,
    writer: ChunkSerializer,
    answers: Vec<u8>,
    app: Option<String>,
    message_streams: u32,
    commands: u32,
    /// What is being published, and its message stream.
    publication: Option<(u32, Publication)>,
    /// The peer wants to hear from us after so many bytes.
    window: Option<u32>,
    received: u64,
    acknowledged: u64,
}

impl Session {
    /// A conversation whose publications go to `streams`.
    pub fn new(streams: Arc<Streams>) -> Self {
        Self {
            streams,
            reader: ChunkReader::new(),
            writer: ChunkSerializer::new(),
            answers: Vec::new(),
            app: None,
            message_streams: 0,
            commands: 0,
            publication: None,
            window: None,
            received: 0,
            acknowledged: 0,
        }
    }

    /// Whether something is being published.
    pub fn publishing(&self) -> bool {
        self.publication.is_some()
    }

    /// Answers that wait to be sent.
    pub fn take_answers(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }

    /// Takes what came at `arrived`, in both clocks.
    ///
    /// # Errors
    /// [`SessionError`]: the answers that wait are the last, then the connection is to be closed.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        arrived: (Instant, House),
    ) -> Result<(), SessionError> {
        self.received += bytes.len() as u64;
        while let Some(message) = self.reader.next(&mut bytes)? {
            self.message(&message, arrived)?;
        }
        if let Some(window) = self.window
            && self.received - self.acknowledged >= u64::from(window)
        {
            self.acknowledged = self.received;
            self.answer(
                RtmpMessage::Acknowledgement {
                    sequence_number: self.received as u32, // wraps, as the standard has it
                },
                0,
            )?;
        }
        Ok(())
    }

    fn message(
        &mut self,
        message: &Message,
        arrived: (Instant, House),
    ) -> Result<(), SessionError> {
        let published = self
            .publication
            .as_ref()
            .filter(|(stream, _)| *stream == message.stream);
        match (message.kind, published) {
            (kind::VIDEO, Some((_, publication))) => {
                publication.video(&message.data, message.timestamp, arrived);
            }
            (kind::AUDIO, Some((_, publication))) => {
                publication.audio(message.data.len(), arrived.0);
            }
            (kind::COMMAND, _) => self.command(message, arrived.0)?,
            (kind::WINDOW_ACK_SIZE, _) => {
                if let Some(size) = message.data.first_chunk::<4>() {
                    self.window = Some(u32::from_be_bytes(*size).max(64 << 10));
                }
            }
            (kind::USER_CONTROL, _) => {
                if let [0, 6, a, b, c, d, ..] = message.data[..] {
                    self.pong(u32::from_be_bytes([a, b, c, d]))?;
                }
            }
            // Descriptions of the stream, and pictures of what nobody publishes.
            _ => {}
        }
        Ok(())
    }

    fn pong(&mut self, timestamp: u32) -> Result<(), SessionError> {
        self.commands += 1;
        if self.commands > COMMANDS {
            return Err(SessionError::TooMany);
        }
        self.answer(
            RtmpMessage::UserControl {
                event_type: UserControlEventType::PingResponse,
                stream_id: None,
                buffer_length: None,
                timestamp: Some(RtmpTimestamp::new(timestamp)),
            },
            0,
        )
    }

    fn command(&mut self, message: &Message, at: Instant) -> Result<(), SessionError> {
        self.commands += 1;
        if self.commands > COMMANDS {
            return Err(SessionError::TooMany);
        }
        let values = rml_amf0::deserialize(&mut message.data.as_slice())
            .map_err(|_| SessionError::Command("no AMF"))?;
        let [
            Amf0Value::Utf8String(name),
            Amf0Value::Number(transaction),
            arguments @ ..,
        ] = values.as_slice()
        else {
            return Err(SessionError::Command("no name or number"));
        };
        match name.as_str() {
            "connect" => self.connect(*transaction, arguments),
            "createStream" => self.create_stream(*transaction),
            "publish" => self.publish(message.stream, arguments, at),
            "deleteStream" | "closeStream" | "FCUnpublish" => {
                self.publication = None;
                Ok(())
            }
            "play" if self.app.is_some() => {
                self.on_status(
                    message.stream,
                    "error",
                    "NetStream.Play.StreamNotFound",
                    "This receiver only takes.",
                )?;
                Err(SessionError::Play)
            }
            "play" => Err(SessionError::Play),
            // releaseStream, FCPublish, _checkbw and the like want no answer.
            _ => Ok(()),
        }
    }

    fn connect(&mut self, transaction: f64, arguments: &[Amf0Value]) -> Result<(), SessionError> {
        let Some(Amf0Value::Object(wishes)) = arguments.first() else {
            return Err(SessionError::Command("connect without an object"));
        };
        let Some(Amf0Value::Utf8String(app)) = wishes.get("app") else {
            return Err(SessionError::Command("connect without an application"));
        };
        self.app = Some(name(app.trim_end_matches('/'))?);
        self.answer(RtmpMessage::WindowAcknowledgement { size: WINDOW }, 0)?;
        self.answer(
            RtmpMessage::SetPeerBandwidth {
                size: WINDOW,
                limit_type: PeerBandwidthLimitType::Dynamic,
            },
            0,
        )?;
        let chunk_size = self
            .writer
            .set_max_chunk_size(CHUNK, RtmpTimestamp::new(0))?;
        self.answers.extend(chunk_size.bytes);
        self.result(
            transaction,
            object([
                ("fmsVer", text("FMS/3,0,1,123")),
                ("capabilities", Amf0Value::Number(31.0)),
            ]),
            object([
                ("level", text("status")),
                ("code", text("NetConnection.Connect.Success")),
                ("description", text("Connection succeeded.")),
                ("objectEncoding", Amf0Value::Number(0.0)),
            ]),
        )
    }

    fn create_stream(&mut self, transaction: f64) -> Result<(), SessionError> {
        if self.message_streams >= MESSAGE_STREAMS {
            return Err(SessionError::TooMany);
        }
        self.message_streams += 1;
        self.result(
            transaction,
            Amf0Value::Null,
            Amf0Value::Number(f64::from(self.message_streams)),
        )
    }

    fn publish(
        &mut self,
        stream: u32,
        arguments: &[Amf0Value],
        at: Instant,
    ) -> Result<(), SessionError> {
        let [_, Amf0Value::Utf8String(key), ..] = arguments else {
            return Err(SessionError::Command("publish without a name"));
        };
        let Some(app) = &self.app else {
            return Err(SessionError::Command("publish before connect"));
        };
        if stream == 0 || stream > self.message_streams {
            return Err(SessionError::Command("publish outside a stream"));
        }
        let name = format!("{app}/{}", name(key)?);
        // A second name on one connection takes the place of the first.
        self.publication = None;
        let Some(publication) = self.streams.publish(&name, at) else {
            self.on_status(
                stream,
                "error",
                "NetStream.Publish.BadName",
                "Already publishing",
            )?;
            return Err(SessionError::Busy);
        };
        self.publication = Some((stream, publication));
        self.answer(
            RtmpMessage::UserControl {
                event_type: UserControlEventType::StreamBegin,
                stream_id: Some(stream),
                buffer_length: None,
                timestamp: None,
            },
            0,
        )?;
        self.on_status(
            stream,
            "status",
            "NetStream.Publish.Start",
            "Start publishing",
        )
    }

    fn result(
        &mut self,
        transaction: f64,
        properties: Amf0Value,
        information: Amf0Value,
    ) -> Result<(), SessionError> {
        self.answer(
            RtmpMessage::Amf0Command {
                command_name: "_result".to_owned(),
                transaction_id: transaction,
                command_object: properties,
                additional_arguments: vec![information],
            },
            0,
        )
    }

    fn on_status(
        &mut self,
        stream: u32,
        level: &str,
        code: &str,
        description: &str,
    ) -> Result<(), SessionError> {
        self.answer(
            RtmpMessage::Amf0Command {
                command_name: "onStatus".to_owned(),
                transaction_id: 0.0,
                command_object: Amf0Value::Null,
                additional_arguments: vec![object([
                    ("level", text(level)),
                    ("code", text(code)),
                    ("description", text(description)),
                ])],
            },
            stream,
        )
    }

    fn answer(&mut self, message: RtmpMessage, stream: u32) -> Result<(), SessionError> {
        let payload = message.into_message_payload(RtmpTimestamp::new(0), stream)?;
        // Full headers, as some peers want them. No answer is longer than a chunk: those with words
        // in them come after `connect` has set the size.
        self.answers
            .extend(self.writer.serialize(&payload, true, false)?.bytes);
        Ok(())
    }
}

/// A name that can be shown.
fn name(name: &str) -> Result<String, SessionError> {
    if name.is_empty() || name.len() > NAME_BYTES || name.contains(char::is_control) {
        return Err(SessionError::Command(
            "a name that is empty, too long or unprintable",
        ));
    }
    Ok(name.to_owned())
}

fn text(text: &str) -> Amf0Value {
    Amf0Value::Utf8String(text.to_owned())
}

fn object<const N: usize>(properties: [(&str, Amf0Value); N]) -> Amf0Value {
    let properties: HashMap<String, Amf0Value> = properties
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Amf0Value::Object(properties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rml_rtmp::sessions::{
        ClientSession, ClientSessionConfig, ClientSessionEvent, ClientSessionResult,
        PublishRequestType,
    };

    /// The crate's own client, talking to a session of ours.
    struct Client {
        client: ClientSession,
        session: Session,
        streams: Arc<Streams>,
    }

    impl Client {
        fn new(streams: &Arc<Streams>) -> Self {
            let (client, first) = ClientSession::new(ClientSessionConfig::new()).unwrap();
            let mut this = Self {
                client,
                session: Session::new(Arc::clone(streams)),
                streams: Arc::clone(streams),
            };
            assert!(this.deliver(first).0.is_ok());
            this
        }

        fn deliver(
            &mut self,
            results: Vec<ClientSessionResult>,
        ) -> (Result<(), SessionError>, Vec<ClientSessionEvent>) {
            let mut events = Vec::new();
            let mut outcome = Ok(());
            let mut results = std::collections::VecDeque::from(results);
            while let Some(result) = results.pop_front() {
                match result {
                    ClientSessionResult::OutboundResponse(packet) => {
                        outcome =
                            outcome.and(self.session.feed(&packet.bytes, (Instant::now(), 0)));
                        let answers = self.session.take_answers();
                        results.extend(self.client.handle_input(&answers).unwrap());
                    }
                    ClientSessionResult::RaisedEvent(event) => events.push(event),
                    ClientSessionResult::UnhandleableMessageReceived(_) => {}
                }
            }
            (outcome, events)
        }

        fn publish(&mut self, app: &str, key: &str) -> (Result<(), SessionError>, bool) {
            let request = self.client.request_connection(app.to_owned()).unwrap();
            let (outcome, events) = self.deliver(vec![request]);
            if !events.contains(&ClientSessionEvent::ConnectionRequestAccepted) {
                return (outcome, false);
            }
            let request = self
                .client
                .request_publishing(key.to_owned(), PublishRequestType::Live)
                .unwrap();
            let (outcome, events) = self.deliver(vec![request]);
            let accepted = events.contains(&ClientSessionEvent::PublishRequestAccepted);
            (outcome, accepted)
        }

        fn video(&mut self, tag: Vec<u8>) {
            let result = self
                .client
                .publish_video_data(tag.into(), RtmpTimestamp::new(0), false)
                .unwrap();
            self.deliver(vec![result]).0.unwrap();
        }
    }

    #[test]
    fn the_crates_client_publishes() {
        let streams = Arc::new(Streams::default());
        let mut client = Client::new(&streams);
        let (outcome, accepted) = client.publish("live", "a");
        assert!(outcome.is_ok() && accepted);
        client.video([&[0x17, 1, 0, 0, 0][..], &[0; 9000]].concat());
        client.video(vec![0x27, 1, 0, 0, 0, 1]);
        let status = &client.streams.status(Instant::now())[0];
        assert_eq!((status.name.as_str(), status.live), ("live/a", true));
        assert_eq!((status.frames, status.keyframes), (2, 1));
        let stop = client.client.stop_publishing().unwrap();
        client.deliver(stop).0.unwrap();
        assert!(!streams.status(Instant::now())[0].live);
    }

    #[test]
    fn a_live_name_is_refused_with_an_answer() {
        let streams = Arc::new(Streams::default());
        let mut first = Client::new(&streams);
        assert!(first.publish("live", "a").1);
        let mut second = Client::new(&streams);
        let (outcome, accepted) = second.publish("live", "a");
        assert!(matches!(outcome, Err(SessionError::Busy)));
        assert!(!accepted);
        first.video(vec![0x17, 1, 0, 0, 0]);
        assert_eq!(streams.status(Instant::now())[0].frames, 1);
        drop(first);
        assert!(Client::new(&streams).publish("live", "a").1);
    }

    #[test]
    fn bad_names_are_refused() {
        let long = "x".repeat(NAME_BYTES + 1);
        for (app, key) in [
            ("live", long.as_str()),
            (&long, "a"),
            ("live", "a\nb"),
            ("live", ""),
        ] {
            let streams = Arc::new(Streams::default());
            let (outcome, accepted) = Client::new(&streams).publish(app, key);
            assert!(matches!(outcome, Err(SessionError::Command(_))), "{key:?}");
            assert!(!accepted);
            assert!(streams.status(Instant::now()).is_empty());
        }
    }

    fn chunk(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut out = vec![3, 0, 0, 0];
        out.extend(&(data.len() as u32).to_be_bytes()[1..]);
        out.extend([kind, 0, 0, 0, 0]);
        for (n, piece) in data.chunks(128).enumerate() {
            if n > 0 {
                out.push(0xc3);
            }
            out.extend(piece);
        }
        out
    }

    fn feed(session: &mut Session, bytes: &[u8]) -> Result<(), SessionError> {
        session.feed(bytes, (Instant::now(), 0))
    }

    #[test]
    fn deep_nesting_is_survived() {
        for level in [
            &[3, 0, 1, b'a'][..],
            &[10, 0, 0, 0, 9],
            &[8, 0, 0, 0, 1, 0, 1, b'a'],
        ] {
            let mut data = vec![2, 0, 1, b'x', 0, 0, 0, 0, 0, 0, 0, 0, 0];
            while data.len() + level.len() <= 4096 {
                data.extend(level);
            }
            // In a thread with the stack that a connection has.
            let bytes = chunk(kind::COMMAND, &data);
            std::thread::spawn(move || {
                let mut session = Session::new(Arc::default());
                let _ = feed(&mut session, &bytes);
            })
            .join()
            .unwrap();
        }
    }

    #[test]
    fn a_flood_of_commands_ends_the_conversation() {
        let ping = chunk(kind::USER_CONTROL, &[0, 6, 1, 2, 3, 4]);
        let command = chunk(kind::COMMAND, &[2, 0, 1, b'x', 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for bytes in [ping, command] {
            let mut session = Session::new(Arc::default());
            let ends = (0..2000).find_map(|_| feed(&mut session, &bytes).err());
            assert!(matches!(ends, Some(SessionError::TooMany)));
        }
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(
            messages in prop::collection::vec(
                (0u8..24, prop::collection::vec(any::<u8>(), 0..300)), 0..20),
            rubbish in prop::collection::vec(any::<u8>(), 0..500),
        ) {
            let mut session = Session::new(Arc::default());
            for (kind, data) in messages {
                // Chunk sizes would make rubbish of all that follows.
                if kind != kind::SET_CHUNK_SIZE && feed(&mut session, &chunk(kind, &data)).is_err() {
                    return Ok(());
                }
            }
            let _ = feed(&mut session, &rubbish);
        }

        #[test]
        fn a_publisher_with_flipped_bits_never_panics(
            flips in prop::collection::vec((0usize..2000, any::<u8>()), 0..4),
        ) {
            let mut data = vec![2, 0, 7];
            data.extend(b"connect");
            data.extend([0, 63, 240, 0, 0, 0, 0, 0, 0, 3, 0, 3]);
            data.extend(b"app");
            data.extend([2, 0, 4]);
            data.extend(b"live");
            data.extend([0, 0, 9]);
            let mut bytes = chunk(kind::COMMAND, &data);
            let mut create = vec![2, 0, 12];
            create.extend(b"createStream");
            create.extend([0, 64, 0, 0, 0, 0, 0, 0, 0, 5]);
            bytes.extend(chunk(kind::COMMAND, &create));
            let mut publish = vec![2, 0, 7];
            publish.extend(b"publish");
            publish.extend([0, 64, 8, 0, 0, 0, 0, 0, 0, 5, 2, 0, 1, b'a', 2, 0, 4]);
            publish.extend(b"live");
            let mut publish = chunk(kind::COMMAND, &publish);
            publish[8] = 1;
            bytes.extend(publish);
            for n in 0..10 {
                let mut video = chunk(kind::VIDEO, &[0x17, u8::from(n > 0), 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
                video[8] = 1;
                bytes.extend(video);
            }
            let whole = flips.is_empty();
            for (at, bits) in flips {
                let at = at % bytes.len();
                bytes[at] ^= bits;
            }
            let streams = Arc::new(Streams::default());
            let mut session = Session::new(Arc::clone(&streams));
            let result = feed(&mut session, &bytes);
            if whole {
                prop_assert!(result.is_ok(), "{:?}", result);
                prop_assert_eq!(streams.status(Instant::now())[0].frames, 9);
            }
        }
    }
}
