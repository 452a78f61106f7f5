//! Wipes are prepared beside the tick: their pictures read, decoded and scaled by a thread of its
//! own, as soon as a show, a scene or a director names them. Until one is ready, and where one is
//! broken, a mix is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::preparer;
use super::watched::Watched;
use crate::door::Hub;
use crate::show::{TransitionKind, TransitionStyle, read_wipe, wipe_files};
use crate::video::{WipeMap, WipePicture, WipeShelf};

/// By name: the picture, or what is wrong with it.
type Pictures = BTreeMap<String, Result<Arc<WipePicture>, String>>;

/// See the module's words.
#[derive(Debug)]
pub struct Wipes {
    pictures: ArcSwap<Pictures>,
    wanted: ArcSwap<BTreeSet<String>>,
    wake: Sender<()>,
}

impl Wipes {
    /// Starts the thread, which fills `shelf`, the program's. It ends when `stopped` is closed.
    pub fn start(
        folders: Vec<PathBuf>,
        shelf: Arc<WipeShelf>,
        hub: Arc<Hub>,
        stopped: Receiver<()>,
    ) -> std::io::Result<Arc<Self>> {
        let (wake, woken) = bounded(1);
        let wipes = Arc::new(Self {
            pictures: ArcSwap::default(),
            wanted: ArcSwap::default(),
            wake,
        });
        let own = wipes.clone();
        preparer::start("wipes", hub, (woken, stopped), move |complain| {
            own.prepare(&folders, &shelf, complain)
        })?;
        Ok(wipes)
    }

    /// Asks for these wipes and for no others. Never waits. One that was broken is tried again each
    /// time, for its picture may have been mended.
    pub fn want(&self, names: BTreeSet<String>) {
        let same = **self.wanted.load() == names;
        if same && self.pictures.load().values().all(Result::is_ok) {
            return;
        }
        self.wanted.store(Arc::new(names));
        let _ = self.wake.try_send(());
    }

    /// What is wrong with the wipe that this style asks for; empty where nothing is.
    pub fn problem(&self, style: &TransitionStyle) -> String {
        if style.kind != TransitionKind::Wipe {
            return String::new();
        }
        match self.pictures.load().get(&style.wipe) {
            Some(Err(message)) => message.clone(),
            None if self.reads(style) => {
                format!("the wipe \"{}\" is still being read", style.wipe)
            }
            _ => String::new(),
        }
    }

    /// Whether the wipe that this style asks for is being read for the first time.
    pub fn reads(&self, style: &TransitionStyle) -> bool {
        style.kind == TransitionKind::Wipe
            && !self.pictures.load().contains_key(&style.wipe)
            && self.wanted.load().contains(&style.wipe)
    }

    /// Puts a wipe on another shelf than the program's, if its picture is ready. Scales: not for the
    /// tick.
    pub fn fill(&self, shelf: &WipeShelf, name: &str) {
        if shelf.get(name).is_none()
            && let Some(Ok(picture)) = self.pictures.load().get(name)
        {
            shelf.keep([(
                name.to_owned(),
                Arc::new(WipeMap::new(picture, shelf.size())),
            )]);
        }
    }

    /// Reads what is wanted and not there yet; gives the files where those are looked for that are broken,
    /// to be tried again when they have changed.
    fn prepare(
        &self,
        folders: &[PathBuf],
        shelf: &WipeShelf,
        complain: &dyn Fn(String),
    ) -> Vec<Watched> {
        let mut broken = Vec::new();
        let wanted = self.wanted.load_full();
        let before = self.pictures.load_full();
        let mut pictures = Pictures::new();
        let mut maps = BTreeMap::new();
        for name in wanted.iter() {
            let picture = match before.get(name) {
                Some(Ok(picture)) => Ok(picture.clone()),
                _ => {
                    let files: Vec<Watched> = wipe_files(folders, name)
                        .map(|path| Watched::at(&path))
                        .collect();
                    load(folders, name).inspect_err(|_| broken.extend(files))
                }
            };
            match &picture {
                Ok(picture) => {
                    let map = shelf
                        .get(name)
                        .unwrap_or_else(|| Arc::new(WipeMap::new(picture, shelf.size())));
                    maps.insert(name.clone(), map);
                }
                // Told once, not at each command while it stays as it is.
                Err(message) if told(&before, name) != Some(message) => complain(message.clone()),
                Err(_) => {}
            }
            pictures.insert(name.clone(), picture);
        }
        shelf.keep(maps);
        self.pictures.store(Arc::new(pictures));
        broken
    }
}

/// What was last wrong with a wipe.
fn told<'a>(pictures: &'a Pictures, name: &str) -> Option<&'a String> {
    pictures.get(name)?.as_ref().err()
}

