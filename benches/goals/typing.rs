//! Typing: what an edit costs, beside a map in memory.

use std::collections::HashMap;
use std::time::Duration;

use chat_drafts::{Composer, ConversationId, Drafts, SqliteStore};

use crate::report::{Quiet, Report};
use crate::rounds::{Party, Rounds, median, timed};

const ROUNDS: usize = 30;
/// A single call is too short for a clock.
const CALLS: usize = 1_000;
const ENTRIES: usize = 10_000;

pub(crate) fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("typing.db")).unwrap();
    // No timer fires: what is measured is the caller's side alone.
    let never = Duration::from_secs(3_600);
    let drafts = Drafts::builder(store).autosave(never, never).build().unwrap();
    let blocking = drafts.blocking();
    let ids: Vec<_> = (0..ENTRIES).map(|number| ConversationId::user(number.to_string()).unwrap()).collect();
    let composers: Vec<Composer> = ids.iter().map(|id| blocking.compose(id).unwrap()).collect();
    let texts: Vec<String> = (0..2).map(|number| format!("{number:0>200}")).collect();
    let entries = || ids.iter().map(|id| (id.as_str().to_owned(), texts[0].clone()));

    let mut map: HashMap<String, String> = entries().collect();
    let mut parties: [Party<'_>; 2] = [
        Box::new(|| {
            for call in 0..CALLS {
                map.insert(ids[0].as_str().to_owned(), texts[call % 2].clone());
            }
        }),
        Box::new(|| {
            for call in 0..CALLS {
                composers[0].set_text(texts[call % 2].as_str()).unwrap();
            }
        }),
    ];
    let rounds = Rounds::run(ROUNDS, 20, &mut parties);
    println!("an edit: HashMap {:.3} µs, set_text {:.3}", rounds.p50(0) / 1e3, rounds.p50(1) / 1e3);
    report.at_most("set_text over a HashMap overwrite, warm", rounds.ratio(1, 0), 3.0, Quiet(true));

    let mut map: HashMap<String, String> = entries().collect();
    let (mut overwrite, mut edit) = (Vec::new(), Vec::new());
    for key in 0..120 {
        // About twelve keys a second: by the next one the processor has forgotten all of it.
        std::thread::sleep(Duration::from_millis(83));
        if key % 2 == 0 {
            overwrite.push(timed(&mut || drop(map.insert(ids[1].as_str().to_owned(), texts[key / 2 % 2].clone()))));
        } else {
            edit.push(timed(&mut || drop(composers[1].set_text(texts[key / 2 % 2].as_str()).unwrap())));
        }
    }
    let (overwrite, edit) = (median(overwrite.into_iter()), median(edit.into_iter()));
    println!("at typing pace: HashMap {overwrite:.1} µs, set_text {edit:.1}");
    report.at_most("set_text at typing pace, in µs", edit, 6.0, Quiet(true));
}
