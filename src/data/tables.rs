//! All tables of a show, kept by one thread: files are looked at twice a second, addresses are fetched
//! each by a thread of its own, so that one that hangs holds up no other.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, bounded, select, tick};

use super::entry::{Entry, TableStatus};
use super::limits;
use super::read::{Read, read};
use super::rows::Rows;
use super::watch::{Seen, Watch};
use super::web::{self, Answer, Validators};
use crate::nice::{self, Nice};
use crate::show::{Delimiter, Table, TableFrom};

/// How often files are looked at, and whether an address is due.
const LOOK: Duration = Duration::from_millis(500);

/// Told what is wrong with a table, once each time that it is something else.
type Complain = Box<dyn Fn(String) + Send>;
/// What is known, by the tables' ids.
type Known = BTreeMap<String, (Table, Entry)>;

/// See the module's words.
#[derive(Debug)]
pub struct Tables {
    known: ArcSwap<Known>,
    /// Counts what changed of it.
    changes: AtomicU64,
    wanted: ArcSwap<Vec<Table>>,
    wake: Sender<()>,
}

impl Tables {
    /// Starts the thread. Relative paths are read from `folder`; `complain` is told, by that thread, what
    /// is wrong with a table, once each time that it is something else. It ends when `stopped` is closed.
    ///
    /// # Errors
    /// The system has no thread.
    pub fn start(
        folder: PathBuf,
        complain: impl Fn(String) + Send + 'static,
        stopped: Receiver<()>,
    ) -> io::Result<Arc<Self>> {
        let (wake, woken) = bounded(1);
        let tables = Arc::new(Self {
            known: ArcSwap::default(),
            changes: AtomicU64::new(0),
            wanted: ArcSwap::default(),
            wake,
        });
        let mut keeper = Keeper::new(tables.clone(), folder, Box::new(complain));
        let keeps = move || {
            nice::give_way(Nice::Monitor);
            let look = tick(LOOK);
            let fetched = keeper.fetched.clone();
            loop {
                select! {
                    recv(woken) -> _ => keeper.follow(),
                    recv(fetched) -> came => if let Ok(came) = came { keeper.take(came) },
                    recv(look) -> _ => {}
                    recv(stopped) -> _ => return,
                }
                keeper.look(Instant::now());
            }
        };
        let thread = std::thread::Builder::new().name("data".to_owned());
        thread.spawn(keeps)?;
        Ok(tables)
    }

    /// Asks for these tables and for no others. Never waits. One that is asked for as before stays as it
    /// is, under another id too; one that comes from elsewhere is read anew.
    pub fn want(&self, tables: &[Table]) {
        if **self.wanted.load() != tables {
            self.wanted.store(Arc::new(tables.to_vec()));
            // Where it was woken already, it has not looked yet.
            let _ = self.wake.try_send(());
        }
    }

    /// The last good rows of a table; none where there never were any.
    pub fn rows(&self, id: &str) -> Option<Arc<Rows>> {
        let known = self.known.load();
        let (_, entry) = known.get(id)?;
        entry.rows().cloned()
    }

    /// The last good rows of every table that has any, by its id.
    pub fn all(&self) -> BTreeMap<String, Arc<Rows>> {
        let known = self.known.load();
        let rows = known.iter();
        rows.filter_map(|(id, (_, entry))| Some((id.clone(), entry.rows()?.clone())))
            .collect()
    }

    /// How each of these does, in their order.
    pub fn status(&self, tables: &[Table]) -> Vec<TableStatus> {
        let known = self.known.load();
        let status = |table: &Table| match known.get(&table.id) {
            // One that comes from elsewhere since is another.
            Some((read, entry)) if is_read_alike(read, table) => entry.status(&table.id),
            _ => Entry::default().status(&table.id),
        };
        tables.iter().map(status).collect()
    }

    /// Counts up whenever rows are others, or another thing is wrong.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}

/// Whether two tables have the same rows, whatever they are called.
fn is_read_alike(one: &Table, other: &Table) -> bool {
    (&one.from, one.delimiter) == (&other.from, other.delimiter)
}

/// A table and what is done for it.
struct Kept {
    table: Table,
    entry: Entry,
    way: Way,
}

/// How its rows come.
enum Way {
    File(Watch),
    Web(Fetching),
}

/// An address that is fetched again and again.
struct Fetching {
    every: Duration,
    /// When it is fetched next; at once at first.
    due: Option<Instant>,
    /// The number of the fetch that is under way: one at a time.
    under_way: Option<u64>,
    known: Validators,
}

impl Fetching {
    fn is_due(&self, now: Instant) -> bool {
        self.under_way.is_none() && self.due.is_none_or(|due| due <= now)
    }