fn load(folders: &[PathBuf], name: &str) -> Result<Arc<WipePicture>, String> {
    let bytes = read_wipe(folders, name).map_err(|error| error.to_string())?;
    let picture = WipePicture::decode(&bytes)
        // The decoder ends its words with a full stop, as no message here does.
        .map_err(|error| {
            let why = error.to_string();
            format!(
                "the wipe \"{name}\" is broken: {}",
                why.trim_end_matches('.')
            )
        })?;
    Ok(Arc::new(picture))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    const SIZE: (usize, usize) = (64, 36);

    fn wipes() -> (Wipes, Receiver<()>, WipeShelf) {
        let (wake, woken) = bounded(1);
        let wipes = Wipes {
            pictures: ArcSwap::default(),
            wanted: ArcSwap::default(),
            wake,
        };
        (wipes, woken, WipeShelf::new(SIZE))
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn style(wipe: &str) -> TransitionStyle {
        TransitionStyle {
            wipe: wipe.to_owned(),
            ..TransitionStyle::of(TransitionKind::Wipe)
        }
    }

    #[test]
    fn what_is_asked_for_is_on_the_shelf_and_nothing_else() {
        let (wipes, woken, shelf) = wipes();
        wipes.want(names(&["circle", "clock"]));
        assert!(woken.try_recv().is_ok());
        let reading = "the wipe \"circle\" is still being read";
        assert_eq!(wipes.problem(&style("circle")), reading);
        assert!(wipes.reads(&style("circle")) && !wipes.reads(&style("star")));
        wipes.prepare(&[], &shelf, &|message| panic!("{message}"));
        let circle = shelf.get("circle").unwrap();
        assert!(shelf.get("clock").is_some());
        wipes.want(names(&["circle", "clock"]));
        assert!(woken.try_recv().is_err(), "nothing is asked for twice");
        wipes.want(names(&["circle", "star"]));
        wipes.prepare(&[], &shelf, &|message| panic!("{message}"));
        assert!(shelf.get("clock").is_none() && shelf.get("star").is_some());
        assert!(Arc::ptr_eq(&circle, &shelf.get("circle").unwrap()));
        let small = WipeShelf::new((32, 18));
        wipes.fill(&small, "circle");
        assert_eq!(small.get("circle").unwrap().size(), (32, 18));
        assert_eq!(wipes.problem(&style("circle")), "");
    }

    #[test]
    fn a_broken_picture_is_told_once_by_name_and_tried_again_when_it_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        std::fs::write(folder.path().join("mine.png"), "no picture").unwrap();
        let (wipes, woken, shelf) = wipes();
        let told = RefCell::new(Vec::new());
        let complain = |message| told.borrow_mut().push(message);
        for _ in 0..2 {
            wipes.want(names(&["mine", "circle"]));
            assert!(woken.try_recv().is_ok());
            wipes.prepare(&folders, &shelf, &complain);
        }
        assert_eq!(told.borrow().len(), 1);
        assert!(told.borrow()[0].contains("mine"), "{told:?}");
        assert_eq!(wipes.problem(&style("mine")), told.borrow()[0]);
        assert!(!wipes.reads(&style("mine")), "it does not pass by itself");
        assert!(shelf.get("mine").is_none() && shelf.get("circle").is_some());
        let good = read_wipe(&[], "clock").unwrap();
        std::fs::write(folder.path().join("mine.png"), good).unwrap();
        wipes.want(names(&["mine", "circle"]));
        wipes.prepare(&folders, &shelf, &complain);
        assert!(shelf.get("mine").is_some());
        assert_eq!(wipes.problem(&style("mine")), "");
        assert_eq!(told.borrow().len(), 1);
    }

    #[test]
    fn a_picture_that_is_mended_or_comes_is_found_though_nobody_asks_for_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let folders = vec![folder.path().to_owned()];
        std::fs::write(folder.path().join("mine.png"), "no picture").unwrap();
        let shelf = Arc::new(WipeShelf::new(SIZE));
        let (stop, stopped) = bounded(0);
        let (hub, _lines) = Hub::start().unwrap();
        let wipes = Wipes::start(folders, shelf.clone(), hub, stopped).unwrap();
        wipes.want(names(&["mine", "yours"]));
        let until = |what: &str, is: &dyn Fn() -> bool| {
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
            while !is() {
                assert!(std::time::Instant::now() < deadline, "{what}");
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        };
        let is_wrong = |name| wipes.problem(&style(name)).contains("wipe \"");
        until("both are tried", &|| {
            wipes.pictures.load().len() == 2 && is_wrong("mine") && is_wrong("yours")
        });
        let good = read_wipe(&[], "clock").unwrap();
        std::fs::write(folder.path().join("mine.png"), &good).unwrap();
        std::fs::write(folder.path().join("yours.PNG"), &good).unwrap();
        until("both are there", &|| {
            shelf.get("mine").is_some() && shelf.get("yours").is_some()
        });
        assert_eq!(wipes.problem(&style("mine")), "");
        drop(stop);
    }
}
