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

    /// The path of a picture, counted from 0.
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
