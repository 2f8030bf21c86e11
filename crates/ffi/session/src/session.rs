//! Who is logged in, and what may be called when.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chat_drafts::{Drafts, Error, Event, Origin};
use futures_channel::oneshot;

use crate::listeners::Listeners;
use crate::{Config, Failure, Listener, Result, Text, Worker};

/// One host's session: one user at a time, whose drafts are open from login to logout.
///
/// Cheap to clone; clones are the same session. The last one that is dropped does what [`uninit`](Self::uninit) does.
/// The crate's first page has an example.
#[derive(Clone, Default)]
pub struct Session {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Default)]
pub(crate) struct Inner {
    state: Mutex<State>,
    pub(crate) worker: Worker,
    pub(crate) listeners: Arc<Listeners<dyn Listener>>,
}

#[derive(Default)]
struct State {
    config: Option<Config>,
    login: Login,
}

#[derive(Default)]
enum Login {
    #[default]
    Out,
    /// The store is being opened. Reads wait for it.
    Coming {
        readers: Readers,
    },
    In(Arc<Account>),
    /// The store is being closed.
    Going,
    /// A logout, or uninit, came while the store was being opened: it is closed as soon as it is open. Who waits for that
    /// is told.
    Overtaken(Option<oneshot::Sender<()>>),
}

/// The reads that wait for a login.
type Readers = Vec<oneshot::Sender<Arc<Account>>>;

/// An open store and whose it is.
pub(crate) struct Account {
    user: String,
    pub(crate) drafts: Drafts,
    /// The handle that deletes: its origin tells a deletion from a row that went with its draft.
    pub(crate) deleting: Drafts,
    is_watched: AtomicBool,
}

/// Whether a user is logged in: the numbers are the SDK's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum LoginStatus {
    /// Logged in.
    In = 1,
    /// Logging in.
    Coming = 2,
    /// Logged out.
    Out = 3,
}

/// The account a read is for.
pub(crate) enum Reading {
    Now(Arc<Account>),
    /// It is being opened.
    Soon(oneshot::Receiver<Arc<Account>>),
}

impl Reading {
    pub(crate) async fn account(self) -> Result<Arc<Account>> {
        match self {
            Self::Now(account) => Ok(account),
            // The login has failed or was overtaken.
            Self::Soon(account) => account.await.map_err(|_| Failure::not_logged_in()),
        }
    }
}

impl Session {
    /// Makes the session usable. `false` about a configuration that cannot work (no directory, an engine this build does
    /// not have), or about another one while the session is initialised; the same one again is fine.
    pub fn init(&self, config: Config) -> bool {
        let mut state = self.inner.lock();
        if let Some(before) = &state.config {
            return before.is_like(&config);
        }
        if !config.is_valid() {
            return false;
        }
        self.inner.worker.set_executor(config.executor.clone());
        state.config = Some(config);
        true
    }

    /// Logs out, waits until every call is answered and what was accepted is on the disk, and ends the session's thread.
    ///
    /// Inside a callback it cannot wait for the callbacks behind it: it waits for the disk, and they follow. With an
    /// executor it waits until the executor has them.
    pub fn uninit(&self) {
        self.inner.uninit();
    }

    /// Waits until what was accepted is on the disk, and accepts nothing more, whatever callbacks do meanwhile: for the end
    /// of a process, when one of them may never return.
    pub fn save(&self) {
        let Ok(account) = self.inner.account() else { return };
        self.inner.worker.catch_up();
        let _ = pollster::block_on(account.drafts.close());
    }

    /// Opens the drafts of this user; a user who is logged in already is fine.
    ///
    /// The answer: 6013; 7003 about the id; 6015 if another user is logged in or anything is under way; 6023 if a logout
    /// overtakes it; 6005 and 6022 about the store.
    pub fn login(&self, user: Text, answer: impl FnOnce(Result<()>) + Send + 'static) {
        let inner = Arc::clone(&self.inner);
        let begun = self.inner.begin_login(user);
        self.inner.worker.call(
            |_| async move {
                match begun? {
                    Some((config, user)) => inner.finish_login(&config, user).await,
                    None => Ok(()),
                }
            },
            answer,
        );
    }

    /// Closes the drafts of the user. They stay on the disk.
    ///
    /// The answer: 6013; 6014 if nobody is logged in; 6015 if a logout is under way; 6019 and 6022 if something that is
    /// typed cannot be saved: the user stays logged in then, and nothing is lost.
    pub fn logout(&self, answer: impl FnOnce(Result<()>) + Send + 'static) {
        let inner = Arc::clone(&self.inner);
        let begun = self.inner.begin_logout();
        self.inner.worker.call(
            |_| async move {
                match begun? {
                    Leaving::Account(account) => inner.close(&account).await,
                    Leaving::Login(undone) => {
                        // A sender that is gone has undone it too.
                        let _ = undone.await;
                        Ok(())
                    }
                }
            },
            answer,
        );
    }

