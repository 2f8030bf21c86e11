//! The machine alone, in every order of everything that can happen to it: a world of a few fields, conversations, a store and
//! another process, explored to a depth.
//!
//! `cargo test --release -p chat-drafts-core every_order` goes as deep as a minute allows; `CHAT_DRAFTS_DEPTH=1` one action
//! deeper, which takes about an hour.

mod explore;
mod fingerprint;
mod world;

use super::answers::is_in;
use explore::{Bounds, explore};
use world::{Action, World};

/// One action deeper for each, by the command above.
fn deeper() -> usize {
    std::env::var("CHAT_DRAFTS_DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(0)
}

/// Debug builds are some twenty times slower, so they look less far.
fn depth(release: usize) -> usize {
    if cfg!(debug_assertions) { release - 2 } else { release + deeper() }
}

fn all_of(name: &str, bounds: &Bounds) {
    let states = explore(bounds);
    eprintln!("{name}: {states} states");
    assert!(states > 1_000, "it has explored next to nothing");
}

#[test]
fn every_order_of_typing_setting_and_sending() {
    let actions = [
        Action::Edit(0),
        Action::Flush(0),
        Action::Set(0),
        Action::SetBased(0),
        Action::Clear(0),
        Action::BeginSend(0),
        Action::BeginSendById(0),
        Action::Confirm,
        Action::Abort,
        Action::Fail,
    ];
    all_of(
        "typing, setting and sending",
        &Bounds { actions: &actions, depth: depth(6), fields: &[0], before: &[], failures: 1 },
    );
}

#[test]
fn every_order_of_coming_and_going() {
    let actions = [
        Action::Open(0),
        Action::Leave,
        Action::Edit(0),
        Action::Set(0),
        Action::Clear(0),
        Action::Undo(0),
        Action::Delete(0),
        Action::BeginSendById(0),
        Action::Abort,
    ];
    all_of("coming and going", &Bounds { actions: &actions, depth: depth(6), fields: &[], before: &[], failures: 0 });
}

#[test]
fn every_order_of_renames() {
    let actions = [
        Action::Edit(0),
        Action::Edit(1),
        Action::Rename(0, 1),
        Action::Rename(0, 2),
        Action::Rename(1, 2),
        Action::Rename(2, 0),
        Action::BeginSend(0),
        Action::Set(0),
    ];
    all_of("renames", &Bounds { actions: &actions, depth: depth(5), fields: &[0, 1], before: &[], failures: 0 });
}

#[test]
fn every_order_of_what_comes_back_beside_renames() {
    let actions = [Action::Edit(0), Action::Edit(1), Action::Rename(0, 1), Action::Rename(1, 0), Action::Abort];
    let before = [Action::Edit(0), Action::BeginSend(0)];
    all_of(
        "what comes back beside renames",
        &Bounds { actions: &actions, depth: depth(6), fields: &[0, 1], before: &before, failures: 0 },
    );
}

#[test]
fn every_order_of_another_process() {
    let actions = [
        Action::Edit(0),
        Action::Empty(0),
        Action::Save,
        Action::Set(0),
        Action::Undo(0),
        Action::BeginSend(0),
        Action::Abort,
        Action::Resolve,
        Action::Leave,
        Action::Open(0),
        Action::OtherSets(0),
        Action::OtherClears(0),
        Action::OtherSends(0),
        Action::OtherAborts,
    ];
    let before = [Action::Set(0), Action::Clear(0)];
    all_of(
        "another process",
        &Bounds { actions: &actions, depth: depth(6), fields: &[0], before: &before, failures: 0 },
    );
}

#[test]
fn every_order_of_another_process_beside_renames() {
    let actions = [
        Action::Edit(0),
        Action::Edit(1),
        Action::Rename(0, 1),
        Action::Rename(1, 0),
        Action::OtherSets(0),
        Action::OtherSets(1),
        Action::OtherClears(0),
    ];
    all_of(
        "another process beside renames",
        &Bounds { actions: &actions, depth: depth(5), fields: &[0, 1], before: &[], failures: 0 },
    );
}

#[test]
fn every_order_of_suspending_and_closing() {
    let actions = [
        Action::Edit(0),
        Action::Flush(0),
        Action::Set(0),
        Action::Set(1),
        Action::BeginSend(0),
        Action::Suspend,
        Action::Resume,
        Action::Close,
        Action::Fail,
    ];
    all_of(
        "suspending and closing",
        &Bounds { actions: &actions, depth: depth(5), fields: &[0], before: &[], failures: 1 },
    );
}

/// Goes one way from fields in these conversations, and checks it at each step.
fn go(fields: &[usize], way: &[Action]) {
    let mut world = World::new(fields, 0);
    for action in way {
        assert!(world.act(*action), "{action:?} does nothing");
        assert_eq!(world.check(), Ok(()), "after {action:?}");
    }
}

/// The first of what was joined is stored already, and the last rename has seen it joined.
#[test]
fn what_three_renames_have_joined_stays_whole() {
    use Action::{Answer, Due, Edit, Rename, Work};
    let stored = [Edit(0), Due, Work(0), Answer(0), Rename(0, 1), Work(0)];
    go(&[0, 1], &[&stored[..], &[Rename(0, 1), Edit(1), Answer(0), Work(0), Rename(0, 1)]].concat());
}

/// A flush waits for two edits, of which a based set has only the first saved, and then a third is typed.
#[test]
fn whoever_flushes_waits_for_no_timer_while_others_type() {
    use Action::{Answer, Due, Edit, Flush, SetBased, Work};
    let busy = [Edit(0), Due, Work(0), Edit(0), SetBased(0)];
    go(&[0], &[&busy[..], &[Edit(0), Flush(0), Answer(0), Edit(0)]].concat());
}

/// A text that was sent later comes back behind one that is in the draft again, also where somebody has typed on in its line.
#[test]
fn an_unsent_text_is_found_where_it_has_come_back() {
    for (text, before) in [("b", ""), ("b\nac", "ac"), ("a\nb\nc", "a\nc"), ("a\nb\nc", "ac"), ("b\n\nc", "\nc")] {
        assert!(is_in("b", text, before), "{before:?} has become {text:?}");
    }
    assert!(!is_in("b", "x\nb\nc", "ac"), "somebody else has written");
}
