//! Which monitors the desk asks for, at which sizes and rates.
//!
//! A new wish for another picture goes out at once. A new size waits until the window has kept it
//! for a moment, so that dragging the window's edge does not make the engine scale anew each frame.

use crate::door::{MonitorId, MonitorRequest};

/// A size must be wanted for so many seconds before it is asked for.
const SETTLE_S: f64 = 0.25;

/// The wishes that were sent, and the sizes that wait.
#[derive(Debug, Default)]
pub struct Wishes {
    sent: Vec<MonitorRequest>,
    waiting: Option<(Vec<MonitorRequest>, f64)>,
}

impl Wishes {
    /// Told once a frame what is wanted: what is to be sent now, if anything.
    pub fn update(&mut self, wanted: Vec<MonitorRequest>, now: f64) -> Option<Vec<MonitorRequest>> {
        if wanted == self.sent {
            self.waiting = None;
            return None;
        }
        let same_pictures = wanted.len() == self.sent.len()
            && wanted
                .iter()
                .zip(&self.sent)
                .all(|(a, b)| a.what == b.what && a.fps == b.fps);
        if same_pictures {
            match &self.waiting {
                Some((waiting, since)) if *waiting == wanted => {
                    if now - since < SETTLE_S {
                        return None;
                    }
                }
                _ => {
                    self.waiting = Some((wanted, now));
                    return None;
                }
            }
        }
        self.waiting = None;
        self.sent.clone_from(&wanted);
        Some(wanted)
    }

    /// Forgets what was sent, for an engine that was started again and knows nothing of it.
    pub fn forget(&mut self) {
        self.sent.clear();
        self.waiting = None;
    }
}

/// A wish for a monitor that is shown at this many pixels: even, and within what a door takes.
pub fn wish(what: MonitorId, width_px: f32, height_px: f32, fps: u32) -> MonitorRequest {
    let even = |px: f32, most: u32| ((px.max(0.0).round() as u32 + 1) & !1).clamp(16, most);
    MonitorRequest {
        what,
        width: even(width_px, 3840),
        height: even(height_px, 2160),
        fps: fps.clamp(1, 60),
    }
}

/// The wishes of two windows: of what both show the larger picture, at the higher rate.
pub fn join(mut wishes: Vec<MonitorRequest>, others: Vec<MonitorRequest>) -> Vec<MonitorRequest> {
    for other in others {
        match wishes.iter_mut().find(|wish| wish.what == other.what) {
            Some(wish) => {
                if other.width > wish.width {
                    (wish.width, wish.height) = (other.width, other.height);
                }
                wish.fps = wish.fps.max(other.fps);
            }
            None => wishes.push(other),
        }
    }
    wishes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_share_the_larger_picture() {
        let one = vec![
            wish(MonitorId::Program, 480.0, 270.0, 30),
            wish(MonitorId::Preview, 480.0, 270.0, 30),
        ];
        let two = vec![
            wish(MonitorId::Program, 1920.0, 1080.0, 15),
            wish(MonitorId::Scene("a".to_owned()), 320.0, 180.0, 10),
        ];
        let expected = vec![
            wish(MonitorId::Program, 1920.0, 1080.0, 30),
            wish(MonitorId::Preview, 480.0, 270.0, 30),
            wish(MonitorId::Scene("a".to_owned()), 320.0, 180.0, 10),
        ];
        assert_eq!(join(one, two), expected);
    }

    #[test]
    fn sizes_are_even_and_bounded() {
        let request = wish(MonitorId::Program, 471.0, 264.6, 30);
        assert_eq!((request.width, request.height), (472, 266));
        let request = wish(MonitorId::Program, 0.0, 9000.0, 300);
        assert_eq!((request.width, request.height, request.fps), (16, 2160, 60));
    }

    #[test]
    fn a_resize_waits_and_a_new_page_does_not() {
        let mut wishes = Wishes::default();
        let at = |w: f32| vec![wish(MonitorId::Program, w, 90.0, 30)];
        assert_eq!(wishes.update(at(160.0), 0.0), Some(at(160.0)));
        assert_eq!(wishes.update(at(160.0), 0.1), None);
        assert_eq!(wishes.update(at(170.0), 0.2), None);
        assert_eq!(wishes.update(at(180.0), 0.4), None, "still moving");
        assert_eq!(wishes.update(at(180.0), 0.5), None);
        assert_eq!(wishes.update(at(180.0), 0.7), Some(at(180.0)));

        let other = vec![wish(MonitorId::Preview, 180.0, 90.0, 30)];
        assert_eq!(wishes.update(other.clone(), 0.71), Some(other.clone()));
        assert_eq!(wishes.update(other.clone(), 0.72), None);
        wishes.forget();
        assert_eq!(wishes.update(other.clone(), 0.73), Some(other));
    }
}
