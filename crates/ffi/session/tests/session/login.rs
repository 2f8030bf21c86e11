//! Who is logged in, and what may be called when.

use std::fs;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::support::{ask, asked, code, draft_of, hold, log_in, logged_in, next, queued_session_in, session_in, set};
use chat_drafts_session::{Config, ConversationUpdate, Filter, LoginStatus, Session, Text};
use tempfile::tempdir;

/// The code of every call that needs a login, with parameters that are no good.
fn every_code(session: &Session) -> Vec<i32> {
    vec![
        code(ask(|answer| session.set_draft("".into(), Text::Invalid, answer))),
        code(ask(|answer| session.get_conversation(Text::None, answer))),
        code(ask(|answer| session.get_conversations(vec!["c2c_".into()], answer))),
        code(ask(|answer| session.list(Filter::default(), 0, 0, answer))),
        code(ask(|answer| session.pin("group_".into(), true, answer))),
        code(ask(|answer| session.delete(Text::Invalid, answer))),
        code(ask(|answer| session.update("a\nb".into(), Ok(ConversationUpdate::new()), answer))),
    ]
}

#[test]
fn first_the_session_then_the_login_then_the_parameters() {
    let folder = tempdir().unwrap();
    let session = Session::default();
    assert_eq!(every_code(&session), [6013; 7]);
    assert_eq!(code(ask(|answer| session.login(Text::None, answer))), 6013);
    assert_eq!(code(ask(|answer| session.logout(answer))), 6013);
    assert_eq!(code(ask(|answer| session.total_unread(answer))), 6013);
    assert_eq!(code(ask(|answer| session.delete_many(vec![], answer))), 6013);

    assert!(session.init(Config::new(1, folder.path())));
    assert_eq!(every_code(&session), [6014; 7]);
    assert_eq!(code(ask(|answer| session.total_unread(answer))), 6014);
    assert_eq!(code(ask(|answer| session.delete_many(vec![], answer))), 6014);
    assert_eq!(code(ask(|answer| session.logout(answer))), 6014);

    log_in(&session, "alice");
    assert_eq!(every_code(&session), [6017; 7]);
    assert_eq!(code(ask(|answer| session.list(Filter::default(), u64::MAX, 1, answer))), 6017);
    let failure = ask(|answer| session.set_draft("c2c_".into(), "secret".into(), answer)).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "invalid parameter conversationID: not a conversation id: nothing follows its prefix"
    );
    let failure = ask(|answer| session.set_draft("x".into(), Text::Invalid, answer)).unwrap_err();
    assert_eq!(failure.to_string(), "invalid parameter draftText: it is not Unicode text");
    let long = "secret ".repeat(200_000);
    let failure = ask(|answer| session.set_draft("x".into(), long.as_str().into(), answer)).unwrap_err();
    assert_eq!(failure.code(), 6017);
    assert!(!failure.to_string().contains("secret"));

    session.uninit();
    assert_eq!(every_code(&session), [6013; 7]);
}

#[test]
fn configurations() {
    let folder = tempdir().unwrap();
    let session = Session::default();
    assert!(!session.init(Config::new(1, "")));
    assert!(!session.init(Config::new(1, "a\0b")));
    assert!(!session.init(Config::new(1, folder.path()).store("dbm")));
    assert!(session.init(Config::new(1, folder.path())));
    assert!(session.init(Config::new(1, folder.path())), "the same again");
    assert!(!session.init(Config::new(2, folder.path())));
    assert!(!session.init(Config::new(1, folder.path()).store("memory")));
    session.uninit();
    assert!(session.init(Config::new(2, folder.path())));
}

#[test]
fn user_ids() {
    let folder = tempdir().unwrap();
    let session = session_in(folder.path());
    let long = "x".repeat(33);
    for bad in [Text::None, Text::Invalid, "".into(), long.as_str().into(), "bär".into(), "a\n".into(), "\x7f".into()]
    {
        assert_eq!(code(ask(|answer| session.login(bad.clone(), answer))), 7003, "{bad:?}");
    }
    assert_eq!(session.login_status(), LoginStatus::Out);
    let users = ["..", ".", "a/b", "A", "a", "a ", "con", "C:\\x", "%41", "=41", &long[..32]];
    for user in users {
        log_in(&session, user);
        assert_eq!(session.login_user().as_deref(), Some(user));
        assert_eq!(draft_of(&session, "c2c_bob"), "", "{user} sees nobody else's");
        set(&session, "c2c_bob", user).unwrap();
        assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
    }
    for user in users {
        log_in(&session, user);
        assert_eq!(draft_of(&session, "c2c_bob"), user);
        assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
    }
    session.uninit();
    // Two apps in one directory do not meet.
    assert!(session.init(Config::new(2, folder.path())));
    log_in(&session, "a");
    assert_eq!(draft_of(&session, "c2c_bob"), "");
    session.uninit();
    let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let files: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "db")).collect();
    assert_eq!(files.len(), users.len() + 1, "{files:?}");
}

