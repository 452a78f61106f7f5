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
use super::modes;
use super::pipeline::{Built, Instead, Setting, SourceError, Start};
use crate::media::{CameraInfo, CameraMode};

/// The devices that are there now. The first call starts the monitor and may take a second.
pub fn cameras() -> Vec<CameraInfo> {
    found().into_iter().map(|(info, _)| info).collect()
}

pub(super) fn build(
    setting: &Setting,
    feed: Arc<Feed>,
    device: &str,
    mode: Option<&CameraMode>,
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
    let mut instead = None;
    match mode.map(|mode| (mode, modes::caps_of(mode, device.caps().as_deref()))) {
        Some((_, Some(caps))) => source.link_filtered(&decoder, &caps)?,
        Some((mode, None)) => {
            tracing::warn!(
                camera = device.display_name().as_str(),
                mode = mode.in_words(),
                "the camera does not offer this mode"
            );
            instead = Some(Instead {
                asked: mode.clone(),
                pad: source.static_pad("src"),
            });
            source.link(&decoder)?;
        }
        None => source.link(&decoder)?,
    }
    let streams = decode::link_streams(&pipeline, &decoder, &feed, Pacing::Live, setting.format);
    Ok(Built {
        pipeline,
        feed,
        streams: Some(streams),
        start: Start::Play,
        instead,
        secrets: None,
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
        let modes = device.caps().map(|caps| modes::of(&caps));
        let info = CameraInfo {
            name,
            label,
            node,
            modes: modes.unwrap_or_default(),
        };
        all.push((info, device));
    }
    all
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
