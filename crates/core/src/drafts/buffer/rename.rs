//! A rename makes one buffer of two.

use super::edit_buffer::Stored;
use super::writes::{Carried, Seen};
use super::{BufferKey, Content, EditBuffer, Effects, Loaded, Machine, Request};
use crate::transition::joined;
use crate::{ConversationId, Outcome, Revision};

/// What was typed in both conversations while the rename was under way, and what was stored of them before.
struct Sides {
    /// Of the target, whose text stands first, and of the old id.
    typed: [Option<Box<Seen>>; 2],
    stored: [Option<Content>; 2],
    /// The edits up to these numbers were saved.
    saved: [u64; 2],
    /// What is stored under the new id now.
    whole: Content,
}

impl<C: Clone + Default> Machine<C> {
    /// A conversation has another id from now on. Its fields, what was typed in them since, the texts of it that are being
    /// sent, what was cleared in it, and the writes that came from its fields go along, in one step; what was asked for by
    /// the old id stays with that.
    pub(super) fn renamed(
        &mut self,
        [from, to]: [BufferKey; 2],
        new_id: &ConversationId,
        carried: &Carried,
        outcome: Outcome,
        after: Option<Loaded>,
        effects: &mut Effects<C>,
    ) {
        let old = self.take_out(from, carried.number);
        let is_known = after.is_some();
        let stored = stored_now(&old, self.at(to), outcome, after);
        let target = self.at(to);
        let sides = Sides {
            typed: [target.unsaved(), old.unsaved()],
            stored: [&*target, &old].map(|buffer| buffer.stored.as_ref().map(|stored| stored.content.clone())),
            saved: [target.saved, old.saved],
            whole: stored.content.clone(),
        };
        target.kept_lives.extend(&old.kept_lives);
        target.fields += old.fields;
        target.seats += old.seats;
        target.join_timers(&old);
        target.waiting.extend(old.waiting.iter().cloned());
        let saved = [&*target, &old].into_iter().filter(|buffer| buffer.is_dirty()).map(|buffer| buffer.saved).min();
        if old.is_dirty() {
            target.origin = old.origin;
        }
        target.edited = target.edited.max(old.edited);
        // As one they are saved no further than each of them was.
        target.saved = saved.unwrap_or(target.edited.max(target.saved).max(old.saved));
        self.rests_on(to, stored, effects);
        self.join_typed([from, to], &sides);
        self.move_writes(from, to);
        // What the answer does not tell is read.
        self.at(to).is_stale |= !is_known;
        for key in self.seats.values_mut().filter(|key| **key == from) {
            *key = to;
        }
        self.drain_moved(from, to);
        for (id, _) in self.sends.values_mut().filter(|(id, _)| *id == old.id) {
            id.clone_from(new_id);
        }
        if let Some(content) = self.forget_cleared(&old.id)
            && !self.cleared.iter().any(|(id, _)| id == new_id)
        {
            self.remember_cleared(new_id, content);
        }
    }

    /// Takes a buffer out of its place, and leaves an empty one with the writes that wait.
    fn take_out(&mut self, key: BufferKey, number: u64) -> EditBuffer<C> {
        let buffer = self.at(key);
        let mut empty = EditBuffer::new(buffer.id.clone(), buffer.origin);
        empty.saved = number;
        std::mem::swap(&mut empty.queue, &mut buffer.queue);
        std::mem::swap(&mut empty.head, &mut buffer.head);
        self.listed.remove(&key);
        std::mem::replace(self.at(key), empty)
    }

    /// Joins what was typed in both. The writes that wait, and have seen some of it, or come after it, go by the joined text.
    fn join_typed(&mut self, [from, to]: [BufferKey; 2], sides: &Sides) {
        let [first, second] = sides.typed.each_ref().map(Option::as_deref);
        let Some(edited) = [first, second].into_iter().flatten().map(|typed| typed.edit).max() else { return };
        self.at(to).typed = None;
        let (all, alone) = sides.joined([first, second]);
        self.at(to).show_joined(all, alone);
        let unsaved = self.at(to).unsaved();
        for (side, key) in [to, from].into_iter().enumerate() {
            let waiting: Vec<u64> = self.at(key).queue.iter().copied().collect();
            for number in waiting {
                let Some(write) = self.writes.get_mut(&number) else { continue };
                let is_sending = matches!(write.request, Request::BeginSend);
                match write.seen_of(key) {
                    Some(Some(seen)) if seen.edit > sides.saved[side] && !is_sending => {
                        let (all, alone) = sides.joined(match side {
                            0 => [Some(&**seen), second],
                            _ => [first, Some(&**seen)],
                        });
                        (seen.content, seen.typed) = (all, Some(alone));
                    }
                    // A sending takes all of the joined text, so that none of it is left behind.
                    Some(seen)
                        if number > edited || seen.as_ref().is_some_and(|seen| seen.edit > sides.saved[side]) =>
                    {
                        seen.clone_from(&unsaved);
                    }
                    Some(seen) => *seen = None,
                    None => {}
                }
            }
        }
    }

