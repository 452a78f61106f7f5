//! What titles are made of beside the files that the show names by their paths: templates that are found by
//! their names, pictures that are filled in, and pictures that stand in a template.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::show::below::below;
use crate::show::model::Show;
use crate::show::table::TableFrom;
use crate::show::templates::template_folders;

/// A text that may name pictures is no longer, in bytes.
const LONGEST: u64 = 16 << 20;

/// By the names that they have in the copy, `/` between folders, where each of them is.
pub(super) fn beside(show: &Show, folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    for (n, titles) in template_folders(folder).into_iter().enumerate() {
        let all = all_below(&titles);
        // Of those that other shows have too, what this one names.
        let is_named = |name: &str| show.titles.iter().any(|title| title.template == name);
        let templates = all
            .iter()
            .filter(|(name, _)| is_template(name) && (n == 0 || is_named(name)));
        let mut texts: Vec<String> = templates
            .clone()
            .filter_map(|(_, path)| text(path))
            .collect();
        texts.extend(fields(show));
        let named = show.titles.iter().filter_map(|title| title.file());
        let named = named.filter(|path| is_template(path));
        texts.extend(named.filter_map(|path| text(&folder.join(path))));
        for (name, path) in templates {
            files
                .entry(format!("titles/{name}"))
                .or_insert(path.clone());
        }
        for (name, path) in &all {
            if is_picture(name) && (n == 0 || is_in(&texts, name)) {
                files
                    .entry(format!("titles/{name}"))
                    .or_insert(path.clone());
            }
        }
        let mut own = all_below(folder);
        own.retain(|name, _| {
            is_picture(name) && !name.starts_with("titles/") && is_in(&texts, name)
        });
        files.extend(own);
    }
    let tables = show.tables.iter().filter_map(|table| match &table.from {
        TableFrom::File(path) => text(&folder.join(path)),
        TableFrom::Url { .. } => None,
    });
    let tables: Vec<String> = tables.collect();
    let mut named = all_below(folder);
    named.retain(|name, _| is_picture(name) && is_in(&tables, name.trim_start_matches("titles/")));
    files.extend(named);
    files
}

/// A template that the show names by its path, and the pictures beside it that it names: each with its name
/// in the template's own folder. So are those that are named in what is filled in.
pub(super) fn with_pictures(template: &Path, fields: &[String]) -> Vec<(String, PathBuf)> {
    let Some((folder, text)) = template.parent().zip(text(template)) else {
        return Vec::new();
    };
    let mut texts = fields.to_vec();
    texts.push(text);
    let mut pictures: Vec<(String, PathBuf)> = all_below(folder).into_iter().collect();
    pictures.retain(|(name, path)| {
        // Programs write a drawing's own name into it.
        path != template && is_picture(name) && is_in(&texts, name)
    });
    pictures
}

/// Whether a path is a template's.
pub(super) fn is_template(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".svg")
}

fn is_picture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let endings = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg"];
    endings.iter().any(|ending| name.ends_with(ending))
}

fn is_in(texts: &[String], name: &str) -> bool {
    texts.iter().any(|text| text.contains(name))
}

/// What is filled in.
pub(super) fn fields(show: &Show) -> Vec<String> {
    let titles = show.titles.iter().map(|title| &title.fields);
    let fields = titles.chain(show.rundown.iter().map(|cue| &cue.fields));
    fields.flat_map(|fields| fields.values().cloned()).collect()
}

/// A file's text; nothing where it has none.
fn text(path: &Path) -> Option<String> {
    let length = fs::metadata(path).ok()?.len();
    let bytes = (length <= LONGEST).then(|| fs::read(path).ok())??;
    let units = |of: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2);
        let units: Vec<u16> = pairs.map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        // What is no UTF-8 is of an office that has one byte for a letter.
        bytes => std::str::from_utf8(bytes).map_or_else(
            |_| bytes.iter().map(|byte| char::from(*byte)).collect(),
            str::to_owned,
        ),
    };
    // As SVG and JSON write what would mean something else.
    Some(text.replace("&amp;", "&").replace("\\/", "/"))
}

fn all_below(folder: &Path) -> BTreeMap<String, PathBuf> {
    below(folder, &|_| false)
}
