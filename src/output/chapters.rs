//! Markers become chapters of the recording.
//!
//! `matroskamux` writes its table of contents at the start and can add nothing later, and that of an MP4
//! is written when all is known. So, while recording, markers go to a sidecar that is synced with each of them; when the file is closed, or
//! mended after a crash, they are put behind the last element of a Matroska, and the SeekHead at its front, which
//! `matroskamux` leaves room in, is made to point at them. Nothing is copied, however long the file.
//!
//! A sidecar also tells that its recording was not closed properly yet: see [`unfinished`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::ebml;
use super::matroska::LayoutError;
use super::mp4::ScanError;

/// What a sidecar's name has behind its recording's.
const ENDING: &str = ".chapters";
/// As long may somebody else look at a new sidecar.
const LOOKED_AT: Duration = Duration::from_secs(2);
/// Chapters of a file at most.
pub(super) const CHAPTERS: usize = 10_000;
/// Bytes of a sidecar that are read at most.
const SIDECAR_BYTES: u64 = 16 << 20;
/// Bytes of a label at most.
const LABEL_BYTES: usize = 500;

/// Why chapters could not be added, or a file could not be mended. The file is as good as before.
#[derive(Debug, thiserror::Error)]
pub enum ChaptersError {
    /// The disk fails, is full, or the file is not there.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no Matroska file, or its beginning is lost.
    #[error("{0}: not a Matroska file")]
    NotMatroska(PathBuf),
    /// It is no MP4 file of regie's, or its beginning is lost.
    #[error("{0}: not an MP4 file that regie has written")]
    NotMp4(PathBuf),
    /// It ends before its first picture.
    #[error("{0}: nothing was recorded in it")]
    Empty(PathBuf),
    /// Its table of contents has no room: it was not set up by [`prepare_muxer`].
    #[error("{0}: has no room for chapters")]
    NoRoom(PathBuf),
}

impl ChaptersError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn layout(path: &Path) -> impl Fn(LayoutError) -> Self + Copy {
        move |error| match error {
            LayoutError::Io(source) => Self::io(path)(source),
            LayoutError::NotMatroska => Self::NotMatroska(path.to_owned()),
            LayoutError::Empty => Self::Empty(path.to_owned()),
        }
    }

    pub(super) fn mp4(path: &Path) -> impl Fn(ScanError) -> Self + Copy {
        move |error| match error {
            ScanError::Io(source) => Self::io(path)(source),
            ScanError::NotMp4 => Self::NotMp4(path.to_owned()),
            ScanError::Empty => Self::Empty(path.to_owned()),
        }
    }
}

/// Sets a `matroskamux` so that its file can be given chapters and be mended: with a table of
/// contents and a duration that are filled in later, and clusters that begin with keyframes, each to
/// be found by itself.
pub fn prepare_muxer(muxer: &gst::Element) {
    let writer = concat!("regie ", env!("CARGO_PKG_VERSION"));
    set(muxer, "streamable", false);
    set(muxer, "min-cluster-duration", 500_000_000i64);
    // Longer than any distance between keyframes, or clusters would begin elsewhere.
    set(muxer, "max-cluster-duration", 20_000_000_000i64);
    set(muxer, "writing-app", writer);
}

/// Sets a property; an element that does not know it stays as it is, for setting it would panic.
fn set<T: Into<gst::glib::Value> + gst::glib::types::StaticType>(
    element: &gst::Element,
    name: &str,
    value: T,
) {
    if element.has_property_with_type(name, T::static_type()) {
        element.set_property_from_value(name, &value.into());
    } else {
        tracing::error!(element = %element.name(), name, "is no matroskamux");
    }
}

/// Where the markers of a recording wait: its path with `.chapters` behind.
pub fn sidecar_path(recording: &Path) -> PathBuf {
    let mut name = recording.as_os_str().to_owned();
    name.push(ENDING);
    PathBuf::from(name)
}

/// The recordings in a folder that were not closed properly: those with a sidecar that nobody is
/// writing, be it in another process.
///
/// # Errors
/// What the system says of the folder.
pub fn unfinished(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let recording = path
            .to_str()
            .and_then(|path| path.strip_suffix(ENDING))
            .map(PathBuf::from);
        found.extend(
            recording.filter(|recording| recording.is_file() && claim(recording).is_some()),
        );
    }
    found.sort();
    Ok(found)
}

/// The right to mend a recording that was not closed; others see it as being written until this is
/// dropped.
#[derive(Debug)]
pub struct Claim {
    _sidecar: File,
}

/// Claims a recording; `None` where it has no sidecar any more, or where somebody writes or mends it,
/// be it in another process.
pub fn claim(recording: &Path) -> Option<Claim> {
    let sidecar = File::open(sidecar_path(recording)).ok()?;
    flock(&sidecar, FlockOperation::NonBlockingLockExclusive).ok()?;
    // Whoever held it until now may have done the work and removed it.
    sidecar_path(recording)
        .exists()
        .then_some(Claim { _sidecar: sidecar })
}

