//! A path typed by hand, beside the system's own dialog for files: not every desktop has one, and who
//! knows the name needs none. It lies over the window and stops nobody.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Context, Id, Key, Rect, RichText, TextEdit, Window};

use super::{lang, layout, theme};

/// Width of the field, in points.
const FIELD: f32 = 520.0;
/// A dialog that is gone sooner has not been seen by anybody.
const UNSEEN: Duration = Duration::from_secs(1);

/// What the field for a file is called: its text's key.
const FILE: &str = "menu-path";

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What was typed, without the spaces around it; never empty.
    Path(String),
    /// Nothing is to be named.
    GaveUp,
}

/// The field, while a path is asked for.
#[derive(Debug)]
pub struct Typed {
    title: String,
    text: String,
    /// What stood in it at first.
    given: String,
    refusal: Option<String>,
    /// It has been drawn, and was given the keys.
    drawn: bool,
    /// What the field is called: its text's key.
    called: &'static str,
}

impl Typed {
    /// Asks under this title; `given` stands in the field at first.
    pub fn new(title: String, given: String) -> Self {
        Self {
            title,
            text: given.clone(),
            given,
            refusal: None,
            drawn: false,
            called: FILE,
        }
    }

    /// A folder is to be named, not a file.
    pub fn of_folder(self) -> Self {
        Self {
            called: "menu-path-folder",
            ..self
        }
    }

    /// Says why that path will not do; the field stays.
    pub fn refuse(&mut self, why: String) {
        self.refusal = Some(why);
    }

    /// The system's dialog has ended without a name after this long: whether the field stays, because
    /// the dialog never came or something has been typed here.
    pub fn stays_without_dialog(&self, open_for: Duration) -> bool {
        open_for < UNSEEN || self.text != self.given
    }

    /// What egui knows its window by.
    pub fn window() -> Id {
        Id::unique("typed path")
    }

    /// The folder that stood in the field at first, with what parts it from the name.
    fn folder(&self) -> &str {
        let end = self.given.rfind(std::path::is_separator);
        end.map_or("", |end| &self.given[..=end])
    }

    /// The letters of the name that stood in it at first, of a file in a folder: these are typed over.
    fn name(&self) -> Range<usize> {
        let all = self.given.chars().count();
        match self.called {
            FILE => self.folder().chars().count()..all,
            _ => all..all,
        }
    }

    /// What was typed, without the spaces around it. A whole path in place of the name is meant as it is,
    /// and not as one within the folder.
    fn meant(&self) -> &str {
        let text = self.text.trim();
        let name = text.strip_prefix(self.folder());
        name.filter(|name| is_whole(name)).unwrap_or(text)
    }

    /// Draws it in this room.
    pub fn show(&mut self, ctx: &Context, room: Rect) -> Option<Answer> {
        let is_first = !std::mem::replace(&mut self.drawn, true);
        let mut answer = None;
        Window::new(RichText::new(&self.title).font(theme::bold(15.0)))
            .id(Self::window())
            .pivot(Align2::CENTER_TOP)
            .fixed_pos(room.center_top())
            .constrain_to(room)
            .collapsible(false)
            .resizable(false)
            .show(ctx, |ui| {
                let width = FIELD.min(room.width() - 24.0);
                ui.set_width(width);
                let hint = RichText::new(lang::text("menu-path-hint")).font(theme::font(12.5));
                ui.label(hint.color(theme::DIM));
                let name = self.name();
                let edit = TextEdit::singleline(&mut self.text).desired_width(width);
                let mut edited = edit.show(ui);
                let field = edited.response.response;
                if is_first {
                    let [from, to] = [name.start, name.end].map(CCursor::new);
                    let chosen = CCursorRange::two(from, to);
                    edited.state.cursor.set_char_range(Some(chosen));
                    edited.state.store(ui.ctx(), field.id);
                }
                let field = field.accessible_name(lang::text(self.called));
                let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
                // Who entered a name that will not do types another.
                if is_first || entered {
                    field.request_focus();
                }
                if field.changed() {
                    self.refusal = None;
                }
                // Its line is there before there is anything to say: nothing moves.
                let refusal = self.refusal.as_deref().unwrap_or(" ");
                ui.label(RichText::new(refusal).color(theme::AMBER));
                let text = self.meant();
                ui.horizontal(|ui| {
                    let size = egui::vec2(140.0, layout::TARGET);
                    let take = egui::Button::new(lang::text("menu-path-take")).min_size(size);
                    let taken = ui.add_enabled(!text.is_empty(), take).clicked();
                    if (taken || entered) && !text.is_empty() {
                        answer = Some(Answer::Path(text.to_owned()));
                    }
                    let leave = egui::Button::new(lang::text("menu-path-leave")).min_size(size);
                    if ui.add(leave).clicked() {
                        answer = Some(Answer::GaveUp);
                    }
                });
            });
        answer
    }
}

