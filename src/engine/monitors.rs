//! Monitor pictures, made beside the program and given up before it: from the pictures that the tick
//! last saw, at the sizes that desks ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::cast::{Cast, SLOTS};
use super::crossing::Trial;
use super::file_pictures::FilePictures;
use super::wipes::Wipes;
use crate::door::{MonitorBoard, MonitorId, MonitorKey, MonitorPicture};
use crate::media::Picture;
use crate::nice::{self, Nice};
use crate::show::Format;
use crate::video::{
    Compositor, Crossing, Draw, Layout, Overlaid, Stage, StingerShelf, TitleShelf, scope_picture,
};

/// How often it is looked whether a monitor is due.
const STEP: Duration = Duration::from_millis(16);

/// What the tick leaves for monitors: its newest pictures. Reading them holds up nothing.
#[derive(Debug)]
pub struct Taps {
    /// By slot: what the tick took from the source, its slate too.
    pub sources: Vec<ArcSwapOption<Picture>>,
    /// What went to the encoder.
    pub program: ArcSwapOption<Picture>,
    /// The frame, what is on PVW, and the show.
    pub now: ArcSwapOption<Now>,
}

/// What the monitors need to know of a tick.
#[derive(Debug)]
pub struct Now {
    /// The frame.
    pub frame: u64,
    /// The scene on PVW.
    pub preview: String,
    /// The show as it is played.
    pub cast: Arc<Cast>,
    /// The transition that is tried on PVW.
    pub trial: Option<Trial>,
    /// What lies over PVW.
    pub over: Vec<Overlaid>,
    /// Each title as it is taken next, by its id.
    pub titles: BTreeMap<String, Overlaid>,
    /// What was shown.
    pub layout: Layout,
}

impl Taps {
    /// Taps for every slot.
    pub fn new() -> Self {
        Self {
            sources: (0..SLOTS).map(|_| ArcSwapOption::empty()).collect(),
            program: ArcSwapOption::empty(),
            now: ArcSwapOption::empty(),
        }
    }
}

/// Starts the thread; it ends when `stopped` is closed.
pub fn start(
    taps: Arc<Taps>,
    board: Arc<MonitorBoard>,
    format: Format,
    shelves: (Arc<Wipes>, Arc<StingerShelf>, Arc<TitleShelf>),
    files: FilePictures,
    stopped: Receiver<()>,
) -> std::io::Result<()> {
    let mut maker = Maker::new(taps, board, shelves, (files, format));
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
    stingers: Arc<StingerShelf>,
    titles: Arc<TitleShelf>,
    files: FilePictures,
    format: Format,
    /// One for each monitor, because it keeps what it scaled; all scopes of one thing share theirs.
    compositors: BTreeMap<MonitorKey, Compositor>,
    /// The first frame at which each may be made again.
    due: BTreeMap<MonitorKey, u64>,
}

impl Maker {
    fn new(
        taps: Arc<Taps>,
        board: Arc<MonitorBoard>,
        (wipes, stingers, titles): (Arc<Wipes>, Arc<StingerShelf>, Arc<TitleShelf>),
        (files, format): (FilePictures, Format),
    ) -> Self {
        Self {
            taps,
            board,
            wipes,
            stingers,
            titles,
            files,
            format,
            compositors: BTreeMap::new(),
            due: BTreeMap::new(),
        }
    }

    fn make(&mut self) {
        let wishes = self.board.wishes();
        let needed: BTreeSet<MonitorKey> = wishes.keys().map(|key| self.composed(key)).collect();
        // What lies beneath titles is composed in the program's size.
        let is_needed = |(what, ..): &MonitorKey| needed.iter().any(|(other, ..)| other == what);
        self.compositors.retain(|key, _| is_needed(key));
        self.due.retain(|key, _| wishes.contains_key(key));
        let files = needed.iter().filter_map(|(what, ..)| match what {
            MonitorId::File(path) => Some(path.as_str()),
            _ => None,
        });
        self.files.keep(&files.collect());
        let Some(now) = self.taps.now.load_full() else {
            return;
        };
        let frame = now.frame;
        let mut made = Vec::new();
        let mut pictures: Option<Vec<Option<Picture>>> = None;
        let mut ready: BTreeMap<MonitorKey, Picture> = BTreeMap::new();
        for (key, fps) in wishes {
            if self.due.get(&key).is_some_and(|&due| frame < due) {
                continue;
            }
            let step = (self.format.rate.fps() / f64::from(fps)).round().max(1.0) as u64;
            self.due.insert(key.clone(), frame + step);
            let all = pictures.get_or_insert_with(|| self.pictures());
            let composed = self.composed(&key);
            let picture = match ready.get(&composed) {
                Some(picture) => picture.clone(),
                None => {
                    let Some(picture) = self.picture(&composed, &now, all) else {
                        continue;
                    };
                    ready.insert(composed, picture.clone());
                    picture
                }
            };
            made.push(monitor(key, &picture, frame));
        }
        if !made.is_empty() {
            self.board.put(made);
        }
    }

