//! To whom a client has opened the talkback. Who goes without closing it, be it by dying, is there no more to
//! let it go: it is closed for them.

use super::Command;

/// See the module's words.
#[derive(Debug, Default)]
pub struct Talking(Vec<Option<String>>);

impl Talking {
    /// Told what the client asks for.
    pub fn hear(&mut self, command: &Command) {
        let Command::Talkback { on, guest } = command else {
            return;
        };
        // Closed to all, it is closed to each.
        self.0
            .retain(|known| known != guest && (*on || guest.is_some()));
        if *on {
            self.0.push(guest.clone());
        }
    }

    /// What closes all that is open.
    pub fn closing(self) -> impl Iterator<Item = Command> {
        let close = |guest| Command::Talkback { on: false, guest };
        self.0.into_iter().map(close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_open(said: &[(bool, Option<&str>)]) -> Vec<Option<String>> {
        let mut talking = Talking::default();
        for (on, guest) in said {
            talking.hear(&Command::Talkback {
                on: *on,
                guest: guest.map(str::to_owned),
            });
        }
        let closing = talking.closing().map(|command| match command {
            Command::Talkback { on: false, guest } => guest,
            other => panic!("{other:?}"),
        });
        closing.collect()
    }

    #[test]
    fn what_was_opened_and_not_closed_is_closed() {
        let ann = || Some("ann");
        assert_eq!(left_open(&[]), []);
        assert_eq!(left_open(&[(true, ann()), (false, ann())]), []);
        let twice = [(true, ann()), (true, ann()), (true, None)];
        assert_eq!(left_open(&twice), [Some("ann".to_owned()), None]);
        let all = [(true, ann()), (true, None), (false, None)];
        assert_eq!(left_open(&all), [], "all are closed at once");
        let one = [(true, ann()), (true, None), (false, ann())];
        assert_eq!(left_open(&one), [None]);
    }
}
