//! The text that the composers of one conversation share, and what becomes of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_channel::oneshot;

use super::save::{Bells, Save};
use crate::transition::joined;
use crate::{ConversationId, Draft, DraftState, Error, Keep, Origin, Outcome, Result, Revision};

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

/// A conversation somebody composes in, or whose text is not saved yet.
pub(crate) struct Slot {
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) id: ConversationId,
    /// Who edited last.
    origin: Origin,
    text: String,
    extra: Vec<u8>,
    /// The revision that the text was made of; `None` until it is loaded.
    base: Option<Revision>,
    /// When it was edited last, in milliseconds since the Unix epoch, UTC.
    edited_at: i64,
    /// How many edits there were.
    version: u64,
    /// Up to which of them all is in the store, or was replaced there.
    saved: u64,
    pub(crate) composers: usize,
    /// Whether a save has moved the conversation up already.
    has_moved: bool,
    /// Whether the autosave has it on its list.
    pub(crate) is_listed: bool,
    /// The first edit that no save has taken yet.
    first_edit: Option<Duration>,
    last_edit: Duration,
    is_urgent: bool,
    retry: Option<Retry>,
    /// What somebody else has stored, if the text cannot be saved over it.
    conflict: Option<DraftState>,
    /// Whether somebody writes who must be alone.
    is_taken: bool,
    /// How many of our own calls, which always win, are on their way to the store.
    holds: usize,
    /// A write of our own of which nobody knows whether it was made: the edits it knew, and the text it has left if it was.
    astray: Option<(u64, String)>,
    /// Who waits for a turn.
    queue: Vec<oneshot::Sender<()>>,
    /// Who waits until an edit is saved.
    receipts: Vec<(u64, oneshot::Sender<Result<()>>)>,
}

struct Retry {
    at: Duration,
    delay: Duration,
}

