//! The shell of `Drafts`: callers, composers, the autosave worker, and the end of a store.

mod calls;
mod endings;
mod typing;
mod wakers;
