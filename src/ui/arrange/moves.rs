//! Panels moved and resized a step at a time, as the keyboard asks for it: what a drag does with the
//! tree of panels, without a hand.

use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tree};

/// A panel grows or shrinks by this factor with each step.
const FACTOR: f32 = 1.2;
/// No panel takes more than this part of its row or column, and none less than one less this part.
const MOST: f32 = 0.88;
/// A panel that gets an edge of the window to itself takes this part of it.
const EDGE: f32 = 0.25;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the left of its neighbour.
    Left,
    /// To its right.
    Right,
    /// Above it.
    Up,
    /// Below it.
    Down,
    /// More of its row.
    Wider,
    /// Less of it.
    Narrower,
    /// More of its column.
    Taller,
    /// Less of it.
    Lower,
}

impl Step {
    /// All of them, each with the key of its words, in the order in which they are offered.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Left, "menu-panel-left"),
        (Self::Right, "menu-panel-right"),
        (Self::Up, "menu-panel-up"),
        (Self::Down, "menu-panel-down"),
        (Self::Wider, "menu-panel-wider"),
        (Self::Narrower, "menu-panel-narrower"),
        (Self::Taller, "menu-panel-taller"),
        (Self::Lower, "menu-panel-lower"),
    ];

    /// Makes it of a panel; whether anything has changed.
    pub fn make<P>(self, tree: &mut Tree<P>, tile: TileId) -> bool {
        use LinearDir::{Horizontal, Vertical};
        match self {
            Self::Left => shift(tree, tile, Horizontal, false),
            Self::Right => shift(tree, tile, Horizontal, true),
            Self::Up => shift(tree, tile, Vertical, false),
            Self::Down => shift(tree, tile, Vertical, true),
            Self::Wider => resize(tree, tile, Horizontal, FACTOR),
            Self::Narrower => resize(tree, tile, Horizontal, 1.0 / FACTOR),
            Self::Taller => resize(tree, tile, Vertical, FACTOR),
            Self::Lower => resize(tree, tile, Vertical, 1.0 / FACTOR),
        }
    }
}

fn linear<P>(tree: &mut Tree<P>, id: TileId) -> Option<&mut Linear> {
    match tree.tiles.get_mut(id) {
        Some(Tile::Container(Container::Linear(linear))) => Some(linear),
        _ => None,
    }
}

/// The children of a row or column that are seen.
fn seen<P>(tree: &mut Tree<P>, id: TileId, dir: LinearDir) -> Option<Vec<TileId>> {
    let linear = linear(tree, id).filter(|linear| linear.dir == dir)?;
    let children = linear.children.clone();
    let is_seen = |child: &TileId| tree.tiles.is_visible_in_layout(*child);
    Some(children.into_iter().filter(is_seen).collect())
}

/// Moves a panel along rows or down columns, `on` or back: past its neighbour, else out of the column
/// or row that it stands in, else to the edge of the window.
fn shift<P>(tree: &mut Tree<P>, tile: TileId, dir: LinearDir, on: bool) -> bool {
    let mut branch = tile;
    // Whether the branch that holds the panel holds nothing else that is seen.
    let mut is_alone = true;
    while let Some(parent) = tree.tiles.parent_of(branch) {
        if let Some(children) = seen(tree, parent, dir)
            && let Some(at) = children.iter().position(|child| *child == branch)
        {
            if !is_alone {
                return take_out(tree, tile, (parent, branch), on);
            }
            let neighbour = if on {
                children.get(at + 1)
            } else {
                at.checked_sub(1).and_then(|before| children.get(before))
            };
            if let Some(&neighbour) = neighbour {
                return swap(tree, parent, branch, neighbour);
            }
        }
        is_alone &= count(tree, parent) == 1;
        branch = parent;
    }
    let is_edge = is_alone || seen(tree, branch, dir).is_some();
    !is_edge && to_the_edge(tree, tile, branch, dir, on)
}

