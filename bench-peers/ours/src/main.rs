//! Keeping drafts beside others who do: takes turns with a process that is the other party, and with ways of one's own.
//!
//! `peers MATRIX TARGET`: the program of the other party, and the folder the lines are written to.

mod matrix;
mod ours;
mod own_ways;
mod pending;
mod report;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::matrix::Matrix;
use crate::ours::Ours;
use crate::own_ways::{JsonFile, PlainSqlite};
use crate::report::Report;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 12;
/// Durable calls a round.
const SAVES: usize = 60;
/// Plain flushes a round.
const FLUSHES: usize = 200;
/// Lets the disk calm down after many saves: until then no flush is a plain one.
const REST: Duration = Duration::from_millis(500);
/// How many drafts there are.
const DRAFTS: usize = 10_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(program), Some(target)) = (arguments.next(), arguments.next()) else {
        return Err("peers MATRIX TARGET".into());
    };
    let folder = tempfile::tempdir()?;
    let mut matrix = Matrix::start(Path::new(&program), DRAFTS)?;
    let ours = Ours::open(folder.path(), DRAFTS)?;
    let mut report = Report::default();
    beside_matrix(&ours, &mut matrix, folder.path(), &mut report)?;
    matrix.end()?;
    beside_own_ways(&ours, folder.path(), &mut report)?;
    pending::beside_a_map(folder.path(), &mut report)?;
    report.write(Path::new(&target))
}

/// Each kind of call in rounds of its own: a flush right after a thousand savers is not a plain one.
fn beside_matrix(ours: &Ours, matrix: &mut Matrix, folder: &Path, report: &mut Report) -> Result<()> {
    let mut anchor = anchor(folder)?;
    let mut flush = || p50(FLUSHES, &mut anchor);

    thread::sleep(REST);
    take_turns(0, matrix, &mut flush, "anchor")?;
    let (mut ratios, mut anchors) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let flush = take_turns(round, matrix, &mut flush, "anchor")?;
        let save = take_turns(round, matrix, &mut || p50(SAVES, &mut || ours.save()), "save")?;
        println!("ours and theirs: flush {:.0} {:.0} µs, save {:.0} {:.0}", flush[0], flush[1], save[0], save[1]);
        ratios.push((save[0] / flush[0]) / (save[1] / flush[1]));
        anchors.extend(flush);
    }
    let is_quiet = report::is_quiet(&anchors);
    report.at_most("a save over one of matrix-sdk-sqlite, each by its flush", median(ratios), 1.0, is_quiet);

    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let load = take_turns(round, matrix, &mut || p50(1_000, &mut || ours.load()), "load")?;
        println!("ours and theirs: load {:.1} {:.1} µs", load[0], load[1]);
        ratios.push(load[1] / load[0]);
    }
    report.at_least("loads from the file, over matrix-sdk-sqlite", median(ratios), 15.0, true);

    for (savers, name, goal) in [(64, "64", 10.0), (1_000, "1,000", 25.0)] {
        let (mut ratios, mut anchors) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            anchors.extend(take_turns(round, matrix, &mut flush, "anchor")?);
            let speed = take_turns(round, matrix, &mut || ours.saves_a_second(savers), &format!("saves {savers}"))?;
            println!("ours and theirs: {name} savers {:.0} {:.0} a second", speed[0], speed[1]);
            ratios.push(speed[0] / speed[1]);
        }
        let is_quiet = report::is_quiet(&anchors);
        report.at_least(&format!("{name} savers, over matrix-sdk-sqlite"), median(ratios), goal, is_quiet);
    }
    Ok(())
}

/// What we measure and what the other party does: who begins changes from round to round.
fn take_turns(
    round: usize,
    matrix: &mut Matrix,
    ours: &mut dyn FnMut() -> Result<f64>,
    question: &str,
) -> Result<[f64; 2]> {
    if round.is_multiple_of(2) {
        let ours = ours()?;
        Ok([ours, matrix.ask(question)?])
    } else {
        let theirs = matrix.ask(question)?;
        Ok([ours()?, theirs])
    }
}

fn beside_own_ways(ours: &Ours, folder: &Path, report: &mut Report) -> Result<()> {
    let mut anchor = anchor(folder)?;
    let mut few = JsonFile::new(folder.join("few.json"), 100);
    let mut many = JsonFile::new(folder.join("many.json"), DRAFTS);
    let mut plain = PlainSqlite::open(&folder.join("plain.db"))?;
    let mut ratios = [const { Vec::new() }; 3];
    let mut anchors = Vec::new();
    thread::sleep(REST);
    p50(FLUSHES, &mut anchor)?;
    for _ in 0..ROUNDS {
        anchors.push(p50(FLUSHES, &mut anchor)?);
        let mine = p50(SAVES, &mut || ours.save())?;
        ratios[0].push(mine / p50(SAVES, &mut || few.save())?);
        ratios[1].push(mine / p50(SAVES / 2, &mut || many.save())?);
        ratios[2].push(mine / p50(SAVES, &mut || plain.save())?);
    }
    let is_quiet = report::is_quiet(&anchors);
    let others = [
        "a save over a JSON file of 100, replaced by rename",
        "a save over a JSON file of 10,000, replaced by rename",
        "a save over SQLite in its default journal mode",
    ];
    for (what, ratios) in others.into_iter().zip(ratios) {
        report.at_most(what, median(ratios), 1.0, is_quiet);
    }
    Ok(())
}

/// The median of so many calls, in microseconds.
fn p50(calls: usize, call: &mut dyn FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let begun = Instant::now();
        call()?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(times))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A plain flush: an overwrite of 4 KiB and `fdatasync`.
fn anchor(folder: &Path) -> Result<impl FnMut() -> Result<()>> {
    let mut file = File::create(folder.join("anchor"))?;
    Ok(move || {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[7; 4096])?;
        Ok(file.sync_data()?)
    })
}

/// A draft of 200 bytes.
fn text(number: usize) -> String {
    format!("{number:0>200}")
}
