//! A closer look at a show before it is on air: what its titles and tables are made of, read and drawn once.

use std::collections::BTreeMap;
use std::path::Path;

use super::titles::Reading;
use crate::data;
use crate::show::{Show, TableFrom, picture_folders};
use crate::title::{Fonts, is_field};

/// Memory for one title.
const MEMORY: usize = 512 << 20;

/// What is wrong, each with its place in the show, such as `titles[2].template`. What the web gives is not
/// asked for.
pub fn inspect(show: &Show, folder: &Path) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let mut fields: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut fonts = None;
    for (n, title) in show.titles.iter().enumerate() {
        let (reading, _) = Reading::of(title, folder);
        let reading = match reading {
            Ok(reading) => reading,
            Err(message) => {
                faults.push((format!("titles[{n}].template"), message));
                continue;
            }
        };
        let names = reading.fields().iter().map(|field| field.name.clone());
        let names = fields.entry(&title.id).or_insert_with(|| names.collect());
        let unknown = unknown(&title.fields, names);
        faults.extend(unknown.map(|message| (format!("titles[{n}].fields"), message)));
        let fonts = fonts.get_or_insert_with(Fonts::load);
        let folders = picture_folders(folder);
        let made = reading.make(&title.fields, show.format, (fonts, &folders), MEMORY);
        if let Err(message) = made {
            let message = format!("the title \"{}\": {message}", title.id);
            faults.push((format!("titles[{n}].fields"), message));
        }
    }
    for (n, cue) in show.rundown.iter().enumerate() {
        if let Some(names) = fields.get(cue.title.as_str()) {
            let unknown = unknown(&cue.fields, names);
            faults.extend(unknown.map(|message| (format!("rundown[{n}].fields"), message)));
        }
    }
    for (n, table) in show.tables.iter().enumerate() {
        if let TableFrom::File(path) = &table.from
            && let Err(message) = data::check_file(&folder.join(path), path, table.delimiter)
        {
            faults.push((format!("tables[{n}].from[0]"), message));
        }
    }
    faults
}

/// What is filled into fields that a template does not have.
fn unknown(values: &BTreeMap<String, String>, fields: &[String]) -> impl Iterator<Item = String> {
    let is_none = |name: &&String| !fields.iter().any(|field| is_field(name, field));
    values.keys().filter(is_none).map(|name| {
        let known = fields.join(", ");
        format!("unknown field \"{name}\": expected one of {known}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_show_has_nothing_wrong_and_each_fault_is_told_with_its_place() {
        crate::media::start_gstreamer().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("titles")).unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("names.csv", "name,role\nZoe,Host\n");
        write("bad.csv", "name,role\n\"Zoe,Host\n");
        write(
            "titles/bad.svg",
            "<svg xmlns='http://www.w3.org/2000/svg'><g data-in='bounce'/></svg>",
        );
        write("not.gif", "GIF");
        let of = |text: &str| {
            let show = crate::show::parse(Path::new("x.ron"), text).unwrap();
            inspect(&show, folder.path())
        };
        let sound = r#"(version: 1, name: "x", sources: [],
            titles: [(id: "l", template: "lower-third.svg", fields: {"Name": "Zoe"}, table: "t")],
            tables: [(id: "t", from: File("names.csv"))],
            rundown: [(id: "c", title: "l", fields: {"role": "Host"})])"#;
        assert_eq!(of(sound), []);
        let faulty = r#"(version: 1, name: "x", sources: [],
            titles: [
                (id: "a", template: "lower-third.svg", fields: {"nmae": "Zoe"}),
                (id: "b", template: "nothing.svg"), (id: "c", template: "bad.svg"),
                (id: "d", template: "logo-bug.svg", fields: {"logo": "gone.png"}),
                (id: "e", template: "not.gif"),
            ],
            tables: [(id: "t", from: File("bad.csv"))],
            rundown: [(id: "c", title: "a", fields: {"rôle": "Host"})])"#;
        let faults = of(faulty);
        let places: Vec<&str> = faults.iter().map(|(place, _)| place.as_str()).collect();
        let expected = [
            "titles[0].fields",
            "titles[1].template",
            "titles[2].template",
            "titles[3].fields",
            "titles[4].fields",
            "rundown[0].fields",
            "tables[0].from[0]",
        ];
        assert_eq!(places, expected, "{faults:?}");
        for (fault, said) in faults
            .iter()
            .zip(["nmae", "nothing.svg", "bounce", "gone.png"])
        {
            assert!(
                fault.1.contains(said) && fault.1.contains("expected"),
                "{fault:?}"
            );
        }
    }
}
