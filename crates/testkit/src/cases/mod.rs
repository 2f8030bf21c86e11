//! The cases: each is a function that gets a sandbox with nothing in it and panics if the store breaks the rule its
//! documentation names. [`conformance!`](crate::conformance) makes tests of all of them; any one can be called by
//! itself.
//!
//! ```no_run
//! # fn example(sandbox: &dyn chat_drafts_testkit::Sandbox) {
//! use chat_drafts_testkit::cases;
//!
//! pollster::block_on(cases::late_saves::over_a_text_it_is_refused(sandbox));
//! # }
//! ```

pub mod autosaving;
pub mod batches;
pub mod cancelling;
pub mod composing;
pub mod concurrency;
pub mod conflicts;
pub mod copying;
pub mod events;
pub mod handles;
pub mod identity;
pub mod late_saves;
pub mod order;
pub mod paging;
pub mod privacy;
pub mod reading;
pub mod renaming;
pub mod revisions;
pub mod sending;
pub mod sequence;
mod setup;
pub mod suspending;
pub mod text;
pub mod time;
pub mod unchanged;
pub mod undoing;
pub mod unknown;

/// Hands the one list of all cases to the macro `callback`, behind `$arguments`.
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_case {
    ([$($callback:tt)+], $arguments:tt) => {
        $($callback)+! { $arguments
            autosaving: [
                a_minute_of_typing_is_a_few_saves,
                each_conversation_has_its_own_timer,
                what_is_due_together_is_one_commit,
                the_pace_is_the_hosts_choice,
                no_date_puts_a_save_off,
                a_save_tells_one_event,
                a_receipt_tells_of_its_text_or_a_newer_one,
                leaving_and_flushing_save_at_once,
            ]
            batches: [
                one_fact_too_long_refuses_the_batch,
                a_batch_with_a_conflict_leaves_no_trace,
                a_conflict_in_a_batch_tells_what_the_store_holds,
                the_changes_of_a_batch_see_each_other,
                refused_batches_leave_their_neighbours_alone,
            ]
            cancelling: [
                a_dropped_future_still_commits,
                a_future_that_was_never_polled_does_nothing,
                a_change_is_made_once_however_often_it_is_polled,
            ]
            composing: [
                it_restores_what_was_typed,
                an_edit_is_seen_at_once,
                what_changed_nothing_writes_nothing,
                a_text_that_is_too_long_is_refused,
                hostile_texts_come_back_byte_for_byte,
                only_the_first_save_moves_the_row,
                a_new_draft_in_an_open_field_moves_the_row,
                plain_calls_replace_what_is_typed,
                a_refused_call_leaves_what_is_typed,
                what_somebody_else_stored_is_restored,
                somebody_elses_change_is_a_conflict,
                the_host_chooses_what_to_keep,
                a_plain_set_ends_a_conflict,
                a_conflict_that_is_left_keeps_both,
                renaming_takes_what_is_typed_along,
                text_and_extra_are_one_value,
                two_closings_are_one,
                a_timer_may_be_longer_than_time,
                closing_saves_and_refuses_edits,
                dropping_everything_saves,
            ]
            concurrency: [
                threads_lose_nothing,
                tasks_lose_nothing,
                one_of_many_on_one_base_wins,
            ]
            conflicts: [
                the_other_side_is_what_is_stored_now,
                leaving_keeps_each_text_once,
                the_same_text_is_no_conflict,
                what_is_typed_in_it_survives_a_kill,
                what_is_typed_on_a_deleted_draft_survives_a_kill,
                a_write_ends_what_was_kept,
                a_field_that_was_not_edited_is_never_in_conflict,
                absent_against_absent_goes_on,
                a_write_with_a_base_never_takes_typed_text_away,
            ]
            copying: [
                a_copy_holds_everything,
                a_target_that_is_not_empty_is_refused,
                an_emptied_store_is_not_a_new_one,
                a_late_save_over_a_copy_is_refused,
                what_is_typed_is_copied_too,
            ]
            events: [
                each_change_tells_one_event,
                what_changes_nothing_tells_nothing,
                an_event_carries_its_origin,
                every_subscriber_gets_every_event,
                events_come_in_commit_order,
                subscribing_then_listing_leaves_no_gap,
                a_slow_reader_is_told_to_list_again,
                closing_ends_the_stream,
                a_waiting_reader_is_woken,
            ]
            handles: [
                a_second_drafts_on_one_store_is_refused,
                everything_after_closing_is_closed,
                closing_keeps_what_was_taken,
                dropping_keeps_what_was_answered,
                the_blocking_view_gives_the_same_answers,
            ]
            identity: [
                hostile_ids_never_collide,
                hostile_ids_survive_a_restart,
                users_and_groups_of_one_name_are_different,
                what_is_no_id_is_refused,
                two_stores_never_see_each_other,
            ]
            late_saves: [
                over_a_text_it_is_refused,
                over_a_cleared_text_it_is_refused,
                over_a_cleared_text_of_a_known_conversation_it_is_refused,
                over_a_deleted_conversation_it_is_refused,
                over_a_conversation_that_came_and_went_it_is_refused,
                a_base_on_a_deleted_draft_is_refused,
                over_a_cleared_text_and_a_restart_it_is_refused,
                over_a_deleted_conversation_and_a_restart_it_is_refused,
                over_two_restarts_it_is_refused,
            ]
            order: [
                a_new_text_moves_its_conversation_up,
                under_messages_only_a_new_text_moves_nothing,
                an_extra_alone_moves_nothing,
                a_newer_message_moves_its_conversation_up,
                an_older_or_equal_message_moves_nothing,
                other_facts_move_nothing,
                clearing_moves_nothing,
                a_new_conversation_takes_its_changes_sequence,
                the_policy_never_sorts_anew,
                pinned_conversations_stand_first_in_their_own_order,
                unpinning_gives_the_old_place_back,
                a_first_import_is_one_batch,
                ties_are_in_order_of_ids,
            ]
            paging: [
                rows_that_stand_still_are_seen_once,
                the_last_page_says_so,
                a_page_of_no_rows_gives_the_sequence,
                all_means_all,
                a_cursor_outlives_its_row,
                a_cursor_outlives_a_restart,
            ]
            privacy: [
                what_a_store_gives_shows_nothing,
                what_typing_and_sending_give_shows_nothing,
                what_a_store_takes_shows_nothing,
                errors_show_nothing,
            ]
            reading: [
                writes_are_read_as_soon_as_they_return,
                many_are_read_in_the_order_asked_for,
                a_reader_never_sees_half_a_batch,
                a_restart_keeps_everything,
                maintenance_changes_nothing,
                a_second_opening_is_refused,
            ]
            renaming: [
                all_of_it_moves_to_an_unknown_id,
                two_conversations_become_one,
                what_only_the_new_id_has_stays,
                under_messages_only_it_stands_where_the_higher_stood,
                it_tells_removed_then_changed,
                renaming_nothing_is_fine,
                a_late_save_is_refused,
                the_old_id_is_free,
                composers_of_both_ids_become_one,
                empty_composers_move_too,
                composers_follow_a_chain_of_renames,
            ]
            revisions: [
                a_base_on_the_present_draft_holds,
                another_base_is_refused,
                a_new_extra_is_a_new_revision,
                a_base_outlives_facts_and_pins,
                a_base_on_a_draft_that_never_was_holds,
                a_base_from_the_future_is_refused,
                a_base_on_hidden_remains_holds,
                a_base_on_an_absent_draft_outlives_a_restart,
                what_changes_nothing_is_never_a_conflict,
                a_plain_set_always_wins,
                a_conflict_gives_the_base_for_a_retry,
            ]
            sending: [
                the_text_leaves_the_draft,
                what_is_typed_is_sent,
                a_late_save_is_refused,
                confirming_forgets_the_text,
                aborting_brings_the_text_back,
                what_comes_back_moves_as_a_new_text,
                a_composer_shows_what_came_back,
                aborting_in_a_conflict_loses_nothing,
                several_are_sent_in_order,
                several_come_back_in_order,
                what_somebody_else_has_ended_is_not_pending,
                tickets_survive_a_crash,
                nothing_to_send_changes_nothing,
                what_nobody_has_seen_is_not_sent,
                a_ticket_outlives_a_rename,
                deleting_takes_it_along,
                it_stays_as_long_as_it_is_sending,
            ]
            sequence: [
                every_change_is_one_step,
                a_restart_never_gives_a_revision_twice,
                a_restart_under_messages_only_never_gives_a_revision_twice,
            ]
            suspending: [
                edits_stay_in_memory,
                it_can_be_closed,
                somebody_else_can_have_it_meanwhile,
                dropping_everything_meanwhile_saves,
            ]
            text: [
                hostile_texts_come_back_byte_for_byte,
                hostile_texts_survive_a_restart,
                a_text_may_have_a_mebibyte,
                a_text_that_is_too_long_leaves_the_old_one,
                the_longest_text_is_the_hosts_choice,
                an_extra_that_is_too_long_leaves_the_old_one,
                an_empty_text_clears_the_extra_too,
                set_keeps_the_extra_and_set_with_replaces_it,
                clearing_nothing_changes_nothing,
                a_text_no_longer_than_the_one_there_is_taken,
            ]
            time: [
                the_time_comes_from_the_injected_clock,
                only_a_change_of_the_draft_renews_its_time,
                a_cleared_draft_has_no_time,
            ]
            unchanged: [
                the_same_draft_again_changes_nothing,
                the_same_facts_again_change_nothing,
            ]
            undoing: [
                what_was_cleared_comes_back,
                a_newer_text_is_not_overwritten,
                without_one_nothing_changes,
                the_oldest_is_forgotten,
                whatever_was_sent_meanwhile,
                what_was_deleted_since_stays_away,
                it_moves_with_a_rename,
            ]
            unknown: [
                a_draft_a_pin_or_a_fact_creates_a_conversation,
                an_update_that_tells_nothing_creates_nothing,
                a_cleared_conversation_is_hidden,
                a_conversation_goes_with_its_last_fact,
                a_conversation_stays_while_anything_is_known,
                deleting_takes_everything_along,
                facts_are_kept_one_by_one,
                remains_go_at_the_next_opening,
            ]
        }
    };
}

