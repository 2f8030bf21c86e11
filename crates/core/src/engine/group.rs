//! Group commit: all that is queued in one transaction, with one flush.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::queue::{Commit, Job};
use super::store::Shared;
use super::{Engine, Finish, Transaction, View};
use crate::store::{Batch, Change, Committed, Cursor, Event, Plan, Record, Records, Scope, Shelf, plan};
use crate::{Error, OrderKey, Result};

/// The name of a number the sequence is not below, for sequences that no record shows.
const SEQUENCE: &str = "sequence";
/// The name of the floor of bases on absent drafts.
const FLOOR: &str = "floor";

/// How many records are read at a time.
const STEP: usize = 256;

/// What a group came to.
struct Written {
    answers: Vec<Result<Committed>>,
    events: Vec<Event>,
}

impl<E: Engine> Shared<E> {
    /// Does these jobs, in order. Commits that follow each other share a transaction.
    pub(super) fn run(&self, jobs: Vec<Job>) {
        let mut commits = Vec::with_capacity(jobs.len());
        for job in jobs {
            match job {
                Job::Commit(commit) => commits.push(commit),
                Job::Maintain(task, answer) => {
                    self.commit(std::mem::take(&mut commits));
                    answer.send(self.maintain(task));
                }
                Job::Close(answer) => {
                    self.commit(std::mem::take(&mut commits));
                    answer.send(self.close());
                }
            }
        }
        self.commit(commits);
    }

    fn commit(&self, commits: Vec<Commit>) {
        if commits.is_empty() {
            return;
        }
        let written = self.check_sound().and_then(|()| self.engine(|engine| self.write(engine, &commits)));
        match written {
            Ok(Written { answers, events }) => {
                let alarm = self.feed.publish(events);
                for (commit, answer) in commits.into_iter().zip(answers) {
                    commit.answer.send(answer);
                }
                alarm.ring();
            }
            Err(error @ Error::DiskFull) if commits.len() > 1 => {
                // A large one fails alone.
                self.note_failed_write(&error);
                commits.into_iter().for_each(|commit| self.commit(vec![commit]));
            }
            Err(error) => {
                self.note_failed_write(&error);
                for commit in commits {
                    commit.answer.send(Err(error.clone()));
                }
            }
        }
    }

    fn write(&self, engine: &E, commits: &[Commit]) -> Result<Written> {
        let mut begin = 0;
        let mut end = 0;
        let mut is_commit = false;
        let mut written = engine.write(|transaction| {
            begin = sequence(transaction)?;
            let (finish, sequence) = write_group(transaction, commits, begin)?;
            end = sequence;
            is_commit = matches!(finish, Finish::Commit(_));
            Ok(finish)
        })?;
        if is_commit {
            let written = written.answers.iter().filter(|answer| answer.is_ok());
            self.count(written.count() as u64, engine.flushes());
        }
        if self.seen.swap(end, Ordering::Relaxed) != begin {
            written.events.insert(0, Event::Resync { sequence: begin });
        }
        Ok(written)
    }

    fn count(&self, batches: u64, flushes: bool) {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups.transactions += 1;
        groups.batches += batches;
        groups.largest = groups.largest.max(batches);
        groups.flushes += u64::from(flushes);
    }

    /// Tells the subscribers if another process has committed. For the leader only.
    pub(super) fn look_for_others(&self) {
        // A failure to read shows at the next call that needs an answer.
        let Ok(now) = self.engine(|engine| engine.read(|view| sequence(view))) else { return };
        if self.seen.swap(now, Ordering::Relaxed) != now {
            self.feed.publish(vec![Event::Resync { sequence: now }]).ring();
        }
    }
}

