//! The tools of the integration tests, tested themselves: each must tell right from wrong.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use common::coded::{self, Code, Painter, Rect, Sheet};
use common::media::{Channels, Clip, Coding, ffmpeg_does};
use common::nginx::{Nginx, REFUSES, Rude, RudeServer};
use common::read::{self, Fault, Shot};
use common::rtmp::{self, Receiver};
use common::senders::{self, TsServer};
use common::wait;

#[test]
fn a_code_survives_drawing_scaling_and_reading() {
    for (width, height) in [(1280, 720), (641, 359), (320, 180)] {
        let painter = Painter::new(7, width, height);
        let mut sheet = Sheet::new(width, height);
        for number in [0, 1, 29, 899, 0x00ff_ffff] {
            painter.draw(number, &mut sheet.canvas());
            let code = coded::read(sheet.luma(), Rect::whole(width, height));
            assert_eq!(code, Some(Code::new(7, number)), "{width}×{height}");
        }
    }
}

#[test]
fn what_is_no_code_is_not_read_as_one() {
    let mut sheet = Sheet::new(1280, 720);
    let whole = Rect::whole(1280, 720);
    assert_eq!(coded::read(sheet.luma(), whole), None, "black");
    sheet.data.fill(235);
    assert_eq!(coded::read(sheet.luma(), whole), None, "white");
    // One wrong cell spoils the checksum.
    let cells = Code::new(3, 1234).cells();
    for i in 0..coded::CELLS {
        let mut wrong = cells;
        wrong[i] = !wrong[i];
        assert_eq!(Code::from_cells(&wrong), None, "cell {i}");
    }
}