impl Slot {
    pub(crate) fn new(id: ConversationId, origin: Origin) -> Self {
        let state = State {
            id,
            origin,
            text: String::new(),
            extra: Vec::new(),
            base: None,
            edited_at: 0,
            version: 0,
            saved: 0,
            composers: 0,
            has_moved: false,
            is_listed: false,
            first_edit: None,
            last_edit: Duration::ZERO,
            is_urgent: false,
            retry: None,
            conflict: None,
            is_taken: false,
            holds: 0,
            astray: None,
            queue: Vec::new(),
            receipts: Vec::new(),
        };
        Self { state: Mutex::new(state) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn extra(&self) -> &[u8] {
        &self.extra
    }

    pub(crate) fn conflict(&self) -> Option<&DraftState> {
        self.conflict.as_ref()
    }

    /// # Errors
    /// [`Error::Conflict`] as long as the host has not chosen.
    pub(crate) fn check_conflict(&self) -> Result<()> {
        match self.conflict.clone().map(Box::new) {
            Some(current) => Err(Error::Conflict { current }),
            None => Ok(()),
        }
    }

    /// Whether there are edits that the store does not have.
    pub(crate) fn is_dirty(&self) -> bool {
        self.version > self.saved
    }

    /// One composer more. Where there was none, its first save moves the conversation up.
    pub(crate) fn join(&mut self) {
        self.has_moved &= self.composers > 0;
        self.composers += 1;
    }

    /// Whether nobody needs it any more.
    pub(crate) fn is_idle(&self) -> bool {
        self.composers == 0 && !self.is_dirty() && !self.is_taken && self.holds == 0 && self.queue.is_empty()
    }

    /// What [`Drafts::get`](crate::Drafts::get) shows in place of what is stored: `None` if that is to be shown.
    pub(crate) fn pending(&self) -> Option<Option<Draft>> {
        self.is_dirty().then(|| {
            let draft = || Draft::new(&self.text, self.extra.clone(), self.base.unwrap_or_default(), self.edited_at);
            (!self.text.is_empty()).then(draft)
        })
    }

    /// The text as its composers know it, and what it was made of; `None` until it is loaded.
    pub(crate) fn known(&self) -> Option<(String, Revision)> {
        self.base.map(|base| (self.text.clone(), base))
    }

    /// Takes what is stored, unless it knows something newer.
    pub(crate) fn load(&mut self, stored: &DraftState) {
        let is_free = !self.is_dirty() && !self.is_taken && self.holds == 0;
        if self.base.is_none_or(|base| is_free && base < stored.revision()) {
            self.adopt(stored);
        }
    }

    fn adopt(&mut self, stored: &DraftState) {
        self.base = Some(stored.revision());
        self.text = stored.draft().map_or("", Draft::text).to_owned();
        self.extra = stored.draft().map_or(&[][..], Draft::extra).to_vec();
        self.conflict = None;
        self.astray = None;
        self.retry = None;
    }

    /// Takes an edit; says whether it was one, and whether it is the first that the store does not have.
    pub(crate) fn edit(&mut self, text: String, origin: Origin, now: Duration, date: i64) -> (bool, bool) {
        if text == self.text {
            return (false, false);
        }
        let was_clean = !self.is_dirty();
        self.text = text;
        self.origin = origin;
        self.version += 1;
        self.edited_at = date;
        self.last_edit = now;
        self.first_edit.get_or_insert(now);
        (true, was_clean)
    }

    /// What tells when this edit is saved; `None` if it is already.
    pub(crate) fn receipt(&mut self, version: u64) -> Option<oneshot::Receiver<Result<()>>> {
        if version <= self.saved {
            return None;
        }
        let (receipt, saved) = oneshot::channel();
        match self.check_conflict() {
            Ok(()) => self.receipts.push((version, receipt)),
            // Nobody waits for the choice of a person.
            conflict => drop(receipt.send(conflict)),
        }
        Some(saved)
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// When it is to be saved; `None` if it is not.
    pub(crate) fn due(&self, pace: Pace) -> Option<Duration> {
        if !self.is_dirty() || self.is_taken || self.holds > 0 || self.conflict.is_some() {
            return None;
        }
        match (&self.retry, self.first_edit) {
            _ if self.is_urgent => Some(Duration::ZERO),
            (Some(retry), _) => Some(retry.at),
            (None, Some(first)) => Some((self.last_edit + pace.quiet).min(first + pace.longest)),
            (None, None) => Some(Duration::ZERO),
        }
    }

    pub(crate) fn hurry(&mut self) {
        self.is_urgent = self.is_dirty();
    }

    /// Lets nobody else write until [`end`](Self::end); `None` if somebody does, who gives notice then.
    pub(crate) fn begin(&mut self) -> Option<oneshot::Receiver<()>> {
        if self.is_taken || self.holds > 0 {
            let (next, turn) = oneshot::channel();
            self.queue.push(next);
            return Some(turn);
        }
        self.is_taken = true;
        None
    }

    pub(crate) fn end(&mut self) -> Bells {
        self.is_taken = false;
        self.next()
    }

    /// Whoever waits looks again.
    fn next(&mut self) -> Bells {
        match self.holds {
            0 => Bells { queue: std::mem::take(&mut self.queue), ..Bells::default() },
            _ => Bells::default(),
        }
    }

    /// The save of what the store does not have, if there is any and nobody has to choose first. For who has the turn.
    pub(crate) fn take(&mut self) -> Option<Save> {
        let base = self.base.filter(|_| self.is_dirty() && self.conflict.is_none())?;
        self.first_edit = None;
        self.is_urgent = false;
        Some(Save {
            version: self.version,
            origin: self.origin,
            base,
            id: self.id.clone(),
            text: self.text.clone(),
            keeps_place: self.has_moved,
        })
    }

    /// How many edits a save makes needless.
    pub(crate) fn edits_before(&self, save: &Save) -> u64 {
        save.version.saturating_sub(self.saved + 1)
    }

    /// A save was made.
    pub(crate) fn saved(&mut self, save: &Save, outcome: Outcome) -> Bells {
        self.has_moved |= outcome.is_changed();
        self.base = self.base.max(Some(outcome.revision()));
        self.retry = None;
        self.astray = None;
        self.settle(save.version)
    }

    /// All edits up to this one are in the store, or were replaced there.
    fn settle(&mut self, version: u64) -> Bells {
        self.saved = self.saved.max(version);
        if !self.is_dirty() {
            self.first_edit = None;
            self.is_urgent = false;
        }
        let settled = self.receipts.extract_if(.., |(version, _)| *version <= self.saved);
        Bells { receipts: settled.map(|(_, receipt)| (receipt, Ok(()))).collect(), queue: Vec::new() }
    }

    /// A save was not made.
    pub(crate) fn failed(&mut self, save: &Save, error: &Error, now: Duration) -> Bells {
        if let Error::Conflict { current } = error {
            return self.meet(save.base, current).1;
        }
        if error.is_uncertain() {
            self.lose_track(save.version, save.text.clone());
        }
        let delay = self.retry.as_ref().map_or(FIRST_RETRY, |retry| LAST_RETRY.min(retry.delay * 2));
        self.retry = Some(Retry { at: now + delay, delay });
        self.refuse(error)
    }

    fn refuse(&mut self, error: &Error) -> Bells {
        let receipts = self.receipts.drain(..).map(|(_, receipt)| (receipt, Err(error.clone())));
        Bells { receipts: receipts.collect(), queue: Vec::new() }
    }

    /// The store has something else than what this base was. If that was a write of our own, the next save knows better;
    /// else the host has to choose, and where nobody composes any more, both are kept. Says whether it was somebody else's.
    pub(crate) fn meet(&mut self, base: Revision, current: &DraftState) -> (bool, Bells) {
        if self.holds > 0 || self.base != Some(base) {
            self.hurry();
            return (false, Bells::default());
        }
        let text = current.draft().map_or("", Draft::text);
        if let Some((version, _)) = self.astray.take_if(|(_, left)| left == text) {
            return (false, self.replaced(version, current));
        }
        if !self.is_dirty() {
            self.version += 1;
        }
        self.conflict = Some(current.clone());
        if self.composers == 0 {
            return (true, self.resolve(Keep::Both).unwrap_or_default());
        }
        (true, self.refuse(&Error::Conflict { current: Box::new(current.clone()) }))
    }

    /// Ends a conflict; `None` if there is none.
    pub(crate) fn resolve(&mut self, keep: Keep) -> Option<Bells> {
        let current = self.conflict.take()?;
        let ours = std::mem::take(&mut self.text);
        self.adopt(&current);
        match keep {
            Keep::Theirs => return Some(self.settle(self.version)),
            Keep::Ours => self.text = ours,
            Keep::Both => self.text = joined(&self.text, &ours),
        }
        self.version += 1;
        self.is_urgent = true;
        Some(Bells::default())
    }

    /// A call of our own that always wins is on its way; gives the edits it knows.
    pub(crate) fn hold(&mut self) -> u64 {
        self.holds += 1;
        self.version
    }

    /// It was answered, or nobody has waited for that.
    pub(crate) fn let_go(&mut self) -> Bells {
        self.holds -= 1;
        self.next()
    }

    /// Waits for calls of our own that are on their way; `None` if there are none.
    pub(crate) fn holds(&mut self) -> Option<oneshot::Receiver<()>> {
        (self.holds > 0).then(|| {
            let (next, answered) = oneshot::channel();
            self.queue.push(next);
            answered
        })
    }

    /// A write of our own has left this in the store, in the place of all edits up to this one. Newer ones stay, and know of
    /// it.
    pub(crate) fn replaced(&mut self, version: u64, now: &DraftState) -> Bells {
        if self.base.is_some_and(|base| base > now.revision()) {
            return Bells::default();
        }
        let ours = (self.version > version).then(|| std::mem::take(&mut self.text));
        self.adopt(now);
        self.text = ours.unwrap_or_else(|| std::mem::take(&mut self.text));
        self.settle(version)
    }

    /// [`replaced`](Self::replaced), when the conversation is another one from now on, whose revisions say nothing of those
    /// before.
    pub(crate) fn moved(&mut self, version: u64, now: &DraftState) -> Bells {
        self.base = None;
        self.replaced(version, now)
    }

    /// A text that was not sent stands in front of the draft again, which is this now. A conflict goes on, with that.
    pub(crate) fn unsent(&mut self, version: u64, unsent: &str, now: &DraftState) -> Bells {
        if let Some(current) = &mut self.conflict {
            current.clone_from(now);
            return Bells::default();
        }
        let is_newer = self.version > version;
        let bells = self.replaced(version, now);
        if is_newer {
            self.text = joined(unsent, &self.text);
            self.version += 1;
        }
        bells
    }

    /// Nobody knows whether a write of our own was made: this is what it leaves if it was.
    pub(crate) fn lose_track(&mut self, version: u64, text: String) {
        self.astray = Some((version, text));
    }
}
