//! What holds of every show and every text: a show that is saved reads back as it was, and no text
//! makes reading panic or run on.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use regie::media::{CameraMode, Rate};
use regie::show::{
    Afv, AtEnd, Border, BusState, ChromaKey, Colour, Cue, Destination, Direction, DownstreamKey,
    Encoder, EncoderName, Fill, Format, KEYS, Key, Latency, Layer, LayerKey, LinearKey, LumaKey,
    MATTE_REACH, Mask, MatteEdge, PROGRAM, Pattern, Play, Preset, Receiver, Recording,
    RecordingFormat, Rgb, SHAPE_REACH, Scene, Shadow, Show, SoundOutput, SoundSnapshot, Source,
    SourceKind, StripState, Title, TransitionKind, TransitionStyle, VERSION, Wheel, parse, save,
};

fn id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_-]{1,32}"
}

/// Labels, names, paths: any text at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\'#r/*()\n\r\t\u{0}{}\\[\\]:,é]{0,12}"
    ]
}

fn format() -> impl Strategy<Value = Format> {
    let rate = prop_oneof![
        (1u32..=120).prop_map(|fps| Rate(fps, 1)),
        Just(Rate(30_000, 1001)),
        Just(Rate(60_000, 1001)),
        (1u32..=1_000_000, 1u32..=120).prop_map(|(den, fps)| Rate(den * fps, den)),
    ];
    (32u32..=3840, 32u32..=2160, rate).prop_map(|(w, h, rate)| Format {
        width: w * 2,
        height: h * 2,
        rate,
    })
}

fn encoder() -> impl Strategy<Value = Encoder> {
    let name = prop_oneof![
        Just(EncoderName::Auto),
        Just(EncoderName::X264),
        id().prop_map(EncoderName::Element),
    ];
    let preset = prop::sample::select(vec![
        Preset::Ultrafast,
        Preset::Superfast,
        Preset::Veryfast,
        Preset::Faster,
        Preset::Fast,
        Preset::Medium,
    ]);
    let latency = prop::sample::select(vec![Latency::Low, Latency::Normal, Latency::Quality]);
    (
        name,
        100u32..=100_000,
        32u32..=320,
        preset,
        0.5..=10.0,
        latency,
    )
        .prop_map(
            |(name, bitrate_kbps, audio_kbps, preset, gop_s, latency)| Encoder {
                name,
                bitrate_kbps,
                audio_kbps,
                preset,
                gop_s,
                latency,
            },
        )
}

fn transition() -> impl Strategy<Value = TransitionStyle> {
    let direction = prop::sample::select(vec![
        Direction::Left,
        Direction::Right,
        Direction::Up,
        Direction::Down,
    ]);
    (
        prop::sample::select(TransitionKind::ALL.to_vec()),
        1u32..=1000,
        any::<[u8; 3]>(),
        "[a-zA-Z0-9 é\"'_-]{1,64}",
        0.0..=1.0,
        any::<bool>(),
        direction,
        "[a-z]{0,8}",
    )
        .prop_map(
            |(kind, frames, [red, green, blue], wipe, softness, reverse, direction, stinger)| {
                TransitionStyle {
                    kind,
                    frames,
                    colour: Rgb(red, green, blue),
                    wipe,
                    softness,
                    reverse,
                    direction,
                    stinger,
                }
            },
        )
}

fn kind() -> impl Strategy<Value = SourceKind> {
    let pattern = prop::sample::select(vec![Pattern::Bars, Pattern::Flash, Pattern::Black]);
    let url = prop_oneof![
        "(rtsp|rtmp|http)://[a-z]{1,8}(:[1-9][0-9]{0,3})?/[a-z]{0,9}",
        "srt://:[1-9][0-9]{0,3}\\?mode=listener&passphrase=\\{secret:[a-z]{1,6}\\}",
    ];
    prop_oneof![
        (pattern, option::of(20.0..=20_000.0), -1000..=1000i32).prop_map(
            |(pattern, tone_hz, beep_ms)| SourceKind::Test {
                pattern,
                tone_hz,
                beep_ms
            }
        ),
        (
            text().prop_filter("a path", |p| !p.is_empty()),
            any::<bool>()
        )
            .prop_map(|(path, looped)| SourceKind::file(&path, looped)),
        clip(),
        (
            text().prop_filter("a device", |d| !d.trim().is_empty()),
            option::of(mode())
        )
            .prop_map(|(device, mode)| SourceKind::Camera { device, mode }),
        (url, 0u32..=10_000).prop_map(|(url, latency_ms)| SourceKind::Network { url, latency_ms }),
        (
            text().prop_filter("a device", |d| !d.trim().is_empty()),
            option::of("[a-z]{1,8}"),
            vec(1u16..=64, 1..=2)
        )
            .prop_map(|(device, host, channels)| SourceKind::SoundCard {
                device,
                host,
                channels
            }),
    ]
}

