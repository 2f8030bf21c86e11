//! What a process needs that has a million drafts on the disk and reads 10,000 of them: measured in a process of its own.

use std::path::Path;
use std::process::Command;

use chat_drafts::{Drafts, RedbStore, SqliteStore};

use crate::growth::{MANY, id};
use crate::report::{Quiet, Report};

/// Tells a child of this program what to open.
const CHILD: &str = "CHAT_DRAFTS_GOALS_MEMORY";
const READS: usize = 10_000;
const MIB: f64 = 1024.0 * 1024.0;

/// The caches that are asked for: what is the default.
const CACHES: [(&str, usize); 2] = [("sqlite", 2 * 1024 * 1024), ("redb", 8 * 1024 * 1024)];

pub(crate) fn measure(engine: &str, path: &Path, report: &mut Report) {
    if !cfg!(target_os = "linux") {
        println!("memory is measured on Linux only");
        return;
    }
    let child =
        Command::new(std::env::current_exe().unwrap()).env(CHILD, format!("{engine}:{}", path.display())).output();
    let output = child.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes: f64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    let cache = CACHES.iter().find(|(name, _)| *name == engine).map_or(0, |(_, cache)| *cache) as f64;
    println!("{engine}, a million drafts, {READS} read: {:.1} MiB, {:.1} of them cache", bytes / MIB, cache / MIB);
    report.at_most(
        &format!("private memory without the cache, MiB, {engine}"),
        (bytes - cache) / MIB,
        10.0,
        Quiet(true),
    );
}

/// Does a child's work, if this process is one.
pub(crate) fn work_as_child() -> bool {
    let Ok(url) = std::env::var(CHILD) else { return false };
    let (engine, path) = url.split_once(':').unwrap();
    let cache = CACHES.iter().find(|(name, _)| *name == engine).unwrap().1;
    let before = private();
    let drafts = match engine {
        "sqlite" => Drafts::new(SqliteStore::builder(path).cache_size(cache).open().unwrap()),
        _ => Drafts::new(RedbStore::builder(path).cache_size(cache).open().unwrap()),
    };
    let drafts = drafts.unwrap().blocking();
    for number in 0..READS {
        assert!(drafts.get(&id(number * 611_953 % MANY)).unwrap().is_some());
    }
    println!("{}", private() - before);
    true
}

/// The bytes of memory that are this process's alone.
fn private() -> u64 {
    let map = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let lines = map.lines().filter(|line| line.starts_with("Private_"));
    lines.map(|line| line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024).sum()
}
