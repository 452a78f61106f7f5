//! Monitor pictures, made beside the program and given up before it: from the pictures that the tick
//! last saw, at the sizes that desks ask for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::crossing::Trial;
use super::wipes::Wipes;
use crate::door::{MonitorBoard, MonitorId, MonitorKey, MonitorPicture};
use crate::media::{Picture, Rate};
use crate::nice::{self, Nice};
use crate::show::{Format, Scene, Show};
use crate::video::{Compositor, Crossing, Draw, Layout, Stage};

/// How often it is looked whether a monitor is due.
const STEP: Duration = Duration::from_millis(16);

/// What the tick leaves for monitors: its newest pictures. Reading them holds up nothing.
#[derive(Debug)]
pub struct Taps {
    /// One for each source: what the tick took from it, its slate too.
    pub sources: Vec<ArcSwapOption<Picture>>,
    /// What went to the encoder.
    pub program: ArcSwapOption<Picture>,
    /// The frame, and what is on PVW.
    pub now: ArcSwapOption<Now>,
}

/// What the monitors need to know of a tick.
#[derive(Debug)]
pub struct Now {
    /// The frame.
    pub frame: u64,
    /// The scene on PVW.
    pub preview: String,
    /// The transition that is tried on it.
    pub trial: Option<Trial>,
}

impl Taps {
    /// Taps for so many sources.
    pub fn new(sources: usize) -> Self {
        Self {
            sources: (0..sources).map(|_| ArcSwapOption::empty()).collect(),
            program: ArcSwapOption::empty(),
            now: ArcSwapOption::empty(),
        }
    }
}

/// Starts the thread; it ends when `stopped` is closed.
pub fn start(
    taps: Arc<Taps>,
    board: Arc<MonitorBoard>,
    show: &Show,
    scenes: &[Scene],
    wipes: Arc<Wipes>,
    stopped: Receiver<()>,
) -> std::io::Result<()> {
    let stages = scenes
        .iter()
        .map(|scene| (scene.id.clone(), Stage::of(&scene.layers, show)))
        .collect();
    let mut maker = Maker {
        taps,
        board,
        wipes,
        stages,
        sources: show.sources.iter().map(|s| s.id.clone()).collect(),
        rate: show.format.rate,
        compositors: BTreeMap::new(),
        due: BTreeMap::new(),
    };
    std::thread::Builder::new()
        .name("monitors".to_owned())
        .spawn(move || {
            nice::give_way(Nice::Monitor);
            while stopped.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
                maker.make();
            }
        })?;
    Ok(())
}

struct Maker {
    taps: Arc<Taps>,
    board: Arc<MonitorBoard>,
    wipes: Arc<Wipes>,
    stages: BTreeMap<String, Stage>,
    sources: Vec<String>,
    rate: Rate,
    /// One for each monitor, because it keeps what it scaled.
    compositors: BTreeMap<MonitorKey, Compositor>,
    /// The first frame at which each may be made again.
    due: BTreeMap<MonitorKey, u64>,
}

impl Maker {
    fn make(&mut self) {
        let wishes = self.board.wishes();
        self.compositors.retain(|key, _| wishes.contains_key(key));
        self.due.retain(|key, _| wishes.contains_key(key));
        let Some(now) = self.taps.now.load_full() else {
            return;
        };
        let frame = now.frame;
        let mut made = Vec::new();
        let mut pictures: Option<Vec<Option<Picture>>> = None;
        for (key, fps) in wishes {
            if self.due.get(&key).is_some_and(|&due| frame < due) {
                continue;
            }
            let step = (self.rate.fps() / f64::from(fps)).round().max(1.0) as u64;
            self.due.insert(key.clone(), frame + step);
            let all = pictures.get_or_insert_with(|| self.pictures());
            if let Some(picture) = self.picture(&key, &now, all) {
                made.push(picture);
            }
        }
        if !made.is_empty() {
            self.board.put(made);
        }
    }

    /// The newest picture of each source, and the program's behind them.
    fn pictures(&self) -> Vec<Option<Picture>> {
        let taps = self.taps.sources.iter().chain([&self.taps.program]);
        taps.map(|tap| tap.load_full().map(|picture| Picture::clone(&picture)))
            .collect()
    }