/// Whether this says where it is without a folder before it: from the root, or from the home folder.
fn is_whole(path: &str) -> bool {
    Path::new(path).is_absolute() || path == "~" || path.starts_with("~/")
}

/// Does this, a dialog mostly, and tells how long it took. It is timed where it waits: a window that
/// is late to hear of its end doesn't take it for one that was seen.
pub fn timed<T>(dialog: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (dialog(), begun.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::install_theme;
    use egui_kittest::{Harness, kittest::Queryable};

    type Shown = (Typed, Vec<Answer>);

    fn window() -> Harness<'static, Shown> {
        let typed = Typed::new("New show".to_owned(), "/shows/New show.ron".to_owned());
        let mut window = Harness::builder()
            .with_size([800.0, 500.0])
            .with_step_dt(0.1)
            .with_context_setup(install_theme)
            .build_ui_state(
                |ui, (typed, answers): &mut Shown| {
                    let rect = ui.ctx().content_rect();
                    answers.extend(typed.show(ui.ctx(), rect));
                },
                (typed, Vec::new()),
            );
        window.run();
        window
    }

    #[test]
    fn a_path_is_typed_refused_and_typed_again() {
        let mut window = window();
        let path = lang::text("menu-path");
        let field = window.get_by_label(&path);
        assert!(field.is_focused(), "one types at once");
        field.type_text("2");
        window.run();
        window.key_press(Key::Enter);
        window.run();
        let (typed, answers) = window.state_mut();
        let path = Answer::Path("/shows/2".to_owned());
        assert_eq!(std::mem::take(answers), std::slice::from_ref(&path));
        typed.refuse("It is there already.".to_owned());
        window.run();
        assert!(window.query_by_label("It is there already.").is_some());
        window.get_by_label(&lang::text("menu-path-take")).click();
        window.run();
        assert_eq!(std::mem::take(&mut window.state_mut().1), [path]);
        let leave = lang::text("menu-path-leave");
        window.get_by_label(&leave).click();
        window.run();
        assert_eq!(window.state().1, [Answer::GaveUp]);
    }

    #[test]
    fn what_is_typed_takes_the_place_of_the_name_and_a_whole_path_of_all() {
        for (typed, meant) in [
            ("Forum", "/shows/Forum"),
            ("/usb/Forum.ron", "/usb/Forum.ron"),
            ("~/Forum.ron", "~/Forum.ron"),
            ("~Forum", "/shows/~Forum"),
        ] {
            let mut window = window();
            window
                .get_by_label(&lang::text("menu-path"))
                .type_text(typed);
            window.run();
            window.key_press(Key::Enter);
            window.run();
            assert_eq!(window.state().1, [Answer::Path(meant.to_owned())]);
        }
        // Of a folder nothing is typed over: what is typed goes on from it.
        let folder = Typed::new("x".to_owned(), "/shows".to_owned()).of_folder();
        assert_eq!(folder.name(), 6..6);
    }

    #[test]
    fn it_goes_with_a_dialog_that_was_closed_and_stays_where_none_came() {
        let mut window = window();
        let (gone, closed) = (Duration::from_millis(200), Duration::from_secs(5));
        assert!(window.state().0.stays_without_dialog(gone));
        assert!(!window.state().0.stays_without_dialog(closed));
        window.get_by_label(&lang::text("menu-path")).type_text("x");
        window.run();
        assert!(window.state().0.stays_without_dialog(closed));
    }
}
