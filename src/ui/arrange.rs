//! The arrangements of the window: which panels there are, where each is, and what is remembered of
//! how the user moved them.
//!
//! Nothing moves by accident: panels are moved and resized, by drag or by key, only while they are being
//! arranged, which the menu switches on.

mod moves;
mod room;

use egui::{Popup, Rect, Vec2, vec2};
use egui_tiles::{
    Behavior, Container, ContainerKind, EditAction, Linear, LinearDir, SimplificationOptions, Tile,
    TileId, Tiles, Tree, UiResponse,
};
use serde::{Deserialize, Serialize};

use super::{
    fills, lang, layout,
    paint::{self, Button},
    theme::{self, Icon},
};
use moves::Step;

/// Height of a panel's title while panels are being arranged, in points.
const TITLE: f32 = 26.0;
/// Widths of the buttons for all of them in the title of the heart, in points.
const TOOLS: [(Tool, f32); 3] = [
    (Tool::Done, 92.0),
    (Tool::AsItWas, 116.0),
    (Tool::Undo, 132.0),
];

/// A panel of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Panel {
    /// PVW and PGM, and the row that takes one to the other.
    Stage,
    /// The small monitors.
    Monitors,
    /// Destinations and recorder.
    Outputs,
    /// Destinations and recorder as lights.
    Lights,
    /// A strip for each source, and the buses.
    Mixer,
    /// What is selected of them.
    Strip,
    /// PGM alone.
    Program,
    /// The program's level.
    Level,
    /// The show's sources, scenes and layers, to be changed.
    Build,
    /// Titles, their keys and the rundown.
    Titles,
    /// The same in a row, for who cuts. It is there where the show has any of it.
    Keys,
}

impl Panel {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 11] = [
        Self::Stage,
        Self::Monitors,
        Self::Outputs,
        Self::Lights,
        Self::Mixer,
        Self::Strip,
        Self::Program,
        Self::Level,
        Self::Build,
        Self::Titles,
        Self::Keys,
    ];

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stage => "menu-panel-stage",
            Self::Monitors => "menu-panel-monitors",
            Self::Outputs => "menu-panel-outputs",
            Self::Lights => "menu-panel-lights",
            Self::Mixer => "menu-panel-mixer",
            Self::Strip => "menu-panel-strip",
            Self::Program => "menu-panel-program",
            Self::Level => "menu-panel-level",
            Self::Build => "menu-panel-build",
            Self::Titles => "menu-panel-titles",
            Self::Keys => "menu-panel-keys",
        }
    }

    /// The least size in which its controls can be read and hit, in points. All that an arrangement shows
    /// as it comes finds room in the smallest window.
    pub fn least(&self) -> Vec2 {
        match self {
            Self::Stage => vec2(layout::STAGE_LEAST, 250.0),
            Self::Monitors => vec2(480.0, 140.0),
            Self::Outputs => vec2(236.0, 236.0),
            Self::Lights => vec2(124.0, 240.0),
            Self::Mixer => vec2(480.0, 230.0),
            Self::Strip => vec2(740.0, 284.0),
            Self::Program => vec2(160.0, 116.0),
            Self::Level => vec2(84.0, 160.0),
            Self::Build => vec2(720.0, 200.0),
            Self::Titles => vec2(900.0, 250.0),
            Self::Keys => vec2(720.0, layout::TARGET),
        }
    }
}

/// For whom the window is arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Arrangement {
    /// Who cuts.
    #[default]
    Director,
    /// Who mixes the sound.
    Sound,
    /// Who does both alone.
    OnePerson,
    /// Who makes the show ready.
    Build,
    /// Who brings titles.
    Titles,
}

impl Arrangement {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [
        Self::Director,
        Self::Sound,
        Self::Titles,
        Self::OnePerson,
        Self::Build,
    ];

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Director => "menu-director",
            Self::Sound => "menu-sound",
            Self::OnePerson => "menu-one-person",
            Self::Build => "menu-build",
            Self::Titles => "menu-titles",
        }
    }

    /// The panel that it is made for, which is never hidden.
    pub fn heart(self) -> Panel {
        match self {
            Self::Director | Self::OnePerson | Self::Build => Panel::Stage,
            Self::Sound => Panel::Mixer,
            Self::Titles => Panel::Titles,
        }
    }
}

