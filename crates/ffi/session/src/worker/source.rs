use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Panicked, Reply};

/// Something the host hears of: once, or again and again.
pub(super) trait Source: Send {
    /// The next reply, if there is one already; `Ready(None)` at the end. `is_alone` counts when it is polled first.
    fn poll(&mut self, context: &mut Context<'_>, is_alone: bool) -> Poll<Option<Reply>>;
}

/// A call: work, then one answer.
pub(super) struct Call<W, F, A> {
    /// Taken when it is begun.
    work: Option<W>,
    future: Option<Pin<Box<F>>>,
    /// Taken when it is given.
    answer: Option<A>,
}

impl<W, F, A> Call<W, F, A> {
    pub(super) fn new(work: W, answer: A) -> Self {
        Self { work: Some(work), future: None, answer: Some(answer) }
    }
}

impl<T, E, W, F, A> Source for Call<W, F, A>
where
    T: Send + 'static,
    E: From<Panicked> + Send + 'static,
    W: FnOnce(bool) -> F + Send + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
    A: FnOnce(Result<T, E>) + Send + 'static,
{
    fn poll(&mut self, context: &mut Context<'_>, is_alone: bool) -> Poll<Option<Reply>> {
        if self.answer.is_none() {
            return Poll::Ready(None);
        }
        let polled = catch_unwind(AssertUnwindSafe(|| {
            if let Some(work) = self.work.take() {
                self.future = Some(Box::pin(work(is_alone)));
            }
            match &mut self.future {
                Some(future) => future.as_mut().poll(context),
                None => Poll::Ready(Err(Panicked.into())),
            }
        }));
        let outcome = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(_) => Err(Panicked.into()),
        };
        let answer = self.answer.take();
        Poll::Ready(answer.map(|answer| Box::new(move || answer(outcome)) as Reply))
    }
}

/// A stream: each item is a reply.
pub(super) struct Watch<S, A> {
    stream: Pin<Box<S>>,
    on_item: Arc<A>,
}

impl<S, A> Watch<S, A> {
    pub(super) fn new(stream: S, on_item: A) -> Self {
        Self { stream: Box::pin(stream), on_item: Arc::new(on_item) }
    }
}

impl<S, A> Source for Watch<S, A>
where
    S: Stream + Send,
    S::Item: Send + 'static,
    A: Fn(S::Item) + Send + Sync + 'static,
{
    fn poll(&mut self, context: &mut Context<'_>, _: bool) -> Poll<Option<Reply>> {
        // A stream that panics has ended.
        let polled = catch_unwind(AssertUnwindSafe(|| self.stream.as_mut().poll_next(context)));
        polled.unwrap_or(Poll::Ready(None)).map(|item| {
            let on_item = Arc::clone(&self.on_item);
            item.map(|item| Box::new(move || on_item(item)) as Reply)
        })
    }
}
