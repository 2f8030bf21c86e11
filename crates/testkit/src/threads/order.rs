//! Looks for an order of the calls of a round that explains every answer, and what is there in the end.
//!
//! The buffers take calls one by one, each at some moment of its first poll. So there must be an order of all of them, one
//! that has nobody before those who had been taken already, in which each answer is what the rules say. An abort and a rename
//! reach the fields later, when they are answered: they land then. What is typed before that replaces what its field shows,
//! and not what comes from elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::history::{Answer, Event, Op, Seen, Tokens};

/// So many states are looked at before a round counts as not decided.
const PATIENCE: usize = 300_000;

/// What a search has come to.
pub(super) enum Verdict {
    Explained,
    /// No order explains it.
    Impossible,
    Undecided,
}

/// Whose a part of a text is until everything has landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owner {
    /// The fields of this conversation show it: what they are given next replaces it.
    Fields(usize),
    /// Typed in fields of this conversation since a rename was taken that it is part of: who looks from the other may not see it.
    Typed(usize),
    /// Of the abort at this place.
    Abort(usize),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Chat {
    parts: BTreeMap<Owner, Tokens>,
    /// What was cleared last.
    cleared: Option<Tokens>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Send {
    Known(u64),
    /// Begun by the call at this place, which nobody waited for.
    Unknown(usize),
}

/// All conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct State {
    chats: Vec<Chat>,
    sends: BTreeMap<Send, (usize, Tokens)>,
    seats: BTreeMap<u32, usize>,
    /// Renames that have not landed, in their order: their places, from where and where to.
    renames: Vec<(usize, usize, usize)>,
}

/// A call is taken, or lands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Take(usize),
    Land(usize),
}

/// Looks for an order, from no texts and these seats, that ends with what is seen of the conversations concerned.
pub(super) fn explain(events: &[&Event], seats: &[(u32, usize)], seen: &Seen, chats: &BTreeSet<usize>) -> Verdict {
    let state = State {
        chats: vec![Chat::default(); seen.texts.len()],
        seats: seats.iter().copied().collect(),
        ..State::default()
    };
    let landing = (0..events.len()).filter(|place| events[*place].is_late()).map(Step::Land);
    let steps: Vec<Step> = (0..events.len()).map(Step::Take).chain(landing).collect();
    let is_before = |first: &Step, second: &Step| match (*first, *second) {
        (Step::Take(first), Step::Take(second)) => events[first].is_before(events[second]),
        (Step::Land(first), Step::Take(second)) => events[first].end() < events[second].begun,
        (Step::Take(first), Step::Land(second)) => first == second,
        (Step::Land(_), Step::Land(_)) => false,
    };
    let mask = |step: &Step| {
        let before = steps.iter().enumerate().filter(|(_, first)| is_before(first, step));
        before.fold(0_u128, |mask, (place, _)| mask | 1 << place)
    };
    let search = Search {
        events,
        before: steps.iter().map(mask).collect(),
        is_followed: events.iter().map(|event| is_followed(event, events)).collect(),
        overlapped: events.iter().map(|event| is_overlapped(event, events)).collect(),
        seen,
        chats,
    };
    let all = (0..steps.len()).fold(0_u128, |mask, place| mask | 1 << place);
    let (mut known, mut open) = (HashSet::new(), vec![(0_u128, state)]);
    while let Some((done, state)) = open.pop() {
        if done == all && search.is_seen(&state) {
            return Verdict::Explained;
        }
        if known.len() > PATIENCE {
            return Verdict::Undecided;
        }
        for place in (0..steps.len()).rev() {
            if done & 1 << place != 0 || search.before[place] & !done != 0 {
                continue;
            }
            for next in search.apply(&state, steps[place]) {
                let next = (done | 1 << place, next);
                if known.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
    }
    Verdict::Impossible
}

/// Returns true if another call was under way at the same time.
fn is_overlapped(event: &Event, events: &[&Event]) -> bool {
    events.iter().any(|other| !std::ptr::eq(*other, event) && other.begun < event.end() && other.end() > event.begun)
}

/// Returns true if something was typed behind it, before a rename that was under way with it had landed.
fn is_followed(event: &Event, events: &[&Event]) -> bool {
    let renames = || events.iter().filter(|other| matches!(other.op, Op::Rename { .. }) && other.begun < event.end());
    let is_behind = |edit: &Event| edit.begun > event.begun && renames().any(|rename| rename.end() > edit.begun);
    events.iter().any(|edit| matches!(edit.op, Op::Edit { .. }) && is_behind(edit))
}

struct Search<'a> {
    events: &'a [&'a Event],
    before: Vec<u128>,
    is_followed: Vec<bool>,
    overlapped: Vec<bool>,
    seen: &'a Seen,
    chats: &'a BTreeSet<usize>,
}

