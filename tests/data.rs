//! Tables of data by real files and real servers: what is good is read, what is wrong is told, and the last
//! good rows stay whatever comes.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};
use regie::data::{TableState, TableStatus, Tables};
use regie::show::{Table, TableFrom};

use common::wait;

const PATIENCE: Duration = Duration::from_secs(60);

fn table(id: &str, from: TableFrom) -> Table {
    Table {
        id: id.to_owned(),
        label: String::new(),
        from,
        delimiter: None,
    }
}

fn file(id: &str, path: &str) -> Table {
    table(id, TableFrom::File(path.to_owned()))
}

fn url(id: &str, url: String) -> Table {
    table(id, TableFrom::Url { url, every_s: 1 })
}

/// Tables that are kept, what is complained of, and what ends them when it is dropped.
struct Kept {
    tables: Arc<Tables>,
    told: Arc<Mutex<Vec<String>>>,
    wanted: Vec<Table>,
    _running: Sender<()>,
}

impl Kept {
    fn of(folder: &Path, wanted: Vec<Table>) -> Self {
        let (running, stopped) = bounded(0);
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = told.clone();
        let complain = move |message| tell.lock().unwrap().push(message);
        let tables = Tables::start(folder.to_owned(), complain, stopped).unwrap();
        tables.want(&wanted);
        Self {
            tables,
            told,
            wanted,
            _running: running,
        }
    }

    fn status(&self, n: usize) -> TableStatus {
        self.tables.status(&self.wanted).swap_remove(n)
    }

    fn is(&self, n: usize, what: &str, wanted: impl Fn(&TableStatus) -> bool) -> TableStatus {
        let found = wait::until(PATIENCE, || Some(self.status(n)).filter(&wanted));
        found.unwrap_or_else(|| panic!("{what}: {:?}, told {:?}", self.status(n), self.told))
    }

    fn first(&self, n: usize) -> String {
        let rows = self.tables.rows(&self.wanted[n].id).expect("rows");
        rows.rows[0][0].clone()
    }
}

#[test]
fn files_are_read_again_and_the_last_good_rows_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    fs::write(&path, b"nom;r\xf4le\r\nZo\xe9;H\xf4te\r\n").unwrap();
    let kept = Kept::of(
        folder.path(),
        vec![file("people", "people.csv"), file("none", "none.json")],
    );
    let ready = kept.is(0, "it is read", |s| s.state == TableState::Ready);
    assert_eq!(
        (ready.columns, ready.rows),
        (vec!["nom".to_owned(), "rôle".to_owned()], 1)
    );
    assert_eq!(ready.message, "CSV with semicolons, Windows-1252");
    assert_eq!(kept.first(0), "Zoé");
    let none = kept.is(1, "it is missing", |s| s.state == TableState::Broken);
    assert!(
        none.message.contains("there is no file none.json"),
        "{}",
        none.message
    );
    // Put in its place, as spreadsheets save.
    fs::write(folder.path().join("new"), "nom,rôle\nAnn,Régie\nBen,Son\n").unwrap();
    fs::rename(folder.path().join("new"), &path).unwrap();
    kept.is(0, "the new one", |s| s.rows == 2);
    assert_eq!(kept.first(0), "Ann");
    // Half of it, and then rubbish.
    for (text, why) in [
        ("nom,rôle\nEve,Host\nMax", "still being written"),
        ("nom,rôle\nEve,Host,and more\n", "line 2: there are 3 cells"),
        ("<!doctype html><p>sign in", "a web page"),
        ("", "empty"),
    ] {
        fs::write(&path, text).unwrap();
        let stale = kept.is(0, why, |s| {
            s.state == TableState::Stale && s.message.contains(why)
        });
        assert!(stale.message.starts_with("people.csv"), "{}", stale.message);
        assert_eq!((stale.rows, kept.first(0).as_str()), (2, "Ann"));
    }
    fs::remove_file(&path).unwrap();
    kept.is(0, "it is gone", |s| s.message.contains("there is no file"));
    fs::create_dir(&path).unwrap();
    kept.is(0, "a folder", |s| s.message.contains("is a folder"));
    assert_eq!(kept.first(0), "Ann");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, "nom,rôle\nMax,Host\n").unwrap();
    kept.is(0, "it is good again", |s| s.state == TableState::Ready);
    assert_eq!(kept.first(0), "Max");
    let told = kept.told.lock().unwrap();
    assert!(
        told.iter().any(|told| told.contains("its last rows stay")),
        "{told:?}"
    );
}

