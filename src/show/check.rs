//! What the types cannot say: ranges, ids and references of a show. Each fault stands at the value
//! that is wrong.

mod layers;
mod links;
mod monitors;
mod snapshots;
mod tables;
mod titles;

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;

use super::address;
use super::clip::AtEnd;
use super::colour::{self, Colour};
use super::fault::Fault;
use super::limits;
use super::locate::Tree;
use super::model::{Destination, EncoderName, Key, Scene, Show, Source, SourceKind};
use super::secrets::is_secret_name;
use super::sound::{AUXES, MIX_MINUSES, Sound};
use super::sound_output::{BusName, card_faults};
use super::stinger::Stinger;
use super::transition::TransitionStyle;
use super::version;
use super::words::{is_id, looks_like_key, nearest, one_of};
use crate::media::{CameraMode, Rate};

/// How far a layer may reach beyond the program, as a multiple of the program's size.
const REACH: f64 = 10.0;
/// Where a clip may begin or end at the latest, in seconds: a day.
const LONGEST_S: f64 = 86_400.0;

/// Checks a show against itself, without a look at the file system.
///
/// `also` are ids of sources that the file has, but that could not be read.
pub(super) fn check(file: &Path, tree: &Tree, show: &Show, also: &[String]) -> Vec<Fault> {
    let mut checker = Checker {
        file,
        tree,
        faults: Vec::new(),
    };
    checker
        .faults
        .extend(version::fault(file, tree, show.version));
    let too_much = limits::faults(show);
    if !too_much.is_empty() {
        // What else is wrong with so much of it is for later.
        for (place, message) in too_much {
            checker.fault(&place, message);
        }
        return checker.faults;
    }
    checker.format(show);
    checker.encoder(show);
    let (sources, scenes) = (&show.sources, &show.scenes);
    checker.ids("sources", sources.iter().map(|s| &s.id));
    for (n, source) in sources.iter().enumerate() {
        checker.source(&format!("sources[{n}]"), source);
        checker.buses_of(&format!("sources[{n}]"), source, &show.sound);
    }
    let guests = sources.iter().enumerate().filter(|(_, s)| s.mix_minus);
    for (n, _) in guests.skip(MIX_MINUSES) {
        let message = format!("too many guests, expected at most {MIX_MINUSES}");
        checker.fault(&format!("sources[{n}].mix_minus"), message);
    }
    checker.sound(&show.sound);
    checker.ids("scenes", scenes.iter().map(|s| &s.id));
    let mut known: Vec<&str> = sources.iter().map(|s| s.id.as_str()).collect();
    known.extend(also.iter().map(String::as_str));
    for (n, scene) in scenes.iter().enumerate() {
        checker.scene(&format!("scenes[{n}]"), scene, &known);
    }
    checker.order(show, &known);
    checker.snapshots(show, &known);
    checker.links("sound.links", &show.sound.links, &known);
    checker.monitors(&show.sound);
    let talkback = &show.sound.talkback;
    if !talkback.source.is_empty() && !known.contains(&talkback.source.as_str()) {
        checker.unknown_source("sound.talkback.source", &talkback.source, &known);
    }
    checker.range("sound.talkback.duck_db", talkback.duck_db, 0.0..=60.0);
    checker.transition("transition", &show.transition);
    checker.ids("stingers", show.stingers.iter().map(|s| &s.id));
    for (n, stinger) in show.stingers.iter().enumerate() {
        checker.stinger(&format!("stingers[{n}]"), stinger);
    }
    checker.titles(show, &known);
    checker.tables(&show.tables);
    if let Some(source) = &show.hold.source
        && !known.contains(&source.as_str())
    {
        checker.unknown_source("hold.source", source, &known);
    }
    checker.ids("destinations", show.destinations.iter().map(|d| &d.id));
    for (n, destination) in show.destinations.iter().enumerate() {
        checker.destination(&format!("destinations[{n}]"), destination);
    }
    for (n, output) in show.sound_outputs.iter().enumerate() {
        for (field, message) in output.faults() {
            checker.fault(&format!("sound_outputs[{n}].{field}"), message);
        }
        if let Some(id) = BusName::guest(&output.bus) {
            checker.guest(&format!("sound_outputs[{n}].bus"), id, sources);
        }
    }
    if let Some(receiver) = &show.receiver
        && let Some(message) = address::receiver_fault(&receiver.address)
    {
        checker.fault("receiver.address", message);
    }
    checker.faults
}

