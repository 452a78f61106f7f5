//! The text beside a copied show: what is not in the folder and has to be given on the other machine.
//! For people, in the desk's two languages; it holds no secret, only the names of those that are
//! needed.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::show::model::{Key, Recording, Show, SourceKind};
use crate::show::placeholder;
use crate::show::secrets::variable;
use crate::show::table::TableFrom;

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The stream key of a destination, by its label.
    Stream(String),
    /// Something secret in the address of a source or a table, by its label.
    Source(String),
}

/// The names of the secrets that a show needs, and what each is for.
pub(super) fn keys(show: &Show) -> BTreeMap<String, Vec<Use>> {
    let mut keys: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    for destination in &show.destinations {
        if let Key::Secret(name) = &destination.key {
            let label = label(&destination.label, &destination.id);
            let uses = keys.entry(name.clone()).or_default();
            uses.push(Use::Stream(label));
        }
    }
    let sources = show.sources.iter().filter_map(|source| match &source.kind {
        SourceKind::Network { url, .. } => Some((url, label(&source.label, &source.id))),
        _ => None,
    });
    let tables = show.tables.iter().filter_map(|table| match &table.from {
        TableFrom::Url { url, .. } => Some((url, label(&table.label, &table.id))),
        TableFrom::File(_) => None,
    });
    for (url, label) in sources.chain(tables) {
        for found in placeholder::find(url).into_iter().flatten() {
            let used = Use::Source(label.clone());
            let uses = keys.entry(found.name.to_owned()).or_default();
            if !uses.contains(&used) {
                uses.push(used);
            }
        }
    }
    keys
}

fn label(label: &str, id: &str) -> String {
    let label = if label.is_empty() { id } else { label };
    label.to_owned()
}

/// The words of one language.
struct Words {
    begin: fn(&str) -> String,
    no_keys: &'static str,
    keys: &'static str,
    stream: fn(&str) -> String,
    source: fn(&str) -> String,
    how: &'static str,
    devices: &'static str,
    recordings: fn(&str) -> String,
}

const ENGLISH: Words = Words {
    begin: |file| {
        format!(
            "This folder holds a show of regie with all of its media. Carry the whole folder to the \
             other machine and open {file} there:\n\n    regie {file}\n"
        )
    },
    no_keys: "The show needs no key and no password.\n",
    keys: "Keys and passwords are not in this folder. On the other machine the show needs these:\n",
    stream: |label| format!("stream key of {label}"),
    source: |label| format!("password in the address of {label}"),
    how: "Give them in regie's window, beside what needs them, or by the variable that stands behind \
          each name.\n",
    devices: "Cameras, capture devices and sound cards go by the names they had; choose them anew where others \
              are plugged in:\n",
    recordings: |folder| format!("Recordings go into the folder \"{folder}\" beside the show.\n"),
};

const FRENCH: Words = Words {
    begin: |file| {
        format!(
            "Ce dossier contient une émission de regie avec tous ses médias. Copiez le dossier \
             entier sur l’autre machine et ouvrez-y {file} :\n\n    regie {file}\n"
        )
    },
    no_keys: "L’émission n’a besoin d’aucune clé ni d’aucun mot de passe.\n",
    keys: "Les clés et mots de passe ne sont pas dans ce dossier. Sur l’autre machine, l’émission a \
           besoin de :\n",
    stream: |label| format!("clé de diffusion de {label}"),
    source: |label| format!("mot de passe dans l’adresse de {label}"),
    how: "Donnez-les dans la fenêtre de regie, à côté de ce qui en a besoin, ou par la variable \
          indiquée après chaque nom.\n",
    devices: "Les caméras, cartes d’acquisition et cartes son gardent le nom qu’elles avaient ; choisissez-les \
              à nouveau si d’autres sont branchées :\n",
    recordings: |folder| {
        format!("Les enregistrements vont dans le dossier « {folder} », à côté de l’émission.\n")
    },
};

/// The whole text.
pub(super) fn letter(
    show: &Show,
    file: &str,
    keys: &BTreeMap<String, Vec<Use>>,
    recording: &Recording,
) -> String {
    let name = match show.name.as_str() {
        "" => file,
        name => name,
    };
    let mut text = format!("{name}\n\n");
    for (n, words) in [ENGLISH, FRENCH].iter().enumerate() {
        if n > 0 {
            text.push_str("\n----\n\n");
        }
        text.push_str(&in_words(show, file, keys, recording, words));
    }
    text
}

fn in_words(
    show: &Show,
    file: &str,
    keys: &BTreeMap<String, Vec<Use>>,
    recording: &Recording,
    words: &Words,
) -> String {
    let mut text = (words.begin)(file);
    text.push('\n');
    if keys.is_empty() {
        text.push_str(words.no_keys);
    } else {
        text.push_str(words.keys);
        text.push('\n');
        for (name, uses) in keys {
            let uses: Vec<String> = uses
                .iter()
                .map(|used| match used {
                    Use::Stream(label) => (words.stream)(label),
                    Use::Source(label) => (words.source)(label),
                })
                .collect();
            let (variable, uses) = (variable(name), uses.join(", "));
            // Writing to a text cannot fail.
            let _ = writeln!(text, "    {name} ({variable}): {uses}");
        }
        text.push('\n');
        text.push_str(words.how);
    }
    let devices: Vec<String> = show
        .sources
        .iter()
        .filter_map(|source| match &source.kind {
            SourceKind::Camera { device, .. } | SourceKind::SoundCard { device, .. } => Some(
                format!("    {}: {device}\n", label(&source.label, &source.id)),
            ),
            _ => None,
        })
        .collect();
    if !devices.is_empty() {
        let _ = write!(text, "\n{}\n{}", words.devices, devices.concat());
    }
    let _ = write!(text, "\n{}", (words.recordings)(&recording.folder));
    text
}
