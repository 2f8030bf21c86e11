//! What the program tells when it could not do its work.

use std::error::Error;
use std::fmt;

use crate::visible::visible;

/// What could not be done, and why, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// What could not be done, and the error with all that is below it.
    pub(crate) fn new(what: impl fmt::Display, why: &(dyn Error + 'static)) -> Self {
        let mut line = format!("{what}: {why}");
        let mut below = why.source();
        while let Some(error) = below {
            line.push_str(": ");
            line.push_str(&error.to_string());
            below = error.source();
        }
        Self::told(&line)
    }

    /// What could not be done, in words.
    pub(crate) fn told(line: &str) -> Self {
        // A path may hold a newline, and an error of the system's may be told in several lines.
        Self(visible(line).collect())
    }

    /// What was done and then closed, where either may have failed, or both.
    pub(crate) fn join<T>(done: Result<T, Self>, closed: Result<(), Self>) -> Result<T, Self> {
        match (done, closed) {
            (done, Ok(())) => done,
            (Ok(_), Err(closed)) => Err(closed),
            (Err(done), Err(closed)) => Err(Self(format!("{done}; {closed}"))),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn tells_the_whole_chain_in_one_line() {
        let below = io::Error::other("two\nlines");
        let error = chat_drafts::Error::Io { operation: "read a page", source: Arc::new(below) };
        let failure = Failure::new("open sqlite:a\nb.db", &error);
        assert_eq!(failure.to_string(), "open sqlite:a⏎b.db: could not read a page: two⏎lines");
    }

    #[test]
    fn tells_both_failures() {
        let (done, closed) = (Failure::told("set: no"), Failure::told("close: no"));
        assert_eq!(Failure::join::<()>(Err(done), Err(closed)).unwrap_err().to_string(), "set: no; close: no");
        assert!(Failure::join(Ok(1), Err(Failure::told("close: no"))).is_err());
        assert_eq!(Failure::join(Ok(1), Ok(())).unwrap(), 1);
    }
}
