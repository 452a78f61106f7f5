//! The house stays in order: imports go down the data path, and nothing outside tests may panic on
//! purpose; files that use each other stand in no circle. Read from the sources' tokens, so that words in comments and strings count for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each top-level module with those that it may import. A module may name only those above it, so
/// that the table itself can hold no cycle.
const TABLE: &[(&str, &[&str])] = &[
    ("media", &[]),
    // How far threads give way; it knows nothing of the house.
    ("nice", &[]),
    // What goes out of the process by pipes that nobody may be reading.
    ("outlet", &[]),
    ("logging", &["outlet"]),
    ("panics", &["logging"]),
    ("show", &["media"]),
    // The rows that titles are filled from.
    ("data", &["media", "nice", "show"]),
    // What can be said and seen is plain data, so that everybody below can speak in its words.
    ("door", &["media", "nice", "show", "data"]),
    // Where sound comes in and goes out by this machine's own devices.
    ("card", &["media"]),
    ("input", &["media", "nice", "show", "door", "card"]),
    ("video", &["media", "show"]),
    // Titles are drawn by it into what pictures are laid over with.
    ("title", &["media", "show", "video"]),
    ("audio", &["media", "show", "door", "card", "input"]),
    // From the pictures' maker it takes the pool that black pictures come from.
    ("output", &["media", "nice", "show", "door", "video"]),
    (
        "engine",
        &[
            "media", "nice", "show", "data", "door", "card", "input", "video", "title", "audio",
            "output",
        ],
    ),
    ("control", &["media", "outlet", "show", "door"]),
    ("keeper", &["media", "show", "door", "control"]),
    ("ui", &["media", "show", "door"]),
];

/// What the data path may take from the door: states and readings, nothing that speaks or listens.
const PLAIN_ENDINGS: &[&str] = &["State", "Status", "Level", "Loudness", "Alarm", "Stream"];
const DATA_PATH: &[&str] = &["input", "video", "audio", "output"];

/// One token: a word, or a single sign.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Sign(char),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(w) if w == word)
    }

    fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }
}