/// Writes every batch that is not refused; says what to do with the transaction, and the sequence after it.
fn write_group(transaction: &mut impl Transaction, commits: &[Commit], begin: u64) -> Result<(Finish<Written>, u64)> {
    let mut written = Written { answers: Vec::with_capacity(commits.len()), events: Vec::new() };
    let mut sequence = begin;
    let mut is_dirty = false;
    let mut is_shown = true;
    for Commit { batch, .. } in commits {
        let plan = match plan_batch(transaction, batch, sequence) {
            Ok(plan) => plan,
            // About this batch alone: it is against a rule, or one of its records cannot be read.
            Err(
                refused @ (Error::Conflict { .. }
                | Error::NothingToSend
                | Error::NotPending
                | Error::NotEmpty
                | Error::Corrupt { .. }
                | Error::SchemaTooNew { .. }),
            ) => {
                written.answers.push(Err(refused));
                continue;
            }
            Err(error) => return Err(error),
        };
        for (before, now) in &plan.writes {
            if before.is_some() || now.is_some() {
                transaction.replace(before.as_ref(), now.as_ref())?;
            }
            is_dirty = true;
        }
        if let Some(floor) = plan.floor {
            transaction.put_number(FLOOR, floor)?;
            is_dirty = true;
        }
        if plan.committed.sequence > sequence {
            sequence = plan.committed.sequence;
            is_dirty = true;
            is_shown = shows(&plan, sequence);
        }
        written.events.extend(plan.events);
        written.answers.push(Ok(plan.committed));
    }
    if !is_dirty {
        return Ok((Finish::RollBack(written), sequence));
    }
    if !is_shown {
        transaction.put_number(SEQUENCE, sequence)?;
    }
    transaction.remember(sequence);
    Ok((Finish::Commit(written), sequence))
}

fn plan_batch(transaction: &impl View, batch: &Batch, sequence: u64) -> Result<Plan> {
    let mut records = Records::with_capacity(batch.changes.len());
    for id in batch.ids() {
        if !records.contains_key(id)
            && let Some(record) = transaction.get(id)?
        {
            records.insert(id.clone(), record);
        }
    }
    let asks_floor = |change: &Change| match change {
        Change::SetDraft { base, .. } | Change::BeginSend { base, .. } => base.is_some(),
        Change::Advance { .. } => true,
        _ => false,
    };
    let floor = if batch.changes.iter().any(asks_floor) { transaction.number(FLOOR)? } else { 0 };
    plan(batch, &records, sequence, floor)
}

/// Whether a record the plan leaves behind shows this sequence to [`sequence()`].
fn shows(plan: &Plan, sequence: u64) -> bool {
    let mut left = plan.writes.iter().filter_map(|(_, now)| now.as_ref());
    left.any(|record| record.is_visible() && record.activity == sequence)
}

/// The store's sequence. It is not kept anywhere by itself: the greatest activity of any conversation shows it, and where
/// it does not, the number [`SEQUENCE`] does. That saves every plain `set` a second write.
pub(super) fn sequence(view: &impl View) -> Result<u64> {
    if let Some(sequence) = view.remembered()? {
        return Ok(sequence);
    }
    let mut sequence = view.number(SEQUENCE)?;
    for shelf in Scope::Conversations.shelves() {
        for at_most in [OrderKey::MAX, OrderKey::MAX_UNPINNED] {
            if let Some(key) = view.top(*shelf, at_most)? {
                sequence = sequence.max(key.activity());
            }
        }
    }
    view.remember(sequence);
    Ok(sequence)
}

/// Removes what deleted conversations left behind. From then on a base that was read from it is refused: it is below the
/// floor.
pub(super) fn collect_remains<E: Engine>(engine: &E) -> Result<()> {
    let remains = &[Shelf::Remains];
    // What is typed in a conflict stays with the record that has it.
    let is_empty = |record: &Record| record.sending.is_empty();
    if !engine.read(|view| any_record(view, remains, is_empty))? {
        return Ok(());
    }
    engine.write(|transaction| {
        let mut floor = transaction.number(FLOOR)?;
        let mut after: Option<Cursor> = None;
        loop {
            let records = transaction.scan(remains, after.as_ref(), STEP)?;
            let Some(last) = records.last() else { break };
            after = Some(Cursor::new(last.order_key(), last.id.clone()));
            for record in records.iter().filter(|record| is_empty(record)) {
                floor = floor.max(record.state.revision().get());
                transaction.replace(Some(record), None)?;
            }
        }
        transaction.put_number(FLOOR, floor)?;
        Ok(Finish::Commit(()))
    })
}

/// Returns true if one of the records of a list is such a one.
fn any_record(view: &impl View, shelves: &[Shelf], is_such: impl Fn(&Record) -> bool) -> Result<bool> {
    let mut after: Option<Cursor> = None;
    loop {
        let records = view.scan(shelves, after.as_ref(), STEP)?;
        let Some(last) = records.last() else { return Ok(false) };
        if records.iter().any(&is_such) {
            return Ok(true);
        }
        after = Some(Cursor::new(last.order_key(), last.id.clone()));
    }
}
