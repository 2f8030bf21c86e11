//! Rule 15: when what is typed is saved, by a clock that the test turns, and what that costs.

use std::time::Duration;

use chat_drafts_core::{Event, Origin};

use super::setup::{changed, conversation, drain, id, open, open_at, open_with, pass, sequence};
use crate::{Sandbox, TestClock};

/// 60 keys, 83 ms apart, are 3 saves: one 2 s after the first key, one 2 s after the first key behind that, and one after
/// 300 ms of quiet. Only then somebody is woken.
pub async fn a_minute_of_typing_is_a_few_saves(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    let mut saved_at = Vec::new();
    let mut wakes = Vec::new();
    for milli in 0..7_000 {
        if milli % 83 == 0 && milli < 60 * 83 {
            let before = drafts.stats().wakes;
            composer.set_text(format!("{} keys", milli / 83 + 1)).unwrap();
            if drafts.stats().wakes > before {
                wakes.push(milli);
            }
        }
        if drafts.save_due() > 0 {
            saved_at.push(milli);
        }
        clock.advance(1);
    }
    assert_eq!(saved_at, [2_000, 2_075 + 2_000, 59 * 83 + 300]);
    assert_eq!(wakes, [0, 2_075, 4_150], "a key that finds a timer armed wakes nobody");
    let stats = drafts.stats();
    assert_eq!((stats.edits, stats.saves, stats.commits, stats.coalesced, stats.unsaved), (60, 3, 3, 57, 0));
    let stored = conversation(&drafts, &bob).await;
    assert_eq!((stored.draft_text(), stored.draft_state().revision().get()), ("60 keys", 3));
}

/// Each conversation has a timer of its own: turning to another one does not put off the first.
pub async fn each_conversation_has_its_own_timer(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let drafts = open_at(sandbox, &clock);
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    let (bobs, eves) = (drafts.compose(&bob).await.unwrap(), drafts.compose(&eve).await.unwrap());
    bobs.set_text("for bob").unwrap();
    for key in 1..=5 {
        pass(&drafts, &clock, 100);
        eves.set_text(format!("for eve {key}")).unwrap();
        let stored = drafts.conversations().get(&bob).await.unwrap().is_some();
        assert_eq!(stored, key >= 3, "300 ms after the key that was for bob");
    }
    assert_eq!(drafts.unsaved().len(), 1);
    pass(&drafts, &clock, 300);
    assert_eq!(conversation(&drafts, &eve).await.draft_text(), "for eve 5");
}

/// What is due within 50 ms is saved together: a thousand conversations typed in at once cost at most 20 commits a second.
pub async fn what_is_due_together_is_one_commit(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let drafts = open_at(sandbox, &clock);
    let mut composers = Vec::new();
    for number in 0..1_000 {
        composers.push(drafts.compose(&id(&number.to_string())).await.unwrap());
    }
    let mut commits = Vec::new();
    for milli in 0..6_000_usize {
        if milli < 5_000 {
            composers[milli * 7 % 1_000].set_text(milli.to_string()).unwrap();
        }
        let before = drafts.stats().commits;
        drafts.save_due();
        if drafts.stats().commits > before {
            commits.push(milli);
        }
        clock.advance(1);
    }
    let most =
        (0..5_000).step_by(10).map(|from| commits.iter().filter(|at| (from..from + 1_000).contains(*at)).count());
    let most = most.max().unwrap();
    assert!(most <= 20, "{most} commits within a second");
    assert_eq!(drafts.stats().commits, commits.len() as u64);
    assert_eq!((drafts.stats().saves, drafts.unsaved().len()), (5_000, 0), "each text had a second of quiet");
    assert!(drafts.stats().largest_commit > 1);
}

/// Quiet and the longest wait are the host's choice.
pub async fn the_pace_is_the_hosts_choice(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let pace = (Duration::from_millis(20), Duration::from_millis(50));
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()).autosave(pace.0, pace.1));
    let composer = drafts.compose(&id("c2c_bob")).await.unwrap();
    let mut saved_at = Vec::new();
    for milli in 0..100 {
        if milli % 10 == 0 && milli <= 60 {
            composer.set_text(milli.to_string()).unwrap();
        }
        if drafts.save_due() > 0 {
            saved_at.push(milli);
        }
        clock.advance(1);
    }
    assert_eq!(saved_at, [50, 80]);
}

/// A date that is set back or forth does not change when a text is saved, only what it shows.
pub async fn no_date_puts_a_save_off(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(1_000_000);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("text").unwrap();
    clock.set(5);
    pass(&drafts, &clock, 299);
    assert_eq!(drafts.unsaved().len(), 1);
    pass(&drafts, &clock, 1);
    assert_eq!(drafts.unsaved().len(), 0);
    assert_eq!(conversation(&drafts, &bob).await.draft().unwrap().updated_at(), 305);
}

/// A save tells one event, with the origin of the handle that typed.
pub async fn a_save_tells_one_event(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    let window = drafts.with_origin(Origin::new());
    let mut events = drafts.subscribe();
    let composer = window.compose(&bob).await.unwrap();
    for text in ["a", "ab", "abc"] {
        composer.set_text(text).unwrap();
        clock.advance(100);
    }
    assert_eq!(drain(&mut events), vec![]);
    pass(&drafts, &clock, 300);
    let told = drain(&mut events);
    let [Event::Added { conversation, sequence: 1, origin }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((conversation.draft_text(), *origin), ("abc", window.origin()));
}

/// A receipt tells when its text or a newer one is saved, however often it is asked for.
pub async fn a_receipt_tells_of_its_text_or_a_newer_one(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let composer = drafts.compose(&id("c2c_bob")).await.unwrap();
    let receipts: Vec<_> = ["a", "ab", "abc"].map(|text| composer.set_text(text).unwrap()).into();
    let again = composer.set_text("abc").unwrap();
    let late = composer.set_text("abcd").unwrap();
    // By the system's clock: the thread of the library's own saves it.
    for receipt in receipts {
        receipt.saved().await.unwrap();
    }
    again.saved().await.unwrap();
    late.saved().await.unwrap();
    let saved = sequence(&drafts).await;
    assert_eq!((drafts.stats().saves, drafts.stats().unsaved), (saved, 0));
    composer.set_text("abcd").unwrap().saved().await.unwrap();
    assert_eq!(sequence(&drafts).await, saved, "it is saved already");
}

/// Leaving and flushing save at once, and what is saved is not due again.
pub async fn leaving_and_flushing_save_at_once(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("a").unwrap();
    drop(composer);
    assert_eq!(drafts.save_due(), 1);
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("ab").unwrap();
    composer.flush().await.unwrap();
    composer.flush().await.unwrap();
    composer.set_text("abc").unwrap();
    drafts.flush().await.unwrap();
    drafts.flush().await.unwrap();
    pass(&drafts, &clock, 3_000);
    assert_eq!(sequence(&drafts).await, 3);
    assert_eq!((drafts.stats().saves, drafts.stats().commits), (3, 3), "whoever saves");
    changed(drafts.set(&bob, "set").await);
    composer.set_text("abcd").unwrap();
    pass(&drafts, &clock, 299);
    assert_eq!(sequence(&drafts).await, 4, "the first edit after a save waits again");
}
