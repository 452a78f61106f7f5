//! What is seen of titles, downstream keys and the rundown.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Tally;
use crate::show::{DownstreamKey, Fill};

/// What a downstream key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Nothing of it is on air.
    #[default]
    Off,
    /// It was asked for, and comes as soon as its title is ready.
    Waits,
    /// On air, or on its way there.
    On,
    /// On its way off the air.
    Leaves,
}

/// A downstream key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyStatus {
    /// How it is set, and what it carries now.
    #[serde(flatten)]
    pub set: DownstreamKey,
    /// The id of the title that it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The id of the source that it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it does.
    pub state: KeyState,
    /// The first frame that showed what is on air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// The frame in which that goes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_at: Option<u64>,
}

/// What became of a title's template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleState {
    /// It is being made.
    #[default]
    Reading,
    /// It can be taken as it is.
    Ready,
    /// It cannot be had; what was ready before stays.
    Broken,
}

/// What a field of a title holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Words.
    #[default]
    Text,
    /// A picture's file.
    Picture,
    /// A length such as `5:00`, or a time of day such as `20:30`.
    Clock,
}

/// A field of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldStatus {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What stands there where nothing is filled in.
    pub usual: String,
}

/// A title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TitleStatus {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The downstream key that carries it, or will, counted from 1.
    pub key: usize,
    /// Red on air, green where it comes with the next transition.
    pub tally: Tally,
    /// It was asked for and comes, or changes, as soon as it is ready.
    #[serde(default)]
    pub waits: bool,
    /// What became of its template.
    pub state: TitleState,
    /// Why it cannot be had, or what is to be known of it; empty while all is well.
    pub message: String,
    /// Of its template, in its order; empty until that was read.
    pub fields: Arc<Vec<FieldStatus>>,
    /// The id of its table; empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub table: String,
    /// The row of its table that is taken next, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// What is taken next, by the names of the fields.
    pub next: Arc<BTreeMap<String, String>>,
    /// What is on air, or asked for; none while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aired: Option<Arc<BTreeMap<String, String>>>,
}

/// How one of the rundown stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CueState {
    /// Its turn comes later.
    #[default]
    Waits,
    /// It is taken next.
    Next,
    /// On air.
    OnAir,
    /// It was on air.
    Done,
}

/// One of the rundown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CueStatus {
    /// Its id.
    pub id: String,
    /// What it is called; empty where the show does not say.
    pub label: String,
    /// A title's id.
    pub title: String,
    /// What it fills in, in one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// How it stands.
    pub state: CueState,
}

/// What is done with the rundown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RundownAction {
    /// Takes the one that is named, or whose turn it is; the turn goes on. Another title that was on air by
    /// the rundown goes.
    Go,
    /// Gives the turn to the one behind.
    Next,
    /// Gives the turn to the one before.
    Previous,
    /// Gives the turn to the one that is named.
    Select,
    /// Takes the one that is on air off.
    Off,
    /// Nothing is done yet, and the first is next.
    Reset,
}

/// What is to be changed of a downstream key. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// 1 to 4.
    pub key: usize,
    /// On air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// What it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// It comes and goes with each transition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tie: Option<bool>,
    /// How long it fades where what it carries has no motion of its own, 0 to 1000 frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<u32>,
    /// It goes by itself after so many frames; 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_after: Option<u32>,
    /// It goes when another scene is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_on_take: Option<bool>,
    /// It is in the clean feed too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean: Option<bool>,
}
