//! What is commanded of titles, keys and the rundown.

use std::collections::BTreeMap;

use super::filled::Filled;
use super::shown::What;
use super::table::{self, Row, Tables};
use super::{Downstream, Key};
use crate::door::{Command, KeyChange, RundownAction};
use crate::engine::cast::Cast;
use crate::engine::refusal::{Refusal, unknown};
use crate::show::{Cue, DownstreamKey, Fill, KEYS, TransitionStyle};

/// Characters of what is filled into a field.
const FIELD: usize = 4000;

impl Downstream {
    /// Carries out what is for the keys.
    ///
    /// # Errors
    /// [`Refusal`], with what was expected; nothing has changed then.
    pub fn apply(
        &mut self,
        command: &Command,
        cast: &Cast,
        tables: &Tables,
    ) -> Result<(), Refusal> {
        match command {
            Command::Title {
                title,
                on,
                cut,
                fields,
                row,
                step,
            } => {
                self.check_fields(title, fields, cast)?;
                self.known.has_fields(title, fields.keys())?;
                let row = self.row_of(title, *row, *step, cast, tables)?;
                self.fill(title, *on == Some(true), |filled| {
                    if let Some(row) = row {
                        filled.row = Some(row);
                        filled.cue = None;
                    }
                    filled.fill(fields);
                })?;
                match on {
                    Some(true) => self.take(title, *cut, cast),
                    Some(false) => self.drop_title(title, *cut),
                    None => {}
                }
                Ok(())
            }
            Command::Key(change) => {
                let n = number(change.key)?;
                self.change(n, change, cast)
            }
            Command::KeyAuto { key } => {
                let n = number(*key)?;
                let is_off = self.keys[n].current().is_none();
                self.switch(n, is_off, false, cast)
            }
            Command::KeysOff { cut } => {
                for key in &mut self.keys {
                    key.hide(*cut);
                }
                Ok(())
            }
            Command::Rundown { action, cue } => self.run(*action, cue.as_deref(), cast, tables),
            _ => Ok(()),
        }
    }

    /// Fills a title in, where it can come so or is not to.
    fn fill(
        &mut self,
        title: &str,
        comes: bool,
        fill: impl FnOnce(&mut Filled),
    ) -> Result<(), Refusal> {
        let Some(filled) = self.titles.get_mut(title) else {
            return Ok(());
        };
        let (mut after, mut numbers) = (filled.clone(), self.numbers);
        fill(&mut after);
        after.count(&mut numbers);
        if comes {
            self.known.can_come(title, &after.next)?;
        }
        *filled = after;
        self.numbers = numbers;
        Ok(())
    }

    fn check_fields(
        &self,
        title: &str,
        fields: &BTreeMap<String, String>,
        cast: &Cast,
    ) -> Result<(), Refusal> {
        if !self.titles.contains_key(title) {
            let known = cast.show.titles.iter().map(|title| title.id.as_str());
            return Err(unknown("title", title, known));
        }
        for (name, value) in fields {
            let many = value.chars().count();
            if many > FIELD {
                return Err(Refusal::OutOfRange {
                    what: "field",
                    value: format!("\"{name}\" with {many} characters"),
                    expected: format!("at most {FIELD}"),
                });
            }
        }
        Ok(())
    }

    /// The row that is asked for, or so many away from the one that was chosen.
    fn row_of(
        &self,
        title: &str,
        row: Option<usize>,
        step: Option<i32>,
        cast: &Cast,
        tables: &Tables,
    ) -> Result<Option<Row>, Refusal> {
        let now = self
            .titles
            .get(title)
            .and_then(|filled| filled.row.as_ref());
        let row = match (row, step, now) {
            (None, None, _) => return Ok(None),
            (Some(row), _, _) => row,
            (None, Some(step), Some((now, _))) => now.saturating_add_signed(step as isize).max(1),
            // Before the first row was chosen the next is the first.
            (None, Some(_), None) => 1,
        };
        let show = &cast.show;
        let table = show.titles.iter().find(|other| other.id == title);
        let table = table.map_or("", |title| &title.table);
        if table.is_empty() {
            return Err(Refusal::NoTable(title.to_owned()));
        }
        table::row(tables, table, row).map(Some)
    }

