//! One host's session: what may be called when.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::ending::SAVING_TIME;
use crate::listeners::Listeners;
use crate::login::Login;
use crate::{Config, Failure, Listener, Result, Worker};

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
    /// Wakes who waits for the end of a logout or an uninit.
    pub(crate) changed: Condvar,
    pub(crate) worker: Worker,
    pub(crate) listeners: Arc<Listeners<dyn Listener>>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) config: Option<Config>,
    pub(crate) login: Login,
    /// The number of the login, logout or uninit that was begun last.
    pub(crate) last: u64,
    /// How many uninits are under way.
    pub(crate) endings: usize,
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

impl Session {
    /// Makes the session usable. `false` about a configuration that cannot work (no directory, an engine this build does
    /// not have), or about another one while the session is initialised; the same one again is fine.
    ///
    /// While an uninit is under way it waits for it, and for another configuration it waits for a logout's store to be
    /// closed, not for its answer: five seconds at most. Inside a callback it does not wait at all.
    pub fn init(&self, config: Config) -> bool {
        let mut state = self.inner.lock();
        if !self.inner.worker.is_current() {
            let waits = |state: &mut State| {
                let is_other = state.config.as_ref().is_some_and(|before| !before.is_like(&config));
                state.endings > 0 || (is_other && state.login.is_closing())
            };
            let waited = self.inner.changed.wait_timeout_while(state, SAVING_TIME, waits);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(before) = &state.config {
            if before.is_like(&config) {
                return true;
            }
            if !state.login.is_left() {
                return false;
            }
        }
        if !config.is_valid() {
            return false;
        }
        self.inner.worker.set_executor(config.executor.clone());
        state.config = Some(config);
        true
    }

    /// The user who is logged in.
    pub fn login_user(&self) -> Option<String> {
        match &self.inner.lock().login {
            Login::In(account) => Some(account.user.clone()),
            _ => None,
        }
    }

    /// Whether a user is logged in. A login and a logout are under way until the host hears their answers.
    pub fn login_status(&self) -> LoginStatus {
        match &self.inner.lock().login {
            Login::In(_) => LoginStatus::In,
            Login::Coming(_) => LoginStatus::Coming,
            Login::Out | Login::Going(_) | Login::Overtaken { .. } => LoginStatus::Out,
        }
    }

    /// Adds a listener under a key of the host's; a key that is there already changes nothing. It stays over logout.
    pub fn add_listener(&self, key: u64, listener: Arc<dyn Listener>) {
        self.inner.listeners.add(key, listener);
        // Its events begin while the account is in use, so that none comes after the end of it.
        let account = match &self.inner.lock().login {
            Login::In(account) => account.call(),
            _ => return,
        };
        account.watch(&self.inner.worker, &self.inner.listeners);
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

impl Inner {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) fn initialised(&mut self) -> Result<&mut Login> {
        match self.config {
            Some(_) => Ok(&mut self.login),
            None => Err(Failure::not_initialised()),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("status", &self.login_status()).finish_non_exhaustive()
    }
}
