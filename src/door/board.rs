//! The board on which monitor pictures are put up: who wishes which, and the newest of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{MonitorId, MonitorPicture, MonitorRequest};

/// One client may ask for so many monitors.
pub const MONITORS_MAX: usize = 64;

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
    wishes: BTreeMap<u64, Vec<MonitorRequest>>,
    pictures: BTreeMap<MonitorKey, Arc<MonitorPicture>>,
}

impl MonitorBoard {
    /// Replaces a client's wishes. Sizes and rates out of range are brought into it.
    pub fn watch(&self, client: u64, mut wishes: Vec<MonitorRequest>) {
        wishes.truncate(MONITORS_MAX);
        for wish in &mut wishes {
            wish.width = wish.width.clamp(16, 3840) & !1;
            wish.height = wish.height.clamp(16, 2160) & !1;
            wish.fps = wish.fps.clamp(1, 60);
        }
        let mut inner = self.lock();
        inner.wishes.insert(client, wishes);
        inner.tidy();
    }

    /// A client has left.
    pub fn forget(&self, client: u64) {
        let mut inner = self.lock();
        inner.wishes.remove(&client);
        inner.tidy();
    }

    /// Everything that anybody wishes, at the highest rate wished.
    pub fn wishes(&self) -> BTreeMap<MonitorKey, u32> {
        let mut all = BTreeMap::new();
        for wish in self.lock().wishes.values().flatten() {
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
        let inner = self.lock();
        let wish = inner
            .wishes
            .get(&client)?
            .iter()
            .find(|w| w.what == *what)?;
        inner.pictures.get(&wish.key()).cloned()
    }

    /// Waits until something new is up, at most for `patience`, and gives all that a client wishes.
    pub fn wait(&self, client: u64, patience: Duration) -> Vec<Arc<MonitorPicture>> {
        let inner = self
            .changed
            .wait_timeout(self.lock(), patience)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        let wishes = inner.wishes.get(&client).into_iter().flatten();
        wishes
            .filter_map(|wish| inner.pictures.get(&wish.key()).cloned())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Takes down what nobody wishes any more.
    fn tidy(&mut self) {
        let wished: BTreeSet<MonitorKey> = self
            .wishes
            .values()
            .flatten()
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
