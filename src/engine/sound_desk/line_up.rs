//! How the line-up generator is set. A crash ends it: nobody wants a tone that nobody has started.

use super::ears::{bus, is_guest};
use super::strip::is_in_range;
use crate::audio::{BusId, Generated};
use crate::engine::cast::{Cast, Renamed};
use crate::engine::refusal::{Refusal, unknown};
use crate::media::db_to_gain;
use crate::show::{BUSES, BusName, LineUp, LineUpChange};

/// Changes how it is set; all that the command says, or nothing.
///
/// # Errors
/// Where there is no such bus, or a number is out of range.
pub fn change(line_up: &mut LineUp, change: &LineUpChange, cast: &Cast) -> Result<(), Refusal> {
    let next = line_up.changed(change);
    match BusName::of(&next.to) {
        // A guest may have left since; a tone is switched off all the same.
        Some(BusName::NMinusOne(guest)) if next.on => is_guest(guest, cast)?,
        Some(BusName::Program | BusName::Aux(_) | BusName::NMinusOne(_)) => {}
        Some(BusName::Listening) | None => return Err(unknown("bus", &next.to, BUSES.into_iter())),
    }
    is_in_range(next.numbers().into_iter())?;
    *line_up = next;
    Ok(())
}

/// Follows a guest that has another id in the show.
pub fn rename(line_up: &mut LineUp, renamed: &Renamed) {
    if let Some(guest) = BusName::guest(&line_up.to) {
        let mut guest = guest.to_owned();
        renamed.source(&mut guest);
        line_up.to = BusName::n_minus_one(&guest);
    }
}

/// What the mixer generates; nothing where it is off, or its guest is in the show no more.
pub fn generated(line_up: &LineUp, cast: &Cast) -> Option<Generated> {
    let bus: BusId = bus(&line_up.to, cast).filter(|_| line_up.on)?;
    Some(Generated {
        bus,
        wave: line_up.wave,
        hz: line_up.hz,
        level: db_to_gain(line_up.level_db),
        alone: line_up.alone,
        ident: line_up.ident,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::door::Command;
    use crate::show::{Ident, Wave};

    fn cast() -> Cast {
        let text = "(version: 1, name: \"x\", sources: [
                (id: \"cam\", kind: Test(pattern: Bars)),
                (id: \"ann\", kind: Test(pattern: Ball), mix_minus: true),
            ])";
        Cast::opened(crate::show::parse(Path::new("x.ron"), text).unwrap(), 0)
    }

    /// As it comes in by a command.
    fn asked(text: &str) -> LineUpChange {
        let text = format!("{{\"command\":\"generator\"{text}}}");
        match serde_json::from_str(&text).unwrap() {
            Command::Generator(change) => change,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_a_line_up_tone_until_it_is_told_otherwise_and_is_heard_where_it_is_sent() {
        let cast = cast();
        let mut line_up = LineUp::default();
        assert_eq!(generated(&line_up, &cast), None);
        change(&mut line_up, &asked(",\"on\":true"), &cast).unwrap();
        let tone = generated(&line_up, &cast).unwrap();
        assert_eq!(
            (tone.bus, tone.wave, tone.hz),
            (BusId::Program, Wave::Sine, 1000.0)
        );
        assert!((20.0 * tone.level.log10() + 18.0).abs() < 1e-4 && tone.alone);
        let other = ",\"to\":\"n-1:ann\",\"wave\":\"pink\",\"ident\":\"glits\",\"alone\":false";
        change(&mut line_up, &asked(other), &cast).unwrap();
        let noise = generated(&line_up, &cast).unwrap();
        assert_eq!((noise.bus, noise.wave), (BusId::MixMinus(1), Wave::Pink));
        assert_eq!((noise.ident, noise.alone), (Ident::Glits, false));
    }

    #[test]
    fn what_is_wrong_changes_nothing_and_off_is_always_possible() {
        let cast = cast();
        let mut line_up = LineUp::default();
        for (text, why) in [
            (",\"on\":true,\"to\":\"hall\"", "program, aux1, aux2"),
            (",\"on\":true,\"to\":\"listen\"", "program, aux1, aux2"),
            (",\"on\":true,\"to\":\"n-1:cam\"", "is no guest"),
            (",\"on\":true,\"to\":\"n-1:zoe\"", "unknown guest"),
            (",\"on\":true,\"hz\":19", "20 to 20000"),
            (",\"on\":true,\"level_db\":1", "-60 to 0"),
        ] {
            let refused = change(&mut line_up, &asked(text), &cast).unwrap_err();
            assert!(refused.to_string().contains(why), "{text}: {refused}");
            assert!(line_up.is_usual());
        }
        let unknown = r#"{"command":"generator","loud":true}"#;
        assert!(serde_json::from_str::<Command>(unknown).is_err());
        line_up.on = true;
        line_up.to = "n-1:gone".to_owned();
        assert_eq!(generated(&line_up, &cast), None);
        change(&mut line_up, &asked(",\"on\":false"), &cast).unwrap();
        assert!(!line_up.on);
    }
}
