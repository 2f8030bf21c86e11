//! What somebody else has stored, and writes of our own of which nobody knows whether they were made.

use super::edit_buffer::Stored;
use super::{BufferKey, Content, Effects, Machine, SeatKey};
use crate::{DraftState, Error, Keep};

/// What is typed cannot be saved over what somebody else has stored, until the host chooses.
#[derive(Clone)]
pub(crate) struct Conflict {
    /// What is stored now, as far as it is known.
    pub(super) theirs: DraftState,
    /// The edits up to this number are kept beside it.
    pub(super) kept: u64,
}

/// A write of our own of which nobody knows whether it was made.
#[derive(Clone)]
pub(crate) struct Uncertain {
    /// The edits up to this number were replaced by it.
    pub(super) number: u64,
    /// What it leaves if it was made.
    pub(super) leaves: Content,
    /// The text it has begun to send, if that is what it did.
    pub(super) sent: Option<String>,
    /// What was stored before.
    pub(super) before: Option<Stored>,
}

impl<C: Clone + Default> Machine<C> {
    /// Takes what the store holds, which is another draft than the one that `key`'s edits are based on: it goes on from there
    /// if nothing was typed, if it is the same draft, or if it was a write of our own, and is in conflict else. The write whose
    /// answer tells still has the buffer, and settles it when it ends.
    pub(super) fn meet(&mut self, key: BufferKey, theirs: &DraftState, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        let stored = Stored::of(theirs);
        if !buffer.is_dirty() {
            buffer.refresh(stored);
            return;
        }
        // It was to be written, or is to be kept beside theirs, at once.
        buffer.hurry();
        if let Some(uncertain) = buffer.uncertain.take() {
            if uncertain.sent.is_some() && stored.content.text.is_empty() {
                // Whether it is ours shows in the texts being sent.
                buffer.uncertain = Some(uncertain);
                buffer.stored = None;
                return;
            }
            if uncertain.leaves.is_stored_as(&stored.content) {
                return self.replaced(key, uncertain.number, stored, effects);
            }
        }
        let is_same = buffer.stored.as_ref().is_some_and(|before| before.content == stored.content);
        if is_same {
            buffer.stored = Some(stored);
        } else if buffer.content.is_stored_as(&stored.content) {
            let edited = buffer.edited;
            self.replaced(key, edited, stored, effects);
        } else if let Some(ours) = buffer.rejoins.clone() {
            let joined = stored.content.joined(&ours);
            buffer.stored = Some(stored);
            self.retype(key, |_| joined.clone());
            self.at(key).rejoins = Some(ours);
        } else {
            buffer.conflict = Some(Box::new(Conflict { theirs: theirs.clone(), kept: 0 }));
            if buffer.fields == 0 {
                self.keep_both(key, effects);
            } else {
                let refused = Error::Conflict { current: Box::new(theirs.clone()) };
                self.tell_failure(key, &refused, effects);
            }
        }
    }

    /// Takes what the store holds while a conflict lasts. If it is what was typed, the conflict is over.
    pub(super) fn refresh_conflict(&mut self, key: BufferKey, theirs: &DraftState, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        let Some(conflict) = &mut buffer.conflict else { return };
        if conflict.theirs.revision() > theirs.revision() {
            return;
        }
        let stored = Stored::of(theirs);
        if buffer.content.is_stored_as(&stored.content) {
            buffer.conflict = None;
            let edited = buffer.edited;
            self.replaced(key, edited, stored, effects);
        } else {
            conflict.theirs = theirs.clone();
        }
    }

    /// Takes what a read has found stored in the conversation of a seat that is in conflict.
    pub(crate) fn found(&mut self, seat: SeatKey, theirs: &DraftState, effects: &mut Effects<C>) {
        let key = self.seats[&seat];
        self.refresh_conflict(key, theirs, effects);
        self.settle(key, effects);
    }

