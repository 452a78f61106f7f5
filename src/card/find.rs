//! A card found by its name, and the form in which it is opened.

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{
    BufferSize, DeviceId, HostId, StreamConfig, SupportedBufferSize, SupportedStreamConfigRange,
};

use super::pcm;
use crate::media::{CardDirection, SAMPLE_RATE};

/// Why a card is not to be had, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// This machine has no such system of sound, or regie was built without it.
    #[error("there is no sound system named \"{host}\" here: expected one of {known}")]
    NoHost {
        /// What was asked for.
        host: String,
        /// Those there are.
        known: String,
    },
    /// It is not plugged in, or its server does not run.
    #[error("no sound card named \"{0}\" is there")]
    NoCard(String),
    /// It has fewer channels than are asked for.
    #[error("the sound card has {has} channels, and channel {wanted} is asked for")]
    TooFewChannels {
        /// The most that it has.
        has: u16,
        /// The highest that is asked for.
        wanted: u16,
    },
    /// It has no format of samples that is known.
    #[error("the sound card has no format of samples that regie knows")]
    NoFormat,
    /// What its system says.
    #[error("{0}")]
    System(String),
}

impl From<cpal::Error> for CardError {
    fn from(error: cpal::Error) -> Self {
        Self::System(error.to_string())
    }
}

/// A card as a show names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardName {
    /// By which system; by any that has it where it is left out.
    pub host: Option<String>,
    /// Its stable name, its label, or `default`.
    pub device: String,
}

/// A card that is there, and how it is to be opened.
pub struct Found {
    /// The card.
    pub device: cpal::Device,
    /// Rate, channels and length of a block.
    pub config: StreamConfig,
    /// How its samples are written.
    pub format: cpal::SampleFormat,
    /// The most channels that it has.
    pub has: u16,
}

/// Finds a card and the best form in which it has `channels` channels, or all that there are where these
/// are fewer: at the house's rate if it can be. May take as long as its system takes to answer.
///
/// # Errors
/// [`CardError`].
pub fn find(name: &CardName, direction: CardDirection, channels: u16) -> Result<Found, CardError> {
    let device = device(name, direction)?;
    let (offered, usual) = match direction {
        CardDirection::In => (
            device.supported_input_configs()?.collect::<Vec<_>>(),
            device.default_input_config().ok(),
        ),
        CardDirection::Out => (
            device.supported_output_configs()?.collect(),
            device.default_output_config().ok(),
        ),
    };
    let usual = usual.map(|config| (config.channels(), config.sample_rate()));
    let blocks = device
        .id()
        .map_or(USUAL_BLOCKS, |id| blocks(&id, direction));
    let (config, format, has) = choose(&offered, usual, channels, blocks)?;
    Ok(Found {
        device,
        config,
        format,
        has,
    })
}

/// As the mixer has them.
const USUAL_BLOCKS: u32 = 100;

/// Blocks a second in which a card is served: as the mixer has them, where it is a card's own driver. A
/// server of sound that runs among all other programs is given longer ones.
fn blocks(card: &DeviceId, direction: CardDirection) -> u32 {
    match (word(card.host()).as_str(), card.id(), direction) {
        // It holds one block for us, and drops what comes at once and is longer: a card that is also
        // played to brings up to 60 ms.
        ("pulseaudio", _, CardDirection::In) => 10,
        // It holds two, and is dry when either side is late by one.
        ("pulseaudio", _, CardDirection::Out)
        | ("alsa", "default" | "pulse" | "pipewire", CardDirection::Out) => 33,
        _ => USUAL_BLOCKS,
    }
}

