//! What is wrong with the sound, in plain words: who is silent or too loud, of those that an alarm is set
//! for.

use super::bank::bus_name;
use super::view::name;
use super::{lang, onair};
use crate::door::{Snapshot, SourceState};
use crate::show::PROGRAM;

/// Adds everything that is wrong: what it is about, the sentence, what to do, and whether it is on air.
pub fn find(snapshot: &Snapshot, mut add: impl FnMut(String, String, String, bool)) {
    let is_out = onair::goes_out(snapshot);
    let alarm = snapshot.sound.alarm;
    if alarm.silent {
        add(
            "program silent".to_owned(),
            lang::text("desk-program-silent"),
            lang::text("desk-advice-program-silent"),
            true,
        );
    }
    if alarm.clipping {
        add(
            "program loud".to_owned(),
            lang::text("desk-program-loud"),
            lang::text("desk-advice-program-loud"),
            is_out,
        );
    }
    let generator = &snapshot.sound.generator;
    if generator.on {
        let to_program = generator.to == PROGRAM;
        let text = if to_program {
            lang::text("desk-generator-program")
        } else {
            let bus = bus_name(snapshot, &generator.to);
            lang::with("desk-generator", &[("bus", bus.into())])
        };
        let advice = lang::text("desk-advice-generator");
        add("generator".to_owned(), text, advice, to_program && is_out);
    }
    // Of one that is lost or frozen more is said than that nothing is heard.
    let live = |state| state == SourceState::Live;
    for source in snapshot.sources.iter().filter(|s| live(s.state)) {
        let named = [("name", name(&source.label, &source.id).into())];
        if source.alarm.silent {
            add(
                format!("source {} silent", source.id),
                lang::with("desk-sound-silent", &named),
                lang::text("desk-advice-silent"),
                false,
            );
        }
        if source.alarm.clipping {
            add(
                format!("source {} clips", source.id),
                lang::with("desk-sound-clips", &named),
                lang::text("desk-advice-clips"),
                false,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{SoundAlarm, SourceStatus};

    fn found(snapshot: &Snapshot) -> Vec<(String, bool)> {
        let mut all = Vec::new();
        find(snapshot, |about, text, advice, grave| {
            assert!(!text.is_empty() && !advice.is_empty());
            all.push((about, grave));
        });
        all
    }

    #[test]
    fn a_silent_program_is_told_while_it_goes_out_and_a_silent_source_while_it_is_there() {
        let both = SoundAlarm {
            silent: true,
            clipping: true,
        };
        let source = SourceStatus {
            id: "mic".to_owned(),
            state: SourceState::Live,
            alarm: both,
            ..SourceStatus::default()
        };
        let mut snapshot = crate::ui::testing::snapshot();
        snapshot.sources = vec![source];
        (snapshot.on_air_s, snapshot.recording_s) = (None, None);
        let of_source = [
            ("source mic silent".to_owned(), false),
            ("source mic clips".to_owned(), false),
        ];
        assert_eq!(found(&snapshot), of_source);
        snapshot.sources[0].state = SourceState::Lost;
        assert_eq!(found(&snapshot), []);
        snapshot.sound.alarm = both;
        snapshot.on_air_s = Some(3.0);
        let of_program = [
            ("program silent".to_owned(), true),
            ("program loud".to_owned(), true),
        ];
        assert_eq!(found(&snapshot), of_program);
    }

    #[test]
    fn a_line_up_tone_is_told_as_long_as_it_is_on_and_is_grave_in_a_program_that_goes_out() {
        let mut snapshot = crate::ui::testing::snapshot();
        snapshot.sources.clear();
        (snapshot.on_air_s, snapshot.recording_s) = (None, None);
        snapshot.sound.generator.on = true;
        let told = |grave| [("generator".to_owned(), grave)];
        assert_eq!(found(&snapshot), told(false));
        snapshot.recording_s = Some(1.0);
        assert_eq!(found(&snapshot), told(true));
        snapshot.sound.generator.to = "aux1".to_owned();
        assert_eq!(found(&snapshot), told(false));
    }
}
