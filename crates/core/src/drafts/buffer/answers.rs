//! Answers of the store, and what they leave.

use std::time::Duration;

use super::conflict::{Conflict, Uncertain};
use super::edit_buffer::Stored;
use super::writes::{Carried, Sent};
use super::{BufferKey, Content, Effects, Machine, Reply, Request};
use crate::transition::joined;
use crate::{DraftState, Error, Outcome, Result};

/// What the store answered to a [`Job`](super::Job).
pub(crate) enum Answer {
    /// Of a commit at this date; with what was read after it, if the job asked for that and it could be read.
    Committed {
        outcome: Result<Outcome>,
        after: Option<Loaded>,
        date: i64,
    },
    Loaded(Result<Loaded>),
    /// Of maintenance, or of closing.
    Maintained(Result<()>),
    /// Of any job whose store broke down.
    Failed(Error),
}

/// What is stored of a conversation.
#[derive(Clone)]
pub(crate) struct Loaded {
    /// Its draft; an absent one has a revision that a write can be based on.
    pub(crate) state: DraftState,
    /// The texts that are being sent, by number.
    pub(crate) sending: Vec<(u64, String)>,
    /// What was typed in a conflict, by life.
    pub(crate) unresolved: Vec<(u64, Content)>,
}

impl<C: Clone + Default> Machine<C> {
    /// Takes the answer of a job.
    pub(crate) fn answer(&mut self, number: u64, answer: Answer, now: Duration, effects: &mut Effects<C>) {
        let Some(write) = self.writes.get_mut(&number) else {
            match answer {
                Answer::Maintained(answer) => self.maintained(number, answer, now, effects),
                Answer::Failed(error) => self.maintained(number, Err(error), now, effects),
                Answer::Committed { .. } | Answer::Loaded(_) => {}
            }
            return;
        };
        let Some(carried) = write.carried.take() else { return };
        let (request, [key, other]) = (write.request.clone(), write.buffers);
        for key in [key, other] {
            self.at(key).in_flight = None;
        }
        let reply = match answer {
            Answer::Committed { outcome: Ok(outcome), after, date } => {
                Ok(match self.succeeded(key, other, &request, carried, outcome, after, effects) {
                    Reply::Sent(sent) => Reply::Sent(Sent { began_at: date, ..sent }),
                    reply => reply,
                })
            }
            Answer::Committed { outcome: Err(error), .. } | Answer::Failed(error) => {
                match self.failed(key, number, &request, carried, error, now, effects) {
                    Some(error) => Err(error),
                    None => {
                        // The write whose turn it is goes on, and knows better.
                        if self.at(key).head != Some(number) {
                            self.end(number, Ok(Reply::Done), effects);
                        }
                        self.advance(key, now, effects);
                        self.drain(now, effects);
                        return;
                    }
                }
            }
            Answer::Loaded(Ok(loaded)) => {
                // What was typed in a conflict by a process that has ended is offered to who composes.
                let is_composing = self.at(key).head == Some(number);
                self.loaded(key, loaded, is_composing, now, effects);
                if let Some(head) = self.at(key).head.and_then(|head| self.writes.get_mut(&head)) {
                    head.has_loaded = true;
                }
                Ok(Reply::Done)
            }
            Answer::Loaded(Err(error)) => {
                self.at(key).fail(0, now);
                Err(error)
            }
            Answer::Maintained(_) => return,
        };
        self.finish(number, [key, other], reply, now, effects);
    }

    /// Ends a write that was answered, and goes on with those behind it.
    fn finish(
        &mut self,
        number: u64,
        keys: [BufferKey; 2],
        reply: Result<Reply>,
        now: Duration,
        effects: &mut Effects<C>,
    ) {
        let was_head = self.at(keys[0]).head == Some(number);
        if let (false, Err(error)) = (was_head, &reply) {
            // What was needed first has failed, and with it the write that needs it.
            if let Some(head) = self.at(keys[0]).head
                && let Some(head) = self.writes.get_mut(&head)
            {
                head.refusal = Some(error.clone());
            }
        }
        self.end(number, reply, effects);
        self.advance(keys[0], now, effects);
        if keys[1] != keys[0] {
            self.advance(keys[1], now, effects);
        }
        self.drain(now, effects);
    }

