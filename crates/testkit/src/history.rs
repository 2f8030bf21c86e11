//! Histories: the same operations on stores and on the model, in lockstep, every answer and every event compared.

use std::fmt::Debug;

use chat_drafts_core::store::Scope;
use chat_drafts_core::{Clock, digest};

use crate::model::{Change, Model, Place, Row, Sending, Told};
use crate::operation::Operation;
use crate::player::{Player, base_of, modelled};
use crate::strategies::{MAX_TEXT, history};
use crate::{Sandbox, TestClock, random};

/// Runs a history on the store of a new sandbox and on the [`Model`].
///
/// # Panics
/// If any answer or any event differs.
pub fn check_history(sandbox: &dyn Sandbox, operations: &[Operation]) {
    play(&[("the store", sandbox)], operations).unwrap_or_else(|difference| panic!("{difference}"));
}

/// Runs one history on several stores, each with a name and a new sandbox, and on the [`Model`]: every answer and every
/// event is the same for all. Reopening is left out if one of them does not reopen.
///
/// # Panics
/// If any answer or any event differs.
pub fn check_agreement(sandboxes: &[(&str, Box<dyn Sandbox>)], operations: &[Operation]) {
    let sandboxes: Vec<_> = sandboxes.iter().map(|(name, sandbox)| (*name, &**sandbox)).collect();
    play(&sandboxes, operations).unwrap_or_else(|difference| panic!("{difference}"));
}

/// Runs so many random histories, each on the store of a new sandbox.
///
/// A failing history is made as small as possible and printed together with the seed; with that seed in the environment
/// variable `PROPTEST_RNG_SEED` the same histories come again.
///
/// # Panics
/// If any answer or any event differs from what the [`Model`] predicts.
pub fn random_histories(cases: u32, new_sandbox: impl Fn() -> Box<dyn Sandbox>) {
    random_agreement(cases, || vec![("the store", new_sandbox())]);
}

/// Runs so many random histories, each on several stores as [`check_agreement`] does.
///
/// # Panics
/// As [`random_histories`] does.
pub fn random_agreement<'a>(cases: u32, new_sandboxes: impl Fn() -> Vec<(&'a str, Box<dyn Sandbox>)>) {
    random::run(cases, &history(), |operations| {
        let sandboxes = new_sandboxes();
        let sandboxes: Vec<_> = sandboxes.iter().map(|(name, sandbox)| (*name, &**sandbox)).collect();
        play(&sandboxes, &operations)
    });
}

type Played<T> = Result<T, String>;

fn play(sandboxes: &[(&str, &dyn Sandbox)], operations: &[Operation]) -> Played<()> {
    let clock = TestClock::at(1_700_000_000_000);
    let opened = sandboxes.iter().map(|(name, sandbox)| {
        Player::new(name, *sandbox, clock.clone()).map_err(|error| format!("{name} does not open: {error:?}"))
    });
    let mut lockstep = Lockstep {
        players: opened.collect::<Played<_>>()?,
        model: Model::new(MAX_TEXT),
        reopens: sandboxes.iter().all(|(_, sandbox)| sandbox.reopens()),
        clock,
        walk: (Scope::Drafts, None),
    };
    pollster::block_on(async {
        for (number, operation) in operations.iter().enumerate() {
            let played = lockstep.operate(operation).await;
            played.map_err(|difference| format!("operation {number}, {operation:?}: {difference}"))?;
        }
        lockstep.finish().await
    })
}

struct Lockstep<'a> {
    players: Vec<Player<'a>>,
    model: Model,
    reopens: bool,
    clock: TestClock,
    /// The list that is being walked, and where the next page begins.
    walk: (Scope, Option<Place>),
}

