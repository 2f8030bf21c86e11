//! A store whose futures are answered by another thread, reads included, in no particular order.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;

use async_trait::async_trait;
use chat_drafts_core::store::{Batch, Committed, Record, Task};
use chat_drafts_core::{Changes, ConversationId, DraftStore, Error, Page, Query, Result};
use chat_drafts_store_memory::MemoryStore;
use futures_util::FutureExt;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::atomic::{AtomicBool, AtomicUsize};
use shuttle::sync::mpsc::{Receiver, Sender, channel};
use shuttle::thread;

/// What stays when a [`Remote`] is dropped.
#[derive(Clone, Default)]
pub(crate) struct Host(Arc<Inner>);

#[derive(Default)]
struct Inner {
    memory: MemoryStore,
    /// Threads that answer.
    threads: AtomicUsize,
    /// The number of the commit that fails, counted down; 0 if none does.
    fails_in: AtomicUsize,
}

type Job = Box<dyn FnOnce() + Send>;

/// An asynchronous store. It has one thread, which ends when the store is dropped.
pub(crate) struct Remote {
    host: Host,
    jobs: Mutex<Sender<Job>>,
    is_suspended: Arc<AtomicBool>,
    is_closed: Arc<AtomicBool>,
}

impl Host {
    pub(crate) fn open(&self) -> Remote {
        let (sender, receiver) = channel();
        self.0.threads.fetch_add(1, SeqCst);
        let host = self.clone();
        thread::spawn(move || host.work(&receiver));
        Remote {
            host: self.clone(),
            jobs: Mutex::new(sender),
            is_suspended: Arc::new(AtomicBool::new(false)),
            is_closed: Arc::new(AtomicBool::new(false)),
        }
    }

    /// Returns true if a store has it open.
    pub(crate) fn is_open(&self) -> bool {
        self.0.threads.load(SeqCst) > 0
    }

    /// Lets the n-th commit from now on be answered by an I/O error, whether it is made or not.
    pub(crate) fn fail_write(&self, number: usize) {
        self.0.fails_in.store(number, SeqCst);
    }

    fn work(&self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            let mut waiting = vec![job];
            while !waiting.is_empty() {
                waiting.extend(jobs.try_iter());
                waiting.swap_remove(thread_rng().gen_range(0..waiting.len()))();
            }
        }
        self.0.threads.fetch_sub(1, SeqCst);
    }

    fn commit(&self, batch: Batch) -> Result<Committed> {
        let fails_in = &self.0.fails_in;
        if fails_in.load(SeqCst) == 0 || fails_in.fetch_sub(1, SeqCst) != 1 {
            return self.0.memory.commit_blocking(batch);
        }
        if thread_rng().gen_bool(0.5) {
            let _ = self.0.memory.commit_blocking(batch);
        }
        Err(Error::from_io("write", std::io::Error::other("a fault that was asked for")))
    }
}

impl Remote {
    /// Lets the thread do this. What was asked for is done, also if nobody waits for the answer.
    async fn ask<T: Send + 'static>(&self, act: impl FnOnce(&Host) -> T + Send + 'static) -> T {
        let (answer, answered) = futures_channel::oneshot::channel();
        let host = self.host.clone();
        let job: Job = Box::new(move || drop(answer.send(act(&host))));
        // Sending is a schedule point, and the lock is the standard library's.
        let jobs = self.jobs.lock().unwrap().clone();
        assert!(jobs.send(job).is_ok(), "the thread is there as long as the store");
        drop(jobs);
        answered.await.expect("every job is answered")
    }

    fn check(&self) -> Result<()> {
        if self.is_closed.load(SeqCst) {
            return Err(Error::Closed);
        }
        if self.is_suspended.load(SeqCst) { Err(Error::Suspended) } else { Ok(()) }
    }
}

#[async_trait]
impl DraftStore for Remote {
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        self.check()?;
        let ids = ids.to_vec();
        self.ask(move |host| host.0.memory.get(&ids).now_or_never().expect("it answers at once")).await
    }

    async fn list(&self, query: &Query) -> Result<Page> {
        self.check()?;
        let query = query.clone();
        self.ask(move |host| host.0.memory.list(&query).now_or_never().expect("it answers at once")).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed> {
        self.check()?;
        self.ask(move |host| host.commit(batch)).await
    }

    fn changes(&self) -> Changes {
        self.host.0.memory.changes()
    }

    async fn maintain(&self, task: Task) -> Result<()> {
        if self.is_closed.load(SeqCst) {
            return Err(Error::Closed);
        }
        let is_suspended = Arc::clone(&self.is_suspended);
        self.ask(move |_| is_suspended.store(task == Task::Suspend, SeqCst)).await;
        Ok(())
    }

    async fn close(&self) -> Result<()> {
        let is_closed = Arc::clone(&self.is_closed);
        self.ask(move |_| is_closed.store(true, SeqCst)).await;
        Ok(())
    }
}
