//! Where the program goes: the destinations, the recorder, and the receiver inside regie.

use egui::{Rect, Ui, pos2};

use super::{destinations, guard::Guard, layout, receiver, recorder, view::View};

/// Draws the panel.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, guard: &mut Guard) {
    let snapshot = view.snapshot;
    // From the foot: what is fixed keeps its place, the destinations scroll in what is left.
    let mut foot = rect.bottom();
    let mut take = |height: f32| {
        let out = Rect::from_min_max(pos2(rect.left(), foot - height), pos2(rect.right(), foot));
        foot -= height + 6.0;
        out
    };
    let received = snapshot
        .receiver
        .as_ref()
        .map(|status| (status, take(receiver::height(snapshot.destinations.len()))));
    let recorder = take(recorder::HEIGHT);
    let everything = take(layout::TARGET);
    destinations::list(ui, rect.with_max_y(foot), view, guard);
    destinations::everything(ui, everything, view, guard);
    recorder::show(ui, recorder, view, guard);
    if let Some((status, rect)) = received {
        receiver::show(ui, rect, status);
    }
}
