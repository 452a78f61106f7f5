//! How small panels may get: each has a least size, and a tree of panels keeps to all of them, whatever a
//! hand does and however small the window is.

use egui::{Vec2, vec2};
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tree};

/// Space between panels, in points.
pub const GAP: f32 = 8.0;
/// Height of the tabs of panels that lie one behind the other, in points.
pub const TAB_BAR: f32 = 30.0;
/// What rounding may take away, in points.
const SLACK: f32 = 0.1;
/// An edge that could go no further than this part of its way stays where it is.
const WORTH_IT: f32 = 0.02;
/// So many halvings find how far a change can go.
const HALVINGS: u32 = 12;

/// The least size of a panel, in points.
pub type Least<P> = fn(&P) -> Vec2;

fn along(dir: LinearDir, size: Vec2) -> f32 {
    match dir {
        LinearDir::Horizontal => size.x,
        LinearDir::Vertical => size.y,
    }
}

fn with_length(dir: LinearDir, length: f32, size: Vec2) -> Vec2 {
    match dir {
        LinearDir::Horizontal => vec2(length, size.y),
        LinearDir::Vertical => vec2(size.x, length),
    }
}

/// The children of a container that are given room.
fn seen<P>(tree: &Tree<P>, container: &Container) -> Vec<TileId> {
    let children = container.children().copied();
    children
        .filter(|child| tree.tiles.is_visible_in_layout(*child))
        .collect()
}

/// The least size of a tile with everything in it, in points.
fn least<P>(tree: &Tree<P>, tile: TileId, of: Least<P>) -> Vec2 {
    let container = match tree.tiles.get(tile) {
        None => return Vec2::ZERO,
        Some(Tile::Pane(panel)) => return of(panel),
        Some(Tile::Container(container)) => container,
    };
    let all = seen(tree, container);
    let gaps = GAP * all.len().saturating_sub(1) as f32;
    let (mut most, mut sum) = (Vec2::ZERO, Vec2::splat(gaps));
    for child in all {
        let least = least(tree, child, of);
        most = most.max(least);
        sum += least;
    }
    match container {
        Container::Linear(linear) => with_length(linear.dir, along(linear.dir, sum), most),
        _ => most + vec2(0.0, TAB_BAR),
    }
}

/// Whether `size` points hold every panel that is seen, if they are shared out well.
pub fn has_room<P>(tree: &Tree<P>, size: Vec2, of: Least<P>) -> bool {
    let least = tree.root.map_or(Vec2::ZERO, |root| least(tree, root, of));
    least.x <= size.x + SLACK && least.y <= size.y + SLACK
}

/// The children of a row or column that are seen, each with its length in `size` points.
fn lengths<P>(tree: &Tree<P>, children: &[TileId], linear: &Linear, size: Vec2) -> Vec<f32> {
    debug_assert!(
        children
            .iter()
            .all(|child| tree.tiles.get(*child).is_some())
    );
    let gaps = GAP * children.len().saturating_sub(1) as f32;
    let room = (along(linear.dir, size) - gaps).max(0.0);
    linear.shares.split(children, room)
}

/// Whether each panel has its least size, as `size` points are shared out now.
pub fn fits<P>(tree: &Tree<P>, size: Vec2, of: Least<P>) -> bool {
    let size = size + Vec2::splat(SLACK);
    let root = tree.root;
    root.is_none_or(|root| tile_fits(tree, root, size, of))
}

fn tile_fits<P>(tree: &Tree<P>, tile: TileId, size: Vec2, of: Least<P>) -> bool {
    let container = match tree.tiles.get(tile) {
        None => return true,
        Some(Tile::Pane(panel)) => {
            let least = of(panel);
            return least.x <= size.x && least.y <= size.y;
        }
        Some(Tile::Container(container)) => container,
    };
    let children = seen(tree, container);
    match container {
        Container::Linear(linear) => {
            let lengths = lengths(tree, &children, linear, size);
            children.iter().zip(lengths).all(|(child, length)| {
                tile_fits(tree, *child, with_length(linear.dir, length, size), of)
            })
        }
        _ => {
            let inner = size - vec2(0.0, TAB_BAR);
            children
                .iter()
                .all(|child| tile_fits(tree, *child, inner, of))
        }
    }
}

/// Shares `size` points out so that each panel that is seen has its least size; what is over is shared
/// as it was.
pub fn fit<P>(tree: &mut Tree<P>, size: Vec2, of: Least<P>) {
    if let Some(root) = tree.root {
        fit_tile(tree, root, size, of);
    }
}

fn fit_tile<P>(tree: &mut Tree<P>, tile: TileId, size: Vec2, of: Least<P>) {
    let Some(container) = tree.tiles.get_container(tile) else {
        return;
    };
    let children = seen(tree, container);
    let Container::Linear(linear) = container else {
        let inner = size - vec2(0.0, TAB_BAR);
        for child in children {
            fit_tile(tree, child, inner, of);
        }
        return;
    };
    let dir = linear.dir;
    let now = lengths(tree, &children, linear, size);
    let needed: Vec<f32> = children
        .iter()
        .map(|child| along(dir, least(tree, *child, of)))
        .collect();
    let new = share_out(&now, &needed);
    if now != new
        && let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(tile)
    {
        let all: f32 = children.iter().map(|child| linear.shares[*child]).sum();
        let room: f32 = new.iter().sum();
        for (child, length) in children.iter().zip(&new) {
            linear.shares.set_share(*child, length * all / room);
        }
    }
    for (child, length) in children.into_iter().zip(new) {
        fit_tile(tree, child, with_length(dir, length, size), of);
    }
}