/// Where the panels of an arrangement are.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout(Tree<Panel>);

impl std::fmt::Debug for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.visible()).finish()
    }
}

/// How a container's children share its length: (child, share, whether it is seen).
type Parts = [(TileId, f32, bool)];

struct Plan(Tiles<Panel>);

impl Plan {
    fn pane(&mut self, panel: Panel) -> TileId {
        self.0.insert_pane(panel)
    }

    fn split(&mut self, dir: LinearDir, parts: &Parts) -> TileId {
        let mut linear = Linear::new(dir, parts.iter().map(|part| part.0).collect());
        for (tile, share, seen) in parts {
            linear.shares.set_share(*tile, *share);
            self.0.set_visible(*tile, *seen);
        }
        self.0.insert_container(linear)
    }
}

impl Layout {
    /// An arrangement as it comes.
    pub fn usual(arrangement: Arrangement) -> Self {
        use LinearDir::{Horizontal, Vertical};
        let mut plan = Plan(Tiles::default());
        let [
            stage,
            monitors,
            outputs,
            lights,
            mixer,
            strip,
            program,
            level,
            build,
            titles,
            keys,
        ] = Panel::ALL.map(|panel| plan.pane(panel));
        let root = match arrangement {
            Arrangement::Director | Arrangement::Build => {
                let builds = arrangement == Arrangement::Build;
                let side = plan.split(
                    Vertical,
                    &[
                        (outputs, 1.0, true),
                        (lights, 0.6, false),
                        (program, 0.6, false),
                        (level, 0.8, false),
                    ],
                );
                let above = plan.split(Horizontal, &[(stage, 0.79, true), (side, 0.21, true)]);
                plan.split(
                    Vertical,
                    &[
                        (above, 0.535, true),
                        (keys, 0.075, !builds),
                        (monitors, 0.465, !builds),
                        (build, 0.465, builds),
                        (titles, 0.465, false),
                        (mixer, 0.6, false),
                        (strip, 0.6, false),
                    ],
                )
            }
            Arrangement::Sound => {
                let right = plan.split(
                    Vertical,
                    &[
                        (program, 0.37, true),
                        (level, 0.63, true),
                        (outputs, 0.6, false),
                        (lights, 0.4, false),
                    ],
                );
                let above = plan.split(Horizontal, &[(strip, 0.77, true), (right, 0.23, true)]);
                plan.split(
                    Vertical,
                    &[
                        (stage, 0.6, false),
                        (above, 0.48, true),
                        (mixer, 0.52, true),
                        (keys, 0.08, false),
                        (titles, 0.5, false),
                        (monitors, 0.4, false),
                        (build, 0.4, false),
                    ],
                )
            }
            Arrangement::Titles => {
                let side = plan.split(
                    Vertical,
                    &[
                        (outputs, 1.0, true),
                        (lights, 0.6, false),
                        (program, 0.6, false),
                        (level, 0.8, false),
                    ],
                );
                let above = plan.split(Horizontal, &[(stage, 0.79, true), (side, 0.21, true)]);
                plan.split(
                    Vertical,
                    &[
                        (above, 0.5, true),
                        (keys, 0.075, false),
                        (titles, 0.5, true),
                        (monitors, 0.3, false),
                        (build, 0.465, false),
                        (mixer, 0.6, false),
                        (strip, 0.6, false),
                    ],
                )
            }
            Arrangement::OnePerson => {
                let side = plan.split(
                    Vertical,
                    &[
                        (lights, 1.0, true),
                        (outputs, 1.6, false),
                        (program, 0.6, false),
                        (level, 0.8, false),
                    ],
                );
                let above = plan.split(Horizontal, &[(stage, 0.88, true), (side, 0.12, true)]);
                plan.split(
                    Vertical,
                    &[
                        (above, 0.56, true),
                        (keys, 0.075, true),
                        (monitors, 0.44, true),
                        (titles, 0.5, false),
                        (mixer, 0.5, false),
                        (strip, 0.5, false),
                        (build, 0.5, false),
                    ],
                )
            }
        };
        Self(Tree::new(egui::Id::unique(arrangement.key()), root, plan.0))
    }

    /// Where a panel is in the tree.
    fn tile(&self, panel: Panel) -> Option<TileId> {
        self.0.tiles.find_pane(&panel)
    }

