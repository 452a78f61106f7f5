//! Stingers are prepared beside the tick: decoded by a thread of their own, whole, as soon as a show,
//! a scene or a director names them. Until one is ready, and where one is broken, a mix is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::decoded::{DecodeFault, Wants, decode};
use super::preparer;
use super::watched::Watched;
use crate::door::{Hub, StingerState, StingerStatus};
use crate::show::{Format, Stinger, TransitionKind, TransitionStyle};
use crate::video::{StingerPictures, StingerShelf};

/// All stingers together may take so much memory.
const MEMORY: usize = 512 << 20;
/// No stinger is longer, in seconds.
const LONGEST_S: usize = 20;

/// A stinger that is ready.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its pictures.
    pub pictures: Arc<StingerPictures>,
    /// Its sound, interleaved stereo at the house's rate; empty where it has none.
    pub sound: Arc<Vec<f32>>,
    /// Level of the sound in dB.
    pub level_db: f32,
}

/// As the show has it, and what became of it: ready, or what is wrong.
type Prepared = BTreeMap<String, (Stinger, Result<Ready, String>)>;

/// By id: how many pictures a stinger has, and beneath which the new scene is seen.
pub type Lengths = BTreeMap<String, (u32, u32)>;

/// See the module's words.
#[derive(Debug)]
pub struct Stingers {
    prepared: ArcSwap<Prepared>,
    /// Counts what changed of it.
    changes: AtomicU64,
    wanted: ArcSwap<Vec<Stinger>>,
    wake: Sender<()>,
}

