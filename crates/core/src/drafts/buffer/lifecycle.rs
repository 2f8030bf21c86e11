//! Suspending, resuming and closing: one at a time, each to its end, whoever still waits for it.

use std::collections::BTreeMap;

use super::{BufferKey, Effects, Job, Machine, Reply, Submit};
use crate::store::Task;
use crate::{ConversationId, Error, Result};

/// What a [`Drafts`](crate::Drafts) is asked to do with its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifecycle {
    Suspend,
    Resume,
    Close,
}

/// Whether the store can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// What is typed is being saved; edits go on, other calls are refused.
    Suspending,
    /// The files are closed; edits go on, in memory.
    Suspended,
    Resuming,
    /// What is typed is being saved; edits are refused, so that none is accepted that nobody saves.
    Closing,
    Closed,
}

/// Saving everything before the store is suspended or closed.
#[derive(Clone)]
pub(super) struct Drain {
    number: u64,
    kind: Lifecycle,
    /// The phase before, to which a close that must not close goes back.
    before: Phase,
    /// The buffers that are to be written, up to this edit, and have neither been nor failed to be. What is typed later may
    /// come faster than it is saved.
    left: BTreeMap<BufferKey, u64>,
    failed: Vec<(BufferKey, ConversationId, Error)>,
    /// The answer, once the store is asked.
    flushed: Result<()>,
    is_submitted: bool,
}

impl<C: Clone + Default> Machine<C> {
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns true if the store is suspended, or will be without another call.
    pub(crate) fn is_suspended_soon(&self) -> bool {
        self.phase == Phase::Suspended || self.lifecycle.iter().any(|(_, kind, _)| *kind == Lifecycle::Suspend)
    }

    /// Begins to suspend, to resume or to close, when those before have ended; returns its number. It goes on to its end,
    /// also if nobody waits for that.
    pub(crate) fn begin_lifecycle(&mut self, kind: Lifecycle, caller: C, effects: &mut Effects<C>) -> u64 {
        let number = self.next_number();
        self.lifecycle.push_back((number, kind, caller));
        if self.lifecycle.len() == 1 {
            self.start_lifecycle(effects);
        }
        number
    }

    fn start_lifecycle(&mut self, effects: &mut Effects<C>) {
        let Some((number, kind, caller)) = self.lifecycle.front().cloned() else { return };
        let before = self.phase;
        let mut drain = Drain {
            number,
            kind,
            before,
            left: BTreeMap::new(),
            failed: Vec::new(),
            flushed: Ok(()),
            is_submitted: false,
        };
        match (kind, before) {
            (Lifecycle::Suspend | Lifecycle::Resume, Phase::Closed) => {
                return self.end_lifecycle(Err(Error::Closed), effects);
            }
            (Lifecycle::Resume, _) => {
                if before == Phase::Suspended {
                    self.phase = Phase::Resuming;
                }
                drain.is_submitted = true;
                effects.submits.push(Submit { number, job: Job::Maintain(Task::Resume), caller, is_save: false });
            }
            (Lifecycle::Suspend | Lifecycle::Close, Phase::Suspended) | (Lifecycle::Close, Phase::Closed) => {}
            (Lifecycle::Suspend, _) => self.phase = Phase::Suspending,
            (Lifecycle::Close, _) => self.phase = Phase::Closing,
        }
        if matches!(self.phase, Phase::Suspending | Phase::Closing) {
            self.hurry(effects);
            for (key, buffer) in self.listed.iter().map(|key| (*key, &self.buffers[key])) {
                match buffer.check_conflict() {
                    Ok(()) if buffer.has_writes_due() => drop(drain.left.insert(key, buffer.edited)),
                    Ok(()) => {}
                    Err(conflict) => drain.failed.push((key, buffer.id.clone(), conflict)),
                }
            }
        }
        self.drain = Some(drain);
        self.drain(effects);
    }

    /// What was typed in a buffer is saved.
    pub(super) fn drain_saved(&mut self, key: BufferKey) {
        let buffer = &self.buffers[&key];
        if let Some(drain) = &mut self.drain
            && drain.left.get(&key).is_some_and(|edit| !buffer.has_writes_due_for(*edit))
        {
            drain.left.remove(&key);
        }
    }

    /// What was typed in a buffer could not be saved.
    pub(super) fn drain_failed(&mut self, key: BufferKey, id: ConversationId, error: &Error) {
        if let Some(drain) = &mut self.drain
            && drain.left.remove(&key).is_some()
        {
            drain.failed.push((key, id, error.clone()));
        }
    }

