//! Many tasks on one executor, beside one lone caller of the raw engine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use chat_drafts::{ConversationId, Drafts, SqliteStore};
use flush_counter::flushes;

use crate::raw::RawSqlite;
use crate::report::{Quiet, Report};
use crate::rounds::{Rounds, percentile, plain_flush};

/// How many tasks, how many times a lone raw caller they must be, and how many calls must share a flush.
const GOALS: [(usize, f64, f64); 3] = [(8, 4.0, 6.0), (64, 10.0, 40.0), (1_000, 16.0, 400.0)];

const ROUNDS: usize = 7;

pub(crate) fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let mut raw = RawSqlite::open(&folder.path().join("raw.db"));
    let path = folder.path().join("alice.db");
    let drafts = Drafts::new(SqliteStore::open(&path).unwrap()).unwrap();
    let mut anchor = [plain_flush(folder.path())];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (tasks, speed, sharing) in GOALS {
        let sets = 20_000 / tasks;
        let mut ratios = Vec::new();
        let mut shared = Vec::new();
        let anchored = Rounds::run(1, 200, &mut anchor);
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            for call in 0..500 {
                raw.set(&format!("c2c_{call}"), &format!("{call:0>200}"));
            }
            let raw_speed = 500.0 / begin.elapsed().as_secs_f64();
            let (before, begin) = (flushes(), Instant::now());
            runtime.block_on(run(&drafts, tasks, sets));
            let calls = (tasks * sets) as f64;
            ratios.push(calls / begin.elapsed().as_secs_f64() / raw_speed);
            shared.push(calls / (flushes() - before) as f64);
        }
        let quiet = Quiet::by_anchor(&anchored, 0);
        let what = format!("{tasks} tasks, calls a second over one lone raw caller's");
        report.at_least(&what, percentile(&mut ratios, 0.5), speed, quiet);
        report.at_least(&format!("{tasks} tasks, calls a flush"), percentile(&mut shared, 0.5), sharing, Quiet(true));
    }
    let anchored = Rounds::run(5, 100, &mut anchor);
    let mut latencies = runtime.block_on(run(&drafts, 8, 2_500));
    let quiet = Quiet::by_anchor(&anchored, 0);
    let p50 = percentile(&mut latencies, 0.5);
    report.at_most("8 tasks, 20,000 sets: p99 over p50", percentile(&mut latencies, 0.99) / p50, 5.0, quiet);
    report.at_most("8 tasks, 20,000 sets: p99.9 over p50", percentile(&mut latencies, 0.999) / p50, 12.0, quiet);
    let log = std::fs::metadata(path.with_extension("db-wal")).unwrap().len();
    report.at_most("the log in MiB, after all of these", log as f64 / 1024.0 / 1024.0, 16.0, Quiet(true));
}

/// So many tasks, each of which sets so many drafts; gives how long each call took, in microseconds.
async fn run(drafts: &Drafts, tasks: usize, sets: usize) -> Vec<f64> {
    // No text is ever set twice.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let tasks: Vec<_> = (0..tasks)
        .map(|task| {
            let drafts = drafts.clone();
            tokio::spawn(async move {
                let id = ConversationId::user(task.to_string()).unwrap();
                let mut latencies = Vec::with_capacity(sets);
                for call in 0..sets {
                    let begin = Instant::now();
                    drafts.set(&id, format!("{run} {call:0>200}")).await.unwrap();
                    latencies.push(begin.elapsed().as_secs_f64() * 1e6);
                }
                latencies
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all
}
