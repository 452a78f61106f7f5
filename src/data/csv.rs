//! CSV as spreadsheets write it: a line of names, then a line a row, with commas, semicolons or tabs
//! between the cells, and cells in quotes where they hold any of these.

use csv::{ReaderBuilder, StringRecord};

use super::fault::DataFault;
use super::rows::{Rows, cell_fault, columns_fault, count_fault};
use crate::show::Delimiter;

/// So many lines are looked at to find what stands between the cells.
const LOOKED_AT: usize = 200;
/// With one column the lines are the cells: no text holds this sign, which separates units in ASCII.
const NO_SIGN: u8 = 0x1f;

/// Reads a text; with what stood between its cells, none where it has but one column. Lines with
/// nothing in them are passed over, and so are columns with neither name nor text. A row with fewer
/// cells than there are names is empty in the rest.
///
/// # Errors
/// Rows with more cells than there are names, names that are missing or come twice, quotes that are
/// not closed, and more of anything than a table may hold.
pub(super) fn read(
    text: &str,
    delimiter: Option<Delimiter>,
) -> Result<(Rows, Option<Delimiter>), DataFault> {
    let delimiter = delimiter.or_else(|| found(text));
    let sign = delimiter.map_or(NO_SIGN, Delimiter::sign);
    check_quotes(text, sign)?;
    let is_ended = text.ends_with(['\n', '\r']);
    let mut lines = Lines::of(text, sign).filter(|line| !line.is_blank());
    let header = lines
        .next()
        .ok_or_else(|| DataFault::of("it is empty, expected CSV with a line of names, or JSON"))?;
    let columns = header.cells.iter().map(|name| name.trim().to_owned());
    let mut read = Rows {
        columns: columns.collect(),
        rows: Vec::new(),
    };
    let wants = read.columns.len();
    for mut line in lines {
        let fault = |message: String| Err(DataFault::at_line(line.number, message));
        // A spreadsheet may have written more separators than there are names.
        while line.cells.len() > wants && line.cells.last().is_some_and(String::is_empty) {
            line.cells.pop();
        }
        let has = line.cells.len();
        if has > wants {
            return fault(format!(
                "there are {has} cells, expected at most {wants} as line {} has",
                header.number
            ));
        }
        if has < wants && line.is_last && !is_ended {
            return fault(format!(
                "the line has {has} cells and no end, expected {wants} cells: is it still being written?"
            ));
        }
        line.cells.resize(wants, String::new());
        let mut cells = read.columns.iter().zip(&line.cells);
        if let Some(message) = cells.find_map(|(column, cell)| cell_fault(column, cell)) {
            return fault(message);
        }
        read.rows.push(line.cells);
        if let Some(message) = count_fault(read.rows.len()) {
            return fault(message);
        }
    }
    let at_header = |message: String| DataFault::at_line(header.number, message);
    leave_out_unnamed(&mut read).map_err(at_header)?;
    match columns_fault(&read.columns) {
        Some(message) => Err(at_header(message)),
        None => Ok((read, delimiter)),
    }
}

/// Leaves out columns with neither name nor text.
fn leave_out_unnamed(read: &mut Rows) -> Result<(), String> {
    let named: Vec<bool> = read.columns.iter().map(|name| !name.is_empty()).collect();
    for (n, _) in named.iter().enumerate().filter(|(_, named)| !**named) {
        if read.rows.iter().any(|cells| !cells[n].trim().is_empty()) {
            return Err(format!(
                "column {} has no name, expected one, for there is text below it",
                n + 1
            ));
        }
    }
    if named.contains(&false) {
        for cells in read.rows.iter_mut().chain([&mut read.columns]) {
            let mut named = named.iter();
            cells.retain(|_| named.next() == Some(&true));
        }
    }
    Ok(())
}

/// What stands between the cells: that by which the line of names has several, and the lines below it
/// as many; of several such, the one that makes the most columns. None where nothing does.
fn found(text: &str) -> Option<Delimiter> {
    let judged = Delimiter::ALL.into_iter().rev().filter_map(|delimiter| {
        let mut lines = Lines::of(text, delimiter.sign()).filter(|line| !line.is_blank());
        let names = lines.next()?.cells.len();
        let below: Vec<usize> = lines.take(LOOKED_AT).map(|line| line.cells.len()).collect();
        let alike = below.iter().filter(|cells| **cells == names).count();
        // In thousandths, for there may be lines without a fault in one way and with some in another.
        let alike = (alike * 1000).checked_div(below.len()).unwrap_or(1000);
        (names > 1).then_some((alike, names, delimiter))
    });
    // Of equals the last is taken: what is the least likely to stand in a text.
    judged
        .max_by_key(|(alike, names, _)| (*alike, *names))
        .map(|(_, _, delimiter)| delimiter)
}

