//! A show for the unit tests: two sources, three scenes, two destinations, all well and off air.

use crate::{
    door::{
        AuxStatus, Counters, DestinationStatus, EncoderStatus, Health, Level, RecordingState,
        RecordingStatus, SceneStatus, Snapshot, SoundStatus, SourceState, SourceStatus, Tally,
        Transition,
    },
    media::Rate,
    show::Afv,
};

/// The snapshot.
pub fn snapshot() -> Snapshot {
    Snapshot {
        name: "Forum".to_owned(),
        width: 1280,
        height: 720,
        rate: Rate(30, 1),
        frame: 100,
        uptime_s: 3.3,
        on_air_s: None,
        recording_s: None,
        program: "cam".to_owned(),
        preview: "ann".to_owned(),
        transition: Transition::default(),
        black: 0.0,
        fade_to_black: false,
        hold: false,
        sources: vec![
            source("cam", "Stage", Tally::Program),
            source("ann", "Ann", Tally::Preview),
        ],
        scenes: vec![
            scene("duo", "Duo", Tally::Off, &["cam", "ann"]),
            scene("cam", "Stage", Tally::Program, &["cam"]),
            scene("ann", "Ann", Tally::Preview, &["ann"]),
        ],
        stingers: Vec::new(),
        keys: Vec::new(),
        titles: Vec::new(),
        rundown: Vec::new(),
        tables: Vec::new(),
        program_level: Level::default(),
        limiter_db: 0.0,
        loudness: Default::default(),
        sound: SoundStatus {
            auxes: vec![AuxStatus::default(); 2],
            ..SoundStatus::default()
        },
        destinations: vec![
            destination("yt", "YouTube", "a.rtmp.example/live2"),
            destination("pt", "PeerTube", "peertube.example/live"),
        ],
        recording: RecordingStatus {
            state: RecordingState::Off,
            free_bytes: 250_000_000_000,
            ..RecordingStatus::default()
        },
        encoder: EncoderStatus::default(),
        receiver: None,
        sound_outputs: Vec::new(),
        monitor: Default::default(),
        monitors: Default::default(),
        edit: Default::default(),
        live_edit: false,
        counters: Counters::default(),
        health: Health::default(),
    }
}

fn source(id: &str, label: &str, tally: Tally) -> SourceStatus {
    SourceStatus {
        id: id.to_owned(),
        label: label.to_owned(),
        origin: Default::default(),
        state: SourceState::Live,
        message: String::new(),
        tally,
        heard: tally == Tally::Program,
        warning: String::new(),
        fader_db: 0.0,
        mute: false,
        afv: Afv::Follow,
        ..SourceStatus::default()
    }
}

fn scene(id: &str, label: &str, tally: Tally, sources: &[&str]) -> SceneStatus {
    SceneStatus {
        id: id.to_owned(),
        label: label.to_owned(),
        tally,
        sources: sources.iter().map(|&s| s.to_owned()).collect(),
    }
}

fn destination(id: &str, label: &str, server: &str) -> DestinationStatus {
    DestinationStatus {
        id: id.to_owned(),
        label: label.to_owned(),
        server: server.to_owned(),
        attempt: 1,
        target_bps: 4_660_000,
        has_key: Some(true),
        ..DestinationStatus::default()
    }
}
