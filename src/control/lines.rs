//! Commands as lines of JSON on standard input, events as lines of JSON on standard output.
//!
//! A show does not wait for whoever reads its events. What has been said and not been read is held
//! for the reader, and bounded:
//!
//! - News (a source, a destination, the recorder, the encoder) up to 8 MiB; what is newer is lost. A
//!   reader that comes back asks for a snapshot.
//! - Answers, `ready`, `engine_lost` and the `report` up to 64 MiB. None of them is lost to a reader
//!   that is slow but reads: once 4 MiB wait, no more commands are taken until it has read, so that it
//!   is not answered faster than it listens, and its own answers leave room for news. A reader that has taken nothing for 10 s is taken to have
//!   gone: commands are obeyed again, and once the 64 MiB are full their answers are lost.
//! - What was lost is told where it is missing: `{"event":"events_lost","count":…}`.
//! - At the end it is waited for the reader while it takes something each 5 s.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::os::fd::AsFd;
use std::sync::OnceLock;
use std::time::Duration;

use crossbeam_channel::Sender;

use crate::door::{Command, Event};
use crate::outlet::Outlet;

/// News is held while no more than this waits, in bytes: more than the answers by which a reader that
/// reads may be behind.
const NEWS: usize = 2 * BEHIND;
/// And so much in all.
const ALL: usize = 64 << 20;
/// With so much waiting, commands are not taken from a reader that reads.
const BEHIND: usize = 4 << 20;
/// A reader that takes nothing for so long does not read.
const GONE: Duration = Duration::from_secs(10);
/// As long is it waited at the end for a reader that takes nothing.
const FAREWELL: Duration = Duration::from_secs(5);

/// There is one standard output.
static OUTPUT: OnceLock<Outlet> = OnceLock::new();

/// The longest line that is read; a longer one is refused, not cut.
const LINE_MAX: usize = 64 * 1024;

/// What one line of input turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A command.
    Command(Command),
    /// Not a command: what is wrong.
    Refused(String),
    /// The input has ended. The show goes on.
    End,
}

/// Reads lines until the input ends, and hands each on.
pub fn read(input: impl Read, heard: &Sender<Heard>) {
    let mut reader = std::io::BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader)
            .take(LINE_MAX as u64 + 1)
            .read_until(b'\n', &mut line);
        let result = match read {
            Ok(0) | Err(_) => Heard::End,
            Ok(_) if line.len() > LINE_MAX => {
                // The rest of it is passed over, so that the next line is understood.
                if reader.skip_until(b'\n').is_err() {
                    Heard::End
                } else {
                    Heard::Refused(format!("a line of more than {LINE_MAX} bytes"))
                }
            }
            Ok(_) if line.trim_ascii().is_empty() => continue,
            Ok(_) => parse(&line),
        };
        let is_end = result == Heard::End;
        if heard.send(result).is_err() || is_end {
            return;
        }
    }
}

fn parse(line: &[u8]) -> Heard {
    match serde_json::from_slice(line) {
        Ok(command) => Heard::Command(command),
        Err(error) => Heard::Refused(format!(
            "not a command: {error}; expected such as {{\"command\":\"preview\",\"scene\":\"one\"}}"
        )),
    }
}

/// Opens the way to standard output: what is told before is told to nobody.
///
/// # Errors
/// Where the system has no thread or no handle to be had.
pub fn open_output() -> io::Result<()> {
    let to = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    // A second opening changes nothing.
    let _ = OUTPUT.set(Outlet::start("output", to, |count| {
        line(&Event::EventsLost { count })
    })?);
    Ok(())
}

/// Says an event on standard output, as one line. Never waits.
pub fn tell(event: &Event) {
    if let Some(output) = OUTPUT.get() {
        output.push(line(event), room(event));
    }
}

/// Whether somebody reads the events, but so slowly that no more commands are to be taken for now.
pub fn is_behind() -> bool {
    let is_behind = |output: &Outlet| output.waiting() > BEHIND && output.is_read_within(GONE);
    OUTPUT.get().is_some_and(is_behind)
}

