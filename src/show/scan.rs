//! Scans RON text into values with their places. It knows RON's brackets, strings, comments and
//! names, not its types. It is strict about commas and brackets, so that a whole tree means that the
//! text's form is right.

/// Deeper nesting than this is not followed; the RON reader itself stops at 128.
const DEPTH: usize = 128;

/// A value's place in the text, with what it holds. All offsets are in bytes.
#[derive(Debug)]
pub(super) struct Node {
    /// First byte, a struct's or variant's name included.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// One past the comma that follows it, or `end` where none does.
    pub outer_end: usize,
    /// The struct's or variant's name where one is written.
    pub name: String,
    /// What it holds.
    pub body: Body,
}

/// What a value holds.
#[derive(Debug)]
pub(super) enum Body {
    /// A number, string, character or name.
    Plain,
    /// `(a, b)`, with or without a name.
    Tuple(Vec<Node>),
    /// `(name: value)`, with or without a name.
    Fields(Vec<Field>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{key: value}`: keys and values by turns.
    Map(Vec<Node>),
}

/// A named value of a struct.
#[derive(Debug)]
pub(super) struct Field {
    /// First byte of its name.
    pub start: usize,
    /// The name.
    pub name: String,
    /// The value.
    pub value: Node,
}

/// The offset at which the text stops being RON.
pub(super) struct Stop(pub usize);

/// Reads a text from an offset on.
pub(super) struct Scanner<'t> {
    /// The whole text.
    pub text: &'t str,
    /// The byte it has come to.
    pub at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn skip_while(&mut self, test: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !test(c)).unwrap_or(rest.len());
    }

    /// Skips white space and comments; block comments nest.
    pub fn space(&mut self) -> Result<(), Stop> {
        loop {
            self.skip_while(|c| c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}'));
            let start = self.at;
            if self.eat("//") {
                self.skip_while(|c| c != '\n');
            } else if self.eat("/*") {
                let mut depth = 1;
                while depth > 0 {
                    self.skip_while(|c| c != '/' && c != '*');
                    if self.eat("/*") {
                        depth += 1;
                    } else if self.eat("*/") {
                        depth -= 1;
                    } else if self.peek().is_some() {
                        self.at += 1;
                    } else {
                        return Err(Stop(start));
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    /// The whole text: attributes, one value, and nothing after it.
    pub fn document(&mut self) -> Result<Node, Stop> {
        self.space()?;
        while self.eat("#![") {
            while !self.eat("]") {
                match self.peek() {
                    Some('"') => self.string()?,
                    Some(c) => self.at += c.len_utf8(),
                    None => return Err(Stop(self.at)),
                }
            }
            self.space()?;
        }
        let root = self.value(0)?;
        self.space()?;
        if self.rest().is_empty() {
            Ok(root)
        } else {
            Err(Stop(self.at))
        }
    }

    /// One value, which starts here.
    fn value(&mut self, depth: usize) -> Result<Node, Stop> {
        let start = self.at;
        if depth > DEPTH {
            return Err(Stop(start));
        }
        let mut name = String::new();
        let body = match self.peek() {
            Some('(') => self.round(depth)?,
            Some('[') => {
                self.at += 1;
                Body::List(self.elements(']', depth)?)
            }
            Some('{') => {
                self.at += 1;
                Body::Map(self.map(depth)?)
            }
            Some('"') => {
                self.string()?;
                Body::Plain
            }
            Some('\'') => {
                self.character()?;
                Body::Plain
            }
            Some('r' | 'b') if self.prefixed_string()? => Body::Plain,
            Some(_) => {
                name = self.word()?;
                let end = self.at;
                self.space()?;
                if self.peek() == Some('(') {
                    self.round(depth)?
                } else {
                    self.at = end;
                    Body::Plain
                }
            }
            None => return Err(Stop(start)),
        };
        Ok(Node {
            start,
            end: self.at,
            outer_end: self.at,
            name,
            body,
        })
    }

    /// A name or a number.
    fn word(&mut self) -> Result<String, Stop> {
        let start = self.at;
        self.eat("r#");
        let first = self.at;
        self.skip_while(|c| c.is_alphanumeric() || matches!(c, '_' | '+' | '-' | '.'));
        match self.text.get(first..self.at) {
            Some(word) if !word.is_empty() => Ok(word.to_owned()),
            _ => Err(Stop(start)),
        }
    }

    /// `( … )`: fields where the first thing inside is a name and a colon, else a tuple.
    fn round(&mut self, depth: usize) -> Result<Body, Stop> {
        self.at += 1;
        self.space()?;
        let first = self.at;
        let named = self.word().is_ok() && self.space().is_ok() && self.peek() == Some(':');
        self.at = first;
        if !named {
            return Ok(Body::Tuple(self.elements(')', depth)?));
        }
        let mut fields = Vec::new();
        loop {
            self.space()?;
            if self.eat(")") {
                return Ok(Body::Fields(fields));
            }
            let start = self.at;
            let name = self.word()?;
            self.space()?;
            if !self.eat(":") {
                return Err(Stop(self.at));
            }
            self.space()?;
            let value = self.value(depth + 1)?;
            let (value, last) = self.comma(value, ')')?;
            fields.push(Field { start, name, value });
            if last {
                return Ok(Body::Fields(fields));
            }
        }
    }

    fn elements(&mut self, close: char, depth: usize) -> Result<Vec<Node>, Stop> {
        let mut nodes = Vec::new();
        loop {
            self.space()?;
            if self.peek() == Some(close) {
                self.at += 1;
                return Ok(nodes);
            }
            let value = self.value(depth + 1)?;
            let (value, last) = self.comma(value, close)?;
            nodes.push(value);
            if last {
                return Ok(nodes);
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Node>, Stop> {
        let mut nodes = Vec::new();
        loop {
            self.space()?;
            if self.eat("}") {
                return Ok(nodes);
            }
            nodes.push(self.value(depth + 1)?);
            self.space()?;
            if !self.eat(":") {
                return Err(Stop(self.at));
            }
            self.space()?;
            let value = self.value(depth + 1)?;
            let (value, last) = self.comma(value, '}')?;
            nodes.push(value);
            if last {
                return Ok(nodes);
            }
        }
    }

    /// What follows a value: a comma, or the bracket's end (true).
    fn comma(&mut self, mut value: Node, close: char) -> Result<(Node, bool), Stop> {
        self.space()?;
        if self.eat(",") {
            value.outer_end = self.at;
            return Ok((value, false));
        }
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok((value, true));
        }
        Err(Stop(self.at))
    }

    /// `"…"` with escapes.
    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_while(|c| c != '"' && c != '\\');
            if self.eat("\"") {
                return Ok(());
            }
            if !self.eat("\\") {
                return Err(Stop(start));
            }
            match self.peek() {
                Some(c) => self.at += c.len_utf8(),
                None => return Err(Stop(start)),
            }
        }
    }

    /// `'c'`, `'\''`, `'\u{e9}'`.
    fn character(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        if self.eat("\\") {
            // The escaped character itself may be a quote.
            self.at += self.peek().map_or(0, char::len_utf8);
            self.skip_while(|c| c != '\'' && c != '\n');
        } else {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        if self.eat("'") {
            Ok(())
        } else {
            Err(Stop(start))
        }
    }

    /// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `b'…'`; false, and nowhere further, where it is a name.
    fn prefixed_string(&mut self) -> Result<bool, Stop> {
        let start = self.at;
        let bytes = self.eat("b");
        if bytes && self.peek() == Some('\'') {
            self.character()?;
            return Ok(true);
        }
        if bytes && self.peek() == Some('"') {
            self.string()?;
            return Ok(true);
        }
        if self.eat("r") {
            let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
            self.at += hashes;
            if self.eat("\"") {
                let close = format!("\"{}", "#".repeat(hashes));
                let Some(n) = self.rest().find(&close) else {
                    return Err(Stop(start));
                };
                self.at += n + close.len();
                return Ok(true);
            }
        }
        self.at = start;
        Ok(false)
    }
}
