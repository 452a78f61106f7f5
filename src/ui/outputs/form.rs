//! The form in which a destination is made or changed. The key that is typed goes to where the engine
//! keeps it and nowhere else; the show gets the name under which it is kept.

use egui::{Align2, ComboBox, Context, Id, Rect, RichText, ScrollArea, TextEdit, Ui, Window};

use super::super::said::said;
use super::super::{lang, theme, view::View};
use super::presets::Preset;
use crate::door::{Command, Event, GivenKey};
use crate::show::{Destination, Edit, Item, Key};

/// Width of each of the form's two columns, in points.
const FIELD: f32 = 290.0;
/// The beginning of 2026, in seconds since 1970.
const BEGINNING: i64 = 1_767_225_600;

/// See the module's words.
pub struct Form {
    /// The one that is changed, as it is; none for a new one.
    of: Option<Destination>,
    /// The revision of the show that is seen.
    revision: u64,
    preset: Preset,
    label: String,
    server: String,
    /// What is typed as key: overwritten when it has been handed on.
    key: String,
    /// The name under which the key is kept.
    name: String,
    /// The key is a stream name that is no secret.
    open: bool,
    phase: Phase,
    refusal: Option<String>,
    /// What the show is asked to take.
    sent: Option<Destination>,
    /// What the show has taken.
    saved: Option<Destination>,
}

/// What is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The hand.
    Filling,
    /// The answer to the request of this number, which changes the show.
    Saving(u64),
    /// The show has it: the key is to be kept.
    Saved,
    /// The answer to the request of this number, which keeps the key.
    Keeping(u64),
    /// All is done.
    Done,
}

impl Form {
    /// For a new destination.
    pub fn new(revision: u64, preset: Preset) -> Self {
        let mut form = Self {
            of: None,
            revision,
            preset,
            label: String::new(),
            server: String::new(),
            key: String::new(),
            name: String::new(),
            open: false,
            phase: Phase::Filling,
            refusal: None,
            sent: None,
            saved: None,
        };
        form.choose(preset);
        form
    }

    /// For one that is there.
    pub fn of(destination: &Destination, revision: u64) -> Self {
        let (name, open) = match &destination.key {
            Key::Secret(name) => (name.clone(), String::new()),
            Key::Open(open) => (String::new(), open.clone()),
        };
        Self {
            of: Some(destination.clone()),
            revision,
            preset: Preset::of(&destination.server),
            label: destination.label.clone(),
            server: destination.server.clone(),
            open: !open.is_empty(),
            key: open,
            name,
            phase: Phase::Filling,
            refusal: None,
            sent: None,
            saved: None,
        }
    }

    /// For another one to the same server, with a key of its own.
    pub fn like(destination: &Destination, revision: u64) -> Self {
        let mut form = Self::of(destination, revision);
        form.of = None;
        form.label = format!("{} 2", destination.label);
        form.key.clear();
        form.name.clear();
        form
    }

    fn choose(&mut self, preset: Preset) {
        // What was typed by hand stays; what another preset had put in goes.
        let was = self.preset;
        if self.label.is_empty() || Some(self.label.as_str()) == was.name() {
            self.label = preset.name().unwrap_or_default().to_owned();
        }
        if self.server.is_empty() || Some(self.server.as_str()) == was.server() {
            self.server = preset.server().unwrap_or_default().to_owned();
        }
        self.preset = preset;
    }

    /// Takes in what the engine answers.
    pub fn take(&mut self, event: &Event) {
        let (answered, message) = match event {
            Event::Done { id, .. } => (*id, None),
            Event::Error { id, message } => (*id, Some(message)),
            _ => return,
        };
        let awaited = match self.phase {
            Phase::Keeping(id) | Phase::Saving(id) => Some(id),
            _ => None,
        };
        if awaited.is_none() || answered != awaited {
            return;
        }
        match message {
            Some(message) => {
                self.refusal = Some(message.clone());
                self.phase = Phase::Filling;
            }
            None if matches!(self.phase, Phase::Saving(_)) => {
                self.saved = self.sent.take();
                // It is changed from now on, whatever becomes of its key.
                self.of.clone_from(&self.saved);
                self.phase = Phase::Saved;
            }
            None => {
                self.forget_typed();
                self.phase = Phase::Done;
            }
        }
    }

