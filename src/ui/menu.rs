//! The menus: what each offers, and what is wanted when an entry is chosen. They stand in the top
//! bar, so that they take no room of their own.

use std::path::PathBuf;

use egui::{Button, EventFilter, Key, MenuBar, Popup, Rect, Response, Ui, UiBuilder, WidgetInfo};

use super::{
    arrange::{Arrangement, Panel},
    ballistics::Ballistics,
    keys::{Function, KeyMap},
    lang, layout,
    said::said,
    settings::{Keeper, SCALES},
    shows::Way,
    theme::{self, Icon},
};
use crate::door::{PackingState, Snapshot};

/// What is wanted of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A new, empty show.
    New,
    /// Another show, to be named.
    Open,
    /// This other show.
    OpenThis(PathBuf),
    /// The show written to its file.
    Save,
    /// The show written to another file.
    SaveAs,
    /// The show with every file it needs, in a folder.
    SaveWithMedia,
    /// The show as its file has it.
    Revert,
    /// The settings of the whole show.
    ShowSettings,
    /// The window closed.
    Quit,
    /// The last edit taken back.
    Undo,
    /// And made again.
    Redo,
    /// Edits of the scenes on air seen at once, or not.
    LiveEdit(bool),
    /// Another arrangement.
    Arrange(Arrangement),
    /// The arrangement as it came.
    ResetPanels,
    /// A panel shown or hidden.
    Show(Panel, bool),
    /// The strips under the small monitors shown or hidden.
    Strips(bool),
    /// Panels moved and resized, or left alone.
    Arranging(bool),
    /// Everything so large, in percent.
    Scale(u32),
    /// Meters that move so.
    Ballistics(Ballistics),
    /// PGM left and PVW right, or the other way round.
    Swap(bool),
    /// The whole screen, or a window.
    FullScreen(bool),
    /// This language; the system's where there is none.
    Speak(Option<String>),
    /// The sheet of keys.
    Keys,
    /// The keys given to other functions.
    ChooseKeys,
    /// The second window, on the next display.
    SecondWindow,
    /// Safe areas over the pictures, or not.
    SafeAreas,
    /// What this program is.
    About,
}

/// What the menus are drawn from.
pub struct Offer<'a> {
    /// The show; none while there is no engine.
    pub snapshot: Option<&'a Snapshot>,
    /// The desk's settings.
    pub settings: &'a Keeper,
    /// The way to other shows.
    pub way: &'a Way,
    /// Whether panels are being moved.
    pub arranging: bool,
    /// The room for the panels, in points.
    pub room: egui::Vec2,
    /// PGM is left and PVW right.
    pub swapped: bool,
    /// How the meters move.
    pub ballistics: Ballistics,
    /// Which key does what.
    pub keys: &'a KeyMap,
    /// The first menu gets the keyboard.
    pub leads: bool,
}

/// What a key asks for that is an entry of the menus.
pub fn wanted(function: Function, offer: &Offer) -> Option<Wanted> {
    match function {
        Function::New => Some(Wanted::New),
        Function::Open => Some(Wanted::Open),
        Function::SaveAs => Some(Wanted::SaveAs),
        Function::Quit => Some(Wanted::Quit),
        Function::ArrangePanels => Some(Wanted::Arranging(!offer.arranging)),
        _ => None,
    }
}

/// One entry's words.
struct Entry<'a> {
    icon: Option<Icon>,
    text: String,
    key: &'a str,
    enabled: bool,
    on: Option<bool>,
}

impl<'a> Entry<'a> {
    fn new(icon: Icon, key: &str) -> Self {
        Self {
            icon: Some(icon),
            ..Self::plain(lang::text(key))
        }
    }

    fn plain(text: String) -> Self {
        Self {
            icon: None,
            text,
            key: "",
            enabled: true,
            on: None,
        }
    }

    fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    fn on(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }

