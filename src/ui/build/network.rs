//! A network source that is being added: its address, its user and password, and whether it gives
//! anything. The password goes to the keyring under a name, and the address names it.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use egui::Ui;
use url::Url;

use super::super::said::said;
use super::outside::{Errand, Vault};
use super::parts;
use super::rules;
use crate::door::{Command, Event};
use crate::media::Finding;
use crate::show::{Afv, Colour, Secret, Show, Source, SourceKind};
use crate::ui::{lang, theme, theme::Icon, view::View, words};

/// How long packets may wait for late ones at first, in ms.
const LATENCY_MS: u32 = 200;

/// What a trial has come to.
#[derive(Debug, Default, PartialEq)]
enum Trial {
    #[default]
    None,
    /// The password is on its way to its place.
    Keeping,
    /// The engine tries it, under this number.
    Runs(u64),
    Gave(Finding),
    Failed(String),
}

/// What the hand wants when the trial has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Look,
    Add,
}

/// The form.
pub struct Network {
    label: String,
    url: String,
    user: String,
    password: String,
    latency_ms: u32,
    /// The name under which the password is kept, once it is; and the source that was tried.
    secret: Option<String>,
    tried: Option<Source>,
    keeping: Errand<Result<(), String>>,
    trial: Trial,
    then: Then,
    /// The form has just been opened.
    pub begin_typing: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            label: String::new(),
            url: String::new(),
            user: String::new(),
            password: String::new(),
            latency_ms: LATENCY_MS,
            secret: None,
            tried: None,
            keeping: Errand::default(),
            begin_typing: false,
            trial: Trial::None,
            then: Then::Look,
        }
    }
}

impl Network {
    /// Hears an event of the engine's.
    pub fn take(&mut self, event: &Event) {
        let Trial::Runs(number) = self.trial else {
            return;
        };
        let is_mine = |id: &str| self.tried.as_ref().is_some_and(|tried| tried.id == *id);
        match event {
            Event::Tried {
                source,
                found,
                message,
            } if is_mine(source) => {
                self.trial = match found {
                    Some(finding) => Trial::Gave(finding.clone()),
                    None => Trial::Failed(message.clone()),
                };
            }
            Event::Error {
                id: Some(id),
                message,
            } if *id == number => self.trial = Trial::Failed(message.clone()),
            _ => {}
        }
    }

    /// The engine is gone, and with it the trial.
    pub fn detach(&mut self) {
        if matches!(self.trial, Trial::Runs(_)) {
            self.trial = Trial::None;
        }
    }

