//! What is set of the program besides its equaliser: its ceiling, how loud the show is meant to be, what an
//! alarm is given for, and whether guests hear each other while they are off the air.

use egui::{Rect, Ui};

use super::asked::Asked;
use super::controls;
use super::figure::Figure;
use crate::door::Command;
use crate::show::Master;
use crate::ui::{lang, view::View};

/// What platforms and broadcasters ask for, in LUFS: EBU R 128, and what is usual on the net.
const TARGETS: [f32; 4] = [-23.0, -18.0, -16.0, -14.0];

/// Draws it, and changes what is set.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, master: &mut Master, asked: &mut Vec<Asked>) {
    let line = |n: usize| controls::row(rect, n).split_left_right_at_fraction(0.44);
    let (words, place) = line(0);
    controls::name(ui, words, &lang::text("sound-ceiling"));
    let say = lang::text("sound-ceiling-say");
    let limits = (Figure::Level, controls::range("ceiling_db"));
    controls::number(ui, place, &say, &mut master.ceiling_db, limits);
    let (words, place) = line(1);
    controls::name(ui, words, &lang::text("sound-target"));
    let say = lang::text("sound-target-say");
    let limits = (Figure::Lufs, controls::range("target_lufs"));
    controls::number(ui, place, &say, &mut master.target_lufs, limits);
    let (_, place) = line(2);
    let all = TARGETS.map(|lufs| (lufs, Figure::Lufs.text(lufs)));
    let now = all.iter().find(|(lufs, _)| *lufs == master.target_lufs);
    let say = lang::text("sound-targets-say");
    // Which it is now stands above.
    let shown = lang::text("sound-targets");
    let now = now.map(|(lufs, _)| *lufs);
    if let Some(lufs) = controls::choice(ui, place, &say, (now, &shown), &all) {
        master.target_lufs = lufs;
    }
    let says = [
        lang::text("sound-program-silence-say"),
        lang::text("sound-program-loud-say"),
    ];
    let face = lang::text("sound-program-loud");
    controls::name(ui, controls::row(rect, 4), &lang::text("sound-alarm"));
    controls::alarm(
        ui,
        (rect, 5),
        [&says[0], &says[1]],
        &face,
        &mut master.alarm,
    );
    let place = controls::row(rect, 8);
    let off_air = view.snapshot.sound.off_air;
    let say = lang::text("sound-off-air-say");
    let face = lang::text("sound-off-air");
    if controls::switch(ui, place, &face, &say, off_air) {
        view.send(Command::NMinusOne { off_air: !off_air });
    }
    let place = controls::row(rect, 9);
    let face = lang::text("sound-new-group");
    let button = crate::ui::paint::Button::new(&face).size(12.0);
    if button.show(ui, place, "new group").clicked() {
        asked.push(Asked::NewGroup(None));
    }
}