impl Search<'_> {
    /// Returns what a step may leave behind, given its answer; nothing if it cannot have been answered so.
    fn apply(&self, state: &State, step: Step) -> Vec<State> {
        let mut left = self.apply_to(state, step);
        let Step::Take(place) = step else { return left };
        let (chat, own) = match self.events[place].op {
            Op::BeginSend { chat } | Op::UndoClear { chat } | Op::SetBased { chat, .. } => (chat, chat),
            Op::BeginSendFrom { seat } => match state.seats.get(&seat) {
                Some(chat) => (state.home(*chat), *chat),
                None => return left,
            },
            _ => return left,
        };
        // What is typed meanwhile in fields that are on their way, and what it replaces, may be seen or not.
        let mut sights = Vec::new();
        for sees_below in [true, false] {
            let mut rest = state.clone();
            let is_hidden = |owner: &Owner| match owner {
                Owner::Typed(of) => *of != own,
                Owner::Fields(of) => !sees_below && *of != own && state.is_moving(*of),
                Owner::Abort(_) => false,
            };
            let parts = std::mem::take(&mut rest.chats[chat].parts);
            let (hidden, shown): (BTreeMap<_, _>, BTreeMap<_, _>) =
                parts.into_iter().partition(|(owner, _)| is_hidden(owner));
            rest.chats[chat].parts = shown;
            if !hidden.is_empty() {
                sights.push((rest, hidden));
            }
        }
        for (rest, hidden) in sights {
            for mut next in self.apply_to(&rest, step) {
                if self.is_followed[place] {
                    // It is replaced by what is typed next, and with it what was seen of it.
                    left.push(next.clone());
                }
                next.chats[chat].parts.extend(hidden.clone());
                left.push(next);
            }
        }
        left
    }

    fn apply_to(&self, state: &State, step: Step) -> Vec<State> {
        let mut next = state.clone();
        let place = match step {
            Step::Take(place) => place,
            Step::Land(place) => {
                next.land(place);
                return vec![next];
            }
        };
        let event = self.events[place];
        let answer = event.answer();
        if matches!(answer, Some(Answer::Suspended | Answer::Closed)) {
            return vec![next];
        }
        let is_possible = match &event.op {
            Op::Edit { seat, text } => match next.seats.get(seat).copied() {
                Some(chat) => {
                    next.edit(chat, text);
                    if text.is_empty() && self.overlapped[place] {
                        // The field was empty already, and what was under way came later.
                        return vec![next, state.clone()];
                    }
                    true
                }
                None => false,
            },
            Op::Set { chat, text } => {
                next.set(*chat, text);
                true
            }
            Op::SetBased { chat, text, expected } => {
                let is_same = next.chats[*chat].text() == *expected;
                match answer {
                    Some(Answer::Conflict) => true,
                    Some(_) => {
                        next.set(*chat, text);
                        is_same
                    }
                    None => {
                        next.set(*chat, text);
                        let left = Some(next).filter(|_| is_same);
                        return left.into_iter().chain([state.clone()]).collect();
                    }
                }
            }
            Op::UndoClear { chat } => next.undo(*chat, answer),
            Op::BeginSend { chat } => next.begin_send(*chat, answer, place),
            Op::BeginSendFrom { seat } => match next.seats.get(seat).copied() {
                Some(chat) => next.begin_send(next.home(chat), answer, place),
                None => false,
            },
            Op::Confirm { number, text, .. } => return state.ended(*number, text, answer, None),
            Op::Abort { number, text, .. } => return state.ended(*number, text, answer, Some(place)),
            Op::Rename { from, to } => {
                next.rename(*from, *to, place);
                true
            }
            Op::Delete { chat } => {
                next.chats[*chat] = Chat::default();
                next.sends.retain(|_, (of, _)| of != chat);
                true
            }
            Op::Compose { chat, seat } => {
                next.seats.insert(*seat, *chat);
                true
            }
            Op::Get { chat } => match answer {
                Some(Answer::Text(text)) => *text == next.chats[*chat].text(),
                _ => answer.is_none(),
            },
            Op::SetByAnother { .. } | Op::Beside(_) => true,
        };
        if is_possible { vec![next] } else { Vec::new() }
    }

    /// Returns true if this is what is seen.
    fn is_seen(&self, state: &State) -> bool {
        let texts_match = self.chats.iter().all(|chat| state.chats[*chat].text() == self.seen.texts[*chat]);
        let mut seats = self.seen.seats.iter().filter(|(_, chat)| self.chats.contains(chat));
        let seats_match = seats.all(|(seat, chat)| state.seats.get(seat) == Some(chat));
        let mut left: Vec<_> = self.seen.sends.iter().filter(|(_, chat, _)| self.chats.contains(chat)).collect();
        let sends_match = state.sends.iter().all(|(send, (chat, text))| {
            let is_it = |(number, of, seen): &&(u64, usize, Tokens)| {
                of == chat && seen == text && !matches!(send, Send::Known(known) if known != number)
            };
            left.iter().position(is_it).map(|place| left.remove(place)).is_some()
        });
        texts_match && seats_match && sends_match && left.is_empty()
    }
}

