//! The window's controls in a file, for tests that work the real window from outside: the role, words
//! and place of each, as a screen reader is told them. The variable `REGIE_DESK_TREE` names the file;
//! without it nothing of this runs.
//!
//! The file holds one JSON object a line, and is replaced as a whole when anything has changed. What is
//! typed into a text field is never in it.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use egui::{
    Context, FullOutput, Rect, Ui, ViewportId,
    accesskit::{Node, NodeId, Role, Toggled, TreeUpdate},
};
use serde::Serialize;

/// The variable that names the file.
const VARIABLE: &str = "REGIE_DESK_TREE";

/// One control, or one line that is said.
#[derive(Debug, PartialEq, Serialize)]
struct Line<'a> {
    /// AccessKit's word for what it is: `Button`, `Label`, `TextInput`.
    role: String,
    /// What it is called; of a label, what it says.
    label: &'a str,
    /// What it shows, where that is no typed text: the entry of a list.
    value: &'a str,
    /// Left, top, right and bottom of what is seen of it, in pixels of the window; nothing is seen of
    /// it where right is not beyond left, or bottom not below top.
    seen: [i32; 4],
    /// The same of the whole of it, whether it is scrolled into view or not.
    whole: [i32; 4],
    enabled: bool,
    /// Whether it is switched on; none where it cannot be.
    on: Option<bool>,
    focused: bool,
}

/// Writes the file.
pub struct Tree {
    file: PathBuf,
    written: String,
    viewport: ViewportId,
    /// The visible part of each widget, in points.
    seen: HashMap<u64, Rect>,
}

impl Tree {
    /// Begins to write it, where the variable asks for that.
    pub fn begin(ctx: &Context) {
        if let Some(file) = std::env::var_os(VARIABLE).filter(|file| !file.is_empty()) {
            ctx.add_plugin(Self::to(PathBuf::from(file)));
        }
    }

    fn to(file: PathBuf) -> Self {
        Self {
            file,
            written: String::new(),
            viewport: ViewportId::ROOT,
            seen: HashMap::new(),
        }
    }

    fn tell(&mut self, update: &TreeUpdate, scale: f32) {
        let nodes: HashMap<NodeId, &Node> = update.nodes.iter().map(|(id, n)| (*id, n)).collect();
        let mut lines: Vec<Line> = update
            .nodes
            .iter()
            .filter(|(_, node)| is_told(node.role()))
            .filter_map(|(id, node)| {
                let whole = node.bounds()?;
                let whole = Rect::from_min_max(
                    egui::pos2(whole.x0 as f32, whole.y0 as f32),
                    egui::pos2(whole.x1 as f32, whole.y1 as f32),
                );
                let seen = self.seen.get(&id.0).copied().unwrap_or(whole);
                let value = node.value().unwrap_or_default();
                let label = node.label().or_else(|| {
                    let named = node.labelled_by().iter().filter_map(|id| nodes.get(id));
                    named.filter_map(|n| n.value().or(n.label())).next()
                });
                let (label, value) = match node.role() {
                    Role::Label => (label.unwrap_or(value), ""),
                    Role::ComboBox => (label.unwrap_or_default(), value),
                    _ => (label.unwrap_or_default(), ""),
                };
                Some(Line {
                    role: format!("{:?}", node.role()),
                    label,
                    value,
                    seen: pixels(seen, scale),
                    whole: pixels(whole, scale),
                    enabled: !node.is_disabled(),
                    on: node.toggled().map(|toggled| toggled == Toggled::True),
                    focused: update.focus == *id,
                })
            })
            .filter(|line| !line.label.is_empty())
            .collect();
        // From the top, as they are read: the same window gives the same file.
        lines.sort_by(|a, b| {
            let key = |line: &Line| (line.whole[1], line.whole[0]);
            key(a).cmp(&key(b)).then_with(|| a.label.cmp(b.label))
        });
        let mut text = String::new();
        for line in &lines {
            match serde_json::to_string(line) {
                Ok(line) => text.extend([line.as_str(), "\n"]),
                Err(error) => tracing::warn!("a control is not in {VARIABLE}: {error}"),
            }
        }
        if text != self.written {
            if let Err(error) = replace(&self.file, &text) {
                tracing::warn!("{VARIABLE}, {}: {error}", self.file.display());
            }
            self.written = text;
        }
    }
}

