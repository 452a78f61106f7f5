//! Platforms with their servers, and where each of them shows the key.

/// A kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // they say themselves
pub enum Preset {
    YouTube,
    Twitch,
    Facebook,
    Vimeo,
    LinkedIn,
    PeerTube,
    Custom,
}

impl Preset {
    /// In the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::YouTube,
        Self::Twitch,
        Self::Facebook,
        Self::Vimeo,
        Self::LinkedIn,
        Self::PeerTube,
        Self::Custom,
    ];

    /// The platform's own name; none for any other server.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::YouTube => Some("YouTube"),
            Self::Twitch => Some("Twitch"),
            Self::Facebook => Some("Facebook"),
            Self::Vimeo => Some("Vimeo"),
            Self::LinkedIn => Some("LinkedIn"),
            Self::PeerTube => Some("PeerTube"),
            Self::Custom => None,
        }
    }

    /// The server where it is the same for everybody.
    pub fn server(self) -> Option<&'static str> {
        match self {
            Self::YouTube => Some("rtmps://a.rtmps.youtube.com/live2"),
            Self::Twitch => Some("rtmp://live.twitch.tv/app"),
            Self::Facebook => Some("rtmps://live-api-s.facebook.com:443/rtmp"),
            Self::Vimeo => Some("rtmps://rtmp-global.cloud.vimeo.com:443/live"),
            Self::LinkedIn | Self::PeerTube | Self::Custom => None,
        }
    }

    /// What a server of this kind looks like, where each event or house has its own.
    pub fn looks_like(self) -> &'static str {
        match self {
            Self::LinkedIn => "rtmps://….channel.media.azure.net:2935/live/…",
            Self::PeerTube => "rtmp://peertube.example:1935/live",
            _ => "rtmp://host/application",
        }
    }

    /// The key of the words that say where the stream key is found.
    pub fn help(self) -> &'static str {
        match self {
            Self::YouTube => "outputs-help-youtube",
            Self::Twitch => "outputs-help-twitch",
            Self::Facebook => "outputs-help-facebook",
            Self::Vimeo => "outputs-help-vimeo",
            Self::LinkedIn => "outputs-help-linkedin",
            Self::PeerTube => "outputs-help-peertube",
            Self::Custom => "outputs-help-custom",
        }
    }

    /// The one that a server belongs to, as far as that is seen.
    pub fn of(server: &str) -> Self {
        let same = |preset: &Self| preset.server().is_some_and(|s| server.starts_with(s));
        Self::ALL.into_iter().find(same).unwrap_or(Self::Custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show;

    #[test]
    fn every_server_is_one_that_a_show_can_have() {
        for preset in Preset::ALL {
            let Some(server) = preset.server() else {
                continue;
            };
            let text = format!(
                "(version: 1, name: \"x\", destinations: [\
                 (id: \"a\", server: {server:?}, key: Secret(\"a\"))])"
            );
            let show = show::parse(std::path::Path::new("x.ron"), &text);
            assert!(show.is_ok(), "{preset:?}: {show:?}");
            assert_eq!(Preset::of(server), preset);
        }
        assert_eq!(Preset::of("rtmp://127.0.0.1/live"), Preset::Custom);
    }
}