struct Checker<'a> {
    file: &'a Path,
    tree: &'a Tree<'a>,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn fault(&mut self, place: &str, message: impl Into<String>) {
        let at = self.tree.place(place);
        let fault = Fault::new(self.file, at, message.into());
        self.faults.push(fault.of(place));
    }

    /// Also refuses what is no number.
    fn range<T: PartialOrd + Display>(&mut self, place: &str, value: T, range: RangeInclusive<T>) {
        if !range.contains(&value) {
            let (least, most) = (range.start(), range.end());
            self.fault(
                place,
                format!("{value} is out of range, expected {least} to {most}"),
            );
        }
    }

    fn format(&mut self, show: &Show) {
        let format = show.format;
        for (place, value, most) in [
            ("format.width", format.width, 7680),
            ("format.height", format.height, 4320),
        ] {
            self.range(place, value, 64..=most);
            if value % 2 != 0 {
                self.fault(place, format!("{value} is odd, expected an even number"));
            }
        }
        let (num, den) = (u64::from(format.rate.0), u64::from(format.rate.1));
        if num < den || num > 120 * den || den == 0 {
            self.fault(
                "format.rate",
                format!("{num}/{den} frames a second are out of range, expected 1 to 120"),
            );
        }
    }

    fn encoder(&mut self, show: &Show) {
        let encoder = &show.encoder;
        self.range("encoder.bitrate_kbps", encoder.bitrate_kbps, 100..=100_000);
        self.range("encoder.audio_kbps", encoder.audio_kbps, 32..=320);
        self.range("encoder.gop_s", encoder.gop_s, 0.5..=10.0);
        if let EncoderName::Element(name) = &encoder.name
            && !is_id(name)
        {
            self.fault(
                "encoder.name[0]",
                "this names no GStreamer element, expected letters, digits, - and _",
            );
        }
    }

    /// Form of ids, and that there is each but once.
    fn ids<'s>(&mut self, list: &str, ids: impl Iterator<Item = &'s String>) {
        let ids: Vec<_> = ids.collect();
        for (n, id) in ids.iter().enumerate() {
            let place = format!("{list}[{n}].id");
            if !is_id(id) {
                self.fault(
                    &place,
                    "malformed id, expected 1 to 32 letters, digits, - and _",
                );
            } else if let Some(first) = ids[..n].iter().position(|other| other == id) {
                let (line, _) = self.tree.place(&format!("{list}[{first}].id"));
                self.fault(
                    &place,
                    format!("the id `{id}` is taken in line {line}, expected another among {list}"),
                );
            }
        }
    }

    fn source(&mut self, place: &str, source: &Source) {
        self.range(&format!("{place}.fader_db"), source.fader_db, -100.0..=10.0);
        self.range(
            &format!("{place}.picture_delay_ms"),
            source.picture_delay_ms,
            0..=2000,
        );
        self.colour(&format!("{place}.colour"), &source.colour);
        for (name, value, range) in source.strip.numbers() {
            self.range(&format!("{place}.strip.{name}"), value, range);
        }
        match &source.kind {
            SourceKind::Test {
                tone_hz, beep_ms, ..
            } => {
                if let Some(tone) = *tone_hz {
                    self.range(&format!("{place}.kind.tone_hz"), tone, 20.0..=20_000.0);
                }
                self.range(&format!("{place}.kind.beep_ms"), *beep_ms, -1000..=1000);
            }
            SourceKind::File {
                path,
                looped,
                at_end,
                in_s,
                out_s,
                ..
            } => {
                if path.is_empty() {
                    self.fault(
                        &format!("{place}.kind.path"),
                        "the path is empty, expected a media file",
                    );
                }
                if *looped && !matches!(at_end, AtEnd::Hold | AtEnd::Loop) {
                    self.fault(
                        &format!("{place}.kind.at_end"),
                        "a clip that loops has no end, expected either this or loop",
                    );
                }
                self.cut(place, *in_s, *out_s);
            }
            SourceKind::Camera { device, mode } => {
                if device.trim().is_empty() {
                    self.fault(
                        &format!("{place}.kind.device"),
                        "the device is empty, expected a name that `regie devices` lists, or a \
                         node such as /dev/video0",
                    );
                }
                if let Some(mode) = mode {
                    self.camera_mode(&format!("{place}.kind.mode"), mode);
                }
            }
            SourceKind::Network { url, latency_ms } => {
                for message in address::network_faults(url) {
                    self.fault(&format!("{place}.kind.url"), message);
                }
                self.range(&format!("{place}.kind.latency_ms"), *latency_ms, 0..=10_000);
            }
            SourceKind::SoundCard {
                device,
                host,
                channels,
            } => {
                for (field, message) in card_faults(device, host.as_deref(), channels) {
                    self.fault(&format!("{place}.kind.{field}"), message);
                }
            }
        }
    }

    /// What a source's strip gives to which buses.
    fn buses_of(&mut self, place: &str, source: &Source, sound: &Sound) {
        let known: Vec<&str> = sound.groups.iter().map(|g| g.id.as_str()).collect();
        for (n, group) in source.groups.iter().enumerate() {
            let place = format!("{place}.groups[{n}]");
            if !known.contains(&group.as_str()) {
                self.unknown_group(&place, group, &known);
            } else if source.groups[..n].contains(group) {
                let message =
                    format!("the source is in `{group}` already, expected each group once");
                self.fault(&place, message);
            }
        }
        if source.sends.len() > AUXES {
            let message = format!("there is no such aux, expected at most {AUXES} sends");
            self.fault(&format!("{place}.sends[{AUXES}]"), message);
        }
        for (n, send) in source.sends.iter().enumerate() {
            self.range(&format!("{place}.sends[{n}].db"), send.db, -100.0..=10.0);
        }
        self.range(
            &format!("{place}.return_db"),
            source.return_db,
            -100.0..=10.0,
        );
    }

    fn sound(&mut self, sound: &Sound) {
        if sound.auxes.len() > AUXES {
            let message = format!("there is no such aux, expected at most {AUXES}");
            self.fault(&format!("sound.auxes[{AUXES}]"), message);
        }
        for (n, aux) in sound.auxes.iter().enumerate() {
            self.range(
                &format!("sound.auxes[{n}].fader_db"),
                aux.fader_db,
                -100.0..=10.0,
            );
        }
        self.ids("sound.groups", sound.groups.iter().map(|g| &g.id));
        for (n, group) in sound.groups.iter().enumerate() {
            self.range(
                &format!("sound.groups[{n}].fader_db"),
                group.fader_db,
                -100.0..=10.0,
            );
        }
        for (name, value, range) in sound.master.numbers() {
            self.range(&format!("sound.master.{name}"), value, range);
        }
    }

    /// Whether a camera offers it is seen when it is there.
    fn camera_mode(&mut self, place: &str, mode: &CameraMode) {
        self.range(&format!("{place}.width"), mode.width, 16..=16_384);
        self.range(&format!("{place}.height"), mode.height, 16..=16_384);
        if let Some(Rate(num, den)) = mode.rate
            && (num == 0 || den == 0 || u64::from(num) > 1000 * u64::from(den))
        {
            self.fault(
                &format!("{place}.rate"),
                format!("{num}/{den} pictures a second are out of range, expected up to 1000"),
            );
        }
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if mode.format.len() > 16 || !mode.format.chars().all(is_letter) {
            self.fault(
                &format!("{place}.format"),
                "this names no format, expected one that `regie devices` lists, such as MJPG or YUY2",
            );
        }
    }

    /// The part of a clip that is played.
    fn cut(&mut self, place: &str, in_s: Option<f64>, out_s: Option<f64>) {
        for (field, value) in [("in_s", in_s), ("out_s", out_s)] {
            if let Some(value) = value {
                self.range(&format!("{place}.kind.{field}"), value, 0.0..=LONGEST_S);
            }
        }
        let begins = in_s.unwrap_or(0.0);
        if let Some(ends) = out_s
            && ends <= begins
        {
            self.fault(
                &format!("{place}.kind.out_s"),
                format!("{ends} is not behind the clip's start at {begins}, expected more"),
            );
        }
    }

    fn colour(&mut self, place: &str, colour: &Colour) {
        for (wheel, range, parts) in [
            ("lift", colour::LIFT, colour.lift.parts()),
            ("gamma", colour::GAMMA, colour.gamma.parts()),
            ("gain", colour::GAIN, colour.gain.parts()),
        ] {
            for (part, value) in parts {
                self.range(&format!("{place}.{wheel}.{part}"), value, range.clone());
            }
        }
        for (name, value, range) in [
            ("contrast", colour.contrast, colour::CONTRAST),
            ("saturation", colour.saturation, colour::SATURATION),
            ("temperature_k", colour.temperature_k, colour::TEMPERATURE_K),
            ("tint", colour.tint, colour::TINT),
        ] {
            self.range(&format!("{place}.{name}"), value, range);
        }
    }

    fn unknown_source(&mut self, place: &str, source: &str, known: &[&str]) {
        let (hint, expected) = instead(source, known, "a source, of which there is none");
        let message = format!(
            "no source has the id `{}`{hint}, expected {expected}",
            source.escape_debug()
        );
        self.fault(place, message);
    }

    fn unknown_scene(&mut self, place: &str, scene: &str, known: &[&str]) {
        let expected = match known {
            [] => "a scene, of which there is none".to_owned(),
            known => one_of(known),
        };
        let id = scene.escape_debug();
        let message = format!("no scene or source has the id `{id}`, expected {expected}");
        self.fault(place, message);
    }

    fn unknown_group(&mut self, place: &str, group: &str, known: &[&str]) {
        let (hint, expected) = instead(group, known, "a group, of which there is none");
        let id = group.escape_debug();
        let message = format!("no group has the id `{id}`{hint}, expected {expected}");
        self.fault(place, message);
    }

    /// Whether a source is one that gets something back.
    fn guest(&mut self, place: &str, id: &str, sources: &[Source]) {
        match sources.iter().find(|source| source.id == id) {
            Some(source) if source.mix_minus => {}
            Some(_) => {
                let message =
                    format!("the source `{id}` is no guest, expected one with mix_minus: true");
                self.fault(place, message);
            }
            None => {
                let guests = sources.iter().filter(|source| source.mix_minus);
                let guests: Vec<&str> = guests.map(|source| source.id.as_str()).collect();
                let (hint, expected) = instead(id, &guests, "a guest, of which there is none");
                let message = format!(
                    "no guest has the id `{}`{hint}, expected {expected}",
                    id.escape_debug()
                );
                self.fault(place, message);
            }
        }
    }

    /// Each scene is numbered once, and there is one of each number.
    fn order(&mut self, show: &Show, sources: &[&str]) {
        let scenes = show.scenes.iter().map(|scene| scene.id.as_str());
        let known: Vec<&str> = scenes.chain(sources.iter().copied()).collect();
        for (n, id) in show.order.iter().enumerate() {
            let place = format!("order[{n}]");
            if !known.contains(&id.as_str()) {
                self.unknown_scene(&place, id, &known);
            } else if show.order[..n].contains(id) {
                self.fault(
                    &place,
                    format!("the scene `{id}` has a number already, expected each once"),
                );
            }
        }
    }

    /// A scene of no layers is black, and is none the worse for it.
    fn scene(&mut self, place: &str, scene: &Scene, known: &[&str]) {
        for (n, layer) in scene.layers.iter().enumerate() {
            self.layer(&format!("{place}.layers[{n}]"), layer, known);
        }
        if let Some(style) = &scene.transition {
            self.transition(&format!("{place}.transition"), style);
        }
    }

    fn stinger(&mut self, place: &str, stinger: &Stinger) {
        if stinger.path.is_empty() {
            self.fault(
                &format!("{place}.path"),
                "the path is empty, expected a clip with transparency",
            );
        }
        self.range(
            &format!("{place}.level_db"),
            stinger.level_db,
            -100.0..=10.0,
        );
        self.range(
            &format!("{place}.cut_frame"),
            stinger.cut_frame,
            0..=TransitionStyle::LONGEST,
        );
    }

    /// A wipe whose picture is missing is no fault of the show: it may lie in another user's folder.
    fn transition(&mut self, place: &str, style: &TransitionStyle) {
        for (field, message) in style.faults() {
            self.fault(&format!("{place}.{field}"), message);
        }
    }

    fn destination(&mut self, place: &str, destination: &Destination) {
        let (messages, url) = address::server_faults(&destination.server);
        for message in messages {
            self.fault(&format!("{place}.server"), message);
        }
        match &destination.key {
            Key::Secret(name) => {
                let place = format!("{place}.key[0]");
                if looks_like_key(name) {
                    self.fault(&place, address::KEY_AS_NAME);
                } else if !is_secret_name(name) {
                    self.fault(
                        &place,
                        "this is no secret's name, expected 1 to 64 letters, digits, - and _",
                    );
                }
            }
            Key::Open(name) => {
                if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
                    self.fault(
                        &format!("{place}.key[0]"),
                        "malformed stream name, expected at least one character and no white space",
                    );
                }
                if url.is_some_and(|url| !address::is_near(&url)) {
                    self.fault(
                        &format!("{place}.key"),
                        "Open is for loopback and private hosts, and this server is neither, \
                         expected Secret(\"NAME\")",
                    );
                }
            }
        }
    }
}
/// Which of those that are known may have been meant, and what was expected; `none` where there is none.
fn instead(id: &str, known: &[&str], none: &str) -> (String, String) {
    let hint = nearest(id, known).map(|near| format!(" (did you mean `{near}`?)"));
    let expected = match known {
        [] => none.to_owned(),
        known => one_of(known),
    };
    (hint.unwrap_or_default(), expected)
}
