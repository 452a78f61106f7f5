//! The desk's colours, letters and the look of egui's own controls.
//!
//! Red means on air, green means next, amber means look here, and nothing else has these colours
//! but the meters, which have the field's own. Selection and focus are a cool blue; everything else
//! is grey on near-black. Text has a contrast of at least 4.5:1 (WCAG 2.1, 1.4.3).

use std::sync::Arc;

use egui::{
    Color32, FontData, FontDefinitions, FontFamily, FontId, FontTweak, Stroke, TextStyle, Visuals,
    vec2,
};

use super::{close_buttons::CloseButtons, focus::Ring};

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(14, 16, 18);
/// Strips, rows, bars.
pub const PANEL: Color32 = Color32::from_rgb(23, 26, 30);
/// Strips whose faders move what goes to an aux.
pub const SENDS: Color32 = Color32::from_rgb(20, 38, 62);
/// Buttons.
pub const RAISED: Color32 = Color32::from_rgb(40, 45, 52);
/// Buttons under the pointer.
pub const HOVERED: Color32 = Color32::from_rgb(52, 58, 67);
/// Buttons that are held, and what has been done of something.
pub const PRESSED: Color32 = Color32::from_rgb(70, 78, 90);
/// Lines.
pub const LINE: Color32 = Color32::from_rgb(50, 56, 64);
/// What is read first.
pub const TEXT: Color32 = Color32::from_rgb(228, 231, 235);
/// What is read second.
pub const DIM: Color32 = Color32::from_rgb(160, 168, 178);
/// A control that is switched on, with [`ON_TEXT`] on it.
pub const ON: Color32 = Color32::from_rgb(206, 213, 221);
/// Text on [`ON`].
pub const ON_TEXT: Color32 = Color32::from_rgb(18, 20, 23);
/// On air: fills and borders, with white text on it.
pub const RED: Color32 = Color32::from_rgb(212, 36, 42);
/// Text on [`RED`].
pub const RED_TEXT: Color32 = Color32::from_rgb(255, 246, 245);
/// On air, between two flashes.
pub const DARK_RED: Color32 = Color32::from_rgb(104, 22, 26);
/// Next: borders and marks.
pub const GREEN: Color32 = Color32::from_rgb(46, 190, 96);
/// Look here.
pub const AMBER: Color32 = Color32::from_rgb(244, 177, 62);
/// Selection and focus.
pub const BLUE: Color32 = Color32::from_rgb(92, 168, 255);
/// Over a picture that has something to say.
pub const SCRIM: Color32 = Color32::from_rgba_premultiplied(8, 9, 10, 214);

/// Meter below −20 dBFS.
pub const METER_GREEN: Color32 = Color32::from_rgb(58, 170, 88);
/// Meter from −20 to −9 dBFS.
pub const METER_YELLOW: Color32 = Color32::from_rgb(218, 190, 62);
/// Meter above −9 dBFS.
pub const METER_RED: Color32 = Color32::from_rgb(224, 66, 58);

/// Rounding of buttons and panels, in points.
pub const ROUND: u8 = 4;

const BOLD: &str = "bold";

pub use lucide_icons::Icon;

/// The letter of an icon, in any of the desk's fonts: it stands beside words in the same text.
pub fn icon(icon: Icon) -> char {
    icon.into()
}

/// Letters of this size in points. Digits are all of one width.
pub fn font(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Bold letters of this size in points. Digits are all of one width.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(BOLD.into()))
}