    /// Moves the queued writes that follow their fields; both queues stay in the order of their numbers. What those that stay
    /// have seen goes along with the fields.
    fn move_writes(&mut self, from: BufferKey, to: BufferKey) {
        let waiting = std::mem::take(&mut self.at(from).queue);
        for number in waiting {
            let Some(write) = self.writes.get_mut(&number) else { continue };
            if write.moves {
                write.buffers = [to; 2];
                self.at(to).queue.push_back(number);
                continue;
            }
            if let Some(seen) = write.seen_of(from) {
                *seen = None;
            }
            self.at(from).queue.push_back(number);
        }
        self.at(to).queue.make_contiguous().sort_unstable();
    }
}

impl Sides {
    /// Returns the joined text of what was typed in both, and what was stored where nothing was; and what was typed alone.
    fn joined(&self, typed: [Option<&Seen>; 2]) -> (Content, Content) {
        let [first, second] = typed.map(|typed| typed.map(|typed| &typed.content));
        let whole = self.whole.text.as_str();
        let text_of = |content: &Option<Content>| content.as_ref().map(|content| content.text.clone());
        let first_text = match (first, text_of(&self.stored[1])) {
            (Some(first), _) => first.text.clone(),
            (None, Some(behind)) if behind.is_empty() => whole.to_owned(),
            (None, Some(behind)) => {
                let front = whole.strip_suffix(behind.as_str()).unwrap_or(whole);
                front.strip_suffix('\n').unwrap_or(front).to_owned()
            }
            (None, None) => whole.to_owned(),
        };
        let second_text = match (second, text_of(&self.stored[0])) {
            (Some(second), _) => second.text.clone(),
            (None, Some(front)) if front.is_empty() => whole.to_owned(),
            (None, Some(front)) => {
                let behind = whole.strip_prefix(front.as_str()).unwrap_or("");
                behind.strip_prefix('\n').unwrap_or(behind).to_owned()
            }
            (None, None) => String::new(),
        };
        let extras = [Some(&self.whole), first, second].into_iter().flatten().map(|content| &content.extra);
        let extra = extras.clone().find(|extra| !extra.is_empty()).cloned().unwrap_or_default();
        let all = Content { text: joined(&first_text, &second_text), extra };
        let [first, second] = typed.map(|typed| typed.map(Seen::alone).cloned().unwrap_or_default());
        (all, first.joined(&second))
    }
}

/// What is stored under the new id, as far as it is known.
fn stored_now<C>(old: &EditBuffer<C>, target: &EditBuffer<C>, outcome: Outcome, after: Option<Loaded>) -> Stored {
    let revision = outcome.revision();
    let content =
        |buffer: &EditBuffer<C>| buffer.stored.as_ref().map_or_else(Content::default, |stored| stored.content.clone());
    let known = Stored { revision, content: content(target).joined(&content(old)) };
    let is_typed = old.is_dirty() || target.is_dirty();
    match after.map(|after| Stored::of(&after.state)) {
        // Somebody else has written since, or before: what is typed knows nothing of that, and its save is a conflict.
        Some(after) if is_typed && after.revision != revision => known,
        Some(after) if is_typed && !is_made_of(&after.content.text, target, old) => {
            Stored { revision: Revision::default(), ..known }
        }
        Some(after) => after,
        None => known,
    }
}

/// Returns true if a joined text begins with what was stored under the new id and ends with what was stored under the old
/// one, as far as that is known.
fn is_made_of<C>(whole: &str, target: &EditBuffer<C>, old: &EditBuffer<C>) -> bool {
    let text = |buffer: &EditBuffer<C>| buffer.stored.as_ref().map(|stored| stored.content.text.clone());
    match (text(target), text(old)) {
        (Some(first), Some(second)) => whole == joined(&first, &second),
        (Some(first), None) => whole.starts_with(&first),
        (None, Some(second)) => whole.ends_with(&second),
        (None, None) => true,
    }
}
