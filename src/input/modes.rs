//! The modes of a camera: what its device offers, in the words of the field, and the caps by which one of
//! them is asked for.

use std::cmp::Reverse;

use gstreamer as gst;

use crate::media::{CameraMode, Rate};

/// Of a range of rates, these are offered beside its ends: nobody asks for 17.3.
const USUAL: [Rate; 8] = [
    Rate(60, 1),
    Rate(60000, 1001),
    Rate(50, 1),
    Rate(30, 1),
    Rate(30000, 1001),
    Rate(25, 1),
    Rate(24, 1),
    Rate(15, 1),
];

/// Slower ones are no picture to switch to, but for the fastest that a size and format has.
const SLOWEST: f64 = 14.0;

/// How pictures are coded, with the media type that each is of.
const CODINGS: [(&str, &str); 6] = [
    ("MJPG", "image/jpeg"),
    ("H264", "video/x-h264"),
    ("H265", "video/x-h265"),
    ("VP8", "video/x-vp8"),
    ("VP9", "video/x-vp9"),
    ("DV", "video/x-dv"),
];
const RAW: &str = "video/x-raw";

/// The modes of a device's caps: those of a size that is said, each once, the largest first, then the
/// fastest.
pub fn of(caps: &gst::CapsRef) -> Vec<CameraMode> {
    let mut all: Vec<CameraMode> = Vec::new();
    for structure in caps.iter() {
        let side = |name| structure.get::<i32>(name).ok()?.try_into().ok();
        let (Some(width), Some(height)) = (side("width"), side("height")) else {
            continue;
        };
        let rates = rates(structure);
        let rates: Vec<Option<Rate>> = if rates.is_empty() {
            vec![None]
        } else {
            rates.into_iter().map(Some).collect()
        };
        for format in formats(structure) {
            for &rate in &rates {
                let mode = CameraMode {
                    width,
                    height,
                    rate,
                    format: format.clone(),
                };
                if !all.contains(&mode) {
                    all.push(mode);
                }
            }
        }
    }
    let fps = |mode: &CameraMode| mode.rate.map_or(0.0, Rate::fps);
    let usable: Vec<CameraMode> = all
        .iter()
        .filter(|mode| {
            let same = |m: &&CameraMode| {
                (m.width, m.height, &m.format) == (mode.width, mode.height, &mode.format)
            };
            let fastest = all.iter().filter(same).map(fps).fold(0.0, f64::max);
            fps(mode) >= SLOWEST.min(fastest)
        })
        .cloned()
        .collect();
    let mut all = usable;
    all.sort_by_key(|mode| {
        let size = u64::from(mode.width) * u64::from(mode.height);
        // In thousandths, as floats have no order.
        Reverse((size, (fps(mode) * 1000.0) as u64))
    });
    all
}

/// The caps by which a device is asked for a mode; `None` where it does not offer that.
pub fn caps_of(mode: &CameraMode, offered: Option<&gst::CapsRef>) -> Option<gst::Caps> {
    let offered = offered?;
    let fits = |offer: &&CameraMode| {
        (offer.width, offer.height) == (mode.width, mode.height)
            && (mode.format.is_empty() || offer.format == spelled(&mode.format))
            && (mode.rate.is_none() || offer.rate.is_none() || offer.rate == mode.rate)
    };
    let all = of(offered);
    // The first is the fastest.
    let offer = all.iter().find(fits);
    let rate = mode.rate.or_else(|| offer?.rate);
    let format = offer.map_or_else(|| spelled(&mode.format), |offer| offer.format.clone());
    let mut wanted = match CODINGS.iter().find(|(name, _)| *name == format) {
        Some((_, kind)) => gst::Caps::builder(*kind),
        None => gst::Caps::builder(RAW).field("format", &format),
    }
    .field("width", i32::try_from(mode.width).ok()?)
    .field("height", i32::try_from(mode.height).ok()?);
    if let Some(Rate(num, den)) = rate {
        let part = |n| i32::try_from(n).ok();
        wanted = wanted.field("framerate", gst::Fraction::new(part(num)?, part(den)?));
    }
    let wanted = wanted.build();
    // A rate within a range need not be one that is listed.
    (!offered.is_any() && offered.can_intersect(&wanted)).then_some(wanted)
}

/// The four letters for what a show may say in others.
fn spelled(format: &str) -> String {
    match format.to_ascii_uppercase().as_str() {
        "MJPEG" | "JPEG" => "MJPG".to_owned(),
        "HEVC" => "H265".to_owned(),
        "YUYV" => "YUY2".to_owned(),
        other => other.to_owned(),
    }
}

