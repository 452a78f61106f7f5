//! What a key can do: each of the director's commands, by a name for the file and words for the desk.

use egui::Key;

use super::chord::Chord;
use crate::door::TransitionKind;
use crate::ui::{kinds, lang};

/// Scenes that have a function of their own.
pub const SCENES: u8 = 20;
/// Most kinds of transition that have a key of their own.
const KINDS: u8 = 12;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // `words` says what each does
pub enum Function {
    /// Puts the scene at this position (0 is the first) on PVW.
    Preview(u8),
    /// Puts it on PGM at once.
    HotCut(u8),
    Cut,
    Auto,
    FadeToBlack,
    /// Chooses the kind at this position of [`TransitionKind::ALL`].
    Kind(u8),
    Shorter,
    Longer,
    Reverse,
    PreviewTransition,
    BarForward,
    BarBack,
    PageBefore,
    PageAfter,
    SwapMonitors,
    SafeAreas,
    SecondWindow,
    StreamAll,
    Record,
    Marker,
    Hold,
    ClipPlay,
    ClipCue,
    ClipRestart,
    /// The sources' faders move what goes to this aux (0 is the first), or the mix again.
    Sends(u8),
    ClearListening,
    DimMonitor,
    /// For as long as it is down.
    TalkAll,
    /// Brings this downstream key (0 is the first), or takes it off.
    KeyAuto(u8),
    KeysOff,
    TitleOnAir,
    RowBefore,
    RowAfter,
    Go,
    CueBefore,
    CueAfter,
    Undo,
    Redo,
    Save,
    LiveEdit,
    KeySheet,
    KeyPanel,
    New,
    Open,
    SaveAs,
    Quit,
    Menus,
    Rename,
    ArrangePanels,
}

/// Under which heading a function is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // they say themselves
pub enum Group {
    Program,
    Transition,
    Clips,
    Titles,
    Sound,
    Monitors,
    Show,
    Desk,
    Preview,
    HotCut,
}

impl Group {
    /// In the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Program,
        Self::Transition,
        Self::Clips,
        Self::Titles,
        Self::Sound,
        Self::Monitors,
        Self::Show,
        Self::Desk,
        Self::Preview,
        Self::HotCut,
    ];

    /// The heading.
    pub fn words(self) -> String {
        lang::text(match self {
            Self::Program => "keys-group-program",
            Self::Transition => "keys-group-transition",
            Self::Clips => "keys-group-clips",
            Self::Titles => "keys-group-titles",
            Self::Sound => "keys-group-sound",
            Self::Monitors => "keys-group-monitors",
            Self::Show => "keys-group-show",
            Self::Desk => "keys-group-desk",
            Self::Preview => "keys-group-preview",
            Self::HotCut => "keys-group-hot-cut",
        })
    }
}