impl Lockstep<'_> {
    async fn operate(&mut self, operation: &Operation) -> Played<()> {
        let now = self.clock.now();
        let told = match operation {
            Operation::Do(step) | Operation::Block(step) => {
                let block = matches!(operation, Operation::Block(_));
                let base = base_of(step, &self.model);
                let expected = self.model.commit(&[modelled(step, base)], now);
                let (expected, told) = split(expected);
                let expected = expected.map(|outcomes| outcomes[0]);
                for player in &self.players {
                    same(player, "the outcome", &player.perform(step, base, block).await, &expected)?;
                }
                told
            }
            Operation::End { nth, confirm, block } => match self.model.sending() {
                [] => Vec::new(),
                sending => {
                    let Sending { number, id, .. } = sending[nth % sending.len()].clone();
                    let end = if *confirm { Change::Confirm(number) } else { Change::Abort(number) };
                    let (expected, told) = split(self.model.commit(&[(&id, end)], now));
                    let expected = expected.map(|outcomes| outcomes[0]);
                    for player in &self.players {
                        same(player, "the outcome", &player.end(number, *confirm, *block).await, &expected)?;
                    }
                    told
                }
            },
            Operation::UpdateMany(updates) => {
                let steps = updates.iter().map(|(id, telling)| (id.as_str(), Change::Update(telling)));
                let (expected, told) = split(self.model.commit(&steps.collect::<Vec<_>>(), now));
                for player in &self.players {
                    same(player, "the outcomes", &player.update_many(updates).await, &expected)?;
                }
                told
            }
            Operation::Batch(steps) => {
                let steps: Vec<_> = steps.iter().map(|step| (step.clone(), base_of(step, &self.model))).collect();
                let changes: Vec<_> = steps.iter().map(|(step, base)| modelled(step, *base)).collect();
                let (expected, told) = split(self.model.commit(&changes, now));
                let expected = expected.map(|outcomes| (outcomes, self.model.sequence()));
                for player in &self.players {
                    same(player, "the outcomes", &player.batch(&steps, now).await, &expected)?;
                }
                told
            }
            Operation::Get(id) => {
                let row = self.model.get(id);
                let expected = (row.cloned(), row.and_then(draft_of), self.model.revision(id));
                for player in &self.players {
                    same(player, "the conversation", &seen(player, player.get(id).await)?, &expected)?;
                }
                Vec::new()
            }
            Operation::GetMany(ids) => {
                let expected: Vec<_> = ids.iter().map(|id| self.model.get(id).and_then(draft_of)).collect();
                for player in &self.players {
                    same(player, "the drafts", &seen(player, player.get_many(ids).await)?, &expected)?;
                }
                Vec::new()
            }
            Operation::List { scope, limit, pages } => {
                self.walk = (*scope, None);
                for page in 0..*pages {
                    if page > 0 && self.walk.1.is_none() {
                        break;
                    }
                    self.walk.1 = self.list(*scope, *limit, self.walk.1.clone()).await?;
                }
                Vec::new()
            }
            Operation::NextPage { limit } => {
                let (scope, after) = self.walk.clone();
                // A walk that was at its end begins anew.
                self.walk.1 = self.list(scope, *limit, after).await?;
                Vec::new()
            }
            Operation::ListAll(scope) => {
                self.list(*scope, usize::MAX, None).await?;
                Vec::new()
            }
            Operation::AdvanceClock(millis) => {
                self.clock.advance(*millis);
                Vec::new()
            }
            Operation::Policy(policy) => {
                self.model.policy = *policy;
                for player in std::mem::take(&mut self.players) {
                    let name = player.name;
                    self.players.push(player.choose(*policy).map_err(|error| format!("{name}: {error:?}"))?);
                }
                Vec::new()
            }
            Operation::Reopen | Operation::DropAndReopen if self.reopens => {
                self.model.reopen();
                for player in std::mem::take(&mut self.players) {
                    let name = player.name;
                    let reopened = player.reopen(*operation == Operation::Reopen).await;
                    self.players.push(reopened.map_err(|error| format!("{name} does not reopen: {error:?}"))?);
                }
                Vec::new()
            }
            Operation::Reopen | Operation::DropAndReopen => Vec::new(),
        };
        for player in &mut self.players {
            let heard = player.told();
            same(player, "the events", &heard, &told)?;
        }
        for player in &self.players {
            same(player, "what is being sent", &seen(player, player.sending().await)?, &self.model.sending().to_vec())?;
        }
        self.list(Scope::Conversations, usize::MAX, None).await?;
        Ok(())
    }

    /// Reads one page; gives the place behind it.
    async fn list(&self, scope: Scope, limit: usize, after: Option<Place>) -> Played<Option<Place>> {
        let (rows, next) = self.model.list(scope, limit, after.as_ref());
        let place = next.as_ref().map(|next| (next.order_key(), next.id().to_owned()));
        let expected = (rows, place, self.model.sequence());
        for player in &self.players {
            let listed = seen(player, player.list(scope, limit, after.as_ref()).await)?;
            same(player, "the list", &listed, &expected)?;
        }
        Ok(next)
    }

    async fn finish(self) -> Played<()> {
        let mut digests = Vec::new();
        for player in &self.players {
            seen(player, player.drafts.check().await)?;
            digests.push(seen(player, digest(player.drafts.store()).await)?);
            same(player, "the digest", digests.last().expect("just put"), &digests[0])?;
        }
        Ok(())
    }
}

/// The outcomes, and what is told of them.
fn split<O, R>(predicted: Result<(O, Vec<Told>), R>) -> (Result<O, R>, Vec<Told>) {
    match predicted {
        Ok((outcomes, told)) => (Ok(outcomes), told),
        Err(refusal) => (Err(refusal), Vec::new()),
    }
}

/// What `get` shows of a row.
fn draft_of(row: &Row) -> Option<Row> {
    let Row { text, extra, updated_at, revision, .. } = row.clone();
    (!text.is_empty()).then(|| Row { text, extra, updated_at, revision, ..Row::default() })
}

fn seen<T>(player: &Player<'_>, answer: chat_drafts_core::Result<T>) -> Played<T> {
    answer.map_err(|error| format!("{}: {error:?}", player.name))
}

fn same<T: PartialEq + Debug>(player: &Player<'_>, what: &str, answer: &T, expected: &T) -> Played<()> {
    if answer == expected {
        return Ok(());
    }
    Err(format!("{what} of {} is\n{answer:#?}\nbut should be\n{expected:#?}", player.name))
}
