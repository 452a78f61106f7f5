//! A screen that nobody sees, with a window manager and a hand: Xvfb on a free display, openbox for
//! the focus, xdotool for keys and mouse. What is seen on it is read from Xvfb's own frame buffer.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::wait;

/// How long the screen, its window manager or a window may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Windows have no frame and lie at the corner, so that a place in the window is the same place on
/// the screen; a new one has the focus; Alt+F4 asks one to close.
const MANAGER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <theme><keepBorder>no</keepBorder></theme>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <applications><application class="*">
    <decor>no</decor>
    <position force="yes"><x>0</x><y>0</y></position>
  </application></applications>
</openbox_config>
"#;

/// A screen with its hand; it ends when this is dropped.
pub struct Display {
    server: Child,
    manager: Option<Child>,
    name: String,
    folder: tempfile::TempDir,
}

impl Display {
    /// A screen of this size in pixels.
    pub fn start(width: u32, height: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"])
            .args(["-screen", "0", &format!("{width}x{height}x24"), "-fbdir"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let said = server.stdout.take().expect("its output is piped");
        // It looks for a free number by itself, and says it once it can be reached.
        BufReader::new(said)
            .read_line(&mut number)
            .expect("Xvfb says its number");
        let mut display = Self {
            server,
            manager: None,
            name: format!(":{}", number.trim()),
            folder,
        };
        display.manage();
        display
    }

    fn manage(&mut self) {
        let config = self.folder.path().join("manager.xml");
        std::fs::write(&config, MANAGER).expect("the window manager's settings");
        let there = self.folder.path().join("there");
        let manager = Command::new("openbox")
            .arg("--config-file")
            .arg(&config)
            .arg("--startup")
            .arg(format!("touch {}", there.display()))
            .env("DISPLAY", &self.name)
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox starts");
        self.manager = Some(manager);
        let managed = wait::until(PATIENCE, || there.exists().then_some(()));
        assert!(managed.is_some(), "no window manager on {}", self.name);
    }

    /// What `DISPLAY` must say.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The visible windows whose title ends so.
    pub fn windows(&self, title: &str) -> Vec<String> {
        let name = format!("{title}$");
        let found = self.hand(&["search", "--onlyvisible", "--name", &name]);
        found.lines().map(str::to_owned).collect()
    }

    /// Waits for a window with such a title that has the focus.
    pub fn window(&self, title: &str) -> String {
        let found = wait::until(PATIENCE, || {
            let window = self.windows(title).pop()?;
            (self.hand(&["getwindowfocus"]).trim() == window).then_some(window)
        });
        found.unwrap_or_else(|| panic!("no window {title:?} has the focus"))
    }

    /// Width and height of a window, in pixels.
    pub fn size(&self, window: &str) -> (u32, u32) {
        let told = self.hand(&["getwindowgeometry", "--shell", window]);
        let number = |name: &str| {
            told.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
                .unwrap_or_else(|| panic!("no {name} in {told}"))
        };
        (number("WIDTH"), number("HEIGHT"))
    }

    /// Makes a window so large, in pixels.
    pub fn resize(&self, window: &str, (width, height): (u32, u32)) {
        self.hand(&[
            "windowsize",
            window,
            &width.to_string(),
            &height.to_string(),
        ]);
    }

    /// Presses a key, in X's names: `space`, `shift+4`.
    pub fn press(&self, key: &str) {
        self.hand(&["key", key]);
    }

    /// Types a text, letter by letter.
    pub fn type_text(&self, text: &str) {
        self.hand(&["type", "--delay", "8", text]);
    }

    /// Turns the mouse's wheel at a place, down or up by so many notches.
    pub fn wheel(&self, (x, y): (u32, u32), down: bool, notches: u32) {
        let (x, y, notches) = (x.to_string(), y.to_string(), notches.to_string());
        let button = if down { "5" } else { "4" };
        self.hand(&["mousemove", &x, &y, "click", "--repeat", &notches, button]);
    }

    /// Clicks with the mouse.
    pub fn click(&self, (x, y): (u32, u32)) {
        let (x, y) = (x.to_string(), y.to_string());
        self.hand(&["mousemove", &x, &y, "click", "1"]);
    }

    /// What the hand's tool says; nothing where it finds nothing.
    fn hand(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .stdin(Stdio::null())
            .output()
            .expect("xdotool starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Red, green and blue of a pixel of the screen.
    pub fn pixel(&self, (x, y): (u32, u32)) -> [u8; 3] {
        read_pixel(&self.frame_buffer(), x, y).expect("the frame buffer")
    }
}

impl Display {
    /// The frame buffer of the screen, in the form of X's window dumps.
    pub fn frame_buffer(&self) -> PathBuf {
        self.folder.path().join("Xvfb_screen0")
    }

    /// Keeps what is seen on the screen as a picture, for a person to look at.
    pub fn shoot(&self, to: &Path) {
        let dump = format!("xwd:{}", self.frame_buffer().display());
        let shot = Command::new("ffmpeg")
            .args([
                "-v", "error", "-nostdin", "-y", "-f", "image2", "-c:v", "xwd", "-i",
            ])
            .arg(dump.trim_start_matches("xwd:"))
            .args(["-frames:v", "1"])
            .arg(to)
            .stdin(Stdio::null())
            .output()
            .expect("ffmpeg starts");
        if !shot.status.success() {
            eprintln!(
                "no picture of the screen: {}",
                String::from_utf8_lossy(&shot.stderr)
            );
        }
    }
}

/// A pixel of a picture in the form of X's window dumps: 32-bit numbers, most significant byte
/// first, of which these are needed: 0 size of the head, 7 order of bytes (0 is least significant
/// first), 11 bits of a pixel, 12 bytes of a row, 19 colours of 12 bytes each behind the head.
fn read_pixel(path: &Path, x: u32, y: u32) -> std::io::Result<[u8; 3]> {
    let file = File::open(path)?;
    let number = |index: u64| {
        let mut bytes = [0; 4];
        file.read_exact_at(&mut bytes, index * 4)?;
        Ok::<u32, std::io::Error>(u32::from_be_bytes(bytes))
    };
    assert_eq!((number(7)?, number(11)?), (0, 32), "pixels of another form");
    let pixels = number(0)? + number(19)? * 12;
    let at = pixels + y * number(12)? + x * 4;
    let mut bytes = [0; 4];
    file.read_exact_at(&mut bytes, u64::from(at))?;
    Ok([bytes[2], bytes[1], bytes[0]])
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.manager.iter_mut().chain([&mut self.server]) {
            child.kill().ok();
            child.wait().ok();
        }
    }
}