    /// Draws the form; the source when it is to be added. `id` makes an id of a label.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        show: &Show,
        vault: &Arc<dyn Vault>,
        id: impl Fn(&str) -> String,
    ) -> Option<Source> {
        let mut changed = false;
        let name = lang::text("build-label");
        parts::row(ui, &name, |ui| {
            parts::field(ui, &name, &mut self.label, "");
        });
        let name = lang::text("build-address");
        parts::row(ui, &name, |ui| {
            let field = parts::field(
                ui,
                &name,
                &mut self.url,
                "rtsp://  srt://  rtmp://  https://",
            );
            changed |= field.changed();
            // It may open out of sight; what is typed next must not go to the switcher's keys.
            if std::mem::take(&mut self.begin_typing) {
                field.request_focus();
                field.scroll_to_me(Some(egui::Align::TOP));
            }
        });
        self.take_password_out();
        let name = lang::text("build-user");
        parts::row(ui, &name, |ui| {
            changed |= parts::field(ui, &name, &mut self.user, "").changed();
        });
        let name = lang::text("build-password");
        parts::row(ui, &name, |ui| {
            let typed = parts::hidden_field(ui, &name, &mut self.password).changed();
            if typed {
                self.secret = None;
            }
            changed |= typed;
        });
        let name = lang::text("build-latency");
        parts::row(ui, &name, |ui| {
            let figures = parts::Figures {
                decimals: 0,
                speed: 5.0,
                unit: " ms",
            };
            let field = parts::number(ui, &name, &mut self.latency_ms, 0..=10_000, figures);
            changed |= field.changed();
        });
        if changed && !matches!(self.trial, Trial::Keeping | Trial::Runs(_)) {
            self.trial = Trial::None;
        }
        let label = if self.label.trim().is_empty() {
            // Viewers read it where the source is lost: an address is not for them.
            lang::text("build-network")
        } else {
            self.label.trim().to_owned()
        };
        let source = self.source(&id(&label), &label);
        let faults = rules::source(show, &source);
        let ready = !self.url.is_empty() && faults.is_empty();
        self.follow(view, &source);
        let busy = matches!(self.trial, Trial::Keeping | Trial::Runs(_));
        let mut add = false;
        ui.add_enabled_ui(ready && !busy, |ui| {
            ui.horizontal(|ui| {
                if parts::icon_button(ui, Icon::Network, &lang::text("build-try")).clicked() {
                    self.begin(ui, view, vault, &source, Then::Look);
                }
                let failed = matches!(self.trial, Trial::Failed(_)) && self.tried.is_some();
                let face = if failed {
                    lang::text("build-add-anyway")
                } else {
                    lang::text("build-add-it")
                };
                if parts::icon_button(ui, Icon::Plus, &face).clicked() {
                    add = failed || matches!(self.trial, Trial::Gave(_));
                    if !add {
                        self.begin(ui, view, vault, &source, Then::Add);
                    }
                }
            });
        });
        // Below the buttons, which stay where they are.
        if !self.url.is_empty() {
            for fault in &faults {
                parts::note(ui, fault, theme::AMBER);
            }
        }
        self.say(ui);
        add |= self.then == Then::Add && matches!(self.trial, Trial::Gave(_));
        if !add {
            return None;
        }
        // What was typed stays until the show has taken it.
        self.then = Then::Look;
        let tried = self.tried.clone()?;
        // The label may have been typed since.
        Some(Source {
            id: source.id,
            label: source.label,
            ..tried
        })
    }

    /// Tries what is typed, once its password is where the engine finds it.
    fn begin(&mut self, ui: &Ui, view: &View, vault: &Arc<dyn Vault>, source: &Source, then: Then) {
        (self.then, self.tried) = (then, None);
        if self.password.is_empty() || self.secret.is_some() {
            self.ask(view, source.clone());
            return;
        }
        let name = self.secret_name(&source.id);
        self.secret = Some(name.clone());
        let (vault, secret) = (vault.clone(), Secret::new(self.password.as_str()));
        self.keeping
            .start(ui.ctx(), move || vault.keep(&name, &secret));
        self.trial = Trial::Keeping;
    }

    fn follow(&mut self, view: &View, source: &Source) {
        match self.keeping.poll() {
            Some(Ok(())) => self.ask(view, source.clone()),
            Some(Err(message)) => {
                self.secret = None;
                self.trial = Trial::Failed(message);
            }
            None => {}
        }
    }

    fn ask(&mut self, view: &View, source: Source) {
        self.tried = Some(source.clone());
        self.trial = Trial::Runs(view.door.send(Command::TrySource {
            source: Box::new(source),
        }));
    }

    fn say(&self, ui: &mut Ui) {
        match &self.trial {
            Trial::None => {}
            Trial::Keeping => parts::note(ui, &lang::text("build-keeping"), theme::DIM),
            Trial::Runs(_) => parts::note(ui, &lang::text("build-trying"), theme::DIM),
            Trial::Gave(finding) => parts::note(ui, &found(finding), theme::TEXT),
            Trial::Failed(message) => {
                let why = [("why", said(message).into())];
                parts::note(ui, &lang::with("build-gave-nothing", &why), theme::AMBER);
            }
        }
    }

    /// A password that was pasted with the address goes to its own field at once.
    fn take_password_out(&mut self) {
        let Ok(mut url) = Url::parse(&self.url) else {
            return;
        };
        let Some(password) = url
            .password()
            .filter(|p| !p.starts_with('{') && !p.starts_with("%7B"))
        else {
            return;
        };
        self.password = plain(password);
        self.user = plain(url.username());
        self.secret = None;
        if url.set_password(None).is_ok() && url.set_username("").is_ok() {
            self.url = url.to_string();
        }
    }

    /// A name that no other show's secret has.
    fn secret_name(&self, id: &str) -> String {
        let unlike = RandomState::new().hash_one(id) as u32;
        format!("{id}-{unlike:08x}")
    }

    fn source(&self, id: &str, label: &str) -> Source {
        Source {
            id: id.to_owned(),
            label: label.to_owned(),
            kind: SourceKind::Network {
                url: address(&self.url, &self.user, self.reference().as_deref()),
                latency_ms: self.latency_ms,
            },
            fader_db: 0.0,
            mute: false,
            afv: Afv::default(),
            strip: Default::default(),
            picture_delay_ms: 0,
            colour: Colour::NEUTRAL,
            groups: Vec::new(),
            sends: Vec::new(),
            mix_minus: false,
            return_db: 0.0,
        }
    }

    /// What stands for the password in the address.
    fn reference(&self) -> Option<String> {
        if self.password.is_empty() {
            return None;
        }
        let name = self.secret.as_deref().unwrap_or("password");
        Some(format!("{{secret:{name}}}"))
    }
}

