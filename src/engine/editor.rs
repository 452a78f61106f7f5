//! The editor: the thread that owns the show, its revisions and its file while the show runs. An edit
//! is checked here as a file is; then the tick says whether it may be, and at which frame it is; then
//! what it needs is started.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, at, bounded, never, select, tick};

use super::book::{Book, BookError, Draft, Past};
use super::cast::name_of;
use super::cast::{Cast, SLOTS};
use super::core::{Brings, Leaving, OnAir};
use super::exchange::{Change, Departure, Next};
use super::keys::Keys;
use super::packing::{Packing, PackingRefusal};
use super::past;
use super::refusal::{Refusal, unknown};
use super::sound_desk::{Faders, outputs};
use super::speakers::Speakers;
use super::stagehands::Stagehands;
use super::standing::{SoundStanding, StandingHeard};
use super::tries::{Tries, TryRefusal};
use super::watched::Watched;
use crate::door::{Ask, Command, EditStatus, Event, Hub, Place, SnapshotAction};
use crate::show::autosave::{self, Autosave};
use crate::show::{self, Edit, Item, SaveError, Show, SoundSnapshots, StereoLink};

/// How often the file is looked at, whether another program changed it.
const LOOK_AT_FILE: Duration = Duration::from_secs(1);

/// Why an edit was refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
enum EditRefusal {
    #[error(transparent)]
    Book(#[from] BookError),
    #[error("{}", faults(.0))]
    Faulty(SaveError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("{0} sources run already: expected at most that many, those on air included")]
    TooMany(usize),
    #[error(
        "the {0} cannot be changed while the show runs, for nobody would start its engine again: end \
         the show and start it anew"
    )]
    Fixed(String),
    #[error("{}", still_on(what, on_air))]
    OnAir { what: String, on_air: OnAir },
    #[error(
        "the show as it was edited cannot be kept for another engine, so nothing is changed: {0}"
    )]
    Unkept(std::io::Error),
    #[error(
        "{0} was changed by another program since it was read: save over it to keep this show (what \
         is there is kept as a copy), or revert to take what it holds"
    )]
    ChangedUnderneath(PathBuf),
    #[error("{0} is the file of a show that is running: expected another file")]
    RunsElsewhere(PathBuf),
    #[error("what the file holds cannot be taken over: {}", faults(.0))]
    Unreadable(SaveError),
    #[error(transparent)]
    Save(SaveError),
    #[error(transparent)]
    Try(#[from] TryRefusal),
    #[error(transparent)]
    Packing(#[from] PackingRefusal),
    #[error("there is no autosave: nothing was left unsaved when the show was opened")]
    NoAutosave,
    #[error("the show has ended")]
    Ended,
}

fn still_on(what: &str, on_air: &OnAir) -> String {
    let mut on = on_air.destinations.clone();
    if on_air.recording {
        on.push("the recording".to_owned());
    }
    format!(
        "the {what} is changed by another engine, which would interrupt what is on air ({}): stop it \
         first, then change the {what} again",
        on.join(", ")
    )
}

/// The faults of a show that is not in a file yet: their lines mean nothing to whoever edits, the names
/// of their fields do.
fn faults(error: &SaveError) -> String {
    match error {
        SaveError::Faulty(faults) => {
            let messages: Vec<String> = faults.iter().map(show::Fault::in_words).collect();
            messages.join("; ")
        }
        other => other.to_string(),
    }
}

/// What the editor works with.
pub struct Editor {
    /// The show file; none for a show that is in no file.
    pub file: Option<PathBuf>,
    /// Editing commands.
    pub asked: Receiver<Ask>,
    /// To the tick.
    pub changes: Sender<Change>,
    /// From the tick.
    pub departures: Receiver<Departure>,
    /// What starts and stops.
    pub hands: Stagehands,
    /// Where the frame that is on air is told.
    pub hub: Arc<Hub>,
    /// For the snapshot.
    pub status: Arc<ArcSwap<EditStatus>>,
    /// How that stands which the hand sets and the file keeps.
    pub standing: StandingHeard,
    /// Where the show is kept from which a next engine would go on.
    pub place: Option<Place>,
    /// The stream keys that the show names.
    pub keys: Keys,
    /// What is given to sound cards.
    pub speakers: Speakers,
    /// Destinations that are tried.
    pub tries: Tries,
    /// The show is saved with its media.
    pub packing: Packing,
    /// What an autosave holds is offered: the show was opened, and does not go on.
    pub offers_autosave: bool,
    /// What the engine before this one knew of the show, where that made way for this one.
    pub past: Option<Past>,
}

impl Editor {
    /// The show as its file holds it: another than is on air where an engine went on with edits.
    fn saved(&self, text: Option<&str>) -> Option<Arc<Show>> {
        let show = show::parse(self.file.as_deref()?, text?).ok()?;
        Some(Arc::new(show))
    }
}

/// The editor at work.
struct Desk {
    editor: Editor,
    book: Book,
    cast: Arc<Cast>,
    /// The text that the file had when it was last read or written.
    text: Option<String>,
    /// The show that the file holds.
    saved: Arc<Show>,
    /// Another program changed the file since.
    changed: bool,
    /// Length and time of the file when it was last compared.
    seen: Option<(u64, SystemTime)>,
    /// What was found when the show was opened, as long as nobody has decided about it.
    offered: Option<Autosave>,
    /// What this editor, or the one before it in the same show, last kept beside the file.
    kept: Option<String>,
    /// When the show as it stands is kept beside the file.
    to_keep: Option<Instant>,
    /// The holding slate's picture, where it could not be used.
    slate: Option<Watched>,
    /// The next edit is for another engine.
    makes_way: bool,
}

/// So long after an edit it is kept beside the file: a drag is many edits.
const AUTOSAVE: Duration = Duration::from_secs(1);

impl Editor {
    /// Starts the thread, with the show as the tick plays it already. It ends when both lines of
    /// the tick are closed, and gives back the stagehands with what still runs.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub fn start(mut self, cast: Arc<Cast>) -> std::io::Result<JoinHandle<Stagehands>> {
        let text = self
            .file
            .as_deref()
            .and_then(|f| std::fs::read_to_string(f).ok());
        let mut desk = Desk {
            book: match self.past.take() {
                Some(past) => Book::going_on(cast.show.clone(), cast.revision, past),
                None => Book::new(cast.show.clone(), cast.revision),
            },
            saved: self
                .saved(text.as_deref())
                .unwrap_or_else(|| cast.show.clone()),
            cast,
            text,
            changed: false,
            seen: None,
            offered: None,
            kept: None,
            to_keep: None,
            slate: None,
            makes_way: false,
            editor: self,
        };
        if let Some(file) = desk.editor.file.as_deref() {
            if desk.editor.offers_autosave {
                desk.offered = autosave::find(file, &desk.saved);
            } else {
                desk.kept = autosave::text(file);
            }
        }
        std::thread::Builder::new()
            .name("editor".to_owned())
            .spawn(move || {
                desk.follow();
                desk.editor.hands
            })
    }
}

