use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::store::Groups;

/// What saving while somebody types has come to since the [`Drafts`](crate::Drafts) was made, and what its store has written
/// since it was opened: see [`Drafts::stats`](crate::Drafts::stats).
///
/// ```
/// # use chat_drafts_core::{Drafts, Result};
/// # fn example(drafts: &Drafts) {
/// let stats = drafts.stats();
/// println!("{} edits in {} commits", stats.edits, stats.commits);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Edits: texts a composer was given that differ from the one before.
    pub edits: u64,
    /// How often the text of a conversation was saved.
    pub saves: u64,
    /// Edits that needed no save of their own, since a newer text was saved.
    pub coalesced: u64,
    /// Transactions these saves took: those that are due at nearly the same time share one.
    pub commits: u64,
    /// The most saves that shared one.
    pub largest_commit: u64,
    /// Transactions of the store that wrote something, whoever called: autosaves, sets, all else.
    pub transactions: u64,
    /// Calls that were written in them. Those that come while the store writes share the next one.
    pub calls: u64,
    /// The most calls that shared one.
    pub largest_group: u64,
    /// How many of them waited for the disk: all, unless the store keeps nothing or was told not to wait.
    pub flushes: u64,
    /// How often the thread that saves was woken or started. An edit that finds a timer armed wakes nobody.
    pub wakes: u64,
    /// How long half of these transactions took at most, from giving them to the store until they were durable; to an
    /// eighth.
    pub latency_p50: Duration,
    /// How long all but one in a hundred took at most; to an eighth.
    pub latency_p99: Duration,
    /// The longest.
    pub latency_max: Duration,
    /// Conversations whose text is not saved at this moment.
    pub unsaved: u64,
}

/// A number that many threads count up.
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn at_least(&self, value: u64) {
        self.0.fetch_max(value, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) edits: Count,
    pub(crate) saves: Count,
    pub(crate) coalesced: Count,
    pub(crate) commits: Count,
    pub(crate) largest_commit: Count,
    pub(crate) wakes: Count,
    pub(crate) latency: Latency,
}

impl Counters {
    pub(crate) fn stats(&self, unsaved: u64, groups: Groups) -> Stats {
        Stats {
            edits: self.edits.get(),
            saves: self.saves.get(),
            coalesced: self.coalesced.get(),
            commits: self.commits.get(),
            largest_commit: self.largest_commit.get(),
            transactions: groups.transactions,
            calls: groups.batches,
            largest_group: groups.largest,
            flushes: groups.flushes,
            wakes: self.wakes.get(),
            latency_p50: self.latency.quantile(50),
            latency_p99: self.latency.quantile(99),
            latency_max: Duration::from_micros(self.latency.longest.get()),
            unsaved,
        }
    }
}

/// Buckets for each doubling.
const STEPS: usize = 8;

/// How often each duration was measured: microseconds, to an eighth of each doubling, up to about an hour.
pub(crate) struct Latency {
    buckets: [AtomicU64; 32 * STEPS],
    longest: Count,
}

impl Default for Latency {
    fn default() -> Self {
        Self { buckets: std::array::from_fn(|_| AtomicU64::new(0)), longest: Count::default() }
    }
}

impl Latency {
    pub(crate) fn note(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(micros)].fetch_add(1, Ordering::Relaxed);
        self.longest.at_least(micros);
    }

    /// The least bound of a bucket that so many of a hundred measures are not above.
    fn quantile(&self, percent: u64) -> Duration {
        let counts: Vec<u64> = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        let wanted = (counts.iter().sum::<u64>() * percent).div_ceil(100);
        let mut below = 0;
        for (bucket, count) in counts.into_iter().enumerate() {
            below += count;
            if below >= wanted && below > 0 {
                return Duration::from_micros(bound(bucket).min(self.longest.get()));
            }
        }
        Duration::ZERO
    }
}

/// The first so many microseconds have a bucket each.
fn bucket(micros: u64) -> usize {
    let doublings = (micros / STEPS as u64).checked_ilog2().map_or(0, |log| log as usize + 1);
    let step = if doublings == 0 { micros } else { (micros >> (doublings - 1)) - STEPS as u64 };
    (doublings * STEPS + step as usize).min(32 * STEPS - 1)
}

/// The greatest number of microseconds in a bucket.
fn bound(bucket: usize) -> u64 {
    let (doublings, step) = (bucket / STEPS, (bucket % STEPS) as u64);
    if doublings == 0 { step } else { ((STEPS as u64 + step + 1) << (doublings - 1)) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_never_wider_than_an_eighth() {
        let mut below = None;
        for number in 0..32 * STEPS {
            let bound = bound(number);
            assert_eq!(bucket(bound), number);
            let first = below.map_or(0, |below: u64| below + 1);
            assert_eq!(bucket(first), number, "the buckets leave no gap");
            assert!((bound - first) * 8 <= first);
            below = Some(bound);
        }
        assert_eq!(bucket(u64::MAX), 32 * STEPS - 1);
    }

    #[test]
    fn the_quantiles_of_a_hundred() {
        let latency = Latency::default();
        assert_eq!(latency.quantile(50), Duration::ZERO);
        (1..=100).for_each(|millis| latency.note(Duration::from_millis(millis)));
        let half = latency.quantile(50).as_millis();
        assert!((50..=56).contains(&half), "{half}");
        let most = latency.quantile(99).as_millis();
        assert!((99..=100).contains(&most), "{most}");
    }
}