impl egui::Plugin for Tree {
    fn debug_name(&self) -> &'static str {
        "tree of controls"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        // A screen reader that goes away switches it off.
        ctx.enable_accesskit();
        self.viewport = ctx.viewport_id();
        if self.viewport == ViewportId::ROOT {
            self.seen = ctx.viewport(|viewport| {
                let layers = viewport.this_pass.widgets.layers();
                let widgets = layers.flat_map(|(_, widgets)| widgets);
                widgets
                    .map(|w| (w.id.value(), w.interact_rect.intersect(w.rect)))
                    .collect()
            });
        }
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        if let (true, Some(update)) = (
            self.viewport == ViewportId::ROOT,
            &output.platform_output.accesskit_update,
        ) {
            self.tell(update, output.pixels_per_point);
        }
    }
}

/// What a hand can use, and what is said; not what merely holds them, nor the letters of a text.
fn is_told(role: Role) -> bool {
    !matches!(
        role,
        Role::Unknown
            | Role::GenericContainer
            | Role::TextRun
            | Role::Window
            | Role::Pane
            | Role::ScrollView
            | Role::ScrollBar
    )
}

fn pixels(rect: Rect, scale: f32) -> [i32; 4] {
    [rect.left(), rect.top(), rect.right(), rect.bottom()].map(|at| (at * scale).round() as i32)
}

/// Who reads the file finds the old or the new one, whole.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    new.write_all(text.as_bytes())?;
    new.persist(file).map_err(|failed| failed.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn lines(file: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(file).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    #[test]
    fn controls_are_told_with_their_places_and_without_what_is_typed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tree");
        let ctx = Context::default();
        ctx.add_plugin(Tree::to(file.clone()));
        let (mut open, mut hidden) = ("open words".to_owned(), "hunter2secret".to_owned());
        let mut paint = |label: &str| {
            let input = egui::RawInput {
                screen_rect: Some(Rect::from_min_size(
                    egui::Pos2::ZERO,
                    egui::vec2(300.0, 200.0),
                )),
                ..Default::default()
            };
            let output = ctx.run_ui(input, |ui| {
                let _ = ui.button(label);
                ui.add_enabled(false, egui::Button::new("never"));
                ui.add(egui::TextEdit::singleline(&mut hidden).password(true));
                let name = ui.label("Server");
                ui.text_edit_singleline(&mut open).labelled_by(name.id);
                egui::ScrollArea::vertical()
                    .max_height(30.0)
                    .show(ui, |ui| {
                        ui.add_space(500.0);
                        let _ = ui.button("far below");
                    });
            });
            drop(output);
        };
        // The first frame has no tree yet: it is asked for at its end.
        for _ in 0..3 {
            paint("CUT");
        }
        let all = lines(&file);
        let find = |label: &str| all.iter().find(|line| line["label"] == label).unwrap();
        assert_eq!(find("CUT")["role"], "Button");
        assert_eq!(find("CUT")["enabled"], true);
        assert_eq!(find("CUT")["seen"], find("CUT")["whole"]);
        assert_eq!(find("never")["enabled"], false);
        assert!(
            all.iter()
                .any(|l| l["role"] == "TextInput" && l["label"] == "Server")
        );
        let seen: Vec<i64> = serde_json::from_value(find("far below")["seen"].clone()).unwrap();
        assert!(seen[3] <= seen[1], "{seen:?} is out of sight");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("hunter2secret") && !text.contains("open words"));
        paint("AUTO");
        assert!(lines(&file).iter().all(|line| line["label"] != "CUT"));
    }
}