impl Desk {
    fn follow(&mut self) {
        self.editor.keys.look(self.book.show());
        self.tell();
        if self.cast.show.hold.picture.is_some() {
            self.slate = self.editor.hands.make_hold(&self.cast.show.hold);
        }
        let (asked, departures) = (self.editor.asked.clone(), self.editor.departures.clone());
        let moved = self.editor.standing.moved.clone();
        let look = tick(LOOK_AT_FILE);
        while !self.makes_way {
            let keep = self.to_keep.map_or_else(never, at);
            select! {
                recv(look) -> _ => {
                    self.look_at_file();
                    if self.slate.as_mut().is_some_and(Watched::has_come) {
                        self.slate = self.editor.hands.make_hold(&self.cast.show.hold);
                        if self.slate.is_none() {
                            tracing::info!("the holding slate's picture has come");
                        }
                    }
                }
                recv(keep) -> _ => self.keep_beside(),
                recv(moved) -> moved => match moved {
                    Ok(()) => self.follow_hand(),
                    Err(_) => break,
                },
                recv(departures) -> departure => match departure {
                    Ok(departure) => self.editor.hands.end(departure),
                    // The tick has ended, and with it the show.
                    Err(_) => break,
                },
                recv(asked) -> ask => match ask {
                    Ok(ask) => self.answer(ask),
                    Err(_) => break,
                },
            }
        }
        // The show is over; what was done just before is not.
        if self.editor.standing.moved.try_recv().is_ok() {
            self.follow_hand();
        }
        if self.to_keep.is_some() {
            self.keep_beside();
        }
    }

