//! Reading back what someone is typing, beside a map in memory.

use std::collections::HashMap;
use std::path::Path;
use std::sync::RwLock;
use std::time::Duration;

use chat_drafts::{ConversationId, Drafts, SqliteStore};

use crate::report::Report;
use crate::{ROUNDS, Result, median, p50, text};

const ENTRIES: usize = 10_000;
/// A single call is too short for a clock.
const CALLS: usize = 1_000;

pub(crate) fn beside_a_map(folder: &Path, report: &mut Report) -> Result<()> {
    // No timer fires: every text stays pending.
    let never = Duration::from_secs(3_600);
    let drafts =
        Drafts::builder(SqliteStore::open(folder.join("pending.db"))?).autosave(never, never).build()?.blocking();
    let ids = (0..ENTRIES).map(|number| ConversationId::new(format!("!{number}:example.org")));
    let ids: Vec<_> = ids.collect::<std::result::Result<_, _>>()?;
    let mut composers = Vec::with_capacity(ENTRIES);
    for (number, id) in ids.iter().enumerate() {
        let composer = drafts.compose(id)?;
        composer.set_text(text(number))?;
        composers.push(composer);
    }
    let entries = ids.iter().enumerate().map(|(number, id)| (id.as_str().to_owned(), text(number)));
    let map: RwLock<HashMap<String, String>> = RwLock::new(entries.collect());

    let mut ours = || each(&ids, |id| Ok(drafts.get(id)?.is_some()));
    let mut theirs = || {
        each(&ids, |id| {
            let map = map.read().map_err(|_| "a reader has panicked")?;
            Ok(map.get(id.as_str()).cloned().is_some())
        })
    };
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        // Who begins changes from round to round.
        let (ours, theirs) = if round.is_multiple_of(2) {
            let ours = p50(20, &mut ours)?;
            (ours, p50(20, &mut theirs)?)
        } else {
            let theirs = p50(20, &mut theirs)?;
            (p50(20, &mut ours)?, theirs)
        };
        ratios.push(ours / theirs);
    }
    report.at_most("get of pending text over RwLock<HashMap>, 10,000 entries", median(ratios), 2.0, true);
    Ok(())
}

/// Reads here and there.
fn each(ids: &[ConversationId], read: impl Fn(&ConversationId) -> Result<bool>) -> Result<()> {
    for call in 0..CALLS {
        if !read(&ids[call * 7_919 % ENTRIES])? {
            return Err("a draft is not there".into());
        }
    }
    Ok(())
}
