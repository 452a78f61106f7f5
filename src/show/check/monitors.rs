//! What is listened to.

use super::Checker;
use crate::show::sound::Sound;
use crate::show::sound_output::{MONITORS, Monitor};

impl Checker<'_> {
    /// Monitors are set so that they can be heard. One may have the bus of a guest who has left.
    pub(super) fn monitors(&mut self, sound: &Sound) {
        self.monitor("sound.monitor", &sound.monitor);
        for (desk, monitor) in &sound.monitors {
            self.monitor(&format!("sound.monitors.{desk}"), monitor);
        }
        if sound.monitors.len() > MONITORS {
            let message = format!(
                "{} desks, expected at most {MONITORS}",
                sound.monitors.len()
            );
            self.fault("sound.monitors", message);
        }
    }

    fn monitor(&mut self, place: &str, monitor: &Monitor) {
        for (field, message) in monitor.faults() {
            self.fault(&format!("{place}.{field}"), message);
        }
    }
}