/// The address with its user, and with what stands for the password: SRT has a passphrase among its
/// parameters, the others have a user's part.
fn address(url: &str, user: &str, reference: Option<&str>) -> String {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match reference {
        Some(reference) if scheme.eq_ignore_ascii_case("srt") => {
            let joint = if rest.contains('?') { '&' } else { '?' };
            format!("{url}{joint}passphrase={reference}")
        }
        None if user.is_empty() || scheme.eq_ignore_ascii_case("srt") => url.to_owned(),
        None => format!("{scheme}://{}@{rest}", crate::show::encode_secret(user)),
        Some(reference) => {
            let user = crate::show::encode_secret(user);
            format!("{scheme}://{user}:{reference}@{rest}")
        }
    }
}

/// A text without the signs that stand for others in a URL.
fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let coded = text.get(i + 1..i + 3).filter(|_| bytes[i] == b'%');
        match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a source gave: "H.264, 1280 × 720, 30 pictures a second · AAC, 48 kHz, 2 channels".
pub fn found(finding: &Finding) -> String {
    let mut parts = Vec::new();
    if let Some(picture) = &finding.picture {
        let rate = picture.rate.map_or(0.0, |rate| rate.fps());
        let size = format!("{} × {}", picture.width, picture.height);
        let values = [
            ("codec", picture.codec.as_str().into()),
            ("size", size.into()),
            ("rate", words::rounded(rate).into()),
        ];
        let key = match (picture.codec.is_empty(), rate > 0.0) {
            (false, true) => "build-found-picture",
            (true, true) => "build-found-picture-uncoded",
            (_, false) => "build-found-picture-no-rate",
        };
        parts.push(lang::with(key, &values));
    }
    if let Some(sound) = &finding.sound {
        let khz = words::rounded(f64::from(sound.rate_hz) / 1000.0);
        let values = [
            ("codec", sound.codec.as_str().into()),
            ("khz", khz.into()),
            ("channels", sound.channels.into()),
        ];
        let key = if sound.codec.is_empty() {
            "build-found-sound-uncoded"
        } else {
            "build-found-sound"
        };
        parts.push(lang::with(key, &values));
    }
    if parts.is_empty() {
        return lang::text("build-found-nothing");
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::show;
    use super::*;
    use crate::media::{FoundPicture, FoundSound, Rate};

    #[test]
    fn a_password_is_named_in_the_address_and_never_in_it() {
        let secret = Some("{secret:cam-1}");
        assert_eq!(
            address("rtsp://10.0.0.9/1", "me@home", secret),
            "rtsp://me%40home:{secret:cam-1}@10.0.0.9/1"
        );
        assert_eq!(
            address("srt://10.0.0.9:9000?mode=caller", "", secret),
            "srt://10.0.0.9:9000?mode=caller&passphrase={secret:cam-1}"
        );
        assert_eq!(address("srt://:9000", "x", None), "srt://:9000");
        assert_eq!(address("rtsp://cam/1", "me", None), "rtsp://me@cam/1");
        for (url, user) in [("rtsp://10.0.0.9/1", "me"), ("srt://10.0.0.9:9000", "")] {
            let mut form = Network {
                url: url.to_owned(),
                user: user.to_owned(),
                password: "hunter2secret".to_owned(),
                ..Network::default()
            };
            form.secret = Some("cam-1".to_owned());
            let source = form.source("cam-9", "Cam");
            assert_eq!(rules::source(&show(), &source), Vec::<String>::new());
            assert!(!format!("{source:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_pasted_password_moves_to_its_field() {
        let mut form = Network {
            url: "rtsp://me:p%40ss%20word@10.0.0.9/1".to_owned(),
            ..Network::default()
        };
        form.take_password_out();
        assert_eq!(form.url, "rtsp://10.0.0.9/1");
        assert_eq!(
            (form.user.as_str(), form.password.as_str()),
            ("me", "p@ss word")
        );
        form.url = "rtsp://me:{secret:a}@10.0.0.9/1".to_owned();
        form.take_password_out();
        assert_eq!(form.password, "p@ss word", "a reference stays");
    }

    #[test]
    fn a_wrong_address_is_said_by_the_shows_own_rules() {
        let form = Network {
            url: "gopher://10.0.0.9".to_owned(),
            ..Network::default()
        };
        let faults = rules::source(&show(), &form.source("x", "x"));
        assert!(faults[0].contains("rtsp://"), "{faults:?}");
    }

    #[test]
    fn what_was_found_is_said_in_words() {
        let finding = Finding {
            picture: Some(FoundPicture {
                codec: "H.264".to_owned(),
                width: 1280,
                height: 720,
                rate: Some(Rate(30_000, 1001)),
            }),
            sound: Some(FoundSound {
                codec: "AAC".to_owned(),
                rate_hz: 44_100,
                channels: 2,
            }),
        };
        let said = found(&finding);
        for part in ["H.264", "1280 × 720", "29.97", "AAC", "44.1", "2"] {
            assert!(said.contains(part), "{said}: {part}");
        }
        assert!(!found(&Finding::default()).is_empty());
    }
}
