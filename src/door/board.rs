//! The board on which monitor pictures are put up: who wishes which, and the newest of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{MonitorId, MonitorPicture, MonitorRequest};

/// One client may ask for so many monitors.
pub const MONITORS_MAX: usize = 64;

/// And for so many pixels in all: a wall of monitors, but not all of this machine's memory.
pub const PIXELS_MAX: u64 = 1 << 25;
/// No pictures are made for a client that has not looked for so long: it stands still, or is slow.
const UNSEEN: Duration = Duration::from_secs(1);

/// What and how large: pictures of one kind serve every client that wishes it.
pub type MonitorKey = (MonitorId, u32, u32);

/// See the module's words.
#[derive(Debug, Default)]
pub struct MonitorBoard {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    clients: BTreeMap<u64, Client>,
    pictures: BTreeMap<MonitorKey, Arc<MonitorPicture>>,
}

#[derive(Debug)]
struct Client {
    wishes: Vec<MonitorRequest>,
    looked: Instant,
}

impl MonitorBoard {
    /// Replaces a client's wishes. Sizes and rates out of range are brought into it, and wishes
    /// beyond [`MONITORS_MAX`] and [`PIXELS_MAX`] are left out.
    pub fn watch(&self, client: u64, mut wishes: Vec<MonitorRequest>) {
        wishes.truncate(MONITORS_MAX);
        for wish in &mut wishes {
            wish.width = wish.width.clamp(16, 3840) & !1;
            wish.height = wish.height.clamp(16, 2160) & !1;
            wish.fps = wish.fps.clamp(1, 60);
        }
        let mut pixels = 0;
        wishes.retain(|wish| {
            pixels += u64::from(wish.width) * u64::from(wish.height);
            pixels <= PIXELS_MAX
        });
        let looked = Instant::now();
        let mut inner = self.lock();
        inner.clients.insert(client, Client { wishes, looked });
        inner.tidy();
    }

    /// A client has left.
    pub fn forget(&self, client: u64) {
        let mut inner = self.lock();
        inner.clients.remove(&client);
        inner.tidy();
    }

    /// Everything that anybody wishes who still looks, at the highest rate wished.
    pub fn wishes(&self) -> BTreeMap<MonitorKey, u32> {
        let mut all = BTreeMap::new();
        let inner = self.lock();
        let looking = inner
            .clients
            .values()
            .filter(|client| client.looked.elapsed() < UNSEEN);
        for wish in looking.flat_map(|client| &client.wishes) {
            let rate = all.entry(wish.key()).or_insert(0);
            *rate = wish.fps.max(*rate);
        }
        all
    }

    /// Puts pictures up.
    pub fn put(&self, pictures: Vec<MonitorPicture>) {
        let mut inner = self.lock();
        for picture in pictures {
            let key = (picture.what.clone(), picture.width, picture.height);
            inner.pictures.insert(key, Arc::new(picture));
        }
        inner.tidy();
        self.changed.notify_all();
    }

    /// The newest picture of what a client wishes.
    pub fn picture(&self, client: u64, what: &MonitorId) -> Option<Arc<MonitorPicture>> {
        let mut inner = self.lock();
        let wishes = inner.look(client);
        let key = wishes.iter().find(|w| w.what == *what)?.key();
        inner.pictures.get(&key).cloned()
    }

    /// Waits until something new is up, at most for `patience`, and gives all that a client wishes.
    pub fn wait(&self, client: u64, patience: Duration) -> Vec<Arc<MonitorPicture>> {
        let mut inner = self.lock();
        inner.look(client);
        let mut inner = self
            .changed
            .wait_timeout(inner, patience)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        let keys: Vec<MonitorKey> = inner.look(client).iter().map(|w| w.key()).collect();
        keys.iter()
            .filter_map(|key| inner.pictures.get(key).cloned())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// A client looks at what it wishes.
    fn look(&mut self, client: u64) -> &[MonitorRequest] {
        match self.clients.get_mut(&client) {
            Some(client) => {
                client.looked = Instant::now();
                &client.wishes
            }
            None => &[],
        }
    }

    /// Takes down what nobody wishes any more.
    fn tidy(&mut self) {
        let wished: BTreeSet<MonitorKey> = self
            .clients
            .values()
            .flat_map(|client| &client.wishes)
            .map(MonitorRequest::key)
            .collect();
        self.pictures.retain(|key, _| wished.contains(key));
    }
}

impl MonitorRequest {
    fn key(&self) -> MonitorKey {
        (self.what.clone(), self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(width: u32, height: u32, fps: u32) -> MonitorRequest {
        MonitorRequest {
            what: MonitorId::Program,
            width,
            height,
            fps,
        }
    }

    #[test]
    fn wishes_are_joined_and_brought_into_range() {
        let board = MonitorBoard::default();
        board.watch(1, vec![wish(64, 36, 10), wish(0, u32::MAX, 0)]);
        board.watch(2, vec![wish(65, 37, 30)]);
        let expected = [
            ((MonitorId::Program, 16, 2160), 1),
            ((MonitorId::Program, 64, 36), 30),
        ];
        assert_eq!(board.wishes(), expected.into());
        board.forget(2);
        assert_eq!(board.wishes()[&(MonitorId::Program, 64, 36)], 10);
        board.watch(1, vec![wish(3840, 2160, 60); MONITORS_MAX]);
        assert_eq!(board.wishes().len(), 1);
        let many = (0..64u32).map(|k| wish(3840, 2160 - 2 * k, 60));
        board.watch(1, many.collect());
        assert_eq!(board.wishes().len(), 4);
    }

    #[test]
    fn nothing_is_made_for_who_does_not_look_until_it_looks_again() {
        let board = MonitorBoard::default();
        // A machine may stand still between the look and the question, but not each time.
        let is_made = |look: &dyn Fn()| {
            let mut tries = 0..5;
            tries.any(|_| {
                look();
                board.wishes().len() == 1
            })
        };
        assert!(is_made(&|| board.watch(1, vec![wish(64, 36, 10)])));
        let until = Instant::now() + 20 * UNSEEN;
        while !board.wishes().is_empty() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(board.wishes().is_empty());
        assert!(is_made(&|| {
            assert!(board.picture(1, &MonitorId::Program).is_none());
        }));
        assert!(board.picture(2, &MonitorId::Program).is_none());
    }
}
