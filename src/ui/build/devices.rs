//! The cameras and sound cards that are there, as far as the engine has told, and the choice of what a
//! camera is to give.

use egui::Ui;

use super::parts;
use crate::door::{Command, Event};
use crate::media::{CameraInfo, CameraMode, CardDirection, SoundCardInfo};
use crate::ui::{lang, view::View, words};

/// See the module's words.
#[derive(Debug, Default)]
pub enum Devices {
    /// Nobody has asked.
    #[default]
    Unknown,
    /// Asked for, under this number.
    Asked(u64),
    /// Those that are there.
    There(Vec<CameraInfo>, Vec<SoundCardInfo>),
    /// They cannot be told.
    Failed(String),
}

impl Devices {
    /// Asks for them, once.
    pub fn ask(&mut self, view: &View) {
        if matches!(self, Self::Unknown) {
            *self = Self::Asked(view.door.send(Command::Devices {}));
        }
    }

    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        match (event, &*self) {
            (
                Event::Devices {
                    devices,
                    sound_cards,
                },
                _,
            ) => *self = Self::There(devices.clone(), sound_cards.clone()),
            (
                Event::Error {
                    id: Some(id),
                    message,
                },
                Self::Asked(number),
            ) if id == number => *self = Self::Failed(message.clone()),
            _ => {}
        }
    }

    /// What the camera of this name or node offers; nothing where it is not there.
    pub fn modes_of(&self, device: &str) -> &[CameraMode] {
        let Self::There(all, _) = self else {
            return &[];
        };
        let is_it =
            |info: &&CameraInfo| info.name == device || info.node.as_deref() == Some(device);
        all.iter().find(is_it).map_or(&[], |info| &info.modes)
    }

    /// The sound cards of this direction; none until the engine has told of them.
    pub fn cards(&self, direction: CardDirection) -> impl Iterator<Item = &SoundCardInfo> {
        let all = match self {
            Self::There(_, cards) => &cards[..],
            _ => &[],
        };
        all.iter().filter(move |card| card.direction == direction)
    }
}

/// The choice among these modes, or of none; the one that was chosen now.
pub fn choose_mode(
    ui: &mut Ui,
    say: &str,
    now: &Option<CameraMode>,
    modes: &[CameraMode],
) -> Option<Option<CameraMode>> {
    let mut all = vec![(None, lang::text("build-mode-automatic"))];
    let offered = modes
        .iter()
        .map(|mode| (Some(mode.clone()), words::camera_mode(mode)));
    all.extend(offered);
    // It stays to be seen where the camera is away, or offers it no more.
    if let Some(mode) = now
        && !modes.contains(mode)
    {
        all.push((now.clone(), words::camera_mode(mode)));
    }
    parts::choice(ui, say, now, &all)
}
