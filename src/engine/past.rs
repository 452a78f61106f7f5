//! The past of a show that goes on with another engine: what can be undone, and who touched what. It is
//! kept beside the show that it leads to, and counts for that one alone.

use serde::{Deserialize, Serialize};

use super::book::Past;
use super::journal::Journal;
use crate::door::Place;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The text of the show that it leads to.
    show: String,
    /// The text of the show that the engine before this one played.
    before: String,
    past: Past,
}

/// Keeps a show for the next engine by its text, with its past.
///
/// # Errors
/// What the system says. The show that was kept before is as it was.
pub fn keep(place: &Place, show: &str, past: Past) -> std::io::Result<()> {
    let kept = Kept {
        show: show.to_owned(),
        before: place.kept_show()?,
        past,
    };
    place.keep_past(&serde_json::to_string(&kept)?)?;
    place.keep_show(show)
}

/// The past of the show that is kept there; none where there is none, or it is another show's.
pub fn find(place: &Place) -> Option<Past> {
    read(place).map(|kept| kept.past)
}

fn read(place: &Place) -> Option<Kept> {
    let text = place.kept_past().ok()?;
    match serde_json::from_str::<Kept>(&text) {
        Ok(kept) => (kept.show == place.kept_show().ok()?).then_some(kept),
        Err(error) => {
            tracing::error!("what could be undone is not known any more: {error}");
            None
        }
    }
}

/// Puts the show back as it was before the edit for which an engine made way, where no other starts with
/// that edit; whether it did.
pub fn go_back(place: &Place) -> bool {
    let made_way = Journal::read(&place.journal()).is_some_and(|journal| journal.made_way);
    let Some(kept) = read(place).filter(|_| made_way) else {
        return false;
    };
    let kept = place.keep_show(&kept.before);
    place.forget_past();
    if let Err(error) = &kept {
        tracing::error!("the show as it was before cannot be kept: {error}");
    }
    kept.is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::book::Book;
    use super::*;
    use crate::show::Edit;

    #[test]
    fn a_past_counts_for_its_own_show_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(folder.path().join("test"));
        assert_eq!(find(&place), None);
        let text = "(version: 1, name: \"Test\")";
        let show = crate::show::parse(std::path::Path::new("test.ron"), text).unwrap();
        let mut book = Book::new(Arc::new(show), 4);
        let draft = book.draft(None, &[Edit::Name("Other".to_owned())], "name", false);
        book.commit(draft.unwrap());
        place.keep_show("test").unwrap();
        keep(&place, "other", book.past()).unwrap();
        assert_eq!(find(&place), Some(book.past()));
        place.keep_show("test").unwrap();
        assert_eq!(find(&place), None, "another show's");
        place.keep_show("other").unwrap();
        place.forget_past();
        assert_eq!(find(&place), None);
    }

    #[test]
    fn a_show_that_no_engine_starts_with_goes_back_to_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(folder.path().join("test"));
        let text = "(version: 1, name: \"Test\")";
        let show = crate::show::parse(std::path::Path::new("test.ron"), text).unwrap();
        place.keep_show("before").unwrap();
        keep(&place, "after", Book::new(Arc::new(show), 0).past()).unwrap();
        assert_eq!(place.kept_show().unwrap(), "after");
        let write = |made_way| {
            let journal = Journal {
                made_way,
                ..Journal::default()
            };
            let text = serde_json::to_vec(&journal).unwrap();
            std::fs::write(place.journal(), text).unwrap();
        };
        write(false);
        assert!(!go_back(&place), "one that died is followed by the same");
        write(true);
        assert!(go_back(&place));
        assert_eq!(place.kept_show().unwrap(), "before");
        assert!(!go_back(&place), "once");
    }
}
