//! The numbers of the scenes, by which the keys go: what is added comes behind what is there, so that no
//! scene gets another number but where scenes or their sources are moved, or one before it leaves.

use super::model::Show;

/// The ids of all scenes, in the order of their numbers.
pub(super) fn of(show: &Show) -> Vec<String> {
    let all = show.all_scenes().into_iter();
    all.map(|scene| scene.id).collect()
}

/// Has every scene keep the place that it had `before`; one that was given another id, of which the old
/// and the new are known, keeps it too.
pub(super) fn keep(show: &mut Show, before: &[String], renamed: Option<(&str, &str)>) {
    let now = of(show);
    let has = |id: &str| now.iter().any(|other| other == id);
    let mut order = before.to_vec();
    if let Some((old, new)) = renamed
        && !has(old)
        && !order.iter().any(|id| id == new)
    {
        let place = order.iter_mut().filter(|id| *id == old);
        place.for_each(|id| new.clone_into(id));
    }
    order.retain(|id| has(id));
    let new: Vec<&String> = now.iter().filter(|id| !order.contains(id)).collect();
    order.extend(new.into_iter().cloned());
    number(show, order);
}

/// Gives a scene this place, counted from 0; the last one where it is beyond it.
pub(super) fn put(show: &mut Show, id: &str, to: usize) {
    let mut order = of(show);
    if let Some(at) = order.iter().position(|other| other == id) {
        let id = order.remove(at);
        order.insert(to.min(order.len()), id);
    }
    number(show, order);
}

/// Has the scene that a moved source has of its own pass those of the sources that it passed; `before` are
/// the ids of the sources as they were listed. Nothing else gets another number.
pub(super) fn follow_source(show: &mut Show, id: &str, before: &[String]) {
    let now: Vec<&String> = show.sources.iter().map(|source| &source.id).collect();
    let old = before.iter().position(|other| other == id);
    let new = now.iter().position(|other| *other == id);
    let (Some(old), Some(new)) = (old, new) else {
        return;
    };
    let run = &now[old.min(new)..=old.max(new)];
    let is_own = |id: &String| show.scenes.iter().any(|scene| scene.id == *id);
    let mut order = of(show);
    let places: Vec<usize> = (0..order.len())
        .filter(|&i| run.contains(&&order[i]) && !is_own(&order[i]))
        .collect();
    let ids: Vec<String> = places.iter().map(|&i| order[i].clone()).collect();
    let (mut passing, mut passed): (Vec<_>, Vec<_>) = ids.into_iter().partition(|own| own == id);
    if new > old {
        passed.append(&mut passing);
    } else {
        passing.append(&mut passed);
        passed = passing;
    }
    for (place, id) in places.into_iter().zip(passed) {
        order[place] = id;
    }
    number(show, order);
}

/// Whether a scene that was there `before` has another number now; `renamed` as in [`keep`].
pub(super) fn differ(show: &Show, before: &[String], renamed: Option<(&str, &str)>) -> bool {
    let now = of(show);
    let is_there = |id: &str, at: usize| now.get(at).is_some_and(|other| other == id);
    before.iter().enumerate().any(|(at, id)| {
        let id = match renamed {
            Some((old, new)) if old == id && !now.contains(id) => new,
            _ => id,
        };
        !is_there(id, at) && now.iter().any(|other| other == id)
    })
}

/// Numbers the scenes so. The show's own are listed in that order too, and nothing more is said where
/// they come first.
fn number(show: &mut Show, order: Vec<String>) {
    let at = |id: &str| order.iter().position(|other| other == id);
    show.scenes.sort_by_key(|scene| at(&scene.id));
    show.order.clear();
    if of(show) != order {
        show.order = order;
    }
}

#[cfg(test)]
mod tests {
    use super::super::edit::{Edit, Item, ItemKind, Part};
    use super::super::layer::Layer;
    use super::super::model::{Scene, Source};
    use super::*;

    struct Numbered(Show);

    impl Numbered {
        /// Two sources, no scenes.
        fn new() -> Self {
            let text = "(version: 1, name: \"x\", sources: [(id: \"a\", kind: Test(pattern: Bars)),
                        (id: \"b\", kind: Test(pattern: Ball))])";
            Self(super::super::parse(std::path::Path::new("x.ron"), text).unwrap())
        }

        fn make(&mut self, edit: Edit) -> String {
            edit.apply(&mut self.0).unwrap();
            let text = super::super::text_of(std::path::Path::new("x.ron"), &self.0, &self.0);
            let read = super::super::parse(std::path::Path::new("x.ron"), &text.unwrap());
            assert_eq!(read.unwrap(), self.0, "as it is saved");
            of(&self.0).join(" ")
        }

        fn add(&mut self, id: &str, at: Option<usize>) -> String {
            let item = Item::Scene(scene(id));
            self.make(Edit::Add { item, at })
        }

        fn source(&mut self, id: &str, at: Option<usize>) -> String {
            let item = Item::Source(source(&self.0, id));
            self.make(Edit::Add { item, at })
        }

        fn put(&mut self, kind: ItemKind, id: &str, to: usize) -> String {
            let id = id.to_owned();
            self.make(Edit::Move { kind, id, to })
        }
    }

    fn scene(id: &str) -> Scene {
        Scene {
            id: id.to_owned(),
            label: String::new(),
            layers: vec![Layer::full("a")],
            transition: None,
        }
    }

    fn source(show: &Show, id: &str) -> Source {
        Source {
            id: id.to_owned(),
            ..show.sources[0].clone()
        }
    }

