//! What happens to the texts beside a draft: pending sends, those that came back, and what is typed in a conflict.

use super::{Moment, conflict, holds, joined, start};
use crate::store::{Entry, OrderPolicy, Record, Returned, Sending, Unresolved};
use crate::{ConversationId, Draft, DraftState, Error, Result, Revision};

/// The draft a send begins with, and what the writer knows of it.
pub(super) struct Outgoing<'a> {
    pub(super) text: Option<&'a str>,
    pub(super) extra: Option<&'a [u8]>,
    pub(super) base: Option<Revision>,
}

pub(super) fn begin_send(
    record: Option<&Record>,
    id: &ConversationId,
    outgoing: &Outgoing<'_>,
    moment: &Moment,
) -> Result<Record> {
    let before = record.and_then(|record| record.state.draft());
    let text_before = before.map_or("", Draft::text);
    let extra_before = before.map_or(&[][..], Draft::extra);
    let (text, extra) = (outgoing.text.unwrap_or(text_before), outgoing.extra.unwrap_or(extra_before));
    if text.is_empty() {
        return Err(Error::NothingToSend);
    }
    let is_stored = (text, extra) == (text_before, extra_before);
    if !is_stored && outgoing.base.is_some_and(|base| !holds(record, base, moment)) {
        return Err(conflict(record, moment.sequence - 1));
    }
    let (mut next, _) = start(record, id, moment);
    let mut entries = Entry::all_of(&next.sending)?;
    entries.retain(|entry| !matches!(entry, Entry::Returned(_)));
    let (number, began_at) = (moment.sequence, moment.now);
    entries.push(Entry::Sending(Sending { number, began_at, text: text.to_owned(), extra: extra.to_vec() }));
    next.sending = Entry::bytes_of(&entries);
    next.state = DraftState::Absent(Revision::new(moment.sequence));
    Ok(next)
}

pub(super) fn confirm_send(record: Option<&Record>, number: u64) -> Result<Record> {
    let (mut next, mut entries, _) = take_sending(record, number)?;
    forget_returned_without_sending(&mut entries);
    next.sending = Entry::bytes_of(&entries);
    Ok(next)
}

/// Puts a text that was not sent in front of the draft, or among the others that came back, in the order in which their
/// sending began. The newest extra wins.
pub(super) fn abort_send(record: Option<&Record>, number: u64, moment: &Moment) -> Result<Record> {
    let (mut next, mut entries, unsent) = take_sending(record, number)?;
    let typed = next.state.draft();
    let text_before = typed.map_or("", Draft::text);
    let extra_before = typed.map_or(&[][..], Draft::extra);

    let returned = |entry: &Entry| match entry {
        Entry::Returned(returned) => Some(*returned),
        _ => None,
    };
    let earlier = |entry: &Entry| returned(entry).is_some_and(|returned| returned.number < number);
    let end = end_of(entries.iter().filter(|entry| earlier(entry)).filter_map(returned));
    let (front, behind) = text_before.split_at_checked(end).unwrap_or(("", text_before));
    let behind = if front.is_empty() { behind } else { behind.strip_prefix('\n').unwrap_or(behind) };
    let text = joined(&joined(front, &unsent.text), behind);

    let owner = entries.iter().filter_map(returned).find(|returned| returned.has_extra);
    let is_newer = extra_before.is_empty() || owner.is_some_and(|owner| owner.number < number);
    let has_extra = is_newer && !unsent.extra.is_empty();
    if has_extra {
        disown_extra(&mut entries);
    }
    let extra = if has_extra { unsent.extra } else { extra_before.to_vec() };

    if let Ok(len @ 1..) = u32::try_from(unsent.text.len()) {
        let place = entries.iter().rposition(earlier).map_or(0, |place| place + 1);
        entries.insert(place, Entry::Returned(Returned { number, len, has_extra }));
    }
    forget_returned_without_sending(&mut entries);
    next.sending = Entry::bytes_of(&entries);
    next.state = DraftState::Present(Draft::new(text, extra, Revision::new(moment.sequence), moment.now));
    if moment.policy == OrderPolicy::DraftFloats {
        next.activity = moment.sequence;
    }
    Ok(next)
}

