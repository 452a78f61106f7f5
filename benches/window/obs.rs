//! OBS with the same show on the same kind of screen: the same files, the same eight scenes in its
//! multiview, the same program recorded with the same encoder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::common::display::Display;
use super::common::studio::processes_below;
use super::common::wait;
use super::cpu_seconds;

const PATIENCE: Duration = Duration::from_secs(60);
/// Its windowed multiview, by its title.
const MULTIVIEW: &str = "Multiview.*";

/// What was measured.
pub struct Measured {
    /// CPU of all of OBS, in cores.
    pub cores: f64,
    /// What its own log says of frames that it lost.
    pub said: String,
}

/// Runs it, and measures for `length` when it has run for `warm`.
///
/// # Errors
/// Why nothing was measured, in words.
pub fn measure(
    clips: &[PathBuf],
    size: (u32, u32),
    warm: Duration,
    length: Duration,
) -> Result<Measured, String> {
    let is_there = Command::new("obs")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if is_there.is_err() {
        return Err("OBS is not installed".to_owned());
    }
    let home = tempfile::tempdir().map_err(|error| error.to_string())?;
    settle(home.path(), clips).map_err(|error| error.to_string())?;
    let display = Display::start(size.0, size.1);
    let mut obs = Obs(start(home.path(), &display).map_err(|error| error.to_string())?);
    let multiview = wait::until(PATIENCE, || display.windows(MULTIVIEW).pop());
    let Some(multiview) = multiview else {
        let log = log_of(home.path());
        let tail: Vec<&str> = log.lines().rev().take(12).collect();
        return Err(format!("its multiview does not come: {tail:#?}"));
    };
    display.resize(&multiview, size);
    std::thread::sleep(warm);
    let cpu = |pid: u32| -> f64 {
        let all = std::iter::once(pid).chain(processes_below(pid));
        all.map(cpu_seconds).sum()
    };
    let pid = obs.0.id();
    let (since, before) = (Instant::now(), cpu(pid));
    std::thread::sleep(length);
    let cores = (cpu(pid) - before) / since.elapsed().as_secs_f64();
    display.shoot(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("obs.png"));
    obs.end();
    let log = log_of(home.path());
    let said: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("lagged frames") || line.contains("skipped frames"))
        .map(|line| line.split_once(": ").map_or(line, |(_, what)| what))
        .collect();
    let said = if said.is_empty() {
        "no frame was lost".to_owned()
    } else {
        said.join("; ")
    };
    Ok(Measured { cores, said })
}

fn start(home: &Path, display: &Display) -> io::Result<Child> {
    Command::new("obs")
        .args(["--multi", "--collection", "bench", "--profile", "bench"])
        .args([
            "--startrecording",
            "--disable-updater",
            "--disable-missing-files-check",
        ])
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_RUNTIME_DIR", home)
        .env("DISPLAY", display.name())
        .env("QT_QPA_PLATFORM", "xcb")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// A running OBS; it ends when this is dropped.
struct Obs(Child);

impl Obs {
    /// Asks it to end, so that it says what it lost.
    fn end(&mut self) {
        if let Some(pid) = Pid::from_raw(self.0.id() as i32) {
            kill_process(pid, Signal::INT).ok();
        }
        wait::until(Duration::from_secs(20), || self.0.try_wait().ok().flatten());
    }
}

impl Drop for Obs {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// What it has written in its own log.
fn log_of(home: &Path) -> String {
    let logs = fs::read_dir(home.join(".config/obs-studio/logs"));
    let texts = logs.into_iter().flatten().flatten();
    texts
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .collect()
}

/// Writes its settings: the same size, rate and encoder, and nothing of it seen but the multiview.
fn settle(home: &Path, clips: &[PathBuf]) -> io::Result<()> {
    let settings = home.join(".config/obs-studio");
    let profile = settings.join("basic/profiles/bench");
    let scenes = settings.join("basic/scenes");
    fs::create_dir_all(&profile)?;
    fs::create_dir_all(&scenes)?;
    fs::write(
        settings.join("global.ini"),
        "[General]\nFirstRun=true\nEnableAutoUpdates=false\nInfoIncrement=99\n\
         [Basic]\nProfile=bench\nProfileDir=bench\nSceneCollection=bench\nSceneCollectionFile=bench\n\
         [BasicWindow]\nPreviewEnabled=false\nPreviewProgramMode=false\nSaveProjectors=true\n\
         MultiviewLayout=0\nMultiviewDrawNames=true\n",
    )?;
    fs::write(
        profile.join("basic.ini"),
        format!(
            "[General]\nName=bench\n[Output]\nMode=Simple\n\
             [SimpleOutput]\nFilePath={}\nRecFormat=mkv\nRecQuality=Stream\nStreamEncoder=x264\n\
             VBitrate=4500\nABitrate=160\nPreset=veryfast\n\
             [Video]\nBaseCX=1280\nBaseCY=720\nOutputCX=1280\nOutputCY=720\nFPSType=0\n\
             FPSCommon=30\n",
            home.display()
        ),
    )?;
    fs::write(scenes.join("bench.json"), collection(clips).to_string())
}

/// Four files, each alone in a scene and with the next one small in a corner.
fn collection(clips: &[PathBuf]) -> Value {
    let name = |n: usize| format!("clip{}", n % clips.len() + 1);
    let mut sources: Vec<Value> = clips
        .iter()
        .enumerate()
        .map(|(n, clip)| {
            json!({
                "id": "ffmpeg_source", "name": name(n), "enabled": true,
                "settings": {"local_file": clip, "is_local_file": true, "looping": true,
                    "hw_decode": false, "restart_on_activate": false, "close_when_inactive": false},
            })
        })
        .collect();
    let item = |name: String, id: usize, at: f64, scale: f64| {
        json!({
            "name": name, "id": id, "visible": true, "locked": false, "rot": 0.0, "align": 5,
            "bounds_type": 0, "pos": {"x": 1280.0 * at, "y": 720.0 * at},
            "scale": {"x": scale, "y": scale},
        })
    };
    let mut order = Vec::new();
    for corner in [true, false] {
        for n in 0..clips.len() {
            let kind = if corner { "corner" } else { "full" };
            let scene = format!("{kind}{}", n + 1);
            let mut items = vec![item(name(n), 1, 0.0, 1.0)];
            if corner {
                items.push(item(name(n + 1), 2, 0.65, 0.3));
            }
            sources.push(json!({
                "id": "scene", "name": scene, "enabled": true,
                "settings": {"items": items, "id_counter": 2, "custom_size": false},
            }));
            order.push(json!({"name": scene}));
        }
    }
    json!({
        "name": "bench", "sources": sources, "scene_order": order, "groups": [], "transitions": [],
        "current_scene": "corner1", "current_program_scene": "corner1",
        "saved_projectors": [{"monitor": -1, "type": 4, "geometry": "", "name": ""}],
    })
}