#[test]
fn in_and_out() {
    let folder = tempdir().unwrap();
    let session = session_in(folder.path());
    assert_eq!((session.login_status(), session.login_user()), (LoginStatus::Out, None));
    log_in(&session, "alice");
    assert_eq!((session.login_status(), session.login_user()), (LoginStatus::In, Some("alice".into())));
    log_in(&session, "alice");
    assert_eq!(code(ask(|answer| session.login("bob".into(), answer))), 6015);
    set(&session, "c2c_bob", "kept").unwrap();
    assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
    assert_eq!(code(ask(|answer| session.logout(answer))), 6014);
    assert_eq!(code(set(&session, "c2c_bob", "x")), 6014);
    log_in(&session, "alice");
    assert_eq!(draft_of(&session, "c2c_bob"), "kept", "drafts stay over a logout");
}

#[test]
fn while_a_login_is_under_way() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    set(&session, "c2c_bob", "kept").unwrap();
    let release = hold(&session);
    let logout = asked(|answer| session.logout(answer));
    let second = asked(|answer| session.logout(answer));
    let early = asked(|answer| session.login("alice".into(), answer));
    drop(release);
    assert_eq!(next(&logout), Ok(()));
    assert_eq!((code(next(&second)), code(next(&early))), (6015, 6015));

    // The session stands in a callback, so the login cannot end.
    let release = hold(&session);
    let login = asked(|answer| session.login("alice".into(), answer));
    assert_eq!(session.login_status(), LoginStatus::Coming);
    let again = asked(|answer| session.login("alice".into(), answer));
    let read = asked(|answer| session.get_conversation("c2c_bob".into(), answer));
    let write = asked(|answer| session.set_draft("c2c_bob".into(), "early".into(), answer));
    drop(release);
    assert_eq!(next(&login), Ok(()));
    assert_eq!(code(next(&again)), 6015);
    assert_eq!(code(next(&write)), 6014);
    assert_eq!(next(&read).unwrap().draft_text(), "kept", "reading works as soon as login was called");
}

#[test]
fn a_logout_overtakes_a_login() {
    let folder = tempdir().unwrap();
    let session = session_in(folder.path());
    let release = hold(&session);
    let login = asked(|answer| session.login("alice".into(), answer));
    let read = asked(|answer| session.get_conversation("c2c_bob".into(), answer));
    let logout = asked(|answer| session.logout(answer));
    assert_eq!(session.login_status(), LoginStatus::Out);
    let other = asked(|answer| session.login("bob".into(), answer));
    drop(release);
    assert_eq!(code(next(&login)), 6023);
    assert_eq!(code(next(&read)), 6014);
    assert_eq!(next(&logout), Ok(()));
    assert_eq!(code(next(&other)), 6015);
    log_in(&session, "alice");

    assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
    let release = hold(&session);
    let login = asked(|answer| session.login("alice".into(), answer));
    std::thread::scope(|scope| {
        let uninit = scope.spawn(|| session.uninit());
        while code(session.flush_within(Duration::ZERO)) != 6013 {
            std::thread::yield_now();
        }
        drop(release);
        uninit.join().unwrap();
    });
    assert_eq!(code(login.try_recv().unwrap()), 6023, "answered before uninit returned");
    assert!(session.init(Config::new(1, folder.path())));
    log_in(&session, "alice");
}

#[test]
fn a_login_is_under_way_until_it_is_answered() {
    let folder = tempdir().unwrap();
    let (session, replies) = queued_session_in(folder.path());
    // The store is open when the answer is in the host's queue. What comes before the host hears of it overtakes it.
    let login = asked(|answer| session.login("alice".into(), answer));
    let answer = next(&replies);
    assert_eq!((session.login_status(), session.login_user()), (LoginStatus::Coming, None));
    let write = asked(|answer| session.set_draft("c2c_bob".into(), "early".into(), answer));
    next(&replies)();
    assert_eq!(code(next(&write)), 6014);
    let read = asked(|answer| session.get_conversation("c2c_bob".into(), answer));
    let again = asked(|answer| session.login("alice".into(), answer));
    next(&replies)();
    assert_eq!(code(next(&again)), 6015);
    let logout = asked(|answer| session.logout(answer));
    next(&replies)();
    next(&replies)();
    assert_eq!((code(next(&read)), code(next(&logout))), (6014, 0));
    answer();
    assert_eq!(code(next(&login)), 6023);
    assert_eq!(session.login_status(), LoginStatus::Out);

    let login = asked(|answer| session.login("alice".into(), answer));
    let answer = next(&replies);
    session.uninit();
    // Its file is free again.
    let other = logged_in(folder.path());
    other.uninit();
    answer();
    assert_eq!(code(next(&login)), 6023);
}

