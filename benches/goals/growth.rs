//! How much dearer a call becomes with a thousand times as many conversations: both files take turns in the same rounds.

use std::path::PathBuf;

use chat_drafts::{Blocking, Query};

use crate::files::{ENGINES, Engine, FEW, Files, MANY, id};
use crate::report::{Quiet, Report};
use crate::rounds::{Random, Rounds, median, plain_flush, timed};
use crate::text;

const ROUNDS: usize = 20;

pub(crate) fn measure(files: &Files, report: &mut Report) {
    for engine in &ENGINES {
        grows(engine, files, report);
    }
}

fn grows(engine: &'static Engine, files: &Files, report: &mut Report) {
    let mut few = Caller::new(engine, files, FEW);
    let mut many = Caller::new(engine, files, MANY);
    let mut line = |what, calls, goal, flushes, call: fn(&mut Caller) -> f64| {
        let rounds = take_turns(files, [&mut few, &mut many], calls, call);
        println!("{}, {what}: a thousand {:.1} µs, a million {:.1}", engine.name, rounds.p50(1), rounds.p50(2));
        let quiet = Quiet::by_anchor(&rounds, 0);
        // What does not flush is as fast beside a slow disk.
        let quiet = if flushes { quiet } else { Quiet(true) };
        let what = format!("{what}, a million over a thousand, {}", engine.name);
        report.at_most(&what, rounds.ratio(2, 1), goal, quiet);
    };
    // Reads before sets: SQLite's reader drops its cache after a commit, and the smaller file would be read anew as well.
    line("opening", 10, 1.7, false, |caller| caller.open_again().opening);
    line("get", 300, 4.0, false, Caller::get);
    line("first 50", 100, 1.7, false, Caller::first_page);
    line("set", 100, engine.set, true, Caller::set);
    // After a set, so that there is something to close.
    line("closing and opening", 10, 1.7, true, |caller| {
        caller.set();
        let took = caller.open_again();
        took.closing + took.opening
    });
    few.close();
    many.close();
}

/// A plain flush and both callers, whose calls say how long they took. Everything is warm.
fn take_turns(files: &Files, callers: [&mut Caller; 2], calls: usize, call: fn(&mut Caller) -> f64) -> Rounds {
    let mut anchor = plain_flush(files.folder());
    let [few, many] = callers;
    let mut turn = |party| {
        median((0..calls).map(|_| match party {
            0 => timed(&mut anchor),
            1 => call(few),
            _ => call(many),
        }))
    };
    (0..3).for_each(|party| _ = turn(party));
    Rounds::of(ROUNDS, 3, turn)
}

/// One who has a file open and goes here and there in it.
struct Caller {
    engine: &'static Engine,
    path: PathBuf,
    rows: usize,
    drafts: Option<Blocking>,
    random: Random,
    /// How many texts were set: none is set twice.
    texts: usize,
}

/// How long it took, in microseconds.
struct OpenedAgain {
    closing: f64,
    opening: f64,
}

impl Caller {
    fn new(engine: &'static Engine, files: &Files, rows: usize) -> Self {
        let path = files.path(engine, rows);
        let drafts = Some(engine.open(&path).blocking());
        Self { engine, path, rows, drafts, random: Random::default(), texts: rows }
    }

    fn drafts(&self) -> &Blocking {
        self.drafts.as_ref().unwrap()
    }

    fn get(&mut self) -> f64 {
        let id = id(self.random.below(self.rows));
        timed(&mut || assert!(self.drafts().get(&id).unwrap().is_some()))
    }

    fn first_page(&mut self) -> f64 {
        timed(&mut || assert_eq!(self.drafts().list(Query::first(50)).unwrap().items.len(), 50))
    }

    fn set(&mut self) -> f64 {
        self.texts += 1;
        let id = id(self.random.below(self.rows));
        timed(&mut || assert!(self.drafts().set(&id, text(self.texts)).unwrap().is_changed()))
    }

    fn open_again(&mut self) -> OpenedAgain {
        let closing = timed(&mut || self.close());
        let opening = timed(&mut || self.drafts = Some(self.engine.open(&self.path).blocking()));
        OpenedAgain { closing, opening }
    }

    fn close(&mut self) {
        self.drafts.take().unwrap().close().unwrap();
    }
}
