//! The sound cards that are there now.

use cpal::SupportedStreamConfigRange;
use cpal::traits::{DeviceTrait, HostTrait};

use super::find::word;
use crate::media::{CardDirection, SoundCardInfo};

/// The rates that people know.
const RATES: [u32; 6] = [32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

/// What ALSA lists that is no card and leads to none: the sink of nothing, and converters that need
/// another to convert for (`asoundlib`'s and `alsa-plugins`' own names).
const NO_CARDS: [&str; 8] = [
    "null",
    "lavrate",
    "samplerate",
    "speexrate",
    "speex",
    "upmix",
    "vdownmix",
    "oss",
];

/// Every card of every system that this machine has, in both directions. May take as long as the slowest
/// system takes to answer, so never call it where something waits.
pub fn cards() -> Vec<SoundCardInfo> {
    let mut all = Vec::new();
    for id in cpal::available_hosts() {
        let host = word(id);
        let devices = cpal::host_from_id(id).and_then(|host| host.devices());
        let devices = match devices {
            Ok(devices) => devices,
            Err(error) => {
                // Its server does not run, most often.
                tracing::debug!(host, "no sound cards: {error}");
                continue;
            }
        };
        for device in devices {
            let Ok(name) = device.id() else { continue };
            if host == "alsa" && NO_CARDS.contains(&name.id()) {
                continue;
            }
            let label = device.description().map(|is| is.name().to_owned());
            let info = |direction, offered: Vec<SupportedStreamConfigRange>| {
                let channels = offered
                    .iter()
                    .map(SupportedStreamConfigRange::channels)
                    .max()?;
                let knows = |rate: &u32| offered.iter().any(|o| o.contains_rate(*rate));
                Some(SoundCardInfo {
                    host: host.clone(),
                    device: name.id().to_owned(),
                    label: label.clone().unwrap_or_else(|_| name.id().to_owned()),
                    direction,
                    channels,
                    rates: RATES.into_iter().filter(knows).collect(),
                })
            };
            // One that is in use elsewhere does not say what it can; the others are listed all the same.
            let inputs = device.supported_input_configs().map(Iterator::collect);
            let outputs = device.supported_output_configs().map(Iterator::collect);
            let duplex = device.description().ok();
            let (takes, gives) = duplex.map_or((true, true), |is| {
                let unknown = !is.supports_input() && !is.supports_output();
                (
                    is.supports_input() || unknown,
                    is.supports_output() || unknown,
                )
            });
            if takes && let Ok(offered) = inputs {
                all.extend(info(CardDirection::In, offered));
            }
            if gives && let Ok(offered) = outputs {
                all.extend(info(CardDirection::Out, offered));
            }
        }
    }
    all
}
