//! The schema, and how an older one becomes the newest.

use chat_drafts_core::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};

use crate::error::sorted;

/// Marks a SQLite file as a store of drafts: "draf".
pub(crate) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"draf");

/// One script from each schema to the next, each run in a transaction of its own.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001_conversations.sql")];

/// The newest schema.
pub(crate) const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// Brings the file to the newest schema. Reads no conversation.
///
/// [`header::inspect`](crate::header::inspect) has seen our mark, or a file that SQLite has mended since.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    while version(connection)? < SCHEMA {
        let behaviour = TransactionBehavior::Immediate;
        let transaction = connection.transaction_with_behavior(behaviour).map_err(sorted("begin a migration"))?;
        // Another process may have been faster.
        let version = version(&transaction)?;
        if version == 0 && !is_empty(&transaction)? {
            return Err(Error::Foreign);
        }
        if let Some(script) = MIGRATIONS.get(version as usize) {
            let next = version + 1;
            let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {next};");
            transaction.execute_batch(script).map_err(sorted("migrate"))?;
            transaction.execute_batch(&marks).map_err(sorted("migrate"))?;
        }
        transaction.commit().map_err(sorted("commit a migration"))?;
    }
    if number(connection, "application_id")? != APPLICATION_ID {
        return Err(Error::Foreign);
    }
    match version(connection)? {
        SCHEMA => Ok(()),
        found => Err(Error::SchemaTooNew { found: found.into(), supported: SCHEMA.into() }),
    }
}

fn version(connection: &Connection) -> Result<u32> {
    number(connection, "user_version")
}

fn number(connection: &Connection, pragma: &str) -> Result<u32> {
    connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(sorted("read the schema's version"))
}

fn is_empty(connection: &Connection) -> Result<bool> {
    connection
        .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
        .map_err(sorted("read the schema"))
}
