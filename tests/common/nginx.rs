//! nginx with its RTMP module as a server to send to, and servers that misbehave.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::wait;

/// The application that turns every publisher away.
pub const REFUSES: &str = "closed";

/// A running nginx that records what each application receives.
pub struct Nginx {
    folder: tempfile::TempDir,
    port: u16,
    records: bool,
    /// Port of the playlists, where it makes any.
    hls: Option<u16>,
    child: Option<Child>,
}

impl Nginx {
    /// Starts nginx with these applications, and one that refuses ([`REFUSES`]).
    pub fn start(applications: &[&str]) -> Self {
        Self::start_with(applications, true, None)
    }

    /// As [`Self::start`], but what is received is thrown away.
    pub fn forgetful(applications: &[&str]) -> Self {
        Self::start_with(applications, false, None)
    }

    /// As [`Self::forgetful`], and what is received is to be had as HLS too ([`Self::playlist`]).
    pub fn with_playlists(applications: &[&str]) -> Self {
        Self::start_with(applications, false, Some(wait::free_port()))
    }

    fn start_with(applications: &[&str], records: bool, hls: Option<u16>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in applications {
            std::fs::create_dir_all(folder.path().join(name)).expect("a folder to record in");
        }
        let mut nginx = Self {
            folder,
            port: 0,
            records,
            hls,
            child: None,
        };
        // Another process may take a free port before nginx does.
        for _ in 0..5 {
            nginx.port = wait::free_port();
            let text = nginx.config(applications);
            std::fs::write(nginx.folder.path().join("nginx.conf"), text).expect("nginx.conf");
            if nginx.launch() {
                return nginx;
            }
        }
        panic!("nginx does not start: {}", nginx.log());
    }

    fn config(&self, applications: &[&str]) -> String {
        let module = module().expect("nginx's RTMP module (libnginx-mod-rtmp)");
        let folder = self.folder.path().display();
        let mut text = format!(
            "load_module {module};\ndaemon off;\nmaster_process off;\npid {folder}/nginx.pid;\n\
             error_log {folder}/error.log info;\nevents {{ worker_connections 128; }}\n\
             rtmp {{ access_log off; server {{ listen 127.0.0.1:{port}; chunk_size 4096;\n",
            module = module.display(),
            port = self.port,
        );
        for name in applications {
            let record = if self.records {
                format!("record all; record_unique on; record_path {folder}/{name};")
            } else {
                String::new()
            };
            let hls = match self.hls {
                Some(_) => format!(
                    "hls on; hls_path {folder}/{name}; hls_fragment 2s; hls_playlist_length 8s;"
                ),
                None => String::new(),
            };
            text += &format!(
                "application {name} {{ live on; wait_key on; wait_video on; {record} {hls} }}\n"
            );
        }
        text += &format!("application {REFUSES} {{ live on; deny publish all; }}\n}} }}\n");
        if let Some(port) = self.hls {
            text += &format!(
                "http {{ access_log off; client_body_temp_path {folder}/body; \
                 types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }} \
                 server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
            );
        }
        text
    }

    fn launch(&mut self) -> bool {
        let mut child = Command::new("nginx")
            .arg("-c")
            .arg(self.folder.path().join("nginx.conf"))
            .arg("-p")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx is installed");
        let up = wait::until(Duration::from_secs(10), || {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return Some(false);
            }
            wait::listening(self.port, Duration::ZERO).then_some(true)
        });
        if up == Some(true) {
            self.child = Some(child);
            return true;
        }
        // Ended by itself, or is no use.
        if child.kill().is_ok() {
            child.wait().ok();
        }
        false
    }

    /// The server's port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Address of an application, as a show file has it.
    pub fn server(&self, application: &str) -> String {
        format!("rtmp://127.0.0.1:{}/{application}", self.port)
    }

    /// Address of the playlist of a stream, where playlists are made.
    pub fn playlist(&self, application: &str, stream: &str) -> String {
        let port = self.hls.expect("an nginx with playlists");
        format!("http://127.0.0.1:{port}/{application}/{stream}.m3u8")
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// What it wrote in its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    /// Stops it without a word: connections stay open and nothing is read.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.pid().expect("nginx runs");
        let pid = Pid::from_raw(pid as i32).expect("a process number");
        kill_process(pid, signal).expect("the signal is sent");
    }

    /// Kills it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Starts it again on the same port.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "nginx runs");
        let up = wait::until(Duration::from_secs(20), || self.launch().then_some(()));
        assert!(up.is_some(), "nginx starts again: {}", self.log());
    }

    /// The files of what an application received, one for each connection, oldest first.
    pub fn received(&self, application: &str) -> Vec<PathBuf> {
        let folder = self.folder.path().join(application);
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder of the application")
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let made = entry.metadata().ok()?.created().ok()?;
                Some((made, entry.path()))
            })
            .collect();
        files.sort();
        files.into_iter().map(|(_, path)| path).collect()
    }

    /// Waits until an application has received more than `bytes` in its newest file.
    pub fn wait_received(&self, application: &str, bytes: u64, limit: Duration) -> bool {
        wait::until(limit, || {
            let newest = self.received(application).pop()?;
            (newest.metadata().ok()?.len() > bytes).then_some(())
        })
        .is_some()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.kill();
    }
}

fn module() -> Option<PathBuf> {
    [
        "/usr/lib/nginx",
        "/usr/lib64/nginx",
        "/usr/local/lib/nginx",
        "/usr/local/nginx",
    ]
    .iter()
    .map(|folder| Path::new(folder).join("modules/ngx_rtmp_module.so"))
    .find(|path| path.exists())
}

/// What a server does with those who connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rude {
    /// Accepts and closes at once.
    Closes,
    /// Accepts, reads and says nothing.
    Silent,
}

/// A server on a loopback port that is of no use to anyone who connects.
pub struct RudeServer {
    port: u16,
    connections: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl RudeServer {
    /// Starts one.
    pub fn start(manner: Rude) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("not to block");
        let connections = Arc::new(AtomicUsize::new(0));
        let ends = Arc::new(AtomicBool::new(false));
        let (count, end) = (connections.clone(), ends.clone());
        let thread = std::thread::spawn(move || {
            let mut held: Vec<TcpStream> = Vec::new();
            let mut bin = [0u8; 4096];
            while !end.load(Ordering::Relaxed) {
                if let Ok((stream, _)) = listener.accept() {
                    count.fetch_add(1, Ordering::Relaxed);
                    if manner == Rude::Silent && stream.set_nonblocking(true).is_ok() {
                        held.push(stream);
                    }
                }
                for stream in &mut held {
                    while stream.read(&mut bin).is_ok_and(|n| n > 0) {}
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self {
            port,
            connections,
            ends,
            thread: Some(thread),
        }
    }

    /// Address of an application there, as a show file has it.
    pub fn server(&self) -> String {
        format!("rtmp://127.0.0.1:{}/live", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many have connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for RudeServer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