/// The tokens of a Rust source, without comments, strings and characters; with the line of each.
fn tokens(text: &str) -> Vec<(usize, Token)> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut out, mut i, mut line) = (Vec::new(), 0, 1);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while i < chars.len() {
        let c = chars[i];
        let begun = i;
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 || i >= chars.len() {
                    break;
                }
            }
        } else if let Some(end) = raw_string(&chars, i) {
            i = end;
        } else if c == '"' || (c == 'b' && at(i + 1) == '"') {
            i += if c == 'b' { 2 } else { 1 };
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if c == '\'' && at(i + 1) == '\\' {
            // The sign after the backslash may itself be a quote.
            i += 3;
            while i < chars.len() && chars[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else if c == '\'' && at(i + 2) == '\'' {
            i += 3;
        } else if is_word(c) {
            while i < chars.len() && is_word(chars[i]) {
                i += 1;
            }
            out.push((line, Token::Word(chars[begun..i].iter().collect())));
        } else {
            if !c.is_whitespace() {
                out.push((line, Token::Sign(c)));
            }
            i += 1;
        }
        line += chars[begun..i.min(chars.len())]
            .iter()
            .filter(|c| **c == '\n')
            .count();
    }
    out
}

/// Whether a `cfg(…)` that begins here lets something be built for tests alone.
fn asks_for_tests(tokens: &[(usize, Token)]) -> bool {
    let inside = tokens.iter().map(|(_, token)| token);
    let words: Vec<&Token> = inside.take_while(|token| !token.is_sign(']')).collect();
    words.iter().any(|t| t.is("test")) && !words.iter().any(|t| t.is("not") || t.is("any"))
}

/// The end of a raw string that begins at `i`.
fn raw_string(chars: &[char], i: usize) -> Option<usize> {
    if i > 0 && (chars[i - 1].is_alphanumeric() || chars[i - 1] == '_') {
        return None;
    }
    let mut j = i + usize::from(chars[i] == 'b');
    (chars.get(j) == Some(&'r')).then_some(())?;
    j += 1;
    let hashes = chars[j..].iter().take_while(|c| **c == '#').count();
    j += hashes;
    (chars.get(j) == Some(&'"')).then_some(())?;
    let end: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let body = &chars[j + 1..];
    let found = body.windows(end.len()).position(|w| w == end)?;
    Some(j + 1 + found + end.len())
}

/// One source file.
struct Source {
    path: PathBuf,
    /// Path of its module below the crate's root: `["audio", "mixer"]`.
    module: Vec<String>,
    tokens: Vec<(usize, Token)>,
    /// For each token, the inline modules around it, and whether they are built for tests alone.
    around: Vec<(usize, bool)>,
    /// Modules in files of their own that are built for tests alone.
    test_modules: Vec<Vec<String>>,
}

impl Source {
    fn new(path: PathBuf, module: Vec<String>, text: &str, test_file: bool) -> Self {
        let tokens = tokens(text);
        let mut around = Vec::with_capacity(tokens.len());
        // Each open brace: whether it opened a module, and whether that is for tests.
        let mut open: Vec<(bool, bool)> = Vec::new();
        let mut for_tests = false;
        let mut test_modules = Vec::new();
        for i in 0..tokens.len() {
            for_tests |= tokens[i].1.is("cfg") && asks_for_tests(&tokens[i..]);
            match &tokens[i].1 {
                Token::Sign('{') => {
                    let is_module = i >= 2 && tokens[i - 2].1.is("mod");
                    let inherited = open.last().is_some_and(|o| o.1);
                    open.push((is_module, inherited || for_tests));
                    for_tests = false;
                }
                Token::Sign('}') => {
                    open.pop();
                }
                Token::Sign(';') => {
                    if for_tests
                        && i >= 2
                        && tokens[i - 2].1.is("mod")
                        && let Token::Word(name) = &tokens[i - 1].1
                    {
                        let mut path = module.clone();
                        path.push(name.clone());
                        test_modules.push(path);
                    }
                    for_tests = false;
                }
                _ => {}
            }
            let modules = open.iter().filter(|(is_module, _)| *is_module).count();
            let tests = test_file || for_tests || open.last().is_some_and(|o| o.1);
            around.push((modules, tests));
        }
        Self {
            path,
            module,
            tokens,
            around,
            test_modules,
        }
    }

    /// Every path into the house, from the crate's root: with its line, and whether it stands in
    /// a test.
    fn imports(&self) -> Vec<(usize, bool, Vec<String>)> {
        let mut found = Vec::new();
        for i in 0..self.tokens.len() {
            let (line, token) = &self.tokens[i];
            let behind_path = i >= 1 && self.tokens[i - 1].1.is_sign(':');
            let mut root = match token {
                Token::Word(w) if w == "crate" || w == "regie" => Vec::new(),
                Token::Word(w) if w == "super" && !behind_path => {
                    let mut module = self.module.clone();
                    let inline = self.around[i].0;
                    module.extend((0..inline).map(|_| "inline".to_owned()));
                    module.pop();
                    module
                }
                _ => continue,
            };
            let mut next = i + 1;
            while self.is_path(next) && self.tokens.get(next + 2).is_some_and(|t| t.1.is("super")) {
                root.pop();
                next += 3;
            }
            if self.is_path(next) {
                let mut paths = Vec::new();
                self.tree(next + 2, &root, &mut paths);
                found.extend(
                    paths
                        .into_iter()
                        .map(|path| (*line, self.around[i].1, path)),
                );
            }
        }
        found
    }

    fn is_path(&self, i: usize) -> bool {
        [0, 1]
            .iter()
            .all(|k| self.tokens.get(i + k).is_some_and(|(_, t)| t.is_sign(':')))
    }

    /// Follows a use tree from token `i`; gives the first token behind it.
    fn tree(&self, mut i: usize, root: &[String], out: &mut Vec<Vec<String>>) -> usize {
        match self.tokens.get(i).map(|(_, t)| t) {
            Some(Token::Sign('{')) => {
                i += 1;
                while let Some((_, token)) = self.tokens.get(i) {
                    if token.is_sign('}') {
                        return i + 1;
                    }
                    i = match token {
                        Token::Word(_) | Token::Sign('{') => self.tree(i, root, out),
                        Token::Sign(_) => i + 1,
                    };
                }
                i
            }
            Some(Token::Word(word)) => {
                let mut path = root.to_vec();
                path.push(word.clone());
                if self.is_path(i + 1) {
                    return self.tree(i + 3, &path, out);
                }
                out.push(path);
                i + 1
            }
            _ => {
                out.push(root.to_vec());
                i + 1
            }
        }
    }

    /// Paths that begin with a child of this module, as `mod.rs` files have them; and whether each
    /// stands behind `pub use`, which hands on and uses nothing.
    fn paths_to_children(&self, children: &BTreeSet<&str>) -> Vec<(usize, bool, Vec<String>)> {
        let mut found = Vec::new();
        let mut hands_on = false;
        for i in 0..self.tokens.len() {
            let (line, token) = &self.tokens[i];
            let before = |k: usize| i.checked_sub(k).map(|i| &self.tokens[i].1);
            match token {
                Token::Sign(';') => hands_on = false,
                Token::Word(w) if w == "use" => {
                    // `pub use`, or `pub(super) use`.
                    hands_on = before(1).is_some_and(|t| t.is("pub") || t.is_sign(')'));
                }
                Token::Word(w) if children.contains(w.as_str()) => {
                    let behind_path = before(1).is_some_and(|t| t.is_sign(':'));
                    let (inline, is_test) = self.around[i];
                    if !behind_path && !is_test && inline == 0 && self.is_path(i + 1) {
                        let mut paths = Vec::new();
                        self.tree(i, &self.module, &mut paths);
                        found.extend(paths.into_iter().map(|path| (*line, hands_on, path)));
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn top(&self) -> &str {
        self.module.first().map_or("main", String::as_str)
    }
}

/// All files below `src`, with the module that each is.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                paths.push(path);
            }
        }
    }
    let texts: BTreeMap<PathBuf, String> = paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect();
    let all: Vec<Source> = texts
        .iter()
        .map(|(path, text)| {
            let below = path.strip_prefix(&root).unwrap().with_extension("");
            let mut module: Vec<String> = below
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            if matches!(
                module.last().map(String::as_str),
                Some("mod" | "main" | "lib")
            ) {
                module.pop();
            }
            Source::new(path.clone(), module, text, false)
        })
        .collect();
    let for_tests: BTreeSet<Vec<String>> = all
        .iter()
        .flat_map(|source| source.test_modules.clone())
        .collect();
    all.into_iter()
        .map(|source| {
            if for_tests.iter().any(|m| source.module.starts_with(m)) {
                let text = &texts[&source.path];
                Source::new(source.path, source.module, text, true)
            } else {
                source
            }
        })
        .collect()
}

/// The top-level modules that there are, but for the command line.
fn modules(sources: &[Source]) -> BTreeSet<&str> {
    let tops = sources.iter().map(Source::top);
    tops.filter(|top| *top != "main").collect()
}

/// Which file uses which: by their modules, each with the places where it does.
#[derive(Default)]
struct Uses(BTreeMap<Vec<String>, BTreeMap<Vec<String>, Vec<String>>>);

impl Uses {
    /// Of all files that are not for tests alone. A name that a module hands on from another counts
    /// for that other. The command line and the crate's root tie all together and are left out.
    fn of(sources: &[Source]) -> Self {
        let files: BTreeSet<&[String]> = sources.iter().map(|s| s.module.as_slice()).collect();
        let mut handed_on = BTreeMap::new();
        let mut paths = Vec::new();
        for source in sources.iter().filter(|s| !s.module.is_empty()) {
            let below =
                |m: &&[String]| m.len() == source.module.len() + 1 && m.starts_with(&source.module);
            let below = files.iter().copied().filter(below);
            let children = below.filter_map(|m| m.last()).map(String::as_str).collect();
            for (line, hands_on, path) in source.paths_to_children(&children) {
                if hands_on && let Some(name) = path.last() {
                    handed_on.insert((source.module.clone(), name.clone()), path);
                } else {
                    paths.push((source, line, path));
                }
            }
            let imports = source.imports().into_iter();
            paths.extend(
                imports
                    .filter(|(_, is_test, _)| !is_test)
                    .map(|(line, _, path)| (source, line, path)),
            );
        }
        let mut uses = Self::default();
        for (source, line, path) in paths {
            let module = home_of(&path, &files, &handed_on);
            if !module.is_empty() && module != source.module {
                let place = format!("{}:{line}: {}", source.path.display(), path.join("::"));
                let used = uses.0.entry(source.module.clone()).or_default();
                used.entry(module).or_default().push(place);
            }
        }
        uses
    }

    /// The modules that are reached from one.
    fn reached(&self, from: &[String]) -> BTreeSet<Vec<String>> {
        let mut reached = BTreeSet::new();
        let mut next = vec![from.to_vec()];
        while let Some(module) = next.pop() {
            for used in self.0.get(&module).into_iter().flat_map(|used| used.keys()) {
                if reached.insert(used.clone()) {
                    next.push(used.clone());
                }
            }
        }
        reached
    }

    /// Each place where a file uses another from which the way leads back to it.
    fn circles(&self) -> Vec<String> {
        let uses = self.0.iter().flat_map(|(module, used)| {
            let used = used.iter();
            used.map(move |(used, places)| (module, used, places))
        });
        uses.filter(|(module, used, _)| self.reached(used).contains(*module))
            .flat_map(|(_, _, places)| places.clone())
            .collect()
    }
}

/// The file in which that stands which a path names.
fn home_of(
    path: &[String],
    files: &BTreeSet<&[String]>,
    handed_on: &BTreeMap<(Vec<String>, String), Vec<String>>,
) -> Vec<String> {
    let mut path = path.to_vec();
    // A name may be handed on more than once, but by no more modules than lie above it.
    for _ in 0..4 {
        let length = (0..=path.len()).rev().find(|&n| files.contains(&path[..n]));
        let (module, rest) = path.split_at(length.unwrap_or(0));
        let next = rest
            .first()
            .and_then(|name| handed_on.get(&(module.to_vec(), name.clone())));
        match next {
            Some(next) => path = next.iter().chain(&rest[1..]).cloned().collect(),
            None => return module.to_vec(),
        }
    }
    Vec::new()
}

#[test]
fn files_that_use_each_other_stand_in_no_circle() {
    let uses = Uses::of(&sources());
    let circles = uses.circles();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
    // As many as there are: a reader that finds none would find nothing wrong.
    let seen: usize = uses.0.values().map(BTreeMap::len).sum();
    assert!(seen > 200, "{seen} uses");
}

#[test]
fn a_circle_is_found_through_names_that_are_handed_on() {
    let file = |module: &str, text: &str| {
        let module: Vec<String> = module.split("::").map(str::to_owned).collect();
        Source::new(PathBuf::from(module.join("/")), module, text, false)
    };
    let root =
        "mod a; mod b; mod c; pub use a::{A, Other}; pub(crate) use b::B; fn f() { c::go() }";
    let a = "use super::B; pub struct A; pub struct Other;";
    let c = "use crate::top::A; #[cfg(test)] mod tests { use super::super::b::B; }";
    let straight = "pub struct B; #[cfg(test)] mod tests { use crate::top::A; }";
    let round = "use super::super::top::Other; pub struct B;";
    let circles = |b: &str| {
        let files = [
            file("top", root),
            file("top::a", a),
            file("top::b", b),
            file("top::c", c),
        ];
        Uses::of(&files).circles()
    };
    assert_eq!(circles(straight), Vec::<String>::new());
    assert_eq!(circles(round), ["top/a:1: top::B", "top/b:1: top::Other"]);
    // Back to the module above, by what stands in it.
    assert_eq!(
        circles("use super::f; pub struct B;"),
        [
            "top:1: top::c::go",
            "top/a:1: top::B",
            "top/b:1: top::f",
            "top/c:1: top::A"
        ]
    );
}

#[test]
fn the_table_names_every_module_and_holds_no_cycle() {
    let sources = sources();
    let named: BTreeSet<&str> = TABLE.iter().map(|(module, _)| *module).collect();
    assert_eq!(modules(&sources), named);
    for (i, (module, allowed)) in TABLE.iter().enumerate() {
        let above: Vec<&str> = TABLE[..i].iter().map(|(module, _)| *module).collect();
        for import in *allowed {
            assert!(above.contains(import), "{module} may not import {import}");
        }
    }
}

#[test]
fn imports_go_down_the_data_path() {
    let sources = sources();
    let known = modules(&sources);
    let allowed: BTreeMap<&str, &[&str]> = TABLE.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in &sources {
        // The command line ties all of them together.
        if source.top() == "main" {
            continue;
        }
        for (line, _, path) in source.imports() {
            let import = path.first().map_or("", String::as_str);
            if import == source.top() || !known.contains(import) {
                continue;
            }
            seen += 1;
            let place = format!("{}:{line}: {}", source.path.display(), path.join("::"));
            if !allowed[source.top()].contains(&import) {
                wrong.push(place);
            } else if import == "door" && DATA_PATH.contains(&source.top()) {
                let name = path.get(1).map_or("", String::as_str);
                if !PLAIN_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                    wrong.push(format!("{place}: more than a state or a reading"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // As many as there are: a reader that finds none would find nothing wrong.
    assert!(seen > 100, "{seen} imports");
}

#[test]
fn nothing_panics_on_purpose_outside_tests() {
    let mut wrong = Vec::new();
    for source in sources() {
        for i in 0..source.tokens.len() {
            if source.around[i].1 {
                continue;
            }
            let is = |k: usize, sign: char| {
                let token = source.tokens.get(i + k).map(|(_, t)| t);
                token.is_some_and(|t| t.is_sign(sign))
            };
            let (line, Token::Word(word)) = &source.tokens[i] else {
                continue;
            };
            let called = i > 0 && source.tokens[i - 1].1.is_sign('.') && is(1, '(');
            let bad = match word.as_str() {
                "unwrap" | "expect" | "unwrap_err" | "expect_err" => called,
                "todo" | "unimplemented" | "panic" | "dbg" | "unreachable" => is(1, '!'),
                _ => false,
            };
            if bad {
                wrong.push(format!("{}:{line}: {word}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_finds_what_it_looks_for() {
    let text = r##"
        //! use crate::comment;
        use crate::media::{House, self, time::{Rate, mul_div}};
        /* crate::comment /* nested */ */
        use super::super::door::Hub;
        use super::meter::Meter;
        fn f<'a>(c: char) -> &'a str { let _ = ('"', '\'', b"crate::x"); r#"crate::"y""# }
        #[cfg(test)]
        mod tests { use super::*; fn g() { super::super::super::ui::run(); x.unwrap(); } }
        fn h() { crate::engine::start() }
        #[cfg(not(test))]
        fn k() { x.unwrap(); }
    "##;
    let module = ["audio", "mixer"].map(str::to_owned).to_vec();
    let source = Source::new(PathBuf::from("x.rs"), module, text, false);
    let found: Vec<(bool, String)> = source
        .imports()
        .into_iter()
        .map(|(_, test, path)| (test, path.join("::")))
        .collect();
    let expected = [
        (false, "media::House"),
        (false, "media::self"),
        (false, "media::time::Rate"),
        (false, "media::time::mul_div"),
        (false, "door::Hub"),
        (false, "audio::meter::Meter"),
        (true, "audio::mixer"),
        (true, "ui::run"),
        (false, "engine::start"),
    ];
    let expected: Vec<(bool, String)> = expected
        .iter()
        .map(|(test, path)| (*test, (*path).to_owned()))
        .collect();
    assert_eq!(found, expected);
    let unwraps: Vec<bool> = (0..source.tokens.len())
        .filter(|&i| source.tokens[i].1.is("unwrap"))
        .map(|i| source.around[i].1)
        .collect();
    assert_eq!(unwraps, [true, false]);
}

#[test]
fn every_test_of_the_window_is_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let (makefile, manifest) = (read("Makefile"), read("Cargo.toml"));
    let mut found = 0;
    for entry in std::fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let table = format!("name = \"{name}\"\nrequired-features = [\"desk\"]");
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("#![cfg(feature = \"desk\")]") || manifest.contains(&table) {
            found += 1;
            let run = makefile.split_whitespace().any(|word| word == name);
            assert!(run, "make test does not run tests/{name}.rs");
        }
    }
    assert!(found >= 8, "{found} tests of the window");
}
