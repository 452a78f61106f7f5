//! The transition strip: CUT, AUTO, the T-bar, the transition that AUTO makes with all that can be said
//! of it, the marker, the holding slate and fade to black.

use std::path::PathBuf;

use egui::{
    Align, Align2, Checkbox, Color32, DragValue, Id, Image, LayerId, Order, Rect, Slider, Ui,
    UiBuilder, pos2, vec2,
};

use super::said::said;
use super::{
    guard::Guard,
    holding,
    keys::{Function, KeyMap},
    kinds, lang, layout,
    paint::{self, Button, pressed},
    tbar::TBar,
    theme,
    view::{View, name},
    wipe_pictures::{self, WipePictures},
};
use crate::door::{
    Command, Direction, Rgb, Snapshot, StingerState, StingerStatus, TransitionKind,
    TransitionState, TransitionStyle,
};

/// The next shorter or longer length in steps of five frames.
pub fn step(frames: u32, longer: bool) -> u32 {
    let next = if longer {
        (frames / 5 + 1) * 5
    } else {
        frames.saturating_sub(1) / 5 * 5
    };
    next.clamp(1, TransitionStyle::LONGEST)
}

/// Width of all that can be said of a transition, in points.
const OPTIONS: f32 = 560.0;

/// What the strip remembers between two frames.
#[derive(Default)]
pub struct Strip {
    /// The T-bar.
    pub bar: TBar,
    /// The folder of the show's file, where its own wipes are; asked for when the wipes are looked at.
    pub show_folder: Option<PathBuf>,
    /// Everything about the transition is seen.
    pub open: bool,
    /// The row is in the window, so that the hand sees what a key does to the T-bar.
    pub is_seen: bool,
    wipes: WipePictures,
    looked_in: Option<Option<PathBuf>>,
    notice: Option<(String, f64)>,
}

impl Strip {
    /// Says something over the T-bar, amber, until this time.
    pub fn note(&mut self, text: String, until: f64) {
        self.notice = Some((text, until));
    }

