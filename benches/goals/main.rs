//! What a call costs over the least that it could: our path and the raw engine below it take turns in the same rounds.
//!
//! Run it by `cargo bench --bench goals`, or `-- typing reading` behind it for some of its parts. One line a goal goes to the screen, and anew to `goals.jsonl` in the target folder:
//! `what`, `ratio`, `goal`, and whether it `holds`, which is null on a disturbed machine. Raw is the conversations table and
//! its order index alone, a cached statement, no read before the write; its file is closed and opened once before, as ours.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

mod growth;
mod many_callers;
mod memory;
mod one_caller;
mod raw;
mod reading;
mod report;
mod rounds;
mod typing;

use report::Report;

/// Measures something and reports it.
type Part = fn(&mut Report);

/// A text of 200 bytes.
fn text(number: usize) -> String {
    format!("{number:0>200}")
}

fn main() {
    if memory::work_as_child() {
        return;
    }
    let parts: [(&str, Part); 5] = [
        ("typing", typing::measure),
        ("one_caller", one_caller::measure),
        ("many_callers", many_callers::measure),
        ("reading", reading::measure),
        ("growth", growth::measure),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut report = Report::default();
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut report);
        }
    }
    report.write();
}
