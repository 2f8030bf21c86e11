//! What a process needs that has a million drafts on the disk and reads 10,000 of them: measured in a process of its own.

use std::path::Path;
use std::process::Command;

use crate::files::{ENGINES, Files, MANY, id};
use crate::report::{Quiet, Report};
use crate::rounds::Random;

/// Tells a child of this program whose file to read, and where it is.
const ENGINE: &str = "CHAT_DRAFTS_GOALS_ENGINE";
const FILE: &str = "CHAT_DRAFTS_GOALS_FILE";
const READS: usize = 10_000;

/// What may be needed beside the cache that was asked for, in MiB.
const BESIDE_CACHE: usize = 10;

const MAP: &str = "/proc/self/smaps_rollup";

/// Whether this system says how much memory is a process's own; it is said if not.
pub(crate) fn is_told() -> bool {
    let is_told = Path::new(MAP).exists();
    if !is_told {
        println!("memory is left out: there is no {MAP}, which Linux has");
    }
    is_told
}

pub(crate) fn measure(files: &Files, report: &mut Report) {
    let program = std::env::current_exe().unwrap();
    let folder = tempfile::tempdir_in(program.parent().unwrap()).unwrap();
    // A copy: the pages of a program that runs twice would be nobody's own.
    let copy = folder.path().join(program.file_name().unwrap());
    std::fs::copy(&program, &copy).unwrap();
    for engine in &ENGINES {
        let child = Command::new(&copy).env(ENGINE, engine.name).env(FILE, files.path(engine, MANY)).output().unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let told = String::from_utf8(child.stdout).unwrap();
        let (before, after) = told.trim().split_once(' ').unwrap();
        let mib = |kib: &str| kib.parse::<f64>().unwrap() / 1024.0;
        println!("{}, a cache of {} MiB: {:.1} MiB before opening", engine.name, engine.cache, mib(before));
        let what = format!("private MiB, a million drafts, 10,000 read, {}", engine.name);
        report.at_most(&what, mib(after), (BESIDE_CACHE + engine.cache) as f64, Quiet(true));
    }
}

/// Does a child's work, if this process is one: reads, and prints its private memory before and after, in KiB.
pub(crate) fn work_as_child() -> bool {
    let Ok(name) = std::env::var(ENGINE) else { return false };
    let engine = ENGINES.iter().find(|engine| engine.name == name).unwrap();
    let path = std::env::var_os(FILE).unwrap();
    let before = private_kib();
    let drafts = engine.open(Path::new(&path)).blocking();
    let mut random = Random::default();
    for _ in 0..READS {
        assert!(drafts.get(&id(random.below(MANY))).unwrap().is_some());
    }
    println!("{before} {}", private_kib());
    drafts.close().unwrap();
    true
}

/// How much memory is this process's own.
fn private_kib() -> u64 {
    let map = std::fs::read_to_string(MAP).unwrap();
    let private = map.lines().filter(|line| line.starts_with("Private_Clean:") || line.starts_with("Private_Dirty:"));
    private.map(|line| line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()).sum()
}
