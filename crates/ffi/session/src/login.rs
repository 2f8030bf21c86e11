//! Logins and logouts. Each is under way until the host hears its answer: what the answer says is decided at that moment,
//! under the lock that every later call looks under.

use std::sync::{Arc, Weak};

use chat_drafts::Error;
use futures_channel::oneshot;

use crate::account::{Account, Call};
use crate::session::{Inner, Session, State};
use crate::{Config, Failure, Result, Text};

/// The stage a user is at.
#[derive(Default)]
pub(crate) enum Login {
    #[default]
    Out,
    /// A login that is not answered yet. Reads wait for it.
    Coming(Coming),
    In(Arc<Account>),
    /// A logout that is not answered yet, or an uninit.
    Going(Going),
    /// A login that was left before its store was open, which is closed as soon as it is.
    Overtaken {
        login: u64,
        /// The logout that waits for that; none if it was an uninit.
        logout: Option<u64>,
    },
}

pub(crate) struct Coming {
    number: u64,
    /// The account, once its store is open.
    opened: Option<Arc<Account>>,
    /// Ends when the store is open and nobody uses it, or cannot be opened.
    ended: oneshot::Receiver<()>,
    readers: Vec<oneshot::Sender<Call>>,
}

pub(crate) struct Going {
    pub(crate) number: u64,
    /// The account that is closed.
    pub(crate) account: Option<Arc<Account>>,
    /// Whether it is closed.
    pub(crate) is_over: bool,
}

/// The account a read is for.
pub(crate) enum Reading {
    Now(Call),
    /// Its login is not answered yet.
    Soon(oneshot::Receiver<Call>),
}

impl Reading {
    pub(crate) async fn account(self) -> Result<Call> {
        match self {
            Self::Now(account) => Ok(account),
            // The login has failed or was overtaken.
            Self::Soon(account) => account.await.map_err(|_| Failure::not_logged_in()),
        }
    }
}

/// A login that was begun.
enum Begun {
    /// The user is logged in already.
    Known(Arc<Account>),
    New {
        number: u64,
        config: Config,
        user: String,
        ended: oneshot::Sender<()>,
    },
}

/// What the answer of a login is about.
enum Expected {
    Nothing,
    Account(Arc<Account>),
    Login(u64),
}

/// A logout that was begun.
struct Leaving {
    number: u64,
    from: From,
}

enum From {
    Account(Arc<Account>),
    Login(oneshot::Receiver<()>),
}

impl Session {
    /// Opens the drafts of this user; a user who is logged in already is fine.
    ///
    /// The answer: 6013; 7003 about the id; 6015 if another user is logged in or a login or a logout is under way, which
    /// each is until it is answered; 6023 if a logout overtakes it, which it does until the host hears the answer; 6005 and
    /// 6022 about the store.
    pub fn login(&self, user: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        let begun = self.inner.begin_login(user);
        let expected = match &begun {
            Err(_) => Expected::Nothing,
            Ok(Begun::Known(account)) => Expected::Account(Arc::clone(account)),
            Ok(Begun::New { number, .. }) => Expected::Login(*number),
        };
        let (opening, answering) = (Arc::downgrade(&self.inner), Arc::downgrade(&self.inner));
        self.inner.worker.call(
            |_| async move {
                match begun? {
                    Begun::Known(_) => Ok(()),
                    Begun::New { number, config, user, ended } => {
                        let opened = open(&opening, number, &config, user).await;
                        // A logout may wait for that.
                        drop(ended);
                        opened
                    }
                }
            },
            move |outcome| {
                answer(match answering.upgrade() {
                    Some(inner) => inner.decide_login(expected, outcome),
                    None => outcome.and(Err(Failure::logged_out_before())),
                });
            },
        );
    }

    /// Closes the drafts of the user. They stay on the disk.
    ///
    /// The answer: 6013; 6014 if nobody is logged in; 6015 if a logout is under way; 6019 and 6022 if something that is
    /// typed cannot be saved: the user stays logged in then, and nothing is lost.
    pub fn logout(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        let begun = self.inner.begin_logout();
        let number = begun.as_ref().ok().map(|leaving| leaving.number);
        let (closing, answering) = (Arc::downgrade(&self.inner), Arc::downgrade(&self.inner));
        self.inner.worker.call(
            |_| async move {
                let Leaving { number, from } = begun?;
                let closed = match from {
                    From::Account(account) => {
                        account.calls_ended().await;
                        account.drafts.close().await
                    }
                    From::Login(ended) => {
                        // Nothing is sent: the sender goes when the login is undone.
                        let _ = ended.await;
                        Ok(())
                    }
                };
                if let Some(inner) = closing.upgrade() {
                    inner.note_closed(number, !matches!(closed, Err(Error::Unsaved { .. })));
                }
                closed.map_err(|error| Failure::of_call(&error))
            },
            move |outcome| {
                if let (Some(inner), Some(number)) = (answering.upgrade(), number) {
                    inner.decide_logout(number);
                }
                answer(outcome);
            },
        );
    }
}

