//! The media pool: what lies in the show's folder as it looks, what it is used for, and what can be made of it.

use egui::{
    Align, Color32, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::add::source;
use super::draft::{self, Draft};
use super::{ids, parts, stingers};
use crate::door::{MonitorId, MonitorRequest};
use crate::show::{Edit, Hold, Item, MediaFile, MediaKind, SourceKind, Title};
use crate::ui::{
    fills, lang, layout, monitor, paint, pool, pool::Pool, stage::Pictures, theme, theme::Icon,
    view::View, wishes,
};

/// Height of a row with the space under it, in points.
const ROW: f32 = 50.0;
const GAP: f32 = 3.0;
/// Height of its picture.
const PICTURE: f32 = 43.0;
/// A large picture is no wider.
const LARGE: f32 = 420.0;
/// Nor narrower.
const SMALL: f32 = 220.0;
/// So many pictures a second: they stand still.
const RATE: u32 = 2;

/// What the panels remember.
#[derive(Default)]
pub struct Media {
    /// What there is.
    pub pool: Pool,
    find: String,
    /// What was drawn since somebody asked, with its size in pixels.
    seen: Vec<(String, f32, f32)>,
}

impl Media {
    /// Wishes for the pictures that were drawn since the last call.
    pub fn wishes(&mut self) -> Vec<MonitorRequest> {
        let mut wished: Vec<MonitorRequest> = Vec::new();
        for (path, width, height) in self.seen.drain(..) {
            let wish = wishes::wish(MonitorId::File(path), width, height, RATE);
            wished = wishes::join(wished, vec![wish]);
        }
        wished
    }

    /// Draws the list; the path of a file that is to be looked at, where one was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        chosen: Option<&str>,
        pictures: &Pictures,
    ) -> Option<String> {
        ui.horizontal(|ui| {
            ui.label(theme::icon(Icon::Search).to_string());
            let name = lang::text("media-find");
            parts::field(ui, &name, &mut self.find, &name);
        });
        let files: Vec<MediaFile> = self.pool.files(view, &self.find).cloned().collect();
        if files.is_empty() && self.pool.has_come() {
            let key = if self.find.trim().is_empty() {
                "media-teach"
            } else {
                "media-none"
            };
            parts::note(ui, &lang::text(key), theme::TEXT);
        }
        let mut next = None;
        parts::scrolled("media").show_rows(
            ui,
            ROW - ui.spacing().item_spacing.y,
            files.len(),
            |ui, rows| {
                for file in &files[rows] {
                    if self.row(ui, view, file, chosen == Some(file.path.as_str()), pictures) {
                        next = Some(file.path.clone());
                    }
                }
            },
        );
        if self.pool.more() > 0 {
            let more = lang::with("media-more", &[("n", self.pool.more().into())]);
            parts::note(ui, &more, theme::DIM);
        }
        next
    }

    /// One file; whether it was chosen.
    fn row(
        &mut self,
        ui: &mut Ui,
        view: &View,
        file: &MediaFile,
        is_chosen: bool,
        pictures: &Pictures,
    ) -> bool {
        let size = vec2(
            ui.available_width(),
            ROW - ui.spacing().item_spacing.y - GAP,
        );
        let (place, response) = ui.allocate_exact_size(size, Sense::click());
        ui.add_space(GAP - ui.spacing().item_spacing.y.min(GAP));
        let fill = if response.hovered() {
            theme::RAISED
        } else {
            theme::PANEL
        };
        fills::fill(ui, place, theme::ROUND, fill);
        let wide = PICTURE * pictures.aspect.clamp(0.5, 2.5);
        let picture = Rect::from_min_size(place.min + vec2(2.0, 2.0), vec2(wide, PICTURE));
        self.picture(ui, picture, file, pictures);
        let words = place
            .with_min_x(picture.right() + 8.0)
            .shrink2(vec2(0.0, 4.0));
        let (above, below) = words.split_top_bottom_at_fraction(0.5);
        paint::line(
            ui,
            above,
            Align::Min,
            &file.path,
            theme::font(14.0),
            theme::TEXT,
        );
        let used = pool::used(view, file);
        let detail = match used.as_str() {
            "" => pool::detail(file),
            used => format!("{} · {used}", pool::detail(file)),
        };
        let colour = if file.missing {
            theme::AMBER
        } else {
            theme::DIM
        };
        paint::line(ui, below, Align::Min, &detail, theme::font(12.0), colour);
        if is_chosen {
            let ring = Stroke::new(2.0, theme::BLUE);
            ui.painter()
                .rect_stroke(place, theme::ROUND, ring, StrokeKind::Inside);
        }
        let say = lang::pair(&file.path, &detail);
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_chosen, &say));
        paint::focus_ring(ui, &response);
        response.clicked()
    }

    /// A file's picture, where it has one.
    fn picture(&mut self, ui: &Ui, place: Rect, file: &MediaFile, pictures: &Pictures) {
        fills::fill(ui, place, 0, Color32::BLACK);
        if file.kind == MediaKind::Sound || file.missing {
            let icon = if file.missing {
                Icon::TriangleAlert
            } else {
                Icon::Volume2
            };
            let colour = if file.missing {
                theme::AMBER
            } else {
                theme::DIM
            };
            let middle = Rect::from_center_size(place.center(), vec2(24.0, 24.0));
            let font = theme::font(18.0);
            paint::line(
                ui,
                middle,
                Align::Center,
                &theme::icon(icon).to_string(),
                font,
                colour,
            );
            return;
        }
        let scale = ui.pixels_per_point();
        let rect = layout::picture(place.expand(layout::BORDER), pictures.aspect, scale);
        let pixels = rect.size() * scale;
        self.seen.push((file.path.clone(), pixels.x, pixels.y));
        let what = MonitorId::File(file.path.clone());
        if let Some(picture) = (pictures.newest)(&what)
            && monitor::is_whole(&picture)
            && let Some(shape) = monitor::shape(rect, picture, pictures.graphics)
        {
            ui.painter().add(shape);
        }
    }

    /// Draws one file, large, with what can be made of it.
    pub fn inspect(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        path: &str,
        pictures: Option<&Pictures>,
    ) {
        let Some(file) = self.pool.file(view, path).cloned() else {
            parts::note(ui, &lang::text("media-gone"), theme::AMBER);
            return;
        };
        ui.label(egui::RichText::new(&file.path).font(theme::bold(16.0)));
        let colour = if file.missing {
            theme::AMBER
        } else {
            theme::DIM
        };
        parts::note(ui, &pool::detail(&file), colour);
        let used = match pool::used(view, &file).as_str() {
            "" => lang::text("media-unused"),
            used => lang::with("media-used", &[("what", used.into())]),
        };
        parts::note(ui, &used, theme::DIM);
        if !file.missing {
            made_of(ui, draft, &file);
        }
        if let Some(pictures) = pictures.filter(|_| file.kind != MediaKind::Sound) {
            let room = ui.clip_rect().bottom() - ui.cursor().top();
            let width = ui.available_width().min(LARGE);
            // All of it is seen, where that is not too small.
            let width = width.min((room * pictures.aspect).max(SMALL));
            let size = vec2(width, width / pictures.aspect.max(0.5));
            let (place, _) = ui.allocate_exact_size(size, Sense::hover());
            let say = lang::with("media-picture-say", &[("name", file.path.as_str().into())]);
            paint::say(ui, place, ("file", path), &say);
            self.picture(ui, place, &file, pictures);
        }
    }
}

