//! Made-up inputs, as many as wanted, and what is said of one that fails.

use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

/// Runs so many cases. One that fails is made as small as possible and printed together with the seed; with that seed in the
/// environment variable `PROPTEST_RNG_SEED` the same cases come again. The environment variable `CHAT_DRAFTS_TIMES` runs so
/// many times as many.
///
/// # Panics
/// If a case fails.
pub(crate) fn run<S: Strategy<Value: Debug>>(cases: u32, strategy: &S, case: impl Fn(S::Value) -> Result<(), String>) {
    let mut config = Config {
        cases: cases.saturating_mul(times()),
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..Config::default()
    };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().hash_one(0));
    }
    let seed = config.rng_seed;
    match TestRunner::new(config).run(strategy, |value| case(value).map_err(TestCaseError::fail)) {
        Ok(()) => {}
        Err(TestError::Fail(reason, value)) => panic!("{reason}\nthe case, PROPTEST_RNG_SEED={seed}: {value:#?}"),
        Err(TestError::Abort(reason)) => panic!("no cases: {reason}"),
    }
}

/// How many times as many, by the environment variable `CHAT_DRAFTS_TIMES`.
pub(crate) fn times() -> u32 {
    std::env::var("CHAT_DRAFTS_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Returns the seed in the environment variable `PROPTEST_RNG_SEED`, or a new one.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one(0))
}