    /// Whether a panel is shown.
    pub fn is_shown(&self, panel: Panel) -> bool {
        self.tile(panel)
            .is_some_and(|tile| self.0.tiles.is_visible(tile))
    }

    /// Shows a panel or hides it.
    pub fn set_shown(&mut self, panel: Panel, shown: bool) {
        if let Some(tile) = self.tile(panel) {
            self.0.tiles.set_visible(tile, shown);
        }
    }

    /// The panels after a step of one of them, in `size` points; `None` where it goes nowhere, or where
    /// a panel would be smaller than it may be.
    fn stepped(&self, panel: Panel, step: Step, heart: Panel, size: Vec2) -> Stepped {
        let mut next = self.clone();
        let changed = next
            .tile(panel)
            .is_some_and(|tile| step.make(&mut next.0, tile));
        if !changed {
            return Stepped::Nowhere;
        }
        next.keep_seen(heart);
        match room::settle(&self.0, next.0, size, Panel::least) {
            Some(tree) => Stepped::To(Box::new(Self(tree))),
            None => Stepped::NoRoom,
        }
    }

    /// Whether one more panel can be shown in `size` points without taking another its controls.
    pub fn has_room_for(&self, panel: Panel, size: Vec2) -> bool {
        let mut with = self.clone();
        with.set_shown(panel, true);
        room::has_room(&with.0, size, Panel::least)
    }

    /// The panels as they are seen in `size` points: each has the room that it needs, and those for which
    /// there is none wait, hidden, for a larger window.
    pub fn fitted(&self, arrangement: Arrangement, size: Vec2) -> Fitted {
        let mut layout = self.clone();
        let mut waiting = Vec::new();
        let has_room = |layout: &Self| room::has_room(&layout.0, size, Panel::least);
        if !has_room(&layout) {
            let usual = Self::usual(arrangement).visible();
            let mut all = layout.visible();
            all.retain(|panel| *panel != arrangement.heart());
            // What was added goes before what the arrangement is made of.
            all.sort_by_key(|panel| (!usual.contains(panel), *panel));
            while let Some(last) = all.pop().filter(|_| !has_room(&layout)) {
                layout.set_shown(last, false);
                waiting.push(last);
            }
            // One that went first may have made way for nothing.
            for panel in waiting.clone() {
                if layout.has_room_for(panel, size) {
                    layout.set_shown(panel, true);
                    waiting.retain(|other| *other != panel);
                }
            }
        }
        room::fit(&mut layout.0, size, Panel::least);
        Fitted {
            layout,
            waiting,
            arrangement,
            size,
        }
    }

    /// The panels that are shown, in the order of the menu.
    pub fn visible(&self) -> Vec<Panel> {
        let all = Panel::ALL.into_iter();
        all.filter(|panel| self.is_shown(*panel)).collect()
    }

    /// Puts right what a file of another version, or a drag, may have made of it: each panel is there
    /// once, and the arrangement's heart is seen and behind no tab.
    pub fn mend(&mut self, arrangement: Arrangement) {
        let count = |panel: Panel| {
            let panes = self.0.tiles.tiles();
            panes
                .filter(|tile| matches!(tile, Tile::Pane(found) if *found == panel))
                .count()
        };
        let is_whole = self.0.root.is_some() && Panel::ALL.into_iter().all(|p| count(p) == 1);
        if !is_whole {
            tracing::warn!(?arrangement, "the panels are as they came");
            *self = Self::usual(arrangement);
        }
        for (_, tile) in self.0.tiles.iter_mut() {
            if let Tile::Container(container @ Container::Grid(_)) = tile {
                container.set_kind(ContainerKind::Vertical);
            }
        }
        self.keep_seen(arrangement.heart());
    }

    /// Lets a panel be hidden by nothing.
    fn keep_seen(&mut self, panel: Panel) {
        let Some(mut at) = self.tile(panel) else {
            return;
        };
        self.0.tiles.set_visible(at, true);
        while let Some(parent) = self.0.tiles.parent_of(at) {
            self.0.tiles.set_visible(parent, true);
            if let Some(Tile::Container(container @ Container::Tabs(_))) =
                self.0.tiles.get_mut(parent)
            {
                container.set_kind(ContainerKind::Vertical);
            }
            at = parent;
        }
    }
}

