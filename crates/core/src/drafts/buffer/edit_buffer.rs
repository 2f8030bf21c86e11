//! The text that the composers of one conversation share, and what is known of the store's.

use std::collections::VecDeque;
use std::time::Duration;

use super::conflict::{Conflict, Uncertain};
use super::writes::Seen;
use crate::transition::joined;
use crate::{ConversationId, Draft, DraftState, Error, Origin, Result, Revision};

/// How long a failed save waits before it is tried again; twice as long after each further failure.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// How long at most.
const LAST_RETRY: Duration = Duration::from_secs(60);

/// When edits are saved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// After so long without an edit.
    pub(crate) quiet: Duration,
    /// And so long after the first at the latest.
    pub(crate) longest: Duration,
}

/// A text and its extra: one value, from the field to the disk.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) extra: Vec<u8>,
}

/// What the store holds of a draft.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(super) revision: Revision,
    pub(super) content: Content,
}

/// One conversation that somebody composes in or writes to.
#[derive(Clone)]
pub(crate) struct EditBuffer<C> {
    pub(crate) id: ConversationId,
    /// Who edited last.
    pub(super) origin: Origin,
    /// What its fields show.
    pub(crate) content: Content,
    /// What was typed, as long as the fields show it joined with something that is stored.
    pub(super) typed: Option<Box<Content>>,
    /// The number of the last edit.
    pub(super) edited: u64,
    /// All edits up to this number are in the store, or were replaced there.
    pub(super) saved: u64,
    /// When it was edited last, in milliseconds since the Unix epoch, UTC.
    pub(super) edited_at: i64,
    /// How many edits no save has taken yet.
    pub(super) edits: u64,
    /// What the store holds, as far as it is known; `None` before it is loaded.
    pub(super) stored: Option<Stored>,
    pub(super) conflict: Option<Box<Conflict>>,
    /// Our text of a conflict that was ended by keeping both, until it is saved: what is stored may change once more.
    pub(super) rejoins: Option<Box<Content>>,
    /// The lives whose edits of a conflict the record keeps, to be forgotten when the conflict is over.
    pub(super) kept_lives: Vec<u64>,
    pub(super) uncertain: Option<Box<Uncertain>>,
    /// Open composers.
    pub(super) fields: usize,
    /// Seats: composers, and whoever waits for an edit.
    pub(super) seats: usize,
    /// True if a field may show what is outdated.
    pub(super) is_stale: bool,
    /// The first write: the one in flight, or the next.
    pub(super) head: Option<u64>,
    /// The writes behind it.
    pub(super) queue: VecDeque<u64>,
    /// The head, or what it needs first, while the store works on it.
    pub(super) in_flight: Option<u64>,
    /// Who waits until the edits up to a number are saved.
    pub(super) waiting: Vec<(u64, C)>,
    /// The first edit that no save has taken yet.
    first_edit: Option<Duration>,
    last_edit: Duration,
    is_urgent: bool,
    retry: Option<Retry>,
}

#[derive(Clone)]
struct Retry {
    at: Duration,
    delay: Duration,
}

impl Content {
    pub(super) fn of(state: &DraftState) -> Self {
        let (text, extra) = state.draft().map_or(("", &[][..]), |draft| (draft.text(), draft.extra()));
        Self { text: text.to_owned(), extra: extra.to_vec() }
    }

    /// Returns both texts, this one first, and the extra of the second unless it has none.
    pub(super) fn joined(&self, second: &Self) -> Self {
        let extra = if second.extra.is_empty() { &self.extra } else { &second.extra };
        Self { text: joined(&self.text, &second.text), extra: extra.clone() }
    }

    /// Returns what a store makes of it: without a text there is no draft.
    pub(super) fn as_stored(&self) -> Self {
        if self.text.is_empty() { Self::default() } else { self.clone() }
    }

    /// Returns true if storing it would leave the draft as it is.
    pub(super) fn is_stored_as(&self, stored: &Self) -> bool {
        self.text == stored.text && (self.text.is_empty() || self.extra == stored.extra)
    }
}

impl Stored {
    pub(super) fn of(state: &DraftState) -> Self {
        Self { revision: state.revision(), content: Content::of(state) }
    }