    /// Draws it in this room; false when it is to be closed.
    pub fn show(&mut self, ctx: &Context, view: &View, room: Rect) -> bool {
        if self.phase == Phase::Saved {
            self.keep(view);
        }
        let title = lang::text(if self.of.is_some() {
            "outputs-form-edit"
        } else {
            "outputs-form-add"
        });
        let mut stays = self.phase != Phase::Done;
        Window::new(RichText::new(title).font(theme::bold(15.0)))
            .id(Self::window())
            .pivot(Align2::RIGHT_BOTTOM)
            .fixed_pos(room.right_bottom())
            .constrain_to(room)
            .collapsible(false)
            .resizable(false)
            .show(ctx, |ui| {
                // Below the fields stay the buttons, above them the title.
                let most = room.height() - 130.0;
                stays &= self.fields(ui, view, most);
            });
        stays
    }

    /// What egui knows its window by.
    pub fn window() -> Id {
        Id::unique("destination form")
    }

    /// Draws the fields no higher than this many points, and the buttons under them.
    fn fields(&mut self, ui: &mut Ui, view: &View, most: f32) -> bool {
        let mut stays = true;
        ui.add_enabled_ui(matches!(self.phase, Phase::Filling), |ui| {
            let scroll = ScrollArea::vertical().max_height(most);
            scroll.show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_width(FIELD);
                        self.platform(ui);
                        field(ui, "outputs-form-label", &mut self.label, false, "");
                        let like = self.preset.looks_like();
                        field(ui, "outputs-form-server", &mut self.server, false, like);
                    });
                    ui.vertical(|ui| {
                        ui.set_width(FIELD);
                        self.key_field(ui, view);
                    });
                });
            });
            if let Some(refusal) = &self.refusal {
                ui.set_max_width(FIELD);
                ui.label(RichText::new(said(refusal)).color(theme::AMBER));
            }
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let is_whole = self.is_whole();
                let save = lang::text("outputs-form-save");
                let size = egui::vec2(140.0, super::super::layout::TARGET);
                let button = egui::Button::new(save).min_size(size);
                if ui.add_enabled(is_whole, button).clicked() {
                    self.begin(view);
                }
                let cancel = egui::Button::new(lang::text("outputs-form-cancel")).min_size(size);
                stays = !ui.add(cancel).clicked();
            });
        });
        stays
    }

    fn platform(&mut self, ui: &mut Ui) {
        let label = ui.label(lang::text("outputs-form-platform"));
        let named = |preset: Preset| {
            let custom = || lang::text("outputs-form-custom");
            preset.name().map_or_else(custom, str::to_owned)
        };
        let mut chosen = self.preset;
        ComboBox::from_id_salt("platform")
            .width(FIELD)
            .height(FIELD)
            .selected_text(named(chosen))
            .show_ui(ui, |ui| {
                for preset in Preset::ALL {
                    ui.selectable_value(&mut chosen, preset, named(preset));
                }
            })
            .response
            .labelled_by(label.id);
        if chosen != self.preset {
            self.choose(chosen);
        }
    }

    fn key_field(&mut self, ui: &mut Ui, view: &View) {
        let has_key = self.of.as_ref().is_some_and(|of| {
            let mut all = view.snapshot.destinations.iter();
            all.any(|d| d.id == of.id && d.has_key == Some(true))
        });
        let hint = match (&self.of, has_key) {
            (Some(_), true) => lang::text("outputs-form-key-kept"),
            (Some(_), false) => lang::text("outputs-form-key-missing"),
            (None, _) => String::new(),
        };
        let key = if self.open {
            "outputs-form-stream-name"
        } else {
            "outputs-form-key"
        };
        field(ui, key, &mut self.key, !self.open, &hint);
        ui.scope(|ui| {
            ui.set_max_width(FIELD);
            let help = lang::text(self.preset.help());
            ui.label(
                RichText::new(help)
                    .font(theme::font(12.0))
                    .color(theme::DIM),
            );
        });
        if self.preset == Preset::Custom {
            ui.checkbox(&mut self.open, lang::text("outputs-form-open"));
        }
        if !self.open {
            let hint = lang::text("outputs-form-name-hint");
            field(ui, "outputs-form-name", &mut self.name, false, &hint);
        }
    }

    fn is_whole(&self) -> bool {
        let has_key = !self.key.trim().is_empty();
        // One that is there has its key already, and a name may be of a key that is kept.
        let needs_none = !self.open && !self.name.trim().is_empty();
        !self.label.trim().is_empty() && !self.server.trim().is_empty() && (has_key || needs_none)
    }

    /// Changes the show first: of one that is refused, no key is kept, and what was typed stays.
    fn begin(&mut self, view: &View) {
        self.refusal = None;
        if self.name.trim().is_empty() {
            self.name = new_name(&id_of(&self.label), view);
        }
        self.save(view);
    }

    /// Keeps the key that was typed, if one was, now that the show names it.
    fn keep(&mut self, view: &View) {
        if self.open || self.key.trim().is_empty() {
            self.phase = Phase::Done;
            return;
        }
        let key = GivenKey::new(self.key.trim());
        let name = self.name.trim().to_owned();
        let command = Command::StoreKey { name, key };
        self.phase = Phase::Keeping(view.door.send(command));
    }

    fn save(&mut self, view: &View) {
        let id = match &self.of {
            Some(of) => of.id.clone(),
            None => new_id(&id_of(&self.label), view),
        };
        let destination = Destination {
            id,
            label: self.label.trim().to_owned(),
            server: self.server.trim().to_owned(),
            key: if self.open {
                Key::Open(self.key.trim().to_owned())
            } else {
                Key::Secret(self.name.trim().to_owned())
            },
        };
        // The show has it, but its key could not be kept: there is only that left to do.
        if self.saved.as_ref() == Some(&destination) {
            self.keep(view);
            return;
        }
        let name = [("name", destination.label.clone().into())];
        let item = Item::Destination(destination.clone());
        let (label, edit) = match &self.of {
            Some(of) => {
                let id = of.id.clone();
                (
                    lang::with("outputs-undo-edit", &name),
                    Edit::Set { id, item },
                )
            }
            None => (
                lang::with("outputs-undo-add", &name),
                Edit::Add { item, at: None },
            ),
        };
        self.sent = Some(destination);
        self.phase = Phase::Saving(view.door.send(Command::Edit {
            // Its own edit has made another revision.
            revision: Some(match &self.saved {
                Some(_) => view.snapshot.edit.revision,
                None => self.revision,
            }),
            label,
            joins: false,
            on_air: false,
            edits: vec![edit],
        }));
    }

    /// Overwrites what was typed as key.
    fn forget_typed(&mut self) {
        let mut bytes = std::mem::take(&mut self.key).into_bytes();
        bytes.fill(0);
        // The compiler may not leave out a write that something looks at.
        std::hint::black_box(&bytes);
    }
}

