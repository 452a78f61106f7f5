//! Why no delay of a sound is proposed, in words that say what to do.

/// See the module's words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unaligned {
    /// Nothing is measured.
    #[error("nothing is measured for lip-sync: begin with the picture of a source")]
    Idle,
    /// Nothing says whose picture is to be measured.
    #[error("lip-sync of which picture? expected the id of a source")]
    NoPicture,
    /// The sound is later than the picture.
    #[error(
        "the sound is {later} ms later than the picture, which no delay of it mends: delay the picture of \"{picture}\" by {ms} ms"
    )]
    SoundIsLater {
        /// By so many ms.
        later: String,
        /// The id of the picture's source.
        picture: String,
        /// The delay that the picture is to have, in ms.
        ms: u32,
    },
    /// No flash.
    #[error("no flash was seen in \"{0}\": make it brighter or larger in the picture")]
    NothingSeen(String),
    /// No beep.
    #[error(
        "no beep or clap was heard in \"{0}\": make it louder, or come nearer to the microphone"
    )]
    NothingHeard(String),
    /// No pair.
    #[error("no flash has one beep within a second: make one at a time, three seconds apart")]
    NothingTogether,
    /// With the number of events.
    #[error("{0} events disagree: make each flash and its beep at the same moment")]
    Disagree(u32),
    /// By so many ms.
    #[error("picture and sound are {0} ms apart, further than any delay reaches")]
    TooFar(String),
    /// With the number of events.
    #[error("{0} events are too few: at least 3 are needed")]
    TooFew(u32),
}