fn mode() -> impl Strategy<Value = CameraMode> {
    let size = (16u32..=4096, 16u32..=4096);
    (size, option::of((1u32..=120, 1u32..=1001)), "[A-Z0-9]{0,5}").prop_map(
        |((width, height), rate, format)| CameraMode {
            width,
            height,
            rate: rate.map(|(num, den)| Rate(num, den)),
            format,
        },
    )
}

/// A clip of which everything is said.
fn clip() -> impl Strategy<Value = SourceKind> {
    let at_end = prop::sample::select(vec![AtEnd::Hold, AtEnd::Black, AtEnd::Loop, AtEnd::Rewind]);
    let play = prop::sample::select(vec![Play::Always, Play::OnTake]);
    let cut = (option::of(0.0..100.0), option::of(100.5..200.0));
    ("[a-z]{1,8}", at_end, play, cut).prop_map(|(path, at_end, play, (in_s, out_s))| {
        SourceKind::File {
            path,
            looped: false,
            at_end,
            play,
            in_s,
            out_s,
        }
    })
}

fn colour() -> impl Strategy<Value = Colour> {
    let wheel = |range: std::ops::RangeInclusive<f32>| {
        let part = || range.clone();
        (part(), part(), part(), part()).prop_map(|(r, g, b, master)| Wheel { r, g, b, master })
    };
    let corrected = (
        wheel(-0.5..=0.5),
        wheel(0.25..=4.0),
        wheel(0.0..=4.0),
        0.0f32..=2.0,
        0.0f32..=2.0,
        2500.0f32..=10_000.0,
        -1.0f32..=1.0,
    )
        .prop_map(
            |(lift, gamma, gain, contrast, saturation, temperature_k, tint)| Colour {
                lift,
                gamma,
                gain,
                contrast,
                saturation,
                temperature_k,
                tint,
            },
        );
    prop_oneof![Just(Colour::NEUTRAL), corrected]
}

/// What goes to the auxes, and what comes back to a guest.
fn buses() -> impl Strategy<Value = (Vec<regie::show::Send>, bool, f32)> {
    let send = (-100.0f32..=10.0, any::<bool>());
    let send = send.prop_map(|(db, pre)| regie::show::Send { db, pre });
    (vec(send, 0..=2), any::<bool>(), -100.0f32..=10.0)
}

fn source() -> impl Strategy<Value = Source> {
    let afv = prop::sample::select(vec![Afv::On, Afv::Off, Afv::Follow]);
    (
        id(),
        text(),
        kind(),
        -100.0f32..=10.0,
        any::<bool>(),
        afv,
        0u32..=2000,
        colour(),
        buses(),
    )
        .prop_map(
            |(id, label, kind, fader_db, mute, afv, picture_delay_ms, colour, buses)| Source {
                id,
                label,
                kind,
                fader_db,
                mute,
                afv,
                strip: Default::default(),
                picture_delay_ms,
                colour,
                groups: Vec::new(),
                sends: buses.0,
                mix_minus: buses.1,
                return_db: buses.2,
            },
        )
}

fn matte_edge() -> impl Strategy<Value = MatteEdge> {
    (-MATTE_REACH..=MATTE_REACH, 0.0..=MATTE_REACH)
        .prop_map(|(shrink, soften)| MatteEdge { shrink, soften })
}

