//! What typing should come to: texts only, one conversation as simple as the next, written by the rules alone.

use chat_drafts_core::Keep;

use super::CHATS;

/// Saved after so long without an edit.
const QUIET: i64 = 300;
/// And so long after the first.
const LONGEST: i64 = 2_000;
/// What is due so soon is saved along.
const TOGETHER: i64 = 50;

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Somebody else has stored this.
    Conflict(String),
    NothingToSend,
    /// The conversations whose text cannot be saved.
    Unsaved(Vec<String>),
    /// Anything else, which the model never predicts.
    Other(String),
}

#[derive(Debug, Clone, Default)]
struct Chat {
    stored: String,
    /// What is composed, as long as somebody does, or until it is saved.
    slot: Option<Slot>,
}

#[derive(Debug, Clone, Default)]
struct Slot {
    text: String,
    composers: usize,
    is_dirty: bool,
    /// Whether nobody else has changed what is stored since the text was made of it.
    is_fresh: bool,
    first_edit: Option<i64>,
    last_edit: i64,
    is_urgent: bool,
    conflict: Option<Conflict>,
}

#[derive(Debug, Clone)]
struct Conflict {
    theirs: String,
    is_fresh: bool,
}

/// All conversations, and the time.
#[derive(Debug, Clone)]
pub(super) struct Model {
    chats: Vec<Chat>,
    tickets: Vec<(u64, usize, String)>,
    now: i64,
}