/// The rates that a structure offers, those of a range as people ask for them.
fn rates(structure: &gst::StructureRef) -> Vec<Rate> {
    let rate = |fraction: gst::Fraction| {
        let part = |n: i32| u32::try_from(n).ok().filter(|&n| n > 0);
        Some(Rate(part(fraction.numer())?, part(fraction.denom())?))
    };
    if let Ok(one) = structure.get::<gst::Fraction>("framerate") {
        return rate(one).into_iter().collect();
    }
    if let Ok(range) = structure.get::<gst::FractionRange>("framerate") {
        let Some(most) = rate(range.max()) else {
            return Vec::new();
        };
        let least = rate(range.min()).map_or(0.0, Rate::fps);
        let within = |r: &Rate| (least..most.fps()).contains(&r.fps());
        return std::iter::once(most)
            .chain(USUAL.into_iter().filter(within))
            .collect();
    }
    let Ok(list) = structure.get::<gst::List>("framerate") else {
        return Vec::new();
    };
    list.iter()
        .filter_map(|value| rate(value.get().ok()?))
        .collect()
}

/// How pictures of this structure are coded.
fn formats(structure: &gst::StructureRef) -> Vec<String> {
    let name = structure.name().as_str();
    if let Some((coding, _)) = CODINGS.iter().find(|(_, kind)| *kind == name) {
        return vec![(*coding).to_owned()];
    }
    if name != RAW {
        return Vec::new();
    }
    if let Ok(one) = structure.get::<String>("format") {
        return vec![one];
    }
    let list = structure.get::<gst::List>("format");
    let list = list.iter().flat_map(|list| list.iter());
    list.filter_map(|value| value.get::<String>().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> gst::Caps {
        crate::media::start_gstreamer().unwrap();
        "video/x-raw,format=YUY2,width=640,height=480,\
         framerate={(fraction)15/1,(fraction)30/1};\
         image/jpeg,width=1920,height=1080,framerate=[5/1,60/1];\
         video/x-raw,format=YUY2,width=640,height=480,framerate=5/1;\
         video/x-raw,format={(string)NV12,(string)YUY2},width=1920,height=1080,framerate=5/1;\
         video/x-raw,format=YUY2,width=[1,100],height=100"
            .parse()
            .unwrap()
    }

    fn mode(width: u32, height: u32, rate: u32, format: &str) -> CameraMode {
        CameraMode {
            width,
            height,
            rate: (rate > 0).then_some(Rate(rate, 1)),
            format: format.to_owned(),
        }
    }

    #[test]
    fn modes_are_those_of_a_known_size_at_the_rates_people_ask_for() {
        let all = of(&offered());
        let words: Vec<String> = all.iter().map(CameraMode::in_words).collect();
        assert_eq!(
            words,
            [
                "1920×1080 · 60 · MJPEG",
                "1920×1080 · 59.94 · MJPEG",
                "1920×1080 · 50 · MJPEG",
                "1920×1080 · 30 · MJPEG",
                "1920×1080 · 29.97 · MJPEG",
                "1920×1080 · 25 · MJPEG",
                "1920×1080 · 24 · MJPEG",
                "1920×1080 · 15 · MJPEG",
                // Slow, and yet its best.
                "1920×1080 · 5 · NV12",
                "1920×1080 · 5 · YUY2",
                "640×480 · 30 · YUY2",
                "640×480 · 15 · YUY2",
            ]
        );
        assert_eq!(all[0], mode(1920, 1080, 60, "MJPG"));
    }

    #[test]
    fn what_is_offered_is_asked_for_and_nothing_else() {
        let offered = offered();
        let asked = |mode: CameraMode| caps_of(&mode, Some(&offered)).map(|caps| caps.to_string());
        let caps = asked(mode(1920, 1080, 17, "MJPEG")).unwrap();
        assert!(caps.starts_with("image/jpeg"), "{caps}");
        assert!(caps.contains("framerate=(fraction)17/1"), "{caps}");
        let caps = asked(mode(640, 480, 0, "")).unwrap();
        assert!(caps.contains("YUY2") && caps.contains("30/1"), "{caps}");
        let caps = asked(mode(640, 480, 5, "YUYV")).unwrap();
        assert!(caps.contains("5/1"), "{caps}");
        for wrong in [
            mode(1920, 1080, 90, "MJPG"),
            mode(1280, 720, 30, "MJPG"),
            mode(640, 480, 30, "NV12"),
            mode(640, 480, 25, "YUY2"),
            mode(1280, 720, 0, ""),
        ] {
            assert_eq!(asked(wrong.clone()), None, "{wrong:?}");
        }
        let any = gst::Caps::new_any();
        assert_eq!(caps_of(&mode(640, 480, 30, "YUY2"), Some(&any)), None);
        assert_eq!(caps_of(&mode(640, 480, 30, "YUY2"), None), None);
    }
}
