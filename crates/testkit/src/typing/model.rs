//! What typing should come to, written by the rules alone: one conversation as simple as the next, every call as if it were
//! the only one.

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
    /// There is another text.
    Conflict(String),
    NothingToSend,
    /// The conversations whose text cannot be saved.
    Unsaved(Vec<String>),
    /// Anything else, which the model never predicts.
    Other(String),
}

/// A text and its extra.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) extra: String,
}

/// A text that is being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) chat: usize,
    pub(super) content: Content,
}

#[derive(Debug, Clone, Default)]
struct Chat {
    stored: Content,
    /// What came back to the draft's beginning, in order, while others are still being sent; and whose extra the draft has.
    returned: Vec<(u64, String)>,
    extra_of: Option<u64>,
    /// What is composed, as long as somebody does, or until it is saved.
    field: Option<Field>,
    /// What was typed in conflicts, as the record keeps it, and in which life of the process.
    kept: Vec<(u32, Content)>,
    /// What was cleared last.
    cleared: Option<Content>,
}

#[derive(Debug, Clone, Default)]
struct Field {
    content: Content,
    /// What was stored when it was last in step with the store.
    base: Content,
    composers: usize,
    is_dirty: bool,
    first_edit: Option<i64>,
    last_edit: i64,
    is_urgent: bool,
    is_in_conflict: bool,
    /// What was typed in the conflict and is not kept beside the draft yet.
    is_unkept: bool,
    /// The lives whose text of this conflict the record keeps.
    kept_lives: Vec<u32>,
    /// Ours, after both were chosen, until that is saved.
    rejoins: Option<Content>,
}

/// All conversations, and the time.
#[derive(Debug, Clone)]
pub(super) struct Model {
    chats: Vec<Chat>,
    tickets: Vec<Ticket>,
    now: i64,
    /// How often the process has ended.
    life: u32,
}

