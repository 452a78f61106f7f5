//! Titles are made ready beside the tick: read, filled in and rendered by a thread of their own as soon as
//! they are edited, so that a take finds them done. One that is not ready in time is late alone; where one
//! is broken, what was ready before stays.

mod clip;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded, select, tick};

pub use reading::Reading;

use super::downstream::{self, Filling, Length};
use super::watched::Watched;
use crate::door::{Event, FieldKind, FieldStatus, Hub, TitleState, TitleStatus};
use crate::media::HouseClock;
use crate::nice::{self, Nice};
use crate::show::{self, Format, Show, Title};
use crate::title::{self, Field, Fonts, Ticker};
use crate::video::{Count, TitleKey, TitleShelf};

/// All titles together may take so much memory.
const MEMORY: usize = 768 << 20;
/// How often clocks are looked after, and files every so many times.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS_A_FILE: u32 = 10;
/// Seconds for which what ticks is made ahead.
const AHEAD_S: i64 = 3;

/// What is wanted: the titles of the show, each with everything that is to be ready of it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Wanted {
    titles: Vec<Title>,
    fillings: Vec<(String, Filling)>,
}

/// What became of one filling.
#[derive(Clone, Debug)]
struct Made {
    length: Result<Length, String>,
    warnings: Vec<String>,
}

/// What is known of the titles.
#[derive(Clone, Debug, Default)]
struct Known {
    made: BTreeMap<TitleKey, Made>,
    /// By the ids of the titles: of the template that was read last.
    fields: BTreeMap<String, Arc<Vec<FieldStatus>>>,
    /// By the ids of the titles: why the template cannot be read.
    unread: BTreeMap<String, String>,
}

/// What the tick says of the frame, for what ticks.
#[derive(Clone, Debug, Default)]
struct Now {
    frame: u64,
    came: BTreeMap<TitleKey, u64>,
}

/// See the module's words.
pub struct Titles {
    known: ArcSwap<Known>,
    /// Counts what changed of it.
    changes: AtomicU64,
    wanted: ArcSwap<Wanted>,
    now: ArcSwap<Now>,
    wake: Sender<()>,
}

impl Titles {
    /// Starts the thread, which fills `shelf`. Templates are looked for from `folder`. It ends when
    /// `stopped` is closed.
    ///
    /// # Errors
    /// The system has no thread.
    pub fn start(
        folder: PathBuf,
        (format, clock): (Format, HouseClock),
        shelf: Arc<TitleShelf>,
        hub: Arc<Hub>,
        stopped: Receiver<()>,
    ) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = bounded(1);
        let titles = Arc::new(Self {
            known: ArcSwap::default(),
            changes: AtomicU64::new(0),
            wanted: ArcSwap::default(),
            now: ArcSwap::default(),
            wake,
        });
        let own = titles.clone();
        let thread = std::thread::Builder::new().name("titles".to_owned());
        thread.spawn(move || {
            nice::give_way(Nice::Monitor);
            let mut maker = Maker {
                titles: own,
                folder,
                format,
                clock,
                shelf,
                hub,
                fonts: None,
                templates: BTreeMap::new(),
                ready: BTreeMap::new(),
                pictures: BTreeMap::new(),
                tickers: Vec::new(),
            };
            let look = tick(LOOK);
            let mut looks = 0;
            loop {
                let (is_asked, looks_at_files) = select! {
                    recv(woken) -> _ => (true, false),
                    recv(look) -> _ => {
                        looks += 1;
                        (false, looks % LOOKS_A_FILE == 0)
                    }
                    recv(stopped) -> _ => return,
                };
                if is_asked || looks_at_files && maker.have_changed() {
                    maker.make();
                }
                maker.tick();
            }
        })?;
        Ok(titles)
    }

    /// Asks for these and for no others. Never waits.
    pub fn want(&self, show: &Show, fillings: Vec<(String, Filling)>) {
        let wanted = Wanted {
            titles: show.titles.clone(),
            fillings,
        };
        if **self.wanted.load() != wanted {
            self.wanted.store(Arc::new(wanted));
            let _ = self.wake.try_send(());
        }
    }

    /// Says which frame is shown, and in which each title came that is seen.
    pub fn at(&self, frame: u64, came: BTreeMap<TitleKey, u64>) {
        self.now.store(Arc::new(Now { frame, came }));
    }

    /// Counts up whenever another is ready, or broken.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// What is ready, and what cannot be had.
    pub fn known(&self) -> downstream::Known {
        let known = self.known.load();
        let mut told = downstream::Known {
            unread: known.unread.clone(),
            ..downstream::Known::default()
        };
        for (key, made) in &known.made {
            match &made.length {
                Ok(length) => drop(told.lengths.insert(key.clone(), length.clone())),
                Err(message) => drop(told.broken.insert(key.clone(), message.clone())),
            }
        }
        let names = |fields: &Vec<FieldStatus>| fields.iter().map(|f| f.name.clone()).collect();
        let fields = known.fields.iter();
        told.fields = fields.map(|(id, all)| (id.clone(), names(all))).collect();
        told
    }

    /// How each title of the show does, in its order; `next` says which filling is taken next.
    pub fn status(&self, show: &Show, next: impl Fn(&str) -> Option<TitleKey>) -> Vec<TitleStatus> {
        let known = self.known.load();
        let status = show.titles.iter().map(|title| {
            let made = next(&title.id).and_then(|key| known.made.get(&key));
            let (state, message) = match (made, known.unread.get(&title.id)) {
                (_, Some(message)) => (TitleState::Broken, message.clone()),
                (None, None) => (TitleState::Reading, String::new()),
                (Some(made), None) => match &made.length {
                    Ok(_) => (TitleState::Ready, made.warnings.join("; ")),
                    Err(message) => (TitleState::Broken, message.clone()),
                },
            };
            TitleStatus {
                state,
                message,
                fields: known.fields.get(&title.id).cloned().unwrap_or_default(),
                ..TitleStatus::default()
            }
        });
        status.collect()
    }
}

