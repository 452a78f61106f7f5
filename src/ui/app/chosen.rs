//! What the menus offer, and what is done when it is chosen there or by key.

use egui::{Rect, Ui, ViewportCommand};

use super::super::{
    keys::Function,
    lang, layout,
    menu::{self, Offer, Wanted},
    switch::Switch,
    view::View,
};
use super::Desk;
use crate::door::{Command, Snapshot};

impl Desk {
    /// Draws the menus; gives what was chosen and their width in points.
    pub(super) fn menus(
        &mut self,
        ui: &mut Ui,
        top: Rect,
        snapshot: Option<&Snapshot>,
    ) -> (Vec<Wanted>, f32) {
        let mut asked = std::mem::take(&mut self.parts.switch.for_the_desk);
        if self.asking.is_some() {
            asked.clear();
        }
        let offer = Offer {
            snapshot,
            settings: &self.settings,
            way: &self.way,
            arranging: self.arranging.is_on(),
            room: layout::places(ui.ctx().content_rect().size()).panels.size(),
            swapped: self.parts.switch.multiview.ways.swapped,
            ballistics: self.parts.switch.multiview.ways.ballistics,
            keys: &self.parts.switch.keys.map,
            leads: asked.contains(&Function::Menus),
        };
        let rect = top.shrink2(egui::vec2(6.0, 3.0));
        let (chosen, width) = menu::show(ui, rect, &offer);
        let asked = asked.into_iter().filter_map(|f| menu::wanted(f, &offer));
        (asked.chain(chosen).collect(), width)
    }

    /// Does what the menus ask for.
    pub(super) fn carry_out(
        &mut self,
        ctx: &egui::Context,
        wanted: Vec<Wanted>,
        view: Option<&View>,
        now: f64,
    ) {
        let edit = view.map(|view| view.snapshot.edit.clone());
        let edit = edit.unwrap_or_default();
        let present = edit.file.as_deref();
        let revision = Some(edit.revision);
        let send = |command: Command| {
            if let Some(view) = view {
                view.send(command);
            }
        };
        let settings = &mut self.settings.now;
        for wanted in wanted {
            match wanted {
                Wanted::New if self.way.is_free() => self.way.ask_new(present),
                Wanted::Open if self.way.is_free() => self.way.ask_open(present),
                Wanted::OpenThis(path) if self.way.is_free() => {
                    return self.ask_to_leave_for(path, now);
                }
                Wanted::SaveAs if view.is_some() && self.way.is_free() => {
                    self.way.ask_save_as(present);
                }
                Wanted::SaveWithMedia if view.is_some() && self.way.is_free() => {
                    self.way.ask_save_with_media(present);
                }
                Wanted::New
                | Wanted::Open
                | Wanted::OpenThis(_)
                | Wanted::SaveAs
                | Wanted::SaveWithMedia => {}
                Wanted::Save if view.is_some() => return self.save(None),
                Wanted::Save => {}
                Wanted::Revert => send(Command::Revert {}),
                Wanted::ShowSettings => self.show_settings.open(),
                Wanted::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
                Wanted::Undo if edit.undo.is_some() => send(Command::Undo { revision }),
                Wanted::Redo if edit.redo.is_some() => send(Command::Redo { revision }),
                Wanted::Undo | Wanted::Redo => {}
                Wanted::LiveEdit(on) => send(Command::LiveEdit { on }),
                Wanted::Arrange(arrangement) => settings.arrangement = arrangement,
                Wanted::ResetPanels => settings.reset_layout(),
                Wanted::Show(panel, shown) => settings.set_shown(panel, shown),
                Wanted::Strips(shown) => settings.strips = shown,
                Wanted::Arranging(on) => self.arranging.set(on),
                Wanted::Scale(percent) => settings.scale = percent,
                Wanted::Ballistics(ballistics) => {
                    self.parts.switch.multiview.ways.ballistics = ballistics;
                }
                Wanted::Swap(swapped) => self.parts.switch.multiview.ways.swapped = swapped,
                Wanted::FullScreen(full) => {
                    ctx.send_viewport_cmd(ViewportCommand::Fullscreen(full));
                }
                Wanted::Speak(language) => {
                    settings.language = language;
                    self.settings.speak();
                    return;
                }
                Wanted::Keys => self.parts.switch.sheet.open = true,
                Wanted::ChooseKeys => self.parts.switch.panel.open = true,
                Wanted::SafeAreas => {
                    let ways = &mut self.parts.switch.multiview.ways;
                    ways.safe = !ways.safe;
                }
                Wanted::SecondWindow => {
                    let Switch {
                        second, displays, ..
                    } = &mut self.parts.switch;
                    second.next(displays);
                }
                Wanted::About => {
                    let version = env!("CARGO_PKG_VERSION");
                    let text = lang::with("menu-about-text", &[("version", version.into())]);
                    self.notice.tell(text, now);
                }
            }
        }
    }
}