impl Function {
    /// Every function, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        let kinds = (TransitionKind::ALL.len() as u8).min(KINDS);
        let before = [Self::Cut, Self::Auto, Self::FadeToBlack];
        let after = [
            Self::Shorter,
            Self::Longer,
            Self::Reverse,
            Self::PreviewTransition,
            Self::BarForward,
            Self::BarBack,
            Self::PageBefore,
            Self::PageAfter,
            Self::SwapMonitors,
            Self::SafeAreas,
            Self::SecondWindow,
            Self::StreamAll,
            Self::Record,
            Self::Marker,
            Self::Hold,
            Self::ClipPlay,
            Self::ClipCue,
            Self::ClipRestart,
            Self::KeyAuto(0),
            Self::KeyAuto(1),
            Self::KeyAuto(2),
            Self::KeyAuto(3),
            Self::KeysOff,
            Self::TitleOnAir,
            Self::RowBefore,
            Self::RowAfter,
            Self::Go,
            Self::CueBefore,
            Self::CueAfter,
            Self::Sends(0),
            Self::Sends(1),
            Self::ClearListening,
            Self::DimMonitor,
            Self::TalkAll,
            Self::Undo,
            Self::Redo,
            Self::New,
            Self::Open,
            Self::Save,
            Self::SaveAs,
            Self::Rename,
            Self::LiveEdit,
            Self::Menus,
            Self::ArrangePanels,
            Self::KeySheet,
            Self::KeyPanel,
            Self::Quit,
        ];
        before
            .into_iter()
            .chain((0..kinds).map(Self::Kind))
            .chain(after)
            .chain((0..SCENES).map(Self::Preview))
            .chain((0..SCENES).map(Self::HotCut))
    }

    /// The heading that it stands under.
    pub fn group(self) -> Group {
        match self {
            Self::Preview(_) => Group::Preview,
            Self::HotCut(_) => Group::HotCut,
            Self::Cut
            | Self::Auto
            | Self::FadeToBlack
            | Self::StreamAll
            | Self::Record
            | Self::Marker
            | Self::Hold => Group::Program,
            Self::ClipPlay | Self::ClipCue | Self::ClipRestart => Group::Clips,
            Self::KeyAuto(_)
            | Self::KeysOff
            | Self::TitleOnAir
            | Self::RowBefore
            | Self::RowAfter
            | Self::Go
            | Self::CueBefore
            | Self::CueAfter => Group::Titles,
            Self::Sends(_) | Self::ClearListening | Self::DimMonitor | Self::TalkAll => {
                Group::Sound
            }
            Self::Kind(_)
            | Self::Shorter
            | Self::Longer
            | Self::Reverse
            | Self::PreviewTransition
            | Self::BarForward
            | Self::BarBack => Group::Transition,
            Self::PageBefore
            | Self::PageAfter
            | Self::SwapMonitors
            | Self::SafeAreas
            | Self::SecondWindow => Group::Monitors,
            Self::Undo
            | Self::Redo
            | Self::New
            | Self::Open
            | Self::Save
            | Self::SaveAs
            | Self::Rename
            | Self::LiveEdit => Group::Show,
            Self::Menus | Self::ArrangePanels | Self::KeySheet | Self::KeyPanel | Self::Quit => {
                Group::Desk
            }
        }
    }

    /// Whether holding the key does it again and again.
    pub fn repeats(self) -> bool {
        matches!(
            self,
            Self::BarForward | Self::BarBack | Self::Shorter | Self::Longer
        )
    }

    /// Whether it is about the title that this desk looks at, or the rundown.
    pub fn is_of_titles(self) -> bool {
        matches!(
            self,
            Self::TitleOnAir
                | Self::RowBefore
                | Self::RowAfter
                | Self::Go
                | Self::CueBefore
                | Self::CueAfter
        )
    }

    /// Whether it is the whole desk's: an entry of the menus, or the way into them. It is there without
    /// an engine too, and while something is typed.
    pub fn is_the_desks(self) -> bool {
        matches!(
            self,
            Self::New | Self::Open | Self::SaveAs | Self::Quit | Self::Menus | Self::ArrangePanels
        )
    }

    /// Its name in the file, which stays when the words change.
    pub fn id(self) -> String {
        let id = match self {
            Self::Preview(scene) => return format!("preview_{}", scene + 1),
            Self::HotCut(scene) => return format!("hot_cut_{}", scene + 1),
            Self::Kind(kind) => return format!("transition_{}", kind_id(kind)),
            Self::Cut => "cut",
            Self::Auto => "auto",
            Self::FadeToBlack => "fade_to_black",
            Self::Shorter => "shorter",
            Self::Longer => "longer",
            Self::Reverse => "reverse",
            Self::PreviewTransition => "preview_transition",
            Self::BarForward => "bar_forward",
            Self::BarBack => "bar_back",
            Self::PageBefore => "page_before",
            Self::PageAfter => "page_after",
            Self::SwapMonitors => "swap_monitors",
            Self::SafeAreas => "safe_areas",
            Self::SecondWindow => "second_window",
            Self::StreamAll => "stream_all",
            Self::Record => "record",
            Self::Marker => "marker",
            Self::Hold => "hold",
            Self::ClipPlay => "clip_play",
            Self::ClipCue => "clip_cue",
            Self::ClipRestart => "clip_restart",
            Self::Sends(aux) => return format!("sends_{}", aux + 1),
            Self::KeyAuto(key) => return format!("key_{}", key + 1),
            Self::KeysOff => "keys_off",
            Self::TitleOnAir => "title_on_air",
            Self::RowBefore => "row_before",
            Self::RowAfter => "row_after",
            Self::Go => "go",
            Self::CueBefore => "cue_before",
            Self::CueAfter => "cue_after",
            Self::ClearListening => "clear_pfl",
            Self::DimMonitor => "dim",
            Self::TalkAll => "talk_all",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Save => "save",
            Self::LiveEdit => "live_edit",
            Self::KeySheet => "key_sheet",
            Self::KeyPanel => "key_panel",
            Self::New => "new",
            Self::Open => "open",
            Self::SaveAs => "save_as",
            Self::Quit => "quit",
            Self::Menus => "menus",
            Self::Rename => "rename",
            Self::ArrangePanels => "arrange_panels",
        };
        id.to_owned()
    }

    /// The function of this name.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::all().find(|function| function.id() == id)
    }

    /// What it does, in the desk's language.
    pub fn words(self) -> String {
        let key = match self {
            Self::Preview(scene) => return numbered("keys-do-preview", scene),
            Self::HotCut(scene) => return numbered("keys-do-hot-cut", scene),
            Self::Kind(kind) => {
                let kind = TransitionKind::ALL.get(usize::from(kind)).copied();
                let kind = kind.map(kinds::words);
                let kind = kind.unwrap_or_default();
                return lang::with("keys-do-kind", &[("kind", kind.into())]);
            }
            Self::Cut => "keys-do-cut",
            Self::Auto => "keys-do-auto",
            Self::FadeToBlack => "keys-do-black",
            Self::Shorter => "keys-do-shorter",
            Self::Longer => "keys-do-longer",
            Self::Reverse => "keys-do-reverse",
            Self::PreviewTransition => "keys-do-try",
            Self::BarForward => "keys-do-bar-forward",
            Self::BarBack => "keys-do-bar-back",
            Self::PageBefore => "keys-do-page-before",
            Self::PageAfter => "keys-do-page-after",
            Self::SwapMonitors => "keys-do-swap",
            Self::SafeAreas => "keys-do-safe",
            Self::SecondWindow => "keys-do-second",
            Self::StreamAll => "keys-do-stream",
            Self::Record => "keys-do-record",
            Self::Marker => "keys-do-marker",
            Self::Hold => "keys-do-hold",
            Self::ClipPlay => "keys-do-clip-play",
            Self::ClipCue => "keys-do-clip-cue",
            Self::ClipRestart => "keys-do-clip-restart",
            Self::Sends(aux) => return numbered("keys-do-sends", aux),
            Self::KeyAuto(key) => return numbered("keys-do-key", key),
            Self::KeysOff => "keys-do-keys-off",
            Self::TitleOnAir => "keys-do-title",
            Self::RowBefore => "keys-do-row-before",
            Self::RowAfter => "keys-do-row-after",
            Self::Go => "keys-do-go",
            Self::CueBefore => "keys-do-cue-before",
            Self::CueAfter => "keys-do-cue-after",
            Self::ClearListening => "keys-do-clear-pfl",
            Self::DimMonitor => "keys-do-dim",
            Self::TalkAll => "keys-do-talk-all",
            Self::Undo => "keys-do-undo",
            Self::Redo => "keys-do-redo",
            Self::Save => "keys-do-save",
            Self::LiveEdit => "desk-live-edit",
            Self::KeySheet => "keys-do-sheet",
            Self::KeyPanel => "keys-do-panel",
            Self::New => "keys-do-new",
            Self::Open => "keys-do-open",
            Self::SaveAs => "keys-do-save-as",
            Self::Quit => "keys-do-quit",
            Self::Menus => "keys-do-menus",
            Self::Rename => "keys-do-rename",
            Self::ArrangePanels => "menu-arrange",
        };
        lang::text(key)
    }

    /// The keys that it has until somebody gives it others.
    pub fn usual(self) -> Vec<Chord> {
        use Key::*;
        let shift = |key| Chord {
            shift: true,
            ..Chord::plain(key)
        };
        let alt = |chord: Chord| Chord { alt: true, ..chord };
        // Signs are not on every keyboard's own keys: the − of a French one is the key of a digit, and
        // digits go by their place. A key of every keyboard comes first.
        match self {
            Self::Preview(scene) => match digit(scene) {
                (key, false) => vec![Chord::plain(key)],
                (key, true) => vec![alt(Chord::plain(key))],
            },
            Self::HotCut(scene) => match digit(scene) {
                (key, false) => vec![shift(key)],
                (key, true) => vec![alt(shift(key))],
            },
            Self::Kind(kind) => {
                let keys = [F1, F2, F3, F4, F5, F6, F7];
                let key = keys.get(usize::from(kind)).copied();
                key.map(Chord::plain).into_iter().collect()
            }
            Self::Cut => vec![Chord::plain(Space)],
            Self::Auto => vec![Chord::plain(Enter)],
            Self::FadeToBlack => vec![Chord::ctrl(B)],
            Self::Shorter => vec![Chord::ctrl(ArrowLeft), Chord::plain(Minus)],
            Self::Longer => vec![
                Chord::ctrl(ArrowRight),
                Chord::plain(Plus),
                Chord::plain(Equals),
            ],
            Self::Reverse => vec![Chord::plain(R)],
            Self::PreviewTransition => vec![Chord::plain(P)],
            // An arrow alone is for what has the focus: a mix must not begin by one that was meant for it.
            Self::BarForward => vec![alt(Chord::plain(ArrowRight))],
            Self::BarBack => vec![alt(Chord::plain(ArrowLeft))],
            Self::PageBefore => vec![Chord::plain(PageUp)],
            Self::PageAfter => vec![Chord::plain(PageDown)],
            Self::SwapMonitors => vec![Chord::plain(F9)],
            Self::SafeAreas => vec![Chord::plain(F8)],
            Self::SecondWindow => vec![Chord::plain(F11)],
            Self::StreamAll => vec![Chord::ctrl(L)],
            Self::Record => vec![Chord::ctrl(R)],
            Self::Marker => vec![Chord::plain(M)],
            Self::Hold => vec![Chord::ctrl(H)],
            Self::ClipPlay => vec![Chord::plain(K)],
            Self::ClipCue => vec![Chord::plain(J)],
            Self::ClipRestart => vec![Chord::plain(L)],
            Self::Sends(aux) => vec![Chord::ctrl(digit(aux).0)],
            Self::KeyAuto(key) => vec![Chord {
                shift: true,
                ..Chord::ctrl(digit(key).0)
            }],
            Self::KeysOff => vec![Chord {
                shift: true,
                ..Chord::ctrl(Num0)
            }],
            Self::TitleOnAir => vec![Chord::plain(I)],
            Self::RowBefore => vec![Chord::plain(U)],
            Self::RowAfter => vec![Chord::plain(O)],
            Self::Go => vec![Chord::plain(G)],
            Self::CueBefore => vec![shift(F)],
            Self::CueAfter => vec![Chord::plain(F)],
            Self::ClearListening => vec![Chord::plain(C)],
            Self::DimMonitor => vec![Chord::plain(D)],
            Self::TalkAll => vec![Chord::plain(T)],
            Self::Undo => vec![Chord::ctrl(Z)],
            Self::Redo => vec![
                Chord {
                    shift: true,
                    ..Chord::ctrl(Z)
                },
                Chord::ctrl(Y),
            ],
            Self::Save => vec![Chord::ctrl(S)],
            Self::LiveEdit => vec![Chord::ctrl(E)],
            Self::KeySheet => vec![Chord::plain(Questionmark)],
            Self::KeyPanel => vec![Chord::ctrl(K)],
            Self::New => vec![Chord::ctrl(N)],
            Self::Open => vec![Chord::ctrl(O)],
            Self::SaveAs => vec![Chord {
                shift: true,
                ..Chord::ctrl(S)
            }],
            Self::Quit => vec![Chord::ctrl(Q)],
            Self::Menus => vec![Chord::plain(F10)],
            Self::Rename => vec![Chord::ctrl(F2)],
            Self::ArrangePanels => vec![Chord::ctrl(F9)],
        }
    }
}