fn joined(first: &str, second: &str) -> String {
    let parts: Vec<_> = [first, second].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

impl Slot {
    fn due(&self) -> Option<i64> {
        if !self.is_dirty || self.conflict.is_some() {
            return None;
        }
        match self.first_edit {
            _ if self.is_urgent => Some(0),
            Some(first) => Some((self.last_edit + QUIET).min(first + LONGEST)),
            None => Some(0),
        }
    }

    /// It shows what is stored.
    fn clean(&mut self, stored: &str) {
        *self = Self { text: stored.to_owned(), composers: self.composers, is_fresh: true, ..Self::default() };
    }
}

impl Chat {
    /// Saves what is typed; says whether that is possible.
    fn save(&mut self) -> bool {
        let Some(slot) = self.slot.as_mut().filter(|slot| slot.is_dirty) else { return true };
        if slot.conflict.is_some() {
            return false;
        }
        if !slot.is_fresh && slot.text != self.stored {
            if slot.composers > 0 {
                slot.conflict = Some(Conflict { theirs: self.stored.clone(), is_fresh: true });
                slot.is_urgent = false;
                slot.first_edit = None;
                return false;
            }
            slot.text = joined(&self.stored, &slot.text);
        }
        let text = slot.text.clone();
        self.store(&text);
        true
    }

    /// A write of our own has left this.
    fn store(&mut self, text: &str) {
        text.clone_into(&mut self.stored);
        if let Some(slot) = &mut self.slot {
            slot.clean(text);
        }
        self.slot.take_if(|slot| slot.composers == 0);
    }

    fn resolve(&mut self, keep: Keep) -> bool {
        let Some(slot) = &mut self.slot else { return false };
        let Some(Conflict { theirs, is_fresh }) = slot.conflict.take() else { return false };
        match keep {
            Keep::Ours => {}
            Keep::Theirs => {
                slot.clean(&theirs);
                slot.is_fresh = is_fresh;
                return true;
            }
            Keep::Both => slot.text = joined(&theirs, &slot.text),
        }
        (slot.is_fresh, slot.is_urgent) = (is_fresh, true);
        true
    }
}

impl Model {
    pub(super) fn new(chats: usize) -> Self {
        Self { chats: vec![Chat::default(); chats], tickets: Vec::new(), now: 0 }
    }

    pub(super) fn stored(&self, chat: usize) -> String {
        self.chats[chat].stored.clone()
    }

    /// What a read of the draft shows.
    pub(super) fn shown(&self, chat: usize) -> String {
        let chat = &self.chats[chat];
        chat.slot.as_ref().filter(|slot| slot.is_dirty).map_or(&chat.stored, |slot| &slot.text).clone()
    }

    pub(super) fn shown_by_composer(&self, chat: usize) -> String {
        self.chats[chat].slot.as_ref().map_or(String::new(), |slot| slot.text.clone())
    }

    pub(super) fn conflict(&self, chat: usize) -> Option<String> {
        self.chats[chat].slot.as_ref()?.conflict.as_ref().map(|conflict| conflict.theirs.clone())
    }

    pub(super) fn tickets(&self) -> &[(u64, usize, String)] {
        &self.tickets
    }

    pub(super) fn unsaved(&self) -> Vec<(usize, String)> {
        let dirty = |(chat, slot): (usize, &Chat)| {
            slot.slot.as_ref().filter(|slot| slot.is_dirty).map(|slot| (chat, slot.text.clone()))
        };
        self.chats.iter().enumerate().filter_map(dirty).collect()
    }

    pub(super) fn is_composed(&self, chat: usize) -> bool {
        self.chats[chat].slot.is_some()
    }

    pub(super) fn compose(&mut self, chat: usize) {
        let Chat { stored, slot } = &mut self.chats[chat];
        let slot = slot.get_or_insert_default();
        if !slot.is_dirty {
            slot.clean(stored);
        }
        slot.composers += 1;
    }

    pub(super) fn edit(&mut self, chat: usize, text: &str) {
        let Some(slot) = &mut self.chats[chat].slot else { return };
        if slot.text != text {
            text.clone_into(&mut slot.text);
            slot.is_dirty = true;
            slot.first_edit.get_or_insert(self.now);
            slot.last_edit = self.now;
        }
    }

    pub(super) fn leave(&mut self, chat: usize) {
        let chat = &mut self.chats[chat];
        let Some(slot) = &mut chat.slot else { return };
        slot.composers -= 1;
        slot.is_urgent = slot.is_dirty;
        if slot.composers == 0 {
            chat.resolve(Keep::Both);
        }
        chat.slot.take_if(|slot| slot.composers == 0 && !slot.is_dirty);
    }

    pub(super) fn resolve(&mut self, chat: usize, keep: Keep) -> bool {
        self.chats[chat].resolve(keep)
    }

    pub(super) fn pass(&mut self, millis: i64) {
        self.now += millis;
        self.save_due();
    }

    pub(super) fn save_due(&mut self) {
        loop {
            let due = |chat: &Chat| chat.slot.as_ref().and_then(Slot::due);
            if !self.chats.iter().filter_map(due).any(|due| due <= self.now) {
                return;
            }
            for chat in &mut self.chats {
                if due(chat).is_some_and(|due| due <= self.now + TOGETHER) {
                    chat.save();
                }
            }
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Refusal> {
        let mut unsaved = Vec::new();
        for (chat, name) in self.chats.iter_mut().zip(CHATS) {
            if !chat.save() {
                unsaved.push(name.to_owned());
            }
        }
        unsaved.sort();
        if unsaved.is_empty() { Ok(()) } else { Err(Refusal::Unsaved(unsaved)) }
    }

    /// So much time has passed without a save; from now on all is due.
    pub(super) fn resume(&mut self, millis: i64) {
        self.now += millis;
        for slot in self.chats.iter_mut().filter_map(|chat| chat.slot.as_mut()) {
            slot.is_urgent = slot.is_dirty;
        }
    }

    pub(super) fn set(&mut self, chat: usize, text: &str) {
        self.chats[chat].store(text);
    }

    pub(super) fn delete(&mut self, chat: usize) {
        self.tickets.retain(|(_, of, _)| *of != chat);
        self.chats[chat].store("");
    }

    pub(super) fn other(&mut self, chat: usize, text: &str) {
        let chat = &mut self.chats[chat];
        if chat.stored != text {
            text.clone_into(&mut chat.stored);
            if let Some(slot) = &mut chat.slot {
                slot.is_fresh = false;
                slot.conflict.iter_mut().for_each(|conflict| conflict.is_fresh = false);
            }
        }
    }

    /// Says whether there was anything to rename.
    pub(super) fn rename(&mut self, from: usize, to: usize) -> Result<bool, Refusal> {
        let is_known =
            |model: &Self| !model.chats[from].stored.is_empty() || model.tickets.iter().any(|(_, of, _)| *of == from);
        if from == to {
            return Ok(false);
        }
        let mut order = [from, to];
        order.sort_by_key(|chat| CHATS[*chat]);
        for chat in order {
            if !self.chats[chat].save() {
                return Err(Refusal::Conflict(self.conflict(chat).unwrap_or_default()));
            }
        }
        if !is_known(self) {
            return Ok(false);
        }
        let mut old = std::mem::take(&mut self.chats[from]);
        let text = joined(&self.chats[to].stored, &old.stored);
        self.tickets.iter_mut().filter(|(_, of, _)| *of == from).for_each(|(_, of, _)| *of = to);
        if let Some(slot) = old.slot.take() {
            self.chats[to].slot = Some(slot);
        }
        self.chats[to].store(&text);
        Ok(true)
    }

    pub(super) fn begin_send(&mut self, chat: usize, number: u64) -> Result<String, Refusal> {
        let place = chat;
        let chat = &mut self.chats[place];
        let text = match &mut chat.slot {
            None => chat.stored.clone(),
            Some(Slot { conflict: Some(conflict), .. }) => return Err(Refusal::Conflict(conflict.theirs.clone())),
            Some(slot) if slot.text.is_empty() || slot.is_fresh || slot.text == chat.stored => slot.text.clone(),
            Some(slot) => {
                slot.is_dirty = true;
                slot.conflict = Some(Conflict { theirs: chat.stored.clone(), is_fresh: true });
                let refused = Refusal::Conflict(chat.stored.clone());
                if slot.composers == 0 {
                    chat.resolve(Keep::Both);
                }
                return Err(refused);
            }
        };
        if text.is_empty() {
            return Err(Refusal::NothingToSend);
        }
        chat.store("");
        self.tickets.push((number, place, text.clone()));
        Ok(text)
    }

    pub(super) fn end(&mut self, number: u64, confirm: bool) {
        let Some(place) = self.tickets.iter().position(|(other, ..)| *other == number) else { return };
        let (_, chat, text) = self.tickets.remove(place);
        if confirm {
            return;
        }
        let chat = &mut self.chats[chat];
        let is_saved = chat.save();
        let text = joined(&text, &chat.stored);
        if is_saved {
            chat.store(&text);
        } else if let Some(conflict) = chat.slot.as_mut().and_then(|slot| slot.conflict.as_mut()) {
            chat.stored.clone_from(&text);
            *conflict = Conflict { theirs: text, is_fresh: true };
        }
    }

    /// What is typed is lost; says if it is more than may be.
    pub(super) fn crash(&mut self) -> Result<(), String> {
        for chat in &mut self.chats {
            let Some(slot) = chat.slot.take() else { continue };
            if slot.is_dirty && slot.conflict.is_none() && !slot.is_urgent {
                let (since_first, since_last) = (self.now - slot.first_edit.unwrap_or(0), self.now - slot.last_edit);
                if since_first >= LONGEST || since_last >= QUIET {
                    return Err(format!("typed {since_first} ms ago, quiet since {since_last} ms, and not saved"));
                }
            }
        }
        Ok(())
    }

    /// Everything was saved, and nobody composes any more.
    pub(super) fn restart(&mut self) {
        for chat in &mut self.chats {
            chat.slot = None;
        }
    }
}
