//! The tick: the clock that never stops. It owns all state of the show, makes one frame of the
//! program after the other, each under its own number, and waits for nothing but the time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam_channel::{Receiver, Sender};

use super::alarms::Alarms;
use super::aligner::Aligner;
use super::cast::Cast;
use super::clip::Clip;
use super::core::{Core, Effect, Observed, ramp_of};
use super::exchange::{Arrival, Change, Departure, Taken};
use super::health::Watch;
use super::journal::{Journal, JournalWriter};
use super::monitors::{Now, Taps};
use super::observer::Observer;
use super::played::Input;
use super::refusal::Refusal;
use super::since::Since;
use super::sound::SoundLink;
use super::speakers::Speakers;
use super::standing::StandingTold;
use super::sting::Sting;
use super::stingers::Stingers;
use super::titles::Titles;
use super::wipes::Wipes;
use crate::audio::{BusGains, BusId, Meters, Order, StripGain};
use crate::data::Tables;
use crate::door::{
    Ask, Command, Counters, Event, Hub, Loudness, LoudnessHistory, SAY_IT_AGAIN, SourceStatus,
};
use crate::media::{House, HouseClock, Picture, Rate};
use crate::output::EncoderInput;
use crate::show::{Show, StripSettings};
use crate::video::{Compositor, Layout};

/// No show has so many commands at once.
const COMMANDS_A_FRAME: usize = 1000;

/// Where the tick stands among the parts of the engine.
pub struct Tick {
    /// The show's state.
    pub core: Core,
    /// House time.
    pub clock: HouseClock,
    /// By slot.
    pub inputs: Vec<Option<Box<Input>>>,
    /// Makes the pictures.
    pub compositor: Compositor,
    /// Takes the pictures.
    pub encoder: EncoderInput,
    /// Takes the gains.
    pub orders: rtrb::Producer<Order>,
    /// Gives back those that were carried out.
    pub spent: rtrb::Consumer<Order>,
    /// Shared with the mixer.
    pub link: Arc<SoundLink>,
    /// What the mixer measured.
    pub meters: Arc<Meters>,
    /// Commands in, events and snapshots out.
    pub hub: Arc<Hub>,
    /// Commands.
    pub asked: Receiver<Ask>,
    /// The show as it was edited.
    pub changes: Receiver<Change>,
    /// What was started for it.
    pub arrivals: Receiver<Arrival>,
    /// What it no longer needs.
    pub departures: Sender<Departure>,
    /// Destinations, recorder, receiver.
    pub outputs: Observer,
    /// For monitors.
    pub taps: Arc<Taps>,
    /// How that stands which the hand sets and the file keeps, for who edits the show.
    pub standing: StandingTold,
    /// Prepares the pictures of wipes.
    pub wipes: Arc<Wipes>,
    /// Prepares stingers.
    pub stingers: Arc<Stingers>,
    /// Which of them the core knows of.
    pub stingers_known: u64,
    /// Prepares titles.
    pub titles: Arc<Titles>,
    /// Which of them the core knows of.
    pub titles_known: u64,
    /// Keeps the rows that fill titles.
    pub tables: Arc<Tables>,
    /// How far those are known.
    pub tables_known: u64,
    /// The sound of stingers.
    pub sting: Sting,
    /// The holding slate.
    pub hold: Option<Picture>,
    /// What is given to sound cards.
    pub speakers: Speakers,
    /// Measures pictures against sound.
    pub aligner: Aligner,
    /// How the machine fares.
    pub watch: Arc<Watch>,
    /// Where the next engine will read.
    pub journal: Option<JournalWriter>,
    /// Frames of engines before this one.
    pub before: Counters,
    /// How often the engine was started again.
    pub restarts: u32,
    /// When the show began, in nanoseconds of the clock's own time.
    pub began_ns: i64,
    /// Since when it is on air.
    pub since: Since,
    /// How loud the program has been since that was measured.
    pub loudness: Option<LoudnessHistory>,
    /// Which alarms have been told.
    pub alarms: Alarms,
    /// Another engine takes over behind this frame.
    pub makes_way: bool,
}