/// Keeps what is known of texts that came back, after the draft was changed, as long as it still begins with them.
pub(super) fn after_change(next: &mut Record, before: Option<&Draft>) -> Result<()> {
    if next.sending.is_empty() {
        return Ok(());
    }
    let mut entries = Entry::all_of(&next.sending)?;
    let returned = entries.iter().filter_map(|entry| match entry {
        Entry::Returned(returned) => Some(*returned),
        _ => None,
    });
    let end = end_of(returned);
    let (text, extra) = next.state.draft().map_or(("", &[][..]), |draft| (draft.text(), draft.extra()));
    let front = before.and_then(|before| before.text().get(..end));
    if front.is_none_or(|front| !text.starts_with(front)) {
        entries.retain(|entry| !matches!(entry, Entry::Returned(_)));
    } else if before.is_some_and(|before| before.extra() != extra) {
        disown_extra(&mut entries);
    }
    next.sending = Entry::bytes_of(&entries);
    Ok(())
}

/// Returns the record with this text of a conflict in place of an earlier one of the same life; `None` if it is there
/// already.
pub(super) fn keep_unresolved(
    record: Option<&Record>,
    id: &ConversationId,
    life: u64,
    edit: Option<&(String, Vec<u8>)>,
) -> Result<Option<Record>> {
    let mut next = record.cloned().unwrap_or_else(|| Record::new(id.clone()));
    let mut entries = Entry::all_of(&next.sending)?;
    entries.retain(|entry| !matches!(entry, Entry::Unresolved(other) if other.life == life));
    if let Some((text, extra)) = edit {
        entries.push(Entry::Unresolved(Unresolved { life, text: text.clone(), extra: extra.clone() }));
    }
    let bytes = Entry::bytes_of(&entries);
    let is_new = bytes != next.sending;
    next.sending = bytes;
    Ok(is_new.then_some(next))
}

/// Returns the entries of two conversations that become one, whose draft begins with that of the target if it has one.
pub(super) fn joined_entries(old: &Record, target: &Record) -> Vec<u8> {
    let (kept, moved) = (&target.sending, &old.sending);
    let loses = if target.state.draft().is_some() { moved } else { kept };
    let without_returned = |bytes: &Vec<u8>| match Entry::all_of(bytes) {
        Ok(mut entries) if std::ptr::eq(bytes, loses) => {
            entries.retain(|entry| !matches!(entry, Entry::Returned(_)));
            Entry::bytes_of(&entries)
        }
        // What cannot be read moves as it is.
        _ => bytes.clone(),
    };
    [without_returned(kept), without_returned(moved)].concat()
}

fn take_sending(record: Option<&Record>, number: u64) -> Result<(Record, Vec<Entry>, Sending)> {
    let Some(next) = record.cloned() else { return Err(Error::NotPending) };
    let mut entries = Entry::all_of(&next.sending)?;
    let is_it = |entry: &Entry| matches!(entry, Entry::Sending(sending) if sending.number == number);
    let place = entries.iter().position(is_it).ok_or(Error::NotPending)?;
    match entries.remove(place) {
        Entry::Sending(sending) => Ok((next, entries, sending)),
        _ => Err(Error::NotPending),
    }
}

/// Returns where the text ends that these parts make, a newline between them.
fn end_of(parts: impl Iterator<Item = Returned>) -> usize {
    parts.fold(0, |end, part| end + usize::from(end > 0) + part.len as usize)
}

fn disown_extra(entries: &mut [Entry]) {
    for entry in entries {
        if let Entry::Returned(returned) = entry {
            returned.has_extra = false;
        }
    }
}

fn forget_returned_without_sending(entries: &mut Vec<Entry>) {
    if !entries.iter().any(|entry| matches!(entry, Entry::Sending(_))) {
        entries.retain(|entry| !matches!(entry, Entry::Returned(_)));
    }
}
