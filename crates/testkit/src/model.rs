//! A model of a store: the rules of the design read once more, by somebody who has not seen how the core does it.
//!
//! Rows in a vector, lists by sorting. It predicts what every call answers and what every subscriber is told.

use std::collections::HashMap;

use chat_drafts_core::OrderPolicy;
use chat_drafts_core::store::Scope;

use crate::operation::{Known, Telling};

/// The longest fact, in bytes.
const MAX_FACT: usize = 64 * 1024;

/// A conversation as it is read. All that it shows is test data, so it formats as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// The text of its draft, empty if there is none.
    pub text: String,
    /// The extra of its draft.
    pub extra: Vec<u8>,
    /// When its draft last changed; 0 if there is none.
    pub updated_at: i64,
    /// The sequence at which its draft last changed or went; 0 if it never had one.
    pub revision: u64,
    /// The sequence at which it last moved up.
    pub activity: u64,
    /// Whether it is pinned.
    pub pinned: bool,
    /// What was told of it.
    pub facts: Known,
    /// Whether a text of it is being sent.
    pub is_sending: bool,
}

/// A text that is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The sequence of its beginning.
    pub number: u64,
    /// Whose it is.
    pub id: String,
    /// The text.
    pub text: String,
    /// Its extra.
    pub extra: Vec<u8>,
}

impl Row {
    fn is_known(&self) -> bool {
        !self.text.is_empty() || self.pinned || self.is_sending || self.facts != Known::default()
    }

    /// Pinned rows first, then by activity, then by id.
    fn place(&self) -> Place {
        Place { below: (!self.pinned, u64::MAX - self.activity), id: self.id.clone() }
    }
}

/// Where a row stands in a list: the smaller, the higher.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    below: (bool, u64),
    id: String,
}

impl Place {
    /// The number the order key of this place has.
    pub fn order_key(&self) -> u64 {
        let (unpinned, below) = self.below;
        u64::MAX - below + if unpinned { 0 } else { 1 << 62 }
    }

    /// The id of the row that stands here.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// A change as the model takes it: its base is a number.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// Sets a text; no extra leaves it.
    Set {
        /// The text.
        text: &'a str,
        /// The extra, if it is replaced.
        extra: Option<&'a [u8]>,
        /// What it is based on, if on anything.
        base: Option<u64>,
    },
    /// Tells facts.
    Update(&'a Telling),
    /// Pins or unpins.
    Pin(bool),
    /// Forgets.
    Delete,
    /// Gives another id.
    Rename(&'a str),
    /// Takes the text out, to be sent.
    BeginSend,
    /// Forgets a text that was sent.
    Confirm(u64),
    /// Puts a text that was not sent back.
    Abort(u64),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether anything was written.
    pub changed: bool,
    /// The revision of the draft or of its absence.
    pub revision: u64,
}

/// Why a batch is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A draft has moved on: what is there now, of the row only the draft.
    Conflict(Box<Row>),
    /// A text has so many bytes more than it may.
    TextTooLong,
    /// An extra has.
    ExtraTooLong,
    /// A fact has.
    FactTooLong,
    /// There is no text to send.
    NothingToSend,
    /// Anything else, which the model never predicts.
    Other(String),
}

/// What a subscriber is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A conversation came into being.
    Added(Row, u64),
    /// A conversation changed.
    Changed(Row, u64),
    /// A conversation with this id is gone, and its draft has been absent since this revision.
    Removed {
        /// Its id.
        id: String,
        /// The revision of the draft's absence.
        revision: u64,
        /// The sequence of the change.
        sequence: u64,
    },
    /// Anything else, which the model never predicts.
    Other(String),
}

/// The texts that a draft begins with since they came back, in the order in which their sending began, and whose extra it has.
#[derive(Debug, Clone, Default)]
struct Returned {
    texts: Vec<(u64, String)>,
    extra_of: Option<u64>,
}