impl Tick {
    /// Makes frames from `first` on until the show is to end; gives what there was to see at last.
    pub fn run(mut self, first: u64) -> Ended {
        let rate = self.core.show().format.rate;
        let mut counters = self.before;
        let mut last: Option<Picture> = None;
        let mut ordered = Ordered::default();
        let mut saved = None;
        let mut n = first;
        loop {
            let due = rate.time_of(n);
            self.clock.sleep_until(due);
            let began = self.clock.now();
            if began - due > rate.frame_ns() / 2 {
                counters.late += 1;
            }
            self.receive();
            self.learn_stingers();
            self.learn_tables();
            self.learn_titles();
            let settling = self.recast(n);
            self.core.know_alignment(self.aligner.found());
            let asked = self.carry_out(n, rate);
            for answer in settling {
                let _ = answer.try_send(());
            }
            self.aligner
                .follow(self.core.wants_aligned(), &mut self.inputs);
            let layout = self.core.tick(n);
            self.titles.at(n, self.core.downstream().came());
            self.play_clips(due);
            self.play_stinger(due);
            self.order_sound(n, rate, &mut ordered);

            let pictures: Vec<Option<Picture>> = self
                .inputs
                .iter_mut()
                .map(|input| input.as_mut()?.picture(due, rate.frame_ns(), began))
                .collect();
            // A tick so late that the next is due already gives the picture there is.
            let hold = self.hold.as_ref().filter(|_| self.core.holds());
            let made = if hold.is_some() {
                hold.cloned()
            } else if began >= rate.time_of(n + 1) && last.is_some() {
                None
            } else {
                self.compositor.compose(&layout, &pictures, due)
            };
            if made.is_none() {
                counters.repeated += 1;
            }
            last = made.or(last);
            counters.frames += 1;
            match &last {
                Some(picture) if self.encoder.picture(picture, due) => {}
                _ => counters.skipped += 1,
            }
            let now = self.clock.now();
            for input in self.inputs.iter_mut().flatten() {
                input.encoded(now);
            }
            self.leave_for_monitors(n, pictures, last.as_ref(), layout);
            self.part();
            self.tell(n, counters, &asked);
            if n == first {
                self.hub.say(Event::Ready {
                    show: self.core.show().name.clone(),
                    frame: n,
                });
            }
            if self.makes_way {
                // The next begins where this ends.
                saved = None;
            }
            self.save(counters, &mut saved, n);
            if asked.quit || self.makes_way {
                let observed = self.observe(n, counters);
                self.link.ended.store(true, Ordering::Relaxed);
                // Without the tick's ends of its lines the editor ends.
                return Ended {
                    show: self.core.show().clone(),
                    outputs: self.outputs,
                    counters,
                    sources: observed.sources,
                    journal: self.journal,
                    restarts: self.restarts,
                    makes_way: self.makes_way && !asked.quit,
                };
            }
            self.watch.ticked(self.clock.now() - began);
            n += 1;
        }
    }

    /// Takes in what was started.
    pub fn receive(&mut self) {
        while let Ok(arrival) = self.arrivals.try_recv() {
            match arrival {
                Arrival::Source(slot, input) => {
                    if let Some(place) = self.inputs.get_mut(slot) {
                        *place = Some(input);
                    }
                }
                Arrival::Slate(slot, slate) => {
                    if let Some(Some(input)) = self.inputs.get_mut(slot) {
                        input.slate = slate;
                    }
                }
                Arrival::Hold(picture) => self.hold = Some(picture),
                Arrival::Destination(destination) => {
                    let on = self.core.streaming().contains(&destination.status().id);
                    destination.set_on(on);
                    self.outputs.destinations.push(destination);
                }
            }
        }
    }

    /// Goes on with the show as it was edited, from this frame on. Gives who waits until the commands are
    /// carried out.
    fn recast(&mut self, n: u64) -> Vec<Sender<()>> {
        let mut settling = Vec::new();
        while let Ok(change) = self.changes.try_recv() {
            let change = match change {
                Change::Play(next) => next,
                Change::MakeWay(answer) => {
                    let on_air = self.core.on_air();
                    self.makes_way = on_air.is_none();
                    let _ = answer.try_send(on_air.map_or(Ok(n), Err));
                    continue;
                }
                Change::Settle(answer) => {
                    settling.push(answer);
                    continue;
                }
            };
            // What was started for the edit before this one is not missing.
            self.receive();
            let before = self.core.cast().clone();
            let outcome = self
                .core
                .recast(change.cast.clone(), change.on_air, &change.brings);
            let answer = outcome.map(|()| {
                self.follow(&before);
                self.standing.tell(self.core.standing());
                Taken {
                    frame: n,
                    missing: self.missing(),
                }
            });
            let _ = change.answer.try_send(answer);
        }
        settling
    }

