//! Secrets as a whole process finds them: order of places, and a keyring that never answers.
#![cfg(unix)]

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use regie::show::{resolve_secrets, secrets};

/// Longer than any healthy run takes, by far.
const DEADLINE: Duration = Duration::from_secs(60);

/// The secrets file that a user has by hand.
fn settings(mode: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.ron");
    std::fs::write(
        &file,
        "{\"tube\": \"by file\", \"stage-cam\": \"p@ss/word\"}",
    )
    .unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
    folder
}

/// What a fresh process finds under `tube`, twice, and a URL with `stage-cam`, with this session bus.
fn found_by_a_process(folder: &Path, bus: &str, variable: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--ignored", "--nocapture", "looks_up_in_a_child"])
        .env("REGIE_CONFIG_DIR", folder)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env_remove("REGIE_KEY_TUBE")
        .env_remove("REGIE_KEY_STAGE_CAM")
        .stdout(Stdio::piped());
    if let Some(value) = variable {
        command.env("REGIE_KEY_TUBE", value);
    }
    let mut child = command.spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        let read = output.read_to_string(&mut said);
        send.send(read.map(|_| said)).unwrap();
    });
    let said = receive.recv_timeout(DEADLINE);
    if said.is_err() {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    said.expect("looking up ends").unwrap()
}

#[test]
#[ignore = "run by the other tests in a process of its own"]
fn looks_up_in_a_child() {
    for _ in 0..2 {
        match secrets::lookup("tube") {
            Ok(secret) => println!("found: {}", secret.expose()),
            Err(error) => println!("error: {error}"),
        }
    }
    match resolve_secrets("rtsp://admin:{secret:stage-cam}@10.0.0.5/h264") {
        Ok(resolved) => println!("url: {}", resolved.url.expose()),
        Err(error) => println!("error: {error}"),
    }
}

const NO_BUS: &str = "unix:path=/nowhere/bus";

#[test]
fn without_a_keyring_the_file_is_read() {
    let folder = settings(0o600);
    let said = found_by_a_process(folder.path(), NO_BUS, None);
    assert_eq!(said.matches("found: by file").count(), 2, "{said}");
    assert!(
        said.contains("url: rtsp://admin:p%40ss%2Fword@10.0.0.5/h264"),
        "{said}"
    );
}

#[test]
fn the_variable_goes_first() {
    let folder = settings(0o600);
    let said = found_by_a_process(folder.path(), NO_BUS, Some("by variable"));
    assert_eq!(said.matches("found: by variable").count(), 2, "{said}");
}

#[test]
fn a_file_open_to_others_is_refused_and_says_so() {
    let folder = settings(0o644);
    let said = found_by_a_process(folder.path(), NO_BUS, None);
    assert_eq!(
        said.matches("secrets.ron is open to others (mode 0644)")
            .count(),
        3,
        "{said}"
    );
    assert!(!said.contains("by file"), "{said}");
    // A variable needs no file.
    let said = found_by_a_process(folder.path(), NO_BUS, Some("by variable"));
    assert_eq!(said.matches("found: by variable").count(), 2, "{said}");
}

#[test]
fn what_is_nowhere_is_said_with_its_places() {
    let folder = tempfile::tempdir().unwrap();
    let said = found_by_a_process(folder.path(), NO_BUS, None);
    let places = "no secret `tube`, expected it in the variable REGIE_KEY_TUBE";
    assert_eq!(said.matches(places).count(), 2, "{said}");
}

#[test]
fn a_keyring_that_never_answers_is_asked_once() {
    let folder = settings(0o600);
    let path = folder.path().join("bus");
    let bus = UnixListener::bind(&path).unwrap();
    bus.set_nonblocking(true).unwrap();
    let (stop, stopped) = mpsc::channel::<()>();
    // Takes calls and says nothing, until the process that called has gone.
    let silent = std::thread::spawn(move || {
        let mut held = Vec::new();
        while stopped.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
            match bus.accept() {
                Ok((call, _)) => held.push(call),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        held.len()
    });
    let address = format!("unix:path={}", path.display());
    let said = found_by_a_process(folder.path(), &address, None);
    drop(stop);
    assert_eq!(silent.join().unwrap(), 1, "the bus was called once");
    assert_eq!(said.matches("found: by file").count(), 2, "{said}");
    assert!(said.contains("url: rtsp://admin:p%40ss"), "{said}");
}
