use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Result;

/// The other party's process: a line asks it to measure something, a line is the number.
pub(crate) struct Matrix {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Matrix {
    /// Starts it, with so many drafts.
    pub(crate) fn start(program: &Path, drafts: usize) -> Result<Self> {
        let mut child =
            Command::new(program).arg(drafts.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take().ok_or("its standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("its standard output")?);
        Ok(Self { child, questions, answers })
    }

    pub(crate) fn ask(&mut self, question: &str) -> Result<f64> {
        writeln!(self.questions, "{question}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().parse()?)
    }

    /// Lets it end by itself.
    pub(crate) fn end(self) -> Result<()> {
        let Self { mut child, questions, .. } = self;
        drop(questions);
        if child.wait()?.success() { Ok(()) } else { Err("the other party has failed".into()) }
    }
}
