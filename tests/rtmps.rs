//! A destination over TLS: one whose certificate is good is sent to; one that goes by another name,
//! or is vouched for by nobody who is trusted, gets nothing, and the desk is told why.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::media::Clip;
use common::read;
use common::rtmp::Receiver;
use common::studio::{ShowText, Studio, named};
use common::tls::{Authority, TlsServer};

/// Where GnuTLS, which regie's TLS comes from by way of GLib, finds whom to trust on Debian.
const TRUSTED: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Tells the test within where the certificates lie.
const FOLDER: &str = "REGIE_TEST_CERTIFICATES";

/// Whether a process may have mounts of its own here, and whom it trusts is read from that file.
fn can_be_told_whom_to_trust() -> Result<(), String> {
    if !Path::new(TRUSTED).exists() {
        return Err(format!("there is no {TRUSTED}"));
    }
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount --bind \"$0\" \"$0\"", TRUSTED])
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err("mounts of a process's own are not allowed".to_owned()),
    }
}

#[test]
fn a_safe_connection_is_made_to_whom_it_is_meant_for_alone() {
    let _turn = common::alone();
    if let Err(why) = can_be_told_whom_to_trust() {
        eprintln!("not run: {why}");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authority = Authority::new(folder.path());
    authority.certify("good", "IP:127.0.0.1");
    authority.certify("other", "DNS:elsewhere.example");
    let strangers = folder.path().join("strangers");
    std::fs::create_dir(&strangers).expect("a folder");
    Authority::new(&strangers).certify("unknown", "IP:127.0.0.1");
    // Trust belongs to the system. Only the processes of the test within see another.
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c"])
        .arg("mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"")
        .arg("sh")
        .args([&authority.file(), Path::new(TRUSTED)])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "--ignored", "--nocapture", "with_an_authority"])
        .env(FOLDER, folder.path())
        .status()
        .expect("unshare is installed");
    assert!(status.success(), "{status}");
}

#[test]
#[ignore = "run by the other test, where its authority is trusted"]
fn with_an_authority() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("run by the other test"));
    let receiver = Receiver::start();
    let start = |certificate: &str| TlsServer::start(&folder.join(certificate), receiver.port());
    let good = start("good");
    let other = start("other");
    let unknown = start("strangers/unknown");
    let clip = Clip {
        size: (640, 360),
        kbps: 1500,
        ..Clip::new(1, 60)
    };
    let show = ShowText::sized(640, 360, (30, 1))
        .field("encoder: (bitrate_kbps: 1500)")
        .file("cam1", &clip.file(), false)
        .destination("good", &good.server("live"))
        .destination("other", &other.server("live"))
        .destination("unknown", &unknown.server("live"));
    let mut studio = Studio::start(&show, &["--stream"]);
    studio.destination_is("good", "live", Duration::from_secs(30));
    for id in ["other", "unknown"] {
        let snapshot = studio.destination_is(id, "failed", Duration::from_secs(30));
        let destination = named(&snapshot, "destinations", id);
        let message = destination["message"].as_str().unwrap_or_default();
        assert!(
            message.starts_with("no safe connection: ") && message.contains("(127.0.0.1:"),
            "{destination}"
        );
        assert_eq!(destination["frames"], 0, "{destination}");
    }
    studio.until("a while is sent", Duration::from_secs(30), |s| {
        named(s, "destinations", "good")["frames"].as_u64() > Some(150)
    });
    let report = studio.quit();
    let sent = &report["destinations"]["good"];
    assert_eq!(sent["dropped"], 0, "{report}");
    assert_eq!(sent["reconnects"], 0, "{report}");

    let connections = receiver.connections();
    let names: Vec<&str> = connections.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["live/good"], "nobody else got through");
    let pictures = read::pictures(&connections[0].flv);
    assert_eq!(pictures.complaints, Vec::<String>::new());
    assert_eq!(read::uneven(&pictures.seen, 30.0, 0.0015), []);
    assert_eq!(
        Some(pictures.seen.len() as u64),
        sent["frames"].as_u64(),
        "all of them arrived"
    );
}