impl Drop for Form {
    fn drop(&mut self) {
        self.forget_typed();
    }
}

/// A line to type in, with its name above.
fn field(ui: &mut Ui, key: &str, text: &mut String, hidden: bool, hint: &str) {
    let label = ui.label(lang::text(key));
    let edit = TextEdit::singleline(text)
        .password(hidden)
        .hint_text(hint.to_owned())
        .desired_width(FIELD)
        // Enter leaves one where one types: without the focus it would be AUTO.
        .return_key(None);
    ui.add(edit).labelled_by(label.id);
}

/// What an id may hold of a label: letters and digits without accents, and dashes between words.
fn id_of(label: &str) -> String {
    let mut id = String::new();
    for c in label.to_lowercase().chars().take(20) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_end_matches('-');
    if id.is_empty() { "out" } else { id }.to_owned()
}

/// An id that no destination has.
fn new_id(id: &str, view: &View) -> String {
    let is_free = |id: &String| !view.snapshot.destinations.iter().any(|d| d.id == *id);
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    let mut all = std::iter::once(id.to_owned()).chain(numbered);
    all.find(is_free).unwrap_or_default()
}

/// A name for a key that no other show's key has: they are kept together, and none may take
/// another's place unseen.
fn new_name(id: &str, view: &View) -> String {
    // A longer number would look like a key that was pasted.
    let now = jiff::Timestamp::now().as_second() - BEGINNING;
    format!("{}-{now}", new_id(id, view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_label_makes_an_id() {
        for (label, id) in [
            ("YouTube", "youtube"),
            ("Forum – day 2!", "forum-day-2"),
            ("直播", "out"),
            ("  ", "out"),
            ("A very long name of a destination", "a-very-long-name-of"),
        ] {
            assert_eq!(id_of(label), id);
        }
    }

    #[test]
    fn another_platform_brings_its_server_and_leaves_what_was_typed() {
        let mut form = Form::new(0, Preset::YouTube);
        assert_eq!(form.server, "rtmps://a.rtmps.youtube.com/live2");
        form.choose(Preset::Twitch);
        assert_eq!(
            (form.label.as_str(), form.server.as_str()),
            ("Twitch", "rtmp://live.twitch.tv/app")
        );
        form.label = "Mine".to_owned();
        form.server = "rtmp://somewhere/live".to_owned();
        form.choose(Preset::Vimeo);
        assert_eq!(
            (form.label.as_str(), form.server.as_str()),
            ("Mine", "rtmp://somewhere/live")
        );
    }
}
