//! What the file holds, and how it is read and written.

use std::ops::Bound;

use chat_drafts_core::engine::{Transaction, View, codec, merge};
use chat_drafts_core::store::{Cursor, Record, Shelf};
use chat_drafts_core::{ConversationId, Error, OrderKey, Result};
use redb::{
    Database, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, TableError,
    TableHandle, WriteTransaction,
};

use crate::error::from_redb;
use crate::gate::Gate;

/// The newest schema this version knows.
const SCHEMA: u64 = 1;
/// The name of the number that says which schema a file has.
const SCHEMA_KEY: &str = "schema";

/// Says that the file is ours, and of which schema.
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("chat_drafts");
/// The records by id, as [`codec`] makes bytes of them.
const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
/// The lists: every record once, at its place.
const LISTS: TableDefinition<'_, Place, ()> = TableDefinition::new("lists");
/// The numbers the core keeps by name, each with its checksum.
const NUMBERS: TableDefinition<'_, &str, Number> = TableDefinition::new("numbers");

/// A place in the lists: the shelf, the order key counted down from its greatest number so that the highest key comes
/// first, and the id.
type Place = (u8, u64, &'static str);

/// A number and its checksum.
type Number = (u64, u32);

const READ: &str = "read the database";
const WRITE: &str = "write to the database";

/// The tables of one transaction.
pub(crate) struct Tables<R, L, N, G> {
    records: R,
    lists: L,
    numbers: N,
    gate: G,
}

/// The tables as they are at one moment. They keep their read transaction alive.
pub(crate) type ReadTables = Tables<
    ReadOnlyTable<&'static str, &'static [u8]>,
    ReadOnlyTable<Place, ()>,
    ReadOnlyTable<&'static str, Number>,
    (),
>;

/// The tables under a write, and the gate, which its first change opens.
pub(crate) type WriteTables<'a> =
    Tables<Table<'a, &'static str, &'static [u8]>, Table<'a, Place, ()>, Table<'a, &'static str, Number>, &'a Gate>;

/// Whether the database has no table at all, as a new one; if it has some, they must be ours and of a schema we know.
pub(crate) fn is_empty(database: &Database) -> Result<bool> {
    let transaction = begin_read(database)?;
    let failed = |error| from_redb(READ, error);
    let mut is_empty = transaction.list_multimap_tables().map_err(failed)?.next().is_none();
    let mut is_ours = false;
    for table in transaction.list_tables().map_err(failed)? {
        is_empty = false;
        is_ours |= table.name() == ABOUT.name();
    }
    if is_empty {
        return Ok(true);
    }
    if !is_ours {
        return Err(Error::Foreign);
    }
    let about = match transaction.open_table(ABOUT) {
        Ok(about) => about,
        Err(TableError::Storage(error)) => return Err(failed(error)),
        Err(_) => return Err(Error::Foreign),
    };
    match about.get(SCHEMA_KEY).map_err(failed)?.map(|found| found.value()) {
        Some(SCHEMA) => Ok(false),
        Some(found) if found > SCHEMA => Err(Error::SchemaTooNew { found, supported: SCHEMA }),
        _ => Err(Error::corrupt("the file does not say which schema it has")),
    }
}

/// Creates the tables of a new store.
pub(crate) fn create(transaction: &WriteTransaction, gate: &Gate) -> Result<()> {
    let failed = |error| from_redb("create the tables", error);
    drop(WriteTables::open(transaction, gate)?);
    let mut about = transaction.open_table(ABOUT).map_err(|error| from_redb(WRITE, error))?;
    about.insert(SCHEMA_KEY, SCHEMA).map_err(failed)?;
    Ok(())
}

fn begin_read(database: &Database) -> Result<ReadTransaction> {
    database.begin_read().map_err(|error| from_redb(READ, error))
}

impl ReadTables {
    /// The database as it is now.
    pub(crate) fn now(database: &Database) -> Result<Self> {
        let transaction = begin_read(database)?;
        let failed = |error| from_redb(READ, error);
        Ok(Self {
            records: transaction.open_table(RECORDS).map_err(failed)?,
            lists: transaction.open_table(LISTS).map_err(failed)?,
            numbers: transaction.open_table(NUMBERS).map_err(failed)?,
            gate: (),
        })
    }

    /// Whether there are as many places as records.
    pub(crate) fn check_numbers(&self) -> Result<()> {
        use redb::ReadableTableMetadata;
        let failed = |error| from_redb(READ, error);
        if self.records.len().map_err(failed)? != self.lists.len().map_err(failed)? {
            return Err(Error::corrupt("the lists and the records differ"));
        }
        Ok(())
    }
}

impl<'a> WriteTables<'a> {
    /// The tables under this write.
    pub(crate) fn open(transaction: &'a WriteTransaction, gate: &'a Gate) -> Result<Self> {
        let failed = |error| from_redb(WRITE, error);
        Ok(Self {
            records: transaction.open_table(RECORDS).map_err(failed)?,
            lists: transaction.open_table(LISTS).map_err(failed)?,
            numbers: transaction.open_table(NUMBERS).map_err(failed)?,
            gate,
        })
    }
}

fn place(record: &Record) -> (u8, u64, &str) {
    (record.shelf() as u8, falling(record.order_key()), record.id.as_str())
}

/// A number that falls while the order key rises; it is its own inverse.
fn falling(order_key: OrderKey) -> u64 {
    u64::MAX - order_key.get()
}

impl<R, L, N, G> Tables<R, L, N, G>
where
    R: ReadableTable<&'static str, &'static [u8]>,
    L: ReadableTable<Place, ()>,
{
    fn record(&self, id: &ConversationId) -> Result<Option<Record>> {
        let found = self.records.get(id.as_str()).map_err(|error| from_redb(READ, error))?;
        found.map(|bytes| codec::decode(id, bytes.value())).transpose()
    }

    fn shelf(&self, shelf: Shelf, after: Option<&Cursor>) -> Result<impl Iterator<Item = Result<Record>>> {
        let on = shelf as u8;
        let from = match after {
            Some(cursor) => Bound::Excluded((on, falling(cursor.order_key()), cursor.id().as_str())),
            None => Bound::Included((on, 0, "")),
        };
        let to = Bound::Excluded((on + 1, 0, ""));
        let places = self.lists.range::<(u8, u64, &str)>((from, to)).map_err(|error| from_redb(READ, error))?;
        Ok(places.map(|found| {
            let (key, _) = found.map_err(|error| from_redb(READ, error))?;
            let found = key.value();
            let id = ConversationId::new(found.2).map_err(|_| Error::corrupt("a list has no id at a place"))?;
            let record = self.record(&id)?.ok_or(Error::corrupt("a list names an unknown record"))?;
            if place(&record) != found {
                return Err(Error::corrupt("a record is not at its place in the lists"));
            }
            Ok(record)
        }))
    }
}

impl<R, L, N, G> View for Tables<R, L, N, G>
where
    R: ReadableTable<&'static str, &'static [u8]>,
    L: ReadableTable<Place, ()>,
    N: ReadableTable<&'static str, Number>,
{
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        self.record(id)
    }

    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>> {
        merge(shelves.iter().map(|shelf| self.shelf(*shelf, after)).collect::<Result<_>>()?, limit)
    }

    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>> {
        let on = shelf as u8;
        let from = Bound::Included((on, falling(at_most), ""));
        let to = Bound::Excluded((on + 1, 0, ""));
        let failed = |error| from_redb(READ, error);
        let Some(first) = self.lists.range::<(u8, u64, &str)>((from, to)).map_err(failed)?.next() else {
            return Ok(None);
        };
        let (key, _) = first.map_err(failed)?;
        let order_key = OrderKey::from_number(u64::MAX - key.value().1);
        order_key.map(Some).ok_or(Error::corrupt("a list has a place that no record can have"))
    }

    fn number(&self, name: &'static str) -> Result<u64> {
        let found = self.numbers.get(name).map_err(|error| from_redb(READ, error))?;
        let Some((value, checksum)) = found.map(|found| found.value()) else { return Ok(0) };
        if checksum != codec::number_checksum(name, value) {
            return Err(Error::corrupt("a number does not fit its checksum"));
        }
        Ok(value)
    }
}

impl Transaction for WriteTables<'_> {
    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) -> Result<()> {
        let failed = |error| from_redb(WRITE, error);
        self.gate.release()?;
        // A record that stays where it is costs one write instead of three.
        if before.map(place) != now.map(place) {
            if let Some(before) = before {
                self.lists.remove(place(before)).map_err(failed)?;
            }
            if let Some(now) = now {
                self.lists.insert(place(now), ()).map_err(failed)?;
            }
        }
        match (before, now) {
            (_, Some(now)) => drop(self.records.insert(now.id.as_str(), &*codec::encode(now)).map_err(failed)?),
            (Some(before), None) => drop(self.records.remove(before.id.as_str()).map_err(failed)?),
            (None, None) => {}
        }
        Ok(())
    }

    fn put_number(&mut self, name: &'static str, value: u64) -> Result<()> {
        self.gate.release()?;
        let number = (value, codec::number_checksum(name, value));
        self.numbers.insert(name, number).map(drop).map_err(|error| from_redb(WRITE, error))
    }
}
