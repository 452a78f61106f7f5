//! The desk's words, in the language of whoever sits at it. They are in Fluent files, one for each part
//! of the desk, in `assets/lang/LANGUAGE/`; further languages are read from the user's settings, in
//! the folder `lang`. What a language lacks is said in English.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// What a text is filled in with.
pub type Value<'a> = (&'a str, FluentValue<'a>);

/// One language of the desk.
pub struct Language {
    /// Its tag, such as `fr`.
    pub tag: String,
    /// What it calls itself.
    pub name: String,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Language").field(&self.tag).finish()
    }
}

/// The files that come with regie: (language, part, text).
macro_rules! files {
    ($($part:literal),* $(,)?) => {
        &[$(
            ("en", $part, include_str!(concat!("../../assets/lang/en/", $part, ".ftl"))),
            ("fr", $part, include_str!(concat!("../../assets/lang/fr/", $part, ".ftl"))),
        )*]
    };
}

const FILES: &[(&str, &str, &str)] = files![
    "build", "clips", "desk", "fields", "keys", "media", "menu", "outputs", "said", "settings",
    "sound", "switch", "system", "titles"
];

/// The tag of the language that regie itself speaks.
pub const ENGLISH_TAG: &str = "en";

static ENGLISH: LazyLock<Arc<Language>> = LazyLock::new(|| Arc::new(built_in(ENGLISH_TAG)));
static CURRENT: LazyLock<ArcSwap<Language>> = LazyLock::new(|| ArcSwap::new(ENGLISH.clone()));

/// The languages there are: those that come with regie, and those of the user's folder.
pub fn languages(folder: Option<&Path>) -> Vec<Arc<Language>> {
    let mut all = vec![ENGLISH.clone(), Arc::new(built_in("fr"))];
    let folders = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    for entry in folders.into_iter().flatten().flatten() {
        let tag = entry.file_name().to_string_lossy().into_owned();
        match of_folder(&tag, &entry.path()) {
            Ok(language) => {
                all.retain(|known| known.tag != tag);
                all.push(Arc::new(language));
            }
            Err(message) => tracing::warn!("{}: {message}", entry.path().display()),
        }
    }
    all
}

/// The one of these languages that the system asks for; English where it asks for none of them.
pub fn of_system(all: &[Arc<Language>]) -> Arc<Language> {
    sys_locale::get_locales()
        .find_map(|locale| find(all, &locale))
        .unwrap_or_else(|| ENGLISH.clone())
}

/// The language for a locale such as `fr_CH.UTF-8`.
fn find(all: &[Arc<Language>], locale: &str) -> Option<Arc<Language>> {
    let wanted = locale.split(['-', '_', '.']).next()?;
    all.iter().find(|language| language.tag == wanted).cloned()
}

/// Speaks this language from now on.
pub fn speak(language: Arc<Language>) {
    CURRENT.store(language);
}

/// The language that is spoken.
pub fn spoken() -> Arc<Language> {
    CURRENT.load_full()
}

/// A text by its key.
pub fn text(key: &str) -> String {
    with(key, &[])
}

