use std::path::Path;

use crate::{Result, median};

/// What was measured, beside what was wanted.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
}

/// Whether a machine was quiet enough for a verdict about flushes: not if the anchor's median is over 2 ms, or its rounds
/// differ by more than one and a half times.
pub(crate) fn is_quiet(anchors: &[f64]) -> bool {
    let (low, high) =
        anchors.iter().fold((f64::MAX, 0.0_f64), |(low, high), flush| (low.min(*flush), high.max(*flush)));
    println!("a plain flush: {:.1} µs ({low:.1} to {high:.1})", median(anchors.to_vec()));
    median(anchors.to_vec()) <= 2_000.0 && high <= 1.5 * low
}

impl Report {
    /// A goal that is not to be exceeded.
    pub(crate) fn at_most(&mut self, what: &str, ratio: f64, goal: f64, is_quiet: bool) {
        self.line(what, ratio, goal, is_quiet.then_some(ratio <= goal));
    }

    /// A goal that is to be reached.
    pub(crate) fn at_least(&mut self, what: &str, ratio: f64, goal: f64, is_quiet: bool) {
        self.line(what, ratio, goal, is_quiet.then_some(ratio >= goal));
    }

    fn line(&mut self, what: &str, ratio: f64, goal: f64, holds: Option<bool>) {
        let holds = holds.map_or("null".to_owned(), |holds| holds.to_string());
        println!("  {what:<66} {ratio:>8.2}   goal {goal:>6.2}   holds {holds}");
        self.lines.push(format!(r#"{{"what":"{what}","ratio":{ratio:.3},"goal":{goal},"holds":{holds}}}"#));
    }

    /// Writes the lines where other programs find them.
    pub(crate) fn write(&self, target: &Path) -> Result<()> {
        std::fs::create_dir_all(target)?;
        Ok(std::fs::write(target.join("bench-peers.jsonl"), self.lines.join("\n") + "\n")?)
    }
}
