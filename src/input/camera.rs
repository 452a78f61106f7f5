//! Cameras and capture devices, through GStreamer's device monitor: V4L2 on Linux, AVFoundation on
//! macOS, Media Foundation and DirectShow on Windows.
//!
//! A device is named so that it is found again after it was unplugged and came back as another node.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode;
use super::feed::{Feed, Pacing};
use super::pipeline::{Built, Setting, SourceError, Start};
use crate::media::{CameraInfo, CameraMode, Rate};

/// The devices that are there now. The first call starts the monitor and may take a second.
pub fn cameras() -> Vec<CameraInfo> {
    found().into_iter().map(|(info, _)| info).collect()
}

pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    device: &str,
) -> Result<Built, SourceError> {
    let device = found()
        .into_iter()
        .find(|(info, _)| info.name == device || info.node.as_deref() == Some(device))
        .map(|(_, device)| device)
        .ok_or_else(|| SourceError::Pipeline(format!("no camera named \"{device}\" is there")))?;
    let source = device.create_element(None)?;
    let decoder = super::chain::make("decodebin")?;
    decode::tune(&decoder, 0, setting.decoder_threads);
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([&source, &decoder])?;
    source.link(&decoder)?;
    let streams = decode::link_streams(&pipeline, &decoder, &feed, Pacing::Live, setting.format);
    Ok(Built {
        pipeline,
        feed,
        streams: Some(streams),
        start: Start::Play,
    })
}

fn found() -> Vec<(CameraInfo, gst::Device)> {
    let Some(monitor) = monitor() else {
        return Vec::new();
    };
    let mut all: Vec<(CameraInfo, gst::Device)> = Vec::new();
    for device in monitor.devices() {
        let properties = device.properties();
        let text = |name: &str| {
            properties
                .as_ref()
                .and_then(|p| p.get::<String>(name).ok())
                .filter(|text| !text.is_empty())
        };
        let node = ["device.path", "api.v4l2.path", "object.path"]
            .iter()
            .find_map(|name| text(name))
            .map(|path| path.trim_start_matches("v4l2:").to_owned());
        let label = device.display_name().to_string();
        let base = node
            .as_deref()
            .and_then(by_id)
            .or_else(|| {
                [
                    "device.serial",
                    "device.unique-id",
                    "device.id",
                    "device.guid",
                ]
                .iter()
                .find_map(|name| text(name))
            })
            .unwrap_or_else(|| label.clone());
        // Two alike without a serial number: told apart by their order.
        let mut name = base.clone();
        let mut count = 1;
        while all.iter().any(|(info, _)| info.name == name) {
            count += 1;
            name = format!("{base}#{count}");
        }
        let modes = device.caps().map(|caps| modes(&caps)).unwrap_or_default();
        let info = CameraInfo {
            name,
            label,
            node,
            modes,
        };
        all.push((info, device));
    }
    all
}

/// The modes of a device's caps: those of a size that is said, each with its highest rate, the
/// largest first.
fn modes(caps: &gst::CapsRef) -> Vec<CameraMode> {
    let mut all: Vec<CameraMode> = Vec::new();
    for structure in caps.iter() {
        let side = |name| structure.get::<i32>(name).ok()?.try_into().ok();
        let (Some(width), Some(height)) = (side("width"), side("height")) else {
            continue;
        };
        let mode = CameraMode {
            width,
            height,
            rate: highest_rate(structure),
            coding: coding(structure),
        };
        let same = |m: &&mut CameraMode| {
            (m.width, m.height, &m.coding) == (mode.width, mode.height, &mode.coding)
        };
        match all.iter_mut().find(same) {
            Some(known) if fps(known.rate) >= fps(mode.rate) => {}
            Some(known) => *known = mode,
            None => all.push(mode),
        }
    }
    all.sort_by_key(|mode| std::cmp::Reverse(u64::from(mode.width) * u64::from(mode.height)));
    all
}

fn fps(rate: Option<Rate>) -> f64 {
    rate.map_or(0.0, Rate::fps)
}

/// The highest of the rates that a structure offers.
fn highest_rate(structure: &gst::StructureRef) -> Option<Rate> {
    let rate = |fraction: gst::Fraction| {
        let part = |n: i32| u32::try_from(n).ok().filter(|&n| n > 0);
        Some(Rate(part(fraction.numer())?, part(fraction.denom())?))
    };
    if let Ok(one) = structure.get::<gst::Fraction>("framerate") {
        return rate(one);
    }
    if let Ok(range) = structure.get::<gst::FractionRange>("framerate") {
        return rate(range.max());
    }
    let list = structure.get::<gst::List>("framerate").ok()?;
    list.iter()
        .filter_map(|value| rate(value.get().ok()?))
        .max_by(|a, b| a.fps().total_cmp(&b.fps()))
}

/// How a picture of these caps is coded, in the words of the field.
fn coding(structure: &gst::StructureRef) -> String {
    let name = structure.name().as_str();
    match name {
        "image/jpeg" => "MJPEG".to_owned(),
        "video/x-h264" => "H.264".to_owned(),
        "video/x-h265" => "H.265".to_owned(),
        "video/x-raw" => structure
            .get::<String>("format")
            .unwrap_or_else(|_| "raw".to_owned()),
        other => other.trim_start_matches("video/x-").to_owned(),
    }
}

/// The name that udev gives a device by its maker, model and serial number.
fn by_id(node: &str) -> Option<String> {
    let node = std::fs::canonicalize(node).ok()?;
    std::fs::read_dir(Path::new("/dev/v4l/by-id"))
        .ok()?
        .flatten()
        .filter(|entry| std::fs::canonicalize(entry.path()).is_ok_and(|target| target == node))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| {
            name.split("-video-index")
                .next()
                .unwrap_or(&name)
                .to_owned()
        })
        .next()
}

fn monitor() -> Option<&'static gst::DeviceMonitor> {
    static MONITOR: OnceLock<Option<gst::DeviceMonitor>> = OnceLock::new();
    MONITOR
        .get_or_init(|| {
            let monitor = gst::DeviceMonitor::new();
            monitor.add_filter(Some("Video/Source"), None);
            // Nobody reads the bus: its messages must not pile up.
            monitor.bus().set_flushing(true);
            monitor.start().ok()?;
            Some(monitor)
        })
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_those_of_a_known_size_at_their_highest_rate() {
        gst::init().unwrap();
        let caps: gst::Caps = "video/x-raw,format=YUY2,width=640,height=480,\
             framerate={(fraction)15/1,(fraction)30/1};\
             image/jpeg,width=1920,height=1080,framerate=[5/1,60/1];\
             video/x-raw,format=YUY2,width=640,height=480,framerate=5/1;\
             video/x-raw,format=YUY2,width=[1,100],height=100"
            .parse()
            .unwrap();
        let mode = |width, height, rate, coding: &str| CameraMode {
            width,
            height,
            rate: Some(Rate(rate, 1)),
            coding: coding.to_owned(),
        };
        let expected = [mode(1920, 1080, 60, "MJPEG"), mode(640, 480, 30, "YUY2")];
        assert_eq!(modes(&caps), expected);
    }
}