/// Opens the store of a login.
async fn open(inner: &Weak<Inner>, number: u64, config: &Config, user: String) -> Result<()> {
    let opened = chat_drafts::open_account(&config.directory, &config.store, &config.account(&user)).await;
    let account = opened.map(|drafts| Arc::new(Account::new(user, drafts)));
    let is_awaited = inner.upgrade().is_some_and(|inner| inner.arrive(number, account.as_ref().ok()));
    match account {
        Ok(_) if is_awaited => Ok(()),
        Err(error) if is_awaited => Err(Failure::at_login(&error)),
        account => {
            if let Ok(account) = account {
                // Nothing was written to it.
                let _ = account.drafts.close().await;
            }
            if let Some(inner) = inner.upgrade() {
                inner.undo(number);
            }
            Err(Failure::logged_out_before())
        }
    }
}

impl Login {
    /// The account whose store is open.
    pub(crate) fn account(&self) -> Option<&Arc<Account>> {
        match self {
            Self::In(account) => Some(account),
            Self::Coming(Coming { opened, .. }) => opened.as_ref(),
            Self::Going(Going { account, .. }) => account.as_ref(),
            Self::Out | Self::Overtaken { .. } => None,
        }
    }

    /// Whether a store is being closed.
    pub(crate) fn is_closing(&self) -> bool {
        matches!(self, Self::Going(Going { is_over: false, .. }) | Self::Overtaken { .. })
    }

    /// Whether nobody is in, or about to be.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self, Self::Going(Going { is_over: true, .. }))
    }

    fn is_going(&self, logout: u64) -> bool {
        matches!(self, Self::Going(going) if going.number == logout)
    }

    /// Leaves whoever is in, or about to be. What is given is to be dropped when no lock is held any more.
    pub(crate) fn leave(&mut self, number: u64) -> Self {
        let next = match (&*self, self.account().cloned()) {
            (_, Some(account)) => Self::Going(Going { number, account: Some(account), is_over: false }),
            (Self::Coming(Coming { number: login, .. }) | Self::Overtaken { login, .. }, None) => {
                Self::Overtaken { login: *login, logout: None }
            }
            _ => Self::Out,
        };
        std::mem::replace(self, next)
    }
}

impl Inner {
    /// The account that is written to.
    pub(crate) fn account(&self) -> Result<Call> {
        match self.lock().initialised()? {
            Login::In(account) => Ok(account.call()),
            _ => Err(Failure::not_logged_in()),
        }
    }

    /// The account that is read: reading works as soon as login was called.
    pub(crate) fn reading(&self) -> Result<Reading> {
        match self.lock().initialised()? {
            Login::In(account) => Ok(Reading::Now(account.call())),
            Login::Coming(coming) => {
                let (sender, receiver) = oneshot::channel();
                coming.readers.push(sender);
                Ok(Reading::Soon(receiver))
            }
            _ => Err(Failure::not_logged_in()),
        }
    }

    fn begin_login(&self, user: Text) -> Result<Begun> {
        let mut state = self.lock();
        let State { config: Some(config), login, last, .. } = &mut *state else {
            return Err(Failure::not_initialised());
        };
        let user = user_id(user)?;
        match login {
            Login::Out => {}
            Login::In(account) if account.user == user => return Ok(Begun::Known(Arc::clone(account))),
            Login::In(_) => return Err(Failure::in_progress("another user is logged in: log out first")),
            Login::Coming(_) => return Err(Failure::in_progress("a login is under way: wait for its answer")),
            Login::Going(_) | Login::Overtaken { .. } => {
                return Err(Failure::in_progress("a logout is under way: wait for its answer"));
            }
        }
        *last += 1;
        let number = *last;
        let (ended, ending) = oneshot::channel();
        *login = Login::Coming(Coming { number, opened: None, ended: ending, readers: Vec::new() });
        Ok(Begun::New { number, config: config.clone(), user, ended })
    }

    /// The store of a login is open, or cannot be opened; says whether anybody still wants it.
    fn arrive(&self, number: u64, account: Option<&Arc<Account>>) -> bool {
        let mut state = self.lock();
        match &mut state.login {
            Login::Coming(coming) if coming.number == number => {
                coming.opened = account.cloned();
                let failed = if account.is_none() { std::mem::take(&mut state.login) } else { Login::Out };
                drop(state);
                // Those who read are told.
                drop(failed);
                true
            }
            _ => false,
        }
    }