/// One marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    /// Milliseconds from the beginning of the file.
    ms: u64,
    /// What the chapter is called.
    label: String,
}

/// The markers of a recording that is being written.
#[derive(Debug)]
pub struct Sidecar {
    file: File,
    /// A write failed in the middle of a line.
    torn: bool,
}

impl Sidecar {
    /// Makes the sidecar of `recording`, empty.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] where there is one.
    pub fn create(recording: &Path) -> io::Result<Self> {
        let path = sidecar_path(recording);
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)?;
        // Whoever mends what is unfinished sees by this that it is being written. Who looks just now
        // holds it for a moment.
        let until = Instant::now() + LOOKED_AT;
        while let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
            if error != Errno::WOULDBLOCK || Instant::now() > until {
                return Err(error.into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        file.sync_all()?;
        sync_folder(&path)?;
        Ok(Self { file, torn: false })
    }

    /// Adds a marker, `ms` milliseconds from the beginning of the recording, and waits until it is
    /// on the disk.
    ///
    /// # Errors
    /// What the system says; the markers before are safe, and later ones can be added.
    pub fn add(&mut self, ms: u64, label: &str) -> io::Result<()> {
        let marker = Marker {
            ms,
            label: label.to_owned(),
        };
        let mut line = String::new();
        if self.torn {
            line.push('\n');
        }
        line.push_str(&serde_json::to_string(&marker)?);
        line.push('\n');
        self.torn = true;
        self.file.write_all(line.as_bytes())?;
        self.torn = false;
        self.file.sync_data()
    }
}

pub(super) fn open(path: &Path) -> Result<File, ChaptersError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(ChaptersError::io(path))
}

/// What a recording's markers make, and how many; `None` without markers.
pub(super) fn waiting_chapters(
    path: &Path,
    duration_ns: u64,
) -> Result<Option<(Vec<u8>, usize)>, ChaptersError> {
    let markers = read_markers(path)?.unwrap_or_default();
    Ok((!markers.is_empty()).then(|| (chapters_element(&markers, duration_ns), markers.len())))
}

/// When a recording's chapters begin, in milliseconds, and what they are called.
pub(super) fn waiting_labels(path: &Path) -> Result<Vec<(u64, String)>, ChaptersError> {
    let markers = read_markers(path)?.unwrap_or_default();
    let labels = markers.iter().enumerate();
    Ok(labels
        .map(|(n, marker)| (marker.ms, label(marker, n + 1)))
        .collect())
}