impl Chat {
    fn text(&self) -> Tokens {
        let is_shown = |owner: &Owner| match owner {
            Owner::Fields(chat) => !self.parts.contains_key(&Owner::Typed(*chat)),
            Owner::Typed(_) | Owner::Abort(_) => true,
        };
        let shown = self.parts.iter().filter(|(owner, _)| is_shown(owner));
        let mut text: Tokens = shown.flat_map(|(_, part)| part).copied().collect();
        text.sort_unstable();
        text
    }

    fn put(&mut self, owner: Owner, more: &[u32]) {
        if !more.is_empty() {
            let part = self.parts.entry(owner).or_default();
            part.extend(more);
            part.sort_unstable();
        }
    }
}

impl State {
    /// Returns where the text of a conversation's fields is stored.
    fn home(&self, chat: usize) -> usize {
        self.renames.iter().fold(chat, |home, (_, from, to)| if home == *from { *to } else { home })
    }

    /// Returns true if a rename that has not landed is from or to this conversation.
    fn is_moving(&self, chat: usize) -> bool {
        self.renames.iter().any(|(_, from, to)| [*from, *to].contains(&chat))
    }

    fn edit(&mut self, chat: usize, text: &Tokens) {
        let home = self.home(chat);
        self.put_shown(home, chat, text.clone());
    }

    /// Puts the text that the fields of a conversation show. As long as a rename of it has not landed the one before stays
    /// below it.
    fn put_shown(&mut self, home: usize, chat: usize, text: Tokens) {
        let is_moving = self.is_moving(chat);
        let parts = &mut self.chats[home].parts;
        if is_moving {
            parts.insert(Owner::Typed(chat), text);
        } else {
            parts.remove(&Owner::Typed(chat));
            parts.insert(Owner::Fields(chat), text);
        }
    }

    fn set(&mut self, chat: usize, text: &Tokens) {
        let before = self.take(chat);
        if text.is_empty() && !before.is_empty() {
            self.chats[chat].cleared = Some(before);
        }
        self.chats[chat].put(Owner::Fields(chat), text);
    }