    /// The user who is logged in.
    pub fn login_user(&self) -> Option<String> {
        match &self.inner.lock().login {
            Login::In(account) => Some(account.user.clone()),
            _ => None,
        }
    }

    /// Whether a user is logged in.
    pub fn login_status(&self) -> LoginStatus {
        match &self.inner.lock().login {
            Login::In(_) => LoginStatus::In,
            Login::Coming { .. } => LoginStatus::Coming,
            Login::Out | Login::Going | Login::Overtaken(_) => LoginStatus::Out,
        }
    }

    /// Adds a listener under a key of the host's; a key that is there already changes nothing. It stays over logout.
    pub fn add_listener(&self, key: u64, listener: Arc<dyn Listener>) {
        self.inner.listeners.add(key, listener);
        let account = match &self.inner.lock().login {
            Login::In(account) => Arc::clone(account),
            _ => return,
        };
        self.inner.watch(&account);
    }

    /// Takes the listener with this key away. A call of it that is under way on another thread may still end later.
    pub fn remove_listener(&self, key: u64) {
        self.inner.listeners.remove(key, false);
    }

    /// [`remove_listener`](Self::remove_listener), and waits for a call of it that is under way on another thread: for
    /// languages that free a listener. The caller must hold no lock that the listener waits for.
    pub fn remove_listener_and_wait(&self, key: u64) {
        self.inner.listeners.remove(key, true);
    }
}

/// What a logout waits for.
enum Leaving {
    Account(Arc<Account>),
    Login(oneshot::Receiver<()>),
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account that is written to.
    pub(crate) fn account(&self) -> Result<Arc<Account>> {
        match self.lock().initialised()? {
            Login::In(account) => Ok(Arc::clone(account)),
            _ => Err(Failure::not_logged_in()),
        }
    }

    /// The account that is read: reading works as soon as login was called.
    pub(crate) fn reading(&self) -> Result<Reading> {
        match self.lock().initialised()? {
            Login::In(account) => Ok(Reading::Now(Arc::clone(account))),
            Login::Coming { readers } => {
                let (sender, receiver) = oneshot::channel();
                readers.push(sender);
                Ok(Reading::Soon(receiver))
            }
            _ => Err(Failure::not_logged_in()),
        }
    }

    fn begin_login(&self, user: Text) -> Result<Option<(Config, String)>> {
        let mut state = self.lock();
        let login = state.initialised()?;
        let user = user_id(user)?;
        match login {
            Login::Out => {}
            Login::In(account) if account.user == user => return Ok(None),
            Login::In(_) => return Err(Failure::in_progress("another user is logged in: log out first")),
            Login::Coming { .. } => return Err(Failure::in_progress("a login is under way: wait for its answer")),
            Login::Going | Login::Overtaken(_) => {
                return Err(Failure::in_progress("a logout is under way: wait for its answer"));
            }
        }
        *login = Login::Coming { readers: Readers::new() };
        let config = state.config.clone();
        Ok(config.map(|config| (config, user)))
    }

    async fn finish_login(self: &Arc<Self>, config: &Config, user: String) -> Result<()> {
        let opened = chat_drafts::open_account(&config.directory, &config.store, &config.account(&user)).await;
        let opened = opened.map(|drafts| Arc::new(Account::new(user, drafts)));
        match (self.arrive(opened.as_ref().ok()), opened) {
            (Ok(readers), Ok(account)) => {
                self.greet(&account);
                for reader in readers {
                    // One that has gone away reads nothing.
                    let _ = reader.send(Arc::clone(&account));
                }
                Ok(())
            }
            (Ok(_), Err(error)) => Err(Failure::at_login(&error)),
            (Err(overtaken), opened) => {
                if let Ok(account) = opened {
                    // Nothing was written to it.
                    let _ = account.drafts.close().await;
                }
                self.lock().login = Login::Out;
                // Whoever logs out may have gone away.
                let _ = overtaken.map(|logout| logout.send(()));
                Err(Failure::logged_out_before())
            }
        }
    }

