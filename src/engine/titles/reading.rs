//! A title's template as it was found: an SVG or a picture, or an animation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::clip::Clip;
use crate::show::{Format, Title};
use crate::title::{Field, Fonts, Made, Template, find_template};

/// See the module's words.
pub enum Reading {
    /// Filled in and rendered.
    Template(Template),
    /// Played.
    Clip(Clip),
}

impl Reading {
    /// Reads a title's template; gives the files, too, that are to be read again when they change.
    pub fn of(title: &Title, folder: &Path) -> (Result<Self, String>, Vec<PathBuf>) {
        let named = |message: String| format!("the title \"{}\": {message}", title.id);
        match title.file() {
            None => {
                let found = find_template(folder, &title.template);
                let paths = found.paths().to_vec();
                let read = found.read().map(Self::Template);
                (read.map_err(|fault| named(fault.to_string())), paths)
            }
            Some(path) => {
                let path = folder.join(path);
                let paths = vec![path.clone()];
                if Clip::is_animation(&path) {
                    let clip = Clip::new(path, title.rect, title.looped);
                    return (Ok(Self::Clip(clip)), paths);
                }
                let read = Template::of_picture(&path, title.rect).map(Self::Template);
                (read.map_err(|fault| named(fault.to_string())), paths)
            }
        }
    }

    /// The fields that can be filled in.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Template(template) => template.fields(),
            Self::Clip(_) => &[],
        }
    }

    /// The places at which pictures may lie that it shows when it is filled in so.
    pub fn pictures(&self, fields: &BTreeMap<String, String>, folders: &[PathBuf]) -> Vec<PathBuf> {
        match self {
            Self::Template(template) => template.pictures(fields, folders),
            Self::Clip(_) => Vec::new(),
        }
    }

    /// Makes it for a program of this format, with so many bytes at the most.
    pub fn make(
        &self,
        fields: &BTreeMap<String, String>,
        format: Format,
        (fonts, folders): (&Fonts, &[PathBuf]),
        memory: usize,
    ) -> Result<Made, String> {
        let made = match self {
            Self::Template(template) => template
                .make(fields, format, fonts, folders)
                .map_err(|fault| fault.to_string())?,
            Self::Clip(clip) => clip.make(format, memory)?,
        };
        if made.title.bytes() > memory {
            return Err(format!(
                "it takes {} MB of memory, and {} MB are left for titles: expected a smaller or shorter one",
                made.title.bytes() >> 20,
                memory >> 20
            ));
        }
        Ok(made)
    }
}