    /// Returns what somebody else has stored, if the text of a seat cannot be saved over it.
    pub(crate) fn conflict_of(&self, seat: SeatKey) -> Option<&DraftState> {
        self.seated(seat).conflict.as_ref().map(|conflict| &conflict.theirs)
    }

    /// Ends a conflict by this choice; says whether there was one.
    pub(crate) fn resolve(&mut self, seat: SeatKey, keep: Keep, effects: &mut Effects<C>) -> bool {
        let key = self.seats[&seat];
        let was_conflict = self.resolve_at(key, keep, effects);
        self.settle(key, effects);
        was_conflict
    }

    pub(super) fn keep_both(&mut self, key: BufferKey, effects: &mut Effects<C>) {
        self.resolve_at(key, Keep::Both, effects);
    }

    fn resolve_at(&mut self, key: BufferKey, keep: Keep, effects: &mut Effects<C>) -> bool {
        let buffer = self.at(key);
        let Some(conflict) = buffer.conflict.take() else { return false };
        let stored = Stored::of(&conflict.theirs);
        let ours = buffer.content.clone();
        if keep == Keep::Theirs || ours.is_stored_as(&stored.content) {
            let edited = buffer.edited;
            self.replaced(key, edited, stored, effects);
            return true;
        }
        let theirs = stored.content.clone();
        buffer.stored = Some(stored);
        buffer.uncertain = None;
        if keep == Keep::Both {
            self.retype(key, |ours| theirs.joined(ours));
            self.at(key).rejoins = Some(Box::new(ours));
        } else {
            self.retype(key, Content::clone);
        }
        true
    }

    /// Joins something to what is typed. The writes that wait, and have seen what was typed, or come after it, go by the
    /// joined text.
    pub(super) fn retype(&mut self, key: BufferKey, join: impl Fn(&Content) -> Content) {
        let buffer = self.at(key);
        let typed = buffer.content.clone();
        buffer.show_joined(join(&typed), typed);
        let (saved, edited, unsaved) = (buffer.saved, buffer.edited, buffer.unsaved());
        let waiting: Vec<u64> = buffer.head.iter().chain(&buffer.queue).copied().collect();
        for number in waiting {
            match self.writes.get_mut(&number).and_then(|write| write.seen_of(key)) {
                Some(Some(seen)) if seen.edit > saved => seen.join(join(&seen.content)),
                Some(seen) if number > edited => seen.clone_from(&unsaved),
                _ => {}
            }
        }
    }

    /// A write of our own, or a choice, has left this in the store, in the place of all edits up to this number. Newer ones
    /// stay, based on it.
    pub(super) fn replaced(&mut self, key: BufferKey, number: u64, stored: Stored, effects: &mut Effects<C>) {
        // What was joined with the text that was there goes with that, also for the writes that wait.
        let buffer = self.at(key);
        buffer.leave_joined();
        let waiting: Vec<u64> = buffer.head.iter().chain(&buffer.queue).copied().collect();
        for waiting in waiting {
            if let Some(Some(seen)) = self.writes.get_mut(&waiting).and_then(|write| write.seen_of(key))
                && let Some(typed) = seen.typed.take()
            {
                seen.content = typed;
            }
        }
        self.stored(key, number, stored, effects);
    }

    /// All edits up to this number are in the store, or were replaced there. Newer ones stay, based on what it has now.
    pub(super) fn stored(&mut self, key: BufferKey, number: u64, stored: Stored, effects: &mut Effects<C>) {
        let buffer = self.at(key);
        if buffer.edited <= number || !buffer.is_dirty() {
            buffer.adopt(stored);
        } else {
            buffer.rebase(stored);
        }
        for caller in buffer.settle_edits(number) {
            effects.answer(caller, Ok(super::Reply::Done));
        }
        self.drain_saved(key);
    }

    /// Bases what is typed on this, which is stored now; no edit counts as saved, or as replaced, by that.
    pub(super) fn rests_on(&mut self, key: BufferKey, stored: Stored, effects: &mut Effects<C>) {
        self.stored(key, 0, stored, effects);
    }
}