/// The buttons that make something of a file.
fn made_of(ui: &mut Ui, draft: &mut Draft, file: &MediaFile) {
    let Some(show) = draft.show().cloned() else {
        return;
    };
    let called = pool::called(&file.path);
    let can = |all: &[MediaKind]| all.contains(&file.kind);
    use MediaKind::{Clip, Drawing, Numbered, Picture, Sound};
    let mut made: Option<(String, Edit)> = None;
    ui.horizontal_wrapped(|ui| {
        if can(&[Clip, Picture, Sound]) {
            let face = lang::text("media-add-source");
            if parts::icon_button(ui, Icon::Plus, &face).clicked() {
                let kind = SourceKind::file(&file.path, false);
                let new = source(&show, &called, kind);
                made = Some((new.label.clone(), draft::add(Item::Source(new))));
            }
        }
        if can(&[Clip, Picture, Drawing, Numbered]) {
            let face = lang::text("media-add-title");
            if parts::icon_button(ui, Icon::Plus, &face).clicked() {
                let is_taken = |label: &str| show.titles.iter().any(|title| title.label == label);
                let label = ids::new_label(&called, is_taken);
                let is_taken = |id: &str| show.titles.iter().any(|title| title.id == id);
                let id = ids::new_id(&label, "title", is_taken);
                let title = Title {
                    label: label.clone(),
                    ..Title::of(&id, &template(file))
                };
                made = Some((label, draft::add(Item::Title(title))));
            }
        }
        if can(&[Clip, Numbered]) {
            let face = lang::text("switch-kind-stinger");
            if parts::icon_button(ui, Icon::Plus, &face).clicked() {
                let new = stingers::new(&show, file.path.clone());
                made = Some((new.label.clone(), draft::add(Item::Stinger(new))));
            }
        }
        if can(&[Picture]) {
            let face = lang::text("media-to-slate");
            if parts::icon_button(ui, Icon::Plus, &face).clicked() {
                let picture = Some(file.path.clone());
                let hold = Hold {
                    picture,
                    ..show.hold.clone()
                };
                made = Some((face, Edit::Hold(hold)));
            }
        }
    });
    if let Some((what, edit)) = made {
        let step = lang::with("build-step-add", &[("name", what.into())]);
        draft.make(&step, vec![edit]);
    }
}

/// How a title names a file: a drawing beside the show is no template that is found by its name.
fn template(file: &MediaFile) -> String {
    match file.kind {
        MediaKind::Drawing if !file.path.contains('/') => format!("./{}", file.path),
        _ => file.path.clone(),
    }
}
