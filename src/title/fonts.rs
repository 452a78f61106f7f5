//! The fonts that titles are written with: those of the system, the packages that regie asks for among
//! them. What a template's font does not have is written in fonts that are always the same, so that a title
//! looks the same wherever those packages are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::{Font, FontResolver, fontdb};

/// Stand in for what is missing, the first that has a character. Its colours before anybody's black
/// pictures of emoji.
const STANDBYS: [&str; 12] = [
    "Noto Sans",
    "Inter",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Color Emoji",
    "Noto Sans CJK JP",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Symbols",
    "Noto Sans Symbols2",
    "Noto Sans Math",
    "DejaVu Sans",
];
/// Stands in for a whole font.
pub const USUAL: &str = "Noto Sans";
pub const EMOJI: &str = "Noto Color Emoji";
/// Behind a character: in colours (VARIATION SELECTOR-16).
const AS_PICTURE: char = '\u{fe0f}';

/// See the module's words. Cloning shares them.
#[derive(Clone)]
pub struct Fonts {
    faces: Arc<fontdb::Database>,
    /// The families of characters that somebody asked for.
    known: Arc<Mutex<Known>>,
}

/// By the font that is asked for and the character.
type Known = HashMap<(Font, String), Option<String>>;

/// So many characters are kept in mind.
const KNOWN: usize = 10_000;

impl Fonts {
    /// Looks for all fonts of the system. They are read when they are used.
    pub fn load() -> Self {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        fonts.set_serif_family(USUAL);
        fonts.set_sans_serif_family(USUAL);
        Self {
            faces: Arc::new(fonts),
            known: Arc::default(),
        }
    }

    /// As resvg asks for them.
    pub fn database(&self) -> Arc<fontdb::Database> {
        self.faces.clone()
    }

    /// Whether there is a font of this name.
    pub fn has(&self, family: &str) -> bool {
        let named = |face: &fontdb::FaceInfo| face.families.iter().any(|(name, _)| name == family);
        self.faces.faces().any(named)
    }

    /// The family that has a character and all that belongs to it, where the font that is asked for has not;
    /// none where it has, and where no font does.
    pub fn family_of(&self, grapheme: &str, font: &Font) -> Option<String> {
        let key = (font.clone(), grapheme.to_owned());
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let found = self.look_for(grapheme, font);
        let mut known = lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(key, found.clone());
        found
    }

    fn look_for(&self, grapheme: &str, font: &Font) -> Option<String> {
        let mut database = self.faces.clone();
        let own = FontResolver::default_font_selector()(font, &mut database);
        let is_there = |id| {
            grapheme
                .chars()
                .all(|c| is_unseen(c) || has(&self.faces, id, c))
        };
        let first = grapheme.chars().next()?;
        let is_picture = is_emoji(first) || grapheme.contains(AS_PICTURE);
        if !is_picture && own.is_some_and(is_there) {
            return None;
        }
        let weight = own.and_then(|id| self.faces.face(id));
        let weight = weight.map_or(fontdb::Weight::NORMAL, |face| face.weight);
        let emoji = is_picture.then_some(EMOJI);
        let families = emoji.into_iter().chain(STANDBYS);
        let mut families = families.filter(|family| {
            let family = [fontdb::Family::Name(family)];
            let face = self.faces.query(&fontdb::Query {
                families: &family,
                weight,
                ..fontdb::Query::default()
            });
            face.is_some_and(is_there)
        });
        families.next().map(str::to_owned).or_else(|| {
            let faces = self.faces.faces();
            // One of each family tells.
            let is_plain = |face: &&fontdb::FaceInfo| {
                face.weight == fontdb::Weight::NORMAL && face.style == fontdb::Style::Normal
            };
            let mut faces = faces.filter(is_plain).filter(|face| is_there(face.id));
            let face = faces.next()?;
            face.families.first().map(|(name, _)| name.clone())
        })
    }

    /// Chooses fonts as resvg does, but for characters that the chosen one does not have.
    pub fn resolver(&self) -> FontResolver<'static> {
        let others = FontResolver::default_fallback_selector();
        FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: Box::new(move |c, used, fonts| {
                standby(c, used, fonts).or_else(|| others(c, used, fonts))
            }),
        }
    }
}

/// The first of the fonts that stand in which has this character, as bold as the first that was tried.
fn standby(c: char, used: &[fontdb::ID], fonts: &fontdb::Database) -> Option<fontdb::ID> {
    let weight = used.first().and_then(|id| fonts.face(*id));
    let weight = weight.map_or(fontdb::Weight::NORMAL, |face| face.weight);
    let first = is_emoji(c).then_some(EMOJI);
    let families = first.into_iter().chain(STANDBYS);
    families
        .filter_map(|family| {
            fonts.query(&fontdb::Query {
                families: &[fontdb::Family::Name(family)],
                weight,
                ..fontdb::Query::default()
            })
        })
        .find(|id| !used.contains(id) && has(fonts, *id, c))
}

fn has(fonts: &fontdb::Database, id: fontdb::ID, c: char) -> bool {
    let found = fonts.with_face_data(id, |data, index| {
        use skrifa::MetadataProvider;
        let font = skrifa::FontRef::from_index(data, index).ok()?;
        font.charmap().map(c).filter(|glyph| glyph.to_u32() != 0)
    });
    found.flatten().is_some()
}

/// Whether a character only says how those beside it are drawn.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff
        | 0xe0000..=0xe0fff)
}

/// Whether a character is drawn in colours where nothing else is said (Unicode's Emoji_Presentation, by its
/// blocks).
fn is_emoji(c: char) -> bool {
    matches!(c as u32, 0x1f300..=0x1faff | 0x1f1e6..=0x1f1ff | 0x231a..=0x231b | 0x23e9..=0x23f3
        | 0x2614..=0x2615 | 0x2648..=0x2653 | 0x26a1 | 0x26bd..=0x26be | 0x26c4..=0x26c5 | 0x26ce
        | 0x26d4 | 0x26ea | 0x26f2..=0x26f3 | 0x26f5 | 0x26fa | 0x26fd | 0x2705 | 0x270a..=0x270b
        | 0x2728 | 0x274c | 0x274e | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27b0 | 0x27bf
        | 0x2b1b..=0x2b1c | 0x2b50 | 0x2b55)
}
