//! What the show's own rules say of one of its parts, before an edit of it goes to the engine: so that
//! what is typed wrong is told beside its field.

use std::path::Path;

use crate::show::{SaveError, Show, Sound, Source, Stinger, text_of};

/// What is wrong with a source as it is to be; nothing where nothing is.
pub fn source(show: &Show, source: &Source) -> Vec<String> {
    faults(Show {
        sources: vec![source.clone()],
        ..bare(show)
    })
}

/// What is wrong with a stinger as it is to be; nothing where nothing is.
pub fn stinger(show: &Show, stinger: &Stinger) -> Vec<String> {
    faults(Show {
        stingers: vec![stinger.clone()],
        ..bare(show)
    })
}

/// A show with nothing but what one of its parts is judged by: what is wrong elsewhere is no fault of this
/// part.
fn bare(show: &Show) -> Show {
    Show {
        format: show.format,
        sound: Sound {
            groups: show.sound.groups.clone(),
            ..Sound::default()
        },
        ..Show::new(&show.name)
    }
}

fn faults(alone: Show) -> Vec<String> {
    match text_of(Path::new("show.ron"), &alone, &alone) {
        Err(SaveError::Faulty(faults)) => faults.into_iter().map(|f| f.message).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::show;
    use super::*;
    use crate::show::Group;

    #[test]
    fn a_part_is_judged_by_itself_whatever_names_the_others() {
        let mut show = show();
        show.hold.source = Some("cam".to_owned());
        show.order = show
            .all_scenes()
            .into_iter()
            .map(|scene| scene.id)
            .collect();
        show.sound.talkback.source = "cam".to_owned();
        show.snapshots = show.taken_by("panel", None);
        show.sound.groups = vec![Group {
            id: "choir".to_owned(),
            label: String::new(),
            fader_db: 0.0,
            mute: false,
        }];
        let mut fine = show.sources[1].clone();
        fine.groups = vec!["choir".to_owned()];
        assert_eq!(super::source(&show, &fine), Vec::<String>::new());
        let id = "é!".to_owned();
        assert_eq!(super::source(&show, &Source { id, ..fine }).len(), 1);
        let no_file = Stinger {
            id: "sting".to_owned(),
            label: String::new(),
            path: String::new(),
            cut_frame: 0,
            level_db: 0.0,
        };
        let wrong = super::stinger(&show, &no_file);
        assert!(wrong[0].contains("path"), "{wrong:?}");
    }
}
