//! A small disk in memory, to be filled and to be written to no more.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A disk that is taken off when it is dropped.
pub struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` where this user may not mount.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let is_mounted = status.is_ok_and(|s| s.success());
        if !is_mounted {
            // Only root may mount; elsewhere there is no small disk.
            eprintln!("not run: mounting a tmpfs is not allowed here");
        }
        is_mounted.then_some(Self { folder })
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes room until so many bytes are left; the file that takes it.
    pub fn leave(&self, bytes: u64) -> PathBuf {
        let free = rustix::fs::statvfs(self.path()).expect("the room that is left");
        let ballast = self.path().join("ballast");
        let size = (free.f_bavail * free.f_frsize).saturating_sub(bytes);
        std::fs::write(&ballast, vec![1u8; size as usize]).expect("ballast");
        ballast
    }

    /// Lets nobody write to it any more, or lets them again.
    pub fn read_only(&self, on: bool) {
        let how = if on { "remount,ro" } else { "remount,rw" };
        let mut mount = Command::new("mount");
        let status = mount.args(["-o", how]).arg(self.path()).status();
        assert!(status.is_ok_and(|s| s.success()), "{how}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that is being killed may still hold a file there.
        Command::new("umount")
            .arg("-l")
            .arg(self.folder.path())
            .status()
            .ok();
    }
}
