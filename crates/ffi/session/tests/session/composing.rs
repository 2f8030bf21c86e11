//! Composers, sending, suspending.

use std::time::Duration;

use chat_drafts_session::{Keep, Session, Text, Ticket};
use tempfile::tempdir;

use crate::support::{ask, code, compose, draft_of, log_in, logged_in, next, session_in, set};

fn tickets(session: &Session) -> Vec<String> {
    let tickets: Vec<Ticket> = ask(|answer| session.tickets(answer)).unwrap();
    tickets.iter().map(|ticket| format!("{} {}", ticket.id().as_str(), ticket.text())).collect()
}

#[test]
fn what_is_typed_is_saved_behind() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    set(&session, "c2c_bob", "stored").unwrap();
    let composer = compose(&session, "c2c_bob");
    assert_eq!((composer.id().as_str(), composer.text().as_str()), ("c2c_bob", "stored"));
    composer.set_text("typed\0".into()).unwrap();
    assert_eq!(composer.text(), "typed\0");
    assert_eq!(ask(|answer| composer.set_text_then("typed on".into(), answer)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "typed on");
    composer.set_text("left".into()).unwrap();
    drop(composer);
    assert_eq!(ask(|answer| session.flush(answer)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "left");
    let composer = compose(&session, "c2c_bob");
    composer.set_text(Text::None).unwrap();
    assert_eq!(session.flush_within(Duration::from_secs(20)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "", "null clears");
    composer.set_text("again".into()).unwrap();
    assert_eq!(ask(|answer| composer.flush(answer)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "again");
}

#[test]
fn an_edit_is_taken_before_its_call_returns() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let composer = compose(&session, "c2c_bob");
    for number in 0..300 {
        let text = number.to_string();
        composer.set_text_then(text.as_str().into(), |_| {});
        assert_eq!(composer.text(), text);
    }
}

#[test]
fn parameters_and_states_are_checked() {
    let folder = tempdir().unwrap();
    let session = Session::default();
    assert_eq!(code(ask(|answer| session.compose("c2c_bob".into(), answer))), 6013);
    assert_eq!(code(session.flush_within(Duration::ZERO)), 6013);
    let session = session_in(folder.path());
    assert_eq!(code(ask(|answer| session.compose("c2c_bob".into(), answer))), 6014);
    assert_eq!(code(ask(|answer| session.begin_send("c2c_bob".into(), answer))), 6014);
    assert_eq!(code(ask(|answer| session.tickets(answer))), 6014);
    assert_eq!(code(ask(|answer| session.suspend(answer))), 6014);
    log_in(&session, "alice");
    assert_eq!(code(ask(|answer| session.compose("c2c_".into(), answer))), 6017);
    assert_eq!(code(ask(|answer| session.compose(Text::None, answer))), 6017);
    assert_eq!(code(ask(|answer| session.begin_send("c2c_bob".into(), answer))), 6017);
    assert_eq!(code(ask(|answer| session.undo_clear(Text::None, answer))), 6017);
    let composer = compose(&session, "c2c_bob");
    assert_eq!(code(composer.set_text("x".repeat(2 << 20).as_str().into())), 6017);
    assert_eq!(code(composer.set_text(Text::Invalid)), 6017);
    assert_eq!(code(ask(|answer| composer.set_text_then(Text::Invalid, answer))), 6017);
    assert_eq!(composer.text(), "");
    composer.set_text("typed".into()).unwrap();
    assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
    assert_eq!(code(composer.set_text("late".into())), 6014);
    assert_eq!(code(ask(|answer| composer.begin_send(answer))), 6014);
    drop(composer);
    log_in(&session, "alice");
    assert_eq!(draft_of(&session, "c2c_bob"), "typed", "a logout saves");
}

#[test]
fn a_sent_text_is_confirmed_or_comes_back() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let composer = compose(&session, "c2c_bob");
    composer.set_text("first".into()).unwrap();
    let ticket = ask(|answer| composer.begin_send(answer)).unwrap();
    assert_eq!((ticket.text(), composer.text().as_str()), ("first", ""));
    assert_eq!(ask(|answer| ticket.confirm(answer)), Ok(()));
    let again = ask(|answer| ticket.confirm(answer)).unwrap_err();
    assert_eq!(again.code(), 6017, "it is not being sent any more");

    composer.set_text("second".into()).unwrap();
    let ticket = ask(|answer| session.begin_send("c2c_bob".into(), answer)).unwrap();
    composer.set_text("third".into()).unwrap();
    assert_eq!(ask(|answer| ticket.abort(answer)), Ok(()));
    assert_eq!(composer.text(), "second\nthird");
    let ticket = ask(|answer| composer.begin_send(answer)).unwrap();
    let number = ticket.number();
    drop((ticket, composer));
    session.uninit();

    let session = logged_in(folder.path());
    assert_eq!(
        (tickets(&session), draft_of(&session, "c2c_bob")),
        (vec!["c2c_bob second\nthird".to_owned()], String::new())
    );
    let again = ask(|answer| session.tickets(answer)).unwrap().remove(0);
    assert_eq!(again.number(), number);
    assert_eq!(ask(|answer| again.abort(answer)), Ok(()));
    assert_eq!((tickets(&session), draft_of(&session, "c2c_bob")), (vec![], "second\nthird".to_owned()));
}

#[test]
fn a_suspended_account_goes_on_in_memory() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let composer = compose(&session, "c2c_bob");
    composer.set_text("before".into()).unwrap();
    assert_eq!(ask(|answer| session.suspend(answer)), Ok(()));
    composer.set_text("meanwhile".into()).unwrap();
    assert_eq!(code(set(&session, "c2c_eve", "x")), 6019);
    assert_eq!(code(ask(|answer| session.flush(answer))), 6019);
    assert_eq!(code(ask(|answer| session.logout(answer))), 6019, "it would be lost");
    assert_eq!(session.login_user().as_deref(), Some("alice"), "so the user stays logged in");
    assert_eq!(ask(|answer| session.resume(answer)), Ok(()));
    assert_eq!(ask(|answer| session.flush(answer)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "meanwhile");
    assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
}

#[test]
fn what_was_cleared_comes_back() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    set(&session, "c2c_bob", "text").unwrap();
    set(&session, "c2c_bob", "").unwrap();
    assert_eq!(ask(|answer| session.undo_clear("c2c_bob".into(), answer)), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "text");
}

#[test]
fn a_flush_may_wait_inside_a_callback() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let composer = compose(&session, "c2c_bob");
    composer.set_text("typed".into()).unwrap();
    let (sender, flushed) = std::sync::mpsc::channel();
    let inside = session.clone();
    session.get_conversation("c2c_bob".into(), move |_| {
        sender.send(inside.flush_within(Duration::from_secs(20))).unwrap();
    });
    assert_eq!(next(&flushed), Ok(()));
    assert_eq!(draft_of(&session, "c2c_bob"), "typed");
}

#[test]
fn without_a_conflict_there_is_nothing_to_resolve() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let composer = compose(&session, "c2c_bob");
    composer.set_text("typed".into()).unwrap();
    set(&session, "c2c_bob", "set").unwrap();
    assert_eq!((composer.conflict(), composer.text().as_str()), (None, "set"));
    assert!(!composer.resolve(Keep::Both));
}