    /// Draws the row; gives whether a marker is asked for. What there is more to say of the transition
    /// is said in `room`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (rect, room): (Rect, Rect),
        view: &View,
        keys: &KeyMap,
        guard: &mut Guard,
    ) -> bool {
        let snapshot = view.snapshot;
        let style = &snapshot.transition.style;
        let places = layout::transition(rect);
        let cut = Button::new("CUT")
            .key(&keys.name(Function::Cut))
            .size(19.0)
            .show(ui, places.cut, "cut");
        if pressed(ui, &cut) {
            view.send(Command::Cut {});
        }
        auto(ui, places.auto, view, keys);
        self.said(ui, places.said, view);
        self.bar.show(ui, places.bar, view);

        for (&kind, place) in TransitionKind::ALL.iter().zip(places.kinds) {
            let words = kinds::words(kind);
            let values = [("kind", words.to_lowercase().into())];
            let button = Button::new(&words)
                .say(&lang::with("switch-kind-say", &values))
                .selected(style.kind == kind)
                .size(12.0)
                .show(ui, place, ("kind", kinds::id(kind)));
            if button.clicked() {
                view.send(choose(snapshot, kind));
            }
        }

        let length = |frames| view.send(Command::transition(style.kind, frames));
        let shorter = Button::new("−")
            .say(&lang::text("switch-shorter"))
            .size(15.0)
            .show(ui, places.shorter, "shorter");
        if shorter.clicked() {
            length(step(style.frames, false));
        }
        if let Some(asked) = frames(ui, places.length, style.frames) {
            length(asked);
        }
        let longer = Button::new("+")
            .say(&lang::text("switch-longer"))
            .size(15.0)
            .show(ui, places.longer, "longer");
        if longer.clicked() {
            length(step(style.frames, true));
        }

        let tried = snapshot.transition.tried;
        let trial = Button::new(&lang::text("switch-try"))
            .say(&lang::text("switch-try-say"))
            .enabled(snapshot.transition.state == TransitionState::Idle)
            .progress(tried.unwrap_or(0.0))
            .size(12.0)
            .show(ui, places.trial, "try transition");
        if trial.clicked() {
            view.send(Command::PreviewTransition {});
        }
        let more = Button::new(&lang::text("switch-more"))
            .say(&lang::text("switch-more-say"))
            .selected(self.open)
            .size(12.0)
            .show(ui, places.more, "more of transition");
        if more.clicked() {
            self.open = !self.open;
            self.looked_in = None;
            if self.open {
                // The answer says where the show's own wipes are.
                view.send(Command::Show {});
            }
        }
        if self.open {
            self.all(ui, room, places.more, view);
        }

        let mark = Button::new(&lang::text("switch-marker"))
            .key(&keys.name(Function::Marker))
            .size(12.0)
            .show(ui, places.marker, "marker");
        holding::button(ui, places.hold, view, keys, guard);
        fade(ui, places.black, view, keys);
        mark.clicked()
    }

    /// What AUTO will make or makes, or what is wrong with it.
    fn said(&mut self, ui: &Ui, rect: Rect, view: &View) {
        self.notice.take_if(|(_, until)| view.now > *until);
        let transition = &view.snapshot.transition;
        let (kind, frames) = kinds::said(view.snapshot);
        let (text, colour) = if let Some((text, _)) = &self.notice {
            (text.clone(), theme::AMBER)
        } else if !transition.message.is_empty() {
            (said(&transition.message), theme::AMBER)
        } else if let Some(tried) = transition.tried {
            let values = [("done", percent(tried).into())];
            (lang::with("switch-trying", &values), theme::TEXT)
        } else if transition.of_scene {
            let scene = view.scene(&view.snapshot.preview);
            let scene = scene.map_or("", |(_, scene)| name(&scene.label, &scene.id));
            let values = [
                ("kind", kind.into()),
                ("n", frames.into()),
                ("scene", scene.into()),
            ];
            (lang::with("switch-of-scene", &values), theme::TEXT)
        } else {
            let values = [("kind", kind.into()), ("n", frames.into())];
            (lang::with("switch-will", &values), theme::DIM)
        };
        let font = theme::font(11.5);
        paint::said_line(
            ui,
            rect,
            Align::Center,
            "what auto makes",
            &text,
            font,
            colour,
        );
    }

    /// Where everything about the transition is drawn.
    pub fn layer() -> LayerId {
        LayerId::new(Order::Foreground, Id::unique("all of transition"))
    }

    /// Everything about the transition, as near to its button as the room is.
    fn all(&mut self, ui: &Ui, room: Rect, button: Rect, view: &View) {
        let near = room.clamp(button.right_bottom());
        let corner = pos2(near.x.max(room.left() + OPTIONS.min(room.width())), near.y);
        let enabled = ui.is_enabled();
        let LayerId { order, id } = Self::layer();
        let area = egui::Area::new(id)
            .order(order)
            .fixed_pos(corner)
            .pivot(Align2::RIGHT_TOP)
            .constrain_to(room);
        area.show(ui.ctx(), |ui| {
            if !enabled {
                ui.disable();
            }
            egui::Frame::window(ui.style()).show(ui, |ui| {
                ui.set_max_width(OPTIONS - 20.0);
                // An area offers no more height than it had; the room is what there is.
                let height = room.height() - 24.0;
                let scroll = egui::ScrollArea::vertical().max_height(height);
                let scroll = scroll.min_scrolled_height(height);
                scroll.show(ui, |ui| self.options(ui, view));
            });
        });
    }

    fn options(&mut self, ui: &mut Ui, view: &View) {
        let transition = &view.snapshot.transition;
        let style = &transition.style;
        let mut wanted = style.clone();
        if transition.of_scene {
            let scene = view.scene(&view.snapshot.preview);
            let scene = scene.map_or("", |(_, scene)| name(&scene.label, &scene.id));
            ui.label(lang::with("switch-own", &[("scene", scene.into())]));
        }
        match style.kind {
            TransitionKind::Dip => colour(ui, &mut wanted.colour),
            TransitionKind::Wipe => {
                let label = ui.label(lang::text("switch-softness"));
                let mut percent = wanted.softness * 100.0;
                let slider = Slider::new(&mut percent, 0.0..=100.0)
                    .fixed_decimals(0)
                    .suffix(" %");
                if ui.add(slider).labelled_by(label.id).changed() {
                    wanted.softness = percent / 100.0;
                }
                reverse(ui, &mut wanted.reverse);
                // The only part that grows, so that the others are where they always are.
                self.choose_wipe(ui, &mut wanted.wipe);
            }
            TransitionKind::Push | TransitionKind::Slide => {
                direction(ui, &mut wanted.direction);
                reverse(ui, &mut wanted.reverse);
            }
            TransitionKind::Stinger => stingers(ui, &view.snapshot.stingers, &mut wanted.stinger),
            TransitionKind::Cut | TransitionKind::Mix => {
                ui.label(lang::text("switch-nothing"));
            }
        }
        if let Some(command) = change(style, wanted) {
            view.send(command);
        }
    }

    fn choose_wipe(&mut self, ui: &mut Ui, wipe: &mut String) {
        if self.looked_in.as_ref() != Some(&self.show_folder) {
            self.wipes.look(ui.ctx(), self.show_folder.as_deref());
            self.looked_in = Some(self.show_folder.clone());
        }
        let names = self.wipes.names(ui.ctx()).to_vec();
        let size = vec2(wipe_pictures::SIZE[0] as f32, wipe_pictures::SIZE[1] as f32);
        ui.horizontal_wrapped(|ui| {
            for name in names {
                let words = kinds::wipe(&name);
                let button = match self.wipes.picture(&name) {
                    Some(texture) => egui::Button::image(
                        Image::new((texture.id(), size)).fit_to_exact_size(size),
                    ),
                    None => egui::Button::new(&words).min_size(size),
                };
                let chosen = *wipe == name;
                let response = ui.add(button.selected(chosen));
                if chosen {
                    let ring = egui::Stroke::new(3.0, theme::BLUE);
                    let kind = egui::StrokeKind::Inside;
                    ui.painter()
                        .rect_stroke(response.rect, theme::ROUND, ring, kind);
                }
                let values = [("wipe", words.as_str().into())];
                let said = lang::with("switch-wipe-say", &values);
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_label(said.as_str());
                });
                if response.clicked() {
                    wipe.clone_from(&name);
                }
                response.on_hover_text(words);
            }
        });
    }
}