    /// A fetch has ended: the next one follows a period after it began, or at once where it took longer.
    fn ended(&mut self, begun: Instant) {
        self.under_way = None;
        self.due = Some(begun + self.every);
    }
}

/// A fetch that has ended.
struct Fetched {
    number: u64,
    begun: Instant,
    /// The table and by what it is known, nothing where it is as it was, or what is wrong.
    came: Result<Option<(Read, Validators)>, String>,
}

/// Tells of a fetch when it ends, whichever way its thread does.
struct Ending {
    to: Sender<Fetched>,
    fetched: Option<Fetched>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(fetched) = self.fetched.take() {
            // There is room for as many as are under way; nobody listens where the show has ended.
            let _ = self.to.try_send(fetched);
        }
    }
}

/// What the thread has.
struct Keeper {
    tables: Arc<Tables>,
    folder: PathBuf,
    complain: Complain,
    kept: Vec<Kept>,
    to: Sender<Fetched>,
    fetched: Receiver<Fetched>,
    /// How many fetches are under way, and how many there ever were.
    under_way: usize,
    numbered: u64,
}

impl Keeper {
    fn new(tables: Arc<Tables>, folder: PathBuf, complain: Complain) -> Self {
        let (to, fetched) = bounded(limits::FETCHES);
        Self {
            tables,
            folder,
            complain,
            kept: Vec::new(),
            to,
            fetched,
            under_way: 0,
            numbered: 0,
        }
    }

    /// Takes up what is wanted now.
    fn follow(&mut self) {
        let wanted = self.tables.wanted.load_full();
        let mut before = std::mem::take(&mut self.kept);
        // Those of the same id first: two tables may come from the same place.
        for same_id in [true, false] {
            for table in wanted.iter() {
                let is_same = |kept: &Kept| {
                    is_read_alike(&kept.table, table) && (!same_id || kept.table.id == table.id)
                };
                if self.kept.iter().any(|kept| kept.table.id == table.id) {
                    continue;
                }
                if let Some(at) = before.iter().position(is_same) {
                    let table = table.clone();
                    self.kept.push(Kept {
                        table,
                        ..before.swap_remove(at)
                    });
                }
            }
        }
        for table in wanted.iter() {
            if !self.kept.iter().any(|kept| kept.table.id == table.id) {
                self.kept.push(Kept {
                    table: table.clone(),
                    entry: Entry::default(),
                    way: Way::of(table, &self.folder),
                });
            }
        }
        self.show();
    }

    /// Reads the files that have changed, and begins the fetches that are due.
    fn look(&mut self, now: Instant) {
        for n in 0..self.kept.len() {
            let kept = &mut self.kept[n];
            match &mut kept.way {
                Way::File(watch) => {
                    let came = match watch.look() {
                        Seen::Nothing => continue,
                        Seen::Fault(fault) => Err(fault),
                        Seen::Bytes(bytes) => {
                            let shown = watch.shown();
                            let read = read(&bytes, shown, kept.table.delimiter);
                            read.map_err(|fault| format!("{shown}: {fault}"))
                        }
                    };
                    self.settle(n, came.map(Some));
                }
                Way::Web(fetching) if fetching.is_due(now) => self.begin(n, now),
                Way::Web(_) => {}
            }
        }
    }

    /// Begins to fetch a table, where not too many are fetched already.
    fn begin(&mut self, n: usize, now: Instant) {
        if self.under_way >= limits::FETCHES {
            return;
        }
        self.numbered += 1;
        let number = self.numbered;
        let kept = &mut self.kept[n];
        let (TableFrom::Url { url, .. }, Way::Web(fetching)) = (&kept.table.from, &mut kept.way)
        else {
            return;
        };
        fetching.under_way = Some(number);
        let (url, delimiter, known) = (url.clone(), kept.table.delimiter, fetching.known.clone());
        let mut ending = Ending {
            to: self.to.clone(),
            fetched: Some(Fetched {
                number,
                begun: now,
                came: Err("the fetch has failed by a fault of regie's own".to_owned()),
            }),
        };
        let thread = std::thread::Builder::new().name("data fetch".to_owned());
        let begun = thread.spawn(move || {
            nice::give_way(Nice::Monitor);
            let came = fetch(&url, delimiter, &known);
            if let Some(fetched) = &mut ending.fetched {
                fetched.came = came;
            }
        });
        match begun {
            Ok(_) => self.under_way += 1,
            // What was to run is dropped unrun, and tells so; but not why.
            Err(error) => {
                let _ = self.fetched.try_recv();
                fetching.ended(now);
                self.settle(n, Err(format!("no thread to fetch it by: {error}")));
            }
        }
    }

