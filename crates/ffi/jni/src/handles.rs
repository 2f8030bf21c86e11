//! What Java holds by a number: a number that is not known any more is harmless.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use chat_drafts_session::{Composer, Ticket};

/// The composers that Java has not closed.
pub(crate) static COMPOSERS: LazyLock<Handles<Composer>> = LazyLock::new(Handles::default);
/// The tickets that Java has not closed.
pub(crate) static TICKETS: LazyLock<Handles<Ticket>> = LazyLock::new(Handles::default);

/// Values by numbers, none of which is given twice.
pub(crate) struct Handles<T>(Mutex<(i64, HashMap<i64, T>)>);

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self(Mutex::new((0, HashMap::new())))
    }
}

impl<T: Clone> Handles<T> {
    fn lock(&self) -> MutexGuard<'_, (i64, HashMap<i64, T>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put(&self, value: T) -> i64 {
        let mut handles = self.lock();
        handles.0 += 1;
        let handle = handles.0;
        handles.1.insert(handle, value);
        handle
    }

    pub(crate) fn get(&self, handle: i64) -> Option<T> {
        self.lock().1.get(&handle).cloned()
    }

    /// Forgets it. The value is dropped here, when no lock is held any more.
    pub(crate) fn close(&self, handle: i64) {
        let value = self.lock().1.remove(&handle);
        drop(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_number_is_not_given_again() {
        let handles = Handles::default();
        let first = handles.put("a");
        handles.close(first);
        handles.close(first);
        let second = handles.put("b");
        assert_eq!((handles.get(first), handles.get(second)), (None, Some("b")));
    }
}
