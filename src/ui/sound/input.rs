//! What comes before and behind the processing of a strip: trim, polarity, channels, pan and delay.

use egui::{Rect, Ui};

use super::controls;
use super::figure::Figure;
use crate::media::Rate;
use crate::show::{Pick, StripSettings};
use crate::ui::{lang, numbers};

/// The channels that can be taken, each with its word.
fn picks() -> [(Pick, String); 4] {
    [
        (Pick::Stereo, "sound-stereo"),
        (Pick::Mono, "sound-mono"),
        (Pick::Left, "sound-left"),
        (Pick::Right, "sound-right"),
    ]
    .map(|(pick, key)| (pick, lang::text(key)))
}

/// A delay in ms, in frames of the program.
fn frames(ms: f32, rate: Rate) -> f64 {
    f64::from(ms) / 1000.0 * f64::from(rate.0) / f64::from(rate.1.max(1))
}

/// The polarity, whose sign needs no word before it, and beside it what links the strip: that says a name.
fn polarity_and_link(rect: Rect) -> (Rect, Rect) {
    let (polarity, link) = controls::row(rect, 1).split_left_right_at_fraction(0.22);
    (polarity, link.with_min_x(link.left() + 4.0))
}

/// Where what links the strip is.
pub fn link(rect: Rect) -> Rect {
    polarity_and_link(rect).1
}

/// What is free below the delay's name, for what measures it.
pub fn below_delay(rect: Rect) -> Rect {
    let (words, _) = controls::row(rect, 5).split_left_right_at_fraction(0.44);
    words.with_max_x(words.right() - 4.0)
}

/// Draws them, and changes what is set.
pub fn show(ui: &mut Ui, rect: Rect, of: &str, rate: Rate, strip: &mut StripSettings) {
    let named = [("name", of.into())];
    let line = |n: usize| controls::row(rect, n).split_left_right_at_fraction(0.44);
    let before = |ui: &Ui, place, key| controls::name(ui, place, &lang::text(key));

    let (words, place) = line(0);
    before(ui, words, "sound-trim");
    let say = lang::with("sound-trim-of", &named);
    let limits = (Figure::Gain, controls::range("trim_db"));
    controls::number(ui, place, &say, &mut strip.trim_db, limits);

    let (place, _) = polarity_and_link(rect);
    let say = lang::with("sound-polarity-of", &named);
    strip.invert ^= controls::switch(ui, place, "Ø", &say, strip.invert);

    let (words, place) = line(2);
    before(ui, words, "sound-channels");
    let say = lang::with("sound-channels-of", &named);
    let picks = picks();
    let now = picks.iter().find(|(pick, _)| *pick == strip.pick);
    let shown = now.map_or("", |(_, word)| word);
    let chosen = controls::choice(ui, place, &say, (Some(strip.pick), shown), &picks);
    if let Some(pick) = chosen {
        strip.pick = pick;
    }

    let (words, place) = line(3);
    let stereo = strip.pick == Pick::Stereo;
    before(
        ui,
        words,
        if stereo { "sound-balance" } else { "sound-pan" },
    );
    let say = lang::with("sound-pan-of", &named);
    let limits = (Figure::Pan, controls::range("pan"));
    controls::number(ui, place, &say, &mut strip.pan, limits);

    let (words, place) = line(4);
    before(ui, words, "sound-delay");
    let say = lang::with("sound-delay-of", &named);
    let limits = (Figure::Ms, controls::range("delay_ms"));
    controls::number(ui, place, &say, &mut strip.delay_ms, limits);
    let (_, place) = line(5);
    let text = numbers::decimal(frames(strip.delay_ms, rate), 1);
    let text = lang::with("sound-frames", &[("n", text.into())]);
    controls::name(ui, place, &text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_told_in_frames_of_the_program() {
        assert!((frames(40.0, Rate(25, 1)) - 1.0).abs() < 1e-6);
        assert!((frames(100.0, Rate(30_000, 1001)) - 2.997).abs() < 1e-3);
    }
}
