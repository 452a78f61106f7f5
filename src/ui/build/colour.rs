//! The colour correction of a source: three wheels, four sliders, and what brings each back. The wheels
//! are moved by hand or by the arrow keys.

use egui::{
    Color32, EventFilter, Id, Key, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo,
    accesskit::Role, epaint::Mesh, pos2, vec2,
};

use super::draft::{self, Draft};
use super::parts::{self, Figures};
use super::wheel;
use crate::show::{Colour, Item, Source, Wheel, colour};
use crate::ui::{keys, lang, paint, theme, theme::Icon, view::View};

/// Diameter of a wheel, in points.
const WHEEL: f32 = 84.0;

/// How far an arrow key moves the point of a wheel, as a fraction of its radius; and with Shift.
const KEY_STEP: f64 = 0.05;
const KEY_FINE: f64 = 0.01;

const FINE: Figures = Figures {
    decimals: 3,
    speed: 0.002,
    unit: "",
};

/// A slider: its words' key, what it is, where it rests, its range, its figures, and how it is set.
type Slide = (
    &'static str,
    f32,
    f32,
    std::ops::RangeInclusive<f32>,
    Figures,
    fn(&mut Colour, f32),
);

/// One of the three wheels.
struct One {
    key: &'static str,
    reset: &'static str,
    /// What its point at the rim adds to a channel, or multiplies it by one more of.
    reach: f64,
    neutral: f32,
    range: std::ops::RangeInclusive<f32>,
    get: fn(&Colour) -> Wheel,
    set: fn(&mut Colour, Wheel),
}

fn wheels() -> [One; 3] {
    [
        One {
            key: "build-lift",
            reset: "build-reset-lift",
            reach: 0.15,
            neutral: 0.0,
            range: colour::LIFT,
            get: |colour| colour.lift,
            set: |colour, wheel| colour.lift = wheel,
        },
        One {
            key: "build-gamma",
            reset: "build-reset-gamma",
            reach: 0.4,
            neutral: 1.0,
            range: colour::GAMMA,
            get: |colour| colour.gamma,
            set: |colour, wheel| colour.gamma = wheel,
        },
        One {
            key: "build-gain",
            reset: "build-reset-gain",
            reach: 0.4,
            neutral: 1.0,
            range: colour::GAIN,
            get: |colour| colour.gain,
            set: |colour, wheel| colour.gain = wheel,
        },
    ]
}

/// Draws the correction of a source.
pub fn show(ui: &mut Ui, view: &View, draft: &mut Draft, source: &Source) {
    let step = lang::text("build-step-colour");
    let put = |colour: Colour| {
        let item = Item::Source(Source {
            colour,
            ..source.clone()
        });
        vec![draft::set(&source.id, item)]
    };
    // All three are seen side by side, though they get smaller for it.
    let gap = ui.spacing().item_spacing.x;
    let each = ((ui.available_width() - 2.0 * gap) / 3.0).min(WHEEL + 22.0);
    ui.horizontal(|ui| {
        for one in wheels() {
            ui.vertical(|ui| {
                ui.set_width(each);
                let what = format!("{} {}", one.key, source.id);
                let name = lang::text(one.key);
                let (response, moved) = puck(ui, each, &name, &one, &source.colour);
                let put_wheel = |wheel: Wheel| {
                    let mut colour = source.colour;
                    (one.set)(&mut colour, wheel);
                    put(colour)
                };
                match moved {
                    Moved::ByHand(wheel) => {
                        parts::apply(draft, &response, view.now, (&what, &step), |_| {
                            put_wheel(wheel)
                        });
                    }
                    // One run of keys is one step to undo.
                    Moved::ByKeys(wheel) => {
                        let what = format!("keys {what}");
                        draft.drag(&what, view.now, &step, put_wheel(wheel));
                    }
                }
                let now = (one.get)(&source.colour);
                let channels = [
                    ("build-master", now.master, 3),
                    ("build-red", now.r, 0),
                    ("build-green", now.g, 1),
                    ("build-blue", now.b, 2),
                ];
                for (key, mut value, channel) in channels {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 3.0;
                        let letter = lang::text(key);
                        ui.add_sized(
                            [14.0, 18.0],
                            egui::Label::new(egui::RichText::new(&letter).color(theme::DIM)),
                        );
                        let say = format!("{name} {letter}");
                        let number = parts::number(ui, &say, &mut value, one.range.clone(), FINE);
                        let what = format!("{what} {channel}");
                        parts::apply(draft, &number, view.now, (&what, &step), |_| {
                            let mut wheel = now;
                            match channel {
                                0 => wheel.r = value,
                                1 => wheel.g = value,
                                2 => wheel.b = value,
                                _ => wheel.master = value,
                            }
                            let mut colour = source.colour;
                            (one.set)(&mut colour, wheel);
                            put(colour)
                        });
                    });
                }
                let is = now != Wheel::flat(one.neutral);
                if parts::small(ui, Icon::RotateCcw, &lang::text(one.reset), is).clicked() {
                    let mut colour = source.colour;
                    (one.set)(&mut colour, Wheel::flat(one.neutral));
                    draft.make(&step, put(colour));
                }
            });
        }
    });
    sliders(ui, view, draft, source, &step);
    let neutral = source.colour.is_neutral();
    ui.add_enabled_ui(!neutral, |ui| {
        let face = lang::text("build-reset-colour");
        if parts::icon_button(ui, Icon::RotateCcw, &face).clicked() {
            draft.make(&step, put(Colour::NEUTRAL));
        }
    });
}