    /// A login that was overtaken has closed its store.
    fn undo(&self, number: u64) {
        let mut state = self.lock();
        if let Login::Overtaken { login, logout } = state.login
            && login == number
        {
            state.login = match logout {
                Some(number) => Login::Going(Going { number, account: None, is_over: true }),
                None => Login::Out,
            };
            self.changed.notify_all();
        }
    }

    /// What a login came to, at the moment in which the host hears of it.
    fn decide_login(&self, expected: Expected, outcome: Result<()>) -> Result<()> {
        let number = match expected {
            Expected::Nothing => return outcome,
            Expected::Account(account) => {
                return match &self.lock().login {
                    Login::In(current) if Arc::ptr_eq(current, &account) => outcome,
                    _ => Err(Failure::logged_out_before()),
                };
            }
            Expected::Login(number) => number,
        };
        let mut state = self.lock();
        match &state.login {
            Login::Coming(coming) if coming.number == number => {}
            _ => {
                drop(state);
                // It may have panicked.
                self.undo(number);
                return outcome.and(Err(Failure::logged_out_before()));
            }
        }
        let Login::Coming(Coming { opened, readers, .. }) = std::mem::take(&mut state.login) else { return outcome };
        match (outcome, opened) {
            (Ok(()), Some(account)) => {
                state.login = Login::In(Arc::clone(&account));
                let calls: Vec<_> = readers.into_iter().map(|reader| (reader, account.call())).collect();
                drop(state);
                self.greet(&account);
                for (reader, call) in calls {
                    // One that has gone away reads nothing.
                    let _ = reader.send(call);
                }
                Ok(())
            }
            (outcome, _) => {
                drop(state);
                outcome
            }
        }
    }

    /// Tells the listeners that a login has brought the list, and watches it for them.
    fn greet(&self, account: &Account) {
        if self.listeners.is_empty() {
            return;
        }
        account.watch(&self.worker, &self.listeners);
        let listeners = Arc::clone(&self.listeners);
        self.worker.call(|_| async { Ok(()) }, move |_: Result<()>| listeners.tell_of_sync());
    }

    fn begin_logout(&self) -> Result<Leaving> {
        let mut state = self.lock();
        state.last += 1;
        let number = state.last;
        let login = state.initialised()?;
        let left = match login {
            Login::Out => return Err(Failure::not_logged_in()),
            Login::Going(_) | Login::Overtaken { .. } => {
                return Err(Failure::in_progress("a logout is under way already"));
            }
            Login::Coming(_) | Login::In(_) => login.leave(number),
        };
        if let Login::Overtaken { logout, .. } = login {
            *logout = Some(number);
        }
        drop(state);
        match left {
            Login::In(account) | Login::Coming(Coming { opened: Some(account), .. }) => {
                Ok(Leaving { number, from: From::Account(account) })
            }
            Login::Coming(Coming { ended, .. }) => Ok(Leaving { number, from: From::Login(ended) }),
            Login::Out | Login::Going(_) | Login::Overtaken { .. } => Err(Failure::not_logged_in()),
        }
    }

    /// A logout has closed its store, or could not.
    fn note_closed(&self, number: u64, is_closed: bool) {
        let mut state = self.lock();
        let mut closed = None;
        if let Login::Going(going) = &mut state.login
            && going.number == number
            && is_closed
        {
            going.is_over = true;
            closed = going.account.take();
        }
        drop(state);
        self.changed.notify_all();
        // It goes when no lock is held.
        drop(closed);
    }

    /// The host hears of a logout: the user is out, or in again.
    fn decide_logout(&self, number: u64) {
        let mut state = self.lock();
        match &state.login {
            login if login.is_going(number) => {}
            Login::Overtaken { logout: Some(logout), .. } if *logout == number => {}
            _ => return,
        }
        let login = match std::mem::take(&mut state.login) {
            Login::Going(Going { account: Some(account), is_over: false, .. }) => Login::In(account),
            Login::Overtaken { login, .. } => Login::Overtaken { login, logout: None },
            _ => Login::Out,
        };
        state.login = login;
        drop(state);
        self.changed.notify_all();
    }
}

/// The id of a user: 1 to 32 bytes of printable ASCII.
fn user_id(user: Text) -> Result<String> {
    let reason = match &user {
        Text::None => "it is null",
        Text::Invalid => "it is not Unicode text",
        Text::Valid(user) if user.is_empty() => "it is empty",
        Text::Valid(user) if user.len() > 32 => "it has more than 32 bytes",
        Text::Valid(user) if !user.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => "it is not printable ASCII",
        Text::Valid(_) => return user.required("userID"),
    };
    Err(Failure::invalid_user(reason))
}
