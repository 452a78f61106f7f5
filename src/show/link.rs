//! Stereo links: two strips that are the left and the right of one sound, and stand alike.

use serde::{Deserialize, Serialize};

use super::strip::StripSettings;

/// See the module's words. What is set of one side is set of the other, but for what is the side's own:
/// trim, polarity, channels and pan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StereoLink {
    /// The id of the source that is left.
    pub left: String,
    /// The id of the source that is right.
    pub right: String,
}

impl StereoLink {
    /// Whether a source is one of its sides.
    pub fn has(&self, source: &str) -> bool {
        self.left == source || self.right == source
    }

    /// The other side than this one.
    pub fn other(&self, source: &str) -> Option<&str> {
        match source {
            _ if self.left == source => Some(&self.right),
            _ if self.right == source => Some(&self.left),
            _ => None,
        }
    }
}

impl StripSettings {
    /// As one side of a link that has these stands, where the other is set like `leader`.
    #[must_use]
    pub fn linked(self, leader: &Self) -> Self {
        Self {
            trim_db: self.trim_db,
            invert: self.invert,
            pick: self.pick,
            pan: self.pan,
            ..*leader
        }
    }

    /// This, working like another: but for what is its source's own.
    #[must_use]
    pub fn worked_like(self, other: &Self) -> Self {
        Self {
            delay_ms: self.delay_ms,
            ..self.linked(other)
        }
    }
}

/// The link that a source is in.
pub fn link_of<'a>(links: &'a [StereoLink], source: &str) -> Option<&'a StereoLink> {
    links.iter().find(|link| link.has(source))
}

/// These links, with these two sources linked as well; turned round, where they are linked the other way.
#[must_use]
pub fn with_link(links: &[StereoLink], link: &StereoLink) -> Vec<StereoLink> {
    let mut links = without_pair(links, link);
    links.push(link.clone());
    links
}

/// These links, without that of these two sources, whichever of them is left.
#[must_use]
pub fn without_pair(links: &[StereoLink], link: &StereoLink) -> Vec<StereoLink> {
    let is_other = |known: &&StereoLink| !(known.has(&link.left) && known.has(&link.right));
    links.iter().filter(is_other).cloned().collect()
}

/// These links, without the one that this source is in.
#[must_use]
pub fn without_link(links: &[StereoLink], source: &str) -> Vec<StereoLink> {
    let others = links.iter().filter(|known| !known.has(source));
    others.cloned().collect()
}

/// A source has another id, or is no more; says whether that touched any link.
pub(super) fn follow_source(links: &mut Vec<StereoLink>, old: &str, new: Option<&str>) -> bool {
    let touched = link_of(links, old).is_some();
    match new {
        Some(new) => {
            for link in links.iter_mut() {
                for side in [&mut link.left, &mut link.right] {
                    if side == old {
                        new.clone_into(side);
                    }
                }
            }
        }
        None => links.retain(|link| !link.has(old)),
    }
    touched
}