    /// A fetch has ended.
    fn take(&mut self, fetched: Fetched) {
        self.under_way = self.under_way.saturating_sub(1);
        let is_its = |kept: &Kept| matches!(&kept.way, Way::Web(fetching) if fetching.under_way == Some(fetched.number));
        // Of a table that is wanted no more, or from elsewhere, nothing is taken.
        let Some(n) = self.kept.iter().position(is_its) else {
            return;
        };
        let Way::Web(fetching) = &mut self.kept[n].way else {
            return;
        };
        fetching.ended(fetched.begun);
        let (came, known) = match fetched.came {
            Ok(Some((read, known))) => (Ok(Some(read)), Some(known)),
            Ok(None) => (Ok(None), None),
            Err(fault) => (Err(fault), None),
        };
        // By these the server is asked for news; of what was not taken it is asked again.
        if self.settle(n, came)
            && let (Some(known), Way::Web(fetching)) = (known, &mut self.kept[n].way)
        {
            fetching.known = known;
        }
    }

    /// What came of a table, nothing where it is as it was; says whether it is good.
    fn settle(&mut self, n: usize, came: Result<Option<Read>, String>) -> bool {
        let others = self
            .kept
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != n);
        let held: usize = others.map(|(_, kept)| kept.entry.bytes()).sum();
        let came = came.and_then(|read| match read {
            Some(read) if held + read.rows.bytes() > limits::MEMORY => Err(format!(
                "it does not fit: all tables together may take {} MB",
                limits::MEMORY >> 20
            )),
            read => Ok(read),
        });
        let kept = &mut self.kept[n];
        let is_good = came.is_ok();
        let changes = match came {
            Ok(Some(read)) => kept.entry.take(read),
            Ok(None) => kept.entry.confirm(),
            Err(fault) => {
                let stays = match kept.entry.rows() {
                    Some(_) => "; its last rows stay",
                    None => "",
                };
                let message = format!("the table \"{}\": {fault}{stays}", kept.table.id);
                let is_news = kept.entry.fail(fault);
                if is_news {
                    tracing::warn!("{message}");
                    (self.complain)(message);
                }
                is_news
            }
        };
        if changes {
            self.show();
        }
        is_good
    }

    /// Has everybody see what there is.
    fn show(&self) {
        let known = self.kept.iter().map(|kept| {
            (
                kept.table.id.clone(),
                (kept.table.clone(), kept.entry.clone()),
            )
        });
        self.tables.known.store(Arc::new(known.collect()));
        self.tables.changes.fetch_add(1, Ordering::Release);
    }
}

impl Way {
    fn of(table: &Table, folder: &Path) -> Self {
        match &table.from {
            TableFrom::File(path) => Self::File(Watch::new(folder.join(path), path)),
            TableFrom::Url { every_s, .. } => Self::Web(Fetching {
                every: Duration::from_secs(u64::from(*every_s)),
                due: None,
                under_way: None,
                known: Validators::default(),
            }),
        }
    }
}

/// Fetches and reads a table.
fn fetch(
    url: &str,
    delimiter: Option<Delimiter>,
    known: &Validators,
) -> Result<Option<(Read, Validators)>, String> {
    match web::fetch(url, known)? {
        Answer::Same => Ok(None),
        Answer::Body { bytes, known, host } => match read(&bytes, "", delimiter) {
            Ok(read) => Ok(Some((read, known))),
            Err(fault) => Err(format!("{host}: {fault}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_fetched_once_at_a_time_and_a_period_after_it_began() {
        let begun = Instant::now();
        let after = |seconds: u64| begun + Duration::from_secs(seconds);
        let mut fetching = Fetching {
            every: Duration::from_secs(10),
            due: None,
            under_way: None,
            known: Validators::default(),
        };
        assert!(fetching.is_due(begun));
        fetching.under_way = Some(1);
        assert!(!fetching.is_due(after(100)), "one at a time");
        fetching.ended(begun);
        assert!(!fetching.is_due(after(9)));
        assert!(fetching.is_due(after(10)));
    }
}
