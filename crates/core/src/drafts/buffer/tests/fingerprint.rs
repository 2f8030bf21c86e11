//! States that differ in nothing but how far they have counted are the same.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use super::super::{Content, Job, Request};
use super::world::{Answered, World, text_of};
use crate::store::{Change, Entry};
use crate::{DraftState, Error};

/// Writes a state down with its numbers, revisions and letters replaced by their order.
struct Writer {
    hasher: DefaultHasher,
    numbers: Vec<u64>,
    revisions: Vec<u64>,
    letters: BTreeMap<char, u8>,
    tokens: Vec<u32>,
    is_counting: bool,
}

impl Writer {
    fn number(&mut self, number: u64) {
        match self.is_counting {
            true => self.numbers.push(number),
            false => self.numbers.binary_search(&number).hash(&mut self.hasher),
        }
    }

    fn revision(&mut self, revision: u64) {
        match self.is_counting {
            true => self.revisions.push(revision),
            false => self.revisions.binary_search(&revision).hash(&mut self.hasher),
        }
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            let next = u8::try_from(self.letters.len()).unwrap();
            let letter = if letter == '\n' { u8::MAX } else { *self.letters.entry(letter).or_insert(next) };
            self.value(letter);
        }
        self.value(u8::MAX - 1);
    }

    fn content(&mut self, content: &Content) {
        self.text(&content.text);
        self.value(content.extra.len());
    }

    fn state(&mut self, state: &DraftState) {
        self.revision(state.revision().get());
        self.content(&Content::of(state));
    }

    fn value(&mut self, value: impl Hash) {
        if !self.is_counting {
            value.hash(&mut self.hasher);
        }
    }

    fn world(&mut self, world: &World, calls: &[(u32, u8, String)], flags: impl Hash) {
        let machine = &world.machine;
        self.value(flags);
        self.value(machine.phase() as u8);
        self.revision(world.sequence);
        for (key, buffer) in in_order(&machine.buffers) {
            self.number(*key);
            self.text(&buffer.id.as_str().to_uppercase());
            self.content(&buffer.content);
            self.number(buffer.edited);
            self.number(buffer.saved);
            self.value(buffer.edits.min(1));
            match &buffer.stored {
                Some(stored) => {
                    self.revision(stored.revision.get());
                    self.content(&stored.content);
                }
                None => self.value("unknown"),
            }
            if let Some(conflict) = &buffer.conflict {
                self.state(&conflict.theirs);
                self.number(conflict.kept);
            }
            for joined in buffer.rejoins.iter().chain(&buffer.typed) {
                self.content(joined);
            }
            self.value((buffer.rejoins.is_some(), buffer.typed.is_some()));
            self.value(&buffer.kept_lives);
            if let Some(uncertain) = &buffer.uncertain {
                self.number(uncertain.number);
                self.content(&uncertain.leaves);
                self.value(uncertain.sent.is_some());
            }
            self.value((buffer.fields, buffer.seats, buffer.is_stale));
            for number in buffer.head.iter().chain(&buffer.queue).chain(&buffer.in_flight) {
                self.number(*number);
            }
            self.value((buffer.head.is_some(), buffer.in_flight.is_some(), buffer.queue.len()));
        }
        self.value(machine.passing);
        for (number, write) in in_order(&machine.writes) {
            self.number(*number);
            self.request(&write.request);
            write.buffers.iter().for_each(|key| self.number(*key));
            self.value((write.moves, write.has_loaded, write.refusal.is_some()));
            for seen in write.seen.iter().flatten() {
                self.number(seen.edit);
                self.content(&seen.content);
                self.content(seen.alone());
            }
            if let Some(carried) = &write.carried {
                self.number(carried.number);
                self.content(&carried.content);
            }
            self.value((write.seen.each_ref().map(Option::is_some), write.carried.is_some()));
            self.token(write.caller.0);
        }
        for seat in &world.seats {
            self.number(*seat);
            self.number(machine.seats[seat]);
        }
        for (number, (id, _)) in &machine.sends {
            self.revision(*number);
            self.value(id);
        }
        for (id, content) in &machine.cleared {
            self.value(id);
            self.content(content);
        }
        for (number, kind, caller) in &machine.lifecycle {
            self.number(*number);
            self.value(*kind as u8);
            self.token(caller.0);
        }
        self.value(machine.drain.is_some());
        self.store(world);
        for (token, kind, takes) in calls {
            self.token(*token);
            self.value(kind);
            self.text(takes);
        }
        self.text(&world.live.iter().collect::<String>());
        for (seat, edit) in world.live.iter().filter_map(|letter| world.edits.get(letter)) {
            self.number(*seat);
            self.number(*edit);
        }
        self.text(&world.dead.iter().collect::<String>());
    }

    fn store(&mut self, world: &World) {
        let mut ids: Vec<_> = world.records.keys().collect();
        ids.sort();
        for id in ids {
            let record = &world.records[id];
            self.value(id);
            self.state(&record.state);
            for entry in Entry::all_of(&record.sending).unwrap() {
                match entry {
                    Entry::Sending(sending) => {
                        self.revision(sending.number);
                        self.text(&sending.text);
                    }
                    Entry::Unresolved(typed) => self.text(&typed.text),
                    Entry::Returned(returned) => {
                        self.revision(returned.number);
                        self.value(returned.len);
                    }
                }
            }
        }
        for number in &world.sends {
            self.revision(*number);
        }
        for (number, job) in &world.jobs {
            self.number(*number);
            match job {
                Job::Commit { changes, read, .. } => {
                    self.value(read.is_some());
                    changes.iter().for_each(|change| self.change(change));
                }
                Job::Pass { id, change, .. } => {
                    self.value(id);
                    self.change(change);
                }
                Job::Load(id) => self.value(id),
                Job::Maintain(task) => self.value(*task as u8),
                Job::Close => self.value("close"),
            }
        }
        for (number, answer) in &world.answers {
            self.number(*number);
            match answer {
                Answered::Committed(Ok(outcome), after) => {
                    self.revision(outcome.revision().get());
                    self.value(outcome.is_changed());
                    if let Some(after) = after {
                        self.state(&after.state);
                    }
                }
                Answered::Passed(id, outcome) => {
                    self.value(id);
                    self.value(outcome.as_ref().map_or_else(Error::to_string, |_| String::new()));
                    self.revision(outcome.as_ref().map_or(0, |outcome| outcome.revision().get()));
                }
                Answered::Loaded(Ok(loaded)) => self.state(&loaded.state),
                Answered::Committed(Err(error), _)
                | Answered::Loaded(Err(error))
                | Answered::Maintained(Err(error)) => {
                    self.value(error.to_string());
                }
                Answered::Maintained(Ok(())) => self.value("done"),
            }
        }
    }

    fn change(&mut self, change: &Change) {
        self.value(format!("{change:?}"));
        self.text(text_of(change));
        if let Change::SetDraft { base: Some(base), .. } | Change::BeginSend { base: Some(base), .. } = change {
            self.revision(base.get());
        }
        if let Change::ConfirmSend { number, .. } | Change::AbortSend { number, .. } = change {
            self.revision(*number);
        }
        change.ids().iter().for_each(|id| self.value(id));
    }

    fn request(&mut self, request: &Request) {
        self.value(std::mem::discriminant(request));
        match request {
            Request::Set { text, base, .. } => {
                self.text(text);
                self.value(base.is_some());
                if let Some(base) = base {
                    self.revision(base.get());
                }
            }
            Request::ConfirmSend { number } | Request::AbortSend { number, .. } => self.revision(*number),
            Request::Rename { to } => self.value(to),
            _ => {}
        }
    }

    fn token(&mut self, token: u32) {
        if token == 0 {
            return self.value(0);
        }
        match self.is_counting {
            true => self.tokens.push(token),
            false => self.tokens.binary_search(&token).hash(&mut self.hasher),
        }
    }
}

fn in_order<T, S>(values: &HashMap<u64, T, S>) -> impl Iterator<Item = (&u64, &T)> {
    values.iter().collect::<BTreeMap<_, _>>().into_iter()
}

pub(super) fn of(world: &World, calls: &[(u32, u8, String)], flags: impl Hash + Copy) -> u64 {
    let mut writer = Writer {
        hasher: DefaultHasher::new(),
        numbers: Vec::new(),
        revisions: vec![0],
        letters: BTreeMap::new(),
        tokens: Vec::new(),
        is_counting: true,
    };
    writer.world(world, calls, flags);
    writer.numbers.sort_unstable();
    writer.numbers.dedup();
    writer.revisions.sort_unstable();
    writer.revisions.dedup();
    writer.tokens.sort_unstable();
    writer.tokens.dedup();
    writer.letters.clear();
    writer.is_counting = false;
    writer.world(world, calls, flags);
    writer.hasher.finish()
}
