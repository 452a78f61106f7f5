//! An authority of one's own, certificates by it, and servers that speak TLS before another that
//! does not. All by OpenSSL, which is another library than the one regie's TLS comes from.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::wait;

/// An authority that nobody trusts who was not told to.
pub struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// Makes one; its files lie in a folder that is there.
    pub fn new(folder: &Path) -> Self {
        let this = Self {
            folder: folder.to_owned(),
        };
        let subject = ["-subj", "/CN=An authority of tests", "-days", "2"];
        let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes"];
        let files = ["-keyout", "authority.key", "-out", "authority.pem"];
        this.openssl(&[&request[..], &subject, &files].concat());
        this
    }

    /// Its own certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// Certifies a server that goes by `name`, such as `DNS:elsewhere.example`; gives the path of
    /// its certificate and key, without their endings `.pem` and `.key`.
    pub fn certify(&self, file: &str, name: &str) -> PathBuf {
        let (key, request) = (format!("{file}.key"), format!("{file}.csr"));
        let (names, certificate) = (format!("{file}.names"), format!("{file}.pem"));
        let text = format!("subjectAltName={name}\n");
        std::fs::write(self.folder.join(&names), text).expect("the names are written");
        self.openssl(&[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=server",
            "-keyout",
            &key,
            "-out",
            &request,
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &names,
            "-out",
            &certificate,
        ]);
        self.folder.join(file)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .expect("openssl is installed");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
    }
}

/// A server that takes TLS and hands what is inside on to a port of this machine. Made for one
/// connection: those that come after the first would be handed on as part of it.
pub struct TlsServer {
    child: Child,
    port: u16,
    pump: Option<std::thread::JoinHandle<()>>,
}

impl TlsServer {
    /// Starts one with this certificate (a path as [`Authority::certify`] gives it) before the
    /// loopback port `behind`.
    pub fn start(certificate: &Path, behind: u16) -> Self {
        // Another process may take a free port before it does.
        for _ in 0..5 {
            let port = wait::free_port();
            let mut child = Command::new("openssl")
                .args(["s_server", "-quiet", "-accept"])
                .arg(format!("127.0.0.1:{port}"))
                .arg("-cert")
                .arg(certificate.with_extension("pem"))
                .arg("-key")
                .arg(certificate.with_extension("key"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("openssl is installed");
            let up = wait::until(Duration::from_secs(20), || {
                if matches!(child.try_wait(), Ok(Some(_))) {
                    return Some(false);
                }
                wait::listening(port, Duration::ZERO).then_some(true)
            });
            if up != Some(true) {
                child.kill().ok();
                child.wait().ok();
                continue;
            }
            let mut answers = child.stdin.take().expect("a pipe");
            let mut requests = child.stdout.take().expect("a pipe");
            let pump = std::thread::spawn(move || {
                let mut bytes = vec![0; 1 << 16];
                let Some(count) = requests.read(&mut bytes).ok().filter(|count| *count > 0) else {
                    return;
                };
                let address = (Ipv4Addr::LOCALHOST, behind);
                let mut server = TcpStream::connect(address).expect("the server behind");
                server.write_all(&bytes[..count]).ok();
                let mut back = server.try_clone().expect("both ways");
                let backwards = std::thread::spawn(move || {
                    let mut bytes = vec![0; 1 << 16];
                    while let Some(count) = back.read(&mut bytes).ok().filter(|n| *n > 0) {
                        if answers.write_all(&bytes[..count]).is_err() {
                            break;
                        }
                    }
                });
                std::io::copy(&mut requests, &mut server).ok();
                server.shutdown(Shutdown::Both).ok();
                backwards.join().ok();
            });
            return Self {
                child,
                port,
                pump: Some(pump),
            };
        }
        panic!("no server that speaks TLS");
    }

    /// Address of an application, as a show file has it.
    pub fn server(&self, application: &str) -> String {
        format!("rtmps://127.0.0.1:{}/{application}", self.port)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if let Some(pump) = self.pump.take() {
            pump.join().ok();
        }
    }
}
