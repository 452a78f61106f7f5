//! Numbered pictures: one file a picture, named by a pattern such as `sting-%03d.png`.

/// A pattern in the last part of a path: `%d`, `%3d` or `%03d`, once. Any other `%` is a sign like
/// others, so that a file or folder may have it in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    before: String,
    /// Between `%` and `d`.
    digits: String,
    after: String,
}

impl Numbered {
    /// The pattern of a path; none where it names one file.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let mut found = path[name..].match_indices('%').filter_map(|(at, _)| {
            let rest = &path[name + at + 1..];
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let after = rest[digits.len()..].strip_prefix('d')?;
            // More than a file's name can hold is no number's width.
            (digits.len() <= 2).then(|| Self {
                before: path[..name + at].to_owned(),
                digits,
                after: after.to_owned(),
            })
        });
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The number of the first picture that there is in the folder, which is to be one that can be read from
    /// here; 0 where there is none.
    pub fn first(&self) -> u32 {
        let folder = match self.before.rfind('/') {
            Some(slash) => &self.before[..=slash],
            None => ".",
        };
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let name = &self.before[self.before.rfind('/').map_or(0, |slash| slash + 1)..];
        let numbers = files.filter_map(|file| {
            let file = file.file_name();
            let file = file.to_str()?;
            let digits = file.strip_prefix(name)?.strip_suffix(&self.after)?;
            let number = digits.trim_start_matches(' ').parse().ok()?;
            // As the pattern writes it, not with more zeros or fewer.
            self.file(number).ends_with(file).then_some(number)
        });
        numbers.min().unwrap_or(0)
    }

    /// The path of the first picture that there is.
    pub fn first_file(&self) -> String {
        self.file(self.first())
    }

    /// The path of the picture of this number.
    pub fn file(&self, n: u32) -> String {
        let width = self.digits.parse().unwrap_or(0);
        let number = if self.digits.starts_with('0') {
            format!("{n:0width$}")
        } else {
            format!("{n:width$}")
        };
        format!("{}{number}{}", self.before, self.after)
    }

    /// The path as `printf` has it, in which every other `%` is doubled.
    pub fn for_printf(&self) -> String {
        let double = |text: &str| text.replace('%', "%%");
        let (before, after) = (double(&self.before), double(&self.after));
        format!("{before}%{}d{after}", self.digits)
    }

    /// The same numbers in a file of another name: what stands before them and after.
    #[must_use]
    pub fn named(&self, before: String, after: String) -> Self {
        Self {
            before,
            digits: self.digits.clone(),
            after,
        }
    }

    /// What stands before the number, folders and all, and what after it.
    pub fn around(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// The pattern as a show names it.
    pub fn path(&self) -> String {
        format!("{}%{}d{}", self.before, self.digits, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_begin_with_the_lowest_number_that_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| format!("{}/{name}", folder.path().display());
        let pattern = |name: &str| Numbered::of(&path(name)).unwrap();
        assert_eq!(pattern("s-%03d.png").first_file(), path("s-000.png"));
        for name in [
            "s-012.png",
            "s-0007.png",
            "s-8.png",
            "s-009.jpg",
            "as-001.png",
        ] {
            std::fs::write(path(name), "x").unwrap();
        }
        assert_eq!(pattern("s-%03d.png").first(), 12);
        assert_eq!(pattern("s-%d.png").first(), 8);
        std::fs::write(path("s-001.png"), "x").unwrap();
        assert_eq!(pattern("s-%03d.png").first_file(), path("s-001.png"));
    }

    #[test]
    fn a_pattern_is_one_number_in_the_last_part() {
        let pattern = Numbered::of("100%/a%d/sting-%03d.png").unwrap();
        assert_eq!(pattern.file(7), "100%/a%d/sting-007.png");
        assert_eq!(pattern.file(1234), "100%/a%d/sting-1234.png");
        assert_eq!(pattern.for_printf(), "100%%/a%%d/sting-%03d.png");
        assert_eq!(pattern.path(), "100%/a%d/sting-%03d.png");
        assert_eq!(Numbered::of("%d.png").unwrap().file(12), "12.png");
        assert_eq!(Numbered::of("%3d.png").unwrap().file(12), " 12.png");
        for other in [
            "sting.webm",
            "100%/sting.webm",
            "5% off.webm",
            "a%sb.png",
            "%n.png",
            "%d-%d.png",
            "%0999d.png",
        ] {
            assert_eq!(Numbered::of(other), None, "{other}");
        }
    }
}
