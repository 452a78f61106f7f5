//! Looks at the pictures of one source and listens to one strip before its delay, beside the program, to
//! find how much later the one is than the other.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::pairs::{Offset, Pairs};
use super::played::Input;
use super::ways::{Way, Ways};
use crate::audio::{BusId, Onsets, TapEnd};
use crate::media::{BLOCK, CHANNELS, House, NS_PER_S, Picture, block_start};
use crate::nice::{self, Nice};
use crate::video::Flashes;

/// How often what has come is looked at.
const STEP: Duration = Duration::from_millis(20);
/// Pictures and blocks of sound that may wait: a second of each.
const PICTURES: usize = 120;
const BLOCKS: usize = 100;
/// Where nothing has been seen or heard for so long, there is nothing.
const PATIENCE_NS: i64 = 6 * NS_PER_S;

/// What is measured against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Whose pictures, by slot.
    pub picture: usize,
    /// Whose sound, by slot.
    pub sound: usize,
    /// The delay that the pictures have.
    pub picture_delay_ms: u32,
    /// Another number for each time that it is begun.
    pub run: u32,
}

/// What has been found of that so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Of what.
    pub of: Option<Watched>,
    /// Flashes that were seen.
    pub flashes: u32,
    /// Beeps or claps that were heard.
    pub beeps: u32,
    /// Of each a pair.
    pub events: u32,
    /// How much later the picture is, its delay included.
    pub offset: Option<Offset>,
    /// From one picture to the next: a flash is no better known than that.
    pub picture_ns: i64,
    /// As long was watched that something should have been seen and heard.
    pub is_long: bool,
}

/// See the module's words; the tick's end of it.
pub struct Aligner {
    wishes: Sender<Wish>,
    found: Arc<ArcSwap<Measured>>,
    watched: Option<Watched>,
}

enum Wish {
    Measure(Receiver<Picture>, Watched),
    Rest,
}

impl Aligner {
    /// Starts the thread; it ends when this is dropped.
    ///
    /// # Errors
    /// Where the system has no thread.
    pub fn start(ways: Arc<Ways>) -> std::io::Result<Self> {
        let (wishes, wished) = unbounded();
        let found = Arc::new(ArcSwap::from_pointee(Measured::default()));
        let shown = found.clone();
        std::thread::Builder::new()
            .name("lip sync".to_owned())
            .spawn(move || {
                nice::give_way(Nice::Monitor);
                follow(&wished, &ways, &shown);
            })?;
        Ok(Self {
            wishes,
            found,
            watched: None,
        })
    }

    /// This is to be measured from now on. What is measured already goes on.
    pub fn follow(&mut self, wanted: Option<Watched>, inputs: &mut [Option<Box<Input>>]) {
        if wanted == self.watched {
            return;
        }
        let slot = |inputs: &mut [Option<Box<Input>>], of: Option<Watched>, watcher| {
            let input = inputs.get_mut(of?.picture)?.as_mut()?;
            input.slot.watch(watcher);
            Some(())
        };
        slot(inputs, self.watched.take(), None);
        let wish = wanted.and_then(|watched| {
            let (pictures, seen) = bounded(PICTURES);
            // A source that is being started is waited for.
            slot(inputs, wanted, Some(pictures))?;
            self.watched = wanted;
            Some(Wish::Measure(seen, watched))
        });
        let _ = self.wishes.send(wish.unwrap_or(Wish::Rest));
    }

    /// What was found of that last.
    pub fn found(&self) -> Measured {
        **self.found.load()
    }
}

fn follow(wished: &Receiver<Wish>, ways: &Arc<Ways>, shown: &ArcSwap<Measured>) {
    let mut measuring: Option<Measuring> = None;
    loop {
        let wish = match &measuring {
            Some(_) => wished.recv_timeout(STEP),
            None => wished.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match wish {
            Ok(Wish::Measure(pictures, watched)) => {
                measuring = Some(Measuring::new(pictures, watched));
            }
            Ok(Wish::Rest) => measuring = None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if let Some(measuring) = &mut measuring {
            measuring.step(ways);
            shown.store(Arc::new(measuring.found()));
        }
    }
}

/// Where the sound comes in.
struct Heard {
    end: TapEnd,
    _way: Way,
    onsets: Option<Onsets>,
}

struct Measuring {
    watched: Watched,
    pictures: Receiver<Picture>,
    sound: Option<Heard>,
    flashes: Flashes,
    pairs: Pairs,
    /// When the last picture was, and how long each stands.
    last: Option<House>,
    picture_ns: i64,
    /// From where to where sound was heard.
    heard: Option<(House, House)>,
    found: Measured,
}

impl Measuring {
    fn new(pictures: Receiver<Picture>, watched: Watched) -> Self {
        Self {
            watched,
            pictures,
            sound: None,
            flashes: Flashes::default(),
            pairs: Pairs::default(),
            last: None,
            picture_ns: 0,
            heard: None,
            found: Measured::default(),
        }
    }

    fn step(&mut self, ways: &Arc<Ways>) {
        while let Ok(picture) = self.pictures.try_recv() {
            self.see(&picture);
        }
        if self.sound.as_ref().is_none_or(|sound| sound.end.lost() > 0) {
            // Behind a gap nothing is where it seems to be.
            let open = ways.open(BusId::Input(self.watched.sound), BLOCKS);
            self.sound = open.map(|(end, way)| Heard {
                end,
                _way: way,
                onsets: None,
            });
        }
        self.hear();
        // A picture may come so long after its sound, and the other way round.
        if let (Some(seen), Some((_, heard))) = (self.last, self.heard) {
            self.pairs.settle(seen.min(heard));
        }
    }

    fn see(&mut self, picture: &Picture) {
        if let Some(last) = self.last.replace(picture.time) {
            let stood = picture.time - last;
            if stood > 0 {
                // Those that come twice as late for once are not what the source gives.
                self.picture_ns = match self.picture_ns {
                    0 => stood,
                    usual => usual + (stood.min(2 * usual) - usual) / 16,
                };
            }
        }
        if self.flashes.see(picture) {
            self.found.flashes += 1;
            self.pairs.see(picture.time);
        }
    }

    fn hear(&mut self) {
        let Some(sound) = &mut self.sound else { return };
        let Some(began) = sound.end.began() else {
            return;
        };
        let onsets = sound.onsets.get_or_insert_with(|| Onsets::new(began));
        let mut block = [0f32; BLOCK * CHANNELS];
        while sound.end.samples.pop_entire_slice(&mut block).is_ok() {
            onsets.hear(&block, |at| {
                self.found.beeps += 1;
                self.pairs.hear(block_start(at));
            });
        }
        let now = block_start(onsets.position());
        let (from, _) = self.heard.unwrap_or((block_start(began), now));
        self.heard = Some((from, now));
    }

    fn found(&self) -> Measured {
        Measured {
            of: Some(self.watched),
            events: self.pairs.events() as u32,
            offset: self.pairs.offset(self.picture_ns),
            picture_ns: self.picture_ns,
            is_long: self
                .heard
                .is_some_and(|(from, now)| now - from >= PATIENCE_NS),
            ..self.found
        }
    }
}