fn device(name: &CardName, direction: CardDirection) -> Result<cpal::Device, CardError> {
    let all = cpal::available_hosts();
    let hosts: Vec<HostId> = match &name.host {
        None => all,
        Some(host) => {
            let named = all.iter().copied().find(|id| word(*id) == *host);
            vec![named.ok_or_else(|| {
                CardError::NoHost {
                    host: host.clone(),
                    known: all
                        .iter()
                        .map(|id| word(*id))
                        .collect::<Vec<_>>()
                        .join(", "),
                }
            })?]
        }
    };
    for id in hosts {
        // A system whose server does not run has no cards.
        let Ok(host) = cpal::host_from_id(id) else {
            continue;
        };
        let found = match (name.device.as_str(), direction) {
            ("default", CardDirection::In) => host.default_input_device(),
            ("default", CardDirection::Out) => host.default_output_device(),
            (device, _) => host
                .device_by_id(&DeviceId::new(id, device))
                .or_else(|| by_label(&host, device, direction)),
        };
        if let Some(device) = found {
            return Ok(device);
        }
    }
    Err(CardError::NoCard(name.device.clone()))
}

fn by_label(host: &cpal::Host, label: &str, direction: CardDirection) -> Option<cpal::Device> {
    let is_it = |device: &cpal::Device| {
        device.description().is_ok_and(|is| is.name() == label)
            && match direction {
                CardDirection::In => device.supports_input(),
                CardDirection::Out => device.supports_output(),
            }
    };
    host.devices().ok()?.find(is_it)
}

/// How a show file names a system.
pub(super) fn word(host: HostId) -> String {
    host.to_string()
}

/// The form in which a card is opened: at the house's rate where it has that, else at its usual one; with
/// as few channels as it needs, but not fewer than it usually has; the finest samples; and so many blocks a
/// second. Beside it the most channels that there are.
fn choose(
    offered: &[SupportedStreamConfigRange],
    usual: Option<(u16, u32)>,
    channels: u16,
    blocks: u32,
) -> Result<(StreamConfig, cpal::SampleFormat, u16), CardError> {
    let known = || offered.iter().filter(|o| pcm::knows(o.sample_format()));
    let has = known().map(SupportedStreamConfigRange::channels).max();
    let has = has.ok_or(CardError::NoFormat)?;
    let channels = channels.min(has);
    let (usual_channels, usual_rate) = usual.unwrap_or((channels, SAMPLE_RATE as u32));
    let least = channels.max(usual_channels.min(has));
    let house = SAMPLE_RATE as u32;
    let best = known()
        .filter(|o| o.channels() >= channels)
        .min_by_key(|o| {
            (
                !o.contains_rate(house),
                !o.contains_rate(usual_rate),
                // The nearest from above, else the nearest from below.
                (o.channels() < least, o.channels().abs_diff(least)),
                coarseness(o.sample_format()),
            )
        });
    let best = best.ok_or(CardError::NoFormat)?;
    let rate = [house, usual_rate]
        .into_iter()
        .find(|rate| best.contains_rate(*rate));
    let (slowest, fastest) = (best.min_sample_rate(), best.max_sample_rate());
    let rate = rate.unwrap_or_else(|| house.clamp(slowest, fastest.max(slowest)));
    let config = StreamConfig {
        channels: best.channels(),
        sample_rate: rate,
        buffer_size: match *best.buffer_size() {
            SupportedBufferSize::Range { min, max } => {
                BufferSize::Fixed((rate / blocks).clamp(min, max.max(min)))
            }
            SupportedBufferSize::Unknown => BufferSize::Default,
        },
    };
    Ok((config, best.sample_format(), has))
}