#[test]
fn a_mix_is_measured_and_not_read() {
    let (mut a, mut b) = (Sheet::new(1280, 720), Sheet::new(1280, 720));
    Painter::new(1, 1280, 720).draw(100, &mut a.canvas());
    Painter::new(2, 1280, 720).draw(200, &mut b.canvas());
    for share in [0.0, 0.25, 0.5, 0.9, 1.0] {
        let mut mix = Sheet::new(1280, 720);
        for ((m, &a), &b) in mix.data.iter_mut().zip(&a.data).zip(&b.data) {
            *m = (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
        }
        let whole = Rect::whole(1280, 720);
        let levels = coded::levels(mix.luma(), whole);
        let (found, error) = coded::mixed(&levels, Code::new(1, 100), Code::new(2, 200));
        assert!((found - share).abs() < 0.01, "{found} for {share}");
        assert!(error < 2.0, "{error}");
        let (_, error) = coded::mixed(&levels, Code::new(1, 101), Code::new(2, 200));
        assert!(share == 1.0 || error > 10.0, "another number: {error}");
        if (0.3..0.7).contains(&share) {
            assert_eq!(coded::read(mix.luma(), whole), None);
        }
    }
}

fn codes(numbers: &[u32]) -> Vec<Option<Code>> {
    numbers.iter().map(|&n| Some(Code::new(1, n))).collect()
}

#[test]
fn faults_in_the_order_are_named() {
    let good: Vec<u32> = (5..25).collect();
    let check = |numbers: &[u32]| {
        let codes = codes(numbers);
        read::check_shot(&codes, Shot::new(1, 0, codes.len()), 0.0)
    };
    assert_eq!(check(&good), []);
    let got = |n| Code::new(1, n);

    let mut missing = good.clone();
    missing.remove(7);
    let fault = Fault::Missing {
        at: 7,
        count: 1,
        got: got(13),
    };
    assert_eq!(check(&missing), [fault]);

    let mut repeated = good.clone();
    repeated.insert(7, good[6]);
    let fault = Fault::Repeated {
        at: 7,
        got: got(11),
    };
    assert_eq!(check(&repeated), [fault]);

    // Shown twice, and the next not at all: the count is right, the pictures are not.
    let mut held = good.clone();
    held[7] = held[6];
    let faults = check(&held);
    assert_eq!(
        faults[0],
        Fault::Repeated {
            at: 7,
            got: got(11)
        }
    );
    assert_eq!(
        faults[1],
        Fault::Missing {
            at: 8,
            count: 1,
            got: got(13)
        }
    );

    let mut swapped = good.clone();
    swapped.swap(7, 8);
    assert!(
        check(&swapped)
            .iter()
            .any(|f| matches!(f, Fault::Backwards { at: 8, .. }))
    );

    let mut others = codes(&good);
    others[3] = Some(Code::new(2, 8));
    others[4] = None;
    let faults = read::check_shot(&others, Shot::new(1, 0, 21), 0.0);
    let fault = Fault::WrongSource {
        at: 3,
        wanted: 1,
        got: Code::new(2, 8),
    };
    assert_eq!(
        faults,
        [fault, Fault::Unreadable { at: 4 }, Fault::Ends { at: 20 }]
    );
}

#[test]
fn a_loop_and_another_rate_have_their_own_order() {
    let looped: Vec<u32> = (50..60).chain(0..10).collect();
    let shot = Shot {
        wraps: Some(60),
        ..Shot::new(1, 0, 20)
    };
    assert_eq!(read::check_shot(&codes(&looped), shot, 0.0), []);
    let shot = Shot::new(1, 0, 20);
    assert_ne!(read::check_shot(&codes(&looped), shot, 0.0), []);

    let pace = |rate: f64, phase: f64| -> Vec<u32> {
        (0..60)
            .map(|k| (phase + f64::from(k) * rate).floor() as u32)
            .collect()
    };
    for (rate, phase) in [
        (25.0 / 30.0, 0.4),
        (2.0, 1.5),
        (24.0 / 30.0, 0.0),
        (0.999, 0.9),
    ] {
        let shot = Shot {
            pace: rate,
            ..Shot::new(1, 0, 60)
        };
        assert_eq!(
            read::check_shot(&codes(&pace(rate, phase)), shot, 0.0),
            [],
            "{rate}"
        );
    }
    // 25 in 30 with the repeats unevenly: after five and after seven.
    let mut uneven = pace(25.0 / 30.0, 0.4);
    let twice = uneven.windows(2).position(|w| w[0] == w[1]).unwrap();
    uneven[twice + 1] += 1;
    let shot = Shot {
        pace: 25.0 / 30.0,
        ..Shot::new(1, 0, 60)
    };
    assert_ne!(read::check_shot(&codes(&uneven), shot, 0.0), []);
}

#[test]
fn a_file_reads_back_as_it_was_made() {
    for container in ["mkv", "mp4", "ts"] {
        let clip = Clip {
            container,
            ..Clip::new(3, 6)
        };
        let file = clip.file();
        let pictures = read::pictures(&file);
        assert_eq!(pictures.complaints, Vec::<String>::new());
        assert_eq!(pictures.seen.len(), 180, "{container}");
        assert_eq!(
            read::check_sequence(&pictures.codes(), &[Shot::new(3, 0, 180)]),
            []
        );
        assert_eq!(read::uneven(&pictures.seen, 30.0, 0.0011), []);

        let sound = read::sound(&file);
        assert!(sound.gaps.is_empty(), "{container}: {:?}", sound.gaps);
        let tone = coded::tone_of(3);
        let left = sound.channel(0, tone, sound.start + 1.2, 0.05);
        let right = sound.channel(1, tone, sound.start + 1.2, 0.05);
        assert!(
            (left - 0.25).abs() < 0.01 && (right - 0.125).abs() < 0.01,
            "{left} {right}"
        );
        let other = sound.amplitude(coded::tone_of(4), sound.start + 1.2, 0.05);
        assert!(other < 0.001, "{other}");

        let offsets = read::av_offsets(&pictures.seen, &sound, 3, 30.0);
        assert!(offsets.len() >= 5, "{container}: {offsets:?}");
        let worst = offsets.iter().fold(0.0, |w: f64, o| w.max(o.abs()));
        assert!(worst < 0.002, "{container}: {offsets:?}");
    }
}

#[test]
fn sound_that_is_late_is_measured() {
    let file = Clip::new(3, 6).file();
    let folder = tempfile::tempdir().unwrap();
    for (late, name) in [(0.015, "a.mkv"), (-0.04, "b.mkv"), (0.3, "c.mkv")] {
        let path = folder.path().join(name);
        ffmpeg_does(&[
            "-i",
            file.to_str().unwrap(),
            "-itsoffset",
            &late.to_string(),
            "-i",
            file.to_str().unwrap(),
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c",
            "copy",
            path.to_str().unwrap(),
        ]);
        let pictures = read::pictures(&path);
        let offsets = read::av_offsets(&pictures.seen, &read::sound(&path), 3, 30.0);
        let middle = read::median(&offsets).unwrap();
        assert!((middle - late).abs() < 0.002, "{middle} for {late}");
    }
}

#[test]
fn the_code_survives_the_bitrate_and_a_small_rectangle() {
    let (a, b) = (Clip::new(1, 4).file(), Clip::new(2, 4).file());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pip.mkv");
    let filter = "[1:v]scale=320:180[small];[0:v][small]overlay=896:504";
    ffmpeg_does(&[
        "-i",
        a.to_str().unwrap(),
        "-i",
        b.to_str().unwrap(),
        "-filter_complex",
        filter,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-b:v",
        "1500k",
        "-maxrate",
        "1500k",
        "-bufsize",
        "1500k",
        path.to_str().unwrap(),
    ]);
    let pictures = read::pictures_with(&path, |luma| {
        let small = Rect::part(luma.width, luma.height, (0.7, 0.7, 0.25, 0.25));
        let large = Rect::whole(luma.width, luma.height);
        (coded::read(luma, large), coded::read(luma, small))
    });
    let (large, small): (Vec<_>, Vec<_>) = pictures.codes().into_iter().unzip();
    assert_eq!(read::check_sequence(&large, &[Shot::new(1, 0, 120)]), []);
    assert_eq!(read::check_sequence(&small, &[Shot::new(2, 0, 120)]), []);
}

#[test]
fn the_moment_of_a_change_of_tones_is_found() {
    let file = Clip::new(1, 4).file();
    let mut sound = read::sound(&file);
    let other = read::sound(&Clip::new(2, 4).file());
    let (from, to) = (coded::tone_of(1), coded::tone_of(2));
    assert_eq!(
        sound.takes_over(from, to, 1.234, 0.1),
        None,
        "nothing changes"
    );
    let at = (1.234 * 48_000.0) as usize;
    let end = sound.samples.len();
    sound.samples[at..].copy_from_slice(&other.samples[at..end]);
    let found = sound.takes_over(from, to, 1.2, 0.1).unwrap();
    assert!((found - 1.234).abs() < 0.004, "{found}");
    let heard = sound.dominant(&[from, to]);
    assert!(heard.iter().all(|&(t, tone)| {
        tone == Some(usize::from(t > 1.234))
            || (t - 1.234).abs() < 0.011
            || !(0.03..3.98).contains(&t)
    }));
    assert!(sound.steepest(0.5, 1.2) < 0.06);
    sound.samples[40_000][0] += 0.3;
    assert!(sound.steepest(0.5, 1.2) > 0.2, "a click");
    // The dips of each tone are there where it sounds, and only there.
    assert_eq!(sound.dips(from).len(), 1);
    assert_eq!(sound.dips(to).len(), 3);
}

#[test]
fn a_hole_in_the_sound_and_a_torn_file_are_told() {
    let file = Clip::new(1, 4).file();
    let folder = tempfile::tempdir().unwrap();
    let holed = folder.path().join("holed.mkv");
    ffmpeg_does(&[
        "-i",
        file.to_str().unwrap(),
        "-c",
        "copy",
        "-bsf:a",
        "noise=drop=between(n\\,50\\,54)",
        holed.to_str().unwrap(),
    ]);
    let sound = read::sound(&holed);
    assert_eq!(sound.gaps.len(), 1, "{:?}", sound.gaps);
    assert!((sound.gaps[0].1 - 5.0 * 1024.0 / 48_000.0).abs() < 0.003);

    let bytes = std::fs::read(&file).unwrap();
    let torn = folder.path().join("torn.mkv");
    std::fs::write(&torn, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let pictures = read::pictures(&torn);
    let seen = pictures.seen.len();
    assert!((60..110).contains(&seen), "{seen}");
    let whole = read::pictures(&file);
    // The last one may be half a picture.
    assert_eq!(
        read::position_in(&pictures.seen[..seen - 2], &whole.seen),
        Ok(0)
    );
    assert_eq!(read::position_in(&whole.seen[30..40], &whole.seen), Ok(30));
    assert!(
        read::position_in(&[whole.seen[3].clone(), whole.seen[5].clone()], &whole.seen).is_err()
    );
}

#[test]
fn packets_tell_their_times() {
    let clip = Clip {
        container: "mp4",
        ..Clip::new(1, 4)
    };
    let packets = read::packets(&clip.file());
    let video: Vec<_> = packets.iter().filter(|p| p.video).collect();
    assert_eq!(video.len(), 120);
    assert!(video[0].key && video.iter().filter(|p| p.key).count() == 2);
    assert!(video.windows(2).all(|w| w[0].dts < w[1].dts));
    assert!(video.iter().any(|p| p.pts > p.dts), "it has B-frames");
    assert!(
        packets
            .iter()
            .any(|p| !p.video && p.size > 0 && p.hash.len() > 8)
    );
}

#[test]
fn odd_files_are_what_they_say() {
    // Turned, seen upright by a player that knows the tag.
    for rotation in [90, 180, 270] {
        let clip = Clip {
            container: "mp4",
            size: (640, 360),
            rotation,
            ..Clip::new(4, 2)
        };
        let pictures = read::pictures(&clip.file());
        let upright = if rotation == 180 {
            (640, 360)
        } else {
            (360, 640)
        };
        assert_eq!(pictures.size, upright);
        assert_eq!(
            read::check_sequence(&pictures.codes(), &[Shot::new(4, 0, 60)]),
            []
        );
    }
    let odd = Clip {
        coding: Some(Coding::Vp8),
        size: (431, 241),
        rate: (25, 1),
        ..Clip::new(4, 2)
    };
    let pictures = read::pictures(&odd.file());
    assert_eq!(pictures.size, (431, 241));
    assert_eq!(
        read::check_sequence(&pictures.codes(), &[Shot::new(4, 0, 50)]),
        []
    );
    let sound = read::sound(&odd.file());
    let offsets = read::av_offsets(&pictures.seen, &sound, 4, 25.0);
    assert!(offsets.iter().all(|o| o.abs() < 0.002), "{offsets:?}");

    // Two fields combed together, and the same as whole pictures.
    let combing = |interlaced, coding| {
        let clip = Clip {
            interlaced,
            coding: Some(coding),
            container: "mkv",
            size: (640, 360),
            rate: (25, 1),
            ..Clip::new(4, 2)
        };
        let pictures = read::pictures_with(&clip.file(), |luma| {
            let whole = Rect::whole(luma.width, luma.height);
            (luma.combing(), coded::read(luma, whole).is_some())
        });
        assert!(pictures.seen.iter().all(|seen| seen.what.1));
        let combs: Vec<f64> = pictures.codes().into_iter().map(|c| c.0).collect();
        read::median(&combs).unwrap()
    };
    for coding in [Coding::H264, Coding::Mpeg2] {
        let (two, one) = (combing(true, coding), combing(false, coding));
        assert!(two > one * 2.0, "{coding:?}: {two} and {one}");
    }

    let surround = Clip {
        channels: Channels::Surround,
        ..Clip::new(4, 2)
    };
    let sound = read::sound(&surround.file());
    let tone = coded::tone_of(4);
    let (left, right) = (
        sound.channel(0, tone, 0.2, 0.05),
        sound.channel(1, tone, 0.2, 0.05),
    );
    assert!(
        left > 0.05 && (left - right).abs() < 0.005,
        "the middle is on both sides"
    );
    let silent = Clip {
        channels: Channels::None,
        size: (320, 180),
        ..Clip::new(4, 2)
    };
    assert!(read::sound(&silent.file()).samples.is_empty());
    let blind = Clip {
        coding: None,
        container: "mp4",
        ..Clip::new(4, 2)
    };
    assert!(read::pictures(&blind.file()).seen.is_empty());
    assert_eq!(read::sound(&blind.file()).dips(tone).len(), 2);
}

/// Publishes a clip from its start at real time until it is stopped.
fn publish(clip: &Clip, server: &str) -> std::process::Child {
    std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-re", "-i"])
        .arg(clip.file())
        .args(["-c", "copy", "-f", "flv", &format!("{server}/x")])
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn nginx_records_what_is_sent_refuses_freezes_and_comes_back() {
    let _turn = common::alone();
    let mut nginx = Nginx::start(&["one", "two"]);
    let clip = Clip::new(1, 4);
    let mut one = publish(&clip, &nginx.server("one"));
    let mut two = publish(&clip, &nginx.server("two"));
    let mut refused = publish(&clip, &nginx.server(REFUSES));
    assert!(!refused.wait().unwrap().success());
    assert!(one.wait().unwrap().success());
    assert!(two.wait().unwrap().success());
    let sent = read::pictures(&clip.file());
    for application in ["one", "two"] {
        let files = nginx.received(application);
        assert_eq!(files.len(), 1);
        let got = read::pictures(&files[0]);
        assert_eq!(read::position_in(&got.seen, &sent.seen), Ok(0));
        assert!(got.seen.len() >= 118, "{}", got.seen.len());
        let offsets = read::av_offsets(&got.seen, &read::sound(&files[0]), 1, 30.0);
        assert!(
            offsets.len() >= 3 && offsets.iter().all(|o| o.abs() < 0.003),
            "{offsets:?}"
        );
    }

    nginx.freeze();
    let mut stuck = publish(&clip, &nginx.server("one"));
    let quiet = !nginx.wait_received("one", 1 << 30, Duration::from_secs(1));
    assert!(
        quiet && nginx.received("one").len() == 1,
        "a frozen server takes nothing"
    );
    nginx.thaw();
    let arrived = wait::until(Duration::from_secs(10), || {
        (nginx.received("one").len() == 2).then_some(())
    });
    assert!(arrived.is_some());
    nginx.kill();
    assert!(!wait::listening(nginx.port(), Duration::ZERO));
    stuck.wait().unwrap();
    nginx.restart();
    assert!(wait::listening(nginx.port(), Duration::from_secs(5)));
}

#[test]
fn rude_servers_are_rude() {
    let _turn = common::alone();
    let closes = RudeServer::start(Rude::Closes);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", closes.port())).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    let silent = RudeServer::start(Rude::Silent);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", silent.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    stream.write_all(&[3; 5000]).unwrap();
    let nothing = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(
        nothing,
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    let counted = || (closes.connections(), silent.connections());
    wait::until(Duration::from_secs(20), || {
        (counted() == (1, 1)).then_some(())
    });
    assert_eq!(counted(), (1, 1));
}

/// Receives a network stream with ffmpeg for some seconds.
fn receive(url: &str, seconds: &str, path: &std::path::Path) -> Duration {
    let begun = Instant::now();
    let transport: &[&str] = if url.starts_with("rtsp") {
        &["-rtsp_transport", "tcp"]
    } else {
        &[]
    };
    let path = path.to_str().unwrap();
    let rest = ["-i", url, "-t", seconds, "-c", "copy", "-copyts", path];
    ffmpeg_does(&[transport, &rest].concat());
    begun.elapsed()
}

#[test]
fn srt_and_rtsp_send_the_clip_in_real_time_until_killed() {
    common::witness::undisturbed(sent_in_real_time);
}

fn sent_in_real_time() {
    let clip = Clip {
        b_frames: 0,
        ..Clip::new(5, 12)
    };
    let folder = tempfile::tempdir().unwrap();
    let port = wait::free_port();
    for (name, mut sender) in [
        ("srt.mkv", senders::srt_listener(&clip, port)),
        ("rtsp.mkv", senders::rtsp(&clip, wait::free_port())),
    ] {
        let path = folder.path().join(name);
        let took = receive(&sender.url, "3", &path);
        assert!(took > Duration::from_secs(2), "{name} floods: {took:?}");
        let pictures = read::pictures(&path);
        let codes: Vec<_> = pictures
            .codes()
            .into_iter()
            .skip_while(Option::is_none)
            .collect();
        assert!(codes.len() > 40, "{name}: {}", codes.len());
        assert_eq!(
            read::check_sequence(&codes, &[Shot::new(5, 0, codes.len())]),
            [],
            "{name}"
        );
        let offsets = read::av_offsets(&pictures.seen, &read::sound(&path), 5, 30.0);
        assert!(
            !offsets.is_empty() && offsets.iter().all(|o| o.abs() < 0.005),
            "{offsets:?}"
        );
        sender.kill();
        assert!(!sender.runs());
    }
}

#[test]
fn the_transport_stream_runs_fast_jumps_and_can_be_killed() {
    let _turn = common::alone();
    let clip = Clip::new(6, 2);
    let early = senders::transport_stream(&clip, 1);
    let late = senders::transport_stream(&clip, 7200);
    let mut server = TsServer::start(&[&early, &late], 4.0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("got.ts");
    let begun = Instant::now();
    let address = server.url();
    let address = address.strip_prefix("http://").unwrap();
    let (host, file) = address.split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /{file} HTTP/1.0\r\n\r\n").unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    let took = begun.elapsed().as_secs_f64();
    assert!(took > 0.95, "four seconds at four times the pace: {took}");
    let body = got.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    std::fs::write(&path, &got[body..]).unwrap();
    let packets = read::packets(&path);
    let times: Vec<f64> = packets.iter().filter(|p| p.video).map(|p| p.pts).collect();
    assert_eq!(times.len(), 120);
    assert!(times[0] < 10.0 && times[119] > 7000.0, "{times:?}");

    server.kill();
    assert!(std::net::TcpStream::connect(host).is_err());
    server.restart();
    assert_eq!(server.served(), 0);
    assert!(std::net::TcpStream::connect(host).is_ok());
}

/// Not a test: the RTSP server that tests start as a process of its own.
#[test]
#[ignore = "a server for other tests"]
fn rtsp_server_process() {
    senders::serve_rtsp();
}

#[test]
fn the_receiver_notes_when_what_came() {
    common::witness::undisturbed(received);
}

fn received() {
    let receiver = Receiver::start();
    let clip = Clip::new(1, 4);
    let begun = Instant::now();
    let mut sender = publish(&clip, &receiver.server("live"));
    assert!(sender.wait().unwrap().success());
    let connections = wait::until(Duration::from_secs(10), || {
        let connections = receiver.connections();
        let pictures =
            |c: &rtmp::Connection| c.arrivals.iter().filter(|a| a.video && !a.header).count();
        (connections.len() == 1 && pictures(&connections[0]) == 120).then_some(connections)
    });
    let connections = connections.expect("one connection with all the pictures");
    assert_eq!(connections[0].name, "live/x");
    let arrivals = connections[0].arrivals.iter().filter(|a| a.video);
    let mut arrivals: Vec<_> = arrivals.collect();
    // ffmpeg marks the end.
    arrivals.truncate(121);
    assert!(arrivals[0].header && arrivals[1].key && !arrivals[1].header);
    // In real time: as far apart as their times say, give or take what a busy machine takes.
    let (first, last) = (arrivals[1], arrivals[arrivals.len() - 1]);
    let took = (last.at - first.at).as_secs_f64();
    let meant = f64::from(last.dts - first.dts) / 1000.0;
    assert!(
        (took - meant).abs() < 1.0 && first.at > begun,
        "{took} for {meant}"
    );
    let got = read::pictures(&connections[0].flv);
    assert_eq!(
        read::position_in(&got.seen, &read::pictures(&clip.file()).seen),
        Ok(0)
    );
    assert_eq!(got.seen.len(), 120);
    let mut pts: Vec<i64> = arrivals[1..].iter().map(|a| a.pts).collect();
    pts.sort_unstable();
    let told: Vec<i64> = got
        .seen
        .iter()
        .map(|s| (s.pts * 1000.0).round() as i64)
        .collect();
    assert_eq!(pts, told);
}