    /// Keeps what is edited beside the file, where that is another; takes away what was kept where it
    /// is the same again.
    fn keep_beside(&mut self) {
        let (Some(_), Some(file)) = (self.to_keep.take(), self.editor.file.clone()) else {
            return;
        };
        self.know();
        let show = self.book.as_it_stands();
        autosave::put_others_aside(&file, self.kept.as_deref());
        if self.offered.take().is_some() {
            self.tell();
        }
        if *self.saved == show {
            return autosave::remove_own(&file, self.kept.take().as_deref());
        }
        let lost = |why: &dyn std::fmt::Display| {
            tracing::error!("what is edited is not kept beside the show: {why}");
        };
        match show::text_of(&file, &show, &show) {
            Ok(text) => match autosave::write(&file, &text) {
                Ok(_) => self.kept = Some(text),
                Err(error) => lost(&error),
            },
            Err(error) => lost(&error),
        }
    }

    /// Hears how that stands which the hand sets.
    fn know(&mut self) {
        self.book.know(self.editor.standing.now());
    }

    /// Waits until every command that came before has been carried out, and hears how things stand then.
    fn settle(&mut self) -> Result<(), EditRefusal> {
        let (answer, settled) = bounded(1);
        let asked = self.editor.changes.send(Change::Settle(answer));
        asked.map_err(|_| EditRefusal::Ended)?;
        settled.recv().map_err(|_| EditRefusal::Ended)?;
        self.know();
        Ok(())
    }

    /// The hand has moved something that the file keeps.
    fn follow_hand(&mut self) {
        self.tell();
        // What was found when the show was opened is not put aside by a fader that moves.
        if self.offered.is_none() {
            self.autosave_soon();
        }
    }

    fn answer(&mut self, ask: Ask) {
        if let Command::StoreKey { .. } | Command::ForgetKey { .. } = &ask.command {
            // Answered when it is done, which may take a while.
            return self.editor.keys.change(ask);
        }
        if let (Command::SaveWithMedia { path }, Some(file)) =
            (&ask.command, self.editor.file.clone())
            && self.settle().is_ok()
        {
            let (path, show) = (path.clone(), Arc::new(self.book.as_it_stands()));
            return self.editor.packing.begin(ask, show, &file, &path);
        }
        let id = Some(ask.id);
        let outcome = self.carry_out(&ask.command);
        self.tell();
        let event = match outcome {
            Ok(frame) => Event::Done {
                command: ask.command,
                frame,
                id,
            },
            Err(refusal) => Event::Error {
                message: refusal.to_string(),
                id,
            },
        };
        if let Event::Done {
            command: Command::Show {},
            ..
        } = &event
        {
            let _ = ask.answer.try_send(Event::Show {
                revision: self.book.revision(),
                show: self.book.show().clone(),
                file: self.editor.file.clone(),
            });
        }
        // A client that does not read its answers goes without.
        let _ = ask.answer.try_send(event);
    }