/// The command that chooses a kind. A stinger is one of the show's: the first, where the style names
/// none that there is.
pub fn choose(snapshot: &Snapshot, kind: TransitionKind) -> Command {
    let style = &snapshot.transition.style;
    let mut wanted = Command::transition(kind, style.frames);
    let stingers = &snapshot.stingers;
    if kind == TransitionKind::Stinger
        && !stingers.iter().any(|s| s.id == style.stinger)
        && let Some(first) = stingers.first()
        && let Command::Transition { stinger, .. } = &mut wanted
    {
        *stinger = Some(first.id.clone());
    }
    wanted
}

/// The command that makes this style of that; nothing where they are alike. What was not touched is
/// left out, so that two desks do not undo each other's choices.
pub fn change(now: &TransitionStyle, wanted: TransitionStyle) -> Option<Command> {
    if *now == wanted {
        return None;
    }
    Some(Command::Transition {
        kind: wanted.kind,
        frames: wanted.frames,
        colour: (wanted.colour != now.colour).then_some(wanted.colour),
        softness: (wanted.softness != now.softness).then_some(wanted.softness),
        reverse: (wanted.reverse != now.reverse).then_some(wanted.reverse),
        direction: (wanted.direction != now.direction).then_some(wanted.direction),
        wipe: (wanted.wipe != now.wipe).then_some(wanted.wipe),
        stinger: (wanted.stinger != now.stinger).then_some(wanted.stinger),
    })
}

fn percent(part: f32) -> f32 {
    (part * 100.0).round()
}

fn auto(ui: &Ui, rect: Rect, view: &View, keys: &KeyMap) {
    let transition = &view.snapshot.transition;
    let frames = transition.style.frames;
    let done = (transition.position * frames as f32).round() as u32;
    let values = [("done", percent(transition.position).into())];
    let (text, said, progress) = match transition.state {
        TransitionState::Idle => ("AUTO".to_owned(), "AUTO".to_owned(), 0.0),
        TransitionState::Running => (
            "AUTO".to_owned(),
            lang::with("switch-auto-running", &values),
            transition.position,
        ),
        TransitionState::Paused => (
            lang::text("switch-paused"),
            lang::with("switch-auto-paused", &values),
            transition.position,
        ),
    };
    let key = match transition.state {
        TransitionState::Idle => keys.name(Function::Auto),
        _ => {
            let values = [("done", done.into()), ("n", frames.into())];
            lang::with("switch-done-of", &values)
        }
    };
    let auto = Button::new(&text)
        .say(&said)
        .key(&key)
        .size(19.0)
        .progress(progress)
        .show(ui, rect, "auto");
    if pressed(ui, &auto) {
        view.send(Command::Auto {});
    }
}

/// The length in frames, to be dragged or typed.
fn frames(ui: &mut Ui, rect: Rect, frames: u32) -> Option<u32> {
    let mut asked = frames;
    let suffix = lang::text("switch-frames");
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt("length"), |ui| {
        ui.spacing_mut().interact_size = rect.size();
        ui.spacing_mut().button_padding = vec2(2.0, 0.0);
        let response = ui.put(
            rect,
            DragValue::new(&mut asked)
                .range(1..=TransitionStyle::LONGEST)
                .suffix(format!(" {suffix}"))
                .speed(0.2)
                .update_while_editing(false),
        );
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_label(lang::text("switch-length"));
        });
    });
    (asked != frames).then_some(asked)
}