/// How many children of a container are seen.
fn count<P>(tree: &Tree<P>, id: TileId) -> usize {
    let Some(container) = tree.tiles.get_container(id) else {
        return 0;
    };
    let children = container.children();
    children
        .filter(|child| tree.tiles.is_visible_in_layout(**child))
        .count()
}

fn swap<P>(tree: &mut Tree<P>, parent: TileId, a: TileId, b: TileId) -> bool {
    let Some(linear) = linear(tree, parent) else {
        return false;
    };
    for child in &mut linear.children {
        if *child == a {
            *child = b;
        } else if *child == b {
            *child = a;
        }
    }
    true
}

/// Out of a branch of a row or column, to stand beside it.
fn take_out<P>(
    tree: &mut Tree<P>,
    tile: TileId,
    (parent, branch): (TileId, TileId),
    on: bool,
) -> bool {
    forget(tree, tile);
    let Some(linear) = linear(tree, parent) else {
        return false;
    };
    let at = linear.children.iter().position(|child| *child == branch);
    let at = at.map_or(linear.children.len(), |at| at + usize::from(on));
    linear.children.insert(at, tile);
    let share = linear.shares[branch] / 2.0;
    linear.shares.set_share(branch, share);
    linear.shares.set_share(tile, share);
    true
}

/// Out of the container that it stands in.
fn forget<P>(tree: &mut Tree<P>, tile: TileId) {
    if let Some(parent) = tree.tiles.parent_of(tile)
        && let Some(Tile::Container(container)) = tree.tiles.get_mut(parent)
    {
        container.remove_child(tile);
    }
}

/// To an edge of the window, beside everything else.
fn to_the_edge<P>(
    tree: &mut Tree<P>,
    tile: TileId,
    root: TileId,
    dir: LinearDir,
    on: bool,
) -> bool {
    forget(tree, tile);
    let children = if on {
        vec![root, tile]
    } else {
        vec![tile, root]
    };
    let mut linear = Linear::new(dir, children);
    linear.shares.set_share(tile, EDGE);
    linear.shares.set_share(root, 1.0 - EDGE);
    tree.root = Some(tree.tiles.insert_container(linear));
    true
}