/// A template that was read.
struct Template {
    title: Title,
    read: Result<Arc<Reading>, String>,
    /// Its file, to be read again when it has changed.
    watched: Vec<Watched>,
}

/// The pictures of a filling.
struct Pictures {
    watched: Vec<Watched>,
    /// They are others than those that it was made of.
    changed: bool,
}

/// A filling that is ready.
struct Ready {
    /// What it was made of: another reading makes it anew.
    of: Arc<Reading>,
    title: Arc<crate::video::Title>,
}

/// What the thread has.
struct Maker {
    titles: Arc<Titles>,
    folder: PathBuf,
    format: Format,
    clock: HouseClock,
    shelf: Arc<TitleShelf>,
    hub: Arc<Hub>,
    /// Loaded when the first template is there: it takes a moment.
    fonts: Option<Fonts>,
    /// By the ids of the titles.
    templates: BTreeMap<String, Template>,
    ready: BTreeMap<TitleKey, Ready>,
    pictures: BTreeMap<TitleKey, Pictures>,
    tickers: Vec<(TitleKey, Ticker)>,
}

impl Maker {
    /// Whether a template's file has changed and rests since, or a picture that is filled in.
    fn have_changed(&mut self) -> bool {
        let mut changed = false;
        for pictures in self.pictures.values_mut() {
            if Watched::any_has_come(&mut pictures.watched) {
                changed = true;
                pictures.changed = true;
            }
        }
        for template in self.templates.values_mut() {
            if Watched::any_has_come(&mut template.watched) {
                changed = true;
                template.title.template.clear();
            }
        }
        changed
    }

    /// Makes what is wanted and not there yet. What is asked for meanwhile goes first.
    fn make(&mut self) {
        let wanted = self.titles.wanted.load_full();
        self.read(&wanted);
        let keys = wanted.fillings.iter().map(|(id, filling)| TitleKey {
            id: id.clone(),
            filling: filling.number,
        });
        let keys: BTreeSet<TitleKey> = keys.collect();
        self.ready.retain(|key, _| keys.contains(key));
        self.pictures.retain(|key, _| keys.contains(key));
        self.tickers.retain(|(key, _)| keys.contains(key));
        let mut known = Known::clone(&self.titles.known.load());
        known.made.retain(|key, _| keys.contains(key));
        known.fields.clear();
        known.unread.clear();
        for (id, template) in &self.templates {
            match &template.read {
                Ok(reading) => {
                    let fields = reading.fields().iter().map(status_of);
                    known.fields.insert(id.clone(), Arc::new(fields.collect()));
                }
                Err(message) => drop(known.unread.insert(id.clone(), message.clone())),
            }
        }
        self.show(&known);
        for (id, filling) in &wanted.fillings {
            let key = TitleKey {
                id: id.clone(),
                filling: filling.number,
            };
            let Some(reading) = self.reading(id) else {
                // It left the show, or cannot be read: what was made of it stays.
                if let Some(message) = known.unread.get(id)
                    && !self.ready.contains_key(&key)
                {
                    let made = Made {
                        length: Err(message.clone()),
                        warnings: Vec::new(),
                    };
                    known.made.insert(key, made);
                    self.show(&known);
                }
                continue;
            };
            let is_same = |ready: &Ready| Arc::ptr_eq(&ready.of, &reading);
            let is_broken = known
                .made
                .get(&key)
                .is_some_and(|made| made.length.is_err());
            let has_others = self
                .pictures
                .get(&key)
                .is_some_and(|pictures| pictures.changed);
            if self.ready.get(&key).is_some_and(is_same) && !is_broken && !has_others {
                continue;
            }
            let made = self.fill(&key, filling, reading);
            if let Err(message) = &made.length {
                let before = known.made.get(&key);
                if before.is_none_or(|before| before.length.as_ref().err() != Some(message)) {
                    self.complain(message.clone());
                }
            }
            known.made.insert(key, made);
            self.show(&known);
            if *self.titles.wanted.load_full() != *wanted {
                // Something else is wanted by now: it is not to wait for all that.
                let _ = self.titles.wake.try_send(());
                return;
            }
        }
    }