fn numbered(key: &'static str, scene: u8) -> String {
    lang::with(key, &[("n", (scene + 1).into())])
}

/// The digit for the scene at this position, and whether it is of the second ten: 1 to 9 are the first
/// nine, 0 is the tenth.
fn digit(scene: u8) -> (Key, bool) {
    use Key::*;
    let keys = [Num1, Num2, Num3, Num4, Num5, Num6, Num7, Num8, Num9, Num0];
    (keys[usize::from(scene % 10)], scene >= 10)
}

/// A kind's name as it is in shows and commands.
fn kind_id(kind: u8) -> String {
    let kind = TransitionKind::ALL.get(usize::from(kind));
    kind.map(|&kind| kinds::id(kind)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use egui::Modifiers;

    use super::*;

    /// The signs of a French keyboard without a keypad: as they are printed, where they are on a US one,
    /// and whether they are behind Shift. Letters, digits and the named keys are had as they are called.
    const AZERTY: [(Key, Option<Key>, bool); 14] = {
        use Key::*;
        [
            (Quote, Some(Num4), false),
            (Minus, Some(Num6), false),
            (Comma, Some(M), false),
            (Semicolon, Some(Comma), false),
            (Colon, Some(Period), false),
            (Exclamationmark, Some(Slash), false),
            (Equals, Some(Equals), false),
            (Questionmark, Some(M), true),
            (Period, Some(Comma), true),
            (Slash, Some(Period), true),
            (Plus, Some(Equals), true),
            (Num6, Some(Num6), true),
            (Num1, Some(Num1), true),
            (M, Some(Semicolon), false),
        ]
    };

    #[test]
    fn each_function_has_a_key_on_a_french_keyboard_without_a_keypad() {
        let signs: BTreeSet<Key> = AZERTY
            .iter()
            .filter_map(|&(key, place, shift)| {
                let modifiers = if shift {
                    Modifiers::SHIFT
                } else {
                    Modifiers::NONE
                };
                Chord::pressed(key, place, modifiers)
            })
            .map(|chord| chord.key)
            .collect();
        let is_had = |chord: &Chord| {
            let is_sign = (Key::Colon..=Key::Quote).contains(&chord.key);
            !is_sign || signs.contains(&chord.key)
        };
        assert!(!signs.contains(&Key::Minus), "it is a digit's");
        for function in Function::all() {
            // The first is the one that buttons show.
            assert!(function.usual().first().is_some_and(is_had), "{function:?}");
        }
    }

    #[test]
    fn each_function_has_a_name_words_and_keys_of_its_own() {
        let mut ids = BTreeSet::new();
        let mut words = BTreeSet::new();
        let mut keys = BTreeMap::new();
        for function in Function::all() {
            assert!(ids.insert(function.id()), "{function:?}");
            assert_eq!(Function::of_id(&function.id()), Some(function));
            assert!(words.insert(function.words()), "{function:?}");
            assert!(!function.usual().is_empty(), "{function:?} has no key");
            for chord in function.usual() {
                let before = keys.insert(chord, function);
                assert_eq!(before, None, "{chord} for {function:?}");
            }
        }
        assert_eq!(Function::of_id("nothing"), None);
    }
}
