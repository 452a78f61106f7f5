//! What is listened to at this desk: single strips before or after their faders, and the monitor. The
//! program never hears of it.

use super::view::View;
use crate::door::{Command, ListenStatus, Snapshot};

/// The windows of this machine are one desk: they have one pair of ears.
const DESK: &str = "";

/// Which strips this desk listens to; none where it listens to none.
pub fn of(snapshot: &Snapshot) -> Option<&ListenStatus> {
    let mut desks = snapshot.sound.listening.iter();
    desks.find(|status| status.desk == DESK)
}

/// Whether this desk listens to a source before its fader, and whether after it.
pub fn to(snapshot: &Snapshot, source: &str) -> (bool, bool) {
    of(snapshot).map_or((false, false), |status| {
        let is_in = |ids: &[String]| ids.iter().any(|id| id == source);
        (is_in(&status.pfl), is_in(&status.afl))
    })
}

/// How many strips this desk listens to.
pub fn count(snapshot: &Snapshot) -> usize {
    of(snapshot).map_or(0, |status| status.pfl.len() + status.afl.len())
}

/// Listens to a source, after its fader or before it; to one that is listened to, listens no more.
pub fn turn(view: &View, source: &str, after: bool) {
    let (pfl, afl) = to(view.snapshot, source);
    if pfl {
        view.send(listen(source, false, false));
    }
    if afl {
        view.send(listen(source, true, false));
    }
    if !pfl && !afl {
        view.send(listen(source, after, true));
    }
}

/// Listens to all of these after their faders; where all are listened to, to none of them.
pub fn turn_all(view: &View, sources: &[&str]) {
    let on = !all(view.snapshot, sources);
    for source in sources {
        let (pfl, afl) = to(view.snapshot, source);
        if pfl {
            view.send(listen(source, false, false));
        }
        if afl != on {
            view.send(listen(source, true, on));
        }
    }
}

/// Whether all of these are listened to after their faders, and there is one.
pub fn all(snapshot: &Snapshot, sources: &[&str]) -> bool {
    !sources.is_empty() && sources.iter().all(|source| to(snapshot, source).1)
}

/// Listens to no strip any more.
pub fn clear(view: &View) {
    let Some(status) = of(view.snapshot) else {
        return;
    };
    for (sources, after) in [(&status.pfl, false), (&status.afl, true)] {
        for source in sources {
            view.send(listen(source, after, false));
        }
    }
}

fn listen(source: &str, after: bool, on: bool) -> Command {
    let (source, desk) = (source.to_owned(), DESK.to_owned());
    if after {
        Command::Afl { source, on, desk }
    } else {
        Command::Pfl { source, on, desk }
    }
}

/// What is to be another of the monitor; what is left out stays.
#[derive(Clone, Debug, Default)]
struct Change {
    on: Option<bool>,
    device: Option<String>,
    host: Option<String>,
    channels: Option<Vec<u16>>,
    bus: Option<String>,
    level_db: Option<f32>,
    dim: Option<bool>,
    mono: Option<bool>,
}

impl From<Change> for Command {
    fn from(change: Change) -> Self {
        Self::Monitor {
            desk: DESK.to_owned(),
            on: change.on,
            device: change.device,
            host: change.host,
            channels: change.channels,
            bus: change.bus,
            level_db: change.level_db,
            dim: change.dim,
            mono: change.mono,
        }
    }
}

/// Sets how loud the monitor is, in dB.
pub fn level(db: f32) -> Command {
    let level_db = Some(db);
    Command::from(Change {
        level_db,
        ..Change::default()
    })
}

/// Switches the monitor on or off.
pub fn switch(on: bool) -> Command {
    let on = Some(on);
    Command::from(Change {
        on,
        ..Change::default()
    })
}

/// Turns the monitor 20 dB down, or up again.
pub fn dim(dim: bool) -> Command {
    let dim = Some(dim);
    Command::from(Change {
        dim,
        ..Change::default()
    })
}

/// Has both sides of the monitor heard together, or apart.
pub fn mono(mono: bool) -> Command {
    let mono = Some(mono);
    Command::from(Change {
        mono,
        ..Change::default()
    })
}

/// Has the monitor give this bus; it is switched on where it is off.
pub fn bus(bus: &str) -> Command {
    Command::from(Change {
        bus: Some(bus.to_owned()),
        on: Some(true),
        ..Change::default()
    })
}

/// Has the monitor heard by this card and these channels of it.
pub fn card(device: &str, host: Option<&str>, channels: &[u16]) -> Command {
    Command::from(Change {
        device: Some(device.to_owned()),
        host: host.map(str::to_owned),
        channels: Some(channels.to_vec()),
        ..Change::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{build::testing::Recorder, testing};

    #[test]
    fn what_is_listened_to_is_let_go_whichever_way_and_another_desks_is_left_alone() {
        let mut snapshot = testing::snapshot();
        let desk = |desk: &str, pfl: &[&str], afl: &[&str]| ListenStatus {
            desk: desk.to_owned(),
            pfl: pfl.iter().map(|&id| id.to_owned()).collect(),
            afl: afl.iter().map(|&id| id.to_owned()).collect(),
            ..ListenStatus::default()
        };
        snapshot.sound.listening = vec![desk("stage", &["cam"], &[]), desk("", &["ann"], &["cam"])];
        let door = Recorder::default();
        let view = View {
            snapshot: &snapshot,
            now: 1.0,
            door: &door,
        };
        assert_eq!(to(&snapshot, "cam"), (false, true));
        assert_eq!(count(&snapshot), 2);
        turn(&view, "cam", false);
        assert_eq!(door.sent(), [listen("cam", true, false)]);
        clear(&view);
        let expected = [listen("ann", false, false), listen("cam", true, false)];
        assert_eq!(door.sent(), expected);
        let mut silent = snapshot.clone();
        silent.sound.listening.remove(1);
        let view = View {
            snapshot: &silent,
            ..view
        };
        turn(&view, "cam", false);
        assert_eq!(door.sent(), [listen("cam", false, true)]);
        clear(&view);
        assert_eq!(door.sent(), []);
    }
}
