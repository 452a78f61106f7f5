//! The way of a marker from the tick to the recorder, and how many a file may have. Whoever sets one
//! too many is told at once, for later nobody can be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::media::House;

/// The tick's end.
#[derive(Debug)]
pub struct Marks {
    sender: Sender<(House, String)>,
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// The recorder's end.
#[derive(Debug)]
pub(super) struct Marked {
    receiver: Receiver<(House, String)>,
    /// Of this file.
    taken: Arc<AtomicUsize>,
}

/// A file has as many markers as it can have; with how many these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany(pub usize);

/// Both ends, for so many markers a file.
pub(super) fn marks(most: usize) -> (Marks, Marked) {
    let (sender, receiver) = unbounded();
    let taken = Arc::new(AtomicUsize::new(0));
    let marked = Marked {
        receiver,
        taken: taken.clone(),
    };
    let marks = Marks {
        sender,
        taken,
        most,
    };
    (marks, marked)
}

impl Marks {
    /// Hands a marker over. Never waits.
    ///
    /// # Errors
    /// [`TooMany`] where the file has no room for it with those that are on their way.
    pub fn add(&self, time: House, label: &str) -> Result<(), TooMany> {
        if self.sender.len() + self.taken.load(Ordering::Acquire) >= self.most {
            return Err(TooMany(self.most));
        }
        // The other end is there as long as the recorder's thread is.
        let _ = self.sender.send((time, label.to_owned()));
        Ok(())
    }
}

impl Marked {
    /// The next marker, for this file.
    pub fn take(&self) -> Option<(House, String)> {
        if self.receiver.is_empty() {
            return None;
        }
        // Counted before it leaves the queue: it is never missing from both.
        self.taken.fetch_add(1, Ordering::AcqRel);
        self.receiver.try_recv().ok()
    }

    /// Another file begins, and what waits is for that one.
    pub fn begin_file(&self) {
        self.taken.store(0, Ordering::Release);
    }

    /// Gives back all that wait: no file begins for them.
    pub fn drain(&self) -> impl Iterator<Item = (House, String)> + '_ {
        self.receiver.try_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_room_for_so_many_and_the_next_one_for_as_many_again() {
        let (marks, marked) = marks(3);
        assert_eq!(marks.add(1, "a"), Ok(()));
        assert_eq!(marked.take(), Some((1, "a".to_owned())));
        assert_eq!(marks.add(2, "b"), Ok(()));
        assert_eq!(marks.add(3, "c"), Ok(()));
        assert_eq!(marks.add(4, "d"), Err(TooMany(3)), "one written, two wait");
        assert_eq!(marked.take(), Some((2, "b".to_owned())));
        assert_eq!(marks.add(4, "d"), Err(TooMany(3)));
        marked.begin_file();
        assert_eq!(marks.add(5, "e"), Ok(()), "one waits for the new file");
        assert_eq!(marks.add(6, "f"), Ok(()));
        assert_eq!(marks.add(7, "g"), Err(TooMany(3)));
        assert_eq!(marked.drain().count(), 3);
        assert_eq!(marked.take(), None);
        assert_eq!(marks.add(8, "h"), Ok(()));
    }
}