/// What comes of a step.
enum Stepped {
    To(Box<Layout>),
    /// There is nothing on that side.
    Nowhere,
    /// A panel would be smaller than it may be.
    NoRoom,
}

/// What can be asked for all panels while they are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The last move taken back.
    Undo,
    /// All of them as they were when this began.
    AsItWas,
    /// Enough.
    Done,
}

/// How panels are arranged: what can be taken back, and by which key.
#[derive(Clone, Debug, Default)]
pub struct Arranging {
    /// There is a move to be taken back.
    pub can_undo: bool,
    /// Something is not as it was when this began.
    pub is_changed: bool,
    /// The key that takes a move back.
    pub key: String,
    /// The last move was refused, for want of room.
    pub refused: bool,
}

/// What was done to the panels.
#[derive(Debug, Default)]
pub struct Done {
    /// Where they are now, if anything has moved.
    pub layout: Option<Layout>,
    /// A move was refused, for want of room.
    pub refused: bool,
    /// What was asked for all of them.
    pub tool: Option<Tool>,
}

/// The panels as a window of some size holds them.
#[derive(Clone, Debug)]
pub struct Fitted {
    layout: Layout,
    waiting: Vec<Panel>,
    arrangement: Arrangement,
    size: Vec2,
}

impl Fitted {
    /// The panels that are seen, in the order of the menu.
    pub fn visible(&self) -> Vec<Panel> {
        self.layout.visible()
    }

    /// Draws the panels into the room there is. `draw` draws one into a rectangle; while they are
    /// `arranging` they can be moved, resized and hidden.
    pub fn show(
        self,
        ui: &mut egui::Ui,
        arranging: Option<&Arranging>,
        draw: &mut dyn FnMut(&mut egui::Ui, Rect, Panel),
    ) -> Done {
        let Self {
            layout: mut before,
            waiting,
            arrangement,
            size,
        } = self;
        // As the tree will do: what was not done by a hand is no change.
        before.0.simplify(&SimplificationOptions::default());
        let mut after = before.clone();
        let mut hand = Hand {
            draw,
            arranging,
            heart: arrangement.heart(),
            hide: None,
            step: None,
            tool: None,
            before: &before,
            size,
            changed: false,
            dropped: false,
        };
        after.0.ui(&mut hand, ui);
        let Hand {
            hide,
            step,
            tool,
            changed,
            dropped,
            ..
        } = hand;
        let mut done = Done {
            tool,
            ..Done::default()
        };
        let mut next = None;
        if changed {
            after.mend(arrangement);
            let settled = room::settle(&before.0, after.0, size, Panel::least);
            // Who draws an edge sees where it stops.
            done.refused = dropped && settled.is_none();
            next = settled.map(Layout);
        }
        if let Some((panel, step)) = step
            && let Stepped::To(layout) = before.stepped(panel, step, arrangement.heart(), size)
        {
            next = Some(*layout);
        }
        if let Some(panel) = hide {
            let mut layout = next.unwrap_or_else(|| before.clone());
            layout.set_shown(panel, false);
            next = Some(layout);
        }
        done.layout = next.filter(|layout| *layout != before).map(|mut layout| {
            for panel in waiting {
                layout.set_shown(panel, true);
            }
            layout
        });
        done
    }
}

/// What the tree asks for while it is drawn.
struct Hand<'a> {
    draw: &'a mut dyn FnMut(&mut egui::Ui, Rect, Panel),
    arranging: Option<&'a Arranging>,
    heart: Panel,
    hide: Option<Panel>,
    step: Option<(Panel, Step)>,
    tool: Option<Tool>,
    /// The panels as they are, and their room, to look what can be done with them.
    before: &'a Layout,
    size: Vec2,
    changed: bool,
    dropped: bool,
}