    /// Ends a login that was coming, with or without an account: gives the reads that wait for it, or, if it was
    /// overtaken, who is to be told when it is undone.
    fn arrive(&self, account: Option<&Arc<Account>>) -> Result<Readers, Option<oneshot::Sender<()>>> {
        let mut state = self.lock();
        match &mut state.login {
            Login::Overtaken(logout) => Err(logout.take()),
            login => {
                let arrived = account.map_or(Login::Out, |account| Login::In(Arc::clone(account)));
                match std::mem::replace(login, arrived) {
                    Login::Coming { readers } => Ok(readers),
                    _ => Ok(Readers::new()),
                }
            }
        }
    }

    fn begin_logout(&self) -> Result<Leaving> {
        let mut state = self.lock();
        let login = state.initialised()?;
        match std::mem::replace(login, Login::Going) {
            Login::In(account) => Ok(Leaving::Account(account)),
            Login::Coming { .. } => {
                let (sender, receiver) = oneshot::channel();
                *login = Login::Overtaken(Some(sender));
                Ok(Leaving::Login(receiver))
            }
            Login::Out => {
                *login = Login::Out;
                Err(Failure::not_logged_in())
            }
            under_way @ (Login::Going | Login::Overtaken(_)) => {
                *login = under_way;
                Err(Failure::in_progress("a logout is under way already"))
            }
        }
    }

    async fn close(&self, account: &Arc<Account>) -> Result<()> {
        let closed = account.drafts.close().await;
        self.lock().login = match closed {
            Err(Error::Unsaved { .. }) => Login::In(Arc::clone(account)),
            _ => Login::Out,
        };
        closed.map_err(|error| Failure::of_call(&error))
    }

    fn uninit(&self) {
        let mut state = self.lock();
        state.config = None;
        let account = match std::mem::replace(&mut state.login, Login::Going) {
            Login::In(account) => Some(account),
            Login::Coming { .. } => {
                state.login = Login::Overtaken(None);
                None
            }
            other => {
                state.login = other;
                None
            }
        };
        drop(state);
        match account {
            Some(account) => {
                self.shut(account);
                self.lock().login = Login::Out;
            }
            None => self.worker.close(),
        }
        self.worker.set_executor(None);
    }

    /// Closes an account when nobody is left to hear of an error, and waits for all that is under way.
    fn shut(&self, account: Arc<Account>) {
        self.worker.finish(async move { _ = account.drafts.close().await });
    }

    /// Tells the listeners that a login has brought the list, and watches it for them.
    fn greet(&self, account: &Arc<Account>) {
        if self.listeners.is_empty() {
            return;
        }
        self.watch(account);
        let listeners = Arc::clone(&self.listeners);
        self.worker.call(|_| async { Ok(()) }, move |_: Result<()>| listeners.tell_of_sync());
    }

    /// Passes the account's events on to the listeners, if that is not done yet. An account nobody listens to costs
    /// nothing.
    fn watch(&self, account: &Arc<Account>) {
        if account.is_watched.swap(true, Ordering::Relaxed) {
            return;
        }
        let listeners = Arc::clone(&self.listeners);
        let deleting = account.deleting.origin();
        self.worker.watch(account.drafts.subscribe(), move |event| listeners.tell_of(&event, deleting));
    }
}

impl State {
    fn initialised(&mut self) -> Result<&mut Login> {
        match self.config {
            Some(_) => Ok(&mut self.login),
            None => Err(Failure::not_initialised()),
        }
    }
}

impl Account {
    fn new(user: String, drafts: Drafts) -> Self {
        let deleting = drafts.with_origin(Origin::new());
        Self { user, drafts, deleting, is_watched: AtomicBool::new(false) }
    }
}

/// What the events of a store mean to the SDK's listeners.
impl Listeners<dyn Listener> {
    fn tell_of(&self, event: &Event, deleting: Origin) {
        match event {
            Event::Added { conversation, .. } => self.tell(|listener| listener.on_new_conversation(conversation)),
            Event::Removed { conversation, origin, .. } if *origin == deleting => {
                self.tell(|listener| listener.on_conversation_deleted(conversation));
            }
            Event::Changed { conversation, .. } | Event::Removed { conversation, .. } => {
                self.tell(|listener| listener.on_conversation_changed(conversation));
            }
            // Events are missing: what is known of the list is read anew, as after a login.
            _ => self.tell_of_sync(),
        }
    }

    fn tell_of_sync(&self) {
        self.tell(|listener| listener.on_sync_server_start());
        self.tell(|listener| listener.on_sync_server_finish());
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

impl Drop for Inner {
    fn drop(&mut self) {
        let login = std::mem::take(&mut self.lock().login);
        match login {
            Login::In(account) => self.shut(account),
            _ => self.worker.close(),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("status", &self.login_status()).finish_non_exhaustive()
    }
}