    fn carry_out(&mut self, command: &Command) -> Result<u64, EditRefusal> {
        self.know();
        match command {
            Command::Edit {
                revision,
                label,
                joins,
                on_air,
                edits,
            } => {
                let draft = self.book.draft(*revision, edits, label, *joins)?;
                let on_air = if *on_air {
                    Leaving::Meant
                } else {
                    Leaving::Refused
                };
                self.make(draft, on_air, Faders::Edited)
            }
            Command::PictureDelay { source, ms } => self.delay_picture(source, *ms),
            Command::SoundSnapshot {
                snapshot,
                action,
                label,
            } => {
                self.settle()?;
                let show = self.book.as_it_stands();
                let called = |snapshots: &SoundSnapshots| {
                    let known = snapshots.get(snapshot);
                    known.map_or_else(|| snapshot.clone(), |s| name_of(&s.label, &s.id))
                };
                match action {
                    SnapshotAction::Remove => {
                        let next = show.snapshots.without(snapshot).ok_or_else(|| {
                            let ids = show.snapshots.list.iter().map(|s| s.id.as_str());
                            unknown("sound snapshot", snapshot, ids)
                        })?;
                        let step = format!("remove {}", called(&show.snapshots));
                        self.keep_snapshots(next, &step)
                    }
                    _ => {
                        let next = show.taken_by(snapshot, label.as_deref());
                        let step = format!("store {}", called(&next));
                        self.keep_snapshots(next, &step)
                    }
                }
            }
            Command::Safe { source, on } => {
                let show = self.book.show();
                let Some(n) = show.source_index(source) else {
                    let ids = show.sources.iter().map(|s| s.id.as_str());
                    return Err(unknown("source", source, ids).into());
                };
                let label = name_of(&show.sources[n].label, source);
                let snapshots = show.snapshots.with_safe(source, *on);
                self.keep_snapshots(snapshots, &format!("SAFE of {label}"))
            }
            Command::Link { left, right, on } => {
                let link = StereoLink {
                    left: left.clone(),
                    right: right.clone(),
                };
                let sound = &self.book.show().sound;
                let talkback = &sound.talkback.source;
                if *on && link.has(talkback) {
                    return Err(Refusal::LinkedTalkback(talkback.clone()).into());
                }
                let links = if *on {
                    show::with_link(&sound.links, &link)
                } else {
                    show::without_pair(&sound.links, &link)
                };
                let edit = Edit::Sound(show::Sound {
                    links,
                    ..sound.clone()
                });
                let draft = self.book.draft(None, &[edit], "stereo link", false)?;
                self.make(draft, Leaving::Refused, Faders::Edited)
            }
            Command::Undo { revision } => {
                let draft = self.book.draft_undo(*revision)?;
                self.make(draft, Leaving::Stays, Faders::None)
            }
            Command::Redo { revision } => {
                let draft = self.book.draft_redo(*revision)?;
                self.make(draft, Leaving::Stays, Faders::None)
            }
            Command::Save { over } => self.save(*over),
            Command::SaveAs { path } => self.save_as(path),
            Command::Revert {} => self.revert(),
            Command::Autosave { take } => self.decide(*take),
            Command::Show {} => Ok(self.now()),
            Command::TryDestination {
                destination,
                seconds,
                publish,
            } => {
                let show = self.book.show().clone();
                let tries = &mut self.editor.tries;
                tries.begin(&show, destination, *seconds, *publish)?;
                Ok(self.now())
            }
            Command::StopTrial { destination } => {
                self.editor.tries.stop(destination)?;
                Ok(self.now())
            }
            Command::StopSaveWithMedia {} => {
                self.editor.packing.stop()?;
                Ok(self.now())
            }
            // No other command is for the editor.
            _ => Err(EditRefusal::Ended),
        }
    }

