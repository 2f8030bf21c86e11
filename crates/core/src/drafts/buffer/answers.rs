//! Answers of the store, and what they leave.

use super::conflict::{Conflict, Uncertain};
use super::edit_buffer::Stored;
use super::writes::{Carried, Seen, Sent, Write};
use super::{BufferKey, Content, Effects, Machine, Place, Reply, Request};
use crate::transition::joined;
use crate::{ConversationId, DraftState, Error, Outcome, Result};

/// What the store answered to a [`Job`](super::Job).
pub(crate) enum Answer {
    /// Of a commit at this date; with what was read after it, if the job asked for that and it could be read.
    Committed {
        outcome: Result<Outcome>,
        after: Option<Loaded>,
        date: i64,
    },
    /// Of a plain set that passed through this conversation.
    Passed {
        id: ConversationId,
        outcome: Result<Outcome>,
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
    pub(crate) fn answer(&mut self, number: u64, answer: Answer, effects: &mut Effects<C>) {
        let answer = match answer {
            Answer::Passed { id, outcome } => {
                if self.passed(number, &id, &outcome, effects) {
                    return self.drain(effects);
                }
                Answer::Committed { outcome, after: None, date: 0 }
            }
            answer => answer,
        };
        let Some(mut write) = self.writes.remove(&number) else {
            match answer {
                Answer::Maintained(answer) => self.maintained(number, answer, effects),
                Answer::Failed(error) => match self.passing_id(number) {
                    Some(id) => drop(self.passed(number, &id, &Err(error), effects)),
                    None => self.maintained(number, Err(error), effects),
                },
                Answer::Committed { .. } | Answer::Passed { .. } | Answer::Loaded(_) => {}
            }
            return;
        };
        let carried = write.carried.take().unwrap_or_default();
        for key in write.buffers {
            self.at(key).in_flight = None;
        }
        let key = write.buffers[0];
        let is_head = self.at(key).head == Some(number);
        let reply = match answer {
            Answer::Committed { outcome: Ok(outcome), after, date } => {
                Ok(self.succeeded(&mut write, carried, outcome, (after, date), effects))
            }
            Answer::Committed { outcome: Err(error), .. } | Answer::Failed(error) => {
                // It waits meanwhile, as the others do: what it has seen may be joined with something.
                let request = write.request.clone();
                self.writes.insert(number, write);
                let failed = self.failed(key, &request, is_head, carried, error, effects);
                if failed.is_none() && is_head {
                    // It is tried again, and knows better.
                    self.advance(key, effects);
                    return self.drain(effects);
                }
                let Some(waited) = self.writes.remove(&number) else { return };
                write = waited;
                failed.map_or(Ok(Reply::Done), Err)
            }
            Answer::Loaded(Ok(loaded)) => {
                // What was typed in a conflict by a process that has ended is offered to who composes.
                self.loaded(key, loaded, is_head, effects);
                if let Some(head) = self.waiting_head(key) {
                    head.has_loaded = true;
                }
                Ok(Reply::Done)
            }
            Answer::Loaded(Err(error)) => {
                self.at(key).fail(0, effects.now);
                Err(error)
            }
            Answer::Maintained(_) | Answer::Passed { .. } => Ok(Reply::Done),
        };
        if let (false, Err(error)) = (is_head, &reply)
            && let Some(head) = self.waiting_head(key)
        {
            // What was needed first has failed, and with it the write that needs it.
            head.refusal = Some(error.clone());
        }
        self.end(number, write, reply, effects).into_iter().flatten().for_each(|key| self.advance(key, effects));
        self.drain(effects);
    }

    /// Ends a plain set that passed through a conversation; returns false if that has a buffer by now.
    fn passed(
        &mut self,
        number: u64,
        id: &ConversationId,
        outcome: &Result<Outcome>,
        effects: &mut Effects<C>,
    ) -> bool {
        match self.ids.remove(id) {
            Some(Place::Passing { number: other, caller }) if other == number => {
                self.passing -= 1;
                effects.answer(caller, outcome.clone().map(Reply::Written));
                true
            }
            Some(place) => {
                self.ids.insert(id.clone(), place);
                false
            }
            None => false,
        }
    }

    /// Returns the write at the head of a buffer, if it waits for something that is done first.
    fn waiting_head(&mut self, key: BufferKey) -> Option<&mut Write<C>> {
        let head = self.at(key).head?;
        self.writes.get_mut(&head)
    }

    fn succeeded(
        &mut self,
        write: &mut Write<C>,
        mut carried: Carried,
        outcome: Outcome,
        (after, date): (Option<Loaded>, i64),
        effects: &mut Effects<C>,
    ) -> Reply {
        let revision = outcome.revision();
        let [key, other] = write.buffers;
        if carried.forgets {
            self.at(key).kept_lives.clear();
        }
        match &mut write.request {
            Request::Set { text, extra, .. } => {
                if text.is_empty() {
                    self.cleared(key, write.seen[0].as_deref());
                }
                carried.content = Content { text: std::mem::take(text), extra: extra.clone().unwrap_or_default() };
                self.has_set(key, carried, extra.is_some(), outcome, after, effects);
                Reply::Written(outcome)
            }
            Request::UndoClear => {
                let id = self.at(key).id.clone();
                self.forget_cleared(&id);
                self.has_set(key, carried, true, outcome, after, effects);
                Reply::Written(outcome)
            }
            Request::Save => {
                effects.saved.push(carried.edits);
                let stored = Stored { revision, content: carried.content.as_stored() };
                let shown = self.at(key).content.clone();
                self.stored(key, carried.number, stored, effects);
                let buffer = self.at(key);
                if !buffer.is_dirty() {
                    // What a field shows beside an empty text stays in the field.
                    buffer.content = shown;
                }
                Reply::Done
            }
            Request::BeginSend => {
                let (id, number) = (self.at(key).id.clone(), revision.get());
                self.hold_send(number, &id);
                self.replaced(key, carried.number, Stored::absent(revision), effects);
                Reply::Sent(Sent { id, number, began_at: date, content: carried.content })
            }
            Request::Delete => {
                let id = self.at(key).id.clone();
                self.forget_cleared(&id);
                self.replaced(key, carried.number, Stored::absent(revision), effects);
                Reply::Written(outcome)
            }
            Request::AbortSend { text, .. } => {
                self.came_back(key, text, outcome, after, effects);
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
            // What is stored is read by whoever made a buffer meanwhile.
            Request::ConfirmSend { .. } | Request::Passing | Request::Load => Reply::Written(outcome),
        }
    }

    /// A set was made. If somebody else has written since, and something was typed since, that shows in the next save.
    fn has_set(
        &mut self,
        key: BufferKey,
        carried: Carried,
        tells_extra: bool,
        outcome: Outcome,
        after: Option<Loaded>,
        effects: &mut Effects<C>,
    ) {
        let revision = outcome.revision();
        let buffer = self.at(key);
        if buffer.seats == 0 && !buffer.is_dirty() {
            // Nobody sees it: who comes next reads it.
            buffer.stored = None;
            return;
        }
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

    /// A clear was made: what its caller saw, or else what was stored, can be brought back.
    fn cleared(&mut self, key: BufferKey, seen: Option<&Seen>) {
        let buffer = &self.buffers[&key];
        let unsaved = seen.filter(|seen| seen.edit > buffer.saved).map(|seen| &seen.content);
        let before = unsaved.or(buffer.stored.as_ref().map(|stored| &stored.content));
        if let Some(content) = before.filter(|content| !content.text.is_empty()).cloned() {
            let id = buffer.id.clone();
            self.remember_cleared(&id, content);
        }
    }

    /// A text that was not sent is in the draft again.
    fn came_back(
        &mut self,
        key: BufferKey,
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
        let before = buffer.stored.as_ref().map(|stored| stored.content.clone()).unwrap_or_default();
        // What the answer does not tell is read.
        let is_stale = after.is_none() && buffer.fields > 0;
        let after = after.map(|after| Stored::of(&after)).unwrap_or_else(|| {
            let content = Content { text: joined(unsent, &before.text), extra: before.extra.clone() };
            Stored { revision: outcome.revision(), content }
        });
        if !buffer.is_dirty() {
            self.rests_on(key, after, effects);
            self.at(key).is_stale |= is_stale;
            return;
        }
        buffer.is_stale |= is_stale;
        if !is_in(unsent, &after.content.text, &before.text) {
            // Somebody else has written before: what is typed knows nothing of that, and its save is a conflict.
            return;
        }
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
        self.rests_on(key, stored, effects);
        self.retype(key, |typed| {
            let extra = if typed.extra == before.extra { &extra } else { &typed.extra };
            Content { text: joined(&front, &typed.text), extra: extra.clone() }
        });
    }

    /// A write was not made, or may not have been. Returns the error of its caller, or `None` if it is tried again, or
    /// was needed by nobody but the machine itself.
    fn failed(
        &mut self,
        key: BufferKey,
        request: &Request,
        is_head: bool,
        carried: Carried,
        error: Error,
        effects: &mut Effects<C>,
    ) -> Option<Error> {
        if let Error::Conflict { current } = &error {
            self.at(key).edits += carried.edits;
            return self.refused(key, is_head, request, current, effects).then_some(error);
        }
        let buffer = self.at(key);
        if error.is_uncertain() && changes_draft(request) {
            let sent = matches!(request, Request::BeginSend).then(|| carried.content.text.clone());
            let leaves = match request {
                Request::BeginSend => Content::default(),
                Request::Set { text, extra, .. } => {
                    Content { text: text.clone(), extra: extra.clone().unwrap_or_default() }.as_stored()
                }
                _ => carried.content.as_stored(),
            };
            let before = buffer.stored.clone();
            buffer.uncertain = Some(Box::new(Uncertain { number: carried.number, leaves, sent, before }));
        }
        if matches!(request, Request::Save | Request::KeepUnresolved | Request::ForgetUnresolved) {
            buffer.fail(carried.edits, effects.now);
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

    /// A write was refused, since something else is stored than it is based on. Returns false if it is tried again.
    fn refused(
        &mut self,
        key: BufferKey,
        is_head: bool,
        request: &Request,
        current: &DraftState,
        effects: &mut Effects<C>,
    ) -> bool {
        let buffer = self.at(key);
        let (is_typed, has_fields) = (buffer.is_dirty(), buffer.fields > 0);
        let is_same = buffer.stored.as_ref().is_some_and(|stored| stored.content == Content::of(current));
        match request {
            Request::Save => {
                self.meet(key, current, effects);
                // Who waits for it is told of a conflict; else the next attempt knows better.
                is_head && self.at(key).conflict.is_some()
            }
            Request::BeginSend => {
                self.meet(key, current, effects);
                // Nobody sends a text they have not seen.
                (is_typed || has_fields) && !is_same
            }
            Request::UndoClear => {
                self.meet(key, current, effects);
                false
            }
            _ => {
                // A base of the caller's own says nothing about what is typed here; what is shown goes by what is stored.
                if !is_typed && has_fields {
                    self.meet(key, current, effects);
                }
                true
            }
        }
    }

    /// A read was answered.
    fn loaded(&mut self, key: BufferKey, loaded: Loaded, is_composing: bool, effects: &mut Effects<C>) {
        let (number, life) = (self.counter + 1, self.life);
        let buffer = self.at(key);
        buffer.is_stale = false;
        if buffer.conflict.is_some() {
            self.refresh_conflict(key, &loaded.state, effects);
            return;
        }
        if buffer.is_dirty() {
            if buffer.stored.is_none() {
                self.judge(key, &loaded, effects);
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
        buffer.conflict = Some(Box::new(Conflict { theirs: loaded.state, kept: number }));
        self.counter = number;
    }

    /// Something is typed, and what it is based on is not known: the outcome of the write before was uncertain.
    fn judge(&mut self, key: BufferKey, loaded: &Loaded, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        let revision = loaded.state.revision();
        let stored = Stored::of(&loaded.state);
        let uncertain = buffer.uncertain.take();
        let was_sent = |sent: &String| {
            let mut sending = loaded.sending.iter();
            sending.any(|(number, text)| *number == revision.get() && text == sent)
        };
        match uncertain {
            Some(uncertain) if uncertain.sent.as_ref().is_some_and(was_sent) => {
                self.replaced(key, uncertain.number, stored, effects);
            }
            uncertain => {
                buffer.stored = uncertain.and_then(|uncertain| uncertain.before);
                self.meet(key, &loaded.state, effects);
            }
        }
    }
}

/// Returns true if this text is the one before with an unsent one among its lines, which an abort may have parted for it.
pub(super) fn is_in(unsent: &str, text: &str, before: &str) -> bool {
    text.match_indices(unsent).any(|(at, _)| {
        let (front, behind) = (&text[..at], &text[at + unsent.len()..]);
        let front = front.strip_suffix('\n').unwrap_or(front);
        let behind = behind.strip_prefix('\n').unwrap_or(behind);
        joined(front, behind) == before || [front, behind].concat() == before
    })
}

/// Returns true if the request leaves another draft than before.
fn changes_draft(request: &Request) -> bool {
    matches!(request, Request::Set { .. } | Request::UndoClear | Request::Save | Request::BeginSend | Request::Delete)
}