    #[test]
    fn what_is_new_leaves_every_number_as_it_is() {
        let mut show = Numbered::new();
        assert_eq!(show.add("duo", None), "a b duo");
        assert_eq!(show.source("c", Some(0)), "a b duo c");
        assert_eq!(show.add("solo", None), "a b duo c solo");
        // A source's own scene that is changed is the show's from then on, under its number.
        assert_eq!(show.add("b", None), "a b duo c solo");
        let ids: Vec<_> = show.0.scenes.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["b", "duo", "solo"]);
        let kind = ItemKind::Scene;
        let id = "b".to_owned();
        assert_eq!(show.make(Edit::Remove { kind, id }), "a b duo c solo");
    }

    #[test]
    fn what_is_moved_or_has_another_id_is_where_it_is_put() {
        let mut show = Numbered::new();
        show.add("duo", None);
        show.add("solo", None);
        assert_eq!(show.put(ItemKind::Scene, "solo", 0), "solo a b duo");
        assert_eq!(show.put(ItemKind::Scene, "b", 0), "b solo a duo");
        assert_eq!(show.put(ItemKind::Scene, "b", 99), "solo a duo b");
        assert_eq!(show.put(ItemKind::Source, "b", 0), "solo b duo a");
        let item = Item::Source(source(&show.0, "stage"));
        let id = "b".to_owned();
        assert_eq!(show.make(Edit::Set { id, item }), "solo stage duo a");
        let item = Item::Scene(scene("duet"));
        let id = "duo".to_owned();
        assert_eq!(show.make(Edit::Set { id, item }), "solo stage duet a");
        assert_eq!(show.add("first", Some(0)), "first solo stage duet a");
        let nowhere = Edit::Move {
            kind: ItemKind::Scene,
            id: "nowhere".to_owned(),
            to: 0,
        };
        assert!(nowhere.apply(&mut show.0).is_err());
        // The show's own first is what a file says that says nothing.
        show.put(ItemKind::Scene, "duet", 0);
        assert_eq!(
            show.put(ItemKind::Scene, "stage", 99),
            "duet first solo a stage"
        );
        assert_eq!(
            show.put(ItemKind::Scene, "a", 99),
            "duet first solo stage a"
        );
        assert_eq!(show.0.order, [""; 0]);
    }

    #[test]
    fn only_what_is_moved_and_what_it_passes_gets_another_number() {
        let mut show = Numbered::new();
        show.source("c", None);
        show.source("d", None);
        assert_eq!(show.put(ItemKind::Scene, "d", 0), "d a b c");
        // The list of sources is still a b c d: nothing that b does not pass is touched.
        assert_eq!(show.put(ItemKind::Source, "b", 0), "d b a c");
        assert_eq!(show.put(ItemKind::Source, "b", 2), "d a c b");
        // It comes before them all already.
        assert_eq!(show.put(ItemKind::Source, "d", 0), "d a c b");
        // A scene of the show's own is passed by nobody.
        show.add("c", None);
        assert_eq!(show.put(ItemKind::Source, "c", 0), "d a c b");
    }

    #[test]
    fn the_order_is_touched_where_a_number_changes() {
        let order = Part::Order(ItemKind::Scene);
        let touches =
            |show: &mut Numbered, edit: Edit| edit.apply(&mut show.0).unwrap().contains(&order);
        let mut show = Numbered::new();
        show.source("c", None);
        let item = Item::Source(source(&show.0, "d"));
        assert!(
            !touches(&mut show, Edit::Add { item, at: Some(0) }),
            "it comes last"
        );
        let moved = |kind, id: &str, to| Edit::Move {
            kind,
            id: id.to_owned(),
            to,
        };
        assert!(touches(&mut show, moved(ItemKind::Source, "a", 99)));
        assert_eq!(of(&show.0).join(" "), "b c a d");
        let item = Item::Source(source(&show.0, "camera"));
        let id = "b".to_owned();
        assert!(
            !touches(&mut show, Edit::Set { id, item }),
            "it keeps its number"
        );
        let gone = |id: &str| Edit::Remove {
            kind: ItemKind::Source,
            id: id.to_owned(),
        };
        assert!(!touches(&mut show, gone("d")), "it was the last");
        assert!(
            touches(&mut show, gone("camera")),
            "those behind it move up"
        );
        let item = Item::Scene(scene("first"));
        assert!(touches(&mut show, Edit::Add { item, at: Some(0) }));
        // A scene of the show's own under the id of a source that is renamed stays beside it.
        let item = Item::Scene(scene("c"));
        assert!(!touches(&mut show, Edit::Add { item, at: None }));
        let item = Item::Source(source(&show.0, "stage"));
        let id = "c".to_owned();
        assert!(!touches(&mut show, Edit::Set { id, item }));
    }

    #[test]
    fn a_file_that_numbers_what_is_not_there_or_twice_is_told_where() {
        let text = "(version: 1, name: \"x\", sources: [(id: \"a\", kind: Test(pattern: Bars))],
                    order: [\"a\", \"b\", \"a\"])";
        let faults = super::super::parse(std::path::Path::new("x.ron"), text).unwrap_err();
        let words: Vec<String> = faults.iter().map(super::super::Fault::in_words).collect();
        assert_eq!(
            words,
            [
                "order[1]: no scene or source has the id `b`, expected `a`",
                "order[2]: the scene `a` has a number already, expected each once",
            ]
        );
    }
}