/// A text by its key, filled in. A key that no file has is shown as it is.
pub fn with(key: &str, values: &[Value<'_>]) -> String {
    let current = CURRENT.load();
    current
        .say(key, values)
        .or_else(|| ENGLISH.say(key, values))
        .unwrap_or_else(|| key.to_owned())
}

/// What is said of something, behind its name.
pub fn pair(name: &str, what: &str) -> String {
    with(
        "desk-state-of",
        &[("name", name.into()), ("state", what.into())],
    )
}

/// The English texts of a part, each with its key; `{$name}` stands for what is filled in.
pub fn patterns(part: &str) -> Vec<(String, String)> {
    let files = FILES
        .iter()
        .filter(|(tag, of, _)| *tag == ENGLISH_TAG && *of == part);
    let lines = files.flat_map(|(_, _, text)| text.lines());
    let keys = lines.filter_map(|line| line.split_once(" = "));
    // What nothing is given for is said by its name.
    keys.filter_map(|(key, _)| Some((key.to_owned(), ENGLISH.say(key, &[])?)))
        .collect()
}

impl Language {
    fn new(tag: &str, texts: &[(&str, &str)]) -> Result<Self, String> {
        let id: LanguageIdentifier = tag
            .parse()
            .map_err(|_| format!("{tag} is no language's tag, expected one such as `de`"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Marks around what is filled in would be seen as boxes.
        bundle.set_use_isolating(false);
        for (part, text) in texts {
            let resource = FluentResource::try_new((*text).to_owned()).map_err(|(_, errors)| {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                format!("{part}.ftl: {}", errors.join("; "))
            })?;
            bundle.add_resource_overriding(resource);
        }
        let mut language = Self {
            tag: tag.to_owned(),
            name: String::new(),
            bundle,
        };
        language.name = language
            .say("language", &[])
            .unwrap_or_else(|| tag.to_owned());
        Ok(language)
    }

    /// A text by its key, filled in, where this language has it.
    pub fn say(&self, key: &str, values: &[Value<'_>]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        let said = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        Some(said.into_owned())
    }
}

fn built_in(tag: &str) -> Language {
    let texts: Vec<(&str, &str)> = FILES
        .iter()
        .filter(|(language, _, _)| *language == tag)
        .map(|(_, part, text)| (*part, *text))
        .collect();
    Language::new(tag, &texts).unwrap_or_else(|message| {
        tracing::error!("the texts of {tag}: {message}");
        Language {
            tag: tag.to_owned(),
            name: tag.to_owned(),
            bundle: FluentBundle::new_concurrent(Vec::new()),
        }
    })
}

/// A language of the user's: every `.ftl` file of its folder.
fn of_folder(tag: &str, folder: &Path) -> Result<Language, String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|ending| ending == "ftl") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
            texts.push((name.into_owned(), text));
        }
    }
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    Language::new(tag, &texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The keys of a file, each with the names that it is filled in with.
    fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        let mut last = None;
        for line in text.lines() {
            let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
            if begins && let Some((key, _)) = line.split_once(" =") {
                last = Some(key.to_owned());
            }
            if let Some(key) = &last {
                let names: &mut BTreeSet<String> = found.entry(key.clone()).or_default();
                for part in line.split('$').skip(1) {
                    let end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                    names.insert(part.split(end).next().unwrap_or_default().to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn every_text_is_in_every_language_and_filled_in_alike() {
        for (tag, part, text) in FILES.iter().filter(|(tag, _, _)| *tag != "en") {
            let english = FILES.iter().find(|(t, p, _)| t == &"en" && p == part);
            let (_, _, english) = english.unwrap();
            assert_eq!(
                keys(english),
                keys(text),
                "{part}.ftl in English and in {tag}"
            );
        }
        for tag in ["en", "fr"] {
            let of = |f: &&(&str, &str, &str)| f.0 == tag;
            let texts: Vec<_> = FILES.iter().filter(of).map(|f| (f.1, f.2)).collect();
            let language = Language::new(tag, &texts);
            assert!(language.is_ok(), "{language:?}");
            let all: Vec<String> = texts
                .iter()
                .flat_map(|(_, t)| keys(t).into_keys())
                .collect();
            let once: BTreeSet<&String> = all.iter().collect();
            assert_eq!(all.len(), once.len(), "a key is in two files");
        }
    }

    /// Every key that the desk's sources name is in the files, and none is there for nothing.
    #[test]
    fn the_desk_asks_for_what_there_is() {
        let mut asked = BTreeSet::new();
        for (_, source) in crate::ui::reading::sources("src/ui") {
            // Keys are the only texts with a dash and no space that begin with a part's name.
            for literal in source.split('"').skip(1).step_by(2) {
                let is_key = literal.contains('-')
                    && literal
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
                if is_key {
                    asked.insert(literal.to_owned());
                }
            }
        }
        let known: BTreeSet<String> = FILES
            .iter()
            .filter(|(tag, _, _)| *tag == "en")
            .flat_map(|(_, _, text)| keys(text).into_keys())
            // The engine's sentences are looked for by what they say.
            .filter(|key| key != "language" && !key.starts_with("said-"))
            .collect();
        let unused: Vec<&String> = known.difference(&asked).collect();
        assert!(unused.is_empty(), "nobody says {unused:?}");
        let parts: BTreeSet<&str> = known.iter().filter_map(|k| k.split('-').next()).collect();
        let missing: Vec<&String> = asked
            .difference(&known)
            .filter(|key| parts.contains(key.split('-').next().unwrap_or_default()))
            .collect();
        assert!(missing.is_empty(), "no file has {missing:?}");
    }

    /// The values of a language's texts, by key.
    fn values(tag: &str) -> BTreeMap<String, String> {
        let files = FILES.iter().filter(|file| file.0 == tag);
        let lines = files.flat_map(|(_, _, text)| text.lines());
        let pairs = lines.filter_map(|line| line.split_once(" = "));
        pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    #[test]
    fn a_kind_of_transition_has_one_name_and_mute_is_not_taken_for_muted() {
        for tag in ["en", "fr"] {
            let all = values(tag);
            let kinds: Vec<_> = all
                .iter()
                .filter(|(key, _)| key.starts_with("switch-kind-") && *key != "switch-kind-say")
                .collect();
            assert_eq!(kinds.len(), 7);
            for (key, word) in kinds {
                let same = all.iter().filter(|(_, other)| *other == word);
                let same: Vec<&String> = same.map(|(key, _)| key).collect();
                assert_eq!(same, [key], "{word} in {tag}");
            }
            let live = all["desk-live-edit"].to_lowercase();
            for (key, text) in &all {
                let says = text.to_lowercase().contains(&live);
                assert!(!says || key == "desk-live-edit", "{tag}: {key}");
            }
            let letters = |key: &str| {
                let mut letters: Vec<char> = all[key].to_lowercase().chars().collect();
                letters.sort_unstable();
                letters
            };
            assert_ne!(letters("desk-mute"), letters("desk-muted"), "{tag}");
        }
        assert_eq!(values("fr")["desk-mute"], "MUTE");
    }

    #[test]
    fn a_locale_finds_its_language_and_a_text_its_words() {
        let all = languages(None);
        assert_eq!(find(&all, "fr_CH.UTF-8").unwrap().tag, "fr");
        assert!(find(&all, "tlh").is_none());
        assert_eq!(
            all.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(),
            ["English", "Français"]
        );
        assert_eq!(text("no-such-key"), "no-such-key");
    }

    #[test]
    fn a_language_of_the_users_is_read_and_a_broken_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let german = folder.path().join("de");
        std::fs::create_dir(&german).unwrap();
        std::fs::write(german.join("mine.ftl"), "language = Deutsch\n").unwrap();
        let broken = folder.path().join("xx");
        std::fs::create_dir(&broken).unwrap();
        std::fs::write(broken.join("mine.ftl"), "language = {\n").unwrap();
        let all = languages(Some(folder.path()));
        let names: Vec<&str> = all.iter().map(|l| l.name.as_str()).collect();
        assert_eq!(names, ["English", "Français", "Deutsch"]);
    }
}
