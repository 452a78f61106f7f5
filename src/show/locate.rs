//! Finds where a value stands in RON text. The RON reader tells positions of its own errors alone;
//! checks that follow reading need the line and column of values that read well.

use super::scan::{Body, Node, Scanner, Stop};

/// Something that can be left out of the text: a field of a struct or an element of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// First byte.
    pub start: usize,
    /// One past its last byte, its comma included.
    pub end: usize,
    /// Where the struct or list that holds it starts.
    pub holder: usize,
    /// The field's name; an element's is that of the field that holds its list.
    pub name: String,
    /// True for an element of a list.
    pub element: bool,
}

/// What stands around an offset.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The innermost value there.
    pub value: &'a Node,
    /// The innermost value there that has brackets.
    pub bracketed: &'a Node,
    /// Name of the innermost field there, if any.
    pub field: Option<&'a str>,
    /// What can be left out, from the outside in.
    pub items: Vec<Item>,
}

impl Around<'_> {
    /// Whether the innermost field stands in the value of a field of this name.
    pub fn is_in(&self, name: &str) -> bool {
        let fields = self.items.iter().rev().filter(|item| !item.element);
        fields.skip(1).map(|item| item.name.as_str()).next() == Some(name)
    }
}

/// The text and its values.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    text: &'t str,
    root: Option<Node>,
    /// Where the scan had to stop.
    pub stopped: Option<usize>,
}

impl<'t> Tree<'t> {
    /// Scans a text. Never fails: what cannot be followed is not in the tree.
    pub fn scan(text: &'t str) -> Self {
        let mut scanner = Scanner { text, at: 0 };
        match scanner.document() {
            Ok(root) => Self {
                text,
                root: Some(root),
                stopped: None,
            },
            Err(Stop(at)) => Self {
                text,
                root: None,
                stopped: Some(at),
            },
        }
    }