impl Stingers {
    /// Starts the thread, which fills `shelf`. Relative paths are read from `folder`. It ends when
    /// `stopped` is closed.
    pub fn start(
        folder: PathBuf,
        format: Format,
        shelf: Arc<StingerShelf>,
        hub: Arc<Hub>,
        stopped: Receiver<()>,
    ) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = bounded(1);
        let stingers = Arc::new(Self {
            prepared: ArcSwap::default(),
            changes: AtomicU64::new(0),
            wanted: ArcSwap::default(),
            wake,
        });
        let own = stingers.clone();
        preparer::start("stingers", hub, (woken, stopped), move |complain| {
            own.prepare(&folder, format, &shelf, complain)
        })?;
        Ok(stingers)
    }

    /// Asks for those of these ids and for no others. Never waits. One that was broken is tried again
    /// each time, for its file may have been mended.
    pub fn want(&self, ids: &BTreeSet<String>, all: &[Stinger]) {
        let wanted: Vec<Stinger> = all
            .iter()
            .filter(|s| ids.contains(&s.id))
            .cloned()
            .collect();
        let same = **self.wanted.load() == wanted;
        if same && self.prepared.load().values().all(|(_, made)| made.is_ok()) {
            return;
        }
        self.wanted.store(Arc::new(wanted));
        let _ = self.wake.try_send(());
    }

    /// One that is ready.
    pub fn get(&self, id: &str) -> Option<Ready> {
        let prepared = self.prepared.load();
        let (_, made) = prepared.get(id)?;
        made.as_ref().ok().cloned()
    }

    /// Counts up whenever another is ready, or broken.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// How long those are that are ready, and where their cuts are: both in program frames.
    pub fn lengths(&self) -> Lengths {
        let prepared = self.prepared.load();
        let ready = prepared.iter().filter_map(|(id, (stinger, made))| {
            let frames = made.as_ref().ok()?.pictures.len() as u32;
            Some((id.clone(), (frames, stinger.cut_frame)))
        });
        ready.collect()
    }

    /// Whether the stinger that this style asks for is being read for the first time.
    pub fn reads(&self, style: &TransitionStyle) -> bool {
        style.kind == TransitionKind::Stinger
            && !self.prepared.load().contains_key(&style.stinger)
            && self.wanted.load().iter().any(|s| s.id == style.stinger)
    }

    /// What is wrong with the stinger that this style asks for; empty where nothing is.
    pub fn problem(&self, style: &TransitionStyle) -> String {
        if style.kind != TransitionKind::Stinger {
            return String::new();
        }
        match self.prepared.load().get(&style.stinger) {
            Some((_, Err(message))) => message.clone(),
            Some((_, Ok(_))) => String::new(),
            None if self.reads(style) => {
                format!("the stinger \"{}\" is still being read", style.stinger)
            }
            None if style.stinger.is_empty() => "no stinger is chosen".to_owned(),
            None => format!("the show has no stinger \"{}\"", style.stinger),
        }
    }

    /// How each of these does, in their order.
    pub fn status(&self, all: &[Stinger]) -> Vec<StingerStatus> {
        let (prepared, wanted) = (self.prepared.load(), self.wanted.load());
        let status = |stinger: &Stinger| {
            let made = prepared.get(&stinger.id);
            // One that was changed since is another.
            let made = made.filter(|(read, _)| read == stinger);
            let (state, message, frames) = match made {
                Some((_, Ok(ready))) => {
                    let frames = ready.pictures.len() as u32;
                    (StingerState::Ready, String::new(), Some(frames))
                }
                Some((_, Err(message))) => (StingerState::Broken, message.clone(), None),
                None if wanted.contains(stinger) => (StingerState::Reading, String::new(), None),
                None => (StingerState::Unread, String::new(), None),
            };
            StingerStatus {
                id: stinger.id.clone(),
                label: stinger.label.clone(),
                state,
                message,
                frames,
            }
        };
        all.iter().map(status).collect()
    }

    /// Reads what is wanted and not there yet; gives the files of those that are broken, to be tried
    /// again when they have changed.
    fn prepare(
        &self,
        folder: &Path,
        format: Format,
        shelf: &StingerShelf,
        complain: &dyn Fn(String),
    ) -> Vec<Watched> {
        let mut broken = Vec::new();
        let wanted = self.wanted.load_full();
        let before = self.prepared.load_full();
        // What is ready stays to be had while others are read: it may be on air.
        let is_ready = |stinger: &&Stinger| {
            let old = before.get(&stinger.id);
            old.is_some_and(|(old, made)| old == *stinger && made.is_ok())
        };
        let kept = wanted.iter().filter(is_ready);
        let kept =
            kept.filter_map(|stinger| Some((stinger.id.clone(), before.get(&stinger.id)?.clone())));
        let mut prepared: Prepared = kept.collect();
        let ready = prepared.values().filter_map(|(_, made)| made.as_ref().ok());
        let held: usize = ready.map(|ready| ready.pictures.bytes()).sum();
        let mut left = MEMORY.saturating_sub(held);
        self.show(&prepared, shelf);
        for stinger in wanted.iter().filter(|stinger| !is_ready(stinger)) {
            let path = folder.join(&stinger.path);
            let file = Watched::at(&path);
            let made = read(&path, stinger, format, left)
                .map_err(|why| format!("the stinger \"{}\": {why}", stinger.id));
            match &made {
                Ok(ready) => left = left.saturating_sub(ready.pictures.bytes()),
                // Told once, not at each command while it stays as it is.
                Err(message) => {
                    broken.push(file);
                    let told = before
                        .get(&stinger.id)
                        .and_then(|(_, old)| old.as_ref().err());
                    if told != Some(message) {
                        complain(message.clone());
                    }
                }
            }
            prepared.insert(stinger.id.clone(), (stinger.clone(), made));
            // Each is to be had as soon as it is ready.
            self.show(&prepared, shelf);
        }
        broken
    }

    fn show(&self, prepared: &Prepared, shelf: &StingerShelf) {
        let ready = prepared
            .iter()
            .filter_map(|(id, (_, made))| Some((id.clone(), made.as_ref().ok()?.pictures.clone())));
        shelf.keep(ready.collect());
        self.prepared.store(Arc::new(prepared.clone()));
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// Decodes a stinger, all of it.
fn read(path: &Path, stinger: &Stinger, format: Format, memory: usize) -> Result<Ready, String> {
    let size = (format.width as usize, format.height as usize);
    let wants = Wants {
        fit: Arc::new(move |_| size),
        rate: format.rate,
        memory,
        longest_s: LONGEST_S,
    };
    let read = decode(path, &wants).map_err(|fault| match fault {
        DecodeFault::TooBig => format!(
            "its pictures do not fit: all stingers together may take {} MB; make it shorter, or \
             cover less of the picture",
            MEMORY >> 20
        ),
        fault => fault.to_string(),
    })?;
    let pictures = read.pictures.len();
    if stinger.cut_frame as usize >= pictures {
        return Err(format!(
            "its cut is at frame {} of {pictures}: expected less",
            stinger.cut_frame
        ));
    }
    Ok(Ready {
        pictures: Arc::new(read.pictures),
        sound: Arc::new(read.sound),
        level_db: stinger.level_db,
    })
}
