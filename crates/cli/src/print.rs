//! The way to stdout.

use std::io::{self, Write};

use crate::failure::Failure;

/// Prints these bytes, as they are. A reader that has gone away wants no more, and that is no error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new("write to stdout", &error)),
        _ => Ok(()),
    }
}
