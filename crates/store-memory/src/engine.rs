use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chat_drafts_core::engine::{Engine, Finish, Transaction, View, merge};
use chat_drafts_core::store::{Cursor, Record, Shelf};
use chat_drafts_core::{ConversationId, Error, OrderKey, Result};

/// What stays when a [`MemoryStore`](crate::MemoryStore) is closed: the file of a store that has none.
///
/// ```
/// use chat_drafts_store_memory::{MemoryDisk, MemoryStore};
///
/// let disk = MemoryDisk::default();
/// drop(MemoryStore::open(&disk)?);
/// let restarted = MemoryStore::open(&disk)?;
/// # let _ = restarted;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Disk>);

#[derive(Default)]
struct Disk {
    tables: RwLock<Tables>,
    is_open: AtomicBool,
}

impl fmt::Debug for MemoryDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryDisk").finish_non_exhaustive()
    }
}

/// What is on a [`MemoryDisk`].
#[derive(Debug, Default)]
pub struct Tables {
    records: BTreeMap<ConversationId, Record>,
    lists: BTreeSet<(Shelf, Cursor)>,
    numbers: BTreeMap<&'static str, u64>,
}

/// The engine of the [`MemoryStore`](crate::MemoryStore), for who wraps it, to make it fail in a test for instance. Holds
/// its disk as long as it lives. Having no disk to wait for, it lets a read wait while a write changes the tables.
///
/// ```
/// use chat_drafts_core::Drafts;
/// use chat_drafts_core::engine::EngineStore;
/// use chat_drafts_store_memory::{MemoryDisk, MemoryEngine};
///
/// let drafts = Drafts::new(EngineStore::<MemoryEngine>::open(MemoryDisk::default())?)?;
/// # let _ = drafts;
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Debug)]
pub struct MemoryEngine(MemoryDisk);

impl Drop for MemoryEngine {
    fn drop(&mut self) {
        self.0.0.is_open.store(false, Ordering::Release);
    }
}

impl Engine for MemoryEngine {
    type Config = MemoryDisk;
    type View<'a> = Tables;
    type Transaction<'a> = Undoable<'a>;

    const SHARED: bool = false;
    const REOPEN_AFTER_FULL: bool = false;

    fn open(disk: &MemoryDisk) -> Result<Self> {
        if disk.0.is_open.swap(true, Ordering::Acquire) {
            return Err(Error::Locked);
        }
        Ok(Self(disk.clone()))
    }

    fn read<T>(&self, read: impl FnOnce(&Tables) -> Result<T>) -> Result<T> {
        read(&self.0.0.tables.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, write: impl FnOnce(&mut Undoable<'_>) -> Result<Finish<T>>) -> Result<T> {
        let mut tables = self.0.0.tables.write().unwrap_or_else(PoisonError::into_inner);
        let mut transaction = Undoable { tables: &mut tables, undo: Vec::new() };
        match write(&mut transaction)? {
            Finish::Commit(answer) => {
                transaction.undo.clear();
                Ok(answer)
            }
            Finish::RollBack(answer) => Ok(answer),
        }
    }

    fn flushes(&self) -> bool {
        false
    }

    fn checkpoint(&self) -> Result<()> {
        Ok(())
    }

    fn compact(&self) -> Result<()> {
        Ok(())
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn close(self) -> Result<()> {
        Ok(())
    }
}

fn place(record: &Record) -> (Shelf, Cursor) {
    (record.shelf(), Cursor::new(record.order_key(), record.id.clone()))
}

/// The first place a record of this order key can have.
fn first_at(order_key: OrderKey) -> Result<Cursor> {
    // No id sorts before a blank.
    Ok(Cursor::new(order_key, ConversationId::new(" ")?))
}

impl Tables {
    fn shelf(&self, shelf: Shelf, after: Option<&Cursor>) -> Result<impl Iterator<Item = Result<Record>>> {
        use std::ops::Bound;
        let from = match after {
            Some(cursor) => Bound::Excluded((shelf, cursor.clone())),
            None => Bound::Included((shelf, first_at(OrderKey::MAX)?)),
        };
        let places = self.lists.range((from, Bound::Unbounded));
        let ids = places.take_while(move |(on, _)| *on == shelf).map(|(_, cursor)| cursor.id());
        Ok(ids.map(|id| self.records.get(id).cloned().ok_or(Error::corrupt("a list names an unknown record"))))
    }

    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) {
        if let Some(before) = before {
            self.lists.remove(&place(before));
            self.records.remove(&before.id);
        }
        if let Some(now) = now {
            self.lists.insert(place(now));
            self.records.insert(now.id.clone(), now.clone());
        }
    }
}

impl View for Tables {
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        Ok(self.records.get(id).cloned())
    }

    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>> {
        merge(shelves.iter().map(|shelf| self.shelf(*shelf, after)).collect::<Result<_>>()?, limit)
    }

    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>> {
        let next = self.lists.range((shelf, first_at(at_most)?)..).next();
        Ok(next.filter(|(on, _)| *on == shelf).map(|(_, cursor)| cursor.order_key()))
    }

    fn number(&self, name: &'static str) -> Result<u64> {
        Ok(self.numbers.get(name).copied().unwrap_or(0))
    }
}

/// The tables under a write: what it did is undone when it goes, unless it was committed.
#[derive(Debug)]
pub struct Undoable<'a> {
    tables: &'a mut Tables,
    undo: Vec<Undo>,
}

#[derive(Debug)]
enum Undo {
    Record { id: ConversationId, before: Option<Box<Record>> },
    Number { name: &'static str, before: Option<u64> },
}

impl Drop for Undoable<'_> {
    fn drop(&mut self) {
        for step in self.undo.drain(..).rev() {
            match step {
                Undo::Record { id, before } => {
                    let now = self.tables.records.get(&id).cloned();
                    self.tables.replace(now.as_ref(), before.as_deref());
                }
                Undo::Number { name, before: Some(value) } => drop(self.tables.numbers.insert(name, value)),
                Undo::Number { name, before: None } => drop(self.tables.numbers.remove(name)),
            }
        }
    }
}

impl View for Undoable<'_> {
    fn get(&self, id: &ConversationId) -> Result<Option<Record>> {
        self.tables.get(id)
    }

    fn scan(&self, shelves: &[Shelf], after: Option<&Cursor>, limit: usize) -> Result<Vec<Record>> {
        self.tables.scan(shelves, after, limit)
    }

    fn top(&self, shelf: Shelf, at_most: OrderKey) -> Result<Option<OrderKey>> {
        self.tables.top(shelf, at_most)
    }

    fn number(&self, name: &'static str) -> Result<u64> {
        self.tables.number(name)
    }
}

impl Transaction for Undoable<'_> {
    fn replace(&mut self, before: Option<&Record>, now: Option<&Record>) -> Result<()> {
        self.tables.replace(before, now);
        if let Some(record) = before.or(now) {
            self.undo.push(Undo::Record { id: record.id.clone(), before: before.cloned().map(Box::new) });
        }
        Ok(())
    }

    fn put_number(&mut self, name: &'static str, value: u64) -> Result<()> {
        let before = self.tables.numbers.insert(name, value);
        self.undo.push(Undo::Number { name, before });
        Ok(())
    }
}
