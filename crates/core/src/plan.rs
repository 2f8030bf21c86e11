//! What a batch does to the records it is about, and what the store has to do for it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::store::{Batch, Change, Committed, Event, Outcome, Record};
use crate::transition::{Moment, conflict, rename, transition};
use crate::{ConversationId, DraftState, Error, Result, Revision};

/// The records a batch is about, as the store holds them; one that is not there is absent.
pub type Records = HashMap<ConversationId, Record>;

/// What a store has to do for a batch.
///
/// Write `writes` and `floor` in one transaction; then publish `events`; then answer `committed`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The answer, its sequence included: what the store's sequence is from now on.
    pub committed: Committed,
    /// Each conversation the batch changed, once: its record before, and its record now. `None` means there is none, so
    /// one that is `None` now is to be removed.
    pub writes: Vec<(Option<Record>, Option<Record>)>,
    /// The floor from now on, if the batch raised it.
    pub floor: Option<u64>,
    /// What to tell the subscribers, in this order.
    pub events: Vec<Event>,
}

/// Applies the rules to a whole batch: the one place where they are applied, for every store.
///
/// `records` has what the store holds of [`Batch::ids`], `sequence` is the store's, `floor` is what an earlier plan left
/// or 0.
///
/// # Errors
/// The first refusal of [`transition`]. Nothing of the batch may be written then.
pub fn plan(batch: &Batch, records: &Records, sequence: u64, floor: u64) -> Result<Plan> {
    let plan = Plan {
        committed: Committed { sequence, outcomes: Vec::with_capacity(batch.changes.len()) },
        writes: Vec::new(),
        floor: None,
        events: Vec::new(),
    };
    let mut planner = Planner { plan, places: HashMap::new(), records, batch };
    for change in &batch.changes {
        if sequence > 0 && matches!(change, Change::Restore { .. }) {
            return Err(Error::NotEmpty);
        }
        let floor = planner.plan.floor.unwrap_or(floor);
        match change.ids() {
            [] => planner.plan.advance(change, floor),
            [from, to] => planner.rename(from, to),
            [id, ..] => planner.change(id, change, floor).map_err(|error| match error {
                // What the batch did before goes with it: the store still holds what it held.
                Error::Conflict { .. } => conflict(records.get(id), sequence),
                error => error,
            })?,
        }
    }
    Ok(planner.plan)
}

/// A plan that is being made.
struct Planner<'a> {
    plan: Plan,
    /// Where each changed conversation stands in the plan's writes.
    places: HashMap<&'a ConversationId, usize>,
    records: &'a Records,
    batch: &'a Batch,
}

impl<'a> Planner<'a> {
    /// The record as the changes before have left it.
    fn record(&self, id: &ConversationId) -> Option<&Record> {
        match self.places.get(id) {
            Some(place) => self.plan.writes[*place].1.as_ref(),
            None => self.records.get(id),
        }
    }

    /// When the next change is made.
    fn moment(&self, floor: u64) -> Moment {
        let Batch { now, policy, .. } = *self.batch;
        Moment { sequence: self.plan.committed.sequence + 1, floor, now, policy }
    }

    fn change(&mut self, id: &'a ConversationId, change: &Change, floor: u64) -> Result<()> {
        let moment = self.moment(floor);
        let record = self.record(id);
        let Some(next) = transition(record, change, &moment)? else {
            self.change_nothing(id);
            return Ok(());
        };
        if matches!(change, Change::KeepUnresolved { .. }) {
            self.answer(&next);
            self.put(id, next);
            return Ok(());
        }
        let was_visible = record.is_some_and(Record::is_visible);
        self.plan.committed.sequence = match change {
            Change::Restore { record } => {
                self.plan.committed.sequence.max(record.activity).max(record.state.revision().get())
            }
            _ => moment.sequence,
        };
        self.answer(&next);
        self.plan.tell(was_visible, &next, self.batch);
        self.put(id, next);
        Ok(())
    }

    fn rename(&mut self, from: &'a ConversationId, to: &'a ConversationId) {
        let moment = self.moment(0);
        let renamed = match self.record(from) {
            Some(old) if old.is_visible() && from != to => rename(old, self.record(to), to, &moment),
            _ => return self.change_nothing(to),
        };
        let mut gone = Record::new(from.clone());
        gone.state = DraftState::Absent(Revision::new(moment.sequence));
        self.plan.committed.sequence = moment.sequence;
        self.answer(&renamed);
        self.plan.tell(true, &gone, self.batch);
        self.plan.tell(true, &renamed, self.batch);
        self.put(from, gone);
        self.put(to, renamed);
    }

    fn change_nothing(&mut self, id: &ConversationId) {
        let revision = self.record(id).map(|record| record.state.revision()).unwrap_or_default();
        let known = known_from(revision, self.plan.committed.sequence);
        self.plan.committed.outcomes.push(Outcome::Unchanged(known));
    }

    fn answer(&mut self, next: &Record) {
        let known = known_from(next.state.revision(), self.plan.committed.sequence);
        self.plan.committed.outcomes.push(Outcome::Changed(known));
    }

    fn put(&mut self, id: &'a ConversationId, next: Record) {
        // What leaves nothing behind, not even the revision of a draft, needs no remains.
        let leaves_something = |next: &Record| {
            next.is_visible() || next.state.revision() > Revision::default() || !next.sending.is_empty()
        };
        let next = Some(next).filter(leaves_something);
        match self.places.get(id) {
            Some(place) => self.plan.writes[*place].1 = next,
            None => {
                self.places.insert(id, self.plan.writes.len());
                self.plan.writes.push((self.records.get(id).cloned(), next));
            }
        }
    }
}

/// The revision of a draft or of its absence, as a reader gets it: the absence of a draft that never was is known from
/// the store's sequence.
fn known_from(revision: Revision, sequence: u64) -> Revision {
    if revision > Revision::default() { revision } else { Revision::new(sequence) }
}

impl Plan {
    fn advance(&mut self, change: &Change, floor: u64) {
        let Change::Advance { sequence } = change else { return };
        let reached = self.committed.sequence.max(*sequence);
        let revision = Revision::new(reached);
        let changes = reached > self.committed.sequence || *sequence > floor;
        self.committed.outcomes.push(if changes { Outcome::Changed(revision) } else { Outcome::Unchanged(revision) });
        self.committed.sequence = reached;
        if *sequence > floor {
            self.floor = Some(*sequence);
        }
    }

    fn tell(&mut self, was_visible: bool, record: &Record, batch: &Batch) {
        let sequence = self.committed.sequence;
        let origin = batch.origin;
        let is_visible = record.is_visible();
        if !was_visible && !is_visible {
            return;
        }
        let conversation = Arc::new(record.clone().into());
        self.events.push(match (was_visible, is_visible) {
            (false, _) => Event::Added { conversation, sequence, origin },
            (true, true) => Event::Changed { conversation, sequence, origin },
            (true, false) => Event::Removed { conversation, sequence, origin },
        });
    }
}

impl Batch {
    /// The conversations whose records [`plan`] needs. One may come more than once.
    pub fn ids(&self) -> impl Iterator<Item = &ConversationId> {
        self.changes.iter().flat_map(Change::ids)
    }
}