    /// Puts a title on air, or what it is filled with now in the place of what it was filled with.
    pub(super) fn take(&mut self, title: &str, cut: bool, cast: &Cast) {
        let Some(filled) = self.titles.get(title) else {
            return;
        };
        let next = filled.next.clone();
        if let Some(key) = self.on_key(title)
            && let Some(shown) = self.keys[key].current_mut()
        {
            let is_new = matches!(&shown.what, What::Title { filling, .. } if *filling != next);
            match &mut shown.what {
                // Nobody has seen it yet.
                What::Title { filling, .. } if shown.came.is_none() => *filling = next,
                _ => shown.next = is_new.then_some(next),
            }
            return;
        }
        let mut titles = cast.show.titles.iter();
        let key = titles.find(|other| other.id == title);
        let key = key.map_or(0, |title| title.key.clamp(1, KEYS) - 1);
        let id = title.to_owned();
        self.keys[key].carries = Fill::Title(id.clone());
        let what = What::Title { id, filling: next };
        self.keys[key].show(what, cut);
    }

    fn drop_title(&mut self, title: &str, cut: bool) {
        if let Some(key) = self.on_key(title) {
            self.keys[key].hide(cut);
        }
    }

    fn change(&mut self, n: usize, change: &KeyChange, cast: &Cast) -> Result<(), Refusal> {
        let KeyChange {
            key: _,
            on,
            fill,
            tie,
            frames,
            off_after,
            off_on_take,
            clean,
        } = change;
        let mut set = self.keys[n].set.clone();
        if let Some(fill) = fill {
            self.check_fill(fill, cast)?;
            set.fill.clone_from(fill);
        }
        set.tie = tie.unwrap_or(set.tie);
        set.frames = frames.unwrap_or(set.frames);
        if set.frames > TransitionStyle::LONGEST {
            return Err(Refusal::OutOfRange {
                what: "fade",
                value: format!("{} frames", set.frames),
                expected: format!("0 to {}", TransitionStyle::LONGEST),
            });
        }
        match off_after {
            None => {}
            Some(0) => set.off_after = None,
            Some(frames) if *frames <= DownstreamKey::LONGEST => set.off_after = Some(*frames),
            Some(frames) => {
                return Err(Refusal::OutOfRange {
                    what: "off after",
                    value: format!("{frames} frames"),
                    expected: format!("0 (never) to {}", DownstreamKey::LONGEST),
                });
            }
        }
        set.off_on_take = off_on_take.unwrap_or(set.off_on_take);
        set.clean = clean.unwrap_or(set.clean);
        let carries = fill.as_ref().unwrap_or(&self.keys[n].carries).clone();
        if *on == Some(true) && carries.is_none() {
            return Err(Refusal::EmptyKey(n + 1));
        }
        let was = self.keys[n].current().is_some();
        if *on == Some(true) || fill.is_some() && was && *on != Some(false) {
            self.may_come(n, &carries, cast)?;
        }
        let key = &mut self.keys[n];
        key.set = set;
        if let Some(fill) = fill {
            key.carries.clone_from(fill);
            if was && *on != Some(false) {
                // What is on air changes with it, at once.
                if fill.is_none() {
                    key.hide(true);
                } else {
                    return self.switch(n, true, true, cast);
                }
            }
        }
        match on {
            Some(on) => self.switch(n, *on, true, cast),
            None => Ok(()),
        }
    }

    fn check_fill(&self, fill: &Fill, cast: &Cast) -> Result<(), Refusal> {
        match fill {
            Fill::None => Ok(()),
            Fill::Title(id) => self.check_fields(id, &BTreeMap::new(), cast),
            Fill::Source(layer) => match layer.sources().find(|id| cast.slot(id).is_none()) {
                None => Ok(()),
                Some(id) => {
                    let known = cast.show.sources.iter().map(|source| source.id.as_str());
                    Err(unknown("source", id, known))
                }
            },
        }
    }