    /// Brings inputs and outputs in line with a show that is another than before.
    fn follow(&mut self, before: &Cast) {
        let cast = self.core.cast().clone();
        for (slot, input) in self.inputs.iter().enumerate() {
            if let (Some(input), Some(strip)) = (input, self.core.strips().get(slot)) {
                let delay = strip.picture_delay_ms;
                input.status.vitals.set_picture_delay_ms(delay);
            }
        }
        self.speakers.listen(self.core.hear());
        self.want_transitions();
        self.want_titles();
        let find = |show: &Show, id: &str| show.destinations.iter().find(|d| d.id == id).cloned();
        let leaving =
            self.outputs
                .part_with(|id| match (find(&before.show, id), find(&cast.show, id)) {
                    (Some(old), Some(new)) => old.goes_where(&new),
                    _ => false,
                });
        for destination in leaving {
            let _ = self.departures.send(Departure::Destination(destination));
        }
    }

    /// Asks for what transitions need to be prepared.
    pub fn want_transitions(&self) {
        let (switcher, cast) = (self.core.switcher(), self.core.cast());
        self.wipes.want(switcher.wipes(cast));
        self.stingers
            .want(&switcher.stingers_wanted(cast), &cast.show.stingers);
    }

    /// Asks for the titles that are to be ready.
    pub fn want_titles(&self) {
        self.tables.want(&self.core.show().tables);
        let wanted = self.core.titles_wanted();
        self.titles.want(self.core.show(), wanted);
    }

    /// Takes down what stands in the tables.
    fn learn_tables(&mut self) {
        let changes = self.tables.changes();
        if changes != self.tables_known {
            self.tables_known = changes;
            self.core.know_tables(self.tables.all());
            self.want_titles();
        }
    }

    /// Takes down which titles are ready.
    fn learn_titles(&mut self) {
        let changes = self.titles.changes();
        if changes != self.titles_known {
            self.titles_known = changes;
            self.core.know_titles(self.titles.known());
        }
    }

    /// Takes down which stingers are ready.
    fn learn_stingers(&mut self) {
        let changes = self.stingers.changes();
        if changes != self.stingers_known {
            self.stingers_known = changes;
            self.core.know_stingers(self.stingers.lengths());
        }
    }

    /// The slots of the show that have no source.
    fn missing(&self) -> Vec<usize> {
        let slots = self.core.cast().slots().iter().copied();
        slots
            .filter(|&slot| self.inputs.get(slot).is_none_or(Option::is_none))
            .collect()
    }

    /// Parts with the sources that are neither in the show nor on air any more.
    fn part(&mut self) {
        for (slot, place) in self.inputs.iter_mut().enumerate() {
            if place.is_some()
                && !self.core.uses(slot)
                && let Some(input) = place.take()
            {
                let _ = self.departures.send(Departure::Source(slot, input));
            }
        }
    }

    /// Carries out every command that has come, all of them in this frame; a flood is spread over
    /// several, for the clock does not wait for its end.
    fn carry_out(&mut self, n: u64, rate: Rate) -> Asked {
        let mut asked = Asked::default();
        let mut moved = false;
        for _ in 0..COMMANDS_A_FRAME {
            let Ok(ask) = self.asked.try_recv() else {
                break;
            };
            if self.makes_way && ask.command != (Command::Quit {}) {
                // The next engine would know nothing of it.
                let _ = ask.answer.try_send(Event::Error {
                    message: SAY_IT_AGAIN.to_owned(),
                    id: Some(ask.id),
                });
                continue;
            }
            let done = self.obey(&ask, n, rate, &mut asked);
            moved |= done.is_ok();
            let answer = match done {
                Ok(()) => Event::Done {
                    command: ask.command,
                    frame: n,
                    id: Some(ask.id),
                },
                Err(refusal) => Event::Error {
                    message: refusal.to_string(),
                    id: Some(ask.id),
                },
            };
            // A client that does not read its answers goes without.
            let _ = ask.answer.try_send(answer);
        }
        if moved {
            self.standing.tell(self.core.standing());
        }
        asked
    }

    fn obey(&mut self, ask: &Ask, n: u64, rate: Rate, asked: &mut Asked) -> Result<(), Refusal> {
        let effect = self.core.apply(&ask.command)?;
        match ask.command {
            Command::Transition { .. } => self.want_transitions(),
            Command::Title { .. }
            | Command::Key(_)
            | Command::KeyAuto { .. }
            | Command::Rundown { .. } => self.want_titles(),
            _ => {}
        }
        match effect {
            Effect::None => {}
            Effect::Stream(destinations, on) => self.outputs.stream(&destinations, on),
            Effect::Record(on) => self.outputs.record(on),
            Effect::Marker(label) => self.outputs.mark(rate.time_of(n), &label)?,
            Effect::Clip(source, action, position_s) => {
                if let Some(Some(input)) = self.inputs.get_mut(source)
                    && let Some(clip) = &mut input.clip
                {
                    clip.act(action, position_s, rate.time_of(n));
                }
            }
            Effect::Monitor => self.speakers.listen(self.core.hear()),
            Effect::ResetLoudness => {
                self.meters.loudness.ask_reset();
                self.loudness = None;
            }
            Effect::LoudnessHistory => {
                let history = self.loudness.clone();
                let history = history.unwrap_or_else(|| LoudnessHistory::new(self.uptime_s(n)));
                let _ = ask.answer.try_send(Event::LoudnessHistory { history });
            }
            Effect::Snapshot => asked.snapshots.push(ask.answer.clone()),
            Effect::Quit => asked.quit = true,
        }
        Ok(())
    }

