//! What a call costs over the least that it could: our path and the raw engine below it take turns in the same rounds.
//!
//! Run it by `cargo bench --bench goals`, or `-- typing reading` behind it for some of its parts. One line a goal goes to
//! the screen, and anew to `goals.jsonl` in the target folder: `what`, `ratio`, `goal`, and whether it `holds`, which is
//! null on a disturbed machine. Raw is the conversations table and its order index alone, a cached statement, no read
//! before the write; its file is closed and opened once before, as ours.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::cell::OnceCell;

mod files;
mod growth;
mod many_callers;
mod memory;
mod one_caller;
mod raw;
mod reading;
mod report;
mod rounds;
mod typing;

use files::Files;
use report::Report;

/// Measures something and reports it.
type Part<'a> = &'a dyn Fn(&mut Report);

/// A text of 200 bytes.
fn text(number: usize) -> String {
    format!("{number:0>200}")
}

fn main() {
    if memory::work_as_child() {
        return;
    }
    let filled = OnceCell::new();
    let files = || filled.get_or_init(Files::fill).as_ref();
    let growth = |report: &mut Report| files().into_iter().for_each(|files| growth::measure(files, report));
    let memory = |report: &mut Report| {
        if memory::is_told() {
            files().into_iter().for_each(|files| memory::measure(files, report));
        }
    };
    run(&[
        ("typing", &typing::measure),
        ("one_caller", &one_caller::measure),
        ("many_callers", &many_callers::measure),
        ("reading", &reading::measure),
        ("growth", &growth),
        ("memory", &memory),
    ]);
}

/// Runs the parts that were asked for: all, if none is named.
fn run(parts: &[(&str, Part<'_>)]) {
    // Cargo itself adds an argument with dashes.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let unknown = wanted.iter().find(|wanted| parts.iter().all(|(name, _)| name != wanted));
    assert!(unknown.is_none(), "there is no such part: {unknown:?}");
    let mut report = Report::default();
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut report);
        }
    }
    report.write();
}
