//! The program `drafts`: looks into a store of unsent messages, changes it, copies it, checks it.
//!
//! It exits with 0, with 1 when `get` finds no draft, and with 2 on every error, which is one line on stderr. No error
//! shows a draft's text or a conversation's id.

mod args;
mod commands;
mod failure;
mod json;
mod print;
mod row;
mod session;
mod text;
mod usage;
mod visible;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::commands::Answer;
use crate::failure::Failure;

fn main() -> ExitCode {
    match run() {
        Ok(Answer::Done) => ExitCode::SUCCESS,
        Ok(Answer::NoDraft) => ExitCode::from(1),
        Err(failure) => {
            // In one piece, so that no other program's line gets in between. There is nobody to tell if it fails.
            let _ = std::io::stderr().write_all(format!("drafts: {failure}\n").as_bytes());
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<Answer, Failure> {
    match args::Args::try_parse() {
        Ok(args) => pollster::block_on(commands::run(args)),
        Err(refused) => usage::answer(&refused).map(|()| Answer::Done),
    }
}
