//! The engines as they are, without what makes a store of them.

use std::path::Path;

use redb::{Database, Durability, ReadableDatabase, TableDefinition};
use rusqlite::{Connection, OptionalExtension, params};

const SCHEMA: &str = "
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY NOT NULL, shelf INTEGER NOT NULL, order_key INTEGER NOT NULL, draft_text TEXT
    ) STRICT;
    CREATE INDEX conversations_by_order ON conversations (shelf, order_key DESC, id);";

const SET: &str = "
    INSERT INTO conversations (id, shelf, order_key, draft_text) VALUES (?1, 2, ?2, ?3)
    ON CONFLICT (id) DO UPDATE SET order_key = ?2, draft_text = ?3";

/// SQLite in the mode of our store.
pub(crate) struct RawSqlite {
    connection: Connection,
    order_key: i64,
}

impl RawSqlite {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -2048")
            .unwrap();
        let is_new = connection
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get::<_, bool>(0))
            .unwrap();
        if is_new {
            connection.execute_batch(SCHEMA).unwrap();
        }
        Self { connection, order_key: 0 }
    }

    pub(crate) fn set(&mut self, id: &str, text: &str) {
        self.order_key += 1;
        self.connection.prepare_cached(SET).unwrap().execute(params![id, self.order_key, text]).unwrap();
    }

    pub(crate) fn fill(&mut self, rows: impl Iterator<Item = (String, String)>) {
        self.connection.execute_batch("BEGIN").unwrap();
        rows.for_each(|(id, text)| self.set(&id, &text));
        self.connection.execute_batch("COMMIT").unwrap();
    }

    pub(crate) fn get(&self, id: &str) -> Option<String> {
        let mut statement =
            self.connection.prepare_cached("SELECT draft_text FROM conversations WHERE id = ?1").unwrap();
        statement.query_row([id], |row| row.get(0)).optional().unwrap()
    }

    pub(crate) fn first(&self, limit: usize) -> Vec<(String, i64, String)> {
        let sql =
            "SELECT id, order_key, draft_text FROM conversations WHERE shelf = 2 ORDER BY order_key DESC, id LIMIT ?1";
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let rows = statement.query_map([limit as i64], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

const RECORDS: TableDefinition<'_, &str, (u64, &str)> = TableDefinition::new("records");
const LISTS: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("lists");

/// redb with the two tables that keep records and their order.
pub(crate) struct RawRedb {
    database: Database,
    order_key: u64,
}

impl RawRedb {
    pub(crate) fn open(path: &Path) -> Self {
        Self { database: Database::create(path).unwrap(), order_key: 0 }
    }

    pub(crate) fn set(&mut self, id: &str, text: &str) {
        self.order_key += 1;
        let mut transaction = self.database.begin_write().unwrap();
        transaction.set_durability(Durability::Immediate).unwrap();
        {
            let mut records = transaction.open_table(RECORDS).unwrap();
            let mut lists = transaction.open_table(LISTS).unwrap();
            let before = records.insert(id, (self.order_key, text)).unwrap().map(|before| before.value().0);
            if let Some(before) = before {
                lists.remove((u64::MAX - before, id)).unwrap();
            }
            lists.insert((u64::MAX - self.order_key, id), ()).unwrap();
        }
        transaction.commit().unwrap();
    }

    pub(crate) fn get(&self, id: &str) -> Option<String> {
        let transaction = self.database.begin_read().unwrap();
        let records = transaction.open_table(RECORDS).unwrap();
        records.get(id).unwrap().map(|found| found.value().1.to_owned())
    }
}