impl Hand<'_> {
    /// The title by which a panel is moved; tells whether a drag begins.
    fn title(&mut self, ui: &egui::Ui, rect: Rect, panel: Panel) -> bool {
        fills::fill(ui, rect, theme::ROUND, theme::RAISED);
        let text = lang::text(panel.key());
        let mut handle = rect;
        if panel != self.heart {
            let button = rect.with_min_x(rect.right() - 30.0).shrink(2.0);
            let hide = Button::new(&theme::icon(Icon::EyeOff).to_string())
                .say(&lang::with(
                    "menu-hide-panel",
                    &[("name", text.as_str().into())],
                ))
                .show(ui, button, ("hide", panel.key()));
            if hide.clicked() {
                self.hide = Some(panel);
            }
            handle = rect.with_max_x(button.left() - 4.0);
        }
        let button = handle.with_min_x(handle.right() - 30.0).shrink(2.0);
        self.steps(ui, button, panel, &text);
        handle.max.x = button.left() - 4.0;
        if let Some(arranging) = self.arranging.filter(|_| panel == self.heart) {
            handle = self.tools(ui, handle, arranging);
        }
        let response = ui
            .interact(
                handle,
                egui::Id::unique(("move", panel.key())),
                egui::Sense::drag(),
            )
            .on_hover_cursor(egui::CursorIcon::Grab);
        response.widget_info(|| {
            let said = lang::with("menu-move-panel", &[("name", text.as_str().into())]);
            egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, said)
        });
        let shown = format!("{} {text}", theme::icon(Icon::GripVertical));
        let mut inner = handle.shrink2(egui::vec2(8.0, 0.0));
        let font = theme::bold(12.5);
        let used = paint::line(ui, inner, egui::Align::Min, &shown, font, theme::TEXT);
        let refused = self.arranging.is_some_and(|arranging| arranging.refused);
        if refused && panel == self.heart {
            inner.min.x += used + 16.0;
            let why = lang::text("menu-panel-no-room");
            let (font, amber) = (theme::bold(12.5), theme::AMBER);
            paint::said_line(ui, inner, egui::Align::Min, "no room", &why, font, amber);
        }
        response.drag_started()
    }

    /// What concerns all panels, at the right of the heart's title, which is always there and moves
    /// nothing; gives what is left of the title.
    fn tools(&mut self, ui: &egui::Ui, mut title: Rect, arranging: &Arranging) -> Rect {
        for (tool, width) in TOOLS {
            let place = title.with_min_x(title.right() - width).shrink(2.0);
            title.max.x = place.left() - 2.0;
            let (text, enabled) = match tool {
                Tool::Undo => (lang::text("menu-undo"), arranging.can_undo),
                Tool::AsItWas => (lang::text("menu-panels-as-before"), arranging.is_changed),
                Tool::Done => (lang::text("menu-panels-done"), true),
            };
            let face = match tool {
                Tool::Undo => format!("{text}  {}", arranging.key),
                _ => text.clone(),
            };
            let said = match tool {
                Tool::Undo => lang::text("menu-panels-undo"),
                _ => text,
            };
            let button = Button::new(&face).say(&said).size(12.0).enabled(enabled);
            if button.show(ui, place, ("panels", said.as_str())).clicked() {
                self.tool = Some(tool);
            }
        }
        title
    }
}

impl Hand<'_> {
    /// The menu by which a panel is moved and resized without a drag. It stays open: one step is seldom
    /// all.
    fn steps(&mut self, ui: &egui::Ui, rect: Rect, panel: Panel, name: &str) {
        let button = Button::new(&theme::icon(Icon::Move).to_string())
            .say(&lang::with("menu-place-panel", &[("name", name.into())]))
            .show(ui, rect, ("place", panel.key()));
        Popup::menu(&button)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                let why = lang::text("menu-panel-no-room");
                let mut is_refused = false;
                for (step, key) in Step::ALL {
                    let stepped = self.before.stepped(panel, step, self.heart, self.size);
                    let no_room = matches!(stepped, Stepped::NoRoom);
                    is_refused |= no_room;
                    let can = matches!(stepped, Stepped::To(_));
                    let item = egui::Button::new(lang::text(key)).min_size(vec2(150.0, 28.0));
                    let mut item = ui.add_enabled(can, item);
                    if no_room {
                        item = item.on_disabled_hover_text(&why);
                    }
                    if item.clicked() {
                        self.step = Some((panel, step));
                    }
                }
                if is_refused {
                    ui.set_max_width(190.0);
                    let why = egui::RichText::new(why).font(theme::font(12.0));
                    ui.label(why.color(theme::DIM));
                }
            });
    }
}