    /// Line and column (in characters), both from 1, of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        position(self.text, offset)
    }

    /// The byte offset of a line and column, both from 1; the text's end where it has no such place.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        offset(self.text, line, column)
    }

    /// One past the last byte of the text.
    pub fn end(&self) -> usize {
        self.text.len()
    }

    /// Where a word stands first, comments before everything else aside.
    pub fn find(&self, word: &str) -> Option<usize> {
        let first = self.skip_space(0);
        Some(first + self.text.get(first..)?.find(word)?)
    }

    /// The first byte from `offset` on that is neither white space nor comment.
    pub fn skip_space(&self, offset: usize) -> usize {
        let mut scanner = Scanner {
            text: self.text,
            at: offset,
        };
        match scanner.space() {
            Ok(()) => scanner.at,
            Err(Stop(at)) => at,
        }
    }

    /// Line and column of the value at a path such as `sources[2].kind.path`: fields by name, list
    /// and tuple elements by number, what a map has by its key. Where the path leads to nothing that is written (a value left
    /// to its default), the innermost value on the way.
    pub fn place(&self, path: &str) -> (usize, usize) {
        let mut node = match &self.root {
            Some(root) => root,
            None => return (1, 1),
        };
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            let next = match step.strip_suffix(']') {
                Some(number) => number.parse().ok().and_then(|n| node.element(n)),
                None => node.field(step).or_else(|| self.entry(node, step)),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        self.position(node.inner().start)
    }

    /// What a map has for a key that is written without escapes.
    fn entry<'n>(&self, node: &'n Node, key: &str) -> Option<&'n Node> {
        let Body::Map(nodes) = &node.inner().body else {
            return None;
        };
        let mut entries = nodes.chunks_exact(2);
        let is_its = |written: &Node| {
            let text = self.text.get(written.start..written.end);
            text.is_some_and(|text| text.trim_matches(['"', '\'']) == key)
        };
        entries
            .find(|entry| is_its(&entry[0]))
            .map(|entry| &entry[1])
    }

    /// What stands around a byte offset; an end counts as inside where nothing else starts there.
    pub fn around(&self, offset: usize) -> Option<Around<'_>> {
        self.around_where(offset, true)
    }

    /// As [`Tree::around`], but what ends at the offset is not around it.
    pub fn strictly_around(&self, offset: usize) -> Option<Around<'_>> {
        self.around_where(offset, false)
    }

    fn around_where(&self, offset: usize, ends_count: bool) -> Option<Around<'_>> {
        let root = self.root.as_ref()?;
        let mut around = Around {
            value: root,
            bracketed: root,
            field: None,
            items: Vec::new(),
        };
        loop {
            let node = around.value;
            if !matches!(node.body, Body::Plain) {
                around.bracketed = node;
            }
            let holds = |start: usize, end: usize| start <= offset && offset < end;
            let ends = |end: usize| ends_count && end == offset;
            match &node.body {
                Body::Plain => break,
                Body::Fields(fields) => {
                    let field = fields
                        .iter()
                        .find(|f| holds(f.start, f.value.end))
                        .or_else(|| fields.iter().find(|f| ends(f.value.end)));
                    let Some(field) = field else { break };
                    around.items.push(Item {
                        start: field.start,
                        end: field.value.outer_end,
                        holder: node.start,
                        name: field.name.clone(),
                        element: false,
                    });
                    around.field = Some(&field.name);
                    around.value = &field.value;
                }
                Body::Tuple(nodes) | Body::List(nodes) | Body::Map(nodes) => {
                    let child = nodes
                        .iter()
                        .find(|n| holds(n.start, n.end))
                        .or_else(|| nodes.iter().find(|n| ends(n.end)));
                    let Some(child) = child else { break };
                    if matches!(node.body, Body::List(_)) {
                        around.items.push(Item {
                            start: child.start,
                            end: child.outer_end,
                            holder: node.start,
                            name: around.field.unwrap_or_default().to_owned(),
                            element: true,
                        });
                    }
                    around.value = child;
                }
            }
        }
        Some(around)
    }

    /// Takes an item out of the tree, so that elements behind it count one less.
    pub fn remove(&mut self, item: &Item) {
        if let Some(root) = &mut self.root {
            root.remove(item);
        }
    }

    /// The text of a field of the whole, quotes and all.
    pub fn text_of_whole(&self, name: &str) -> Option<&'t str> {
        let field = self.root.as_ref()?.inner().field(name)?;
        self.text.get(field.start..field.end)
    }

    /// The text of the field `name` in the struct that starts at `start`, quotes and all.
    pub fn text_of(&self, start: usize, name: &str) -> Option<&'t str> {
        let around = self.around(start)?;
        let field = around.value.field(name)?;
        self.text.get(field.start..field.end)
    }
}

impl Node {
    /// True where it has brackets.
    pub fn is_bracketed(&self) -> bool {
        !matches!(self.body, Body::Plain)
    }

    /// `Some(value)` stands for its value.
    fn inner(&self) -> &Node {
        match &self.body {
            Body::Tuple(nodes) if self.name == "Some" && nodes.len() == 1 => nodes[0].inner(),
            _ => self,
        }
    }

    fn field(&self, name: &str) -> Option<&Node> {
        match &self.inner().body {
            Body::Fields(fields) => fields.iter().find(|f| f.name == name).map(|f| &f.value),
            _ => None,
        }
    }

    fn element(&self, n: usize) -> Option<&Node> {
        match &self.inner().body {
            Body::Tuple(nodes) | Body::List(nodes) => nodes.get(n),
            _ => None,
        }
    }

    fn remove(&mut self, item: &Item) {
        if self.start == item.holder {
            match &mut self.body {
                Body::Fields(fields) => fields.retain(|f| f.start != item.start),
                Body::List(nodes) => nodes.retain(|n| n.start != item.start),
                _ => {}
            }
            return;
        }
        match &mut self.body {
            Body::Plain => {}
            Body::Fields(fields) => fields.iter_mut().for_each(|f| f.value.remove(item)),
            Body::Tuple(nodes) | Body::List(nodes) | Body::Map(nodes) => {
                nodes.iter_mut().for_each(|n| n.remove(item));
            }
        }
    }
}