    /// Draws it; whether it was chosen.
    fn show(self, ui: &mut Ui) -> bool {
        let icon = match (self.on, self.icon) {
            (Some(true), _) => theme::icon(Icon::Check),
            (_, Some(icon)) => theme::icon(icon),
            _ => '\u{2003}',
        };
        let mut button = Button::new(format!("{icon}  {}", self.text));
        if !self.key.is_empty() {
            button = button.right_text(egui::RichText::new(self.key).color(theme::DIM));
        }
        let response = ui.add_enabled(self.enabled, button);
        let (enabled, on, text) = (self.enabled, self.on, self.text);
        response.widget_info(|| match on {
            Some(on) => {
                egui::WidgetInfo::selected(egui::accesskit::Role::MenuItem, enabled, on, &text)
            }
            None => egui::WidgetInfo::labeled(egui::accesskit::Role::MenuItem, enabled, &text),
        });
        response.clicked()
    }
}

/// Draws the menus' heads from the left of a rectangle, and the one that is open. Gives what was
/// chosen, and the width of the heads in points.
pub fn show(ui: &mut Ui, rect: Rect, offer: &Offer) -> (Vec<Wanted>, f32) {
    let mut wanted = Vec::new();
    let builder = UiBuilder::new().max_rect(rect).id_salt("menus");
    let used = ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = rect.height();
        let mut right = rect.left();
        MenuBar::new()
            .style(egui::style::StyleModifier::default())
            .ui(ui, |ui| {
                let style = ui.style_mut();
                style.spacing.button_padding = egui::vec2(8.0, 4.0);
                style.spacing.item_spacing.x = 0.0;
                style.visuals.widgets.inactive.weak_bg_fill = egui::Color32::TRANSPARENT;
                type Menu = fn(&mut Ui, &Offer, &mut Vec<Wanted>);
                let menus: [(&str, Menu); 4] = [
                    ("menu-file", file),
                    ("menu-edit", edit),
                    ("menu-view", view),
                    ("menu-help", help),
                ];
                for (key, menu) in menus {
                    let opened = ui.menu_button(lang::text(key), |ui| {
                        let spacing = ui.spacing_mut();
                        spacing.button_padding = egui::vec2(10.0, 5.0);
                        spacing.item_spacing = egui::vec2(0.0, 1.0);
                        ui.set_min_width(240.0);
                        menu(ui, offer, &mut wanted);
                    });
                    right = opened.response.rect.right();
                    open_downwards(ui, &opened.response);
                    if key == "menu-file" && offer.leads {
                        opened.response.request_focus();
                    }
                }
            });
        right - rect.left()
    });
    (wanted, used.inner)
}

/// An arrow down opens the menu whose title has the keyboard: it must not lead to what lies below.
fn open_downwards(ui: &Ui, title: &Response) {
    let popup = Popup::default_response_id(title);
    if !title.has_focus() {
        return;
    }
    // Where it is open, the next one leads into it.
    let is_open = Popup::is_id_open(ui.ctx(), popup);
    let filter = EventFilter {
        vertical_arrows: !is_open,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(title.id, filter));
    if !is_open && ui.input(|i| i.key_pressed(Key::ArrowDown)) {
        Popup::open_id(ui.ctx(), popup);
    }
}

