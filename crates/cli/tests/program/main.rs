//! The real program, on real files, as a script meets it.

#![allow(clippy::unwrap_used, reason = "this is a test")]

mod bad_command_line;
mod bad_store;
mod bad_text;
mod bytes;
mod copy;
mod sandbox;
mod shapes;
mod stdout;
mod verbs;