/// Gives the panel, or the nearest branch with it that has neighbours in this direction, more or less
/// of their length.
fn resize<P>(tree: &mut Tree<P>, tile: TileId, dir: LinearDir, factor: f32) -> bool {
    let mut branch = tile;
    while let Some(parent) = tree.tiles.parent_of(branch) {
        if let Some(children) = seen(tree, parent, dir)
            && children.len() > 1
            && let Some(linear) = linear(tree, parent)
        {
            let all: f32 = children.iter().map(|child| linear.shares[*child]).sum();
            let part = linear.shares[branch] / all.max(f32::MIN_POSITIVE);
            let wanted = (part * factor).clamp(1.0 - MOST, MOST);
            if (wanted - part).abs() < 1e-3 {
                return false;
            }
            // The others keep their shares among each other.
            let others = (1.0 - wanted) / (1.0 - part).max(f32::MIN_POSITIVE);
            for child in children {
                let share = linear.shares[child];
                let by = if child == branch {
                    wanted / part
                } else {
                    others
                };
                linear.shares.set_share(child, share * by);
            }
            return true;
        }
        branch = parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use egui::{Rect, Vec2, vec2};
    use egui_kittest::Harness;

    use super::super::{Arrangement, Layout, Panel, Stepped};
    use super::*;
    use crate::ui::install_theme;

    const SIZE: Vec2 = vec2(1600.0, 900.0);

    /// Where the panels of a layout are drawn.
    fn places(layout: &Layout, arrangement: Arrangement) -> Vec<(Panel, Rect)> {
        let mut harness = Harness::builder()
            .with_size(SIZE)
            .with_context_setup(install_theme)
            .build_ui_state(
                move |ui, (layout, found): &mut (Layout, Vec<(Panel, Rect)>)| {
                    found.clear();
                    let fitted = layout.fitted(arrangement, ui.max_rect().size());
                    fitted.show(ui, None, &mut |_, rect, panel| {
                        found.push((panel, rect));
                    });
                },
                (layout.clone(), Vec::new()),
            );
        harness.run();
        harness.state().1.clone()
    }

    fn place(layout: &Layout, panel: Panel) -> Rect {
        let found = places(layout, Arrangement::Director);
        found.into_iter().find(|(p, _)| *p == panel).unwrap().1
    }

    fn step(layout: &mut Layout, panel: Panel, step: Step) -> bool {
        let before: Vec<Panel> = layout.visible();
        let mut fitted = layout.fitted(Arrangement::Director, SIZE).layout;
        let stepped = fitted.stepped(panel, step, Panel::Stage, SIZE);
        let changed = matches!(stepped, Stepped::To(_));
        if let Stepped::To(next) = stepped {
            fitted = *next;
            fitted.mend(Arrangement::Director);
            *layout = fitted;
        }
        assert_eq!(before, layout.visible(), "{step:?} of {panel:?}");
        changed
    }

    #[test]
    fn a_panel_goes_where_it_is_told_and_back() {
        let mut layout = Layout::usual(Arrangement::Director);
        layout.set_shown(Panel::Keys, false);
        let usual = layout.clone();
        assert!(step(&mut layout, Panel::Monitors, Step::Up));
        let (monitors, stage) = (Panel::Monitors, Panel::Stage);
        assert!(place(&layout, monitors).bottom() < place(&layout, stage).top());
        assert!(!step(&mut layout, monitors, Step::Up), "it is at the top");
        assert!(step(&mut layout, monitors, Step::Down));
        assert_eq!(layout, usual);

        // Its only neighbour is below: it gets the left edge to itself.
        assert!(step(&mut layout, monitors, Step::Left));
        let found = place(&layout, monitors);
        assert!(found.left() < 10.0 && found.height() > 880.0, "{found}");
        assert!(found.right() < place(&layout, stage).left());
        assert!(!step(&mut layout, monitors, Step::Left));

        let mut layout = usual.clone();
        assert!(step(&mut layout, Panel::Outputs, Step::Left));
        let (outputs, stage) = (place(&layout, Panel::Outputs), place(&layout, stage));
        assert!(outputs.right() < stage.left(), "{outputs} {stage}");
        assert!(step(&mut layout, Panel::Outputs, Step::Down));
        let found = place(&layout, Panel::Outputs);
        assert!(found.top() > place(&layout, Panel::Stage).bottom());
    }

    #[test]
    fn a_panel_grows_and_shrinks_within_bounds() {
        let mut layout = Layout::usual(Arrangement::Director);
        let wide = |layout: &Layout| place(layout, Panel::Outputs).width();
        let before = wide(&layout);
        assert!(step(&mut layout, Panel::Outputs, Step::Wider));
        let wider = wide(&layout);
        assert!(wider > before * 1.1, "{before} {wider}");
        assert!(step(&mut layout, Panel::Outputs, Step::Narrower));
        assert!((wide(&layout) - before).abs() < 1.0);
        let high = |layout: &Layout| place(layout, Panel::Monitors).height();
        let before = high(&layout);
        assert!(step(&mut layout, Panel::Monitors, Step::Lower));
        assert!(high(&layout) < before);
        let steps = (0..100).take_while(|_| step(&mut layout, Panel::Monitors, Step::Lower));
        assert!(steps.count() < 20);
        assert!(high(&layout) >= Panel::Monitors.least().y - 1.0);
        let steps = (0..100).take_while(|_| step(&mut layout, Panel::Stage, Step::Narrower));
        assert!(steps.count() < 20);
        let stage = place(&layout, Panel::Stage);
        assert!(stage.width() >= Panel::Stage.least().x - 1.0, "{stage}");
        let mut layout = Layout::usual(Arrangement::Director);
        for panel in [Panel::Outputs, Panel::Monitors, Panel::Keys] {
            layout.set_shown(panel, false);
        }
        for (each, _) in Step::ALL {
            assert!(!step(&mut layout, Panel::Stage, each), "it is alone");
        }
    }
}