fn file(ui: &mut Ui, offer: &Offer, wanted: &mut Vec<Wanted>) {
    let is_free = offer.way.is_free();
    let edit = offer.snapshot.map(|snapshot| &snapshot.edit);
    let is_there = edit.is_some();
    let mut add = |entry: Entry, what: Wanted, ui: &mut Ui| {
        if entry.show(ui) {
            wanted.push(what);
            ui.close();
        }
    };
    let key = offer.keys.name(Function::New);
    let entry = Entry::new(Icon::FilePlus, "menu-new").key(&key);
    add(entry.enabled(is_free), Wanted::New, ui);
    let key = offer.keys.name(Function::Open);
    let entry = Entry::new(Icon::FolderOpen, "menu-open").key(&key);
    add(entry.enabled(is_free), Wanted::Open, ui);
    let present = edit.and_then(|edit| edit.file.as_deref());
    let recent: Vec<&PathBuf> = offer.way.recent(present).collect();
    ui.add_enabled_ui(is_free && !recent.is_empty(), |ui| {
        submenu(ui, Icon::History, "menu-recent", |ui| {
            for path in recent {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let folder = path.parent().unwrap_or(path).display();
                let entry = Entry::plain(format!("{name} – {folder}"));
                add(entry, Wanted::OpenThis(path.clone()), ui);
            }
        });
    });
    ui.separator();
    let unsaved = edit.is_some_and(|edit| edit.unsaved || edit.file_changed);
    let key = offer.keys.name(Function::Save);
    let entry = Entry::new(Icon::Save, "menu-save").key(&key);
    add(entry.enabled(is_there && unsaved), Wanted::Save, ui);
    let key = offer.keys.name(Function::SaveAs);
    let entry = Entry::new(Icon::SaveAll, "menu-save-as").key(&key);
    add(entry.enabled(is_there && is_free), Wanted::SaveAs, ui);
    let packs = edit.and_then(|edit| edit.packing.as_ref());
    let packs = packs.is_some_and(|packing| packing.state == PackingState::Running);
    let entry = Entry::new(Icon::Package, "menu-save-media");
    let can_pack = is_there && is_free && !packs;
    add(entry.enabled(can_pack), Wanted::SaveWithMedia, ui);
    let entry = Entry::new(Icon::RotateCcw, "menu-revert");
    add(entry.enabled(unsaved), Wanted::Revert, ui);
    ui.separator();
    let entry = Entry::new(Icon::SlidersHorizontal, "menu-show-settings");
    add(entry.enabled(is_there), Wanted::ShowSettings, ui);
    ui.separator();
    let key = offer.keys.name(Function::Quit);
    let entry = Entry::new(Icon::LogOut, "menu-quit").key(&key);
    add(entry, Wanted::Quit, ui);
}

fn edit(ui: &mut Ui, offer: &Offer, wanted: &mut Vec<Wanted>) {
    let edit = offer.snapshot.map(|snapshot| &snapshot.edit);
    let named = |with: &str, without: &str, what: Option<&String>| match what {
        // What the engine itself calls a step is said in the desk's language.
        Some(what) if !what.is_empty() => lang::with(with, &[("what", said(what).into())]),
        _ => lang::text(without),
    };
    let undo = edit.and_then(|edit| edit.undo.as_ref());
    let entry = Entry {
        icon: Some(Icon::Undo2),
        ..Entry::plain(named("menu-undo-it", "menu-undo", undo))
    };
    let key = offer.keys.name(Function::Undo);
    if entry.key(&key).enabled(undo.is_some()).show(ui) {
        wanted.push(Wanted::Undo);
    }
    let redo = edit.and_then(|edit| edit.redo.as_ref());
    let entry = Entry {
        icon: Some(Icon::Redo2),
        ..Entry::plain(named("menu-redo-it", "menu-redo", redo))
    };
    let key = offer.keys.name(Function::Redo);
    if entry.key(&key).enabled(redo.is_some()).show(ui) {
        wanted.push(Wanted::Redo);
    }
    ui.separator();
    let live = offer.snapshot.is_some_and(|snapshot| snapshot.live_edit);
    let key = offer.keys.name(Function::LiveEdit);
    let name = [("name", lang::text("desk-live-edit").into())];
    let entry = Entry {
        icon: Some(Icon::Zap),
        ..Entry::plain(lang::with("menu-live-edit", &name))
    };
    let entry = entry.on(live).key(&key);
    if entry.enabled(offer.snapshot.is_some()).show(ui) {
        wanted.push(Wanted::LiveEdit(!live));
    }
}