    /// A buffer was joined with another.
    pub(super) fn drain_moved(&mut self, from: BufferKey, to: BufferKey) {
        if let Some(drain) = &mut self.drain
            && let Some(edit) = drain.left.remove(&from)
        {
            let left = drain.left.entry(to).or_default();
            *left = edit.max(*left);
        }
    }

    /// Asks the store to suspend or to close when all that was typed and queued is answered.
    pub(super) fn drain(&mut self, effects: &mut Effects<C>) {
        let Some(mut drain) = self.drain.take() else { return };
        drain.left.retain(|key, edit| self.buffers.get(key).is_some_and(|buffer| buffer.has_writes_due_for(*edit)));
        let is_done = drain.left.is_empty() && self.writes.is_empty() && self.passing == 0;
        if drain.is_submitted || !is_done {
            self.drain = Some(drain);
            return;
        }
        let (number, kind, before) = (drain.number, drain.kind, drain.before);
        drain.flushed = self.unsaved_of(&drain);
        if kind == Lifecycle::Close && drain.flushed.is_err() {
            // The text would be lost.
            self.phase = before;
            let unsaved = drain.flushed;
            return self.end_lifecycle(unsaved, effects);
        }
        drain.is_submitted = true;
        let job = match kind {
            Lifecycle::Close => {
                self.phase = Phase::Closed;
                self.cleared.clear();
                Job::Close
            }
            _ => {
                self.phase = Phase::Suspended;
                let dirty: Vec<BufferKey> = self.dirty().map(|(key, _)| key).collect();
                dirty.into_iter().for_each(|key| self.tell_failure(key, &Error::Suspended, effects));
                Job::Maintain(Task::Suspend)
            }
        };
        self.drain = Some(drain);
        if let Some((.., caller)) = self.lifecycle.front() {
            effects.submits.push(Submit { number, job, caller: caller.clone(), is_save: false });
        }
    }

    /// # Errors
    /// [`Error::Unsaved`] names what is typed and was not saved. Suspending leaves what is typed meanwhile in memory.
    fn unsaved_of(&self, drain: &Drain) -> Result<()> {
        let is_dirty = |key: &BufferKey| self.buffers.get(key).is_some_and(|buffer| buffer.is_dirty());
        let failed = drain.failed.iter().filter(|(key, ..)| is_dirty(key));
        let mut conversations: Vec<ConversationId> = failed.clone().map(|(_, id, _)| id.clone()).collect();
        if drain.kind == Lifecycle::Close {
            conversations = self.dirty().map(|(_, buffer)| buffer.id.clone()).collect();
        }
        if conversations.is_empty() {
            return Ok(());
        }
        let reason = failed.map(|(.., error)| error.clone()).next().unwrap_or(Error::Suspended);
        Err(Error::Unsaved { conversations, reason: Box::new(reason) })
    }

    /// The store has answered.
    pub(super) fn maintained(&mut self, number: u64, answer: Result<()>, effects: &mut Effects<C>) {
        let Some(drain) = self.drain.take_if(|drain| drain.number == number) else { return };
        match (drain.kind, &answer) {
            (Lifecycle::Resume, Ok(())) => {
                self.phase = Phase::Open;
                self.reload(effects);
            }
            (Lifecycle::Resume, Err(_)) => self.phase = drain.before,
            _ => {}
        }
        self.end_lifecycle(answer.and(drain.flushed), effects);
    }

    fn end_lifecycle(&mut self, answer: Result<()>, effects: &mut Effects<C>) {
        if let Some((_, _, caller)) = self.lifecycle.pop_front() {
            effects.answer(caller, answer.map(|()| Reply::Done));
        }
        self.wake(effects);
        self.start_lifecycle(effects);
    }

    /// Lets every field look at what is stored now.
    fn reload(&mut self, effects: &mut Effects<C>) {
        let keys: Vec<BufferKey> = self.buffers.keys().copied().collect();
        for key in keys {
            let buffer = self.at(key);
            buffer.is_stale |= buffer.fields > 0 && (!buffer.is_dirty() || buffer.conflict.is_some());
            buffer.hurry();
            self.settle(key, effects);
        }
    }

    /// Tells the worker what is due, after a time in which nothing was.
    fn wake(&mut self, effects: &mut Effects<C>) {
        if self.phase == Phase::Open
            && let Some(due) = self.next_due()
        {
            effects.call_worker(due);
        }
    }
}