/// 0 for the house's own samples, more for those that are coarser or cost more.
fn coarseness(format: cpal::SampleFormat) -> usize {
    match format {
        cpal::SampleFormat::F32 => 0,
        other => 1 + 64usize.saturating_sub(other.bits_per_sample() as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::SampleFormat::{F32, I16, I32, U8};

    fn offer(
        channels: u16,
        rates: (u32, u32),
        format: cpal::SampleFormat,
    ) -> SupportedStreamConfigRange {
        let buffer = SupportedBufferSize::Range { min: 64, max: 4096 };
        SupportedStreamConfigRange::new(channels, rates.0, rates.1, buffer, format)
    }

    #[test]
    fn a_card_is_opened_at_the_houses_rate_and_with_its_finest_samples() {
        let all = [
            offer(2, (44_100, 44_100), F32),
            offer(2, (8_000, 192_000), U8),
            offer(2, (8_000, 192_000), I16),
            offer(2, (8_000, 192_000), I32),
            offer(8, (8_000, 192_000), F32),
        ];
        let (config, format, _) = choose(&all, Some((2, 44_100)), 2, USUAL_BLOCKS).unwrap();
        assert_eq!(
            (config.channels, config.sample_rate, format),
            (2, 48_000, I32)
        );
        assert_eq!(config.buffer_size, BufferSize::Fixed(480));
        let (config, format, _) = choose(&all, Some((2, 44_100)), 5, USUAL_BLOCKS).unwrap();
        assert_eq!(
            (config.channels, config.sample_rate, format),
            (8, 48_000, F32)
        );
    }

    #[test]
    fn a_server_among_other_programs_is_given_longer_blocks_than_a_driver() {
        let id = |host: &str, card: &str| {
            let all = cpal::available_hosts();
            let host = all.into_iter().find(|id| word(*id) == host)?;
            Some(DeviceId::new(host, card))
        };
        let length = |card: Option<DeviceId>, direction| {
            let rate = [offer(2, (48_000, 48_000), F32)];
            let blocks = blocks(&card?, direction);
            let (config, _, _) = choose(&rate, None, 2, blocks).unwrap();
            Some(config.buffer_size)
        };
        let of = |frames| Some(BufferSize::Fixed(frames));
        for (host, card, taken, given) in [
            ("pulseaudio", "hall", 4096, 1454),
            ("alsa", "pulse", 480, 1454),
            ("alsa", "hw:0,0", 480, 480),
            ("jack", "output", 480, 480),
        ] {
            // A system is known where regie was built with it and its library is there.
            let card = id(host, card);
            if card.is_some() {
                assert_eq!(length(card.clone(), CardDirection::In), of(taken), "{host}");
                assert_eq!(length(card, CardDirection::Out), of(given), "{host}");
            }
        }
    }

    #[test]
    fn a_card_that_lacks_the_houses_rate_has_its_own() {
        let all = [
            offer(2, (44_100, 44_100), I16),
            offer(2, (96_000, 96_000), I16),
        ];
        let (config, _, _) = choose(&all, Some((2, 44_100)), 1, USUAL_BLOCKS).unwrap();
        assert_eq!((config.channels, config.sample_rate), (2, 44_100));
        let (config, _, _) = choose(&all[1..], None, 1, USUAL_BLOCKS).unwrap();
        assert_eq!(config.sample_rate, 96_000);
    }

    #[test]
    fn a_card_of_fewer_channels_than_are_asked_for_is_opened_with_all_of_them() {
        let all = [1, 2].map(|channels| offer(channels, (48_000, 48_000), F32));
        let (config, _, has) = choose(&all, None, 6, USUAL_BLOCKS).unwrap();
        assert_eq!((config.channels, has), (2, 2));
        let (config, _, has) = choose(&all, Some((1, 48_000)), 1, USUAL_BLOCKS).unwrap();
        assert_eq!((config.channels, has), (1, 2));
        assert_eq!(
            choose(&[], None, 1, USUAL_BLOCKS).unwrap_err(),
            CardError::NoFormat
        );
    }

    #[test]
    fn a_system_that_is_not_here_is_said_with_those_that_are() {
        let name = CardName {
            host: Some("tin-can".to_owned()),
            device: "default".to_owned(),
        };
        let error = find(&name, CardDirection::Out, 2)
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("\"tin-can\"") && error.contains("expected one of "),
            "{error}"
        );
    }
}
