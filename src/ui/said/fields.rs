//! Where in a show something is wrong, in the desk's words. The show's rules name a field as the file
//! does, such as `sources[3].kind.path`; whoever sits at the desk has never seen the file, and knows it
//! as the fourth source's file.

use super::super::lang::{Language, Value};

/// Splits `sources[3].kind.path: the path is empty` into the place, as this language says it, how many
/// bytes of the text name it, and what is wrong there; none where the text names no place in a show.
pub fn split<'a>(language: &Language, text: &'a str) -> Option<(String, usize, &'a str)> {
    let (place, why) = text.split_once(": ")?;
    let said = said(language, place)?;
    (!why.is_empty()).then_some((said, place.len() + 2, why))
}

/// A setting of the show or a list of it by the name of its field, as this language says it.
pub fn part(language: &Language, name: &str) -> Option<String> {
    let key = whole(name).or_else(|| field(name, None));
    Some(small(&language.say(key?, &[])?))
}

/// A step of a place: the name of a field, and which of its values.
type Step<'a> = (&'a str, Option<usize>);

fn said(language: &Language, place: &str) -> Option<String> {
    let steps: Vec<Step<'_>> = place.split('.').map(step).collect::<Option<_>>()?;
    let ((root, n), inner) = steps.split_first()?;
    let first = match (of_list(root), n) {
        (Some(key), Some(n)) => language.say(key, &numbered(*n))?,
        _ => small(&language.say(whole(root)?, &[])?),
    };
    let mut words = vec![first];
    for (name, n) in inner {
        match (*name, n) {
            // Of which kind a source is goes without saying.
            ("kind", _) => {}
            ("list", Some(n)) => words.push(language.say("fields-snapshot", &numbered(*n))?),
            ("layers", Some(n)) => words.push(language.say("fields-layer", &numbered(*n))?),
            _ => words.push(match field(name, *n) {
                Some(key) => small(&language.say(key, &[])?),
                None => (*name).to_owned(),
            }),
        }
    }
    Some(words.join(", "))
}

/// `layers[2]` is the third of `layers`.
fn step(text: &str) -> Option<Step<'_>> {
    let (name, n) = match text.split_once('[') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(']')?.parse().ok()?)),
        None => (text, None),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_name.then_some((name, n))
}

/// Counted from 1, as the desk does.
fn numbered(n: usize) -> [Value<'static>; 1] {
    [("n", n.saturating_add(1).into())]
}

/// One of a list.
fn of_list(root: &str) -> Option<&'static str> {
    Some(match root {
        "sources" => "fields-source",
        "scenes" => "fields-scene",
        "stingers" => "fields-stinger",
        "destinations" => "fields-destination",
        "sound_outputs" => "fields-sound-output",
        _ => return None,
    })
}

/// What a show is made of.
fn whole(root: &str) -> Option<&'static str> {
    Some(match root {
        "sources" => "fields-sources",
        "scenes" => "fields-scenes",
        "order" => "fields-order",
        "stingers" => "clips-tab-stingers",
        "destinations" => "fields-destinations",
        "sound_outputs" => "fields-sound-outputs",
        "snapshots" => "fields-snapshots",
        "name" => "settings-name",
        "format" => "settings-picture",
        "encoder" => "settings-encoder",
        "receiver" => "settings-receiver",
        "transition" => "build-transition",
        "hold" => "clips-holding-slate",
        "recording" => "fields-recording",
        _ => return None,
    })
}

/// A field of one of these, by what stands beside it on the desk.
fn field(name: &str, n: Option<usize>) -> Option<&'static str> {
    Some(match (name, n) {
        ("rect", Some(0)) => "build-left",
        ("rect", Some(1)) => "build-top",
        ("rect", Some(2)) | ("width", _) => "build-width",
        ("rect", Some(3)) | ("height", _) => "build-height",
        ("crop", None) => "build-crop",
        ("crop", Some(0)) => "build-crop-left",
        ("crop", Some(1)) => "build-crop-top",
        ("crop", Some(2)) => "build-crop-right",
        ("crop", Some(3)) => "build-crop-bottom",
        ("id", _) => "build-id",
        ("label", _) => "build-label",
        ("scenes", _) => "fields-scenes",
        ("layers", _) => "fields-layers",
        ("opacity", _) => "build-opacity",
        ("path", _) => "clips-file",
        ("url" | "address", _) => "build-address",
        ("device", _) => "build-device",
        ("host", _) => "fields-sound-system",
        ("channels", None) => "fields-channels",
        ("channels", Some(0)) => "fields-channel-left",
        ("channels", Some(_)) => "fields-channel-right",
        ("bus", _) => "fields-bus",
        ("mode", _) => "build-mode",
        ("format", _) => "settings-format",
        ("rate", _) => "settings-rate",
        ("latency_ms", _) => "build-latency",
        ("tone_hz", _) => "build-pitch",
        ("beep_ms", _) => "build-beep",
        ("at_end", _) => "clips-at-end",
        ("in_s", _) => "clips-in",
        ("out_s", _) => "clips-out",
        ("fader_db", _) => "build-fader",
        ("picture_delay_ms", _) => "build-picture-delay",
        ("colour", _) => "build-colours",
        ("lift", _) => "build-lift",
        ("gamma", _) => "build-gamma",
        ("gain", _) => "build-gain",
        ("contrast", _) => "build-contrast",
        ("saturation", _) => "build-saturation",
        ("temperature_k", _) => "build-temperature",
        ("tint", _) => "build-tint",
        ("r", _) => "build-red",
        ("g", _) => "build-green",
        ("b", _) => "build-blue",
        ("master", _) => "build-master",
        ("transition", _) => "build-transition",
        ("frames", _) => "build-frames",
        ("softness", _) => "build-softness",
        ("wipe", _) => "switch-kind-wipe",
        ("cut_frame", _) => "clips-cut-frame",
        ("level_db", _) => "clips-level",
        ("source", _) => "build-source",
        ("server", _) => "outputs-form-server",
        ("key", _) => "outputs-form-key",
        ("name", _) => "settings-which-encoder",
        ("bitrate_kbps", _) => "settings-bitrate",
        ("audio_kbps", _) => "settings-sound-bitrate",
        ("gop_s", _) => "fields-keyframes",
        ("text", _) => "clips-slate-text",
        ("picture", _) => "clips-slate-picture",
        ("folder", _) => "fields-folder",
        ("strip", _) => "fields-strip",
        _ => return None,
    })
}

/// A word as it stands within a sentence.
fn small(word: &str) -> String {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        // All in capitals is an abbreviation.
        (Some(first), Some(second)) if second.is_lowercase() => {
            let rest = &word[first.len_utf8()..];
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => word.to_owned(),
    }
}
