//! What can be said to the engine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{GivenKey, KeyChange, Reading, RundownAction, Tried, USUAL_PER_S};
use crate::show::{
    Afv, BandKind, Direction, Edit, LineUpChange, Pick, Rgb, Source, StripPreset, StripSettings,
    TransitionKind, TransitionStyle,
};

/// Everything that can be done. The JSON form is `{"command":"preview","scene":"one"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "command",
    rename_all = "snake_case",
    rename_all_fields = "snake_case",
    deny_unknown_fields
)]
pub enum Command {
    /// Puts a scene on PVW.
    Preview {
        /// A scene's id, or a source's.
        scene: String,
    },
    /// Hot cut: puts a scene on PGM and leaves PVW as it is.
    Program {
        /// A scene's id, or a source's.
        scene: String,
    },
    /// Swaps PVW and PGM at once; completes a transition that runs.
    Cut {},
    /// Swaps PVW and PGM over the transition; pauses and continues one that runs.
    Auto {},
    /// Chooses the transition that AUTO makes, from now on; what was chosen last wins, be it by this
    /// or by a scene with a transition of its own that was put on PVW. What is left out stays as the
    /// snapshot shows it.
    Transition {
        /// Which.
        kind: TransitionKind,
        /// How long, 1 to 1000 frames.
        frames: u32,
        /// A dip's colour.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        colour: Option<Rgb>,
        /// A wipe's picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wipe: Option<String>,
        /// How soft a wipe's edge is, 0 to 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        softness: Option<f64>,
        /// Whether a wipe, push or slide goes the other way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse: Option<bool>,
        /// Where the pictures of a push or slide go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        direction: Option<Direction>,
        /// A stinger's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stinger: Option<String>,
    },
    /// Moves the transition by hand. At 1 PVW and PGM are swapped and the bar is at rest; at 0 the
    /// transition is given up. AUTO goes on from where the bar stands, CUT completes it, a hot cut
    /// ends it. A bar whose transition has ended is not heeded until it comes up from below 0.1
    /// again, so that nothing that it still says takes a second time.
    TBar {
        /// 0 is the scene on PGM, 1 the one on PVW.
        position: f64,
    },
    /// Shows on the PVW monitor alone what AUTO would do, from the start each time; nothing of it is
    /// on air. Whatever changes PVW, PGM or the transition ends it. Refused while a transition is on
    /// air.
    PreviewTransition {},
    /// Takes picture and sound to black, or back.
    FadeToBlack {
        /// To black, or back.
        on: bool,
        /// How long, 0 to 1000 frames; one second where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frames: Option<u32>,
    },
    /// Fills a title in, and puts it on air or takes it off. On air already, what is filled in now takes the
    /// place of what is there, all of it in one frame.
    Title {
        /// A title's id.
        #[serde(alias = "id")]
        title: String,
        /// On air, in the way that its template says; it stays where it is where this is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// At once, not in its own way.
        #[serde(default, skip_serializing_if = "is_false")]
        cut: bool,
        /// What is filled in, by the names of the fields; those that are left out stay as they are.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
        /// Fills in this row of its table, counted from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        row: Option<usize>,
        /// Fills in the row so many behind the last one, or before it where it is negative.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<i32>,
    },
    /// Sets a downstream key, or puts it on air by a cut. What is left out stays as it is.
    Key(KeyChange),
    /// Puts what a downstream key carries on air in its own way, or takes it off so.
    KeyAuto {
        /// 1 to 4.
        key: usize,
    },
    /// Asks for the templates that titles can be made of, answered with [`super::Event::Templates`].
    Templates {},
    /// Asks for the media pool: what lies in the show's folder, and what the show names elsewhere. Answered with
    /// [`super::Event::Media`].
    Media {
        /// Those alone whose path holds every word of this, in capitals or not.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        find: String,
    },
    /// Asks for rows of a table, answered with [`super::Event::Rows`].
    Rows {
        /// A table's id.
        table: String,
        /// Those alone in which every word of this begins a word, whatever its case and accents.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        find: String,
        /// So many of them are passed over.
        #[serde(default, skip_serializing_if = "is_none")]
        from: usize,
        /// So many are given at the most, 1 to 500.
        #[serde(default = "usual_rows")]
        many: usize,
    },
    /// Takes every downstream key off the air.
    KeysOff {
        /// At once, not in their own ways.
        #[serde(default, skip_serializing_if = "is_false")]
        cut: bool,
    },
    /// Works the rundown.
    Rundown {
        /// What is done.
        action: RundownAction,
        /// A cue's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cue: Option<String>,
    },
    /// Puts the holding slate over everything, or takes it away. What is beneath it goes on.
    Hold {
        /// On air.
        on: bool,
    },
    /// Sets a source's fader.
    Fader {
        /// A source's id.
        source: String,
        /// −100 (silence) to +10 dB.
        db: f32,
    },
    /// Mutes a source or lets it be heard.
    Mute {
        /// A source's id.
        source: String,
        /// Muted.
        on: bool,
    },
    /// Gain before everything else.
    Trim {
        /// A source's id.
        source: String,
        /// −60 to +36 dB.
        db: f32,
    },
    /// Turns a source's wave upside down.
    Polarity {
        /// A source's id.
        source: String,
        /// Upside down.
        invert: bool,
    },
    /// Which of a source's channels are heard.
    Channels {
        /// A source's id.
        source: String,
        /// Which.
        pick: Pick,
    },
    /// Sets a strip's high-pass. What is left out stays as it is.
    HighPass {
        /// A source's id.
        source: String,
        /// Whether it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// 20 to 1000 Hz.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hz: Option<f32>,
    },
    /// Sets a strip's gate. What is left out stays as it is.
    Gate {
        /// A source's id.
        source: String,
        /// Whether it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// −80 to 0 dBFS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold_db: Option<f32>,
        /// 0 to 80 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range_db: Option<f32>,
        /// 0.1 to 100 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attack_ms: Option<f32>,
        /// 10 to 2000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_ms: Option<f32>,
        /// 10 to 3000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_ms: Option<f32>,
    },
    /// Sets a strip's equaliser, or one of its bands. What is left out stays as it is.
    Eq {
        /// A source's id.
        source: String,
        /// Whether it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// 1 to 4; needed for what follows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        band: Option<usize>,
        /// Whether that band works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        band_on: Option<bool>,
        /// Its shape.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<BandKind>,
        /// 20 to 20 000 Hz.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hz: Option<f32>,
        /// −18 to +18 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gain_db: Option<f32>,
        /// 0.1 to 20.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        q: Option<f32>,
    },
    /// Sets a strip's compressor. What is left out stays as it is.
    Compressor {
        /// A source's id.
        source: String,
        /// Whether it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// −60 to 0 dBFS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold_db: Option<f32>,
        /// 1 to 20.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ratio: Option<f32>,
        /// 0 to 24 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knee_db: Option<f32>,
        /// 0.1 to 200 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attack_ms: Option<f32>,
        /// 10 to 3000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_ms: Option<f32>,
        /// 0 to 24 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        makeup_db: Option<f32>,
    },
    /// Shares gain between a source and all others that do, so that together they are one open microphone.
    /// What is left out stays as it is.
    Share {
        /// A source's id.
        source: String,
        /// Takes part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// Counts for so much more than the others, −15 to +15 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight_db: Option<f32>,
    },
    /// Whether a source is speech, to which others give way.
    Speech {
        /// A source's id.
        source: String,
        /// It is.
        on: bool,
    },
    /// Has a source give way to speech. What is left out stays as it is.
    Duck {
        /// A source's id.
        source: String,
        /// Whether it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// −80 to 0 dBFS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold_db: Option<f32>,
        /// 0 to 60 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        depth_db: Option<f32>,
        /// 10 to 1000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attack_ms: Option<f32>,
        /// 0 to 5000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_ms: Option<f32>,
        /// 10 to 5000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_ms: Option<f32>,
    },
    /// What an alarm is given for. What is left out stays as it is.
    Alarm {
        /// A source's id; left out for the program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// Silence of so many seconds, 1 to 600; 0 for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        silence_s: Option<f32>,
        /// What is too loud.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clipping: Option<bool>,
    },
    /// Recalls a sound snapshot, or makes or removes one.
    SoundSnapshot {
        /// Its id; not needed to go back.
        #[serde(default)]
        snapshot: String,
        /// What is done with it.
        #[serde(default)]
        action: SnapshotAction,
        /// What it is called from now on, where it is stored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Whether a source's strip stays as it is, whatever sound snapshot is recalled. This changes the show.
    Safe {
        /// A source's id.
        source: String,
        /// It stays.
        on: bool,
    },
    /// Whether two sources are the left and the right of one sound: what is set of one strip is set of the
    /// other, but for trim, polarity, channels and pan, and their dynamics work by the louder of both. What
    /// is in another link is refused. This changes the show.
    Link {
        /// The id of the source that is left.
        left: String,
        /// The id of the source that is right.
        right: String,
        /// They are linked from now on.
        on: bool,
    },
    /// How much of a source goes to an aux. What is left out stays as it is.
    Send {
        /// A source's id.
        source: String,
        /// 1 or 2.
        aux: usize,
        /// −100 (nothing) to +10 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        db: Option<f32>,
        /// Whatever its fader and AFV do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pre: Option<bool>,
    },
    /// Sets the fader or the mute of an aux. What is left out stays as it is.
    Aux {
        /// 1 or 2.
        aux: usize,
        /// −100 (silence) to +10 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        db: Option<f32>,
        /// Muted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mute: Option<bool>,
    },
    /// Sets the fader or the mute of a group. What is left out stays as it is.
    Group {
        /// A group's id.
        group: String,
        /// −100 (silence) to +10 dB; goes onto the faders of its sources.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        db: Option<f32>,
        /// Mutes its sources.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mute: Option<bool>,
    },
    /// Sets the program's ceiling, or how loud the show is meant to be. What is left out stays as it is.
    Master {
        /// −9 to 0 dBTP.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ceiling_db: Option<f32>,
        /// −40 to −6 LUFS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target_lufs: Option<f32>,
    },
    /// Sets the program's equaliser, or one of its bands. What is left out stays as it is.
    MasterEq {
        /// Whether it works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// 1 to 4; needed for what follows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        band: Option<usize>,
        /// Whether that band works.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        band_on: Option<bool>,
        /// Its shape.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<BandKind>,
        /// 20 to 20 000 Hz.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hz: Option<f32>,
        /// −18 to +18 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gain_db: Option<f32>,
        /// 0.1 to 20.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        q: Option<f32>,
    },
    /// Whether guests hear each other also while AFV keeps them off the air.
    NMinusOne {
        /// Also then.
        off_air: bool,
    },
    /// How loud a guest gets back everything but itself.
    Return {
        /// The id of a source that is a guest.
        source: String,
        /// −100 (silence) to +10 dB.
        db: f32,
    },
    /// Opens or closes the director's microphone to guests. Nobody else hears it.
    Talkback {
        /// Opens it.
        on: bool,
        /// The id of a guest; all of them where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guest: Option<String>,
    },
    /// Listens to a source before its fader, or listens no more. Nobody else hears of it.
    Pfl {
        /// A source's id.
        source: String,
        /// Listen.
        on: bool,
        /// The name of the desk that listens; four can at once.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        desk: String,
    },
    /// Listens to a source after its fader, as it is in the program, or listens no more.
    Afl {
        /// A source's id.
        source: String,
        /// Listen.
        on: bool,
        /// As for `pfl`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        desk: String,
    },
    /// Switches or sets the line-up generator: a tone or noise in a bus, behind its fader and before its
    /// limiter. What is left out stays as it is. It is off again after a crash, and in no file.
    Generator(LineUpChange),
    /// Measures how much later a picture is than a sound, by flashes and beeps or claps before both; the
    /// snapshot's `sound.lip_sync` tells how far it has come and what is proposed.
    LipSync {
        /// What is done.
        #[serde(default)]
        action: LipSyncAction,
        /// The id of the source whose pictures are looked at; needed to measure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<String>,
        /// The id of the source whose sound is listened to, before its strip's delay; that of the picture
        /// where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sound: Option<String>,
    },
    /// Places a source between left and right.
    Pan {
        /// A source's id.
        source: String,
        /// −1 (left) to 1 (right).
        pan: f32,
    },
    /// Delays a source's sound, by milliseconds or by frames of the program.
    Delay {
        /// A source's id.
        source: String,
        /// 0 to 2000 ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ms: Option<f32>,
        /// As many as 2000 ms have, at the most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frames: Option<u32>,
    },
    /// Sets a strip's high-pass, gate, equaliser and compressor for what it usually hears.
    Preset {
        /// A source's id.
        source: String,
        /// For what.
        preset: StripPreset,
    },
    /// Has a strip work like another: all but what is its source's own, which is trim, polarity, channels, pan
    /// and delay.
    CopyStrip {
        /// The id of the source whose strip changes.
        source: String,
        /// The id of the source whose strip it is to work like.
        from: String,
    },
    /// Sets everything of a strip at once.
    Strip {
        /// A source's id.
        source: String,
        /// As it is to be.
        settings: Box<StripSettings>,
    },
    /// Whether a source's sound follows its picture.
    Afv {
        /// A source's id.
        source: String,
        /// How.
        mode: Afv,
    },
    /// Delays a source's picture against its sound: an edit of the source, at once on air.
    PictureDelay {
        /// A source's id.
        source: String,
        /// 0 to 2000 ms.
        ms: u32,
    },
    /// Sets what is listened to in the house or at a desk, by a sound card. What is left out stays as it is.
    Monitor {
        /// The name of the desk whose monitor it is; empty for the house's. Four desks can have their own.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        desk: String,
        /// Whether anything is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// A sound card that `devices` lists, or `default`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
        /// By which system it is reached, such as `alsa` or `jack`; empty for any that has it. Any,
        /// too, where it is left out and a `device` is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// Of the card, counted from 1: left and right, or one for both together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channels: Option<Vec<u16>>,
        /// Which bus: `program`, `aux1`, `aux2`, `n-1:` and a guest's id, or `listen`, which is silent. What
        /// a desk listens to by `pfl` and `afl` is heard in its place, at the desk's own monitor where that is
        /// on, else at the house's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bus: Option<String>,
        /// −100 (silence) to +10 dB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level_db: Option<f32>,
        /// 20 dB down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dim: Option<bool>,
        /// Both sides together.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mono: Option<bool>,
    },
    /// Measures the program's loudness from now on.
    ResetLoudness {},
    /// Asks how loud the program has been since that was measured; answered by
    /// [`super::Event::LoudnessHistory`].
    LoudnessHistory {},
    /// Has a reading of the sound told to who says this, as an event, again and again. Said once more it
    /// changes how often. It ends with the engine.
    Subscribe {
        /// Which.
        to: Reading,
        /// Of a spectrum, the id of the source whose strip it is of; the program's where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// So often a second at the most, 0.1 to 30.
        #[serde(default = "usual_per_s")]
        per_s: f32,
        /// Ends by itself after so many seconds, 0.1 to 86 400; not where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<f32>,
    },
    /// Has a reading told no more.
    Unsubscribe {
        /// Which.
        to: Reading,
        /// As for `subscribe`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Plays, stops or moves a clip.
    Clip {
        /// A source's id.
        source: String,
        /// What it is to do.
        action: ClipAction,
        /// Where a seek goes, in seconds into the file, 0 or more; for nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position_s: Option<f64>,
    },
    /// Starts or stops sending to a destination.
    Stream {
        /// A destination's id.
        destination: String,
        /// Start or stop.
        on: bool,
    },
    /// Starts or stops sending to every destination.
    StreamAll {
        /// Start or stop.
        on: bool,
    },
    /// Tries a destination before the show, apart from the program: finds the host, connects, and
    /// where it may publish sends black and silence at the show's bitrate to measure the uplink. Several are
    /// measured together. Told by [`super::Event::Trial`]. Refused while it is on air, and ended
    /// where it is started; one that publishes, while and where anything is, for the uplink is the
    /// program's.
    TryDestination {
        /// Which.
        destination: Tried,
        /// How long the uplink is measured, 2 to 60 seconds.
        #[serde(default = "trial_seconds")]
        seconds: f32,
        /// Shows the server the key and sends: some servers show that as live. Else it is left at the
        /// handshake.
        #[serde(default = "yes")]
        publish: bool,
    },
    /// Ends the try of a destination.
    StopTrial {
        /// The id under which it is told.
        destination: String,
    },
    /// Keeps a stream key where the engine runs: in the system's keyring, or in a file that only its
    /// owner can read. It is in no answer.
    StoreKey {
        /// The name by which a show calls it.
        name: String,
        /// The key.
        key: GivenKey,
    },
    /// Takes a stream key out of where it is kept.
    ForgetKey {
        /// The name by which a show calls it.
        name: String,
    },
    /// Starts or stops the master.
    Record {
        /// Start or stop.
        on: bool,
    },
    /// Marks this frame; a chapter of the master.
    Marker {
        /// At most 200 characters.
        label: String,
    },
    /// Changes the show: all of the edits or none. What is on air stays as it was taken, unless edits
    /// are live.
    Edit {
        /// The revision that they were made on: refused where somebody else touched the same things
        /// since. Left out, they are made on what there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<u64>,
        /// What UNDO will say, at most 200 characters.
        #[serde(default)]
        label: String,
        /// Goes on with the step before, where that has the same label and touched the same: one
        /// drag is one step.
        #[serde(default)]
        joins: bool,
        /// May take a source or a destination off the air.
        #[serde(default)]
        on_air: bool,
        /// In their order.
        edits: Vec<Edit>,
    },
    /// Takes the last edit back. Never changes what is on air.
    Undo {
        /// The revision that was seen: refused where it is another by now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<u64>,
    },
    /// Makes again what was undone.
    Redo {
        /// As for `undo`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        revision: Option<u64>,
    },
    /// Writes the show to its file.
    Save {
        /// Also where another program has changed the file since it was read.
        #[serde(default)]
        over: bool,
    },
    /// Writes the show as it is into another file, in which relative paths lead to the same media.
    /// The show goes on in its own file. Refused for the file of a show that is running.
    SaveAs {
        /// The file; what it held is kept as a copy.
        path: PathBuf,
    },
    /// Writes the show as it is, with every file it needs, into a folder that can be carried to
    /// another machine. Done beside the show, told by [`super::Event::Packing`], and answered when the
    /// folder is whole; until then it is not there.
    SaveWithMedia {
        /// The folder: a new one, an empty one, or an earlier copy of the same show that nobody has
        /// touched, which it replaces. Nothing else is overwritten.
        path: PathBuf,
    },
    /// Ends the saving with media; nothing is left of it.
    StopSaveWithMedia {},
    /// Takes over what the show's file holds now, as an edit that can be undone.
    Revert {},
    /// Decides about what was edited before this show was opened and never saved.
    Autosave {
        /// Takes it over, as an edit that can be undone; lets it go where not.
        take: bool,
    },
    /// Whether edits of the scenes on air are seen at once, and not with the next take.
    LiveEdit {
        /// At once.
        on: bool,
    },
    /// Asks for the show as an event.
    Show {},
    /// Asks for the cameras, capture devices and sound cards that are there, as an event.
    Devices {},
    /// Asks for the H.264 encoders that this machine has, as an event.
    Encoders {},
    /// Tries a source that may be in no show: a camera, a network source or a sound card. An event says what it
    /// gave, or what is wrong, within some seconds. Nothing of it is seen or heard.
    TrySource {
        /// What to try.
        source: Box<Source>,
    },
    /// Asks for a snapshot as an event.
    Snapshot {},
    /// Ends the show: closes every file and leaves every destination.
    Quit {},
}

fn usual_rows() -> usize {
    100
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_none(many: &usize) -> bool {
    *many == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_false(on: &bool) -> bool {
    !on
}

fn trial_seconds() -> f32 {
    8.0
}

fn usual_per_s() -> f32 {
    USUAL_PER_S
}

fn yes() -> bool {
    true
}

impl Command {
    /// Whether it is for the editor and not for the tick.
    pub fn is_for_editor(&self) -> bool {
        self.is_aside()
            || matches!(
                self,
                Self::Edit { .. }
                    | Self::PictureDelay { .. }
                    | Self::Safe { .. }
                    | Self::Link { .. }
                    | Self::SoundSnapshot {
                        action: SnapshotAction::Store | SnapshotAction::Remove,
                        ..
                    }
                    | Self::Undo { .. }
                    | Self::Redo { .. }
                    | Self::Save { .. }
                    | Self::SaveAs { .. }
                    | Self::Revert {}
                    | Self::Autosave { .. }
                    | Self::Show {}
            )
    }

    /// Whether it is done beside the show, and what the same client says next does not wait for it.
    pub fn is_aside(&self) -> bool {
        matches!(
            self,
            Self::TryDestination { .. }
                | Self::StopTrial { .. }
                | Self::StoreKey { .. }
                | Self::ForgetKey { .. }
                | Self::SaveWithMedia { .. }
                | Self::StopSaveWithMedia {}
        )
    }

    /// Whether it is for the scout: it takes long, and changes nothing.
    pub fn is_for_scout(&self) -> bool {
        matches!(
            self,
            Self::Devices {}
                | Self::Encoders {}
                | Self::TrySource { .. }
                | Self::Templates {}
                | Self::Media { .. }
                | Self::Rows { .. }
        )
    }

    /// Whether it is about who is told readings: it changes nothing of the show.
    pub fn is_for_readings(&self) -> bool {
        matches!(self, Self::Subscribe { .. } | Self::Unsubscribe { .. })
    }

    /// The command that chooses this kind and length, and leaves the rest of the style as it is.
    pub fn transition(kind: TransitionKind, frames: u32) -> Self {
        Self::Transition {
            kind,
            frames,
            colour: None,
            wipe: None,
            softness: None,
            reverse: None,
            direction: None,
            stinger: None,
        }
    }

    /// The command that chooses this style, all of it.
    pub fn transition_style(style: TransitionStyle) -> Self {
        Self::Transition {
            kind: style.kind,
            frames: style.frames,
            colour: Some(style.colour),
            wipe: Some(style.wipe),
            softness: Some(style.softness),
            reverse: Some(style.reverse),
            direction: Some(style.direction),
            stinger: Some(style.stinger),
        }
    }
}

/// What is done with a sound snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotAction {
    /// Strips, auxes and groups stand as they did.
    #[default]
    Recall,
    /// All stands as it did before the last recall; said once more, as after it.
    Back,
    /// It is how they stand now, whatever it was before. This changes the show.
    Store,
    /// It is no more. This changes the show.
    Remove,
}

/// What is done to measure a picture against a sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LipSyncAction {
    /// Begins, anew where something is being measured.
    #[default]
    Measure,
    /// Ends it.
    Stop,
    /// Sets the delay of the strip to what is proposed. Refused where that is of the picture: an edit, by
    /// `picture_delay`.
    Take,
}

/// What a clip is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipAction {
    /// Plays on from where it stands; from its start where it has ended.
    Play,
    /// Stands where it is, silent.
    Pause,
    /// Goes back to its start and waits there, silent.
    Cue,
    /// Plays from its start.
    Restart,
    /// Goes to a position, and plays on from there if it plays.
    Seek,
}

/// A command with a number that its answer carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by who asks; comes back in [`super::Event::Done`] or [`super::Event::Error`].
    pub id: u64,
    /// The command.
    #[serde(rename = "do")]
    pub command: Command,
}
