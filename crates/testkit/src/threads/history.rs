//! What the threads of a round have asked for, when, and what they were answered.

use std::fmt;

use chat_drafts_core::{Error, Result};

/// A text, as the numbers of the tokens it is made of, rising: their order in it is not looked at.
pub(super) type Tokens = Vec<u32>;

/// The token of this number, as it stands in a text.
pub(super) fn token(number: u32) -> String {
    format!("<{number}>")
}

/// Returns the tokens of a text.
///
/// # Errors
/// A description, if the text is anything but whole tokens, with one newline between two of them at most.
pub(super) fn tokens_of(text: &str) -> std::result::Result<Tokens, String> {
    let torn = || format!("the text {text:?} is none that was ever given");
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if !tokens.is_empty() {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        let (number, behind) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).ok_or_else(torn)?;
        tokens.push(number.parse().map_err(|_| torn())?);
        rest = behind;
    }
    tokens.sort_unstable();
    Ok(tokens)
}

/// What is asked for. Conversations, and the seats of composers, by number.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Edit {
        seat: u32,
        text: Tokens,
    },
    Set {
        chat: usize,
        text: Tokens,
    },
    /// Based on the revision of this text.
    SetBased {
        chat: usize,
        text: Tokens,
        expected: Tokens,
    },
    UndoClear {
        chat: usize,
    },
    BeginSend {
        chat: usize,
    },
    BeginSendFrom {
        seat: u32,
    },
    Confirm {
        chat: usize,
        number: u64,
        text: Tokens,
    },
    Abort {
        chat: usize,
        number: u64,
        text: Tokens,
    },
    Rename {
        from: usize,
        to: usize,
    },
    Delete {
        chat: usize,
    },
    Compose {
        chat: usize,
        seat: u32,
    },
    Get {
        chat: usize,
    },
    /// A write past the handle.
    SetByAnother {
        chat: usize,
        text: Tokens,
    },
    /// What changes no draft: its answer is checked, and it stands in the history for who reads that.
    Beside(&'static str),
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Changed(bool),
    Sent { number: u64, text: Tokens },
    Text(Tokens),
    Conflict,
    NothingToSend,
    NotPending,
    Suspended,
    Closed,
    Unsaved,
    Wrong(String),
}

impl Answer {
    pub(super) fn of<T>(answer: Result<T>, then: impl FnOnce(T) -> Self) -> Self {
        match answer {
            Ok(value) => then(value),
            Err(Error::Conflict { .. }) => Self::Conflict,
            Err(Error::NothingToSend) => Self::NothingToSend,
            Err(Error::NotPending) => Self::NotPending,
            Err(Error::Suspended) => Self::Suspended,
            Err(Error::Closed) => Self::Closed,
            Err(Error::Unsaved { .. }) => Self::Unsaved,
            Err(error) => Self::Wrong(format!("{error:?}")),
        }
    }

    pub(super) fn text(text: &str) -> Self {
        tokens_of(text).map_or_else(Self::Wrong, Self::Text)
    }

    /// Returns true if nothing was done.
    pub(super) fn is_refused(&self) -> bool {
        !matches!(self, Self::Done | Self::Changed(_) | Self::Sent { .. } | Self::Text(_))
    }
}

/// A call, and when it was made, by the count of all stamps.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) actor: usize,
    pub(super) op: Op,
    /// Before its future was polled first.
    pub(super) begun: u64,
    /// After that: the drafts know of it.
    pub(super) taken: u64,
    /// When it was answered, and what. Nobody knows if its future was dropped.
    pub(super) answered: Option<(u64, Answer)>,
}

impl Event {
    pub(super) fn answer(&self) -> Option<&Answer> {
        self.answered.as_ref().map(|(_, answer)| answer)
    }

    pub(super) fn end(&self) -> u64 {
        self.answered.as_ref().map_or(u64::MAX, |(end, _)| *end)
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self.op, Op::Get { .. })
    }

    /// The tokens it brings into a conversation.
    pub(super) fn brings(&self) -> &[u32] {
        match &self.op {
            Op::Edit { text, .. }
            | Op::Set { text, .. }
            | Op::SetBased { text, .. }
            | Op::SetByAnother { text, .. } => text,
            _ => &[],
        }
    }

    /// Returns true if no order may have the other one first: it was taken before that was asked for.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        let is_edit = |event: &Self| matches!(event.op, Op::Edit { .. });
        // What is read, or emptied, is what is answered, or typed.
        let is_answered_later = self.is_read() || other.is_read() && !is_edit(self) || other.empties();
        let end = if is_answered_later { self.end() } else { self.taken };
        end < other.begun
    }

    /// Returns true if it empties a field: one that shows nothing yet of what is under way is not changed by that.
    fn empties(&self) -> bool {
        matches!(&self.op, Op::Edit { text, .. } if text.is_empty())
    }

    /// Returns true if it reaches the fields when it is answered.
    pub(super) fn is_late(&self) -> bool {
        matches!(self.op, Op::Abort { .. } | Op::Rename { .. })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>4} to {:>4}  actor {}: {:?}", self.begun, self.taken, self.actor, self.op)?;
        match &self.answered {
            Some((end, answer)) => write!(f, " = {answer:?} at {end}"),
            None => f.write_str(", dropped"),
        }
    }
}

/// What is seen when nothing is under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) texts: Vec<Tokens>,
    /// Number, conversation and text.
    pub(super) sends: Vec<(u64, usize, Tokens)>,
    /// Each composer, and where it is.
    pub(super) seats: Vec<(u32, usize)>,
}