macro_rules! list_names {
    (() $($module:ident: [$($case:ident,)*])*) => {
        &[$($(concat!(stringify!($module), "::", stringify!($case)),)*)*]
    };
}

/// The names of all cases, as the tests are called that [`conformance!`](crate::conformance) makes.
///
/// ```
/// assert!(chat_drafts_testkit::cases::names().contains(&"late_saves::over_a_text_it_is_refused"));
/// ```
pub fn names() -> &'static [&'static str] {
    __for_each_case!([list_names], ())
}

#[cfg(test)]
mod tests {
    use super::names;

    /// A case that is written and not listed would never run.
    #[test]
    fn every_case_is_on_the_list() {
        let sources = [
            ("autosaving", include_str!("autosaving.rs")),
            ("batches", include_str!("batches.rs")),
            ("cancelling", include_str!("cancelling.rs")),
            ("composing", include_str!("composing.rs")),
            ("concurrency", include_str!("concurrency.rs")),
            ("conflicts", include_str!("conflicts.rs")),
            ("copying", include_str!("copying.rs")),
            ("events", include_str!("events.rs")),
            ("handles", include_str!("handles.rs")),
            ("identity", include_str!("identity.rs")),
            ("late_saves", include_str!("late_saves.rs")),
            ("order", include_str!("order.rs")),
            ("paging", include_str!("paging.rs")),
            ("privacy", include_str!("privacy.rs")),
            ("reading", include_str!("reading.rs")),
            ("renaming", include_str!("renaming.rs")),
            ("revisions", include_str!("revisions.rs")),
            ("sending", include_str!("sending.rs")),
            ("sequence", include_str!("sequence.rs")),
            ("suspending", include_str!("suspending.rs")),
            ("text", include_str!("text.rs")),
            ("time", include_str!("time.rs")),
            ("unchanged", include_str!("unchanged.rs")),
            ("undoing", include_str!("undoing.rs")),
            ("unknown", include_str!("unknown.rs")),
        ];
        let mut written = Vec::new();
        for (module, source) in sources {
            for line in source.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
                written.push(format!("{module}::{}", line.split('(').next().unwrap()));
            }
        }
        assert_eq!(names(), written);
    }
}
