use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Interrupted, Reply};

/// Something the host hears of: once, or again and again.
pub(super) trait Source: Send {
    /// The next reply, if there is one already; `Ready(None)` at the end. `is_alone` counts when it is polled first.
    fn poll(&mut self, context: &mut Context<'_>, is_alone: bool) -> Poll<Option<Reply>>;

    /// Lets a stream end as soon as nothing waits in it. A call ends by its answer.
    fn end(&mut self);

    /// The answer of a call whose work does not go on.
    fn abandon(&mut self) -> Option<Reply>;
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
    E: From<Interrupted> + Send + 'static,
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
                None => Poll::Ready(Err(Interrupted::Panicked.into())),
            }
        }));
        let outcome = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(_) => Err(Interrupted::Panicked.into()),
        };
        let answer = self.answer.take();
        Poll::Ready(answer.map(|answer| Box::new(move || answer(outcome)) as Reply))
    }

    fn end(&mut self) {}

    fn abandon(&mut self) -> Option<Reply> {
        let answer = self.answer.take()?;
        Some(Box::new(move || answer(Err(Interrupted::Abandoned.into()))))
    }
}

/// A stream: each item is a reply.
pub(super) struct Watch<S, A> {
    stream: Pin<Box<S>>,
    on_item: Arc<A>,
    ends: bool,
}

impl<S, A> Watch<S, A> {
    pub(super) fn new(stream: S, on_item: A) -> Self {
        Self { stream: Box::pin(stream), on_item: Arc::new(on_item), ends: false }
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
        let polled = match polled.unwrap_or(Poll::Ready(None)) {
            Poll::Pending if self.ends => Poll::Ready(None),
            polled => polled,
        };
        polled.map(|item| {
            let on_item = Arc::clone(&self.on_item);
            item.map(|item| Box::new(move || on_item(item)) as Reply)
        })
    }
    fn end(&mut self) {
        self.ends = true;
    }

    fn abandon(&mut self) -> Option<Reply> {
        None
    }
}
