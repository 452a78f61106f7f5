//! The choice of a sound card and of its channels, for what comes in by one and for what goes out.

use egui::Ui;

use super::devices::Devices;
use super::parts;
use crate::media::CardDirection;
use crate::show::SourceKind;
use crate::ui::{lang, theme, theme::Icon};

/// Of a card of which nothing is known so many channels are offered.
const CHANNELS: u16 = 8;
/// What the system says is the usual card.
pub const DEFAULT: &str = "default";

/// A card as shows name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// By which system it is reached, where that is said.
    pub host: Option<String>,
    /// Its name.
    pub device: String,
}

/// The choice among the cards of this direction; the one that was chosen now.
pub fn choose(
    ui: &mut Ui,
    say: &str,
    now: &Card,
    (devices, direction): (&Devices, CardDirection),
) -> Option<Card> {
    let usual = Card {
        host: None,
        device: DEFAULT.to_owned(),
    };
    let mut offered = vec![(usual, lang::text("sound-card-default"))];
    offered.extend(devices.cards(direction).map(|card| {
        let label = format!("{} · {}", card.label, card.host);
        let host = Some(card.host.clone());
        let device = card.device.clone();
        (Card { host, device }, label)
    }));
    // It stays to be seen where it is away.
    if !offered.iter().any(|(card, _)| card == now) {
        let mut all = devices.cards(direction);
        let known = all.find(|card| card.device == now.device);
        let label = known.map_or(&now.device, |card| &card.label).clone();
        let label = match &now.host {
            Some(host) => format!("{label} · {host}"),
            None => label,
        };
        offered.push((now.clone(), label));
    }
    parts::choice(ui, say, now, &offered)
}

/// The choice among the channels of a card: pairs, and single ones for both sides together.
pub fn choose_channels(
    ui: &mut Ui,
    say: &str,
    (card, now): (&Card, &[u16]),
    (devices, direction): (&Devices, CardDirection),
) -> Option<Vec<u16>> {
    let mut all = devices.cards(direction);
    let many = all
        .find(|known| known.device == card.device)
        .map_or(CHANNELS, |card| card.channels.max(1));
    let mut offered = channels(many);
    if !offered.iter().any(|channels| channels == now) {
        offered.push(now.to_vec());
    }
    let offered: Vec<(Vec<u16>, String)> = offered
        .into_iter()
        .map(|channels| {
            let names: Vec<String> = channels.iter().map(u16::to_string).collect();
            let text = names.join(" + ");
            (channels, text)
        })
        .collect();
    parts::choice(ui, say, &now.to_vec(), &offered)
}

/// The pairs of so many channels, then each alone.
fn channels(many: u16) -> Vec<Vec<u16>> {
    let pairs = (1..many).step_by(2).map(|left| vec![left, left + 1]);
    pairs.chain((1..=many).map(|one| vec![one])).collect()
}

/// The cards that sound comes in by, each with its pairs and single channels at a click; the one that is to
/// be added, with its name.
pub fn offered(ui: &mut Ui, devices: &Devices) -> Option<(String, SourceKind)> {
    let mut chosen = None;
    let mut any = false;
    for card in devices.cards(CardDirection::In) {
        any = true;
        let first = channels(card.channels.max(1)).into_iter().next();
        let channels = first.unwrap_or_default();
        let names: Vec<String> = channels.iter().map(u16::to_string).collect();
        let values = [
            ("name", format!("{} · {}", card.label, card.host).into()),
            ("channels", names.join(" + ").into()),
        ];
        let face = lang::with("build-add-card", &values);
        if parts::icon_button(ui, Icon::Mic, &face).clicked() {
            let kind = SourceKind::SoundCard {
                device: card.device.clone(),
                host: Some(card.host.clone()),
                channels,
            };
            chosen = Some((card.label.clone(), kind));
        }
    }
    let key = match devices {
        Devices::There(..) => "build-no-cards",
        // A line as high, so that nothing below it moves when none is found.
        Devices::Unknown | Devices::Asked(_) => "build-looking-for-cards",
        Devices::Failed(_) => return chosen,
    };
    if !any {
        parts::note(ui, &lang::text(key), theme::DIM);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_offered_in_pairs_and_alone() {
        let pairs = |many| -> Vec<Vec<u16>> {
            let all = channels(many).into_iter();
            all.filter(|channels| channels.len() == 2).collect()
        };
        assert_eq!(pairs(1), Vec::<Vec<u16>>::new());
        assert_eq!(pairs(2), [[1, 2]]);
        assert_eq!(pairs(5), [[1, 2], [3, 4]]);
        assert_eq!(channels(1), [[1]]);
        assert_eq!(channels(4).len(), 2 + 4);
    }
}