    /// The command for a picture's delay: an edit of its source, for it belongs to how that is built.
    fn delay_picture(&mut self, id: &str, ms: u32) -> Result<u64, EditRefusal> {
        let mut sources = self.book.show().sources.iter();
        let Some(source) = sources.find(|source| source.id == id) else {
            let ids = self.book.show().sources.iter().map(|s| s.id.as_str());
            return Err(unknown("source", id, ids).into());
        };
        let set = Edit::Set {
            id: id.to_owned(),
            item: Item::Source(show::Source {
                picture_delay_ms: ms,
                ..source.clone()
            }),
        };
        let draft = self.book.draft(None, &[set], "picture delay", true)?;
        self.make(draft, Leaving::Refused, Faders::None)
    }

    /// An edit of the sound snapshots.
    fn keep_snapshots(
        &mut self,
        snapshots: SoundSnapshots,
        step: &str,
    ) -> Result<u64, EditRefusal> {
        let edit = Edit::Snapshots(snapshots);
        let draft = self.book.draft(None, &[edit], step, false)?;
        self.make(draft, Leaving::Refused, Faders::None)
    }

    /// Makes a draft the show, if it holds together and the tick takes it.
    fn make(&mut self, draft: Draft, on_air: Leaving, faders: Faders) -> Result<u64, EditRefusal> {
        let before = self.cast.show.clone();
        let now = draft.show.clone();
        let path = self.editor.file.clone().unwrap_or_default();
        let text = show::text_of(&path, &now, &before).map_err(EditRefusal::Faulty)?;
        let fixed = fixed(&before, &now);
        if !fixed.is_empty() {
            return self.make_way(draft, text, &fixed.join(" and the "));
        }
        let hands = &self.editor.hands;
        let cast = self.cast.next(now, |slot| hands.is_taken(slot));
        let cast = Arc::new(cast.ok_or(EditRefusal::TooMany(SLOTS))?);
        let (answer, answered) = bounded(1);
        let change = Change::Play(Next {
            cast: cast.clone(),
            on_air,
            brings: Brings {
                faders,
                transition: draft.touches_transition(),
                passed: draft.passes(),
            },
            answer,
        });
        self.editor
            .changes
            .send(change)
            .map_err(|_| EditRefusal::Ended)?;
        let taken = answered.recv().map_err(|_| EditRefusal::Ended)??;
        self.book.commit(draft);
        let old = std::mem::replace(&mut self.cast, cast);
        self.start(&old, &taken.missing);
        if let Some(place) = &self.editor.place {
            // It does not lead to this show.
            place.forget_past();
            if let Err(error) = place.keep_show(&text) {
                tracing::error!("a next engine would not know this edit: {error}");
            }
        }
        self.autosave_soon();
        Ok(taken.frame)
    }

    /// Has another engine make a draft the show, unless something is on air. The tick ends with the
    /// frame that is given.
    fn make_way(&mut self, draft: Draft, text: String, what: &str) -> Result<u64, EditRefusal> {
        let Some(place) = self.editor.place.clone() else {
            return Err(EditRefusal::Fixed(what.to_owned()));
        };
        let (answer, answered) = bounded(1);
        let asked = self.editor.changes.send(Change::MakeWay(answer));
        asked.map_err(|_| EditRefusal::Ended)?;
        let answer = answered.recv().map_err(|_| EditRefusal::Ended)?;
        let frame = answer.map_err(|on_air| EditRefusal::OnAir {
            what: what.to_owned(),
            on_air,
        })?;
        // From here on this engine makes no frame, whatever becomes of the edit.
        self.makes_way = true;
        let mut book = self.book.clone();
        book.commit(draft);
        let kept = past::keep(&place, &text, book.past());
        if kept.is_ok() {
            self.book = book;
            self.autosave_soon();
        }
        self.editor.hub.make_way(format!("the {what} was changed"));
        kept.map(|()| frame).map_err(EditRefusal::Unkept)
    }