    pub(super) fn absent(revision: Revision) -> Self {
        Self { revision, content: Content::default() }
    }

    pub(super) fn state(&self) -> DraftState {
        match self.content.text.is_empty() {
            true => DraftState::Absent(self.revision),
            false => {
                DraftState::Present(Draft::new(self.content.text.clone(), self.content.extra.clone(), self.revision, 0))
            }
        }
    }
}

impl<C> EditBuffer<C> {
    pub(super) fn new(id: ConversationId, origin: Origin) -> Self {
        Self {
            id,
            origin,
            content: Content::default(),
            typed: None,
            edited: 0,
            saved: 0,
            edited_at: 0,
            edits: 0,
            stored: None,
            conflict: None,
            rejoins: None,
            kept_lives: Vec::new(),
            uncertain: None,
            fields: 0,
            seats: 0,
            is_stale: false,
            head: None,
            queue: VecDeque::new(),
            in_flight: None,
            waiting: Vec::new(),
            first_edit: None,
            last_edit: Duration::ZERO,
            is_urgent: false,
            retry: None,
        }
    }

    /// Returns true if there are edits that the store does not have.
    pub(crate) fn is_dirty(&self) -> bool {
        self.edited > self.saved
    }

    /// Returns what is typed and not saved, and the number of its last edit.
    pub(super) fn unsaved(&self) -> Option<Box<Seen>> {
        self.is_dirty().then(|| {
            let typed = self.typed.as_deref().cloned();
            Box::new(Seen { edit: self.edited, content: self.content.clone(), typed })
        })
    }

    /// Returns true if no write is in flight or queued.
    pub(super) fn is_free(&self) -> bool {
        self.in_flight.is_none() && self.head.is_none() && self.queue.is_empty()
    }

    /// Returns true if nobody needs it any more.
    pub(super) fn is_idle(&self) -> bool {
        self.seats == 0 && !self.is_dirty() && self.is_free() && self.kept_lives.is_empty()
    }

    /// Returns true if the autosave worker has something to do, now or later.
    pub(super) fn has_work(&self) -> bool {
        self.is_dirty() || !self.kept_lives.is_empty() || self.is_stale
    }

    /// Returns true if the store has to be told something: what is typed, or that what was kept of a conflict is over.
    pub(super) fn has_writes_due(&self) -> bool {
        self.is_dirty() || !self.kept_lives.is_empty()
    }

    /// Returns true if the store has to be told something for the edits up to this number.
    pub(super) fn has_writes_due_for(&self, edit: u64) -> bool {
        (self.is_dirty() && self.saved < edit) || !self.kept_lives.is_empty()
    }

    /// Returns what [`Drafts::get`](crate::Drafts::get) shows in place of what is stored: `None` if that is to be shown.
    pub(super) fn pending(&self) -> Option<Option<Draft>> {
        self.is_dirty().then(|| {
            let Content { text, extra } = &self.content;
            let revision = self.stored.as_ref().map_or_else(Revision::default, |stored| stored.revision);
            (!text.is_empty()).then(|| Draft::new(text.as_str(), extra.clone(), revision, self.edited_at))
        })
    }

    /// Returns what is typed as the state of a draft, for a refusal.
    pub(super) fn typed_state(&self) -> DraftState {
        let revision = self.stored.as_ref().map_or_else(Revision::default, |stored| stored.revision);
        match self.pending() {
            Some(Some(draft)) => DraftState::Present(draft),
            _ => DraftState::Absent(revision),
        }
    }

    /// # Errors
    /// [`Error::Conflict`] as long as the host has not chosen.
    pub(super) fn check_conflict(&self) -> Result<()> {
        match &self.conflict {
            Some(conflict) => Err(Error::Conflict { current: Box::new(conflict.theirs.clone()) }),
            None => Ok(()),
        }
    }

    /// Takes an edit; returns the text before.
    pub(super) fn edit(&mut self, text: String, origin: Origin, number: u64, now: Duration, date: i64) -> String {
        let before = std::mem::replace(&mut self.content.text, text);
        self.origin = origin;
        self.edited = number;
        self.edited_at = date;
        self.edits += 1;
        self.typed = None;
        self.rejoins = None;
        self.last_edit = now;
        self.first_edit.get_or_insert(now);
        before
    }

