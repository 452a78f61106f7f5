//! Show files as a user meets them: wrong ones are told fault by fault at the right place, good ones
//! open, and saving never loses what was there.

use std::fs;
use std::path::{Path, PathBuf};

use regie::media::Rate;
use regie::show::{
    COPIES, Fault, Key, Layer, Receiver, SaveError, Show, Source, SourceKind, load, parse, save,
};

/// Stands before each value that is wrong; taken out before the text is written.
const MARK: char = '¤';

/// The example that users are given, with a media file that is there.
const EXAMPLE: &str = r#"(
    version: 1,
    name: "Demo",
    format: (width: 1280, height: 720, rate: (30, 1)),
    sources: [
        (id: "cam1", label: "Camera 1", kind: File(path: "cam1.mkv", loop: true)),
        (id: "cam2", label: "Camera 2", kind: Camera(device: "usb-046d_C920_1A2B3C4D")),  // a stable name, or a node
        (id: "enc1", label: "Stage",    kind: Network(url: "srt://:9000?mode=listener")),
        (id: "bars", label: "Bars",     kind: Test(pattern: Bars, tone_hz: Some(1000.0))),
    ],
    scenes: [
        (id: "one", label: "Camera 1", layers: [(source: "cam1")]),
        (id: "duo", label: "Duplex", layers: [(source: "cam1"), (source: "enc1", rect: (0.55, 0.1, 0.4, 0.4))]),
    ],
    destinations: [
        (id: "yt",   label: "YouTube", server: "rtmps://a.rtmps.youtube.com/live2", key: Secret("youtube")),
        (id: "hall", label: "Hall",    server: "rtmp://127.0.0.1:1935/live", key: Open("hall")),
    ],
    recording: (folder: "recordings"),
)
"#;

