//! What was measured, beside what was wanted.

use crate::rounds::Rounds;

#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
}

/// Whether a machine was quiet enough for a verdict about flushes.
#[derive(Clone, Copy)]
pub(crate) struct Quiet(pub(crate) bool);

impl Quiet {
    /// By the anchor of these rounds, which it prints: not if its median is over 2 ms or its rounds differ by more than
    /// one and a half times.
    pub(crate) fn by_anchor(rounds: &Rounds, anchor: usize) -> Self {
        let (low, high) = rounds.range(anchor);
        println!("a plain flush: {:.1} µs ({low:.1} to {high:.1})", rounds.p50(anchor));
        Self(rounds.p50(anchor) <= 2_000.0 && high <= 1.5 * low)
    }
}

impl Report {
    /// A goal that is not to be exceeded.
    pub(crate) fn at_most(&mut self, what: &str, ratio: f64, goal: f64, quiet: Quiet) {
        self.line(what, ratio, goal, quiet.0.then_some(ratio <= goal));
    }

    /// A goal that is to be reached.
    pub(crate) fn at_least(&mut self, what: &str, ratio: f64, goal: f64, quiet: Quiet) {
        self.line(what, ratio, goal, quiet.0.then_some(ratio >= goal));
    }

    fn line(&mut self, what: &str, ratio: f64, goal: f64, holds: Option<bool>) {
        let holds = holds.map_or("null".to_owned(), |holds| holds.to_string());
        println!("  {what:<66} {ratio:>8.2}   goal {goal:>6.2}   holds {holds}");
        self.lines.push(format!(r#"{{"what":"{what}","ratio":{ratio:.3},"goal":{goal},"holds":{holds}}}"#));
    }

    /// Writes the lines where other programs find them.
    pub(crate) fn write(&self) {
        // A bench runs in target/release/deps.
        let path = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("goals.jsonl");
        std::fs::write(path, self.lines.join("\n") + "\n").unwrap();
    }
}
