//! The session as a wrapper of another language meets it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod composing;
mod conversations;
mod endings;
mod login;
mod support;
