//! What a transaction of SQLite's sees and changes.

use std::cell::Cell;

use chat_drafts_core::engine::codec::number_checksum;
use chat_drafts_core::engine::{Transaction, View, merge};
use chat_drafts_core::store::{Cursor, Record, Shelf};
use chat_drafts_core::{ConversationId, Error, OrderKey, Result};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use crate::error::sorted;
use crate::rows::{UPSERT, columns, from_row, upsert};

const GET: &str = concat!("SELECT ", columns!(), " FROM conversations WHERE id = ?1");

/// A list of one shelf. Several are read side by side, so each has a statement of its own.
macro_rules! scan {
    ($shelf:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM conversations WHERE shelf = ",
            $shelf,
            " AND order_key <= ?1 AND (order_key < ?1 OR id > ?2) ORDER BY order_key DESC, id LIMIT ?3"
        )
    };
}

/// By the number of the shelf.
const SCAN: [&str; 5] = [scan!(0), scan!(1), scan!(2), scan!(3), scan!(4)];

const TOP: &str =
    "SELECT order_key FROM conversations WHERE shelf = ?1 AND order_key <= ?2 ORDER BY order_key DESC LIMIT 1";

/// The tables, inside a transaction of this connection.
pub(crate) struct Tables<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) memo: &'a Memo,
}

/// The sequence a connection has seen last, with SQLite's number that differs when another connection has committed since.
#[derive(Default)]
pub(crate) struct Memo {
    version: Cell<i64>,
    sequence: Cell<Option<u64>>,
}

impl Memo {
    pub(crate) fn forget(&self) {
        self.sequence.set(None);
    }
}

#[cfg(test)]
impl Tables<'_> {
    /// How often the statements of the lists were planned again after they were prepared.
    pub(crate) fn planned_anew(&self) -> i32 {
        let status = rusqlite::StatementStatus::RePrepare;
        SCAN.into_iter().chain([TOP]).map(|sql| self.statement(sql).unwrap().get_status(status)).sum()
    }
}

impl<'a> Tables<'a> {
    fn statement(&self, sql: &str) -> Result<CachedStatement<'a>> {
        self.connection.prepare_cached(sql).map_err(sorted("prepare a statement"))
    }
}

/// Up to `limit` rows of a shelf, as they are asked for.
fn rows<'s>(
    statement: &'s mut CachedStatement<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<impl Iterator<Item = Result<Record>> + use<'s>> {
    // No id is empty, so all are behind it.
    let (order_key, id) = after.map_or((OrderKey::MAX, ""), |cursor| (cursor.order_key(), cursor.id().as_str()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement
        .query_map(params![order_key.get().cast_signed(), id, limit], |row| Ok(from_row(row)))
        .map_err(sorted("read a list"))?;
    Ok(rows.map(|row| row.map_err(sorted("read a list")).flatten()))
}

impl View for Tables<'_> {
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        let found = self.statement(GET)?.query_row([id.as_str()], |row| Ok(from_row(row))).optional();
        found.map_err(sorted("read a record"))?.transpose()
    }

    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>> {
        let statement = |shelf: &Shelf| self.statement(SCAN[*shelf as usize]);
        let mut statements = shelves.iter().map(statement).collect::<Result<Vec<_>>>()?;
        let lists = statements.iter_mut().map(|statement| rows(statement, after, limit));
        merge(lists.collect::<Result<_>>()?, limit)
    }

    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>> {
        let question = params![shelf as u8, at_most.get().cast_signed()];
        let top: Option<i64> =
            self.statement(TOP)?.query_row(question, |row| row.get(0)).optional().map_err(sorted("read the order"))?;
        let valid = |key: i64| u64::try_from(key).ok().and_then(OrderKey::from_number);
        top.map(|key| valid(key).ok_or(Error::corrupt("a row has no valid order key"))).transpose()
    }

    fn remembered(&self) -> Result<Option<u64>> {
        let version = self
            .statement("PRAGMA data_version")?
            .query_row([], |row| row.get(0))
            .map_err(sorted("read the version of the file"))?;
        if self.memo.version.replace(version) != version {
            self.memo.forget();
        }
        Ok(self.memo.sequence.get())
    }

    fn remember(&self, sequence: u64) {
        self.memo.sequence.set(Some(sequence));
    }

    fn number(&self, name: &'static str) -> Result<u64> {
        let found: Option<(i64, u32)> = self
            .statement("SELECT value, checksum FROM numbers WHERE name = ?1")?
            .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(sorted("read a number"))?;
        let Some((value, checksum)) = found else { return Ok(0) };
        let value = value.cast_unsigned();
        if checksum != number_checksum(name, value) {
            return Err(Error::corrupt("a number does not fit its checksum"));
        }
        Ok(value)
    }
}

impl Transaction for Tables<'_> {
    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) -> Result<()> {
        let written = match (before, now) {
            (_, Some(now)) => upsert(&mut self.statement(UPSERT)?, now),
            (Some(before), None) => {
                self.statement("DELETE FROM conversations WHERE id = ?1")?.execute([before.id.as_str()]).map(drop)
            }
            (None, None) => Ok(()),
        };
        written.map_err(sorted("write a record"))
    }

    fn put_number(&mut self, name: &'static str, value: u64) -> Result<()> {
        self.statement(
            "INSERT INTO numbers VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET value = ?2, checksum = ?3",
        )?
        .execute(params![name, value.cast_signed(), number_checksum(name, value)])
        .map(drop)
        .map_err(sorted("write a number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn no_list_is_sorted_or_scanned_when_it_is_read() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        for (sql, arguments) in SCAN.into_iter().chain([TOP]).zip([3, 3, 3, 3, 3, 2]) {
            let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> = explained
                .query_map(rusqlite::params_from_iter(vec![1; arguments]), |row| row.get("detail"))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(steps.len(), 1, "{steps:?}");
            assert!(steps[0].starts_with("SEARCH") && steps[0].contains("conversations_by_order"), "{steps:?}");
        }
    }
}