    /// Puts what a key carries on air, or takes it off.
    fn switch(&mut self, n: usize, on: bool, cut: bool, cast: &Cast) -> Result<(), Refusal> {
        if !on {
            self.keys[n].hide(cut);
            return Ok(());
        }
        let what = self.what(&self.keys[n].carries, cast);
        let what = what.ok_or(Refusal::EmptyKey(n + 1))?;
        self.may_come(n, &self.keys[n].carries, cast)?;
        if !is_on(&self.keys[n], &what) {
            self.keys[n].show(what, cut);
        }
        Ok(())
    }

    /// Whether this may be put on a key: what is there already may.
    fn may_come(&self, n: usize, fill: &Fill, cast: &Cast) -> Result<(), Refusal> {
        match self.what(fill, cast) {
            Some(what) if is_on(&self.keys[n], &what) => Ok(()),
            Some(What::Title { id, filling }) => self.known.can_come(&id, &filling),
            _ => Ok(()),
        }
    }

    fn run(
        &mut self,
        action: RundownAction,
        cue: Option<&str>,
        cast: &Cast,
        tables: &Tables,
    ) -> Result<(), Refusal> {
        let cues = &cast.show.rundown;
        let named = match cue {
            None => None,
            Some(id) => match cues.iter().find(|cue| cue.id == id) {
                Some(cue) => Some(cue),
                None => return Err(unknown("cue", id, cues.iter().map(|cue| cue.id.as_str()))),
            },
        };
        match action {
            RundownAction::Go => {
                let next = named.or_else(|| self.rundown.next(cues));
                let cue = next.ok_or(Refusal::NoCue)?;
                self.fill_cue(cue, true, cast, tables)?;
                self.take(&cue.title, false, cast);
                self.leave_others(cue, cast);
                self.rundown.take(&cue.id, cues);
                if let Some(next) = self.rundown.next(cues)
                    && next.title != cue.title
                {
                    // It is made ready while this one is read.
                    let _ = self.fill_cue(next, false, cast, tables);
                }
            }
            RundownAction::Select => {
                let cue = named.ok_or(Refusal::NoCue)?;
                self.fill_cue(cue, false, cast, tables)?;
                self.rundown.select(&cue.id);
            }
            RundownAction::Next | RundownAction::Previous => {
                let by = if action == RundownAction::Next { 1 } else { -1 };
                let mut moved = self.rundown.clone();
                let cue = moved.step(cues, by).ok_or(Refusal::NoCue)?;
                self.fill_cue(cue, false, cast, tables)?;
                self.rundown = moved;
            }
            RundownAction::Off => {
                let on_air = self.rundown.on_air();
                let cue = on_air.and_then(|id| cues.iter().find(|cue| cue.id == id));
                if let Some(cue) = cue {
                    self.drop_title(&cue.title, false);
                }
                self.rundown.leave();
            }
            RundownAction::Reset => self.rundown.reset(),
        }
        Ok(())
    }

    /// What was on air by the rundown goes, where this one is another title.
    fn leave_others(&mut self, cue: &Cue, cast: &Cast) {
        let cues = &cast.show.rundown;
        let on_air = self.rundown.on_air();
        let before = on_air.and_then(|id| cues.iter().find(|cue| cue.id == id));
        if let Some(before) = before
            && before.title != cue.title
        {
            self.drop_title(&before.title, false);
        }
    }

    /// Fills a title in as a cue says, which comes now or later.
    fn fill_cue(
        &mut self,
        cue: &Cue,
        comes: bool,
        cast: &Cast,
        tables: &Tables,
    ) -> Result<(), Refusal> {
        self.check_fields(&cue.title, &cue.fields, cast)?;
        let row = self.row_of(&cue.title, cue.row, None, cast, tables)?;
        self.fill(&cue.title, comes, |filled| {
            filled.row = row;
            filled.cue = Some((cue.id.clone(), cue.fields.clone()));
        })
    }
}

fn is_on(key: &Key, what: &What) -> bool {
    key.current().is_some_and(|shown| shown.what == *what)
}

/// A key's place, of its number.
fn number(key: usize) -> Result<usize, Refusal> {
    if (1..=KEYS).contains(&key) {
        return Ok(key - 1);
    }
    Err(Refusal::OutOfRange {
        what: "key",
        value: key.to_string(),
        expected: format!("1 to {KEYS}"),
    })
}