/// Every quote that opens a cell is closed at the cell's end: else lines would run into each other.
fn check_quotes(text: &str, sign: u8) -> Result<(), DataFault> {
    let bytes = text.as_bytes();
    let is_end = |byte: u8| byte == sign || byte == b'\n' || byte == b'\r';
    let (mut counted, mut at, mut begins) = (LineCount::default(), 0, true);
    while at < bytes.len() {
        if !(begins && bytes[at] == b'"') {
            begins = is_end(bytes[at]);
            at += 1;
            continue;
        }
        let line = counted.up_to(text, at);
        let mut close = at + 1;
        loop {
            match bytes[close..].iter().position(|byte| *byte == b'"') {
                // Two of them are one within the cell.
                Some(n) if bytes.get(close + n + 1) == Some(&b'"') => close += n + 2,
                Some(n) => break close += n + 1,
                None => {
                    return Err(DataFault::at_line(
                        line,
                        "a quote is opened here and never closed, expected another at the end of the cell",
                    ));
                }
            }
        }
        let spaces = bytes[close..].iter().take_while(|byte| **byte == b' ');
        at = close + spaces.count();
        if bytes.get(at).is_some_and(|byte| !is_end(*byte)) {
            return Err(DataFault::at_line(
                counted.up_to(text, at),
                "text follows a quote that is closed, expected the next cell or the next line",
            ));
        }
        begins = false;
    }
    Ok(())
}

/// Counts lines up to a place that only moves on.
#[derive(Default)]
struct LineCount {
    at: usize,
    ends: usize,
}

impl LineCount {
    /// The line in which this byte stands, from 1.
    fn up_to(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        for n in self.at..at {
            let before_feed = bytes[n] == b'\r' && bytes.get(n + 1) == Some(&b'\n');
            self.ends += usize::from(matches!(bytes[n], b'\n' | b'\r') && !before_feed);
        }
        self.at = self.at.max(at);
        self.ends + 1
    }
}

/// One line: it goes on where a cell in quotes holds line ends.
struct Line {
    /// That in which it begins, from 1.
    number: usize,
    cells: Vec<String>,
    is_last: bool,
}

impl Line {
    /// Whether nothing is in it but what may stand between cells.
    fn is_blank(&self) -> bool {
        let is_none = |sign: char| sign.is_whitespace() || matches!(sign, ',' | ';');
        self.cells.iter().all(|cell| cell.chars().all(is_none))
    }
}

