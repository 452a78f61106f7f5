//! A scene, looked at: its ready layouts, its layers with their numbers, the transition that it likes best,
//! and the sound snapshot that it recalls.

use egui::{Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::draft::Draft;
use super::layouts::Ready;
use super::parts::{self, Figures};
use super::pen::{PERCENT, Pen};
use super::picker::Picker;
use super::{keyer, outline, style};
use crate::door::{Command, MonitorRequest, Tally};
use crate::show::{Edit, Format, Layer, Scene, SoundSnapshots};
use crate::ui::{
    lang, paint,
    stage::Pictures,
    theme,
    theme::Icon,
    view::{View, name},
};

const PIXELS: Figures = Figures {
    decimals: 0,
    speed: 1.0,
    unit: " px",
};

/// A number of a layer's: its words' key, what it is, the pixels of the whole, its range, and how it is
/// set.
type Number = (&'static str, f64, f64, (f64, f64), fn(&mut Layer, f64));

/// What the panel remembers.
#[derive(Debug, Default)]
pub struct Layers {
    /// The layer that is looked at, counted from the back.
    pub layer: usize,
    /// Numbers are pixels of the program, and not percent.
    in_pixels: bool,
    picker: Picker,
}

impl Layers {
    /// Draws the panel for the scene of this id.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        id: &str,
        pictures: Option<&Pictures>,
    ) {
        let (Some(scene), Some(show)) = (draft.scene(id), draft.show().cloned()) else {
            return;
        };
        self.layer = self.layer.min(scene.layers.len().saturating_sub(1));
        let called = name(&scene.label, &scene.id).to_owned();
        ui.label(egui::RichText::new(&called).font(theme::bold(16.0)));
        self.air(ui, view, &scene);

        parts::head(ui, &lang::text("build-layouts"));
        let sources: Vec<String> = show.sources.iter().map(|s| s.id.clone()).collect();
        ui.horizontal_wrapped(|ui| {
            for ready in Ready::ALL {
                if thumb(ui, ready).clicked() {
                    let mut scene = scene.clone();
                    scene.layers = ready.arrange(&scene.layers, &sources);
                    let step = lang::with("build-step-layout", &[("name", called.as_str().into())]);
                    let edit = draft.put_scene(scene);
                    draft.make(&step, vec![edit]);
                }
            }
        });

        parts::head(ui, &lang::text("build-layers"));
        let named: Vec<(String, String)> = show
            .sources
            .iter()
            .map(|s| (s.id.clone(), name(&s.label, &s.id).to_owned()))
            .collect();
        self.list(ui, draft, &scene, &named);
        if let Some(layer) = scene.layers.get(self.layer) {
            ui.add_space(4.0);
            self.numbers(ui, view, draft, &scene, layer, show.format);
            let mut pen = Pen {
                view,
                draft,
                scene: &scene,
                layer: self.layer,
                lines: f64::from(show.format.height),
            };
            keyer::show(ui, &mut pen, &mut self.picker, &named, pictures);
            outline::show(ui, &mut pen);
        }

        parts::head(ui, &lang::text("build-own-transition"));
        let now = view.now;
        let usual = draft.transition(view.snapshot);
        style::of_scene(ui, draft, &scene, &usual, now);
        if !show.snapshots.list.is_empty() {
            sound(ui, draft, &show.snapshots, &scene.id);
        }
    }

    /// Wishes for what was drawn since the last call.
    pub fn wishes(&mut self) -> Option<MonitorRequest> {
        self.picker.wishes()
    }

    /// Where the scene is, and what that means for who changes it.
    fn air(&self, ui: &mut Ui, view: &View, scene: &Scene) {
        let tally = view.scene(&scene.id).map_or(Tally::Off, |(_, s)| s.tally);
        let live = view.snapshot.live_edit;
        ui.horizontal(|ui| {
            let on_preview = view.snapshot.preview == scene.id;
            let face = lang::text("build-to-preview");
            ui.add_enabled_ui(!on_preview && view.scene(&scene.id).is_some(), |ui| {
                if parts::icon_button(ui, Icon::MonitorPlay, &face).clicked() {
                    view.send(Command::Preview {
                        scene: scene.id.clone(),
                    });
                }
            });
            match (tally, live) {
                (Tally::Program, true) => {
                    let name = [("name", lang::text("desk-live-edit").into())];
                    parts::note(ui, &lang::with("build-seen-at-once", &name), theme::AMBER);
                }
                (Tally::Program, false) => {
                    parts::note(ui, &lang::text("build-seen-with-next-take"), theme::DIM);
                }
                _ if on_preview => {
                    parts::note(ui, &lang::text("build-drag-on-preview"), theme::DIM)
                }
                _ => {}
            }
        });
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        draft: &mut Draft,
        scene: &Scene,
        sources: &[(String, String)],
    ) {
        let change = |draft: &mut Draft, key: &str, change: &dyn Fn(&mut Vec<Layer>)| {
            let mut scene = scene.clone();
            change(&mut scene.layers);
            let edit = draft.put_scene(scene);
            draft.make(&lang::text(key), vec![edit]);
        };
        let count = scene.layers.len();
        // The front is on top, as it is seen.
        for (i, layer) in scene.layers.iter().enumerate().rev() {
            let number = i + 1;
            let called = sources.iter().find(|(id, _)| *id == layer.source);
            let called = called.map_or(layer.source.as_str(), |(_, name)| name);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 3.0;
                let face = format!("{number}  {called}");
                let values = [("n", number.into()), ("name", called.into())];
                let say = lang::with("build-layer-of", &values);
                if parts::switch(ui, &face, &say, i == self.layer).clicked() {
                    self.layer = i;
                }
                let forward = lang::with("build-forward", &values);
                if parts::small(ui, Icon::ChevronUp, &forward, number < count).clicked() {
                    change(draft, "build-step-layer-order", &|l| l.swap(i, i + 1));
                    self.layer = i + 1;
                }
                let backward = lang::with("build-backward", &values);
                if parts::small(ui, Icon::ChevronDown, &backward, i > 0).clicked() {
                    change(draft, "build-step-layer-order", &|l| l.swap(i - 1, i));
                    self.layer = i - 1;
                }
                let away = lang::with("build-remove-layer", &values);
                if parts::small(ui, Icon::X, &away, true).clicked() {
                    change(draft, "build-step-layer-away", &|l| drop(l.remove(i)));
                }
            });
        }
        let Some((first, _)) = sources.first() else {
            return;
        };
        if parts::icon_button(ui, Icon::Plus, &lang::text("build-add-layer")).clicked() {
            let has = |id: &str| scene.layers.iter().any(|layer| layer.source == id);
            let new = sources.iter().find(|(id, _)| !has(id));
            let new = Layer::full(new.map_or(first, |(id, _)| id));
            change(draft, "build-step-layer", &|l| {
                let mut new = new.clone();
                if !l.is_empty() {
                    new.rect = (0.65, 0.05, 0.3, 0.3);
                }
                l.push(new);
            });
            self.layer = count;
        }
    }

    fn numbers(
        &mut self,
        ui: &mut Ui,
        view: &View,
        draft: &mut Draft,
        scene: &Scene,
        layer: &Layer,
        format: Format,
    ) {
        let index = self.layer;
        let sources: Vec<(String, String)> = draft
            .show()
            .map(|show| &show.sources)
            .into_iter()
            .flatten()
            .map(|s| (s.id.clone(), name(&s.label, &s.id).to_owned()))
            .collect();
        let put = |draft: &Draft, layer: Layer| {
            let mut scene = scene.clone();
            scene.layers[index] = layer;
            vec![draft.put_scene(scene)]
        };
        let label = lang::text("build-source");
        parts::row(ui, &label, |ui| {
            if let Some(source) = parts::choice(ui, &label, &layer.source, &sources) {
                let edits = put(
                    draft,
                    Layer {
                        source,
                        ..layer.clone()
                    },
                );
                draft.make(&lang::text("build-step-layer-source"), edits);
            }
        });
        parts::row(ui, "", |ui| {
            for (pixels, key) in [(false, "build-percent"), (true, "build-pixels")] {
                let face = lang::text(key);
                if parts::switch(ui, &face, &face, self.in_pixels == pixels).clicked() {
                    self.in_pixels = pixels;
                }
            }
        });
        let (across, down) = (f64::from(format.width), f64::from(format.height));
        let place = lang::text("build-step-place");
        let (left, top, width, height) = layer.rect;
        let rect: [Number; 4] = [
            ("build-left", left, across, (-10.0, 10.0), |l, v| {
                l.rect.0 = v
            }),
            ("build-top", top, down, (-10.0, 10.0), |l, v| l.rect.1 = v),
            ("build-width", width, across, (0.001, 10.0), |l, v| {
                l.rect.2 = v
            }),
            ("build-height", height, down, (0.001, 10.0), |l, v| {
                l.rect.3 = v
            }),
        ];
        let (l, t, r, b) = layer.crop;
        let crop: [Number; 4] = [
            ("build-crop-left", l, across, (0.0, 0.99 - r), |l, v| {
                l.crop.0 = v
            }),
            ("build-crop-top", t, down, (0.0, 0.99 - b), |l, v| {
                l.crop.1 = v
            }),
            ("build-crop-right", r, across, (0.0, 0.99 - l), |l, v| {
                l.crop.2 = v
            }),
            ("build-crop-bottom", b, down, (0.0, 0.99 - t), |l, v| {
                l.crop.3 = v
            }),
        ];
        let groups = [
            ("build-position", &rect[..2], place.clone()),
            ("build-size", &rect[2..], place),
            ("build-crop", &crop[..], lang::text("build-step-crop")),
        ];
        for (head, numbers, step) in groups {
            parts::row(ui, &lang::text(head), |ui| {
                for (key, value, whole, (least, most), set) in numbers {
                    let (figures, scale) = if self.in_pixels {
                        (PIXELS, *whole)
                    } else {
                        (PERCENT, 100.0)
                    };
                    let mut shown = value * scale;
                    let range = least * scale..=most * scale;
                    let response = parts::number(ui, &lang::text(key), &mut shown, range, figures);
                    parts::apply(draft, &response, view.now, (key, &step), |draft| {
                        let mut layer = layer.clone();
                        set(&mut layer, shown / scale);
                        put(draft, layer)
                    });
                }
            });
        }
        let label = lang::text("build-opacity");
        parts::row(ui, &label, |ui| {
            let mut percent = (layer.opacity * 100.0) as f32;
            let figures = Figures {
                decimals: 0,
                ..PERCENT
            };
            let response = parts::slider(ui, &label, &mut percent, 0.0..=100.0, figures);
            let step = lang::text("build-step-opacity");
            parts::apply(draft, &response, view.now, ("opacity", &step), |draft| {
                let opacity = f64::from(percent) / 100.0;
                put(
                    draft,
                    Layer {
                        opacity,
                        ..layer.clone()
                    },
                )
            });
        });
        if parts::icon_button(ui, Icon::RotateCcw, &lang::text("build-fill")).clicked() {
            let full = Layer {
                rect: (0.0, 0.0, 1.0, 1.0),
                crop: (0.0, 0.0, 0.0, 0.0),
                ..layer.clone()
            };
            let edits = put(draft, full);
            draft.make(&lang::text("build-step-place"), edits);
        }
    }
}

