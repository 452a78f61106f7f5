//! A desk whose window cannot be opened leaves nothing behind that nobody sees.
#![cfg(feature = "desk")]

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::studio::{ShowText, holders_in, program_under_test, regie_in, runtime_in};
use common::wait;

#[test]
fn the_engine_that_was_started_for_a_window_ends_where_none_comes() {
    let _turn = common::alone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("show.ron");
    let show = ShowText::sized(320, 180, (30, 1)).source("bars", "Test(pattern: Bars)", "");
    std::fs::write(&file, show.text()).unwrap();
    // No X server has so high a number.
    let output = regie_in(program_under_test(), folder.path(), Some(":65432"))
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("the display refused the window"), "{said}");
    assert!(
        said.contains("the show that was started for the window has been ended"),
        "{said}"
    );
    let runtime = runtime_in(folder.path());
    let ended = wait::until(Duration::from_secs(60), || {
        holders_in(&runtime).is_empty().then_some(())
    });
    assert!(ended.is_some(), "{:?} still run", holders_in(&runtime));
    let began = std::fs::read_dir(&runtime)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.path().extension().is_some_and(|e| e == "log"));
    assert!(began, "an engine had been started");
}