/// A wrong text, and what its faults say: one part each, or all parts of the only one.
type Wrong = (&'static str, &'static [&'static str]);

/// Whole texts.
const WRONG_TEXTS: &[Wrong] = &[
    ("¤", &["expected `(`"]),
    ("  // nothing but a comment\n¤", &["expected `(`"]),
    ("¤hello", &["expected `(`"]),
    ("¤[1, 2]", &["expected `(`"]),
    ("¤{\"version\": 1}", &["expected `(`"]),
    (
        "(version: 1, name: \"x\")\n¤(version: 1)",
        &["end of the file"],
    ),
    ("(version: 1, name: ¤\"x)\n", &["not closed"]),
    (
        "(version: 1, name: \"x\",\n¤/* and then )",
        &["comment is not closed"],
    ),
    ("(version: 1,\n name: \"x\" ¤sources: [])", &["comma"]),
    (
        "(version: 1, name: \"x\", sources: [\n¤",
        &["bracket is not closed"],
    ),
    ("(version: 1, name ¤\"x\")", &["colon"]),
    ("(version: ¤, name: \"x\")", &["expected a value"]),
    ("¤(version: 1)", &["field `name` is missing"]),
    ("¤(name: \"x\")", &["field `version` is missing"]),
    (
        "(version: ¤2, name: \"x\")",
        &["unknown version 2, expected 1", "a newer regie"],
    ),
    ("(version: ¤0, name: \"x\")", &["unknown version 0"]),
    (
        "(version: ¤\"1\", name: \"x\")",
        &["`version`, expected a whole number"],
    ),
    ("(version: ¤-1, name: \"x\")", &["whole number from 0"]),
    (
        "(version: ¤1.5, name: \"x\")",
        &["`version`, expected a whole number"],
    ),
    (
        "(version: ¤99999999999, name: \"x\")",
        &["whole number from 0 to 4294967295"],
    ),
    ("(version: 1, name: ¤5)", &["`name`, expected a text"]),
    ("(version: 1, name: ¤\"\\q\")", &["escapes"]),
    (
        "(version: 1, ¤nmae: \"x\", name: \"x\")",
        &["`nmae` (did you mean `name`?)"],
    ),
    (
        "(version: 1, name: \"x\", ¤version: 1)",
        &["`version` is given twice"],
    ),
    (
        "#![enable(¤magic)]\n(version: 1, name: \"x\")",
        &["extension"],
    ),
];

/// What stands in a show after its version and name.
const WRONG_PARTS: &[Wrong] = &[
    // Fields and types.
    ("¤puppets: [],", &["unknown field `puppets`"]),
    (
        "format: ¤5,",
        &["`format`, expected values in round brackets"],
    ),
    (
        "format: ¤(width: 1280, height: 720),",
        &["field `rate` is missing"],
    ),
    (
        "format: (width: 1280, ¤hight: 720, height: 720, rate: (30, 1)),",
        &["did you mean `height`?"],
    ),
    (
        "format: (width: 2, height: 2, rate: ¤30),",
        &["`rate`, expected values in round"],
    ),
    (
        "format: (width: 2, height: 2, rate: ¤(30)),",
        &["`rate`, expected 2 values"],
    ),
    (
        "format: (width: 2, height: 2, rate: ¤(30, 1, 1)),",
        &["fewer values"],
    ),
    ("sources: ¤(id: \"a\"),", &["`sources`, expected a list"]),
    (
        "sources: [¤\"a\"],",
        &["`sources`, expected values in round brackets"],
    ),
    (
        "sources: [(id: ¤5, kind: Camera(device: \"a\"))],",
        &["`id`, expected a text"],
    ),
    ("sources: [¤(id: \"a\")],", &["field `kind` is missing"]),
    (
        "sources: [(id: \"a\", kind: ¤Camra(device: \"a\"))],",
        &["did you mean `Camera`?"],
    ),
    (
        "sources: [(id: \"a\", kind: ¤Guest)],",
        &["`Guest`, expected `Test`, `File`, `Camera`, `Network` or `SoundCard`"],
    ),
    (
        "sources: [(id: \"a\", kind: ¤\"Camera\")],",
        &["expected Test(…), File(…), Camera(…) or Network(…)"],
    ),
    (
        "sources: [(id: \"a\", kind: ¤Camera)],",
        &["expected Test(…), File(…), Camera(…) or Network(…)"],
    ),
    (
        "sources: [(id: \"a\", kind: Camera(¤node: \"/dev/video0\", device: \"a\"))],",
        &["unknown field `node`", "expected `device` or `mode`"],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: ¤Bar))],",
        &["did you mean `Bars`?"],
    ),
    (
        "sources: [(id: \"a\", kind: ¤Test(tone_hz: 50))],",
        &["field `pattern` is missing"],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars, tone_hz: ¤\"a\"))],",
        &["`tone_hz`, expected a number"],
    ),
    (
        "sources: [(id: \"a\", mute: ¤1, kind: Test(pattern: Bars))],",
        &["`mute`, expected true or false"],
    ),
    (
        "sources: [(id: \"a\", colour: ¤5, kind: Test(pattern: Bars))],",
        &["`colour`, expected values in round brackets"],
    ),
    (
        "sources: [(id: \"a\", colour: (¤gama: 1, tint: 0), kind: Test(pattern: Bars))],",
        &["unknown field `gama` (did you mean `gamma`?)"],
    ),
    (
        "sources: [(id: \"a\", colour: (gain: ¤1.2), kind: Test(pattern: Bars))],",
        &["`gain`, expected values in round brackets"],
    ),
    (
        "sources: [(id: \"a\", colour: (gain: ¤(r: 1, g: 1, b: 1)), kind: Test(pattern: Bars))],",
        &["field `master` is missing"],
    ),
    (
        "sources: [(id: \"a\", afv: ¤auto, kind: Test(pattern: Bars))],",
        &["unknown name `auto`"],
    ),
    (
        "sources: [(id: \"x\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [(source: \"x\", rect: ¤(0, 0, 1))])],",
        &["`rect`, expected 4 values in round brackets"],
    ),
    (
        "sources: [(id: \"x\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [(source: \"x\", rect: (0, 0, ¤\"1\", 1))])],",
        &["`rect`, expected a number"],
    ),
    (
        "receiver: (¤adress: \"127.0.0.1:1\", address: \"127.0.0.1:1\"),",
        &["did you mean `address`?"],
    ),
    (
        "recording: ¤\"recordings\",",
        &["`recording`, expected values in round brackets"],
    ),
    // Format and encoder.
    (
        "format: (width: ¤1281, height: 720, rate: (30, 1)),",
        &["1281 is odd"],
    ),
    (
        "format: (width: ¤62, height: ¤4322, rate: (30, 1)),",
        &[
            "62 is out of range, expected 64 to 7680",
            "4322 is out of range, expected 64 to 4320",
        ],
    ),
    (
        "format: (width: 1280, height: 720, rate: ¤(30, 0)),",
        &["30/0 frames a second"],
    ),
    (
        "format: (width: 1280, height: 720, rate: ¤(0, 1)),",
        &["expected 1 to 120"],
    ),
    (
        "format: (width: 1280, height: 720, rate: ¤(121, 1)),",
        &["expected 1 to 120"],
    ),
    (
        "format: (width: 1280, height: 720, rate: ¤(1, 2)),",
        &["expected 1 to 120"],
    ),
    (
        "encoder: (bitrate_kbps: ¤99, audio_kbps: ¤321, gop_s: ¤0.4),",
        &[
            "99 is out of range, expected 100 to 100000",
            "expected 32 to 320",
            "0.5 to 10",
        ],
    ),
    ("encoder: (gop_s: ¤NaN),", &["NaN is out of range"]),
    (
        "encoder: (name: Element(¤\"x264 ! fakesink\")),",
        &["no GStreamer element"],
    ),
    ("encoder: (preset: ¤Slow),", &["unknown name `Slow`"]),
    // Transitions.
    (
        "transition: (kind: Mix, frames: ¤0),
         scenes: [(id: \"s\", layers: [], transition: (kind: wipe, frames: ¤1001, softness: ¤1.5))],",
        &[
            "0 is out of range, expected 1 to 1000",
            "1001 is out of range",
            "1.5 is out of range, expected 0 to 1",
        ],
    ),
    (
        "transition: (kind: ¤Fade),",
        &["unknown name `Fade`, expected `Cut`, `Mix`, `Dip`, `Wipe`, `Push`, `Slide` or `Stinger`"],
    ),
    (
        "transition: (kind: ¤\"mix\"),",
        &["wrong value of `kind`, expected a name without quotes"],
    ),
    ("transition: ¤(frames: 5),", &["field `kind` is missing"]),
    (
        "transition: (kind: Dip, colour: ¤\"red\"),",
        &["wrong value of `colour`, expected \"#\" and six hexadecimal digits"],
    ),
    (
        "transition: (kind: Push, direction: ¤Lft),",
        &["unknown name `Lft` (did you mean `Left`?)"],
    ),
    (
        "transition: (kind: Wipe, ¤sofness: 0.5),",
        &["did you mean `softness`?"],
    ),
    (
        "transition: (kind: Wipe, wipe: ¤\"../../etc/x\"),",
        &["this names no wipe"],
    ),
    // Ids and references.
    (
        "sources: [(id: ¤\"a b\", kind: Test(pattern: Bars)),
                   (id: ¤\"\", kind: Test(pattern: Bars))],",
        &["malformed id", "malformed id"],
    ),
    (
        "sources: [(id: ¤\"abcdefghijklmnopqrstuvwxyz1234567\", kind: Test(pattern: Bars))],",
        &["1 to 32"],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars)),
                   (id: ¤\"a\", kind: Test(pattern: Ball))],",
        &["`a` is taken in line 4, expected another among sources"],
    ),
    (
        "scenes: [(id: \"a\", layers: []),\n\n(id: ¤\"a\", layers: [])],",
        &["`a` is taken in line 4, expected another among scenes"],
    ),
    (
        "destinations: [(id: \"a\", server: \"rtmp://h/a\", key: Open(\"x\")),
                        (id: ¤\"a\", server: \"rtmp://h/a\", key: Open(\"x\"))],",
        &["among destinations"],
    ),
    (
        "sources: [(id: \"cam1\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [(source: ¤\"cma1\")])],",
        &["no source has the id `cma1` (did you mean `cam1`?), expected `cam1`"],
    ),
    (
        "scenes: [(id: \"s\", layers: [(source: ¤\"cam1\")])],",
        &["expected a source, of which there is none"],
    ),
    // A scene is no source.
    (
        "scenes: [(id: \"s\", layers: []), (id: \"t\", layers: [(source: ¤\"s\")])],",
        &["no source has the id `s`"],
    ),
    // Ranges of sources and layers.
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars), colour: (
            lift: (r: ¤-0.6, g: 0, b: 0, master: ¤0.51),
            gamma: (r: 1, g: ¤0.2, b: 1, master: 4),
            gain: (r: 0, g: 4, b: ¤NaN, master: 1),
            contrast: ¤2.5, saturation: ¤-0.1, temperature_k: ¤2000, tint: ¤1.5))],",
        &[
            "-0.6 is out of range, expected -0.5 to 0.5",
            "0.51 is out of range, expected -0.5 to 0.5",
            "0.2 is out of range, expected 0.25 to 4",
            "NaN is out of range, expected 0 to 4",
            "2.5 is out of range, expected 0 to 2",
            "-0.1 is out of range, expected 0 to 2",
            "2000 is out of range, expected 2500 to 10000",
            "1.5 is out of range, expected -1 to 1",
        ],
    ),
    (
        "sources: [(id: \"a\", fader_db: ¤10.5, picture_delay_ms: ¤2001,
                    kind: Test(pattern: Bars, tone_hz: ¤19))],",
        &[
            "10.5 is out of range, expected -100 to 10",
            "0 to 2000",
            "expected 20 to 20000",
        ],
    ),
    (
        "sources: [(id: \"a\", fader_db: ¤-inf, kind: Test(pattern: Bars, tone_hz: Some(¤inf)))],",
        &["-inf is out of range", "inf is out of range"],
    ),
    (
        "sources: [(id: \"a\", kind: Network(url: \"rtsp://h/a\", latency_ms: ¤10001))],",
        &["expected 0 to 10000"],
    ),
    (
        "sources: [(id: \"a\", kind: Camera(device: ¤\" \"))],",
        &["device is empty"],
    ),
    (
        "sources: [(id: \"a\", kind: SoundCard(device: ¤\"\", host: ¤\" \", channels: [¤0, ¤65])),
                   (id: \"b\", kind: SoundCard(device: \"default\", channels: ¤[1, 2, 3])),
                   (id: \"c\", kind: SoundCard(device: \"default\", channels: ¤[]))],",
        &[
            "device is empty",
            "host is empty",
            "0 is out of range, expected 1 to 64",
            "65 is out of range, expected 1 to 64",
            "3 channels, expected 1 or 2",
            "0 channels, expected 1 or 2",
        ],
    ),
    (
        "sound_outputs: [(bus: ¤\"hall\", device: ¤\"\", channels: [¤0], level_db: ¤11)],",
        &[
            "no bus is named `hall`, expected `program`",
            "device is empty",
            "0 is out of range, expected 1 to 64",
            "11 is out of range, expected -100 to 10",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars))],
         sound: (links: [(left: \"a\", right: ¤\"c\"), (left: \"b\", right: ¤\"b\"),
             (left: ¤\"a\", right: ¤\"b\")]),",
        &[
            "no source has the id `c`",
            "`b` is linked already, expected a source that is in no other link",
            "`a` is linked already, expected",
            "`b` is linked already, expected",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars))],
         sound: (monitor: (channels: [¤65]), monitors: {\"foh\": (bus: ¤\"hall\")}),",
        &[
            "65 is out of range, expected 1 to 64",
            "no bus is named `hall`, expected `program`",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars)),
                   (id: \"ann\", kind: Test(pattern: Bars), mix_minus: true)],
         sound_outputs: [(bus: ¤\"n-1:an\", device: \"x\"), (bus: ¤\"n-1:a\", device: \"x\"),
             (bus: \"n-1:ann\", device: \"x\"), (bus: ¤\"listen\", device: \"x\")],",
        &[
            "no guest has the id `an` (did you mean `ann`?), expected `ann`",
            "the source `a` is no guest, expected one with mix_minus: true",
            "no bus is named `listen`, expected `program`, `aux1` or `aux2`, or `n-1:` and",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars))],
         sound: (talkback: (source: ¤\"x\", duck_db: ¤61)),
         snapshots: (safe: [¤\"b\"], list: [
             (id: \"one\", frames: ¤1001, scenes: [\"a\", ¤\"c\"], auxes: [(fader_db: ¤11)], strips: [
                 (source: ¤\"d\", fader_db: ¤12, afv: On, strip: (duck: (depth_db: ¤61)),
                  sends: [(db: ¤NaN)])]),
             (id: ¤\"one\", scenes: [¤\"a\"], groups: [(group: ¤\"e\", fader_db: 0)])]),",
        &[
            "no source has the id `x`",
            "61 is out of range, expected 0 to 60",
            "no source has the id `b`",
            "1001 is out of range, expected 0 to 1000",
            "no scene or source has the id `c`",
            "11 is out of range, expected -100 to 10",
            "no source has the id `d`",
            "12 is out of range, expected -100 to 10",
            "61 is out of range, expected 0 to 60",
            "NaN is out of range",
            "the id `one` is taken in line",
            "the scene `a` recalls `one` already, expected one snapshot a scene",
            "no group has the id `e`",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [
             (source: \"a\", rect: (¤NaN, 0, ¤0, ¤-1), opacity: ¤1.5)])],",
        &[
            "NaN is out of range",
            "more than 0",
            "-1 is out of range",
            "expected 0 to 1",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [(source: \"a\", crop: ¤(0.5, 0, 0.5, 0)),
                                       (source: \"a\", crop: (0, 0, 0, ¤-0.1))])],",
        &[
            "left and right cut off the whole source",
            "-0.1 is out of range",
        ],
    ),
    (
        "sources: [(id: \"a\", kind: Test(pattern: Bars))],
         scenes: [(id: \"s\", layers: [
             (source: \"a\", keyer: Chroma(colour: ¤\"#808880\", tolerance: ¤0.95)),
             (source: \"a\", keyer: Chroma(edge: (shrink: ¤0.02))),
             (source: \"a\", keyer: Luma(low: 0.5, high: ¤0.4)),
             (source: \"a\", keyer: Linear(matte: ¤\"b\")),
             (source: \"a\", radius: ¤0.6, mask: (hide: ¤(0.5, 0, 0.5, 0))),
             (source: \"a\", border: (width: ¤-1), shadow: (blur: ¤0.2)),
         ])],",
        &[
            "this is no colour of a screen",
            "0.95 is out of range, expected 0 to 0.9",
            "0.02 is out of range, expected -0.01 to 0.01",
            "0.4 is below low, expected 0.5 to 1",
            "no source has the id `b`",
            "0.6 is out of range, expected 0 to 0.5",
            "left and right hide all of it",
            "-1 is out of range, expected 0 to 0.5",
            "0.2 is out of range, expected 0 to 0.1",
        ],
    ),
    // Disk.
    (
        "sources: [(id: \"a\", kind: File(path: \"cam1.mkv\", in_s: 5, out_s: ¤3.5))],",
        &["3.5 is not behind the clip's start at 5"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: \"cam1.mkv\", in_s: ¤-1))],",
        &["-1 is out of range"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: \"cam1.mkv\", loop: true, at_end: ¤Black))],",
        &["a clip that loops has no end"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: \"cam1.mkv\", play: ¤Later))],",
        &["unknown name `Later`"],
    ),
    (
        "stingers: [(id: \"s\", path: ¤\"gone.webm\", cut_frame: 3)],",
        &["there is no file"],
    ),
    (
        "stingers: [(id: \"s\", path: ¤\"s-%03d.png\", cut_frame: ¤1001, level_db: ¤11)],",
        &["there is no file", "1001 is out of range", "11 is out of range"],
    ),
    (
        "hold: (source: ¤\"music\"),",
        &["no source has the id `music`"],
    ),
    ("hold: (picture: ¤\"gone.png\"),", &["there is no file"]),
    (
        "sources: [(id: \"a\", kind: File(path: ¤\"gone.mkv\"))],",
        &["there is no file", "gone.mkv"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: ¤\".\"))],",
        &["is a folder"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: ¤\"\"))],",
        &["path is empty"],
    ),
    (
        "sources: [(id: \"a\", kind: File(path: ¤\"a\\u{0}b\"))],",
        &["expected a media file"],
    ),
    (
        "recording: (folder: ¤\"cam1.mkv/recordings\"),",
        &["cam1.mkv is no folder, expected a folder to write to"],
    ),
    (
        "recording: (folder: ¤\"/proc/regie/recordings\"),",
        &["no recording can be written"],
    ),
    ("recording: (folder: ¤\"\"),", &["folder is empty"]),
    // Destinations and the receiver.
    (
        "destinations: [(id: \"d\", server: ¤\"http://h/live\", key: Open(\"x\"))],",
        &["expected rtmp:// or rtmps://"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://h\", key: Open(\"x\"))],",
        &["names no application"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://h/\", key: Open(\"x\"))],",
        &["names no application"],
    ),
    (
        "receiver: (address: ¤\"localhost:19350\"),",
        &["expected a loopback address and port"],
    ),
    (
        "receiver: Some((address: ¤\"0.0.0.0:19350\")),",
        &["other machines could reach"],
    ),
    ("receiver: (address: ¤\"127.0.0.1:0\"),", &["port 0"]),
    // Secrets where references belong.
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: ¤\"PaStEd1\")],",
        &["never written in a show file, expected Secret(\"NAME\")"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: ¤PaStEd1)],",
        &["never written in a show file"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: ¤Key(\"PaStEd1\"))],",
        &["never written in a show file"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: Secret(¤PaStEd1))],",
        &["never written in a show file"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: Secret(¤\"PaStEd1-12-PaStEd1-34\"))],",
        &["looks like a key itself"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: Secret(¤\"abcd-1234-efgh-5678\"))],",
        &["looks like a key itself"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: Secret(¤\"PaStEd1?x=y\"))],",
        &["no secret's name"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://h/live/abcd-1234-efgh-5678\", key: Open(\"x\"))],",
        &["a stream key stands in the URL"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://h/live?key=PaStEd1\", key: Open(\"x\"))],",
        &["a stream key stands in the URL"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://me:PaStEd1@h/live\", key: Open(\"x\"))],",
        &["a user or password stands in the URL"],
    ),
    (
        "destinations: [(id: \"d\", server: ¤\"rtmp://h/live/{secret:x}\", key: Open(\"x\"))],",
        &["no reference to a secret"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://a.rtmp.youtube.com/live2\", key: ¤Open(\"PaStEd1\"))],",
        &["loopback and private hosts", "expected Secret(\"NAME\")"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://8.8.8.8/live2\", key: ¤Open(\"PaStEd1\"))],",
        &["loopback and private hosts"],
    ),
    (
        "destinations: [(id: \"d\", server: \"rtmp://h/live\", key: Open(¤\"\"))],",
        &["malformed stream name"],
    ),
    // Several at once: every one is told, and none that only follows from another.
    (
        "sources: [
            (id: \"a\", kind: Camera(device: ¤5), mute: ¤1),
            (id: \"b\", kind: Test(pattern: Bars), ¤color: \"red\"),
            (id: ¤\"éü\", label: \"éü\", ¤x: 1, kind: File(path: ¤\"gone.mkv\")),
        ],
        scenes: [
            (id: \"s\", layers: [(source: \"a\"), (source: \"b\"), (source: ¤\"c\")]),
            (id: \"t\", layers: [(source: ¤5), (source: \"b\", opacity: ¤2)]),
        ],
        encoder: (gop_s: ¤\"2\", audio_kbps: ¤1),",
        &[
            "`device`, expected a text",
            "`mute`",
            "did you mean `colour`?",
            "malformed id",
            "`x`",
            "gone.mkv",
            "no source has the id `c`",
            "`source`, expected a text",
            "2 is out of range",
            "`gop_s`",
            "1 is out of range",
        ],
    ),
    // Comments, raw strings and brackets in strings move nothing.
    (
        "/* ( [ \" /* nested */ */ sources: [ // (
            (id: r#\"a\"#, label: \"( \\\" [ é\", kind: Test(pattern: Bars)),
            (id: ¤r##\"a\"#\"##, kind: Test(pattern: Bars))],",
        &["malformed id"],
    ),
];

/// URLs of a network source that are wrong, and what is said of each.
const WRONG_URLS: &[(&str, &str)] = &[
    ("", "the URL is empty, expected rtsp://"),
    ("10.0.0.5/h264", "no URL, expected rtsp://"),
    ("ftp://10.0.0.5/h264", "scheme is another, expected rtsp://"),
    ("rtsp:///h264", "no host"),
    ("http:///h264", "no host"),
    ("rtsp://h:70000/h264", "expected a number from 1 to 65535"),
    ("rtsp://h:0/h264", "expected a number from 1 to 65535"),
    ("rtsp://[::g]/h264", "host is malformed"),
    ("rtsp://h/a b", "white space"),
    ("srt://:9000", "?mode=listener"),
    ("srt://host", "expected srt://HOST:PORT"),
    ("srt://host:9000?mode=listen", "`listener`"),
    (
        "rtsp://admin:PaStEd1@10.0.0.5/h264",
        "a password stands in the URL, expected {secret:NAME}",
    ),
    (
        "srt://h:9000?passphrase=PaStEd1",
        "a parameter of the URL is a secret, expected {secret:NAME}",
    ),
    (
        "https://h/x?a=b&Token=PaStEd1",
        "a parameter of the URL is a secret",
    ),
    (
        "srt://h:9000?streamid=abcd-1234-efgh-5678",
        "a parameter of the URL is a secret",
    ),
    (
        "rtmp://h/live/abcd-1234-efgh-5678",
        "a stream key stands in the URL",
    ),
    (
        "rtsp://a:{secret:}@10.0.0.5/h264",
        "a reference to a secret is malformed",
    ),
    (
        "rtsp://a:{secret:abcd-1234-efgh-5678}@10.0.0.5/h264",
        "looks like a key itself",
    ),
    (
        "rtsp://a:PaStEd1{secret:x}@10.0.0.5/h264",
        "a password stands in the URL",
    ),
    ("rtsp://{secret:host}/h264", "stands in the host"),
];

/// A folder with the media file that the examples name.
fn media_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cam1.mkv"), "no pictures, but a file").unwrap();
    folder
}

/// The text without its marks, and where they stood.
fn unmark(marked: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut places, mut line, mut column) = (String::new(), Vec::new(), 1, 1);
    for c in marked.chars() {
        if c == MARK {
            places.push((line, column));
            continue;
        }
        text.push(c);
        (line, column) = match c {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        };
    }
    (text, places)
}

/// A show with this after its version and name.
fn with_part(part: &str) -> String {
    format!("(\n    version: 1,\n    name: \"Wrong\",\n{part}\n)\n")
}

/// Every wrong file with its marks, and the parts of what is said of it.
fn wrong_files() -> Vec<(String, Vec<&'static str>)> {
    let texts = WRONG_TEXTS
        .iter()
        .map(|(text, said)| ((*text).to_owned(), said.to_vec()));
    let parts = WRONG_PARTS
        .iter()
        .map(|(part, said)| (with_part(part), said.to_vec()));
    let urls = WRONG_URLS.iter().map(|(url, said)| {
        let part = format!("sources: [(id: \"a\", kind: Network(url: {MARK}\"{url}\"))],");
        (with_part(&part), vec![*said])
    });
    texts.chain(parts).chain(urls).collect()
}

fn told(result: Result<Show, Vec<Fault>>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(Fault::to_string).collect(),
    }
}

#[test]
fn each_wrong_file_is_told_at_its_place() {
    let folder = media_folder();
    let path = folder.path().join("wrong.ron");
    let files = wrong_files();
    assert!(files.len() >= 100);
    let mut failures = Vec::new();
    for (marked, said) in files {
        let (text, places) = unmark(&marked);
        assert!(!places.is_empty(), "no mark in {text}");
        fs::write(&path, &text).unwrap();
        let told = told(load(&path));
        let at_places = told.len() == places.len()
            && told.iter().zip(&places).all(|(told, (line, column))| {
                told.starts_with(&format!("{}:{line}:{column}: ", path.display()))
                    && told.contains("expected")
            });
        let all_said = match told.as_slice() {
            [only] => said.iter().all(|part| only.contains(part)),
            all => {
                all.len() == said.len()
                    && all
                        .iter()
                        .zip(&said)
                        .all(|(told, said)| told.contains(said))
            }
        };
        let secret = ["pasted1", "abcd-1234"];
        let silent = !secret
            .iter()
            .any(|s| told.concat().to_lowercase().contains(s));
        if !(at_places && all_said && silent) {
            let told = told.join("\n");
            failures.push(format!(
                "{text}\nexpected {places:?} {said:?}\ntold\n{told}\n"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "checks leave nothing behind: {left:?}");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let folder = media_folder();
    let path = folder.path().join("not.ron");
    let missing = told(load(&path));
    assert!(
        missing[0].contains("not.ron:1:1: the file cannot be read"),
        "{missing:?}"
    );
    let a_folder = told(load(folder.path()));
    assert!(
        a_folder[0].contains(":1:1: this is no file"),
        "{a_folder:?}"
    );
    fs::write(&path, b"(version: 1,\n name: \"\xc3\xa9\xff\")").unwrap();
    let no_text = told(load(&path));
    assert!(
        no_text[0].contains("not.ron:2:10: this byte is not UTF-8"),
        "{no_text:?}"
    );
}

#[test]
fn the_example_opens() {
    let folder = media_folder();
    let path = folder.path().join("demo.ron");
    fs::write(&path, EXAMPLE).unwrap();
    let show = load(&path).unwrap();
    assert_eq!(show.name, "Demo");
    assert_eq!(show.format.rate, Rate(30, 1));
    assert_eq!(show.sources.len(), 4);
    let looped = SourceKind::file("cam1.mkv", true);
    assert_eq!(show.sources[0].kind, looped);
    assert_eq!(show.scenes[1].layers[0], Layer::full("cam1"));
    assert_eq!(show.scenes[1].layers[1].rect, (0.55, 0.1, 0.4, 0.4));
    assert_eq!(show.destinations[0].key, Key::Secret("youtube".to_owned()));
    assert_eq!(show.destinations[1].key, Key::Open("hall".to_owned()));
    assert_eq!(show.recording.folder, "recordings");
    assert!(
        !folder.path().join("recordings").exists(),
        "checking makes no folder"
    );
}

#[test]
fn other_good_forms_open() {
    let folder = media_folder();
    let path = folder.path().join("good.ron");
    for text in [
        // The least there can be, with a byte order mark and Windows line ends.
        "\u{feff}(version: 1,\r\n name: \"\")\r\n",
        // With names, extensions and Some left out or written.
        "#![enable(implicit_some, unwrap_newtypes)]
         Show(version: 1, name: r#\"a \"show\"\"#, receiver: Receiver(address: \"127.0.0.1:19350\"))",
        "(version: 1, name: \"x\", receiver: Some((address: \"[::1]:19350\")))",
        "(version: 1, name: \"x\", receiver: None)",
        // An empty scene is black; one may stand in for a source's own.
        "(version: 1, name: \"x\", sources: [(id: \"a\", kind: Test(pattern: Snow, tone_hz: 440))],
          scenes: [(id: \"black\", layers: []), (id: \"a\", layers: [(source: \"a\", opacity: 0.5)])])",
        // Names of transitions are written large or small.
        "(version: 1, name: \"x\", transition: (kind: Wipe, wipe: \"clock\", softness: 1, frames: 25),
          scenes: [(id: \"s\", layers: [], transition: (kind: slide, direction: Up, reverse: true)),
                   (id: \"t\", layers: [], transition: Some((kind: Dip, colour: \"#1E90ff\"))),
                   (id: \"u\", layers: [], transition: None)])",
        // Media and recordings elsewhere.
        "(version: 1, name: \"x\", recording: (folder: \"a/b/../c\"),
          sources: [(id: \"a\", kind: File(path: \"./cam1.mkv\"), afv: Off, fader_db: -100)])",
        "(version: 1, name: \"x\", sources: [(id: \"a\",
          kind: Network(url: \"rtsp://admin:{secret:stagecam}@10.0.0.5/h264\", latency_ms: 0))])",
    ] {
        fs::write(&path, text).unwrap();
        assert_eq!(told(load(&path)), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "checks leave nothing"
    );
}

#[test]
fn parsing_looks_at_no_file() {
    let text = with_part("sources: [(id: \"a\", kind: File(path: \"gone.mkv\"))],");
    assert!(parse(Path::new("/nowhere/x.ron"), &text).is_ok());
}

fn example(folder: &Path) -> (PathBuf, Show) {
    let path = folder.join("demo.ron");
    fs::write(&path, EXAMPLE).unwrap();
    let show = load(&path).unwrap();
    (path, show)
}

/// Everything in a folder but the media file: names and contents.
fn contents(folder: &Path) -> Vec<(String, String)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_file() && entry.file_name() != "cam1.mkv")
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn saving_keeps_earlier_copies() {
    let folder = media_folder();
    let (path, mut show) = example(folder.path());
    save(&path, &show).unwrap();
    assert_eq!(load(&path).unwrap(), show);
    // The user's own text, comments and all, is the first copy.
    assert_eq!(
        fs::read_to_string(path.with_extension("ron.1")).unwrap(),
        EXAMPLE
    );

    let before = contents(folder.path());
    save(&path, &show).unwrap();
    assert_eq!(
        contents(folder.path()),
        before,
        "nothing changed, nothing is written"
    );

    for n in 0..COPIES + 3 {
        show.name = format!("Take {n}");
        save(&path, &show).unwrap();
    }
    let names: Vec<_> = contents(folder.path())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let copies = (1..=COPIES).map(|n| format!("demo.ron.{n}"));
    assert_eq!(
        names,
        std::iter::once("demo.ron".to_owned())
            .chain(copies)
            .collect::<Vec<_>>()
    );
    for n in 1..=COPIES {
        let copy = fs::read_to_string(path.with_extension(format!("ron.{n}"))).unwrap();
        let name = format!("Take {}", COPIES + 2 - n);
        assert_eq!(parse(&path, &copy).unwrap().name, name, "copy {n}");
    }
}

#[test]
fn what_is_saved_is_pleasant_to_read() {
    let folder = media_folder();
    let (path, mut show) = example(folder.path());
    show.receiver = Some(Receiver {
        address: "127.0.0.1:19350".to_owned(),
    });
    save(&path, &show).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for line in [
        "(",
        "    version: 1,",
        "        rate: (30, 1),",
        "            id: \"cam1\",",
        "                loop: true,",
        "                (source: \"cam1\", rect: (0.0, 0.0, 1.0, 1.0), crop: (0.0, 0.0, 0.0, 0.0), opacity: 1.0),",
        "            key: Secret(\"youtube\"),",
        "        address: \"127.0.0.1:19350\",",
        ")",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\nis not in\n{text}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_permissions_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = media_folder();
    let (path, mut show) = example(folder.path());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.ron");
    std::os::unix::fs::symlink("demo.ron", &link).unwrap();
    show.name = "Through a link".to_owned();
    save(&link, &show).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(load(&path).unwrap().name, "Through a link");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn a_show_that_could_not_be_opened_is_not_saved() {
    let folder = media_folder();
    let (path, show) = example(folder.path());
    let before = contents(folder.path());
    let faulty = |change: fn(&mut Show)| {
        let mut show = show.clone();
        change(&mut show);
        let error = save(&path, &show).unwrap_err();
        assert!(matches!(error, SaveError::Faulty(_)), "{error}");
        error.to_string()
    };
    faulty(|show| show.scenes[0].layers[0].opacity = f64::NAN);
    faulty(|show| {
        show.sources.push(Source {
            ..show.sources[0].clone()
        })
    });
    let message =
        faulty(|show| show.destinations[0].key = Key::Secret("abcd-1234-efgh-5678".into()));
    assert!(!message.contains("abcd"), "{message}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_save_that_fails_leaves_everything_as_it_was() {
    let folder = media_folder();
    let (path, mut show) = example(folder.path());
    show.name = "Changed".to_owned();

    // No folder: root writes to any folder there is, but not below a file.
    let below_a_file = folder.path().join("cam1.mkv/demo.ron");
    assert!(matches!(
        save(&below_a_file, &show),
        Err(SaveError::Io { .. })
    ));
    assert!(save(&folder.path().join("none/demo.ron"), &show).is_err());
    // A kernel's own file system takes no new files.
    #[cfg(target_os = "linux")]
    assert!(matches!(
        save(Path::new("/proc/demo.ron"), &show),
        Err(SaveError::Io { .. })
    ));
    assert_eq!(
        contents(folder.path()),
        vec![("demo.ron".to_owned(), EXAMPLE.to_owned())]
    );

    // No room can be made for another copy: where the oldest would go, a full folder stands.
    fs::create_dir_all(folder.path().join("demo.ron.5/full")).unwrap();
    for n in 1..COPIES {
        fs::write(folder.path().join(format!("demo.ron.{n}")), n.to_string()).unwrap();
    }
    let before = contents(folder.path());
    let error = save(&path, &show).unwrap_err();
    assert!(error.to_string().contains("demo.ron: not saved"), "{error}");
    assert_eq!(
        contents(folder.path()),
        before,
        "no copy is lost, no half file left"
    );
}

/// The process's own limit on file sizes stands in for a full disk: the write fails half-way.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = media_folder();
    let (path, _) = example(folder.path());
    let limited = format!(
        "trap '' XFSZ; ulimit -f 0; exec {:?} --exact --ignored --nocapture saves_in_a_child",
        std::env::current_exe().unwrap()
    );
    let child = std::process::Command::new("sh")
        .args(["-c", &limited])
        .env("REGIE_TEST_SHOW", &path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(!child.status.success(), "{said}");
    assert!(said.contains("not saved: File too large"), "{said}");
    assert_eq!(
        contents(folder.path()),
        vec![("demo.ron".to_owned(), EXAMPLE.to_owned())]
    );
}

#[test]
#[ignore = "run by a_full_disk_leaves_the_old_file in a process of its own"]
fn saves_in_a_child() {
    let path = PathBuf::from(std::env::var_os("REGIE_TEST_SHOW").unwrap());
    let mut show = load(&path).unwrap();
    show.name = "Changed".to_owned();
    // Its output is a pipe, which the limit does not touch.
    if let Err(error) = save(&path, &show) {
        println!("{error}");
        std::process::exit(1);
    }
}
