//! Rule 10: a list is walked in pages, and stays whole while it changes.

use chat_drafts_core::{Cursor, Drafts, OrderKey, Page, Query, Result};

use super::setup::{changed, id, ids, name, open, order, reopen, sequence};
use crate::Sandbox;

#[derive(Clone, Copy)]
enum List {
    Drafts,
    Conversations,
}

impl List {
    async fn read(self, drafts: &Drafts, query: Query) -> Result<Page> {
        match self {
            Self::Drafts => drafts.list(query).await,
            Self::Conversations => drafts.conversations().list(query).await,
        }
    }
}

/// Rows that stand still, some of them pinned and some without a draft, and rows that will move, mixed with them.
async fn mixed(drafts: &Drafts) {
    for number in 0..8 {
        changed(drafts.set(&id(&format!("still {number}")), "text").await);
        changed(drafts.set(&id(&format!("moves {number}")), "text").await);
        changed(drafts.conversations().update(&id(&format!("still fact {number}")), name("x")).await);
        if number % 3 == 0 {
            changed(drafts.conversations().pin(&id(&format!("still {number}")), true).await);
            changed(drafts.conversations().pin(&id(&format!("moves {number}")), true).await);
        }
    }
}

/// One of the changes that go on between two pages.
async fn disturb(drafts: &Drafts, step: usize) {
    let chats = drafts.conversations();
    let mover = id(&format!("moves {}", step % 8));
    match step % 5 {
        0 => changed(drafts.set(&mover, format!("text {step}")).await),
        1 => changed(drafts.set(&id(&format!("moves new {step}")), "text").await),
        2 => _ = chats.delete(&mover).await.unwrap(),
        3 => _ = chats.pin(&mover, step.is_multiple_of(2)).await.unwrap(),
        _ => _ = drafts.clear(&mover).await.unwrap(),
    }
}

fn still(rows: &[String]) -> Vec<String> {
    rows.iter().filter(|row| row.starts_with("still")).cloned().collect()
}

/// Rule 10: no row that stood still is skipped or repeated, whatever happens to others between the pages, whatever
/// the size of a page, in both lists.
pub async fn rows_that_stand_still_are_seen_once(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    mixed(&drafts).await;
    let mut step = 0;
    for list in [List::Drafts, List::Conversations] {
        for limit in [1, 2, 3, 7] {
            let expected = still(&ids(&list.read(&drafts, Query::all()).await.unwrap()));
            let mut walked = Vec::new();
            let mut query = Query::first(limit);
            loop {
                let page = list.read(&drafts, query).await.unwrap();
                walked.extend(ids(&page));
                let Some(next) = page.next else { break };
                assert_eq!(page.items.len(), limit, "a page that is not the last is full");
                disturb(&drafts, step).await;
                step += 1;
                query = Query::first(limit).after(next);
                assert!(walked.len() < 200, "the walk comes to an end");
            }
            assert_eq!(still(&walked), expected);
        }
    }
}

/// Rule 10: `next` is `None` exactly at the end, when the last page is full and when it is not; pages put together are
/// the whole list, and each shows the store's sequence.
pub async fn the_last_page_says_so(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for list in [List::Drafts, List::Conversations] {
        let empty = list.read(&drafts, Query::first(3)).await.unwrap();
        assert_eq!((empty.items.len(), empty.next, empty.sequence), (0, None, 0));
    }
    for number in 0..6 {
        changed(drafts.set(&id(&number.to_string()), "text").await);
        changed(drafts.conversations().update(&id(&number.to_string()), name("x")).await);
    }
    for list in [List::Drafts, List::Conversations] {
        for limit in 1..=8 {
            let (mut walked, mut pages, mut next) = (Vec::new(), 0, None);
            loop {
                let page = list.read(&drafts, Query::first(limit).after(next)).await.unwrap();
                assert_eq!(page.sequence, 12);
                walked.extend(ids(&page));
                assert!(walked.len() <= 6, "the walk comes to an end");
                pages += 1;
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            assert_eq!(walked, ["5", "4", "3", "2", "1", "0"]);
            assert_eq!(pages, 6_usize.div_ceil(limit));
        }
    }
}

/// A page of no rows gives the sequence alone.
pub async fn a_page_of_no_rows_gives_the_sequence(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for expected in 0..3 {
        for list in [List::Drafts, List::Conversations] {
            let page = list.read(&drafts, Query::first(0)).await.unwrap();
            assert_eq!((page.items.len(), page.next, page.sequence), (0, None, expected));
        }
        changed(drafts.set(&id("c2c_bob"), expected.to_string()).await);
    }
}

/// `Query::all` gives every row, and from a cursor on every row behind it.
pub async fn all_means_all(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let updates = (0..700).map(|number| (id(&format!("{number}")), name("x")));
    drafts.conversations().update_many(updates).await.unwrap();
    let all = drafts.conversations().list(Query::all()).await.unwrap();
    assert_eq!((all.items.len(), &all.next), (700, &None));
    let first = drafts.conversations().list(Query::first(1)).await.unwrap();
    let rest = drafts.conversations().list(Query::all().after(first.next)).await.unwrap();
    assert_eq!((&rest.items[..], rest.next), (&all.items[1..], None));
}

/// Rule 10: a cursor stays valid when its own row moves, is cleared or is deleted, and a host may make one itself.
pub async fn a_cursor_outlives_its_row(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    for chat in ["a", "b", "c", "d", "e"] {
        changed(drafts.set(&id(chat), "text").await);
    }
    let next = drafts.list(Query::first(2)).await.unwrap().next;
    let rest = async || ids(&drafts.list(Query::all().after(next.clone())).await.unwrap());
    assert_eq!(rest().await, ["c", "b", "a"]);
    changed(drafts.set(&id("d"), "moved up").await);
    assert_eq!(rest().await, ["c", "b", "a"]);
    changed(drafts.conversations().delete(&id("d")).await);
    assert_eq!(rest().await, ["c", "b", "a"]);
    changed(drafts.clear(&id("b")).await);
    assert_eq!(rest().await, ["c", "a"]);
    changed(drafts.set(&id("f"), "above").await);
    assert_eq!(rest().await, ["c", "a"]);

    let made = Cursor::new(OrderKey::new(3, false), id("c"));
    assert_eq!(ids(&drafts.list(Query::all().after(made)).await.unwrap()), ["a"]);
    let above_all = Cursor::new(OrderKey::MAX, id("z"));
    assert_eq!(ids(&drafts.list(Query::all().after(above_all)).await.unwrap()), ["f", "e", "c", "a"]);
    let below_all = Cursor::new(OrderKey::new(0, false), id("a"));
    assert_eq!(drafts.list(Query::all().after(below_all)).await.unwrap().items, []);
}

/// Rule 10: a cursor holds over a restart. Needs a store that reopens.
pub async fn a_cursor_outlives_a_restart(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    mixed(&drafts).await;
    let all = order(&drafts).await;
    let page = drafts.conversations().list(Query::first(10)).await.unwrap();
    let before = sequence(&drafts).await;
    let drafts = reopen(drafts, sandbox).await;
    let rest = drafts.conversations().list(Query::all().after(page.next)).await.unwrap();
    assert_eq!((ids(&rest), rest.sequence), (all[10..].to_vec(), before));
}