    #[allow(clippy::too_many_arguments, reason = "all that an answer is about")]
    fn succeeded(
        &mut self,
        key: BufferKey,
        other: BufferKey,
        request: &Request,
        carried: Carried,
        outcome: Outcome,
        after: Option<Loaded>,
        effects: &mut Effects<C>,
    ) -> Reply {
        let revision = outcome.revision();
        if carried.forgets {
            self.at(key).kept_lives.clear();
        }
        match request {
            Request::Set { text, extra, .. } => {
                if text.is_empty() {
                    self.cleared(key, carried.number);
                }
                self.has_set(key, &carried, extra.is_some(), outcome, after, effects);
                Reply::Written(outcome)
            }
            Request::UndoClear => {
                let id = self.at(key).id.clone();
                self.forget_cleared(&id);
                self.has_set(key, &carried, true, outcome, after, effects);
                Reply::Written(outcome)
            }
            Request::Save => {
                effects.saved.push(carried.edits);
                let stored = Stored { revision, content: carried.content.as_stored() };
                let shown = self.at(key).content.clone();
                self.replaced(key, carried.number, stored, effects);
                let buffer = self.at(key);
                if !buffer.is_dirty() {
                    // What a field shows beside an empty text stays in the field.
                    buffer.content = shown;
                }
                Reply::Done
            }
            Request::BeginSend => {
                let id = self.at(key).id.clone();
                self.hold_send(revision.get(), &id);
                self.replaced(key, carried.number, Stored::absent(revision), effects);
                Reply::Sent(Sent { id, number: revision.get(), began_at: 0, content: carried.content })
            }
            Request::Delete => {
                let id = self.at(key).id.clone();
                self.forget_cleared(&id);
                self.replaced(key, carried.number, Stored::absent(revision), effects);
                Reply::Written(outcome)
            }
            Request::AbortSend { text, .. } => {
                self.came_back(key, &carried, text, outcome, after, effects);
                Reply::Written(outcome)
            }
            Request::Rename { to } => {
                if key != other {
                    self.renamed([key, other], to, &carried, outcome, after, effects);
                }
                Reply::Written(outcome)
            }
            Request::KeepUnresolved => {
                let life = self.life;
                let buffer = self.at(key);
                buffer.kept_lives = vec![life];
                if let Some(conflict) = &mut buffer.conflict {
                    conflict.kept = carried.number;
                    // What is stored has changed once more.
                    buffer.is_stale |= conflict.theirs.revision() < revision;
                }
                buffer.settle_edits(0);
                Reply::Done
            }
            Request::ForgetUnresolved => {
                self.at(key).kept_lives.clear();
                Reply::Done
            }
            Request::ConfirmSend { .. } | Request::Load => Reply::Written(outcome),
        }
    }

    /// A set was made. If somebody else has written since, and something was typed since, that shows in the next save.
    fn has_set(
        &mut self,
        key: BufferKey,
        carried: &Carried,
        tells_extra: bool,
        outcome: Outcome,
        after: Option<Loaded>,
        effects: &mut Effects<C>,
    ) {
        let revision = outcome.revision();
        let buffer = self.at(key);
        let mut content = carried.content.as_stored();
        let after = after.map(|after| Stored::of(&after.state));
        match after.as_ref().filter(|after| after.revision == revision) {
            Some(after) => content.clone_from(&after.content),
            None if !tells_extra && !content.text.is_empty() => {
                content.extra = buffer.stored.as_ref().map_or_else(Vec::new, |stored| stored.content.extra.clone());
            }
            None => {}
        }
        let is_known = tells_extra || after.is_some() || content.text.is_empty() || buffer.stored.is_some();
        self.replaced(key, carried.number, Stored { revision, content }, effects);
        let buffer = self.at(key);
        if !buffer.is_dirty()
            && let Some(after) = after.filter(|after| after.revision > revision)
        {
            buffer.adopt(after);
        }
        // Somebody may read or type who has come meanwhile.
        buffer.is_stale |= !is_known && buffer.fields > 0;
    }

