//! What the first bytes of a file tell, before SQLite touches it: a file that is not ours stays as it is.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use chat_drafts_core::{Error, Result};

use crate::log;
use crate::schema::{APPLICATION_ID, SCHEMA};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Refuses what is no store of drafts, or one of a newer version. An empty file is a new store; one that was left in the
/// middle of a transaction is for SQLite to mend first, and for [`schema::migrate`](crate::schema::migrate) to judge.
///
/// Only for who holds the claim on the file and has no connection to it: closing a descriptor drops SQLite's locks.
pub(crate) fn inspect(path: &Path) -> Result<()> {
    let io = |error| Error::from_io("read the file", error);
    let mut file = File::open(path).map_err(io)?;
    let len = file.metadata().map_err(io)?.len();
    if len == 0 || has_journal(path) {
        return Ok(());
    }
    let mut header = [0; 100];
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            let read = usize::try_from(len).unwrap_or(0).min(MAGIC.len());
            let starts_like_one = header[..read] == MAGIC[..read];
            return Err(if starts_like_one { Error::corrupt("the file is cut off") } else { Error::Foreign });
        }
        Err(error) => return Err(io(error)),
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (version, application) = (number(60), number(68));
    if header[..16] != *MAGIC || application != APPLICATION_ID {
        return Err(Error::Foreign);
    }
    if version > SCHEMA {
        return Err(Error::SchemaTooNew { found: version.into(), supported: SCHEMA.into() });
    }
    // A page size of 65,536 stands there as 1.
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    if len < page_size * u64::from(number(28)) && !log::has_pages(path) {
        return Err(Error::corrupt("the file is cut off"));
    }
    Ok(())
}

/// Whether a transaction was cut short before the file had its log.
fn has_journal(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    std::fs::metadata(journal).is_ok_and(|journal| journal.len() > 0)
}