    /// Tells each clip whether it is on air in the frame due at `due`.
    fn play_clips(&mut self, due: House) {
        for (slot, input) in self.inputs.iter_mut().enumerate() {
            if let Some(input) = input
                && let Some(clip) = &mut input.clip
            {
                clip.is_seen(self.core.stages().any(|stage| stage.needs(slot)), due);
            }
        }
    }

    /// Gives the sound of the stinger that is on air.
    fn play_stinger(&mut self, due: House) {
        let on_air = self.core.switcher().stinger_on_air();
        let picture = on_air.map(|(_, picture)| picture);
        let ready = || self.stingers.get(on_air?.0);
        self.sting.is_at(picture, ready, due);
    }

    /// Says which gains and settings go with this frame, if they are others than before.
    fn order_sound(&mut self, n: u64, rate: Rate, ordered: &mut Ordered) {
        let mut gains = self.core.gains();
        for (gain, input) in gains.iter_mut().zip(&self.inputs) {
            let clip = input.as_ref().and_then(|input| input.clip.as_ref());
            if clip.is_some_and(Clip::is_silent) {
                gain.silence();
            }
        }
        // Behind the last slot's.
        let mut sting = self.sting.gain();
        if self.core.holds() {
            sting.silence();
        }
        gains.push(sting);
        let buses = self.core.buses();
        let known = ordered.settings.iter().copied();
        let known = known.chain(std::iter::repeat(StripSettings::default()));
        let settings = self.core.settings().zip(known).enumerate();
        let settings: Vec<_> = settings
            .filter(|(_, (now, before))| now != before)
            .map(|(slot, (now, _))| (slot, now))
            .collect();
        let told = ordered.gains.as_ref();
        let same = told.is_some_and(|(old, told)| *old == gains && *told == buses);
        // Their memory is freed here, for the mixer has no time for it.
        while self.spent.pop().is_ok() {}
        if !same || !settings.is_empty() {
            let order = Order {
                position: rate.sample_of(n),
                ramp: ramp_of(self.core.switcher().is_moving(), rate),
                strips: gains.clone(),
                settings,
                buses,
            };
            if self.orders.push(order).is_ok() {
                ordered.gains = Some((gains, buses));
                ordered.settings = self.core.settings().collect();
            }
        }
        self.link
            .announced
            .store(rate.sample_of(n + 1), Ordering::Release);
    }

    fn leave_for_monitors(
        &self,
        n: u64,
        pictures: Vec<Option<Picture>>,
        program: Option<&Picture>,
        layout: Layout,
    ) {
        for (tap, picture) in self.taps.sources.iter().zip(pictures) {
            tap.store(picture.map(Arc::new));
        }
        self.taps.program.store(program.cloned().map(Arc::new));
        self.taps.now.store(Some(Arc::new(Now {
            frame: n,
            preview: self.core.switcher().preview().to_owned(),
            cast: self.core.cast().clone(),
            trial: self.core.switcher().trial(),
            over: self.core.downstream().previewed(self.core.cast()),
            titles: self.core.downstream().cued(),
            layout,
        })));
    }

    /// Publishes the snapshot, and an event for each state that changed.
    fn tell(&mut self, n: u64, counters: Counters, asked: &Asked) {
        let observed = self.observe(n, counters);
        let cast = self.core.cast().clone();
        let sources = cast.show.sources.iter().zip(cast.slots());
        for ((source, &slot), seen) in sources.zip(&observed.sources) {
            if let Some(Some(input)) = self.inputs.get_mut(slot)
                && seen.state != input.told
            {
                input.told = seen.state;
                self.hub.say(Event::Source {
                    id: source.id.clone(),
                    state: seen.state,
                    message: seen.message.clone(),
                    frame: n,
                });
            }
        }
        self.outputs.tell_changes(n, &self.hub);
        let snapshot = Arc::new(self.core.snapshot(n, observed));
        for event in self.alarms.changes(&snapshot) {
            self.hub.say(event);
        }
        for client in &asked.snapshots {
            let _ = client.try_send(Event::Snapshot {
                snapshot: snapshot.clone(),
            });
        }
        self.hub.publish(snapshot);
    }