fn colour(ui: &mut Ui, colour: &mut Rgb) {
    ui.horizontal(|ui| {
        let label = ui.label(lang::text("switch-colour"));
        let mut rgb = [colour.0, colour.1, colour.2];
        let response = ui.color_edit_button_srgb(&mut rgb).labelled_by(label.id);
        if response.changed() {
            *colour = Rgb(rgb[0], rgb[1], rgb[2]);
        }
        for (ready, key) in [
            (Rgb(0, 0, 0), "switch-colour-black"),
            (Rgb(255, 255, 255), "switch-colour-white"),
        ] {
            let words = lang::text(key);
            let chosen = *colour == ready;
            let swatch = Color32::from_rgb(ready.0, ready.1, ready.2);
            let button = egui::Button::new(&words).selected(chosen);
            let response = ui.add(button.stroke(egui::Stroke::new(1.0, swatch)));
            if response.clicked() {
                *colour = ready;
            }
        }
    });
}

fn direction(ui: &mut Ui, direction: &mut Direction) {
    ui.horizontal(|ui| {
        ui.label(lang::text("switch-direction"));
        for (way, sign) in [
            (Direction::Left, "⬅"),
            (Direction::Right, "➡"),
            (Direction::Up, "⬆"),
            (Direction::Down, "⬇"),
        ] {
            let words = kinds::direction(way);
            let button = egui::Button::new(sign).min_size(vec2(36.0, 28.0));
            let response = ui.add(button.selected(*direction == way));
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_label(words.as_str());
            });
            if response.clicked() {
                *direction = way;
            }
            response.on_hover_text(words);
        }
    });
}

/// The show's stingers, each with how it does.
fn stingers(ui: &mut Ui, all: &[StingerStatus], chosen: &mut String) {
    if all.is_empty() {
        ui.label(lang::text("clips-no-stingers"));
    }
    for stinger in all {
        let called = name(&stinger.label, &stinger.id);
        let button = egui::Button::new(called).min_size(vec2(356.0, layout::TARGET));
        let response = ui.add(button.selected(*chosen == stinger.id));
        let state = kinds::stinger(stinger);
        let values = [("name", called.into()), ("state", state.as_str().into())];
        let said = lang::with("clips-stinger-say", &values);
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_label(said.as_str());
        });
        paint::focus_ring(ui, &response);
        if response.clicked() {
            chosen.clone_from(&stinger.id);
        }
        let colour = match stinger.state {
            StingerState::Broken => theme::AMBER,
            _ => theme::DIM,
        };
        ui.label(egui::RichText::new(state).color(colour));
    }
}

fn reverse(ui: &mut Ui, reverse: &mut bool) {
    ui.add(Checkbox::new(reverse, lang::text("switch-reverse")));
}

/// Fade to black: what is said of it, and in which red it stands, while the program is black or on its
/// way there or back. It flashes, and is never without red then, for one glance must tell a black program
/// from a dead camera.
pub fn faded(view: &View) -> Option<(String, Color32)> {
    let snapshot = view.snapshot;
    if !snapshot.fade_to_black && snapshot.black <= 0.0 {
        return None;
    }
    let key = match snapshot.black >= 1.0 {
        true => "switch-black-is",
        false => "switch-black-fading",
    };
    let lit = view.now.rem_euclid(1.0) < 0.6;
    let fill = if lit { theme::RED } else { theme::DARK_RED };
    Some((lang::text(key), fill))
}

/// The button of fade to black.
fn fade(ui: &Ui, rect: Rect, view: &View, keys: &KeyMap) {
    let (said, fill) = match faded(view) {
        Some((said, fill)) => (said, Some(fill)),
        None => (lang::text("switch-black"), None),
    };
    let key = keys.name(Function::FadeToBlack);
    let mut button = Button::new("FTB").say(&said).key(&key).size(17.0);
    if let Some(fill) = fill {
        button = button.fill(fill, theme::RED_TEXT);
    }
    if button.show(ui, rect, "ftb").clicked() {
        toggle_black(view);
    }
}

/// To black, or back.
pub fn toggle_black(view: &View) {
    view.send(Command::FadeToBlack {
        on: !view.snapshot.fade_to_black,
        frames: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_steps_in_fives_and_stays_in_bounds() {
        assert_eq!(step(15, true), 20);
        assert_eq!(step(15, false), 10);
        assert_eq!(step(12, true), 15);
        assert_eq!(step(12, false), 10);
        assert_eq!(step(5, false), 1);
        assert_eq!(step(1, false), 1);
        assert_eq!(step(1, true), 5);
        assert_eq!(step(1000, true), 1000);
    }

    #[test]
    fn a_change_says_no_more_than_what_changed() {
        let now = TransitionStyle::of(TransitionKind::Wipe);
        assert_eq!(change(&now, now.clone()), None);
        let wanted = TransitionStyle {
            softness: 0.5,
            ..now.clone()
        };
        let expected = Command::Transition {
            kind: TransitionKind::Wipe,
            frames: 15,
            colour: None,
            wipe: None,
            softness: Some(0.5),
            reverse: None,
            direction: None,
            stinger: None,
        };
        assert_eq!(change(&now, wanted), Some(expected));
    }
}