    fn reading(&self, id: &str) -> Option<Arc<Reading>> {
        self.templates.get(id)?.read.as_ref().ok().cloned()
    }

    /// Reads the templates that are not read as the show has them.
    fn read(&mut self, wanted: &Wanted) {
        let is_there = |id: &String| wanted.titles.iter().any(|title| title.id == *id);
        self.templates.retain(|id, _| is_there(id));
        for title in &wanted.titles {
            let old = self.templates.get(&title.id);
            let is_same = |old: &Template| {
                (&old.title.template, old.title.rect, old.title.looped)
                    == (&title.template, title.rect, title.looped)
            };
            if old.is_some_and(is_same) {
                continue;
            }
            let (read, paths) = Reading::of(title, &self.folder);
            let told = old.and_then(|old| old.read.as_ref().err());
            if let Err(message) = &read
                && told != Some(message)
            {
                self.complain(message.clone());
            }
            let template = Template {
                title: title.clone(),
                read: read.map(Arc::new),
                watched: paths.iter().map(|path| Watched::at(path)).collect(),
            };
            self.templates.insert(title.id.clone(), template);
        }
    }

    /// Makes one filling.
    fn fill(&mut self, key: &TitleKey, filling: &Filling, reading: Arc<Reading>) -> Made {
        let held: usize = self.ready.values().map(|ready| ready.title.bytes()).sum();
        let left = MEMORY.saturating_sub(held);
        let fonts = self.fonts.get_or_insert_with(Fonts::load);
        let folders = show::picture_folders(&self.folder);
        // Looked at before they are read: what changes meanwhile is read again.
        let pictures = reading.pictures(&filling.fields, &folders);
        let watched = pictures.iter().map(|path| Watched::at(path)).collect();
        let pictures = Pictures {
            watched,
            changed: false,
        };
        self.pictures.insert(key.clone(), pictures);
        let made = reading.make(&filling.fields, self.format, (fonts, &folders), left);
        match made {
            Ok(made) => {
                self.tickers.retain(|(other, _)| other != key);
                let tickers = made.tickers.into_iter();
                self.tickers
                    .extend(tickers.map(|ticker| (key.clone(), ticker)));
                let length = Length {
                    in_frames: made.title.in_frames(),
                    out_frames: made.title.out_frames(),
                    lasts: made.title.lasts(),
                    shows_at: made.title.shows_at(),
                };
                let ready = Ready {
                    of: reading,
                    title: made.title,
                };
                self.ready.insert(key.clone(), ready);
                // What ticks has its pictures before it is said to be ready.
                self.tick();
                Made {
                    length: Ok(length),
                    warnings: made.warnings,
                }
            }
            Err(message) => Made {
                length: Err(format!("the title \"{}\": {message}", key.id)),
                warnings: Vec::new(),
            },
        }
    }

    fn complain(&self, message: String) {
        tracing::warn!("{message}");
        self.hub.say(Event::Title { message });
    }

    fn show(&self, known: &Known) {
        let ready = self.ready.iter();
        let ready = ready.map(|(key, ready)| (key.clone(), ready.title.clone()));
        self.shelf.keep(ready.collect());
        self.titles.known.store(Arc::new(known.clone()));
        self.titles.changes.fetch_add(1, Ordering::Release);
    }

    /// Makes the pictures of clocks for the next seconds.
    fn tick(&mut self) {
        if self.tickers.is_empty() {
            return;
        }
        let now = self.titles.now.load_full();
        let zero_ns = wall_of_zero(self.clock);
        for (key, ticker) in &mut self.tickers {
            let ticking = ticker.ticking().clone();
            if ticking.count == Count::Wall {
                ticking.set_zero(zero_ns);
            }
            let came = now.came.get(key).copied();
            let age = came.map_or(0, |came| now.frame.saturating_sub(came));
            let step = ticking.step(now.frame, u32::try_from(age).unwrap_or(u32::MAX));
            // The one that is seen, and for the frames in between the one before it.
            ticker.fill(step - 1, step + AHEAD_S * i64::from(ticking.per_s));
        }
    }
}

/// Which time of day the program's frame 0 has, in ns since 1970-01-01 UTC, by the system's clock as it is
/// now.
fn wall_of_zero(clock: HouseClock) -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let wall = since.map_or(0, |since| since.as_nanos() as i64);
    // Frame 0 is at 0 of house time.
    wall - clock.now()
}

fn status_of(field: &Field) -> FieldStatus {
    FieldStatus {
        name: field.name.clone(),
        kind: match field.kind {
            title::FieldKind::Text => FieldKind::Text,
            title::FieldKind::Picture => FieldKind::Picture,
            title::FieldKind::Clock => FieldKind::Clock,
        },
        usual: field.usual.clone(),
    }
}
