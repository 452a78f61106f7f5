//! How much a show may hold: far more than anybody directs, and little enough that it is checked, told
//! and kept in no time.

use super::model::Show;

/// Sources of a show.
const SOURCES: usize = 128;
/// Scenes of a show.
const SCENES: usize = 1000;
/// Layers of a scene.
const LAYERS: usize = 64;
/// Stingers of a show.
const STINGERS: usize = 64;
/// Titles of a show.
const TITLES: usize = 200;
/// Titles of a rundown.
const RUNDOWN: usize = 1000;
/// Tables of a show.
const TABLES: usize = 32;
/// Destinations of a show.
const DESTINATIONS: usize = 64;
/// Groups of a show.
const GROUPS: usize = 64;
/// Sound snapshots of a show.
const SNAPSHOTS: usize = 200;
/// Outputs to sound cards.
const SOUND_OUTPUTS: usize = 32;
/// Characters of a name or label.
const LABEL: usize = 200;

/// What there is too much of: the place, and what is wrong there.
pub(super) fn faults(show: &Show) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut counted = |place: String, n: usize, most: usize| {
        if n > most {
            faults.push((place, format!("{n} are too many, expected at most {most}")));
        }
    };
    counted("sources".to_owned(), show.sources.len(), SOURCES);
    counted("scenes".to_owned(), show.scenes.len(), SCENES);
    counted("stingers".to_owned(), show.stingers.len(), STINGERS);
    counted("titles".to_owned(), show.titles.len(), TITLES);
    counted("rundown".to_owned(), show.rundown.len(), RUNDOWN);
    counted("tables".to_owned(), show.tables.len(), TABLES);
    counted("sound.groups".to_owned(), show.sound.groups.len(), GROUPS);
    let destinations = show.destinations.len();
    counted("destinations".to_owned(), destinations, DESTINATIONS);
    let outputs = show.sound_outputs.len();
    counted("sound_outputs".to_owned(), outputs, SOUND_OUTPUTS);
    let snapshots = show.snapshots.list.len();
    counted("snapshots.list".to_owned(), snapshots, SNAPSHOTS);
    for (n, scene) in show.scenes.iter().enumerate() {
        counted(format!("scenes[{n}].layers"), scene.layers.len(), LAYERS);
    }
    let sound = &show.sound;
    let snapshots = show.snapshots.list.iter();
    let labels: [(&str, Vec<&String>); 11] = [
        ("sources", show.sources.iter().map(|s| &s.label).collect()),
        ("scenes", show.scenes.iter().map(|s| &s.label).collect()),
        ("titles", show.titles.iter().map(|t| &t.label).collect()),
        ("keys", show.keys.iter().map(|k| &k.label).collect()),
        ("rundown", show.rundown.iter().map(|c| &c.label).collect()),
        ("stingers", show.stingers.iter().map(|s| &s.label).collect()),
        ("tables", show.tables.iter().map(|t| &t.label).collect()),
        (
            "destinations",
            show.destinations.iter().map(|d| &d.label).collect(),
        ),
        ("snapshots.list", snapshots.map(|s| &s.label).collect()),
        (
            "sound.auxes",
            sound.auxes.iter().map(|a| &a.label).collect(),
        ),
        (
            "sound.groups",
            sound.groups.iter().map(|g| &g.label).collect(),
        ),
    ];
    let of_lists = labels.iter().flat_map(|(list, labels)| {
        let all = labels.iter().enumerate();
        all.map(move |(n, label)| (format!("{list}[{n}].label"), *label))
    });
    let alone = [("name", &show.name), ("hold.text", &show.hold.text)];
    let alone = alone.map(|(place, text)| (place.to_owned(), text));
    for (place, text) in alone.into_iter().chain(of_lists) {
        let length = text.chars().count();
        if length > LABEL {
            let message = format!("{length} characters are too many, expected at most {LABEL}");
            faults.push((place, message));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(scenes: usize, label: usize) -> Show {
        let scenes = "(id: \"a\", layers: []),".repeat(scenes);
        let label = "é".repeat(label);
        let text = format!(
            "(version: 1, name: \"n\", sources: [(id: \"s\", label: {label:?}, kind: Test(pattern: \
             Bars))], scenes: [{scenes}])"
        );
        ron::from_str(&text).unwrap()
    }

    #[test]
    fn as_much_as_may_be_is_no_fault_and_one_more_is() {
        assert_eq!(faults(&show(SCENES, LABEL)), []);
        let places = |show| faults(&show).into_iter().map(|f| f.0).collect::<Vec<_>>();
        assert_eq!(places(show(SCENES + 1, LABEL)), ["scenes"]);
        assert_eq!(places(show(0, LABEL + 1)), ["sources[0].label"]);
    }
}
