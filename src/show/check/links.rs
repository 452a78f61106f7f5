//! What stereo links name.

use super::Checker;
use crate::show::link::StereoLink;

impl Checker<'_> {
    /// Both sides are there, and a source is one side at the most.
    pub(super) fn links(&mut self, place: &str, links: &[StereoLink], sources: &[&str]) {
        let mut linked: Vec<&str> = Vec::new();
        for (n, link) in links.iter().enumerate() {
            for (side, source) in [("left", &link.left), ("right", &link.right)] {
                let place = format!("{place}[{n}].{side}");
                if !sources.contains(&source.as_str()) {
                    self.unknown_source(&place, source, sources);
                } else if linked.contains(&source.as_str()) {
                    let message = format!(
                        "`{source}` is linked already, expected a source that is in no other link"
                    );
                    self.fault(&place, message);
                }
                linked.push(source);
            }
        }
    }
}