    /// Keeps what is edited beside the file, before long.
    fn autosave_soon(&mut self) {
        if self.editor.file.is_some() && self.to_keep.is_none() {
            // Not put off by each further step of a drag.
            self.to_keep = Some(Instant::now() + AUTOSAVE);
        }
    }

    /// Starts what the tick lacks since the show was another one.
    fn start(&mut self, old: &Cast, missing: &[usize]) {
        // What has left must have its queue taken from it before another has its id.
        while let Ok(departure) = self.editor.departures.try_recv() {
            self.editor.hands.end(departure);
        }
        let cast = self.cast.clone();
        for (source, &slot) in cast.show.sources.iter().zip(cast.slots()) {
            if missing.contains(&slot) {
                // One that left a moment ago, and comes back.
                while self.editor.hands.is_taken(slot) {
                    match self.editor.departures.recv() {
                        Ok(departure) => self.editor.hands.end(departure),
                        Err(_) => return,
                    }
                }
                let delay = source.picture_delay_ms;
                self.editor.hands.start_source(slot, source, delay);
            } else {
                let named = |s: &show::Source| (s.label.clone(), s.id.clone());
                if old
                    .last_at(slot)
                    .is_some_and(|old| named(old) != named(source))
                {
                    self.editor.hands.relabel(slot, source);
                }
            }
        }
        self.editor.hands.aim_recorder(&cast.show);
        self.editor.keys.look(&cast.show);
        let after = outputs(&cast);
        if outputs(old) != after {
            self.editor.speakers.play(after);
        }
        if old.show.hold != cast.show.hold {
            self.slate = self.editor.hands.make_hold(&cast.show.hold);
        }
        for destination in &cast.show.destinations {
            let same = |d: &&show::Destination| d.goes_where(destination);
            if !old.show.destinations.iter().any(|d| same(&d)) {
                self.editor.hands.start_destination(destination);
            }
        }
    }

    fn save(&mut self, over: bool) -> Result<u64, EditRefusal> {
        let Some(file) = self.editor.file.clone() else {
            return Err(EditRefusal::Ended);
        };
        if !over && self.has_changed(&file) {
            return Err(EditRefusal::ChangedUnderneath(file));
        }
        self.settle()?;
        let show = Arc::new(self.book.as_it_stands());
        show::save(&file, &show).map_err(EditRefusal::Save)?;
        self.text = std::fs::read_to_string(&file).ok();
        self.saved = show;
        self.changed = false;
        self.offered = None;
        self.to_keep = None;
        autosave::put_others_aside(&file, self.kept.as_deref());
        autosave::remove_own(&file, self.kept.take().as_deref());
        Ok(self.now())
    }

    /// Writes the show into another file. It goes on in its own: sockets, journal and keeper go by
    /// the file that it was opened with.
    fn save_as(&mut self, path: &Path) -> Result<u64, EditRefusal> {
        let io = |error| {
            EditRefusal::Save(SaveError::Io {
                file: path.to_owned(),
                error,
            })
        };
        let path = &std::path::absolute(path).map_err(io)?;
        if let Some(file) = &self.editor.file
            && path.canonicalize().is_ok_and(|path| path == *file)
        {
            return self.save(false);
        }
        // A show that runs would lose its file to this one.
        let runs = path.is_file() && Place::of(path).and_then(|p| p.is_kept()).unwrap_or(false);
        if runs {
            return Err(EditRefusal::RunsElsewhere(path.clone()));
        }
        self.settle()?;
        let mut show = self.book.as_it_stands();
        if let (Some(from), Some(to)) = (
            self.editor.file.as_deref().and_then(Path::parent),
            path.parent(),
        ) {
            show::rebase(&mut show, from, to);
        }
        show::save(path, &show).map_err(EditRefusal::Save)?;
        Ok(self.now())
    }

