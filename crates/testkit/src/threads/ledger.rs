//! Accounts for each token of a round in which another writer writes past the handle.

use std::collections::BTreeSet;

use super::history::{Answer, Event, Op, Seen};

/// Checks that what is missing was replaced or sent, and that what was sent is not back.
pub(super) fn check(events: &[&Event], seen: &Seen, chats: &BTreeSet<usize>) -> Result<(), String> {
    let texts = chats.iter().flat_map(|chat| &seen.texts[*chat]);
    let sends = seen.sends.iter().filter(|(_, chat, _)| chats.contains(chat)).flat_map(|(.., text)| text);
    let present: BTreeSet<u32> = texts.chain(sends).copied().collect();
    for event in events {
        if event.answer().is_none_or(Answer::is_refused) {
            continue;
        }
        let Some(own) = event.brings().iter().max() else { continue };
        let is_first = !events.iter().any(|other| other.begun < event.begun && other.brings().contains(own));
        if is_first && !present.contains(own) && !events.iter().any(|other| may_take(other, event, *own)) {
            return Err(format!("<{own}> is lost: {event}\nthere is {seen:?}"));
        }
    }
    for confirmed in events {
        let (Op::Confirm { text, .. }, Some(Answer::Changed(_))) = (&confirmed.op, confirmed.answer()) else {
            continue;
        };
        for token in text {
            if present.contains(token) && !events.iter().any(|other| may_bring_back(other, events, *token)) {
                return Err(format!("<{token}> is back: {confirmed}"));
            }
        }
    }
    Ok(())
}

/// Returns true if a call may have taken a token away that another has brought.
fn may_take(event: &Event, bringer: &Event, token: u32) -> bool {
    let is_refused = event.answer().is_some_and(Answer::is_refused);
    if is_refused || std::ptr::eq(event, bringer) {
        return false;
    }
    match &event.op {
        Op::Edit { text, .. } | Op::Set { text, .. } | Op::SetBased { text, .. } | Op::SetByAnother { text, .. } => {
            event.end() >= bringer.begun && !text.contains(&token)
        }
        Op::Delete { .. } => event.end() >= bringer.begun,
        Op::Confirm { text, .. } => text.contains(&token),
        _ => false,
    }
}

/// Returns true if a call may have brought a token that was sent into a text once more: it was not over when a sending of it
/// began, or nobody knows when that was.
fn may_bring_back(event: &Event, events: &[&Event], token: u32) -> bool {
    let mut sendings = events.iter().filter(|other| match other.answer() {
        Some(Answer::Sent { text, .. }) => text.contains(&token),
        Some(answer) => !answer.is_refused() && matches!(other.op, Op::BeginSend { .. } | Op::BeginSendFrom { .. }),
        None => matches!(other.op, Op::BeginSend { .. } | Op::BeginSendFrom { .. }),
    });
    let is_later = sendings.any(|sending| sending.answer().is_none() || event.end() >= sending.begun);
    match &event.op {
        Op::Abort { text, .. } => text.contains(&token),
        Op::UndoClear { .. } => true,
        _ => event.brings().contains(&token) && is_later,
    }
}