impl Behavior<Panel> for Hand<'_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _tile: TileId, panel: &mut Panel) -> UiResponse {
        let mut rect = ui.max_rect();
        let mut moves = false;
        if self.arranging.is_some() {
            let title = rect.with_max_y(rect.top() + TITLE);
            moves = self.title(ui, title, *panel);
            rect.min.y = title.bottom() + 4.0;
        }
        (self.draw)(ui, rect, *panel);
        if moves {
            UiResponse::DragStarted
        } else {
            UiResponse::None
        }
    }

    fn tab_title_for_pane(&mut self, panel: &Panel) -> egui::WidgetText {
        lang::text(panel.key()).into()
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        room::GAP
    }

    fn min_size(&self) -> f32 {
        // Each panel's own least size is kept to afterwards.
        1.0
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        room::TAB_BAR
    }

    fn is_container_resizable(&self, _tiles: &Tiles<Panel>, _tile: TileId) -> bool {
        self.arranging.is_some()
    }

    fn resize_stroke(&self, _style: &egui::Style, state: egui_tiles::ResizeState) -> egui::Stroke {
        match state {
            egui_tiles::ResizeState::Idle if self.arranging.is_some() => {
                egui::Stroke::new(2.0, theme::LINE)
            }
            egui_tiles::ResizeState::Idle => egui::Stroke::NONE,
            _ => egui::Stroke::new(2.0, theme::BLUE),
        }
    }

    fn tab_bar_color(&self, _visuals: &egui::Visuals) -> egui::Color32 {
        theme::BACKGROUND
    }

    fn on_edit(&mut self, action: EditAction) {
        self.changed |= action != EditAction::TileDragged;
        self.dropped |= action == EditAction::TileDropped;
    }

    fn cycle_tabs_with_keyboard(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arrangement_has_every_panel_and_shows_its_own() {
        for arrangement in Arrangement::ALL {
            let mut layout = Layout::usual(arrangement);
            let as_it_came = layout.clone();
            layout.mend(arrangement);
            assert_eq!(layout, as_it_came, "nothing is to be mended");
            assert!(layout.is_shown(arrangement.heart()));
        }
        use Panel::{
            Build, Keys, Level, Lights, Mixer, Monitors, Outputs, Program, Stage, Strip, Titles,
        };
        let shown = |arrangement| Layout::usual(arrangement).visible();
        assert_eq!(
            shown(Arrangement::Director),
            [Stage, Monitors, Outputs, Keys]
        );
        assert_eq!(shown(Arrangement::Sound), [Mixer, Strip, Program, Level]);
        assert_eq!(
            shown(Arrangement::OnePerson),
            [Stage, Monitors, Lights, Keys]
        );
        assert_eq!(shown(Arrangement::Build), [Stage, Outputs, Build]);
        assert_eq!(shown(Arrangement::Titles), [Stage, Outputs, Titles]);
    }

    #[test]
    fn a_layout_is_read_as_it_was_written() {
        let mut layout = Layout::usual(Arrangement::Director);
        layout.set_shown(Panel::Outputs, false);
        layout.set_shown(Panel::Mixer, true);
        let text = ron::to_string(&layout).unwrap();
        let read: Layout = ron::from_str(&text).unwrap();
        assert_eq!(read, layout);
        assert_ne!(read, Layout::usual(Arrangement::Director));
    }

    #[test]
    fn the_heart_is_never_out_of_sight_and_a_lost_panel_comes_back() {
        let mut layout = Layout::usual(Arrangement::Director);
        layout.set_shown(Panel::Stage, false);
        let stage = layout.tile(Panel::Stage).unwrap();
        let parent = layout.0.tiles.parent_of(stage).unwrap();
        if let Some(Tile::Container(container)) = layout.0.tiles.get_mut(parent) {
            container.set_kind(ContainerKind::Tabs);
        }
        layout.mend(Arrangement::Director);
        assert!(layout.is_shown(Panel::Stage));
        let kind = layout.0.tiles.get_container(parent).map(Container::kind);
        assert_eq!(kind, Some(ContainerKind::Vertical));

        let outputs = layout.tile(Panel::Outputs).unwrap();
        layout.0.tiles.remove(outputs);
        layout.mend(Arrangement::Director);
        assert_eq!(layout, Layout::usual(Arrangement::Director));
    }
}