    fn picture(
        &mut self,
        key: &MonitorKey,
        now: &Now,
        pictures: &[Option<Picture>],
    ) -> Option<MonitorPicture> {
        let (what, width, height) = key;
        let full = |source: usize| Stage {
            draws: vec![Draw::full(source)],
        };
        let still = |stage| Layout {
            from: stage,
            ..Layout::default()
        };
        let layout = match (what, &now.trial) {
            (MonitorId::Preview, Some(trial)) => Layout {
                from: trial.from.clone(),
                to: Some(trial.crossing.clone()),
                black: 0.0,
            },
            (MonitorId::Preview, None) => {
                still(self.stages.get(&now.preview).cloned().unwrap_or_default())
            }
            (MonitorId::Program, _) => still(full(self.sources.len())),
            (MonitorId::Scene(scene), _) => still(self.stages.get(scene)?.clone()),
            (MonitorId::Source(id), _) => still(full(self.sources.iter().position(|s| s == id)?)),
        };
        let compositor = match self.compositors.entry(key.clone()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let format = Format {
                    width: *width,
                    height: *height,
                    rate: self.rate,
                };
                entry.insert(Compositor::new(format).ok()?)
            }
        };
        if let Some(name) = layout.to.as_ref().and_then(Crossing::wipe) {
            self.wipes.fill(compositor.wipes(), name);
        }
        let picture = compositor.compose(&layout, pictures, 0)?;
        let mut data = Vec::with_capacity((width * height * 3 / 2) as usize);
        for i in 0..3 {
            let plane = picture.plane(i);
            for y in 0..plane.height {
                data.extend_from_slice(plane.row(y));
            }
        }
        Some(MonitorPicture {
            what: what.clone(),
            width: *width,
            height: *height,
            frame: now.frame,
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Hub;
    use crate::engine::crossing::Trial;
    use crate::video::{Blend, WipeShelf};
    use std::time::Instant;

    const SIZE: (u32, u32) = (64, 36);

    fn maker(wipes: Arc<Wipes>) -> Maker {
        Maker {
            taps: Arc::new(Taps::new(2)),
            board: Arc::default(),
            wipes,
            stages: BTreeMap::from([("b".to_owned(), full(1))]),
            sources: vec!["a".to_owned(), "b".to_owned()],
            rate: Rate(30, 1),
            compositors: BTreeMap::new(),
            due: BTreeMap::new(),
        }
    }

    fn full(source: usize) -> Stage {
        Stage {
            draws: vec![Draw::full(source)],
        }
    }

    #[test]
    fn a_transition_is_tried_on_the_preview_and_nowhere_else() {
        gstreamer::init().unwrap();
        let (hub, _asked) = Hub::start().unwrap();
        let (_running, stopped) = crossbeam_channel::bounded::<()>(0);
        let program_shelf = Arc::new(WipeShelf::new((1280, 720)));
        let wipes = Wipes::start(Vec::new(), program_shelf, hub, stopped).unwrap();
        wipes.want(["circle".to_owned()].into());
        let small = WipeShelf::new((SIZE.0 as usize, SIZE.1 as usize));
        let until = Instant::now() + Duration::from_secs(60);
        while small.get("circle").is_none() {
            assert!(Instant::now() < until, "the wipe is not prepared");
            std::thread::sleep(Duration::from_millis(5));
            wipes.fill(&small, "circle");
        }

        let mut maker = maker(wipes);
        let format = Format {
            width: SIZE.0,
            height: SIZE.1,
            rate: Rate(30, 1),
        };
        let house = Compositor::new(format).unwrap();
        let flat = |value: u8| {
            let mut canvas = house.pool().canvas().unwrap();
            canvas.fill([value, 128, 128]);
            canvas.finish(0)
        };
        let pictures = [flat(60), flat(180), flat(60)];
        let now = |position: Option<f64>| Now {
            frame: 7,
            preview: "b".to_owned(),
            trial: position.map(|position| Trial {
                from: full(0),
                crossing: Crossing {
                    to: full(1),
                    position,
                    blend: Blend::Wipe {
                        name: "circle".to_owned(),
                        softness: 0.0,
                        reverse: false,
                    },
                },
            }),
        };
        let mut seen = |what: MonitorId, now: &Now| {
            let picture = maker
                .picture(&(what, SIZE.0, SIZE.1), now, &pictures)
                .unwrap();
            let middle = (SIZE.1 / 2 * SIZE.0 + SIZE.0 / 2) as usize;
            (picture.data[0], picture.data[middle])
        };
        assert_eq!(seen(MonitorId::Preview, &now(None)), (180, 180));
        // A circle opens: the program in the corner, the preview in the middle.
        assert_eq!(seen(MonitorId::Preview, &now(Some(0.4))), (60, 180));
        assert_eq!(seen(MonitorId::Program, &now(Some(0.4))), (60, 60));
        assert_eq!(
            seen(MonitorId::Scene("b".to_owned()), &now(Some(0.4))),
            (180, 180)
        );
        assert_eq!(seen(MonitorId::Preview, &now(None)), (180, 180));
    }
}