fn joined(first: &str, second: &str) -> String {
    let parts: Vec<_> = [first, second].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

impl Content {
    pub(super) fn new(text: &str, extra: &str) -> Self {
        Self { text: text.to_owned(), extra: extra.to_owned() }
    }

    /// Without a text there is no draft.
    fn as_draft(&self) -> Self {
        if self.text.is_empty() { Self::default() } else { self.clone() }
    }

    fn is_draft(&self, draft: &Self) -> bool {
        self.as_draft() == *draft
    }

    fn and(&self, second: &Self) -> Self {
        let extra = if second.extra.is_empty() { &self.extra } else { &second.extra };
        Self::new(&joined(&self.text, &second.text), extra)
    }
}

impl Field {
    fn due(&self) -> Option<i64> {
        if !self.is_dirty || (self.is_in_conflict && !self.is_unkept) {
            return None;
        }
        match self.first_edit {
            _ if self.is_urgent => Some(0),
            Some(first) => Some((self.last_edit + QUIET).min(first + LONGEST)),
            None => Some(0),
        }
    }

    /// It shows this, and is in step with what is stored.
    fn clean(&mut self, content: &Content, stored: &Content) {
        *self = Self {
            content: content.clone(),
            base: stored.clone(),
            composers: self.composers,
            kept_lives: std::mem::take(&mut self.kept_lives),
            ..Self::default()
        };
    }

    /// It goes on from what is stored, if nothing is typed.
    fn refresh(&mut self, stored: &Content) {
        let content = if self.content.is_draft(stored) { self.content.clone() } else { stored.clone() };
        self.clean(&content, stored);
    }

    fn type_on(&mut self, content: Content) {
        (self.content, self.is_dirty, self.is_urgent) = (content, true, true);
    }

    fn taken(&mut self) {
        (self.first_edit, self.is_urgent) = (None, false);
    }
}

impl Chat {
    /// What the store makes of a draft that is written over another.
    fn put(&mut self, content: &Content) {
        let now = content.as_draft();
        let front: Vec<_> = self.returned.iter().map(|(_, text)| text.as_str()).collect();
        if !now.text.starts_with(&front.join("\n")) {
            self.returned.clear();
            self.extra_of = None;
        } else if now.extra != self.stored.extra {
            self.extra_of = None;
        }
        self.stored = now;
    }

    /// Saves what is typed; says whether that is possible.
    fn save(&mut self) -> bool {
        let Some(field) = self.field.as_mut().filter(|field| field.is_dirty) else { return true };
        if field.is_in_conflict {
            return false;
        }
        if field.base != self.stored && !field.content.is_draft(&self.stored) {
            match &field.rejoins {
                Some(ours) => field.content = self.stored.and(ours),
                None if field.composers > 0 => {
                    (field.is_in_conflict, field.is_unkept, field.is_urgent) = (true, true, true);
                    return false;
                }
                None => field.content = self.stored.and(&field.content),
            }
        }
        let content = field.content.clone();
        self.put(&content);
        let stored = self.stored.clone();
        if let Some(field) = &mut self.field {
            field.clean(&content, &stored);
        }
        self.rest();
        true
    }

    /// What was kept of a conflict that is over is forgotten, and a field nobody composes in goes.
    fn rest(&mut self) {
        if let Some(field) = &mut self.field {
            let lives = std::mem::take(&mut field.kept_lives);
            self.kept.retain(|(life, _)| !lives.contains(life));
        }
        self.field.take_if(|field| field.composers == 0 && !field.is_dirty);
    }

    /// A write of our own has left this, whatever was typed.
    fn replace(&mut self, content: &Content) {
        self.put(content);
        let stored = self.stored.clone();
        if let Some(field) = &mut self.field {
            field.clean(&stored, &stored);
        }
        self.rest();
    }

    /// What is stored becomes known; in a conflict with what is typed that is the other side from now on.
    fn look(&mut self) {
        let stored = self.stored.clone();
        let Some(field) = &mut self.field else { return };
        if field.is_in_conflict && field.content.is_draft(&stored) {
            field.clean(&stored, &stored);
        }
    }

    fn resolve(&mut self, keep: Keep) -> bool {
        self.look();
        let stored = self.stored.clone();
        let Some(field) = self.field.as_mut().filter(|field| field.is_in_conflict) else { return false };
        let ours = field.content.clone();
        if keep == Keep::Theirs {
            field.clean(&stored, &stored);
            return true;
        }
        (field.is_in_conflict, field.is_unkept) = (false, false);
        field.base.clone_from(&stored);
        field.type_on(ours.clone());
        if keep == Keep::Both {
            field.type_on(stored.and(&ours));
            field.rejoins = Some(ours);
        }
        true
    }

    fn is_known(&self, is_sending: bool) -> bool {
        !self.stored.text.is_empty() || is_sending
    }

    fn in_conflict(&self) -> bool {
        self.field.as_ref().is_some_and(|field| field.is_in_conflict)
    }

    fn is_dirty(&self) -> bool {
        self.field.as_ref().is_some_and(|field| field.is_dirty)
    }

    fn typed(&self) -> String {
        self.field.as_ref().map_or(String::new(), |field| field.content.text.clone())
    }
}

impl Model {
    pub(super) fn new(chats: usize) -> Self {
        Self { chats: vec![Chat::default(); chats], tickets: Vec::new(), now: 0, life: 0 }
    }

    pub(super) fn stored(&self, chat: usize) -> Content {
        self.chats[chat].stored.clone()
    }

    /// What a read of the draft shows.
    pub(super) fn shown(&self, chat: usize) -> Content {
        let chat = &self.chats[chat];
        match chat.field.as_ref().filter(|field| field.is_dirty) {
            Some(field) => field.content.as_draft(),
            None => chat.stored.clone(),
        }
    }

    pub(super) fn shown_by_composer(&self, chat: usize) -> Content {
        self.chats[chat].field.as_ref().map_or_else(Content::default, |field| field.content.clone())
    }

    /// The other side of a conflict, after a look at it.
    pub(super) fn conflict(&mut self, chat: usize) -> Option<String> {
        self.chats[chat].look();
        self.chats[chat].in_conflict().then(|| self.chats[chat].stored.text.clone())
    }

    pub(super) fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    pub(super) fn unsaved(&self) -> Vec<(usize, String)> {
        let dirty = |(chat, row): (usize, &Chat)| row.is_dirty().then(|| (chat, row.typed()));
        self.chats.iter().enumerate().filter_map(dirty).collect()
    }

    pub(super) fn compose(&mut self, chat: usize) {
        let row = &mut self.chats[chat];
        let (stored, kept) = (row.stored.clone(), row.kept.clone());
        let field = row.field.get_or_insert_default();
        field.composers += 1;
        if field.is_dirty {
            row.look();
            return;
        }
        field.refresh(&stored);
        let known = std::mem::replace(&mut field.kept_lives, kept.iter().map(|(life, _)| *life).collect());
        let ended = kept.into_iter().filter(|(life, _)| *life != self.life && !known.contains(life));
        let ours = ended.map(|(_, content)| content).reduce(|first, second| first.and(&second));
        if let Some(ours) = ours.filter(|ours| !ours.is_draft(&stored)) {
            (field.content, field.is_dirty, field.is_in_conflict) = (ours, true, true);
        }
    }

    pub(super) fn edit(&mut self, chat: usize, text: &str) {
        let Some(field) = &mut self.chats[chat].field else { return };
        if field.content.text != text {
            text.clone_into(&mut field.content.text);
            field.is_dirty = true;
            field.is_unkept = field.is_in_conflict;
            field.rejoins = None;
            field.first_edit.get_or_insert(self.now);
            field.last_edit = self.now;
        }
    }

    pub(super) fn leave(&mut self, chat: usize) {
        let row = &mut self.chats[chat];
        let Some(field) = &mut row.field else { return };
        field.composers -= 1;
        field.is_urgent |= field.is_dirty;
        if field.composers == 0 && field.is_in_conflict {
            // What is stored is looked at when it is saved.
            let ours = field.content.clone();
            field.is_in_conflict = false;
            field.rejoins = Some(ours);
            field.is_dirty = true;
            let both = row.stored.and(&field.content);
            if !field.content.is_draft(&row.stored) {
                field.content = both;
            }
            field.base.clone_from(&row.stored);
        }
        row.field.take_if(|field| field.composers == 0 && !field.is_dirty && field.kept_lives.is_empty());
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
            let due = |chat: &Chat| chat.field.as_ref().and_then(Field::due);
            for chat in &mut self.chats {
                if chat.field.as_ref().is_some_and(|field| !field.is_dirty && !field.kept_lives.is_empty()) {
                    chat.rest();
                }
            }
            if !self.chats.iter().filter_map(due).any(|due| due <= self.now) {
                return;
            }
            for chat in &mut self.chats {
                if due(chat).is_some_and(|due| due <= self.now + TOGETHER) {
                    match chat.in_conflict() {
                        true => chat.keep(self.life),
                        false => drop(chat.save()),
                    }
                }
            }
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Refusal> {
        for chat in &mut self.chats {
            if let Some(field) = chat.field.as_mut().filter(|field| field.is_dirty) {
                field.is_urgent = true;
            }
        }
        self.save_due();
        let dirty = self.chats.iter().zip(CHATS).filter(|(chat, _)| chat.is_dirty());
        let mut unsaved: Vec<_> = dirty.map(|(_, name)| name.to_owned()).collect();
        unsaved.sort();
        if unsaved.is_empty() { Ok(()) } else { Err(Refusal::Unsaved(unsaved)) }
    }

    /// So much time has passed without a save; from now on all is due.
    pub(super) fn resume(&mut self, millis: i64) {
        self.now += millis;
        for chat in &mut self.chats {
            chat.look();
            let stored = chat.stored.clone();
            let Some(field) = &mut chat.field else { continue };
            match field.is_dirty {
                true => field.is_urgent = true,
                false => field.refresh(&stored),
            }
        }
    }

    /// Without an extra the one that is stored stays.
    pub(super) fn set(&mut self, chat: usize, text: &str, extra: Option<&str>) {
        let row = &mut self.chats[chat];
        if text.is_empty() {
            let shown =
                if row.is_dirty() { Content::new(&row.typed(), &row.field_extra()) } else { row.stored.clone() };
            if !shown.text.is_empty() {
                row.cleared = Some(shown);
            }
        }
        let content = Content::new(text, extra.unwrap_or(&row.stored.extra));
        row.replace(&content);
    }

    /// A set that is based on what is stored now: what is typed counts as newer.
    pub(super) fn set_based(&mut self, chat: usize, text: &str) -> Result<bool, Refusal> {
        let row = &mut self.chats[chat];
        let (before, content) = (row.stored.clone(), Content::new(text, ""));
        if !row.save() {
            return Err(Refusal::Conflict(row.typed()));
        }
        if row.stored != before && !content.is_draft(&row.stored) {
            return Err(Refusal::Conflict(row.stored.text.clone()));
        }
        let changes = !content.is_draft(&row.stored);
        row.replace(&content);
        Ok(changes)
    }

    pub(super) fn undo(&mut self, chat: usize) -> Result<bool, Refusal> {
        let row = &mut self.chats[chat];
        if row.is_dirty() && (row.in_conflict() || !row.typed().is_empty() || !row.save()) {
            return Err(Refusal::Conflict(row.typed()));
        }
        let stored = row.stored.clone();
        if let Some(field) = &mut row.field {
            field.refresh(&stored);
        }
        let Some(cleared) = row.cleared.clone() else { return Ok(false) };
        if !stored.text.is_empty() {
            return Err(Refusal::Conflict(stored.text));
        }
        row.cleared = None;
        row.replace(&cleared);
        Ok(true)
    }

    pub(super) fn delete(&mut self, chat: usize) {
        self.tickets.retain(|ticket| ticket.chat != chat);
        let row = &mut self.chats[chat];
        row.cleared = None;
        row.kept.clear();
        row.returned.clear();
        row.replace(&Content::default());
    }

    /// Another writer sets a draft, or clears it.
    pub(super) fn other_sets(&mut self, chat: usize, text: &str, extra: Option<&str>) {
        let row = &mut self.chats[chat];
        let content = Content::new(text, extra.unwrap_or(&row.stored.extra));
        row.put(&content);
    }

    pub(super) fn other_renames(&mut self, from: usize, to: usize) {
        if from != to && self.chats[from].is_known(self.is_sending(from)) {
            self.move_record(from, to);
        }
    }

    pub(super) fn other_begins_to_send(&mut self, chat: usize, number: u64) {
        let content = self.chats[chat].stored.clone();
        self.chats[chat].put(&Content::default());
        self.tickets.push(Ticket { number, chat, content });
    }

    pub(super) fn other_ends(&mut self, number: u64, confirm: bool) {
        if let Some(ticket) = self.take(number) {
            self.end_stored(&ticket, confirm);
        }
    }

    fn is_sending(&self, chat: usize) -> bool {
        self.tickets.iter().any(|ticket| ticket.chat == chat)
    }

    /// All that is stored of a conversation moves to another.
    fn move_record(&mut self, from: usize, to: usize) {
        let old = std::mem::take(&mut self.chats[from].stored);
        let returned = std::mem::take(&mut self.chats[from].returned);
        let extra_of = self.chats[from].extra_of.take();
        let kept = std::mem::take(&mut self.chats[from].kept);
        let target = &mut self.chats[to];
        match (target.stored.text.is_empty(), old.text.is_empty()) {
            (true, _) => (target.stored, target.returned, target.extra_of) = (old, returned, extra_of),
            (false, true) => {}
            (false, false) => {
                target.stored = Content::new(&joined(&target.stored.text, &old.text), &target.stored.extra);
            }
        }
        target.kept.extend(kept);
        self.tickets.iter_mut().filter(|ticket| ticket.chat == from).for_each(|ticket| ticket.chat = to);
    }

    /// Says whether there was anything to rename.
    pub(super) fn rename(&mut self, from: usize, to: usize) -> Result<bool, Refusal> {
        if from == to {
            return Ok(false);
        }
        let mut refused = None;
        for chat in [from, to] {
            if refused.is_none() && !self.chats[chat].save() {
                refused = Some(self.chats[chat].stored.text.clone());
            }
        }
        if let Some(theirs) = refused {
            return Err(Refusal::Conflict(theirs));
        }
        let is_known = self.chats[from].is_known(self.is_sending(from));
        if is_known {
            self.move_record(from, to);
        }
        let (old, cleared) = (self.chats[from].field.take(), self.chats[from].cleared.take());
        let target = &mut self.chats[to];
        target.cleared = target.cleared.take().or(cleared);
        let stored = target.stored.clone();
        if let Some(old) = old {
            let field = target.field.get_or_insert_default();
            field.composers += old.composers;
            field.kept_lives.extend(old.kept_lives);
        }
        if let Some(field) = &mut target.field {
            field.clean(&stored, &stored);
        }
        Ok(is_known)
    }

    pub(super) fn begin_send(&mut self, chat: usize, number: u64) -> Result<Content, Refusal> {
        let row = &mut self.chats[chat];
        let stored = row.stored.clone();
        let content = match &mut row.field {
            None => stored.clone(),
            Some(field) if field.is_in_conflict => return Err(Refusal::Conflict(stored.text)),
            Some(field) => {
                let content = if field.is_dirty { field.content.clone() } else { field.base.clone() };
                if content.text.is_empty() {
                    return Err(Refusal::NothingToSend);
                }
                if field.base != stored && content != stored {
                    // Nobody has seen what is stored.
                    match field.is_dirty {
                        false => field.refresh(&stored),
                        true if field.content.is_draft(&stored) => field.clean(&stored, &stored),
                        true => match field.rejoins.clone() {
                            Some(ours) => {
                                field.type_on(stored.and(&ours));
                                field.base.clone_from(&stored);
                            }
                            None if field.composers > 0 => {
                                (field.is_in_conflict, field.is_unkept, field.is_urgent) = (true, true, true);
                            }
                            None => {
                                let ours = field.content.clone();
                                field.type_on(stored.and(&ours));
                                field.rejoins = Some(ours);
                                field.base.clone_from(&stored);
                            }
                        },
                    }
                    return Err(Refusal::Conflict(stored.text));
                }
                content
            }
        };
        if content.text.is_empty() {
            return Err(Refusal::NothingToSend);
        }
        row.returned.clear();
        row.extra_of = None;
        row.replace(&Content::default());
        self.tickets.push(Ticket { number, chat, content: content.clone() });
        Ok(content)
    }

    fn take(&mut self, number: u64) -> Option<Ticket> {
        let place = self.tickets.iter().position(|ticket| ticket.number == number)?;
        Some(self.tickets.remove(place))
    }

    /// What the store makes of the end of a sending.
    fn end_stored(&mut self, ticket: &Ticket, confirm: bool) {
        let is_last = !self.is_sending(ticket.chat);
        let row = &mut self.chats[ticket.chat];
        if !confirm {
            let place = row.returned.iter().take_while(|(number, _)| *number < ticket.number).count();
            let before = row.returned[..place].iter().fold(String::new(), |text, (_, part)| joined(&text, part));
            let behind = row.stored.text.strip_prefix(before.as_str()).unwrap_or(&row.stored.text);
            let behind = if before.is_empty() { behind } else { behind.strip_prefix('\n').unwrap_or(behind) };
            let text = joined(&joined(&before, &ticket.content.text), behind);
            row.returned.insert(place, (ticket.number, ticket.content.text.clone()));
            let is_newer = row.stored.extra.is_empty() || row.extra_of.is_some_and(|owner| owner < ticket.number);
            if is_newer && !ticket.content.extra.is_empty() {
                row.stored.extra.clone_from(&ticket.content.extra);
                row.extra_of = Some(ticket.number);
            }
            row.stored.text = text;
        }
        if is_last {
            row.returned.clear();
            row.extra_of = None;
        }
    }

    pub(super) fn end(&mut self, number: u64, confirm: bool) {
        let Some(ticket) = self.take(number) else { return };
        let is_saved = confirm || self.chats[ticket.chat].save();
        self.end_stored(&ticket, confirm);
        let row = &mut self.chats[ticket.chat];
        let stored = row.stored.clone();
        if !confirm
            && is_saved
            && let Some(field) = &mut row.field
        {
            field.clean(&stored, &stored);
        }
        row.field.take_if(|field| field.composers == 0 && !field.is_dirty && field.kept_lives.is_empty());
    }

    /// What is typed is lost, but for what was kept of a conflict; says if it is more than may be.
    pub(super) fn crash(&mut self) -> Result<(), String> {
        self.life += 1;
        for chat in &mut self.chats {
            chat.cleared = None;
            let Some(field) = chat.field.take() else { continue };
            if field.is_dirty && (!field.is_in_conflict || field.is_unkept) && !field.is_urgent {
                let (since_first, since_last) = (self.now - field.first_edit.unwrap_or(0), self.now - field.last_edit);
                if since_first >= LONGEST || since_last >= QUIET {
                    return Err(format!("typed {since_first} ms ago, quiet since {since_last} ms, and not saved"));
                }
            }
        }
        Ok(())
    }

    /// Everything was saved, and nobody composes any more.
    pub(super) fn restart(&mut self) {
        self.life += 1;
        for chat in &mut self.chats {
            chat.field = None;
            chat.cleared = None;
        }
    }
}

impl Chat {
    fn field_extra(&self) -> String {
        self.field.as_ref().map_or(String::new(), |field| field.content.extra.clone())
    }

    /// What is typed in a conflict is kept beside the draft, in the place of what was kept before.
    fn keep(&mut self, life: u32) {
        let Some(field) = &mut self.field else { return };
        self.kept.retain(|(other, _)| *other != life && !field.kept_lives.contains(other));
        self.kept.push((life, field.content.clone()));
        (field.kept_lives, field.is_unkept) = (vec![life], false);
        field.taken();
    }
}