/// The source of a matte is put in later.
fn layer_key() -> impl Strategy<Value = LayerKey> {
    let screen = (0..=200u8, 225..=255u8, 0..=200u8).prop_map(|(r, g, b)| Rgb(r, g, b));
    let chroma = (screen, 0.0..=0.9, 0.0..=1.0, 0.0..=1.0, matte_edge());
    let chroma = chroma.prop_map(|(colour, tolerance, softness, spill, edge)| ChromaKey {
        colour,
        tolerance,
        softness,
        spill,
        edge,
    });
    let luma = (0.0..=0.5, 0.5..=1.0, any::<bool>(), matte_edge());
    let luma = luma.prop_map(|(low, high, invert, edge)| LumaKey {
        low,
        high,
        invert,
        edge,
    });
    let linear = any::<(bool, bool)>().prop_map(|(invert, premultiplied)| LinearKey {
        matte: String::new(),
        invert,
        premultiplied,
    });
    prop_oneof![
        chroma.prop_map(LayerKey::Chroma),
        luma.prop_map(LayerKey::Luma),
        linear.prop_map(LayerKey::Linear),
    ]
}

/// Mask, border and shadow.
fn shape() -> impl Strategy<Value = (Option<Mask>, Option<Border>, Option<Shadow>)> {
    let hide = (0.0..0.5, 0.0..0.5, 0.0..0.5, 0.0..0.5);
    let mask = (hide, any::<bool>(), 0.0..=SHAPE_REACH, any::<bool>());
    let mask = mask.prop_map(|(hide, ellipse, feather, invert)| Mask {
        hide,
        ellipse,
        feather,
        invert,
    });
    let colour = || any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Rgb(r, g, b));
    let border = (0.0..=SHAPE_REACH, colour()).prop_map(|(width, colour)| Border { width, colour });
    let offset = (-SHAPE_REACH..=SHAPE_REACH, -SHAPE_REACH..=SHAPE_REACH);
    let shadow = (offset, 0.0..=0.1, 0.0..=1.0, colour());
    let shadow = shadow.prop_map(|(offset, blur, opacity, colour)| Shadow {
        offset,
        blur,
        opacity,
        colour,
    });
    use prop::option::of;
    (of(mask), of(border), of(shadow))
}

/// A layer of the source at some position, which is brought into range later.
fn layer() -> impl Strategy<Value = (prop::sample::Index, Layer)> {
    let rect = (-10.0..=10.0, -10.0..=10.0, 0.001..=10.0, 0.001..=10.0);
    let crop = (0.0..0.5, 0.0..0.5, 0.0..0.5, 0.0..0.5);
    let place = (rect, crop, 0.0..=1.0, 0.0..=SHAPE_REACH);
    let keyer = prop::option::of(layer_key());
    (any::<prop::sample::Index>(), place, keyer, shape()).prop_map(
        |(at, (rect, crop, opacity, radius), keyer, (mask, border, shadow))| {
            let layer = Layer {
                source: String::new(),
                rect,
                crop,
                opacity,
                keyer,
                mask,
                radius,
                border,
                shadow,
            };
            (at, layer)
        },
    )
}

fn fields() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map(text(), text(), 0..3)
}

fn title() -> impl Strategy<Value = Title> {
    let template = text().prop_filter("a template", |template| !template.is_empty());
    let rect = (-10.0..=10.0, -10.0..=10.0, 0.001..=10.0, 0.001..=10.0);
    (
        id(),
        text(),
        template,
        fields(),
        1..=KEYS,
        rect,
        any::<bool>(),
    )
        .prop_map(|(id, label, template, fields, key, rect, looped)| Title {
            label,
            fields,
            key,
            rect,
            looped,
            ..Title::of(&id, &template)
        })
}

fn key() -> impl Strategy<Value = DownstreamKey> {
    let fill = prop_oneof![
        Just(Fill::None),
        Just(Fill::Title(String::new())),
        layer().prop_map(|(_, layer)| Fill::Source(Box::new(layer))),
    ];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let off_after = option::of(1..=DownstreamKey::LONGEST);
    (text(), fill, 0u32..=1000, off_after, flags).prop_map(
        |(label, fill, frames, off_after, (tie, off_on_take, clean))| DownstreamKey {
            label,
            fill,
            frames,
            tie,
            off_after,
            off_on_take,
            clean,
        },
    )
}

