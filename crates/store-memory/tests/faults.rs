//! The fault cases on the memory engine: as it is, and as if it were one that several processes share or one that has
//! to be opened anew after a full disk.

use chat_drafts_core::Result;
use chat_drafts_core::engine::{Engine, Finish};
use chat_drafts_store_memory::{MemoryDisk, MemoryEngine};
use chat_drafts_testkit::survives_faults;

mod as_it_is {
    use super::*;
    survives_faults!(MemoryEngine, |_| MemoryDisk::default());
}

mod shared {
    use super::*;
    survives_faults!(Like<true, false>, |_| MemoryDisk::default());
}

mod opened_anew {
    use super::*;
    survives_faults!(Like<false, true>, |_| MemoryDisk::default());
}

/// The memory engine with other answers to what a store asks about it.
struct Like<const SHARED: bool, const REOPEN: bool>(MemoryEngine);

impl<const SHARED: bool, const REOPEN: bool> Engine for Like<SHARED, REOPEN> {
    type Config = MemoryDisk;
    type View<'a> = <MemoryEngine as Engine>::View<'a>;
    type Transaction<'a> = <MemoryEngine as Engine>::Transaction<'a>;

    const SHARED: bool = SHARED;
    const REOPEN_AFTER_FULL: bool = REOPEN;

    fn open(disk: &MemoryDisk) -> Result<Self> {
        MemoryEngine::open(disk).map(Self)
    }

    fn read<T>(&self, read: impl FnOnce(&Self::View<'_>) -> Result<T>) -> Result<T> {
        self.0.read(read)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Self::Transaction<'_>) -> Result<Finish<T>>) -> Result<T> {
        self.0.write(write)
    }

    fn checkpoint(&self) -> Result<()> {
        self.0.checkpoint()
    }

    fn compact(&self) -> Result<()> {
        self.0.compact()
    }

    fn check(&self) -> Result<()> {
        self.0.check()
    }

    fn close(self) -> Result<()> {
        self.0.close()
    }
}