impl Returned {
    fn front(&self) -> String {
        self.texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// A store as it should be.
#[derive(Debug, Clone)]
pub struct Model {
    rows: Vec<Row>,
    sending: Vec<Sending>,
    /// By conversation, what came back to its draft while others are still being sent.
    returned: HashMap<String, Returned>,
    sequence: u64,
    /// Below it a base on a draft of which nothing is left is refused.
    floor: u64,
    /// Whether a new text moves its conversation up.
    pub policy: OrderPolicy,
    /// The longest text, in bytes.
    pub max_text: usize,
}

impl Model {
    /// An empty store that takes texts of so many bytes.
    pub fn new(max_text: usize) -> Self {
        Self {
            rows: Vec::new(),
            sending: Vec::new(),
            returned: HashMap::new(),
            sequence: 0,
            floor: 0,
            policy: OrderPolicy::DraftFloats,
            max_text,
        }
    }

    /// The store's sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The texts that are being sent, in the order they began.
    pub fn sending(&self) -> &[Sending] {
        &self.sending
    }

    /// The row of this id, if reads show it.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id && row.is_known())
    }

    /// The revision of a draft or of its absence.
    pub fn revision(&self, id: &str) -> u64 {
        let revision = self.rows.iter().find(|row| row.id == id).map_or(0, |row| row.revision);
        if revision > 0 { revision } else { self.sequence }
    }

    /// Up to `limit` rows of a list behind a place, and the place to go on from if there are more.
    pub fn list(&self, scope: Scope, limit: usize, after: Option<&Place>) -> (Vec<Row>, Option<Place>) {
        let wanted = |row: &&Row| match scope {
            Scope::Drafts => !row.text.is_empty(),
            Scope::Conversations => row.is_known(),
            Scope::Sending => row.is_sending,
        };
        let mut rows: Vec<_> = self.rows.iter().filter(wanted).cloned().collect();
        rows.sort_by_key(Row::place);
        rows.retain(|row| after.is_none_or(|after| row.place() > *after));
        let goes_on = limit > 0 && rows.len() > limit;
        rows.truncate(limit);
        let next = if goes_on { rows.last().map(Row::place) } else { None };
        (rows, next)
    }

    /// Closing and opening: what is hidden is forgotten, and all that was read before is too old to be a base for it.
    pub fn reopen(&mut self) {
        for row in &self.rows {
            if !row.is_known() {
                self.floor = self.floor.max(row.revision);
            }
        }
        self.rows.retain(Row::is_known);
    }

    /// All of these changes or none.
    ///
    /// # Errors
    /// The first refusal.
    pub fn commit(&mut self, changes: &[(&str, Change<'_>)], now: i64) -> Result<(Vec<Outcome>, Vec<Told>), Refusal> {
        let mut next = self.clone();
        let (mut outcomes, mut told) = (Vec::new(), Vec::new());
        for (id, change) in changes {
            if let Change::Rename(to) = change {
                let changed = next.rename(id, to, now, &mut told);
                outcomes.push(Outcome { changed, revision: next.revision(to) });
                continue;
            }
            let changed = next.apply(id, *change, now, &mut told)?;
            let Some(changed) = changed else { return Err(Refusal::Conflict(Box::new(self.draft_of(id)))) };
            outcomes.push(Outcome { changed, revision: next.revision(id) });
        }
        *self = next;
        Ok((outcomes, told))
    }

    /// The draft of a conversation, or its absence, as a conflict shows it.
    fn draft_of(&self, id: &str) -> Row {
        let row = self.rows.iter().find(|row| row.id == id).cloned().unwrap_or_default();
        let Row { text, extra, updated_at, .. } = row;
        Row { text, extra, updated_at, revision: self.revision(id), ..Row::default() }
    }

    /// Makes one change. Says whether there was anything to change, or nothing at all if its base does not hold.
    fn apply(&mut self, id: &str, change: Change<'_>, now: i64, told: &mut Vec<Told>) -> Result<Option<bool>, Refusal> {
        self.check_lengths(id, change)?;
        let before = match self.rows.iter().position(|row| row.id == id) {
            Some(place) => self.rows.remove(place),
            None => Row { id: id.to_owned(), ..Row::default() },
        };
        let mut row = before.clone();
        let sending = self.sending.len();
        let mut moves = false;
        match change {
            Change::Set { text, extra, base } => {
                text.clone_into(&mut row.text);
                row.extra = if text.is_empty() { Vec::new() } else { extra.unwrap_or(&before.extra).to_vec() };
                if row != before {
                    if base.is_some_and(|base| !self.holds(&before, base)) {
                        return Ok(None);
                    }
                    row.revision = self.sequence + 1;
                    row.updated_at = if text.is_empty() { 0 } else { now };
                    moves = !text.is_empty() && text != before.text && self.policy == OrderPolicy::DraftFloats;
                    let returned = self.returned.entry(id.to_owned()).or_default();
                    if !row.text.starts_with(&returned.front()) {
                        *returned = Returned::default();
                    } else if row.extra != before.extra {
                        returned.extra_of = None;
                    }
                }
            }
            Change::Update(telling) => {
                moves = is_news(telling, &before.facts);
                tell(telling, &mut row.facts);
            }
            Change::Pin(pinned) => row.pinned = pinned,
            Change::Rename(_) => {}
            Change::BeginSend => {
                if row.text.is_empty() {
                    return Err(Refusal::NothingToSend);
                }
                let (text, extra) = (std::mem::take(&mut row.text), std::mem::take(&mut row.extra));
                self.sending.push(Sending { number: self.sequence + 1, id: id.to_owned(), text, extra });
                self.returned.remove(id);
                row.revision = self.sequence + 1;
                row.updated_at = 0;
            }
            Change::Confirm(number) => drop(self.take_sending(id, number)),
            Change::Abort(number) => {
                if let Some(Sending { text, extra, .. }) = self.take_sending(id, number) {
                    let returned = self.returned.entry(id.to_owned()).or_default();
                    let place = returned.texts.iter().filter(|(other, _)| *other < number).count();
                    let before = Returned { texts: returned.texts[..place].to_vec(), ..Returned::default() }.front();
                    let behind = row.text.strip_prefix(before.as_str()).unwrap_or(&row.text);
                    let behind = if before.is_empty() { behind } else { behind.strip_prefix('\n').unwrap_or(behind) };
                    let parts = [before.as_str(), &text, behind].into_iter().filter(|part| !part.is_empty());
                    row.text = parts.collect::<Vec<_>>().join("\n");
                    if !extra.is_empty() && (row.extra.is_empty() || returned.extra_of.is_some_and(|of| of < number)) {
                        row.extra = extra;
                        returned.extra_of = Some(number);
                    }
                    returned.texts.insert(place, (number, text));
                    row.revision = self.sequence + 1;
                    row.updated_at = now;
                    moves = self.policy == OrderPolicy::DraftFloats;
                }
            }
            Change::Delete => {
                if before.is_known() {
                    self.sending.retain(|sending| sending.id != id);
                    self.returned.remove(id);
                    row = Row { id: row.id, revision: self.sequence + 1, ..Row::default() };
                }
            }
        }
        row.is_sending = self.sending.iter().any(|sending| sending.id == id);
        if !row.is_sending {
            self.returned.remove(id);
        }
        let changed = row != before || self.sending.len() != sending;
        if changed {
            self.sequence += 1;
            if moves || (!before.is_known() && row.is_known()) {
                row.activity = self.sequence;
            }
            told.push(match (before.is_known(), row.is_known()) {
                (false, _) => Told::Added(row.clone(), self.sequence),
                (true, true) => Told::Changed(row.clone(), self.sequence),
                (true, false) => Told::Removed { id: row.id.clone(), revision: row.revision, sequence: self.sequence },
            });
        }
        self.rows.push(row);
        Ok(Some(changed))
    }

    /// Makes one conversation of two, under the second id. Says whether there was anything to rename.
    fn rename(&mut self, from: &str, to: &str, now: i64, told: &mut Vec<Told>) -> bool {
        let Some(old) = self.get(from).cloned().filter(|_| from != to) else { return false };
        let before = self.rows.iter().find(|row| row.id == to).cloned().unwrap_or_default();
        self.sequence += 1;
        let pinned = before.pinned || old.pinned;
        let mut row = Row { id: to.to_owned(), pinned, ..before.clone() };
        row.facts = both(&before.facts, &old.facts);
        row.is_sending |= old.is_sending;
        self.sending.iter_mut().filter(|sending| sending.id == from).for_each(|sending| sending.id = to.to_owned());
        row.activity = if before.is_known() { before.activity.max(old.activity) } else { old.activity };
        if let Some(returned) = self.returned.remove(from)
            && before.text.is_empty()
        {
            self.returned.insert(to.to_owned(), returned);
        }
        if !old.text.is_empty() {
            row.revision = self.sequence;
            if before.text.is_empty() {
                row = Row { text: old.text, extra: old.extra, updated_at: old.updated_at, ..row };
            } else {
                row.text = [before.text.as_str(), &old.text].join("\n");
                row.updated_at = now;
                if self.policy == OrderPolicy::DraftFloats {
                    row.activity = self.sequence;
                }
            }
        }
        let gone = Row { id: from.to_owned(), revision: self.sequence, ..Row::default() };
        told.push(Told::Removed { id: gone.id.clone(), revision: gone.revision, sequence: self.sequence });
        told.push(Told::Changed(row.clone(), self.sequence));
        self.rows.retain(|row| row.id != from && row.id != to);
        self.rows.extend([gone, row]);
        true
    }

    fn take_sending(&mut self, id: &str, number: u64) -> Option<Sending> {
        let place = self.sending.iter().position(|sending| sending.id == id && sending.number == number)?;
        Some(self.sending.remove(place))
    }

    /// Whether a base is what a reader can have read of the draft as it is.
    fn holds(&self, row: &Row, base: u64) -> bool {
        if !row.text.is_empty() {
            return base == row.revision;
        }
        let absent_since = if row.revision > 0 { row.revision } else { self.floor };
        (absent_since..=self.sequence).contains(&base)
    }

    fn check_lengths(&self, id: &str, change: Change<'_>) -> Result<(), Refusal> {
        // A text no longer than the one that is there is always taken.
        let max_text = self.max_text.max(self.get(id).map_or(0, |row| row.text.len()));
        match change {
            Change::Set { text, .. } if text.len() > max_text => Err(Refusal::TextTooLong),
            Change::Set { extra: Some(extra), .. } if extra.len() > MAX_FACT => Err(Refusal::ExtraTooLong),
            Change::Update(telling) if longest(telling) > MAX_FACT => Err(Refusal::FactTooLong),
            _ => Ok(()),
        }
    }
}

/// Whether the told message is newer than the stored one.
fn is_news(telling: &Telling, facts: &Known) -> bool {
    match (&telling.last_message, &facts.last_message) {
        (Some(Some((told, _))), Some((stored, _))) => told > stored,
        (Some(Some(_)), None) => true,
        _ => false,
    }
}

fn tell(telling: &Telling, facts: &mut Known) {
    let Telling { show_name, avatar_url, unread_count, receive_option, last_message, custom_data } = telling.clone();
    show_name.into_iter().for_each(|told| facts.show_name = told);
    avatar_url.into_iter().for_each(|told| facts.avatar_url = told);
    unread_count.into_iter().for_each(|told| facts.unread_count = told);
    receive_option.into_iter().for_each(|told| facts.receive_option = told);
    last_message.into_iter().for_each(|told| facts.last_message = told);
    custom_data.into_iter().for_each(|told| facts.custom_data = told);
}

/// What is known by the first, and else by the second.
fn both(first: &Known, second: &Known) -> Known {
    let (first, second) = (first.clone(), second.clone());
    Known {
        show_name: first.show_name.or(second.show_name),
        avatar_url: first.avatar_url.or(second.avatar_url),
        unread_count: first.unread_count.or(second.unread_count),
        receive_option: first.receive_option.or(second.receive_option),
        last_message: first.last_message.or(second.last_message),
        custom_data: first.custom_data.or(second.custom_data),
    }
}

fn longest(telling: &Telling) -> usize {
    let Telling { show_name, avatar_url, last_message, custom_data, .. } = telling;
    let texts = [show_name, avatar_url].map(|told| told.iter().flatten().map(String::len).max());
    let message = last_message.iter().flatten().map(|(_, body)| body.len()).max();
    let data = custom_data.iter().flatten().map(Vec::len).max();
    texts.into_iter().chain([message, data]).flatten().max().unwrap_or(0)
}