#[test]
fn a_logout_is_under_way_until_it_is_answered() {
    let folder = tempdir().unwrap();
    let (session, replies) = queued_session_in(folder.path());
    let login = asked(|answer| session.login("alice".into(), answer));
    next(&replies)();
    assert_eq!(code(next(&login)), 0);
    let logout = asked(|answer| session.logout(answer));
    let answer = next(&replies);
    let second = asked(|answer| session.logout(answer));
    let early = asked(|answer| session.login("bob".into(), answer));
    next(&replies)();
    next(&replies)();
    assert_eq!((code(next(&second)), code(next(&early))), (6015, 6015));
    answer();
    assert_eq!(code(next(&logout)), 0);
    let login = asked(|answer| session.login("bob".into(), answer));
    next(&replies)();
    assert_eq!(code(next(&login)), 0);
    // A login of the user who is in is overtaken like any other.
    let again = asked(|answer| session.login("bob".into(), answer));
    let answer = next(&replies);
    session.uninit();
    answer();
    assert_eq!(code(next(&again)), 6023);
}

#[test]
fn another_app_waits_for_a_logout() {
    let folder = tempdir().unwrap();
    let (session, replies) = queued_session_in(folder.path());
    let login = asked(|answer| session.login("alice".into(), answer));
    next(&replies)();
    assert_eq!(code(next(&login)), 0);
    assert!(!session.init(Config::new(2, folder.path())), "somebody is logged in");
    let logout = asked(|answer| session.logout(answer));
    assert!(session.init(Config::new(2, folder.path())), "it waits for the logout, and not for its answer");
    next(&replies)();
    assert_eq!(code(next(&logout)), 0);
    log_in(&session, "alice");
    session.uninit();
    assert!(folder.path().join("account-2-alice.db").exists());
}

#[test]
fn an_init_beside_an_uninit_waits_for_it() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let release = hold(&session);
    let ending = session.clone();
    let uninit = std::thread::spawn(move || ending.uninit());
    while code(session.flush_within(Duration::ZERO)) != 6013 {
        std::thread::yield_now();
    }
    let (sender, begins) = channel();
    let (beginning, place) = (session.clone(), folder.path().to_owned());
    let init = std::thread::spawn(move || {
        sender.send(()).unwrap();
        assert!(beginning.init(Config::new(2, place)));
        code(ask(|answer| beginning.login("alice".into(), answer)))
    });
    next(&begins);
    drop(release);
    uninit.join().unwrap();
    assert_eq!(init.join().unwrap(), 0, "no logout is under way any more");
    session.uninit();
}

#[test]
fn one_of_two_racing_logins_wins() {
    let folder = tempdir().unwrap();
    for _ in 0..20 {
        let session = session_in(folder.path());
        let codes: Vec<i32> = std::thread::scope(|scope| {
            let race = |user: &'static str| {
                let session = &session;
                scope.spawn(move || code(ask(|answer| session.login(user.into(), answer))))
            };
            let racers = [race("alice"), race("bob")];
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert!(codes == [0, 6015] || codes == [6015, 0], "{codes:?}");
        session.uninit();
    }
}

#[test]
fn places_that_cannot_hold_a_store() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let mut places = vec![(folder.path().join("missing"), 6022), (file.clone(), 6022), (file.join("below"), 6022)];
    if cfg!(target_os = "linux") {
        // Nobody can write there, not even root.
        places.push(("/sys".into(), 6022));
    }
    for (place, expected) in places {
        let session = session_in(&place);
        let failure = ask(|answer| session.login("alice".into(), answer)).unwrap_err();
        assert_eq!(failure.code(), expected, "{} {failure}", place.display());
        assert_eq!(session.login_status(), LoginStatus::Out);
    }
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

#[test]
fn files_that_cannot_be_loaded() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    set(&session, "c2c_bob", "the text that will be damaged").unwrap();
    let second = session_in(folder.path());
    let failure = ask(|answer| second.login("alice".into(), answer)).unwrap_err();
    assert_eq!(failure.code(), 6005, "open elsewhere: {failure}");
    session.uninit();

    // A bit of the text flips: the login is fine, reading it is not, and it can be written over.
    let path = folder.path().join("account-1-alice.db");
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(9).position(|window| window == b"will be d").unwrap();
    bytes[place] ^= 1;
    fs::write(&path, &bytes).unwrap();
    log_in(&second, "alice");
    let failure = ask(|answer| second.get_conversation("c2c_bob".into(), answer)).unwrap_err();
    assert_eq!(failure.code(), 6019);
    assert!(!failure.to_string().contains("text") && !failure.to_string().contains("bob"), "{failure}");
    second.uninit();

    fs::write(&path, "no database").unwrap();
    let session = session_in(folder.path());
    assert_eq!(code(ask(|answer| session.login("alice".into(), answer))), 6005);
    assert_eq!(fs::read(&path).unwrap(), b"no database", "it stays as it was");
}