/// The lines of a text.
struct Lines<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
    counted: LineCount,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str, sign: u8) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(sign)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self {
            text,
            reader,
            record: StringRecord::new(),
            counted: LineCount::default(),
        }
    }

    /// The byte up to which it was read.
    fn place(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let before = self.place();
        // A text in memory can be read, and it is UTF-8: there is no error to be had.
        if !self.reader.read_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        // The reader passes over empty lines before it begins.
        let rest = self.text.get(before..).unwrap_or_default();
        let begin = before + (rest.len() - rest.trim_start_matches(['\n', '\r']).len());
        Some(Line {
            number: self.counted.up_to(self.text, begin),
            cells: self.record.iter().map(str::to_owned).collect(),
            is_last: self.place() >= self.text.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<String>, Vec<String>, Option<Delimiter>) {
        let (rows, delimiter) = read(text, None).unwrap();
        let joined = |cells: &Vec<String>| cells.join("|");
        (
            rows.columns,
            rows.rows.iter().map(joined).collect(),
            delimiter,
        )
    }

    fn fault(text: &str) -> DataFault {
        read(text, None).unwrap_err()
    }

    #[test]
    fn what_stands_between_the_cells_is_found() {
        for (text, columns, rows, delimiter) in [
            (
                "name,role\nZoé,Host\n",
                2,
                vec!["Zoé|Host"],
                Some(Delimiter::Comma),
            ),
            (
                "nom;rôle\r\nZoé;Hôte\r\n",
                2,
                vec!["Zoé|Hôte"],
                Some(Delimiter::Semicolon),
            ),
            ("a\tb\nx;y\tz,1", 2, vec!["x;y|z,1"], Some(Delimiter::Tab)),
            // Commas in every cell are no reason to take them.
            (
                "nom;note\nA, B;C, D\nE, F;G",
                2,
                vec!["A, B|C, D", "E, F|G"],
                Some(Delimiter::Semicolon),
            ),
            (
                "nom, prénom;rôle\nM, Z;x\n",
                2,
                vec!["M, Z|x"],
                Some(Delimiter::Semicolon),
            ),
            (
                "note;n,v,w\n\"a;b\",1,2\n",
                3,
                vec!["a;b|1|2"],
                Some(Delimiter::Comma),
            ),
            (
                "name\nZoé, of the house\n",
                1,
                vec!["Zoé, of the house"],
                None,
            ),
            ("a,b", 2, vec![], Some(Delimiter::Comma)),
        ] {
            let (names, cells, by) = table(text);
            assert_eq!((names.len(), by), (columns, delimiter), "{text:?}");
            assert_eq!(cells, rows, "{text:?}");
        }
        let (rows, _) = read("a;b,c\n1;2,3\n", Some(Delimiter::Comma)).unwrap();
        assert_eq!(rows.columns, ["a;b", "c"]);
    }

    #[test]
    fn quotes_lines_and_gaps_are_as_spreadsheets_write_them() {
        let text =
            "\r\n name ;role;;\r\n\"Zoé \"\"Z\"\" M\";\"two\nlines\";;\r\n;;;\r\n\r\nAnn\r\n";
        let (columns, rows, _) = table(text);
        assert_eq!(columns, ["name", "role"]);
        assert_eq!(rows, ["Zoé \"Z\" M|two\nlines", "Ann|"]);
        let (columns, rows, _) = table("a,b\r1,2\r3,4\r");
        assert_eq!((columns.len(), rows.len()), (2, 2));
    }

    #[test]
    fn faults_name_their_line_and_what_was_expected() {
        let long = format!("a,b\n1,2\n{},x\n", "é".repeat(4001));
        let wide = vec!["x"; 101].join(",");
        let many = format!("a,b\n{}", "1,2\n".repeat(10_001));
        for (text, line, said) in [
            ("", None, "empty"),
            ("\n ; \n", None, "empty"),
            (
                "a,b\n\n1,2\n1,2,3\n",
                Some(4),
                "there are 3 cells, expected at most 2 as line 1 has",
            ),
            ("a,b\n\"1\n\n1\",2\n1,2,3\n", Some(5), "3 cells"),
            ("a,b\r\n1,2\r\n1", Some(3), "still being written"),
            ("a,b\n1,2\n\"1,2\n3,4\n", Some(3), "never closed"),
            ("a,b\n\"1,2\n\"3\",4\n", Some(3), "text follows a quote"),
            ("a,a\n1,2\n", Some(1), "two columns are called \"a\""),
            ("a,,b\n1,2,3\n", Some(1), "column 2 has no name"),
            ("a,b\n1,\u{7}\n", Some(2), "\"b\" holds a control character"),
            (
                &long,
                Some(3),
                "\"a\" has 4001 characters, expected at most 4000",
            ),
            (
                &wide,
                Some(1),
                "there are 101 columns, expected at most 100",
            ),
            (&many, Some(10_002), "more than 10000 rows"),
        ] {
            let fault = fault(text);
            assert!(fault.message.contains(said), "{fault}");
            assert_eq!(fault.line, line, "{fault}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c;,\t\"\r\n é]{0,80}") {
            if let Ok((rows, _)) = read(&text, None) {
                for cells in &rows.rows {
                    proptest::prop_assert_eq!(cells.len(), rows.columns.len());
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(
            cells in proptest::collection::vec(proptest::array::uniform3("[a-c;,\t\"\n é]{1,6}x"), 1..20),
        ) {
            for delimiter in Delimiter::ALL {
                let sign = delimiter.sign();
                let mut writer = csv::WriterBuilder::new().delimiter(sign).from_writer(Vec::new());
                writer.write_record(["one", "two", "three"]).unwrap();
                for row in &cells {
                    writer.write_record(row).unwrap();
                }
                let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
                let (rows, _) = read(&text, Some(delimiter)).unwrap();
                proptest::prop_assert_eq!(&rows.rows, &cells.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
            }
        }
    }
}