    /// What is wrong with the transition that AUTO makes, empty where nothing is; and whether that passes
    /// by itself.
    fn problem(&self) -> (String, bool) {
        let style = self.core.switcher().transition(self.core.cast()).style;
        let message = self.wipes.problem(&style) + &self.stingers.problem(&style);
        let reads = self.wipes.reads(&style) || self.stingers.reads(&style);
        (message, reads)
    }

    /// Seconds since the show began, at this frame.
    fn uptime_s(&self, n: u64) -> f64 {
        let due = self.core.show().format.rate.time_of(n);
        (self.clock.epoch_ns() + due - self.began_ns) as f64 / 1e9
    }

    fn observe(&mut self, n: u64, counters: Counters) -> Observed {
        let due = self.core.show().format.rate.time_of(n);
        let now = self.clock.epoch_ns() + due;
        let outputs = self.outputs.observe(self.core.show());
        let heard = self.speakers.heard();
        let is_sending = !self.core.streaming().is_empty();
        let is_recording = self.core.is_recording();
        self.since
            .see_destinations(is_sending, &outputs.destinations, now);
        self.since
            .see_recording(is_recording, &outputs.recording, now);
        let slots = self.core.cast().slots().iter();
        let sources = slots
            .map(|&slot| match self.inputs.get(slot) {
                Some(Some(input)) => input.observe(slot, &self.meters),
                _ => SourceStatus::default(),
            })
            .collect();
        let uptime_s = self.uptime_s(n);
        let loudness = match self.meters.loudness.awaits_reset() {
            true => Loudness::default(),
            false => self.meters.loudness.reading(),
        };
        let history = &mut self.loudness;
        history
            .get_or_insert_with(|| LoudnessHistory::new(uptime_s))
            .take(&loudness, uptime_s);
        Observed {
            sources,
            transition: self.problem(),
            stingers: self.stingers.status(&self.core.show().stingers),
            tables: self.tables.status(&self.core.show().tables),
            titles: self
                .titles
                .status(self.core.show(), |id| self.core.downstream().next(id)),
            program: self.meters.take_program(),
            alarm: self.meters.program_alarmed(),
            auxes: std::array::from_fn(|n| self.meters.take_bus(BusId::Aux(n as u8))),
            listeners: std::array::from_fn(|n| self.meters.take_bus(BusId::Listen(n as u8)).0),
            loudness,
            counters,
            health: self.watch.health(),
            sound_outputs: heard.outputs.clone(),
            monitors: heard.monitors.clone(),
            uptime_s,
            on_air_s: self.since.on_air_s(now),
            recording_s: self.since.recording_s(now),
            ..outputs
        }
    }

    /// Writes the journal where something changed, and once a second for the counters.
    fn save(&self, counters: Counters, saved: &mut Option<(Journal, u64)>, n: u64) {
        let Some(writer) = &self.journal else { return };
        let state = self.core.journal();
        let second = self.core.show().format.rate.fps() as u64;
        let is_same = saved
            .as_ref()
            .is_some_and(|(last, at)| *last == state && n < at + second);
        if !is_same {
            writer.write(Journal {
                epoch_ns: self.clock.epoch_ns(),
                began_ns: Some(self.began_ns),
                counters,
                restarts: self.restarts,
                since: self.since,
                ..state.clone()
            });
            *saved = Some((state, n));
        }
    }
}

/// What the mixer was told last.
#[derive(Default)]
struct Ordered {
    /// Of the strips, by slot, and of the buses.
    gains: Option<(Vec<StripGain>, BusGains)>,
    /// By slot.
    settings: Vec<StripSettings>,
}

/// What the commands of one frame asked beyond the core.
#[derive(Default)]
struct Asked {
    snapshots: Vec<crossbeam_channel::Sender<Event>>,
    quit: bool,
}

/// What is left when the last frame has been made.
pub struct Ended {
    /// As it was at last.
    pub show: Show,
    /// Still to be ended.
    pub outputs: Observer,
    /// In all.
    pub counters: Counters,
    /// As last seen.
    pub sources: Vec<SourceStatus>,
    /// Still to be ended.
    pub journal: Option<JournalWriter>,
    /// How often the engine was started again.
    pub restarts: u32,
    /// Another engine goes on with the show.
    pub makes_way: bool,
}