    /// Shows what is typed joined with something that is stored, which goes if that is replaced before it is saved.
    pub(super) fn show_joined(&mut self, joined: Content, typed: Content) {
        self.content = joined;
        self.typed.get_or_insert_with(|| Box::new(typed));
        self.is_urgent = true;
    }

    /// Shows what was typed alone again: what it was joined with is not stored any more.
    pub(super) fn leave_joined(&mut self) {
        if let Some(typed) = self.typed.take() {
            self.content = *typed;
        }
    }

    /// Goes on from what a write has left under what was typed since.
    pub(super) fn rebase(&mut self, stored: Stored) {
        self.stored = Some(stored);
        self.conflict = None;
        self.uncertain = None;
        self.rejoins = None;
    }

    /// Shows what is stored.
    pub(super) fn adopt(&mut self, stored: Stored) {
        self.content = stored.content.clone();
        self.typed = None;
        self.stored = Some(stored);
        self.saved = self.saved.max(self.edited);
        self.conflict = None;
        self.uncertain = None;
        self.rejoins = None;
        self.is_stale = false;
        self.rest();
    }

    /// Goes on from what is stored, if nothing is typed. What a field shows beside an empty text stays in the field.
    pub(super) fn refresh(&mut self, stored: Stored) {
        let shown = self.content.is_stored_as(&stored.content).then(|| self.content.clone());
        self.adopt(stored);
        self.content = shown.unwrap_or_else(|| std::mem::take(&mut self.content));
    }

    /// Records that all edits up to this number are in the store, or were replaced there; returns who waited for that.
    pub(super) fn settle_edits(&mut self, number: u64) -> Vec<C> {
        self.saved = self.saved.max(number);
        self.retry = None;
        if !self.is_dirty() {
            self.rest();
        }
        let saved = self.saved;
        self.waiting.extract_if(.., |(number, _)| *number <= saved).map(|(_, caller)| caller).collect()
    }

    fn rest(&mut self) {
        self.first_edit = None;
        self.is_urgent = false;
        self.retry = None;
        self.edits = 0;
    }

    /// Makes what is typed due now.
    pub(super) fn hurry(&mut self) {
        self.is_urgent |= self.is_dirty();
    }

    /// Records that a save takes along what is typed up to this number; returns how many edits that are. What is left is due
    /// as before.
    pub(super) fn take_edits(&mut self, number: u64) -> u64 {
        if self.edited <= number {
            self.first_edit = None;
            self.is_urgent = false;
        }
        std::mem::take(&mut self.edits)
    }

    /// Records that a save was not made, and when to try again.
    pub(super) fn fail(&mut self, edits: u64, now: Duration) {
        self.edits += edits;
        let delay = self.retry.as_ref().map_or(FIRST_RETRY, |retry| LAST_RETRY.min(retry.delay * 2));
        self.retry = Some(Retry { at: now.saturating_add(delay), delay });
    }

    /// Returns when what is typed is to be written.
    pub(super) fn typed_due(&self, pace: Pace) -> Duration {
        match (&self.retry, self.first_edit) {
            _ if self.is_urgent => Duration::ZERO,
            (Some(retry), _) => retry.at,
            (None, Some(first)) => self.last_edit.saturating_add(pace.quiet).min(first.saturating_add(pace.longest)),
            (None, None) => Duration::ZERO,
        }
    }

    /// Returns when something that has failed is to be tried again.
    pub(super) fn retry_due(&self) -> Duration {
        self.retry.as_ref().map_or(Duration::ZERO, |retry| retry.at)
    }

    /// Takes over the timers of a buffer that this one is joined with.
    pub(super) fn join_timers(&mut self, other: &Self) {
        self.first_edit = [self.first_edit, other.first_edit].into_iter().flatten().min();
        self.last_edit = self.last_edit.max(other.last_edit);
        self.edited_at = self.edited_at.max(other.edited_at);
        self.edits += other.edits;
    }
}
