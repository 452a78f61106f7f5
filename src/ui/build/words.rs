//! What the parts of a show are called.

use crate::show::{Pattern, SourceKind};
use crate::ui::lang;

/// What kind of source it is, and where it comes from; of an address no more than its host.
pub fn kind(kind: &SourceKind) -> String {
    match kind {
        SourceKind::Test { pattern: shown, .. } => {
            lang::with("build-kind-test", &[("what", pattern(*shown).into())])
        }
        SourceKind::File { path, .. } => {
            let name = std::path::Path::new(path).file_name();
            let name = name.unwrap_or_default().to_string_lossy().into_owned();
            lang::with("build-kind-file", &[("what", name.into())])
        }
        SourceKind::Camera { .. } => lang::text("build-kind-camera"),
        SourceKind::Network { url, .. } => {
            let scheme = url.split("://").next().unwrap_or_default().to_uppercase();
            lang::with("build-kind-network", &[("what", scheme.into())])
        }
        SourceKind::SoundCard { device, .. } => {
            lang::with("build-kind-sound-card", &[("what", device.as_str().into())])
        }
    }
}

/// A test picture.
pub fn pattern(pattern: Pattern) -> String {
    lang::text(match pattern {
        Pattern::Bars => "build-pattern-bars",
        Pattern::Ball => "build-pattern-ball",
        Pattern::Pinwheel => "build-pattern-pinwheel",
        Pattern::Spokes => "build-pattern-spokes",
        Pattern::Gradient => "build-pattern-gradient",
        Pattern::Snow => "build-pattern-snow",
        Pattern::Black => "build-pattern-black",
        Pattern::White => "build-pattern-white",
        Pattern::Red => "build-pattern-red",
        Pattern::Green => "build-pattern-green",
        Pattern::Blue => "build-pattern-blue",
        Pattern::Flash => "build-pattern-flash",
    })
}

/// Every test picture, as they are shown.
pub const PATTERNS: [Pattern; 12] = [
    Pattern::Bars,
    Pattern::Ball,
    Pattern::Pinwheel,
    Pattern::Spokes,
    Pattern::Gradient,
    Pattern::Snow,
    Pattern::Black,
    Pattern::White,
    Pattern::Red,
    Pattern::Green,
    Pattern::Blue,
    Pattern::Flash,
];
