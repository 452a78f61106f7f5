//! What changes one layer of a scene: each control asks for its own change, and a drag is one step to undo.

use egui::{Response, Ui};

use super::draft::Draft;
use super::parts::{self, Figures};
use crate::show::{Layer, Rgb, Scene};
use crate::ui::{lang, view::View};

/// Numbers of a hundredth.
pub const PERCENT: Figures = Figures {
    decimals: 1,
    speed: 0.2,
    unit: " %",
};
/// Numbers of a pixel of the program.
pub const PIXELS: Figures = Figures {
    decimals: 1,
    speed: 0.1,
    unit: " px",
};

/// See the module's words.
pub struct Pen<'a> {
    /// What is seen.
    pub view: &'a View<'a>,
    /// The show as it is edited.
    pub draft: &'a mut Draft,
    /// The scene.
    pub scene: &'a Scene,
    /// Which of its layers, counted from the back.
    pub layer: usize,
    /// Rows of the program.
    pub lines: f64,
}

impl Pen<'_> {
    /// The layer as it is.
    pub fn now(&self) -> Layer {
        self.scene.layers[self.layer].clone()
    }

    fn changed(&self, change: impl FnOnce(&mut Layer)) -> Scene {
        let mut scene = self.scene.clone();
        change(&mut scene.layers[self.layer]);
        scene
    }

    /// Changes it, as a step called by these words.
    pub fn make(&mut self, step: &str, change: impl FnOnce(&mut Layer)) {
        let edit = self.draft.put_scene(self.changed(change));
        self.draft.make(&lang::text(step), vec![edit]);
    }

    /// Changes it as a control asks for it.
    pub fn apply(
        &mut self,
        response: &Response,
        (what, step): (&str, &str),
        change: impl FnOnce(&mut Layer),
    ) {
        let scene = self.changed(change);
        let what = format!("{what} {} {}", self.scene.id, self.layer);
        let step = lang::text(step);
        parts::apply(
            self.draft,
            response,
            self.view.now,
            (&what, &step),
            |draft| vec![draft.put_scene(scene)],
        );
    }

    /// A row with a slider in percent.
    pub fn percent(
        &mut self,
        ui: &mut Ui,
        (key, step): (&str, &str),
        value: f64,
        most: f64,
        set: impl FnOnce(&mut Layer, f64),
    ) {
        let range = (0.0, most);
        self.slider(ui, (key, step), (value, 100.0, PERCENT), range, set);
    }

    /// A row with a slider in pixels, of what is told in heights of the program.
    pub fn pixels(
        &mut self,
        ui: &mut Ui,
        (key, step): (&str, &str),
        value: f64,
        range: (f64, f64),
        set: impl FnOnce(&mut Layer, f64),
    ) {
        let scale = self.lines;
        self.slider(ui, (key, step), (value, scale, PIXELS), range, set);
    }

    fn slider(
        &mut self,
        ui: &mut Ui,
        (key, step): (&str, &str),
        (value, scale, figures): (f64, f64, Figures),
        (least, most): (f64, f64),
        set: impl FnOnce(&mut Layer, f64),
    ) {
        let label = lang::text(key);
        parts::row(ui, &label, |ui| {
            let mut shown = (value * scale) as f32;
            let range = (least * scale) as f32..=(most * scale) as f32;
            let response = parts::slider(ui, &label, &mut shown, range, figures);
            // What 32 bits make of a number is not to reach beyond what may be.
            let value = (f64::from(shown) / scale).clamp(least, most);
            self.apply(&response, (key, step), |layer| set(layer, value));
        });
    }

    /// A button that is on or off.
    pub fn switch(
        &mut self,
        ui: &mut Ui,
        (key, step): (&str, &str),
        on: bool,
        set: impl FnOnce(&mut Layer, bool),
    ) {
        let face = lang::text(key);
        if parts::switch(ui, &face, &face, on).clicked() {
            self.make(step, |layer| set(layer, !on));
        }
    }

    /// A button that shows a colour and unfolds to choose another.
    pub fn colour(
        &mut self,
        ui: &mut Ui,
        (key, step): (&str, &str),
        Rgb(r, g, b): Rgb,
        set: impl FnOnce(&mut Layer, Rgb),
    ) {
        let label = lang::text(key);
        let mut colour = [r, g, b];
        let response = ui.color_edit_button_srgb(&mut colour);
        let response = response.accessible_name(&label).on_hover_text(&label);
        if response.changed() {
            let [r, g, b] = colour;
            let edit = self
                .draft
                .put_scene(self.changed(|layer| set(layer, Rgb(r, g, b))));
            let what = format!("{key} {} {}", self.scene.id, self.layer);
            let step = lang::text(step);
            self.draft.drag(&what, self.view.now, &step, vec![edit]);
        }
    }
}