/// Removes a recording's sidecar, if it has one.
pub(super) fn remove_sidecar(path: &Path) -> Result<(), ChaptersError> {
    let sidecar = sidecar_path(path);
    match fs::remove_file(&sidecar) {
        Ok(()) => sync_folder(&sidecar).map_err(ChaptersError::io(&sidecar)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(ChaptersError::io(&sidecar)(error)),
    }
}

/// The markers beside a recording in the order of their times, `None` without a sidecar. Lines that
/// a crash or a full disk left half-written are passed over.
fn read_markers(path: &Path) -> Result<Option<Vec<Marker>>, ChaptersError> {
    let sidecar = sidecar_path(path);
    let io = ChaptersError::io(&sidecar);
    let file = match File::open(&sidecar) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut markers: Vec<Marker> = Vec::new();
    let lines = BufReader::new(file.take(SIDECAR_BYTES)).split(b'\n');
    for line in lines {
        let line = line.map_err(io)?;
        match serde_json::from_slice(&line) {
            Ok(marker) if markers.len() < CHAPTERS => markers.push(marker),
            Ok(_) => {
                tracing::warn!(path = %sidecar.display(), "only the first {CHAPTERS} markers are used");
                break;
            }
            Err(_) if line.is_empty() => {}
            Err(error) => {
                tracing::warn!(path = %sidecar.display(), %error, "a marker cannot be read");
            }
        }
    }
    markers.sort_by_key(|marker| marker.ms);
    Ok(Some(markers))
}

/// The `Chapters` element (RFC 9559, 5.1.7) of one edition. The same markers make the same bytes, so
/// that a second attempt finds what the first has written.
fn chapters_element(markers: &[Marker], duration_ns: u64) -> Vec<u8> {
    const EDITION_ENTRY: u32 = 0x45b9;
    const EDITION_UID: u32 = 0x45bc;
    const EDITION_DEFAULT: u32 = 0x45db;
    const ATOM: u32 = 0xb6;
    const UID: u32 = 0x73c4;
    const TIME_START: u32 = 0x91;
    const TIME_END: u32 = 0x92;
    const HIDDEN: u32 = 0x98;
    const ENABLED: u32 = 0x4598;
    const DISPLAY: u32 = 0x80;
    const STRING: u32 = 0x85;
    const LANGUAGE: u32 = 0x437c;

    // A marker that was set after the last picture that could be saved is shown at its end.
    let start = |marker: &Marker| marker.ms.saturating_mul(1_000_000).min(duration_ns);
    let mut edition = [ebml::uint(EDITION_UID, 1), ebml::uint(EDITION_DEFAULT, 1)].concat();
    for (n, marker) in markers.iter().enumerate() {
        let end = markers.get(n + 1).map_or(duration_ns, start);
        let display = [
            ebml::element(STRING, label(marker, n + 1).as_bytes()),
            ebml::element(LANGUAGE, b"und"),
        ];
        let atom = [
            ebml::uint(UID, n as u64 + 1),
            ebml::uint(TIME_START, start(marker)),
            ebml::uint(TIME_END, end),
            ebml::uint(HIDDEN, 0),
            ebml::uint(ENABLED, 1),
            ebml::element(DISPLAY, &display.concat()),
        ];
        edition.extend(ebml::element(ATOM, &atom.concat()));
    }
    let edition = ebml::element(EDITION_ENTRY, &edition);
    ebml::element(super::matroska::id::CHAPTERS, &edition)
}

/// A label without what strings in a file may not hold, and never empty.
fn label(marker: &Marker, number: usize) -> String {
    let mut label = String::new();
    for c in marker.label.chars().filter(|c| !c.is_control()) {
        if label.len() + c.len_utf8() > LABEL_BYTES {
            break;
        }
        label.push(c);
    }
    if label.trim().is_empty() {
        format!("Chapter {number}")
    } else {
        label
    }
}

/// Makes sure that a name that came or went is so after a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path; // folders cannot be opened there
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marker(ms: u64, label: &str) -> Marker {
        Marker {
            ms,
            label: label.to_owned(),
        }
    }

    #[test]
    fn markers_are_kept_and_read_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mkv");
        assert_eq!(read_markers(&path).unwrap(), None);
        let mut sidecar = Sidecar::create(&path).unwrap();
        assert_eq!(read_markers(&path).unwrap(), Some(vec![]));
        sidecar.add(12_345, "Question 1").unwrap();
        sidecar.add(500, "\"Zoé\"\n").unwrap();
        let text = fs::read_to_string(sidecar_path(&path)).unwrap();
        assert!(text.starts_with("{\"ms\":12345,\"label\":\"Question 1\"}\n"));
        assert_eq!(
            read_markers(&path).unwrap().unwrap(),
            [marker(500, "\"Zoé\"\n"), marker(12_345, "Question 1")]
        );
        assert!(Sidecar::create(&path).is_err(), "never over another's");
    }

    #[test]
    fn a_torn_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mkv");
        let mut sidecar = Sidecar::create(&path).unwrap();
        sidecar.add(1, "one").unwrap();
        sidecar.file.write_all(b"{\"ms\":2,\"la").unwrap();
        sidecar.torn = true;
        sidecar.add(3, "three").unwrap();
        sidecar.file.write_all(b"{\"ms\":4\xff").unwrap();
        assert_eq!(
            read_markers(&path).unwrap().unwrap(),
            [marker(1, "one"), marker(3, "three")]
        );
    }

    #[test]
    fn unfinished_recordings_are_found() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.mkv", "b.mkv", "c.mkv.chapters", "b.mkv.chapters"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        let found = unfinished(folder.path()).unwrap();
        assert_eq!(found, [folder.path().join("b.mkv")]);
    }

    #[test]
    fn a_new_sidecar_waits_for_who_is_looking_at_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mkv");
        fs::write(&path, b"").unwrap();
        std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                let end = Instant::now() + Duration::from_secs(30);
                // Looks again and again, as one show after the other would.
                while !is_created(&path) {
                    assert!(Instant::now() < end);
                    drop(claim(&path));
                }
            });
            let sidecar = Sidecar::create(&path).unwrap();
            assert!(claim(&path).is_none(), "it is being written");
            fs::write(folder.path().join("created"), b"").unwrap();
            watcher.join().unwrap();
            drop(sidecar);
        });
        assert!(claim(&path).is_some());
        remove_sidecar(&path).unwrap();
        assert!(claim(&path).is_none(), "nothing is left to do");
    }

    fn is_created(path: &Path) -> bool {
        path.with_file_name("created").exists()
    }

    #[test]
    fn a_muxer_is_set_up_and_nothing_else_is_harmed() {
        crate::media::start_gstreamer().unwrap();
        let muxer = gst::ElementFactory::make("matroskamux")
            .property("streamable", true)
            .build()
            .unwrap();
        prepare_muxer(&muxer);
        assert!(!muxer.property::<bool>("streamable"));
        assert!(
            muxer
                .property::<String>("writing-app")
                .starts_with("regie ")
        );
        prepare_muxer(&gst::ElementFactory::make("identity").build().unwrap());
    }

    #[test]
    fn labels_are_made_fit() {
        assert_eq!(label(&marker(0, "a\0b\n"), 1), "ab");
        assert_eq!(label(&marker(0, " \t"), 7), "Chapter 7");
        let long = label(&marker(0, &"é".repeat(1000)), 1);
        assert_eq!(long, "é".repeat(LABEL_BYTES / 2));
    }

    proptest! {
        #[test]
        fn any_sidecar_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.mkv");
            fs::write(sidecar_path(&path), bytes).unwrap();
            prop_assert!(read_markers(&path).unwrap().is_some());
        }
    }
}