/// Lengths of the same sum as `now`, each at least what is `needed`; those that have more than they need
/// give, and keep their proportions.
fn share_out(now: &[f32], needed: &[f32]) -> Vec<f32> {
    let room: f32 = now.iter().sum();
    let short = |length: f32, needed: f32| length < needed - SLACK / 2.0;
    if now.iter().zip(needed).all(|(l, n)| !short(*l, *n)) {
        return now.to_vec();
    }
    let whole: f32 = needed.iter().sum();
    if whole >= room {
        return needed.iter().map(|n| n * room / whole).collect();
    }
    let mut fixed = vec![false; now.len()];
    loop {
        let sum = |all: &[f32], which: bool| -> f32 {
            let these = all.iter().zip(&fixed).filter(|(_, f)| **f == which);
            these.map(|(length, _)| length).sum()
        };
        let scale = (room - sum(needed, true)) / sum(now, false).max(f32::MIN_POSITIVE);
        let length = |i: usize| if fixed[i] { needed[i] } else { now[i] * scale };
        let new: Vec<f32> = (0..now.len()).map(length).collect();
        let next = (0..now.len()).find(|i| !fixed[*i] && short(new[*i], needed[*i]));
        match next {
            Some(i) => fixed[i] = true,
            None => return new,
        }
    }
}

/// The rows and columns that both trees have, as far on the way from `before` to `after` as `part` says.
fn between<P: Clone>(before: &Tree<P>, after: &Tree<P>, part: f32) -> Tree<P> {
    let mut tree = after.clone();
    for (id, tile) in tree.tiles.iter_mut() {
        if let Tile::Container(Container::Linear(linear)) = tile
            && let Some(Container::Linear(old)) = before.tiles.get_container(*id)
            && old.dir == linear.dir
            && old.children == linear.children
        {
            for child in &old.children {
                let (from, to) = (old.shares[*child], linear.shares[*child]);
                linear.shares.set_share(*child, from + (to - from) * part);
            }
        }
    }
    tree
}

/// What becomes of a change of the panels in `size` points: all of it, or as much as leaves each panel its
/// least size; `None` where nothing of it does.
pub fn settle<P: Clone + PartialEq>(
    before: &Tree<P>,
    after: Tree<P>,
    size: Vec2,
    of: Least<P>,
) -> Option<Tree<P>> {
    if fits(&after, size, of) {
        return Some(after);
    }
    if between(before, &after, 0.0) != *before {
        // Panels stand elsewhere than before: the room is shared out anew.
        return has_room(&after, size, of).then(|| {
            let mut after = after;
            fit(&mut after, size, of);
            after
        });
    }
    let (mut can, mut cannot) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (can + cannot) / 2.0;
        if fits(&between(before, &after, middle), size, of) {
            can = middle;
        } else {
            cannot = middle;
        }
    }
    (can > WORTH_IT).then(|| between(before, &after, can))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_tiles::Tiles;

    /// A row of panels; each is its own least width, and 10 points high.
    fn row(widths: &[u16]) -> Tree<u16> {
        let mut tiles = Tiles::default();
        let all = widths.iter().map(|width| tiles.insert_pane(*width));
        let all: Vec<TileId> = all.collect();
        let root = tiles.insert_horizontal_tile(all);
        Tree::new(egui::Id::unique("row"), root, tiles)
    }

    fn of(width: &u16) -> Vec2 {
        vec2(f32::from(*width), 10.0)
    }

    #[test]
    fn who_has_too_little_is_given_it_by_those_who_have_more() {
        assert_eq!(share_out(&[50.0, 50.0], &[40.0, 50.0]), [50.0, 50.0]);
        assert_eq!(share_out(&[10.0, 90.0], &[40.0, 50.0]), [40.0, 60.0]);
        // One that gives may itself come to its least.
        let new = share_out(&[10.0, 45.0, 45.0], &[40.0, 40.0, 5.0]);
        assert_eq!(new, [40.0, 40.0, 20.0]);
        assert_eq!(share_out(&[10.0, 90.0], &[100.0, 100.0]), [50.0, 50.0]);
    }

    #[test]
    fn a_tree_is_fitted_where_it_has_room() {
        let mut tree = row(&[300, 100, 50]);
        let size = vec2(480.0, 10.0);
        assert!(has_room(&tree, size, of) && !fits(&tree, size, of));
        fit(&mut tree, size, of);
        assert!(fits(&tree, size, of));
        assert!(!has_room(&tree, vec2(464.0, 10.0), of));
        assert!(!has_room(&tree, vec2(480.0, 9.0), of));
    }

    #[test]
    fn a_change_goes_as_far_as_it_can() {
        let before = row(&[100, 100]);
        let size = vec2(408.0, 10.0);
        let mut after = before.clone();
        let children = before.tiles.get_container(before.root.unwrap()).unwrap();
        let children = children.children_vec();
        let set = |tree: &mut Tree<u16>, share: f32| {
            let root = tree.root.unwrap();
            if let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(root) {
                linear.shares.set_share(children[0], share);
            }
        };
        set(&mut after, 1.0 / 9.0);
        let settled = settle(&before, after, size, of).unwrap();
        assert!(fits(&settled, size, of));
        let mut further = settled.clone();
        set(&mut further, 0.2);
        assert_eq!(
            settle(&settled, further, size, of),
            None,
            "it is at its least"
        );
    }
}