    /// A clear was made: what was there can be brought back.
    fn cleared(&mut self, key: BufferKey, number: u64) {
        let buffer = &self.buffers[&key];
        let id = buffer.id.clone();
        let seen = self.writes.get(&number).and_then(|write| write.seen[0].clone());
        let unsaved = seen.filter(|(edit, _)| *edit > buffer.saved).map(|(_, content)| content);
        let before = unsaved.or_else(|| buffer.stored.as_ref().map(|stored| stored.content.clone()));
        if let Some(content) = before.filter(|content| !content.text.is_empty()) {
            self.remember_cleared(&id, content);
        }
    }

    /// A text that was not sent is in the draft again.
    fn came_back(
        &mut self,
        key: BufferKey,
        carried: &Carried,
        unsent: &str,
        outcome: Outcome,
        after: Option<Loaded>,
        effects: &mut Effects<C>,
    ) {
        let buffer = self.at(key);
        let after = after.map(|after| after.state);
        if let Some(conflict) = &mut buffer.conflict {
            match after {
                Some(after) => conflict.theirs = after,
                None => buffer.is_stale = true,
            }
            return;
        }
        let before = buffer.stored.as_ref().map(|stored| stored.content.clone());
        let Some(after) = after.map(|after| Stored::of(&after)) else {
            // It is read when somebody asks for it.
            let content = before.unwrap_or_default();
            let content = Content { text: joined(unsent, &content.text), ..content };
            let stored = Stored { revision: outcome.revision(), content };
            let has_fields = buffer.fields > 0;
            self.replaced(key, carried.number, stored, effects);
            self.at(key).is_stale |= has_fields;
            return;
        };
        if !buffer.is_dirty() {
            self.replaced(key, carried.number, after, effects);
            return;
        }
        let before = before.unwrap_or_default();
        let front = after.content.text.strip_suffix(before.text.as_str()).unwrap_or(unsent);
        let front = front.strip_suffix('\n').filter(|_| !before.text.is_empty()).unwrap_or(front);
        let (front, extra) = (front.to_owned(), after.content.extra.clone());
        let stored = match after.revision == outcome.revision() {
            true => after,
            // Somebody else has written since: the save is a conflict with that.
            false => Stored {
                revision: outcome.revision(),
                content: Content { text: joined(&front, &before.text), extra: before.extra.clone() },
            },
        };
        self.replaced(key, carried.number, stored, effects);
        self.retype(key, |typed| {
            let extra = if typed.extra == before.extra { &extra } else { &typed.extra };
            Content { text: joined(&front, &typed.text), extra: extra.clone() }
        });
    }

    /// A write was not made, or may not have been. Returns the error of its caller, or `None` if it has its turn again.
    #[allow(clippy::too_many_arguments, reason = "all that an answer is about")]
    fn failed(
        &mut self,
        key: BufferKey,
        number: u64,
        request: &Request,
        carried: Carried,
        error: Error,
        now: Duration,
        effects: &mut Effects<C>,
    ) -> Option<Error> {
        if let Error::Conflict { current } = &error {
            return self.refused(key, number, request, &carried, current, now, effects).then_some(error);
        }
        let is_workers = matches!(request, Request::Save | Request::KeepUnresolved | Request::ForgetUnresolved);
        let buffer = self.at(key);
        if error.is_uncertain() && changes_draft(request) {
            let sent = matches!(request, Request::BeginSend).then(|| carried.content.text.clone());
            let leaves = if sent.is_some() { Content::default() } else { carried.content.as_stored() };
            let before = buffer.stored.clone();
            buffer.uncertain = Some(Uncertain { number: carried.number, leaves, sent, before });
        }
        if is_workers {
            buffer.fail(carried.edits, now);
            self.tell_failure(key, &error, effects);
        }
        Some(error)
    }