fn sliders(ui: &mut Ui, view: &View, draft: &mut Draft, source: &Source, step: &str) {
    let now = source.colour;
    let neutral = Colour::NEUTRAL;
    let rows: [Slide; 4] = [
        (
            "build-contrast",
            now.contrast,
            neutral.contrast,
            colour::CONTRAST,
            FINE,
            |c, v| c.contrast = v,
        ),
        (
            "build-saturation",
            now.saturation,
            neutral.saturation,
            colour::SATURATION,
            FINE,
            |c, v| c.saturation = v,
        ),
        (
            "build-temperature",
            now.temperature_k,
            neutral.temperature_k,
            colour::TEMPERATURE_K,
            Figures {
                decimals: 0,
                speed: 20.0,
                unit: " K",
            },
            |c, v| c.temperature_k = v,
        ),
        (
            "build-tint",
            now.tint,
            neutral.tint,
            colour::TINT,
            FINE,
            |c, v| c.tint = v,
        ),
    ];
    for (key, value, rest, range, figures, set) in rows {
        let label = lang::text(key);
        parts::row(ui, &label, |ui| {
            let mut value = value;
            let response = parts::slider(ui, &label, &mut value, range, figures);
            let put = |value: f32| {
                let mut colour = source.colour;
                set(&mut colour, value);
                let item = Item::Source(Source {
                    colour,
                    ..source.clone()
                });
                vec![draft::set(&source.id, item)]
            };
            parts::apply(draft, &response, view.now, (key, step), |_| put(value));
            let say = lang::with("build-reset-it", &[("what", label.as_str().into())]);
            if parts::small(ui, Icon::RotateCcw, &say, value != rest).clicked() {
                draft.make(step, put(rest));
            }
        });
    }
}

/// What a wheel stands at now, and how it came there.
enum Moved {
    /// By the pointer, or not at all.
    ByHand(Wheel),
    /// By the keyboard.
    ByKeys(Wheel),
}

/// What the keyboard asks of the wheel that has it.
enum Keyed {
    /// The point this much to the right and down, as a fraction of the radius.
    By(f64, f64),
    /// Back to the middle.
    Reset,
}

/// Arrow keys move the point of the wheel that has the keyboard, finely with Shift; Delete and
/// Backspace bring it back to the middle.
fn keyed(ui: &Ui, response: &Response) -> Option<Keyed> {
    if paint::pressed(ui, response) || response.drag_started() {
        keys::point_at(ui.ctx(), response.id);
    }
    if !response.has_focus() || !ui.is_enabled() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input(|input| {
        if input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace) {
            return Some(Keyed::Reset);
        }
        let step = if input.modifiers.shift {
            KEY_FINE
        } else {
            KEY_STEP
        };
        let along = |less, more| {
            let presses = input.num_presses(more) as f64 - input.num_presses(less) as f64;
            presses * step
        };
        let x = along(Key::ArrowLeft, Key::ArrowRight);
        let y = along(Key::ArrowUp, Key::ArrowDown);
        (x != 0.0 || y != 0.0).then_some(Keyed::By(x, y))
    })
}