    /// The newest picture of each slot, and the program's behind them.
    fn pictures(&self) -> Vec<Option<Picture>> {
        let taps = self.taps.sources.iter().chain([&self.taps.program]);
        taps.map(|tap| tap.load_full().map(|picture| Picture::clone(&picture)))
            .collect()
    }

    /// What is to be composed for a monitor. A scope looks at the whole picture, so that a source or
    /// the program is measured as it is, not scaled.
    fn composed(&self, (what, width, height): &MonitorKey) -> MonitorKey {
        match what {
            MonitorId::Scope { of, .. } => {
                (MonitorId::clone(of), self.format.width, self.format.height)
            }
            what => (what.clone(), *width, *height),
        }
    }

    fn picture(
        &mut self,
        key: &MonitorKey,
        now: &Now,
        pictures: &[Option<Picture>],
    ) -> Option<Picture> {
        let (what, width, height) = key;
        if let MonitorId::File(path) = what {
            let picture = self.files.get(path)?;
            let layout = Layout {
                from: full(Draw::full(0)),
                ..Layout::default()
            };
            return self.composed_at(key, &layout, &[Some(picture)]);
        }
        let scene = |id: &str| now.cast.scene(id).map(|(_, stage)| stage.clone());
        let still = |stage| Layout {
            from: stage,
            ..Layout::default()
        };
        let layout = match (what, &now.trial) {
            (MonitorId::Preview, Some(trial)) => Layout {
                from: trial.from.clone(),
                to: Some(trial.crossing.clone()),
                over: Vec::new(),
                black: 0.0,
            },
            (MonitorId::Preview, None) => Layout {
                over: now.over.clone(),
                ..still(scene(&now.preview).unwrap_or_default())
            },
            (MonitorId::Clean, _) => {
                let mut layout = now.layout.clone();
                layout.over.retain(|over| over.clean);
                layout
            }
            (MonitorId::Title(id), _) => Layout {
                over: vec![now.titles.get(id)?.clone()],
                ..still(scene(&now.preview).unwrap_or_default())
            },
            (MonitorId::Program, _) => still(full(Draw::full(SLOTS))),
            (MonitorId::Scene(id), _) => still(scene(id)?),
            (MonitorId::Source(id), _) => {
                let slot = now.cast.slot(id)?;
                still(full(Draw {
                    colour: now.cast.source_at(slot)?.colour,
                    ..Draw::full(slot)
                }))
            }
            (MonitorId::Scope { .. } | MonitorId::File(_), _) => return None,
        };
        let own = (self.format.width, self.format.height);
        if layout.over.is_empty() || (*width, *height) == own {
            return self.composed_at(key, &layout, pictures);
        }
        // Titles are made for the program's size.
        let full = (what.clone(), own.0, own.1);
        let picture = self.composed_at(&full, &layout, pictures)?;
        let scaled = still(self::full(Draw::full(0)));
        self.composed_at(key, &scaled, &[Some(picture)])
    }

    fn composed_at(
        &mut self,
        key: &MonitorKey,
        layout: &Layout,
        pictures: &[Option<Picture>],
    ) -> Option<Picture> {
        let (_, width, height) = key;
        let compositor = match self.compositors.entry(key.clone()) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let format = Format {
                    width: *width,
                    height: *height,
                    rate: self.format.rate,
                };
                let mut compositor = Compositor::new(format).ok()?;
                compositor.take_stingers_from(self.stingers.clone());
                compositor.take_titles_from(self.titles.clone());
                entry.insert(compositor)
            }
        };
        if let Some(name) = layout.to.as_ref().and_then(Crossing::wipe) {
            self.wipes.fill(compositor.wipes(), name);
        }
        compositor.compose(layout, pictures, 0)
    }
}

