//! What a call costs over the least that it could: our path and the raw engine below it take turns in the same rounds.
//!
//! Run it by `cargo bench --bench goals`. One line a goal goes to the screen, and anew to `goals.jsonl` in the target folder:
//! `what`, `ratio`, `goal`, and whether it `holds`, which is null on a disturbed machine. Raw is the conversations table and
//! its order index alone, a cached statement, no read before the write; its file is closed and opened once before, as ours.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod many_callers;
mod one_caller;
mod raw;
mod reading;
mod report;
mod rounds;

fn main() {
    let mut report = report::Report::default();
    one_caller::measure(&mut report);
    many_callers::measure(&mut report);
    reading::measure(&mut report);
    report.write();
}