/// Line and column (in characters), both from 1, of a byte offset in a text.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.chars().rev().take_while(|&c| c != '\n').count();
    (line, column)
}

/// The byte offset of a line and column, both from 1; the text's end where it has no such place.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(n) => start += n + 1,
            None => return text.len(),
        }
    }
    text[start..]
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(text.len(), |(n, _)| start + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r####"// a comment with a "quote and (
#![enable(implicit_some)]
Show( /* ( /* nested [ */ still */
    version: 1, name: "é \" ) // no comment",
    sources: [
        (id: r#"raw " ) "#, kind: Test(pattern: Bars)), (id: 'c',
            kind: File(path: b"\"x", r#loop: true)),
    ],
    map: {"a": (1, 2), 'b': ['\'', '\u{e9}']},
    receiver: Some((address: "x")), key: Secret ("s"), unit: (),
)
"####;

    #[test]
    fn values_are_found_among_strings_comments_and_brackets() {
        let tree = Tree::scan(TEXT);
        assert_eq!(tree.stopped, None);
        for (path, place) in [
            ("", (3, 1)),
            ("version", (4, 14)),
            ("name", (4, 23)),
            ("sources", (5, 14)),
            ("sources[0]", (6, 9)),
            ("sources[0].id", (6, 14)),
            ("sources[0].kind.pattern", (6, 49)),
            ("sources[1].id", (6, 62)),
            ("sources[1].kind", (7, 19)),
            ("sources[1].kind.path", (7, 30)),
            ("sources[1].kind.loop", (7, 46)),
            ("map", (9, 10)),
            ("map.a[1]", (9, 20)),
            ("map.b", (9, 29)),
            ("map.c", (9, 10)),
            ("receiver.address", (10, 30)),
            ("key", (10, 42)),
            ("key[0]", (10, 50)),
            ("unit", (10, 62)),
            // What is not written is where it would be.
            ("sources[1].fader_db", (6, 57)),
            ("recording.folder", (3, 1)),
        ] {
            assert_eq!(tree.place(path), place, "{path}");
        }
    }

    #[test]
    fn what_was_removed_no_longer_counts() {
        let mut tree = Tree::scan(TEXT);
        let (line, column) = tree.place("sources[0].kind");
        let around = tree.around(tree.offset(line, column)).unwrap();
        assert_eq!(around.field, Some("kind"));
        let names: Vec<_> = around.items.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["sources", "sources", "kind"]);
        let element = around.items[1].clone();
        assert_eq!(tree.text_of(element.start, "id"), Some("r#\"raw \" ) \"#"));
        tree.remove(&element);
        assert_eq!(tree.place("sources[0].id"), (6, 62));
    }

    #[test]
    fn scanning_stops_where_the_form_is_wrong() {
        for (text, stop) in [
            ("", 0),
            ("(a: 1 b: 2)", 6),
            ("(a: \"x)", 4),
            ("(a: 1, /* b)", 7),
            ("(a: [1, 2)", 9),
            ("(a: 1) x", 7),
            ("(a 1)", 3),
            ("(a: )", 4),
            ("(a: r#\"x\")", 4),
            ("(a: '", 4),
            ("(a: {1 2})", 7),
        ] {
            assert_eq!(Tree::scan(text).stopped, Some(stop), "{text}");
        }
        assert!(Tree::scan(&"(".repeat(100_000)).stopped.is_some());
    }

    #[test]
    fn columns_count_characters() {
        let tree = Tree::scan("(é: \"ü\",\r\n b: 1)");
        assert_eq!(tree.place("é"), (1, 5));
        assert_eq!(tree.place("b"), (2, 5));
        assert_eq!(tree.offset(2, 5), "(é: \"ü\",\r\n b: ".len());
        assert_eq!(tree.offset(9, 9), "(é: \"ü\",\r\n b: 1)".len());
    }
}
