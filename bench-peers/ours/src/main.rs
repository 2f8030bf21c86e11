//! Keeping drafts beside others who do: takes turns with a process that is the other party, and with ways of one's own.
//!
//! `peers MATRIX TARGET`: the program of the other party, and the folder the lines are written to.

mod matrix;
mod ours;
mod own_ways;
mod report;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use crate::matrix::Matrix;
use crate::ours::Ours;
use crate::own_ways::{JsonFile, PlainSqlite};
use crate::report::Report;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROUNDS: usize = 12;
/// Durable calls a round.
const SAVES: usize = 60;
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
    report.write(Path::new(&target))
}

fn beside_matrix(ours: &Ours, matrix: &mut Matrix, folder: &Path, report: &mut Report) -> Result<()> {
    let mut anchor = anchor(folder)?;
    let (mut saves, mut loads, mut sixty_four, mut thousand) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut anchors = Vec::new();
    for round in 0..ROUNDS {
        let mut both = |mine: &mut dyn FnMut() -> Result<f64>, theirs: &str| -> Result<[f64; 2]> {
            // Who begins changes from round to round.
            if round % 2 == 0 {
                let mine = mine()?;
                Ok([mine, matrix.ask(theirs)?])
            } else {
                let theirs = matrix.ask(theirs)?;
                Ok([mine()?, theirs])
            }
        };
        let flush = both(&mut || p50(SAVES, &mut anchor), "anchor")?;
        let save = both(&mut || p50(SAVES, &mut || ours.save()), "save")?;
        let load = both(&mut || p50(1_000, &mut || ours.load()), "load")?;
        let few = both(&mut || ours.saves_a_second(64), "saves 64")?;
        let many = both(&mut || ours.saves_a_second(1_000), "saves 1000")?;
        saves.push((save[0] / flush[0]) / (save[1] / flush[1]));
        loads.push(load[1] / load[0]);
        sixty_four.push(few[0] / few[1]);
        thousand.push(many[0] / many[1]);
        anchors.extend(flush);
        println!(
            "round {round}, ours and theirs: flush {:.0} {:.0} µs, save {:.0} {:.0}, load {:.1} {:.1}, \
             64 savers {:.0} {:.0} a second, 1,000 {:.0} {:.0}",
            flush[0], flush[1], save[0], save[1], load[0], load[1], few[0], few[1], many[0], many[1]
        );
    }
    let is_quiet = report::is_quiet(&anchors);
    report.at_most("a save over one of matrix-sdk-sqlite, each by its flush", median(saves), 1.0, is_quiet);
    report.at_least("loads from the file, over matrix-sdk-sqlite", median(loads), 15.0, true);
    report.at_least("64 savers, over matrix-sdk-sqlite", median(sixty_four), 10.0, is_quiet);
    report.at_least("1,000 savers, over matrix-sdk-sqlite", median(thousand), 25.0, is_quiet);
    Ok(())
}

fn beside_own_ways(ours: &Ours, folder: &Path, report: &mut Report) -> Result<()> {
    let mut anchor = anchor(folder)?;
    let mut few = JsonFile::new(folder.join("few.json"), 100);
    let mut many = JsonFile::new(folder.join("many.json"), DRAFTS);
    let mut plain = PlainSqlite::open(&folder.join("plain.db"))?;
    let mut ratios = [const { Vec::new() }; 3];
    let mut anchors = Vec::new();
    for _ in 0..ROUNDS {
        anchors.push(p50(SAVES, &mut anchor)?);
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