/// The sound snapshot that the scene recalls when it goes on air.
fn sound(ui: &mut Ui, draft: &mut Draft, snapshots: &SoundSnapshots, scene: &str) {
    let head = lang::text("build-scene-sound");
    parts::head(ui, &head);
    let none = (String::new(), lang::text("build-scene-sound-none"));
    let all = snapshots.list.iter();
    let all = all.map(|known| (known.id.clone(), name(&known.label, &known.id).to_owned()));
    let all: Vec<_> = std::iter::once(none).chain(all).collect();
    let now = snapshots.of_scene(scene);
    let now = now.map(|known| known.id.clone()).unwrap_or_default();
    if let Some(id) = parts::choice(ui, &head, &now, &all) {
        let id = Some(id.as_str()).filter(|id| !id.is_empty());
        let edit = Edit::Snapshots(snapshots.with_scene(scene, id));
        draft.make(&lang::text("sound-step-recalls"), vec![edit]);
    }
}

/// A ready layout, drawn small.
fn thumb(ui: &mut Ui, ready: Ready) -> egui::Response {
    let say = lang::text(match ready {
        Ready::Full => "build-layout-full",
        Ready::SideBySide => "build-layout-side-by-side",
        Ready::TopLeft => "build-layout-top-left",
        Ready::TopRight => "build-layout-top-right",
        Ready::BottomLeft => "build-layout-bottom-left",
        Ready::BottomRight => "build-layout-bottom-right",
        Ready::TwoUp => "build-layout-two-up",
        Ready::ThreeUp => "build-layout-three-up",
        Ready::FourUp => "build-layout-four-up",
    });
    let (rect, response) = ui.allocate_exact_size(vec2(54.0, 34.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &say));
    let fill = if response.hovered() {
        theme::HOVERED
    } else {
        theme::RAISED
    };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    let screen = rect.shrink2(vec2(5.0, 4.0));
    ui.painter().rect_filled(screen, 0, theme::BACKGROUND);
    for ((left, top, width, height), _) in ready.places() {
        let at = |x: f64, y: f64| {
            let size = screen.size();
            pos2(
                screen.left() + x as f32 * size.x,
                screen.top() + y as f32 * size.y,
            )
        };
        let layer = Rect::from_min_max(at(left, top), at(left + width, top + height)).shrink(0.5);
        ui.painter().rect_filled(layer, 0, theme::PRESSED);
        let line = Stroke::new(1.0, theme::DIM);
        ui.painter()
            .rect_stroke(layer, 0, line, egui::StrokeKind::Inside);
    }
    paint::focus_ring(ui, &response);
    response.on_hover_text(say)
}