/// A picture alone.
fn full(draw: Draw) -> Stage {
    Stage { draws: vec![draw] }
}

/// A monitor's picture, from what was composed for it.
fn monitor((what, width, height): MonitorKey, picture: &Picture, frame: u64) -> MonitorPicture {
    let data = match &what {
        MonitorId::Scope { kind, .. } => {
            scope_picture(*kind, picture, (width as usize, height as usize))
        }
        _ => {
            let mut data = Vec::with_capacity((width * height * 3 / 2) as usize);
            for i in 0..3 {
                let plane = picture.plane(i);
                for y in 0..plane.height {
                    data.extend_from_slice(plane.row(y));
                }
            }
            data
        }
    };
    MonitorPicture {
        what,
        width,
        height,
        frame,
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    use crate::door::{Hub, MonitorRequest};
    use crate::media::Rate;
    use crate::media::scope::ScopeKind;
    use crate::video::{Blend, CanvasPool, WipeShelf};

    const FORMAT: Format = Format {
        width: 320,
        height: 180,
        rate: Rate(30, 1),
    };
    const GREY: u8 = 126;

    /// One source, twice as bright by its correction, and in the program as it came.
    fn maker() -> Maker {
        crate::media::start_gstreamer().unwrap();
        let text = "(version: 1, name: \"x\", format: (width: 320, height: 180, rate: (30, 1)),
            sources: [(id: \"a\", kind: Test(pattern: Bars),
                colour: (gain: (r: 1, g: 1, b: 1, master: 2)))])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let mut canvas = CanvasPool::new(FORMAT).unwrap().canvas().unwrap();
        canvas.fill([GREY, 128, 128]);
        let picture = Arc::new(canvas.finish(0).unwrap());
        let taps = Taps::new();
        taps.sources[0].store(Some(picture.clone()));
        taps.program.store(Some(picture));
        taps.now.store(Some(Arc::new(Now {
            frame: 7,
            preview: "a".to_owned(),
            cast: Arc::new(Cast::opened(show, 0)),
            trial: None,
            over: Vec::new(),
            titles: BTreeMap::new(),
            layout: Layout::default(),
        })));
        Maker::new(
            Arc::new(taps),
            Arc::default(),
            (wipes().0, Arc::default(), Arc::default()),
            (files(), FORMAT),
        )
    }

    fn files() -> FilePictures {
        let (_, stopped) = crossbeam_channel::bounded(0);
        FilePictures::start(std::env::temp_dir(), FORMAT, stopped).unwrap()
    }

    /// The wipes of a house; their thread ends with the second.
    fn wipes() -> (Arc<Wipes>, crossbeam_channel::Sender<()>) {
        let (hub, _lines) = Hub::start().unwrap();
        let (running, stopped) = crossbeam_channel::bounded::<()>(0);
        let shelf = Arc::new(WipeShelf::new((1280, 720)));
        let wipes = Wipes::start(Vec::new(), shelf, hub, stopped).unwrap();
        (wipes, running)
    }

    fn scope(of: MonitorId, kind: ScopeKind) -> MonitorId {
        let of = Box::new(of);
        MonitorId::Scope { of, kind }
    }

    /// Pictures of these, 256 by 256.
    fn made(maker: &mut Maker, whats: &[MonitorId]) -> Vec<Option<Arc<MonitorPicture>>> {
        let wish = |what: &MonitorId| MonitorRequest {
            what: what.clone(),
            width: 256,
            height: 256,
            fps: 10,
        };
        maker.board.watch(1, whats.iter().map(wish).collect());
        maker.make();
        whats
            .iter()
            .map(|what| maker.board.picture(1, what))
            .collect()
    }

    /// The rows in which something of a waveform is seen, as codes.
    fn levels(picture: &MonitorPicture) -> Vec<usize> {
        let rows = picture.data[..256 * 256].chunks(256).enumerate();
        rows.filter(|(_, row)| row.iter().any(|code| *code != 16))
            .map(|(y, _)| 255 - y)
            .collect()
    }

    #[test]
    fn scopes_measure_what_is_seen_of_a_source_a_scene_and_the_program() {
        let mut maker = maker();
        let source = MonitorId::Source("a".to_owned());
        let all = [MonitorId::Program, source, MonitorId::Preview]
            .map(|of| scope(of, ScopeKind::Waveform));
        let got = made(&mut maker, &all);
        for ((what, picture), level) in all.iter().zip(got).zip([126, 236, 236]) {
            let picture = picture.unwrap();
            assert_eq!((&picture.what, picture.frame), (what, 7));
            assert_eq!(picture.data.len(), 256 * 256 * 3 / 2);
            assert_eq!(levels(&picture), [level], "{what:?}");
        }
    }

    #[test]
    fn all_scopes_of_one_thing_share_what_is_composed_for_them() {
        let mut maker = maker();
        let kinds = [
            ScopeKind::Waveform,
            ScopeKind::Parade,
            ScopeKind::Vectorscope,
            ScopeKind::Histogram,
        ];
        let all = kinds.map(|kind| scope(MonitorId::Preview, kind));
        assert!(made(&mut maker, &all).iter().all(Option::is_some));
        assert_eq!(maker.compositors.len(), 1);
        // What is not wished any more is let go.
        made(&mut maker, &[MonitorId::Program]);
        assert_eq!(maker.compositors.len(), 1);
        assert_eq!(
            maker.compositors.keys().next().unwrap().0,
            MonitorId::Program
        );
    }

    #[test]
    fn there_is_no_scope_of_a_scope_or_of_what_is_not_there() {
        let mut maker = maker();
        let inner = scope(MonitorId::Program, ScopeKind::Waveform);
        let gone = MonitorId::Source("gone".to_owned());
        let all = [
            scope(inner, ScopeKind::Waveform),
            scope(gone, ScopeKind::Histogram),
            scope(MonitorId::Program, ScopeKind::Histogram),
        ];
        let got = made(&mut maker, &all);
        assert!(got[0].is_none() && got[1].is_none() && got[2].is_some());
    }

    #[test]
    fn a_transition_is_tried_on_the_preview_and_nowhere_else() {
        crate::media::start_gstreamer().unwrap();
        let (wipes, _running) = wipes();
        wipes.want(["circle".to_owned()].into());
        let size = (64u32, 36u32);
        let small = WipeShelf::new((size.0 as usize, size.1 as usize));
        let until = Instant::now() + Duration::from_secs(60);
        while small.get("circle").is_none() {
            assert!(Instant::now() < until, "the wipe is not prepared");
            std::thread::sleep(Duration::from_millis(5));
            wipes.fill(&small, "circle");
        }
        let text = "(version: 1, name: \"x\", sources: [
            (id: \"a\", kind: Test(pattern: Bars)), (id: \"b\", kind: Test(pattern: Bars))])";
        let show = crate::show::parse(std::path::Path::new("x.ron"), text).unwrap();
        let cast = Arc::new(Cast::opened(show, 0));
        let mut maker = Maker::new(
            Arc::new(Taps::new()),
            Arc::default(),
            (wipes, Arc::default(), Arc::default()),
            (files(), FORMAT),
        );
        let house = CanvasPool::new(FORMAT).unwrap();
        let flat = |value: u8| {
            let mut canvas = house.canvas().unwrap();
            canvas.fill([value, 128, 128]);
            canvas.finish(0)
        };
        let mut pictures = vec![None; SLOTS + 1];
        (pictures[0], pictures[1], pictures[SLOTS]) = (flat(60), flat(180), flat(60));
        let full = |slot| Stage {
            draws: vec![Draw::full(slot)],
        };
        let now = |position: Option<f64>| Now {
            over: Vec::new(),
            titles: BTreeMap::new(),
            layout: Layout::default(),
            frame: 7,
            preview: "b".to_owned(),
            cast: cast.clone(),
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
            let key = (what, size.0, size.1);
            let picture = maker.picture(&key, now, &pictures).unwrap();
            let plane = picture.plane(0);
            let middle = plane.row(size.1 as usize / 2)[size.0 as usize / 2];
            (plane.row(0)[0], middle)
        };
        assert_eq!(seen(MonitorId::Preview, &now(None)), (180, 180));
        // A circle opens: the program in the corner, the preview in the middle.
        assert_eq!(seen(MonitorId::Preview, &now(Some(0.4))), (60, 180));
        assert_eq!(seen(MonitorId::Program, &now(Some(0.4))), (60, 60));
        let scene = MonitorId::Scene("b".to_owned());
        assert_eq!(seen(scene, &now(Some(0.4))), (180, 180));
        assert_eq!(seen(MonitorId::Preview, &now(None)), (180, 180));
    }
}