fn view(ui: &mut Ui, offer: &Offer, wanted: &mut Vec<Wanted>) {
    let settings = &offer.settings.now;
    for arrangement in Arrangement::ALL {
        let entry = Entry::plain(lang::text(arrangement.key()));
        if entry.on(settings.arrangement == arrangement).show(ui) {
            wanted.push(Wanted::Arrange(arrangement));
        }
    }
    ui.separator();
    let layout = settings.layout();
    let seen = layout.fitted(settings.arrangement, offer.room).visible();
    submenu(ui, Icon::PanelsTopLeft, "menu-panels", |ui| {
        for panel in Panel::ALL {
            let shown = layout.is_shown(panel);
            let is_free = panel != settings.arrangement.heart();
            let is_seen = seen.contains(&panel);
            let has_room = is_seen || shown || layout.has_room_for(panel, offer.room);
            let mut text = lang::text(panel.key());
            if !has_room || (shown && !is_seen) {
                text = format!("{text} – {}", lang::text("menu-panel-window-small"));
            }
            let entry = Entry::plain(text).on(shown);
            if entry.enabled(is_free && has_room).show(ui) {
                wanted.push(Wanted::Show(panel, !shown));
            }
        }
        let entry = Entry::plain(lang::text("menu-strips")).on(settings.strips);
        if entry.show(ui) {
            wanted.push(Wanted::Strips(!settings.strips));
        }
    });
    let key = offer.keys.name(Function::ArrangePanels);
    let entry = Entry::new(Icon::Move, "menu-arrange").on(offer.arranging);
    if entry.key(&key).show(ui) {
        wanted.push(Wanted::Arranging(!offer.arranging));
    }
    if Entry::new(Icon::RotateCcw, "menu-reset-panels").show(ui) {
        wanted.push(Wanted::ResetPanels);
    }
    ui.separator();
    let key = offer.keys.name(Function::SwapMonitors);
    let entry = Entry::new(Icon::ArrowLeftRight, "menu-swap").on(offer.swapped);
    if entry.key(&key).show(ui) {
        wanted.push(Wanted::Swap(!offer.swapped));
    }
    submenu(ui, Icon::ZoomIn, "menu-scale", |ui| {
        let window = ui.ctx().content_rect().size() * ui.ctx().zoom_factor();
        for scale in SCALES {
            let entry = Entry::plain(format!("{scale} %")).on(settings.scale == scale);
            // What this window has no room for would change nothing.
            let has_room = layout::scale(scale, window) >= scale as f32 / 100.0;
            if entry.enabled(has_room).show(ui) {
                wanted.push(Wanted::Scale(scale));
            }
        }
    });
    submenu(ui, Icon::AudioLines, "menu-meters", |ui| {
        for ballistics in Ballistics::ALL {
            let entry = Entry::plain(lang::text(ballistics.key()));
            if entry.on(offer.ballistics == ballistics).show(ui) {
                wanted.push(Wanted::Ballistics(ballistics));
            }
        }
    });
    let key = offer.keys.name(Function::SafeAreas);
    if Entry::new(Icon::Scan, "menu-safe-areas").key(&key).show(ui) {
        wanted.push(Wanted::SafeAreas);
    }
    let key = offer.keys.name(Function::SecondWindow);
    let entry = Entry::new(Icon::MonitorUp, "menu-second-window");
    if entry.key(&key).show(ui) {
        wanted.push(Wanted::SecondWindow);
    }
    let full = ui.input(|i| i.viewport().fullscreen.unwrap_or(false));
    let entry = Entry::new(Icon::Maximize, "menu-full-screen").on(full);
    if entry.show(ui) {
        wanted.push(Wanted::FullScreen(!full));
    }
    ui.separator();
    submenu(ui, Icon::Languages, "menu-language", |ui| {
        let entry = Entry::plain(lang::text("menu-system-language"));
        if entry.on(settings.language.is_none()).show(ui) {
            wanted.push(Wanted::Speak(None));
        }
        for language in &offer.settings.languages {
            let chosen = settings.language.as_ref() == Some(&language.tag);
            if Entry::plain(language.name.clone()).on(chosen).show(ui) {
                wanted.push(Wanted::Speak(Some(language.tag.clone())));
            }
        }
    });
}

/// A menu that opens beside this one, and says its words without the icon.
fn submenu(ui: &mut Ui, icon: Icon, key: &str, add: impl FnOnce(&mut Ui)) {
    let text = lang::text(key);
    let face = format!("{}  {text}", theme::icon(icon));
    let response = ui.menu_button(face, add).response;
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::MenuItem, enabled, &text));
}

fn help(ui: &mut Ui, offer: &Offer, wanted: &mut Vec<Wanted>) {
    let key = offer.keys.name(Function::KeySheet);
    if Entry::new(Icon::Keyboard, "menu-keys").key(&key).show(ui) {
        wanted.push(Wanted::Keys);
    }
    let key = offer.keys.name(Function::KeyPanel);
    let entry = Entry::new(Icon::Settings2, "menu-choose-keys");
    if entry.key(&key).show(ui) {
        wanted.push(Wanted::ChooseKeys);
    }
    if Entry::new(Icon::Info, "menu-about").show(ui) {
        wanted.push(Wanted::About);
    }
}