/// The wheel itself, in so many points of width: what happened to it, marked as changed, and what it stands
/// at then.
fn puck(ui: &mut Ui, width: f32, name: &str, one: &One, colour: &Colour) -> (Response, Moved) {
    let wheel = (width - 4.0).min(WHEEL);
    let (rect, _) = ui.allocate_exact_size(vec2(width, wheel + 20.0), Sense::hover());
    let (label, disc) = rect.split_top_bottom_at_y(rect.top() + 18.0);
    paint::line(
        ui,
        label,
        egui::Align::Center,
        name,
        theme::bold(12.5),
        theme::DIM,
    );
    let centre = disc.center();
    let radius = wheel / 2.0;
    let square = Rect::from_center_size(centre, vec2(wheel, wheel));
    let id = Id::unique(("wheel", one.key));
    let mut response = ui.interact(square, id, Sense::click_and_drag());
    let enabled = ui.is_enabled();
    let say = lang::with("build-wheel", &[("what", name.into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, enabled, &say));
    let now = (one.get)(colour);
    let neutral = f64::from(one.neutral);
    let offsets = now
        .rgb()
        .map(|part| (f64::from(part) - neutral) / one.reach);
    let at = wheel::inside(wheel::point(offsets));
    let middle = Wheel {
        r: one.neutral,
        g: one.neutral,
        b: one.neutral,
        ..now
    };
    let moved_by = |x: f64, y: f64| {
        let to = wheel::inside((at.0 + x, at.1 + y));
        // What the three have in common is the channels' own, and stays.
        let common = offsets.iter().sum::<f64>() / 3.0;
        let [r, g, b] = wheel::parts(to).map(|part| {
            let value = (neutral + (common + part) * one.reach) as f32;
            value.clamp(*one.range.start(), *one.range.end())
        });
        Wheel { r, g, b, ..now }
    };
    let moved = match keyed(ui, &response) {
        Some(Keyed::By(x, y)) => Moved::ByKeys(moved_by(x, y)),
        Some(Keyed::Reset) => Moved::ByKeys(middle),
        None if response.double_clicked() => {
            response.mark_changed();
            Moved::ByHand(middle)
        }
        // The point follows the hand by how far it moves, not by where it is: fine work is small.
        None if response.dragged() && response.drag_delta() != vec2(0.0, 0.0) => {
            let by = response.drag_delta() / radius;
            response.mark_changed();
            Moved::ByHand(moved_by(f64::from(by.x), f64::from(by.y)))
        }
        None => Moved::ByHand(now),
    };
    ui.painter().add(disc_of(centre, radius));
    let quiet = Stroke::new(1.0, theme::LINE);
    ui.painter().circle_stroke(centre, radius, quiet);
    let shown = pos2(
        centre.x + at.0 as f32 * radius,
        centre.y + at.1 as f32 * radius,
    );
    ui.painter().circle_filled(shown, 5.0, theme::BACKGROUND);
    ui.painter()
        .circle_stroke(shown, 5.0, Stroke::new(2.0, theme::TEXT));
    paint::focus_ring(ui, &response);
    (response, moved)
}

/// A disc of the colours as they lie on the wheel, grey in its middle.
fn disc_of(centre: egui::Pos2, radius: f32) -> Shape {
    const STEPS: u32 = 36;
    let mut mesh = Mesh::default();
    mesh.colored_vertex(centre, theme::RAISED);
    for step in 0..STEPS {
        let angle = std::f32::consts::TAU * step as f32 / STEPS as f32;
        let (sin, cos) = angle.sin_cos();
        let parts = wheel::parts((f64::from(cos), f64::from(sin)));
        let [r, g, b] = parts.map(|part| ((0.38 + 0.3 * part) * 255.0).clamp(0.0, 255.0) as u8);
        let at = pos2(centre.x + cos * radius, centre.y + sin * radius);
        mesh.colored_vertex(at, Color32::from_rgb(r, g, b));
        mesh.add_triangle(0, 1 + step, 1 + (step + 1) % STEPS);
    }
    Shape::mesh(mesh)
}