/// A server that answers each connection by this, with its number.
fn server(answer: impl Fn(usize, TcpStream, &str) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (answer, asked) = (Arc::new(answer), AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let n = asked.fetch_add(1, Ordering::Relaxed);
            let answer = answer.clone();
            std::thread::spawn(move || {
                let (mut stream, mut head) = (stream, Vec::new());
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                    head.push(byte[0]);
                }
                answer(n, stream, &String::from_utf8_lossy(&head));
            });
        }
    });
    format!("http://{address}/people.csv")
}

fn says(mut stream: TcpStream, status: &str, more: &str, body: &[u8]) {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n");
    // Who was asked may have gone.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

const GOOD: &[u8] = b"name,role\nAnn,Host\n";

#[test]
fn one_address_that_hangs_or_lies_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let good = server(|n, stream, _| {
        let text = format!("name,role\nAnn {n},Host\n");
        says(stream, "200 OK", "", text.as_bytes());
    });
    let hangs = server(|_, stream, _| {
        std::thread::sleep(PATIENCE);
        drop(stream);
    });
    let trickles = server(|_, mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nname");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(300));
        }
    });
    let errs = server(|_, stream, _| says(stream, "500 Internal Server Error", "", b"oops"));
    let floods = server(|_, mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {}
    });
    let rubbish = server(|_, mut stream, _| {
        let _ = stream.write_all(b"\x16\x03\x01\0\xffwhat\r\n\r\n");
    });
    let loops = server(|_, stream, _| says(stream, "302 Found", "Location: /people.csv\r\n", b""));
    let leaves =
        server(|_, stream, _| says(stream, "302 Found", "Location: file:///etc/passwd\r\n", b""));
    let wanted = [good, hangs, trickles, errs, floods, rubbish, loops, leaves];
    let wanted = wanted.into_iter().enumerate();
    let wanted = wanted.map(|(n, address)| url(&format!("t{n}"), address));
    let kept = Kept::of(folder.path(), wanted.collect());
    kept.is(0, "the good one", |s| s.state == TableState::Ready);
    // It is fetched again and again beside the others.
    assert!(wait::until(PATIENCE, || kept.first(0).ends_with('3').then_some(())).is_some());
    for (n, why) in [
        (1, "no whole answer"),
        (2, "no whole answer"),
        (3, "500"),
        (4, "8 MB"),
        (5, ""),
        (6, "leads on"),
        (7, "file"),
    ] {
        let broken = kept.is(n, why, |s| s.state == TableState::Broken);
        assert!(broken.message.contains(why), "{n}: {}", broken.message);
        assert!(!broken.message.contains("passwd"), "{}", broken.message);
        assert!(!broken.message.is_empty());
    }
}

#[test]
fn what_was_fetched_stays_while_its_server_is_lost_and_a_secret_is_told_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = seen.clone();
    let address = server(move |n, stream, head| {
        asked.lock().unwrap().push(head.to_owned());
        match n {
            0 => says(stream, "200 OK", "ETag: \"one\"\r\n", GOOD),
            1 => says(stream, "304 Not Modified", "ETag: \"one\"\r\n", b""),
            2 => says(stream, "503 Service Unavailable", "", b""),
            _ => says(stream, "200 OK", "", b"[{\"name\": \"Zo\\u00e9\"}]"),
        }
    });
    let kept = Kept::of(
        folder.path(),
        vec![url("people", format!("{address}?token=hush"))],
    );
    kept.is(0, "it is there", |s| s.state == TableState::Ready);
    assert_eq!(kept.first(0), "Ann");
    let stale = kept.is(0, "it is lost", |s| s.state == TableState::Stale);
    assert!(
        stale.message.contains("503") && !stale.message.contains("hush"),
        "{}",
        stale.message
    );
    kept.is(0, "it is back", |s| {
        s.state == TableState::Ready && s.message == "JSON"
    });
    assert_eq!(kept.first(0), "Zoé");
    let seen = seen.lock().unwrap();
    assert!(
        !seen[0].to_lowercase().contains("if-none-match"),
        "{}",
        seen[0]
    );
    assert!(
        seen[1].to_lowercase().contains("if-none-match: \"one\""),
        "{}",
        seen[1]
    );
    assert!(
        seen[0].starts_with("GET /people.csv?token=hush "),
        "{}",
        seen[0]
    );
    let told = kept.told.lock().unwrap();
    assert!(
        !told.is_empty() && told.iter().all(|told| !told.contains("hush")),
        "{told:?}"
    );
}