fn destination() -> impl Strategy<Value = Destination> {
    let far = (
        "rtmps?://[a-z]{1,8}\\.example(:[1-9][0-9]{0,3})?/[a-z]{1,9}",
        "[a-z_]{1,16}".prop_map(Key::Secret),
    );
    let near = (
        "rtmp://(127\\.0\\.0\\.1|10\\.0\\.0\\.[1-9]|nas)(:[1-9][0-9]{0,3})?/[a-z]{1,9}",
        "[!-~é]{1,20}".prop_map(Key::Open),
    );
    (id(), text(), prop_oneof![far, near]).prop_map(|(id, label, (server, key))| Destination {
        id,
        label,
        server,
        key,
    })
}

fn sound_output() -> impl Strategy<Value = SoundOutput> {
    let device = text().prop_filter("a device", |d| !d.trim().is_empty());
    let host = option::of("[a-z]{1,8}");
    (device, host, vec(1u16..=64, 1..=2), -100.0f32..=10.0).prop_map(
        |(device, host, channels, level_db)| SoundOutput {
            bus: PROGRAM.to_owned(),
            device,
            host,
            channels,
            level_db,
        },
    )
}

prop_compose! {
    /// Any show that has no fault.
    fn show()(
        name in text(),
        format in format(),
        encoder in encoder(),
        sources in vec(source(), 0..5),
        scenes in vec((id(), text(), vec(layer(), 0..4), option::of(transition())), 0..4),
        transition in transition(),
        destinations in vec(destination(), 0..4),
        is_mp4 in any::<bool>(),
        folder in text().prop_filter("a folder", |f| !f.is_empty()),
        (port, sound_outputs) in (option::of(1u16..), vec(sound_output(), 0..3)),
        is_numbered in any::<bool>(),
        snapshots in vec((id(), text(), 0u32..=1000, -100.0f32..=10.0), 0..3),
        (titles, keys, cues) in (vec(title(), 0..3), vec(key(), 0..5), vec((id(), fields()), 0..3)),
    ) -> Show {
        let mut show = Show {
            version: VERSION,
            name,
            format,
            encoder,
            sources,
            scenes: Vec::new(),
            transition,
            stingers: Vec::new(),
            tables: Vec::new(),
            hold: Default::default(),
            sound: Default::default(),
            snapshots: Default::default(),
            titles,
            keys,
            rundown: Vec::new(),
            destinations,
            recording: Recording {
                folder,
                format: if is_mp4 { RecordingFormat::Mp4 } else { RecordingFormat::Mkv },
            },
            sound_outputs,
            receiver: port.map(|port| Receiver { address: format!("127.0.0.1:{port}") }),
            order: Vec::new(),
        };
        let mut seen = std::collections::BTreeSet::new();
        show.sources.retain(|s| seen.insert(s.id.clone()));
        seen.clear();
        show.destinations.retain(|d| seen.insert(d.id.clone()));
        seen.clear();
        for (id, label, layers, transition) in scenes {
            let layers = layers
                .into_iter()
                .filter(|_| !show.sources.is_empty())
                .map(|(at, mut layer)| {
                    let source = &at.get(&show.sources).id;
                    layer.sources_mut().for_each(|id| id.clone_from(source));
                    layer
                })
                .collect();
            if seen.insert(id.clone()) {
                show.scenes.push(Scene { id, label, layers, transition });
            }
        }
        seen.clear();
        show.titles.retain(|t| seen.insert(t.id.clone()));
        for key in &mut show.keys {
            match (&mut key.fill, show.titles.first(), show.sources.first()) {
                (Fill::Title(id), Some(title), _) => id.clone_from(&title.id),
                (Fill::Source(layer), _, Some(source)) => {
                    layer.sources_mut().for_each(|id| id.clone_from(&source.id));
                }
                (fill, ..) => *fill = Fill::None,
            }
        }
        seen.clear();
        for (id, fields) in cues {
            if let Some(title) = show.titles.last()
                && seen.insert(id.clone())
            {
                let title = title.id.clone();
                show.rundown.push(Cue { id, label: String::new(), title, fields, row: None });
            }
        }
        seen.clear();
        let mut scenes = show.all_scenes().into_iter();
        for (id, label, frames, fader_db) in snapshots {
            if !seen.insert(id.clone()) {
                continue;
            }
            let scenes = scenes.next().map(|scene| scene.id);
            let state = |source: &Source| StripState {
                source: source.id.clone(),
                fader_db,
                mute: source.mute,
                afv: source.afv,
                strip: source.strip,
                sends: source.sends.clone(),
            };
            show.snapshots.list.push(SoundSnapshot {
                id,
                label,
                scenes: scenes.into_iter().collect(),
                frames,
                links: show.sound.links.clone(),
                strips: show.sources.iter().map(state).collect(),
                auxes: vec![BusState { fader_db, mute: frames == 0 }],
                groups: Vec::new(),
            });
        }
        show.snapshots.safe = show.sources.iter().take(1).map(|s| s.id.clone()).collect();
        if is_numbered {
            let all = show.all_scenes().into_iter().rev();
            show.order = all.map(|scene| scene.id).collect();
        }
        show
    }
}

