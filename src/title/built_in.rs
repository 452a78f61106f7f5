//! Where templates are found: those that come with regie, and before them those of the show's folder and
//! the user's.

use std::path::{Path, PathBuf};

use super::fault::TitleFault;
use super::template::Template;
use crate::show::template_folders;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// The templates that come with regie.
        pub const BUILT_IN: [(&str, &str); [$($name),*].len()] = [
            $(($name, include_str!(concat!("../../assets/titles/", $name)))),*
        ];
    };
}

templates![
    "lower-third.svg",
    "lower-third-one.svg",
    "two-people.svg",
    "full-screen.svg",
    "agenda.svg",
    "quote.svg",
    "question.svg",
    "speaker-bug.svg",
    "logo-bug.svg",
    "countdown.svg",
    "clock.svg",
    "back-soon.svg",
    "crawl.svg",
    "credits.svg",
];

/// A template that was looked for.
pub struct Found {
    name: String,
    /// The files that would be it, the first before the others.
    paths: Vec<PathBuf>,
}

/// Looks for a template by its name.
pub fn find_template(folder: &Path, name: &str) -> Found {
    let folders = template_folders(folder);
    Found {
        name: name.to_owned(),
        paths: folders.iter().map(|folder| folder.join(name)).collect(),
    }
}

impl Found {
    /// The files in which it is, or would be.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`TitleFault`].
    pub fn read(&self) -> Result<Template, TitleFault> {
        if let Some(path) = self.paths.iter().find(|path| path.is_file()) {
            return Template::read(path);
        }
        let built_in = BUILT_IN.iter().find(|(name, _)| *name == self.name);
        let Some((name, text)) = built_in else {
            let own = self.paths.first().and_then(|path| path.parent());
            let own = own.map(|own| own.display().to_string());
            return Err(TitleFault::Unknown(
                self.name.clone(),
                own.unwrap_or_default(),
            ));
        };
        Template::parse(name, text, None)
    }
}

/// The names of all templates that can be had, those that come with regie first.
pub fn template_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    for folder in template_folders(folder) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut own: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.to_ascii_lowercase().ends_with(".svg"))
            .collect();
        own.sort();
        names.extend(own);
    }
    names.dedup();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
