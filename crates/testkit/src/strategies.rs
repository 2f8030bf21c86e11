//! [`proptest`](mod@proptest) strategies for texts, ids, updates, operations and whole histories. Ids and texts come mostly from small
//! pools, so that operations meet.

use chat_drafts_core::OrderPolicy;
use chat_drafts_core::store::Scope;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::operation::{Base, Operation, Step, Telling};
use crate::{hostile_ids, hostile_texts};

/// The longest text the stores of a history take, in bytes.
pub const MAX_TEXT: usize = 1_000;

/// How many operations a history has at most.
const LONGEST: usize = 60;

/// An id: mostly one of a few, now and then a hostile one.
pub fn id() -> impl Strategy<Value = String> {
    let few = ["c2c_a", "c2c_b", "group_a", "a", "A"].map(str::to_owned).to_vec();
    prop_oneof![12 => select(few), 1 => select(hostile_ids())]
}

/// A text: mostly one of a few, the empty one among them, often a hostile or a random one, seldom one that is longer
/// than [`MAX_TEXT`].
pub fn text() -> impl Strategy<Value = String> {
    let few = ["", "one", "two", " ", "\0"].map(str::to_owned).to_vec();
    let hostile = hostile_texts().into_iter().filter(|text| text.len() <= MAX_TEXT).collect::<Vec<_>>();
    prop_oneof![
        20 => select(few),
        6 => select(hostile),
        4 => vec(any::<char>(), 0..12).prop_map(String::from_iter),
        1 => Just("x".repeat(MAX_TEXT + 1)),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![select(vec![vec![], vec![0], b"extra".to_vec()]), vec(any::<u8>(), 0..6)]
}

fn base() -> impl Strategy<Value = Base> {
    prop_oneof![
        2 => Just(Base::None),
        2 => Just(Base::Current),
        4 => (0..12_u64).prop_map(Base::Behind),
        1 => (1..4_u64).prop_map(Base::Ahead),
    ]
}

/// What a host tells: mostly little, now and then nothing.
pub fn telling() -> impl Strategy<Value = Telling> {
    let name = || option::weighted(0.3, option::of(select(vec![String::new(), "Bob".to_owned()])));
    let number = || option::weighted(0.2, option::of(0..3_u32));
    let message = option::weighted(0.3, option::of((-2..4_i64, select(vec![vec![], vec![0, 255]]))));
    let data = option::weighted(0.2, option::of(bytes()));
    (name(), name(), number(), number(), message, data).prop_map(
        |(show_name, avatar_url, unread_count, receive_option, last_message, custom_data)| Telling {
            show_name,
            avatar_url,
            unread_count,
            receive_option,
            last_message,
            custom_data,
        },
    )
}

/// One change.
pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (id(), text()).prop_map(|(id, text)| Step::Set { id, text }),
        6 => (id(), text(), bytes(), base()).prop_map(|(id, text, extra, base)| Step::SetWith { id, text, extra, base }),
        4 => id().prop_map(|id| Step::Clear { id }),
        4 => (id(), telling()).prop_map(|(id, telling)| Step::Update { id, telling }),
        3 => (id(), any::<bool>()).prop_map(|(id, pinned)| Step::Pin { id, pinned }),
        3 => id().prop_map(|id| Step::Delete { id }),
        3 => (id(), id()).prop_map(|(id, to)| Step::Rename { id, to }),
        4 => id().prop_map(|id| Step::BeginSend { id }),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    select(vec![Scope::Drafts, Scope::Conversations, Scope::Sending])
}

/// One operation.
pub fn operation() -> impl Strategy<Value = Operation> {
    let too_long = (id(), Just(Telling { show_name: Some(Some("x".repeat(65_537))), ..Telling::default() }));
    let told = prop_oneof![30 => (id(), telling()), 1 => too_long];
    prop_oneof![
        24 => step().prop_map(Operation::Do),
        4 => step().prop_map(Operation::Block),
        4 => (0..4_usize, any::<bool>(), any::<bool>())
            .prop_map(|(nth, confirm, block)| Operation::End { nth, confirm, block }),
        3 => vec(told, 0..5).prop_map(Operation::UpdateMany),
        4 => vec(short_step(), 0..6).prop_map(Operation::Batch),
        2 => id().prop_map(Operation::Get),
        1 => vec(id(), 0..5).prop_map(Operation::GetMany),
        2 => (scope(), 0..4_usize, 1..4_usize).prop_map(|(scope, limit, pages)| Operation::List { scope, limit, pages }),
        3 => (1..4_usize).prop_map(|limit| Operation::NextPage { limit }),
        1 => scope().prop_map(Operation::ListAll),
        3 => (-2..5_i64).prop_map(Operation::AdvanceClock),
        1 => select(vec![OrderPolicy::DraftFloats, OrderPolicy::MessagesOnly]).prop_map(Operation::Policy),
        2 => Just(Operation::Reopen),
        1 => Just(Operation::DropAndReopen),
    ]
}

/// A step that is not too long: a raw batch is not checked for that.
fn short_step() -> impl Strategy<Value = Step> {
    step().prop_filter("a text that is too long", |step| match step {
        Step::Set { text, .. } | Step::SetWith { text, .. } => text.len() <= MAX_TEXT,
        _ => true,
    })
}

/// A history.
pub fn history() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 1..LONGEST)
}