/// A good show's text, cut short, with pieces replaced, doubled or put in.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        Just("\"".to_owned()),
        "[()\\[\\]{}\"'r#/*:,\\\\\n -]{1,4}",
        "(Some|File|Secret|NaN|inf|-1|1.5|1e999|version|sources|true|r#\"|/\\*|//|#!\\[)",
        Just("(".repeat(300)),
        Just("[(".repeat(300)),
    ];
    let change = (any::<prop::sample::Index>(), 0usize..40, piece);
    (
        show(),
        vec(change, 1..6),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(show, changes, end, cut)| {
            let mut text: Vec<char> = ron::to_string(&show).unwrap().chars().collect();
            for (at, length, piece) in changes {
                let start = at.index(text.len() + 1);
                let end = (start + length).min(text.len());
                text.splice(start..end, piece.chars());
            }
            if cut {
                text.truncate(end.index(text.len() + 1));
            }
            text.into_iter().collect()
        })
}

/// Reads a text; where there are faults, they stand within it and say what was expected.
fn read(text: &str) -> Result<(), TestCaseError> {
    if let Err(faults) = parse(Path::new("x.ron"), text) {
        prop_assert!(!faults.is_empty(), "refused without a reason");
        for fault in faults {
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert!((1..=lines.len()).contains(&fault.line), "{fault}");
            let width = lines[fault.line - 1].chars().count() + 1;
            prop_assert!((1..=width).contains(&fault.column), "{fault}");
            prop_assert!(fault.message.contains("expected"), "{fault}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_saved_reads_back_as_it_was(show in show()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("show.ron");
        if let Err(error) = save(&path, &show) {
            prop_assert!(false, "{error}");
        }
        let text = std::fs::read_to_string(&path).unwrap();
        prop_assert_eq!(parse(&path, &text), Ok(show));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read(&text)?;
    }

    #[test]
    fn any_text_of_ron_signs_is_read_or_refused(text in "[()\\[\\]{}\"'r#b/*:,\\\\\n a1.é-]{0,60}") {
        read(&text)?;
    }

    #[test]
    fn any_damaged_show_is_read_or_refused(text in mutated()) {
        read(&text)?;
    }
}

#[test]
fn every_beginning_of_a_show_is_refused_and_only_the_whole_is_read() {
    let text = "(version: 1, name: \"é\", sources: [(id: \"a\", kind: Test(pattern: Bars, \
        tone_hz: Some(440)))], /* ( */ destinations: [(id: \"d\", server: \"rtmp://h/a\", \
        key: Open(r#\"x\"#))], receiver: (address: \"127.0.0.1:1\"))";
    for (end, _) in text.char_indices() {
        assert!(
            parse(Path::new("x.ron"), &text[..end]).is_err(),
            "{}",
            &text[..end]
        );
        read(&text[..end]).unwrap();
    }
    assert!(parse(Path::new("x.ron"), text).is_ok());
}

#[test]
fn a_file_of_nothing_but_faults_ends() {
    let element = "(id: 5, x: 1, mute: 3, kind: Test(pattern: Foo)),\n";
    let text = format!(
        "(version: 1, name: \"x\", sources: [\n{}])",
        element.repeat(5_000)
    );
    let faults = parse(Path::new("x.ron"), &text).unwrap_err();
    assert_eq!(faults.len(), 100);
}