    /// Tells everybody who waits for a save of a buffer that it was not made.
    pub(super) fn tell_failure(&mut self, key: BufferKey, error: &Error, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        let (id, waiting) = (buffer.id.clone(), std::mem::take(&mut buffer.waiting));
        for (_, caller) in waiting {
            effects.answer(caller, Err(error.clone()));
        }
        self.drain_failed(key, id, error);
    }

    /// A write was refused, since something else is stored than it is based on. Returns false if it has its turn again.
    #[allow(clippy::too_many_arguments, reason = "all that an answer is about")]
    fn refused(
        &mut self,
        key: BufferKey,
        number: u64,
        request: &Request,
        carried: &Carried,
        current: &DraftState,
        now: Duration,
        effects: &mut Effects<C>,
    ) -> bool {
        match request {
            Request::Save => {
                self.at(key).edits += carried.edits;
                self.meet(key, current, now, effects);
                // Who waits for it is told of a conflict; else the next attempt knows better.
                let buffer = self.at(key);
                buffer.head == Some(number) && buffer.conflict.is_some()
            }
            Request::BeginSend => {
                let buffer = self.at(key);
                let is_typed = buffer.is_dirty();
                let is_same = buffer.stored.as_ref().is_some_and(|stored| stored.content == Content::of(current));
                let has_fields = buffer.fields > 0;
                self.meet(key, current, now, effects);
                // Nobody sends a text they have not seen.
                (is_typed || has_fields) && !is_same
            }
            Request::UndoClear => {
                self.meet(key, current, now, effects);
                false
            }
            _ => {
                // A base of the caller's own says nothing about what is typed here; what is shown goes by what is stored.
                if !self.at(key).is_dirty() && self.at(key).fields > 0 {
                    self.meet(key, current, now, effects);
                }
                true
            }
        }
    }

    /// A read was answered.
    fn loaded(&mut self, key: BufferKey, loaded: Loaded, is_composing: bool, now: Duration, effects: &mut Effects<C>) {
        let (number, life) = (self.counter + 1, self.life);
        let buffer = self.at(key);
        buffer.is_stale = false;
        if buffer.conflict.is_some() {
            self.refresh_conflict(key, &loaded.state, effects);
            return;
        }
        if buffer.is_dirty() {
            if buffer.stored.is_none() {
                self.judge(key, &loaded, now, effects);
            }
            return;
        }
        buffer.refresh(Stored::of(&loaded.state));
        if !is_composing || buffer.fields == 0 || loaded.unresolved.is_empty() {
            return;
        }
        let is_known = std::mem::take(&mut buffer.kept_lives);
        buffer.kept_lives = loaded.unresolved.iter().map(|(life, _)| *life).collect();
        let others = loaded.unresolved.into_iter().filter(|(other, _)| *other != life && !is_known.contains(other));
        let Some(ours) = others.map(|(_, content)| content).reduce(|first, second| first.joined(&second)) else {
            return;
        };
        if ours.is_stored_as(&Content::of(&loaded.state)) {
            return;
        }
        buffer.content = ours;
        buffer.edited = number;
        buffer.conflict = Some(Conflict { theirs: loaded.state, kept: number });
        self.counter = number;
    }

    /// Something is typed, and what it is based on is not known: the outcome of the write before was uncertain.
    fn judge(&mut self, key: BufferKey, loaded: &Loaded, now: Duration, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        let revision = loaded.state.revision();
        let stored = Stored::of(&loaded.state);
        match buffer.uncertain.take() {
            Some(Uncertain { number, sent: Some(sent), .. })
                if loaded.sending.iter().any(|(number, text)| *number == revision.get() && *text == sent) =>
            {
                self.replaced(key, number, stored, effects);
            }
            Some(Uncertain { before, .. }) => {
                buffer.stored = before;
                self.meet(key, &loaded.state, now, effects);
            }
            None => self.meet(key, &loaded.state, now, effects),
        }
    }
}

/// Returns true if the request leaves another draft than before.
fn changes_draft(request: &Request) -> bool {
    matches!(request, Request::Set { .. } | Request::UndoClear | Request::Save | Request::BeginSend | Request::Delete)
}