    /// Takes over what was found when the show was opened, or lets it go.
    fn decide(&mut self, take: bool) -> Result<u64, EditRefusal> {
        let Some(offered) = self.offered.clone() else {
            return Err(EditRefusal::NoAutosave);
        };
        let frame = if take {
            let all = offered.show.sources.iter().map(|s| s.id.clone()).collect();
            let draft = self.book.draft_whole(Arc::new(offered.show), "autosave");
            let faders = Faders::Of {
                sources: all,
                buses: true,
            };
            let frame = self.make(draft, Leaving::Stays, faders)?;
            self.kept = Some(offered.text);
            frame
        } else {
            if let Some(file) = &self.editor.file {
                autosave::remove(file);
            }
            self.now()
        };
        self.offered = None;
        Ok(frame)
    }

    /// Takes over what the file holds now, as an edit that can be undone. Faders, mutes and AFV stay as
    /// the hand put them, but where the file says another of a source than it did.
    fn revert(&mut self) -> Result<u64, EditRefusal> {
        let Some(file) = self.editor.file.clone() else {
            return Err(EditRefusal::Ended);
        };
        let text = std::fs::read_to_string(&file).map_err(|error| {
            EditRefusal::Save(SaveError::Io {
                file: file.clone(),
                error,
            })
        })?;
        let show = show::parse(&file, &text)
            .map_err(|faults| EditRefusal::Unreadable(SaveError::Faulty(faults)))?;
        let show = Arc::new(show);
        let draft = self.book.draft_whole(show.clone(), "revert");
        let changed = show.sources.iter().filter(|source| {
            let mut before = self.saved.sources.iter();
            let before = before.find(|before| before.id == source.id);
            before.map(SoundStanding::of) != Some(SoundStanding::of(source))
        });
        let faders = Faders::Of {
            sources: changed.map(|source| source.id.clone()).collect(),
            buses: self.saved.sound != show.sound,
        };
        let answer = self.make(draft, Leaving::Stays, faders)?;
        self.text = Some(text);
        self.saved = show;
        self.changed = false;
        Ok(answer)
    }

    /// The frame that was on air a moment ago.
    fn now(&self) -> u64 {
        self.editor.hub.snapshot().map_or(0, |now| now.frame)
    }

    /// Whether the file is another than was last read or written.
    fn has_changed(&self, file: &Path) -> bool {
        match std::fs::read_to_string(file) {
            Ok(text) => self.text.as_ref() != Some(&text),
            // It is gone: saving puts it back.
            Err(_) => false,
        }
    }

    /// Tells whether another program changed the file. It is read only where it seems to be another.
    fn look_at_file(&mut self) {
        let Some(file) = self.editor.file.clone() else {
            return;
        };
        let seen = std::fs::metadata(&file)
            .and_then(|now| Ok((now.len(), now.modified()?)))
            .ok();
        if seen == self.seen {
            return;
        }
        self.seen = seen;
        let changed = self.has_changed(&file);
        if changed != self.changed {
            self.changed = changed;
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.know();
        let unsaved = *self.saved != self.book.as_it_stands();
        // How a copy with media does is told by who makes it.
        self.editor.status.rcu(|shown| EditStatus {
            packing: shown.packing.clone(),
            revision: self.book.revision(),
            unsaved,
            undo: self.book.undoes().map(str::to_owned),
            redo: self.book.redoes().map(str::to_owned),
            file: self.editor.file.clone(),
            file_changed: self.changed,
            autosave: self.offered.as_ref().map(|offered| offered.path.clone()),
        });
    }
}

/// What differs of that which an engine cannot change while it runs.
fn fixed(before: &Show, now: &Show) -> Vec<&'static str> {
    let differs = [
        ("format", before.format != now.format),
        ("encoder", before.encoder != now.encoder),
        ("receiver", before.receiver != now.receiver),
    ];
    let differing = differs.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(name, _)| name).collect()
}
