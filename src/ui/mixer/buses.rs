//! What stands beside the sources: the groups, the auxes, the monitor and the master, each with what a hand
//! needs of it during the show.

use egui::{Align, Color32, Rect, Ui};

use crate::door::{CardOutputState, Command, Snapshot};
use crate::show::{AUXES, BUSES, PROGRAM};
use crate::ui::{
    bank::{self, Bank, aux_name},
    fader::{self, Fader, Moves},
    fills, lang, listening,
    meters::{self, Meter, Meters},
    paint::{self, Button},
    sound::Selected,
    strip::{self, Hands, Parts, Rows},
    talk::{self, To},
    theme,
    view::{View, name},
    words,
};

/// The keys of what is here.
pub struct KeyNames {
    /// The sends to each aux on the faders.
    pub sends: [String; AUXES],
    /// No strip listened to.
    pub clear: String,
    /// The monitor down.
    pub dim: String,
}

/// What is at hand, and the keys.
type Shown<'a, 'b> = (&'a mut Hands<'b>, &'a KeyNames);

/// Where the parts of one are: as those of the sources' strips are.
fn places(rect: Rect, view: &View) -> Parts {
    let rows = Rows {
        listens: true,
        talks: talk::has_guests(view.snapshot),
    };
    strip::narrow(rect, rows)
}

/// What it is called; nothing for a source.
pub fn label(snapshot: &Snapshot, what: &Selected) -> String {
    match what {
        Selected::Source(_) => String::new(),
        Selected::Group(id) => {
            let group = snapshot.sound.groups.iter().find(|group| group.id == *id);
            name(group.map_or("", |group| &group.label), id).to_owned()
        }
        Selected::Aux(aux) => aux_name(snapshot, *aux),
        Selected::Monitor => lang::text("sound-monitor-short"),
        Selected::Master => lang::text("sound-master-short"),
    }
}

/// Fill and letters of its name: amber where its sound does not come out.
pub fn colours(snapshot: &Snapshot, what: &Selected) -> (Color32, Color32) {
    let is_lost = |bus: &str| {
        let mut outputs = snapshot.sound_outputs.iter();
        outputs.any(|output| output.bus == bus && output.state == CardOutputState::Restarting)
    };
    let ill = match what {
        Selected::Aux(aux) => is_lost(bank::bus_of(*aux)),
        Selected::Master => is_lost(PROGRAM),
        Selected::Monitor => {
            let monitor = &snapshot.monitor;
            // Who listens to a strip and has the monitor off hears nothing of it.
            let is_deaf = !monitor.set.on && listening::count(snapshot) > 0;
            is_deaf || monitor.output.state == CardOutputState::Restarting
        }
        Selected::Group(_) | Selected::Source(_) => false,
    };
    if ill {
        (theme::AMBER, theme::ON_TEXT)
    } else {
        (theme::RAISED, theme::TEXT)
    }
}

/// Draws one; egui knows its parts by `salt`.
pub fn show(
    ui: &Ui,
    (rect, salt): (Rect, usize),
    what: &Selected,
    view: &View,
    shown: Shown,
    bank: &mut Bank,
) {
    let sends = matches!((what, *bank), (Selected::Aux(aux), Bank::Sends(of)) if *aux == of);
    let fill = if sends { theme::SENDS } else { theme::PANEL };
    fills::fill(ui, rect, theme::ROUND, fill);
    match what {
        Selected::Group(id) => group(ui, (rect, salt), id, view, shown.0),
        Selected::Aux(n) => aux(ui, (rect, salt), *n, view, shown, bank),
        Selected::Monitor => monitor(ui, (rect, salt), view, shown),
        Selected::Master => master(ui, (rect, salt), view, shown.0.meters),
        Selected::Source(_) => {}
    }
}

fn group(ui: &Ui, (rect, salt): (Rect, usize), id: &str, view: &View, hands: &mut Hands) {
    let Some(group) = view.snapshot.sound.groups.iter().find(|g| g.id == id) else {
        return;
    };
    let places = places(rect, view);
    let called = [("name", name(&group.label, id).into())];
    let say = lang::with("desk-fader", &called);
    let fader = Fader {
        moves: Moves::Group(id),
        db: group.fader_db,
        say: &say,
    };
    let lane = places.lane.with_max_x(places.meter.right());
    hands.faders.show(ui, lane, salt, fader, view);
    fader::readout(ui, places.readout, group.fader_db, group.mute);
    let say = lang::with("desk-mute-it", &called);
    if strip::mute(ui, places.mute, ("mute", salt), &say, group.mute) {
        view.send(Command::Group {
            group: id.to_owned(),
            db: None,
            mute: Some(!group.mute),
        });
    }
    let sources = view.snapshot.sources.iter();
    let members = sources.filter(|source| source.groups.iter().any(|group| group == id));
    let members: Vec<&str> = members.map(|source| source.id.as_str()).collect();
    if let Some(place) = places.listen {
        let on = listening::all(view.snapshot, &members);
        let say = lang::with("sound-afl-of", &called);
        let button = lit(Button::new("AFL").say(&say).size(12.0), on);
        let button = button.enabled(!members.is_empty());
        if button.show(ui, place, ("listen", salt)).clicked() {
            listening::turn_all(view, &members);
        }
    }
    // Not a control: how many it holds, with its kind.
    let place = strip::one_switch(places.follow);
    let (above, below) = place.split_top_bottom_at_fraction(0.5);
    let many = members.len().to_string();
    paint::line(
        ui,
        above,
        Align::Center,
        &many,
        theme::bold(12.5),
        theme::TEXT,
    );
    let kind = lang::text("sound-group-short");
    paint::line(
        ui,
        below,
        Align::Center,
        &kind,
        theme::font(11.0),
        theme::DIM,
    );
    let say = lang::with(
        "sound-group-holds",
        &[called[0].clone(), ("n", members.len().into())],
    );
    paint::say(ui, place, ("members", salt), &say).on_hover_text(&say);
}

fn aux(
    ui: &Ui,
    (rect, salt): (Rect, usize),
    aux: usize,
    view: &View,
    (hands, keys): Shown,
    bank: &mut Bank,
) {
    let Some(status) = view.snapshot.sound.auxes.get(aux - 1) else {
        return;
    };
    let places = places(rect, view);
    let called = aux_name(view.snapshot, aux);
    let named = [("name", called.as_str().into())];
    let say = lang::with("desk-fader", &named);
    let fader = Fader {
        moves: Moves::Aux(aux),
        db: status.fader_db,
        say: &say,
    };
    hands.faders.show(ui, places.lane, salt, fader, view);
    if let Some(level) = hands.meters.auxes.get(aux - 1) {
        level_of(ui, places.meter, level, (salt, &called));
    }
    strip::beside(ui, places.meter, status.limiter_db);
    fader::readout(ui, places.readout, status.fader_db, status.mute);
    let say = lang::with("desk-mute-it", &named);
    if strip::mute(ui, places.mute, ("mute", salt), &say, status.mute) {
        view.send(Command::Aux {
            aux,
            db: None,
            mute: Some(!status.mute),
        });
    }
    if let Some(place) = places.listen {
        hear(ui, (place, salt), view, (bank::bus_of(aux), &called));
    }
    let on = *bank == Bank::Sends(aux);
    let say = lang::with("sound-sends-of", &named);
    let text = lang::text("sound-sends");
    let key = keys.sends.get(aux - 1).map_or("", String::as_str);
    let button = lit(Button::new(&text).say(&say).size(11.5).key(key), on);
    let place = strip::one_switch(places.follow);
    if button
        .show(ui, place, ("sends", salt))
        .on_hover_text(&say)
        .clicked()
    {
        bank.turn(aux);
    }
}

/// Has a bus heard in the monitor; what is heard there already makes way for the program.
fn hear(ui: &Ui, (place, salt): (Rect, usize), view: &View, (bus, called): (&str, &str)) {
    let set = &view.snapshot.monitor.set;
    let on = set.on && set.bus == bus;
    let say = lang::with("sound-hear", &[("name", called.into())]);
    let text = lang::text("sound-monitor-short");
    let is_program = bus == PROGRAM;
    let button = Button::new(&text).say(&say).size(12.0);
    // The program is what is usually heard: only what is not asks for the eye.
    let button = if is_program {
        button.selected(on)
    } else {
        lit(button, on)
    };
    if button.show(ui, place, ("listen", salt)).clicked() && !(on && is_program) {
        view.send(listening::bus(if on { PROGRAM } else { bus }));
    }
}

/// Lit in blue while it is on.
fn lit(button: Button<'_>, on: bool) -> Button<'_> {
    let button = button.selected(on);
    if on {
        button.fill(theme::BLUE, theme::ON_TEXT)
    } else {
        button
    }
}

fn monitor(ui: &Ui, (rect, salt): (Rect, usize), view: &View, (hands, keys): Shown) {
    let meters = hands.meters;
    let set = &view.snapshot.monitor.set;
    let places = places(rect, view);
    let say = lang::text("sound-monitor-level");
    let fader = Fader {
        moves: Moves::Monitor,
        db: set.level_db,
        say: &say,
    };
    hands.faders.show(ui, places.lane, salt, fader, view);
    let aux = BUSES.iter().position(|bus| *bus == set.bus);
    let level = match aux {
        Some(n) if n > 0 => meters.auxes.get(n - 1),
        Some(_) => Some(&meters.program),
        None => None,
    };
    let count = listening::count(view.snapshot);
    let level = if count > 0 {
        Some(&meters.listened)
    } else {
        level
    };
    if let Some(level) = level.filter(|_| set.on) {
        level_of(
            ui,
            places.meter,
            level,
            (salt, &lang::text("sound-monitor")),
        );
    }
    fader::readout(ui, places.readout, set.level_db, !set.on);
    let say = lang::text("sound-monitor-mute");
    if strip::mute(ui, places.mute, ("mute", salt), &say, !set.on) {
        view.send(listening::switch(!set.on));
    }
    if let Some(place) = places.listen {
        let say = lang::text("sound-monitor-dim");
        let button = Button::new("DIM").say(&say).size(12.0).selected(set.dim);
        // Too low for its key beneath it.
        let more = match keys.dim.as_str() {
            "" => say.clone(),
            key => lang::pair(&say, key),
        };
        if button
            .show(ui, place, ("dim", salt))
            .on_hover_text(&more)
            .clicked()
        {
            view.send(listening::dim(!set.dim));
        }
    }
    let say = lang::with("sound-clear", &[("n", count.into())]);
    let text = format!("{} PFL", theme::icon(theme::Icon::X));
    let button = Button::new(&text).say(&say).size(11.5).key(&keys.clear);
    let button = lit(button, count > 0);
    let place = strip::one_switch(places.follow);
    if button
        .show(ui, place, ("clear", salt))
        .on_hover_text(&say)
        .clicked()
    {
        listening::clear(view);
    }
    // It stands in the top bar, too.
    if let Some(place) = places.talk.filter(|_| !places.talks_instead()) {
        let id = (place, ("talk", salt));
        hands.talk.button(ui, id, To::All, "", view);
    }
}

/// The program has no fader: what there is of it is its level, its limiter and its equaliser.
fn master(ui: &Ui, (rect, salt): (Rect, usize), view: &View, meters: &Meters) {
    let places = places(rect, view);
    let snapshot = view.snapshot;
    let called = lang::text("sound-master");
    let level = &meters.program;
    let peak = level.channels[0].hold_db.max(level.channels[1].hold_db);
    let clipped = level.channels.iter().any(|channel| channel.clipped);
    let colour = if clipped {
        theme::METER_RED
    } else {
        theme::TEXT
    };
    let text = words::db(peak);
    paint::line(
        ui,
        places.readout,
        Align::Center,
        &text,
        theme::bold(12.5),
        colour,
    );
    let middle = places.lane.with_max_x(places.meter.right());
    let bars = middle
        .shrink2(egui::vec2(6.0, 8.0))
        .with_max_x(middle.right() - 8.0);
    level_of(ui, bars, level, (salt, &called));
    let place = bars.with_min_x(bars.right() + 2.0);
    meters::reduction(
        ui,
        place.with_max_x(place.left() + 5.0),
        snapshot.limiter_db,
    );
    let on = snapshot.sound.master.eq.on;
    let say = lang::text("sound-master-eq");
    let text = lang::text("sound-eq");
    let button = Button::new(&text).say(&say).selected(on);
    if button.show(ui, places.mute, ("master eq", salt)).clicked() {
        view.send(Command::MasterEq {
            on: Some(!on),
            band: None,
            band_on: None,
            kind: None,
            hz: None,
            gain_db: None,
            q: None,
        });
    }
    if let Some(place) = places.listen {
        hear(ui, (place, salt), view, (PROGRAM, &called));
    }
    let place = strip::one_switch(places.follow);
    let (above, below) = place.split_top_bottom_at_fraction(0.5);
    let ceiling = words::db(snapshot.sound.master.ceiling_db);
    paint::line(
        ui,
        above,
        Align::Center,
        &ceiling,
        theme::bold(12.5),
        theme::TEXT,
    );
    paint::line(
        ui,
        below,
        Align::Center,
        "dBTP",
        theme::font(11.0),
        theme::DIM,
    );
    let values = [
        ("db", ceiling.into()),
        ("limiter", words::db(-snapshot.limiter_db).into()),
    ];
    let say = lang::with("sound-master-says", &values);
    paint::say(ui, place, ("ceiling", salt), &say).on_hover_text(&say);
}

/// A level, and what a screen reader says of it.
fn level_of(ui: &Ui, place: Rect, level: &Meter, (salt, called): (usize, &str)) {
    meters::pair(ui, place, level);
    let peak = level.channels[0].hold_db.max(level.channels[1].hold_db);
    let values = [("name", called.into()), ("peak", words::db(peak).into())];
    let say = lang::with("sound-level-of", &values);
    paint::say(ui, place, ("level", salt), &say).on_hover_text(&say);
}