    fn take(&mut self, chat: usize) -> Tokens {
        let text = self.chats[chat].text();
        self.chats[chat].parts.clear();
        text
    }

    fn undo(&mut self, chat: usize, answer: Option<&Answer>) -> bool {
        let is_empty = self.chats[chat].text().is_empty();
        let cleared = &mut self.chats[chat].cleared;
        let brings_back = is_empty && cleared.is_some();
        let is_possible = match answer {
            Some(Answer::Changed(true)) => brings_back,
            Some(Answer::Changed(false)) => cleared.is_none(),
            Some(Answer::Conflict) => !is_empty,
            Some(_) => false,
            None => true,
        };
        if let Some(back) = cleared.take_if(|_| brings_back) {
            self.set(chat, &back);
        }
        is_possible
    }

    fn begin_send(&mut self, chat: usize, answer: Option<&Answer>, place: usize) -> bool {
        let text = self.take(chat);
        let (number, is_possible) = match answer {
            Some(Answer::Sent { number, text: sent }) => (Send::Known(*number), *sent == text),
            Some(Answer::NothingToSend) => return text.is_empty(),
            Some(_) => return false,
            None if text.is_empty() => return true,
            None => (Send::Unknown(place), true),
        };
        self.sends.insert(number, (chat, text));
        is_possible
    }

    /// Returns what the end of a sending may leave. Its number is not known of one that nobody waited for.
    fn ended(&self, number: u64, sent: &Tokens, answer: Option<&Answer>, abort: Option<usize>) -> Vec<Self> {
        let is_unknown = |send: &Send, text: &Tokens| matches!(send, Send::Unknown(_)) && text == sent;
        let known = self.sends.contains_key(&Send::Known(number)).then_some(Send::Known(number));
        let unknown = self.sends.iter().filter(|(send, (_, text))| is_unknown(send, text)).map(|(send, _)| *send);
        let mut sends: Vec<Option<Send>> = match known {
            Some(known) => vec![Some(known)],
            None => unknown.map(Some).chain([None]).collect(),
        };
        match answer {
            Some(Answer::Changed(_)) => sends.retain(Option::is_some),
            Some(Answer::NotPending) => sends.retain(Option::is_none),
            Some(_) => sends.clear(),
            None => {}
        }
        let left = sends.into_iter().map(|send| {
            let mut next = self.clone();
            if let Some((chat, text)) = send.and_then(|send| next.sends.remove(&send))
                && let Some(place) = abort
            {
                next.chats[chat].put(Owner::Abort(place), &text);
            }
            next
        });
        left.collect()
    }

    fn rename(&mut self, from: usize, to: usize, place: usize) {
        if from == to {
            return;
        }
        let old = std::mem::take(&mut self.chats[from]);
        for (owner, part) in &old.parts {
            self.chats[to].put(*owner, part);
        }
        let cleared = &mut self.chats[to].cleared;
        *cleared = cleared.take().or(old.cleared);
        self.sends.values_mut().filter(|(chat, _)| *chat == from).for_each(|(chat, _)| *chat = to);
        self.renames.push((place, from, to));
    }

    /// An abort or a rename reaches the fields.
    fn land(&mut self, place: usize) {
        let renamed = self.renames.iter().position(|(other, ..)| *other == place).map(|nth| self.renames.remove(nth));
        for home in 0..self.chats.len() {
            if let Some(part) = self.chats[home].parts.remove(&Owner::Abort(place)) {
                self.chats[home].put(Owner::Fields(home), &part);
            }
        }
        if let Some((_, from, to)) = renamed {
            let home = self.home(to);
            let parts = &mut self.chats[home].parts;
            let mut shown = Tokens::new();
            for chat in [to, from] {
                let below = parts.remove(&Owner::Fields(chat));
                shown.extend(parts.remove(&Owner::Typed(chat)).or(below).unwrap_or_default());
            }
            shown.sort_unstable();
            self.put_shown(home, to, shown);
            self.seats.values_mut().filter(|chat| **chat == from).for_each(|chat| *chat = to);
        }
    }
}
