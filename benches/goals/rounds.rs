//! Parties that take turns, so that all of them meet the same moods of the machine.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

/// One who does something, again and again: what is timed is one call.
pub(crate) type Party<'a> = Box<dyn FnMut() + 'a>;

/// The median time of each party's call in each round, in microseconds.
pub(crate) struct Rounds(Vec<Vec<f64>>);

impl Rounds {
    /// Lets each party make `calls` calls a round, in an order that differs from round to round.
    pub(crate) fn run(rounds: usize, calls: usize, parties: &mut [Party<'_>]) -> Self {
        Self::of(rounds, parties.len(), |party| median((0..calls).map(|_| timed(&mut parties[party]))))
    }

    /// The same of parties that measure themselves: a turn gives the median time of its calls, in microseconds.
    pub(crate) fn of(rounds: usize, parties: usize, mut turn: impl FnMut(usize) -> f64) -> Self {
        let mut medians = vec![Vec::with_capacity(rounds); parties];
        let mut random = Random::default();
        for _ in 0..rounds {
            let mut places: Vec<usize> = (0..parties).collect();
            for place in (1..places.len()).rev() {
                places.swap(place, random.below(place + 1));
            }
            for place in places {
                medians[place].push(turn(place));
            }
        }
        Self(medians)
    }

    /// The median over all rounds, in microseconds.
    pub(crate) fn p50(&self, party: usize) -> f64 {
        median(self.0[party].iter().copied())
    }

    /// How many times as long one party takes as another: the median of the rounds' ratios.
    pub(crate) fn ratio(&self, party: usize, base: usize) -> f64 {
        median(self.0[party].iter().zip(&self.0[base]).map(|(party, base)| party / base))
    }

    /// The shortest and the longest median of a party.
    pub(crate) fn range(&self, party: usize) -> (f64, f64) {
        let medians = self.0[party].iter().copied();
        medians.fold((f64::MAX, 0.0), |(low, high), median| (low.min(median), high.max(median)))
    }
}

/// Numbers without an order, the same in every run.
pub(crate) struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(1)
    }
}

impl Random {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

/// Microseconds that this takes.
pub(crate) fn timed(call: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    call();
    begin.elapsed().as_secs_f64() * 1e6
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(&mut values.collect::<Vec<_>>(), 0.5)
}

/// The value below which this part of all values lies.
pub(crate) fn percentile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part) as usize]
}

/// The anchor: a plain flush, an overwrite of 4 KiB and `fdatasync`.
pub(crate) fn plain_flush(folder: &Path) -> Party<'static> {
    let mut file = File::create(folder.join("anchor")).unwrap();
    let block = [7; 4096];
    Box::new(move || {
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&block).unwrap();
        file.sync_data().unwrap();
    })
}