/// Gives a context the desk's letters and look.
pub fn install(ctx: &egui::Context) {
    ctx.add_plugin(CloseButtons);
    ctx.add_plugin(Ring {
        stroke: Stroke::new(2.0, BLUE),
        round: ROUND,
    });
    ctx.set_fonts(fonts());
    ctx.set_theme(egui::Theme::Dark);
    // The size is the desk's own setting.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.all_styles_mut(|style| {
        style.visuals = visuals();
        // Nothing glides: a state is there or it is not.
        style.animation_time = 0.0;
        style.spacing.item_spacing = vec2(6.0, 6.0);
        style.spacing.button_padding = vec2(10.0, 6.0);
        // That there is more than is seen is seen before the pointer comes near.
        style.spacing.scroll.dormant_handle_opacity = 0.6;
        // A row that is cut by the edge of its list is seen to go on.
        style.spacing.scroll.fade.strength = 0.9;
        style.spacing.scroll.fade.size = 24.0;
        style.text_styles = [
            (TextStyle::Small, font(11.5)),
            (TextStyle::Body, font(13.0)),
            (TextStyle::Button, font(13.0)),
            (TextStyle::Monospace, font(13.0)),
            (TextStyle::Heading, bold(16.0)),
        ]
        .into();
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    // Icons have letters of their own, which egui's own symbols have too: they come first.
    let mut fallback = vec!["icons".to_owned()];
    fallback.extend(
        fonts
            .families
            .get(&FontFamily::Proportional)
            .cloned()
            .unwrap_or_default(),
    );
    let icons = FontData::from_static(lucide_icons::LUCIDE_FONT_BYTES).tweak(FontTweak {
        scale: 1.1,
        y_offset_factor: 0.12,
        ..FontTweak::default()
    });
    fonts.font_data.insert("icons".to_owned(), Arc::new(icons));
    let mut add = |name: &str, data: &'static [u8], family: FontFamily| {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(data)));
        let mut names = vec![name.to_owned()];
        names.extend(fallback.iter().cloned());
        fonts.families.insert(family, names);
    };
    add(
        "desk",
        dejavu::sans_condensed::regular(),
        FontFamily::Proportional,
    );
    add(
        "desk bold",
        dejavu::sans_condensed::bold(),
        FontFamily::Name(BOLD.into()),
    );
    fonts
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = BACKGROUND;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.extreme_bg_color = Color32::from_rgb(10, 11, 13);
    visuals.override_text_color = Some(TEXT);
    visuals.selection.bg_fill = Color32::from_rgb(38, 74, 120);
    visuals.selection.stroke = Stroke::new(2.0, BLUE);
    visuals.widgets.inactive.bg_fill = RAISED;
    visuals.widgets.inactive.weak_bg_fill = RAISED;
    visuals.widgets.hovered.bg_fill = HOVERED;
    visuals.widgets.hovered.weak_bg_fill = HOVERED;
    visuals.widgets.active.bg_fill = PRESSED;
    visuals.widgets.active.weak_bg_fill = PRESSED;
    // What has the keyboard looks as if it were held.
    visuals.widgets.active.bg_stroke = Stroke::new(2.0, BLUE);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |c: Color32| {
            let linear = |v: u8| {
                let v = f32::from(v) / 255.0;
                if v <= 0.04045 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    #[test]
    fn text_can_be_read() {
        for (name, text, back) in [
            ("text on background", TEXT, BACKGROUND),
            ("text on panel", TEXT, PANEL),
            ("text on sends", TEXT, SENDS),
            ("dim on sends", DIM, SENDS),
            ("listened to", ON_TEXT, BLUE),
            ("text on button", TEXT, RAISED),
            ("text on hovered button", TEXT, HOVERED),
            ("text on pressed button", TEXT, PRESSED),
            ("dim on background", DIM, BACKGROUND),
            ("dim on panel", DIM, PANEL),
            ("dim on button", DIM, RAISED),
            ("dim on hovered button", DIM, HOVERED),
            ("amber on background", AMBER, BACKGROUND),
            ("amber on panel", AMBER, PANEL),
            ("amber on button", AMBER, RAISED),
            ("text on red", RED_TEXT, RED),
            ("text between flashes", RED_TEXT, DARK_RED),
            ("text on a control that is on", ON_TEXT, ON),
            ("amber on scrim", AMBER, Color32::from_rgb(8, 9, 10)),
        ] {
            let contrast = contrast(text, back);
            assert!(contrast >= 4.5, "{name}: {contrast:.2}");
        }
    }

    #[test]
    fn tally_borders_stand_out() {
        for colour in [RED, GREEN, AMBER, BLUE] {
            assert!(contrast(colour, BACKGROUND) >= 3.0);
        }
    }
}
