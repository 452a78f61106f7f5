//! What changes in a title as time goes by: drawn ahead, a step at a time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::clock::Clock;
use super::drawing::Drawing;
use super::fonts::Fonts;
use super::parts::set_ticking_text;
use super::tree::Element;
use crate::show::Format;
use crate::video::{Moves, Sprite, Ticking};

/// See the module's words.
pub struct Ticker {
    file: String,
    /// The part alone, and its number.
    root: Element,
    part: usize,
    clock: Clock,
    ticking: Arc<Ticking>,
    fonts: Fonts,
    folders: Vec<PathBuf>,
    format: Format,
    moves: Moves,
    /// By what is written: the same text is drawn once.
    last: Option<(String, Option<Arc<Sprite>>)>,
}

impl Ticker {
    pub(super) fn new(
        (file, root, part): (String, Element, usize),
        clock: Clock,
        ticking: Arc<Ticking>,
        (fonts, folders, format): (Fonts, Vec<PathBuf>, Format),
        moves: Moves,
    ) -> Self {
        Self {
            file,
            root,
            part,
            clock,
            ticking,
            fonts,
            folders,
            format,
            moves,
            last: None,
        }
    }

    /// What is drawn of it.
    pub fn ticking(&self) -> &Arc<Ticking> {
        &self.ticking
    }

    /// Draws what is missing of the steps from one to another, both included, and lets go of all others.
    pub fn fill(&mut self, from: i64, to: i64) {
        let before = self.ticking.pictures();
        if (from..=to).all(|step| before.contains_key(&step))
            && before.len() as i64 == to - from + 1
        {
            return;
        }
        let mut pictures = BTreeMap::new();
        for step in from..=to {
            let sprite = match before.get(&step) {
                Some(sprite) => sprite.clone(),
                None => self.sprite(step),
            };
            pictures.insert(step, sprite);
        }
        self.ticking.keep(pictures);
    }

    fn sprite(&mut self, step: i64) -> Option<Arc<Sprite>> {
        let text = self.clock.text(step);
        if let Some((last, sprite)) = &self.last
            && *last == text
        {
            return sprite.clone();
        }
        set_ticking_text(&mut self.root, self.part, &text);
        let sources = (&self.fonts, self.folders.as_slice());
        let drawing = Drawing::new(&self.file, &self.root, sources, self.format).ok();
        let drawn = drawing.and_then(|drawing| drawing.draw(&self.root, false).ok());
        let sprite = drawn.and_then(|(tiles, _)| {
            let tile = tiles.into_iter().next()?;
            Sprite::of_rgba(tile.at, tile.size, &tile.rgba, self.moves)
        });
        let sprite = sprite.map(Arc::new);
        self.last = Some((text, sprite.clone()));
        sprite
    }
}
