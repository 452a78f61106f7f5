//! The past of a show that goes on with another engine: what can be undone, and who touched what. It is
//! kept beside the show that it leads to, and counts for that one alone.

use serde::{Deserialize, Serialize};

use super::book::Past;
use crate::door::Place;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The text of the show that it leads to.
    show: String,
    past: Past,
}

/// Keeps the past of the show that has this text.
///
/// # Errors
/// What the system says.
pub fn keep(place: &Place, show: &str, past: Past) -> std::io::Result<()> {
    let kept = Kept {
        show: show.to_owned(),
        past,
    };
    place.keep_past(&serde_json::to_string(&kept)?)
}

/// The past of the show that is kept there; none where there is none, or it is another show's.
pub fn find(place: &Place) -> Option<Past> {
    let text = place.kept_past().ok()?;
    match serde_json::from_str::<Kept>(&text) {
        Ok(kept) => (kept.show == place.kept_show().ok()?).then_some(kept.past),
        Err(error) => {
            tracing::error!("what could be undone is not known any more: {error}");
            None
        }
    }
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
        keep(&place, "other", book.past()).unwrap();
        place.keep_show("test").unwrap();
        assert_eq!(
            find(&place),
            None,
            "the engine died before the show was kept"
        );
        place.keep_show("other").unwrap();
        assert_eq!(find(&place), Some(book.past()));
        place.forget_past();
        assert_eq!(find(&place), None);
    }
}