/// Waits until the reader has all that was told, as long as it reads.
pub fn finish() {
    if let Some(output) = OUTPUT.get()
        && !output.flush(FAREWELL, Duration::MAX)
    {
        tracing::warn!("nobody read the last events");
    }
}

/// How much may wait, this event with it.
fn room(event: &Event) -> usize {
    match event {
        Event::Source { .. }
        | Event::Alarm { .. }
        | Event::Destination { .. }
        | Event::Trial(_)
        | Event::Packing(_)
        | Event::Recording { .. }
        | Event::Encoder { .. }
        | Event::Levels { .. }
        | Event::Loudness { .. }
        | Event::Spectrum { .. }
        | Event::Transition { .. }
        | Event::Title { .. }
        | Event::Table { .. } => NEWS,
        Event::Ready { .. }
        | Event::Done { .. }
        | Event::Error { .. }
        | Event::Show { .. }
        | Event::Devices { .. }
        | Event::Rows { .. }
        | Event::Templates { .. }
        | Event::Media { .. }
        | Event::Encoders { .. }
        | Event::LoudnessHistory { .. }
        | Event::Tried { .. }
        | Event::Snapshot { .. }
        | Event::EngineRenews { .. }
        | Event::EngineLost { .. }
        | Event::EventsLost { .. }
        | Event::Report(_) => ALL,
    }
}

