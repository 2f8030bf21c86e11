//! What goes from a slot to the store, and who hears what became of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_channel::oneshot;

use crate::store::Change;
use crate::{ConversationId, Origin, Result, Revision};

/// A save that is on its way.
pub(crate) struct Save {
    pub(crate) version: u64,
    pub(crate) origin: Origin,
    pub(super) base: Revision,
    pub(super) id: ConversationId,
    pub(super) text: String,
    pub(super) keeps_place: bool,
}

impl Save {
    /// What it leaves.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn change(&self) -> Change {
        Change::SetDraft {
            id: self.id.clone(),
            text: self.text.clone(),
            extra: None,
            base: Some(self.base),
            keeps_place: self.keeps_place,
        }
    }
}

/// Who is to be told something, when no lock is held any more.
#[derive(Default)]
#[must_use = "they wait until it is rung"]
pub(crate) struct Bells {
    pub(super) receipts: Vec<(oneshot::Sender<Result<()>>, Result<()>)>,
    pub(super) queue: Vec<oneshot::Sender<()>>,
}

impl Bells {
    /// Whoever has gone away needs no answer. If somebody panics who is told, the others are told all the same.
    pub(crate) fn ring(self) {
        for (receipt, answer) in self.receipts {
            let _ = catch_unwind(AssertUnwindSafe(|| receipt.send(answer)));
        }
        for next in self.queue {
            let _ = catch_unwind(AssertUnwindSafe(|| next.send(())));
        }
    }
}
