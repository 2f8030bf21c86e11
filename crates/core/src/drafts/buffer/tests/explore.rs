//! Depth first, each state once.

use std::collections::HashMap;

use super::world::{Action, World};

pub(super) struct Bounds<'a> {
    /// What a person, or another process, does.
    pub(super) actions: &'a [Action],
    /// How many of these at most.
    pub(super) depth: usize,
    /// The conversations in which fields are open at first.
    pub(super) fields: &'a [usize],
    /// Actions of the start that is explored from, each done when all was at rest.
    pub(super) before: &'a [Action],
    /// How many jobs fail at most.
    pub(super) failures: usize,
}

/// Explores every order; returns how many states there are.
///
/// # Panics
/// If one of them breaks a rule, with the way to it.
pub(super) fn explore(bounds: &Bounds<'_>) -> usize {
    let mut start = World::new(bounds.fields, bounds.failures);
    start.begin_with(bounds.before);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut way = Vec::new();
    visit(&start, bounds, bounds.depth, &mut seen, &mut way);
    seen.len()
}

fn visit(world: &World, bounds: &Bounds<'_>, left: usize, seen: &mut HashMap<u64, usize>, way: &mut Vec<String>) {
    let fingerprint = world.fingerprint();
    if seen.get(&fingerprint).is_some_and(|before| *before >= left) {
        return;
    }
    if seen.insert(fingerprint, left).is_none()
        && let Err(broken) = world.check()
    {
        panic!("{broken}\nby this way:\n  {}", way.join("\n  "));
    }
    let mut steps: Vec<(Action, usize)> = world.steps().into_iter().map(|step| (step, left)).collect();
    if left > 0 {
        steps.extend(bounds.actions.iter().map(|action| (*action, left - 1)));
    }
    for (action, left) in steps {
        let mut next = world.clone();
        if next.act(action) {
            way.push(format!("{action:?}"));
            visit(&next, bounds, left, seen, way);
            way.pop();
        }
    }
}
