//! From one store into another, whatever their engines.

use crate::store::{Batch, Change, Scope};
use crate::{Conversation, DraftStore, Error, OrderPolicy, Origin, Query, Result};

/// What a copy moved, and the proof that it arrived: the answer of [`copy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// How many conversations.
    pub conversations: usize,
    /// What [`digest`] gives for the source and for the target.
    pub digest: u64,
}

/// Copies everything, revisions, order, times and texts that are being sent included, into an empty store of any engine.
///
/// Empty is a store that was never written to: in one that was, revisions of the source would stand for other texts.
///
/// The source is read at one moment, and only read. The target gets all of it in one transaction or nothing; all of it
/// is in memory meanwhile. At the end the target is read back and both digests are compared. Bases of drafts that were
/// absent in the source do not hold in the target: a save that names one is a conflict there, once.
///
/// ```no_run
/// # async fn example(old: &dyn chat_drafts_core::DraftStore, new: &dyn chat_drafts_core::DraftStore)
/// # -> chat_drafts_core::Result<()> {
/// let copied = chat_drafts_core::copy(old, new).await?;
/// println!("{} conversations", copied.conversations);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::NotEmpty`] if the target was written to before; [`Error::Corrupt`] if the digests differ; and what
/// either store answers.
pub async fn copy(from: &dyn DraftStore, to: &dyn DraftStore) -> Result<Copied> {
    // Before all is read; the transaction looks again.
    if everything(to, 0).await?.sequence > 0 {
        return Err(Error::NotEmpty);
    }
    let source = everything(from, usize::MAX).await?;
    let copied = Copied { conversations: source.items.len(), digest: digest_of(&source.items) };
    let records = source.items.into_iter().rev().map(|conversation| Box::new(conversation.into_record()));
    let mut changes: Vec<Change> = records.map(|record| Change::Restore { record }).collect();
    changes.push(Change::Advance { sequence: source.sequence });
    // Nothing restored is given a time or moved.
    to.commit(Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() }).await?;
    if digest(to).await? != copied.digest {
        return Err(Error::corrupt("the copy differs from its source"));
    }
    Ok(copied)
}

/// A number over all that a store holds, the same for the same conversations whatever the engine.
///
/// # Errors
/// What the store answers.
pub async fn digest(store: &dyn DraftStore) -> Result<u64> {
    Ok(digest_of(&everything(store, usize::MAX).await?.items))
}

async fn everything(store: &dyn DraftStore, limit: usize) -> Result<crate::Page> {
    store.list(&Query::first(limit).of(Scope::Conversations)).await
}

/// FNV-1a over the canonical bytes of every conversation, in list order.
fn digest_of(conversations: &[Conversation]) -> u64 {
    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    for conversation in conversations {
        let record = conversation.record();
        crate::engine::codec::for_each_part(record, |part| {
            for byte in part {
                digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        });
    }
    digest
}