/// An event as a line. Every event can be said in JSON.
fn line(event: &Event) -> Vec<u8> {
    let mut line = serde_json::to_vec(event).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{Direction, Rgb, TransitionKind};
    use crate::show::Afv;

    fn heard(text: &str) -> Vec<Heard> {
        let (sender, receiver) = crossbeam_channel::unbounded();
        read(text.as_bytes(), &sender);
        receiver.try_iter().collect()
    }

    #[test]
    fn the_documented_forms_are_understood() {
        let table = [
            (
                r#"{"command":"preview","scene":"one"}"#,
                Command::Preview {
                    scene: "one".into(),
                },
            ),
            (
                r#"{"command":"program","scene":"one"}"#,
                Command::Program {
                    scene: "one".into(),
                },
            ),
            (r#"{"command":"cut"}"#, Command::Cut {}),
            (r#"{"command":"auto"}"#, Command::Auto {}),
            (
                r#"{"command":"transition","kind":"mix","frames":15}"#,
                Command::transition(TransitionKind::Mix, 15),
            ),
            (
                r#"{"command":"transition","kind":"wipe","frames":25,"wipe":"clock","softness":0.1,"reverse":true}"#,
                Command::Transition {
                    kind: TransitionKind::Wipe,
                    frames: 25,
                    colour: None,
                    wipe: Some("clock".into()),
                    softness: Some(0.1),
                    reverse: Some(true),
                    direction: None,
                    stinger: None,
                },
            ),
            (
                r##"{"command":"transition","kind":"dip","frames":30,"colour":"#1e90ff"}"##,
                Command::Transition {
                    kind: TransitionKind::Dip,
                    frames: 30,
                    colour: Some(Rgb(0x1e, 0x90, 0xff)),
                    wipe: None,
                    softness: None,
                    reverse: None,
                    direction: None,
                    stinger: None,
                },
            ),
            (
                r#"{"command":"transition","kind":"push","frames":20,"direction":"up"}"#,
                Command::Transition {
                    kind: TransitionKind::Push,
                    frames: 20,
                    colour: None,
                    wipe: None,
                    softness: None,
                    reverse: None,
                    direction: Some(Direction::Up),
                    stinger: None,
                },
            ),
            (
                r#"{"command":"t_bar","position":0.4}"#,
                Command::TBar { position: 0.4 },
            ),
            (
                r#"{"command":"preview_transition"}"#,
                Command::PreviewTransition {},
            ),
            (
                r#"{"command":"fade_to_black","on":true}"#,
                Command::FadeToBlack {
                    on: true,
                    frames: None,
                },
            ),
            (
                r#"{"command":"fader","source":"cam1","db":-6.0}"#,
                Command::Fader {
                    source: "cam1".into(),
                    db: -6.0,
                },
            ),
            (
                r#"{"command":"mute","source":"cam1","on":true}"#,
                Command::Mute {
                    source: "cam1".into(),
                    on: true,
                },
            ),
            (
                r#"{"command":"afv","source":"cam1","mode":"follow"}"#,
                Command::Afv {
                    source: "cam1".into(),
                    mode: Afv::Follow,
                },
            ),
            (
                r#"{"command":"send","source":"cam1","aux":2,"db":-6,"pre":true}"#,
                Command::Send {
                    source: "cam1".into(),
                    aux: 2,
                    db: Some(-6.0),
                    pre: Some(true),
                },
            ),
            (
                r#"{"command":"aux","aux":1,"mute":true}"#,
                Command::Aux {
                    aux: 1,
                    db: None,
                    mute: Some(true),
                },
            ),
            (
                r#"{"command":"group","group":"choir","db":-4.5}"#,
                Command::Group {
                    group: "choir".into(),
                    db: Some(-4.5),
                    mute: None,
                },
            ),
            (
                r#"{"command":"master","target_lufs":-16}"#,
                Command::Master {
                    ceiling_db: None,
                    target_lufs: Some(-16.0),
                },
            ),
            (
                r#"{"command":"n_minus_one","off_air":true}"#,
                Command::NMinusOne { off_air: true },
            ),
            (
                r#"{"command":"return","source":"ann","db":-3}"#,
                Command::Return {
                    source: "ann".into(),
                    db: -3.0,
                },
            ),
            (
                r#"{"command":"pfl","source":"ann","on":true}"#,
                Command::Pfl {
                    source: "ann".into(),
                    on: true,
                    desk: String::new(),
                },
            ),
            (
                r#"{"command":"monitor","desk":"stage","bus":"n-1:ann"}"#,
                Command::Monitor {
                    desk: "stage".into(),
                    on: None,
                    device: None,
                    host: None,
                    channels: None,
                    bus: Some("n-1:ann".into()),
                    level_db: None,
                    dim: None,
                    mono: None,
                },
            ),
            (
                r#"{"command":"stream","destination":"hall","on":true}"#,
                Command::Stream {
                    destination: "hall".into(),
                    on: true,
                },
            ),
            (
                r#"{"command":"record","on":true}"#,
                Command::Record { on: true },
            ),
            (
                r#"{"command":"marker","label":"Question 1"}"#,
                Command::Marker {
                    label: "Question 1".into(),
                },
            ),
            (r#"{"command":"snapshot"}"#, Command::Snapshot {}),
            (r#"{"command":"quit"}"#, Command::Quit {}),
        ];
        for (line, command) in table {
            assert_eq!(heard(line)[0], Heard::Command(command), "{line}");
        }
    }

    #[test]
    fn a_bad_line_is_refused_and_the_next_is_understood() {
        let long = "x".repeat(LINE_MAX + 100);
        for bad in [
            "rubbish",
            "{}",
            r#"{"command":"no_such"}"#,
            r#"{"command":"preview"}"#,
            r#"{"command":"cut","extra":1}"#,
            r#"{"command":"fader","source":"a","db":"loud"}"#,
            &long,
        ] {
            let all = heard(&format!("{bad}\n\n{{\"command\":\"cut\"}}\n"));
            assert!(matches!(all[0], Heard::Refused(_)), "{bad}");
            assert_eq!(all[1..], [Heard::Command(Command::Cut {}), Heard::End]);
        }
    }

    #[test]
    fn an_answer_names_its_command_and_frame() {
        let event = Event::Done {
            command: Command::Preview {
                scene: "one".into(),
            },
            frame: 12,
            id: None,
        };
        let text = String::from_utf8(line(&event)).unwrap();
        assert_eq!(
            text,
            "{\"event\":\"done\",\"command\":\"preview\",\"scene\":\"one\",\"frame\":12}\n"
        );
    }
}
