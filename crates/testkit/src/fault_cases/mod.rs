//! What a store promises when its engine fails, as cases for any [`Engine`](chat_drafts_core::engine::Engine): each gets
//! the config of an engine that holds nothing yet, wraps it into a [`Faulty`](crate::Faulty) one, and panics if the
//! store does not keep the promise. [`survives_faults!`](crate::survives_faults) makes tests of all of them.

pub mod failing;
pub mod full_disk;
pub mod overlapping;
pub mod queueing;
mod setup;
pub mod typing;
pub mod waking;

/// Hands the one list of all fault cases to the macro `callback`, behind `arguments`.
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_fault_case {
    ([$($callback:tt)+], $arguments:tt) => {
        $($callback)+! { $arguments
            failing: [
                an_io_error_poisons_until_resume,
                nothing_is_kept_up_after_an_io_error,
                a_lost_answer_is_found_out,
                a_failed_group_answers_everybody,
                a_locked_file_poisons_nothing,
                a_panic_in_a_write_is_an_error,
                a_panic_in_a_read_is_an_error,
                a_resume_that_fails_is_tried_again,
                a_poisoned_store_closes,
                an_opening_that_fails_is_tried_again,
                remains_that_cannot_be_collected_stay,
            ]
            full_disk: [
                a_full_disk_refuses_what_does_not_fit,
                a_full_disk_is_no_poison,
                a_large_neighbour_fails_alone,
                an_engine_that_needs_it_is_opened_anew,
            ]
            overlapping: [
                typing_while_a_text_comes_back_stays,
                two_sendings_that_nobody_waits_for_lose_nothing,
                composing_waits_for_what_is_in_flight,
                sets_of_one_conversation_keep_their_order,
                a_call_that_is_not_polled_keeps_nobody_waiting,
                renames_that_overlap_end,
                typing_during_a_rename_goes_along,
                typing_on_what_somebody_else_has_changed_is_a_conflict,
                a_sending_beside_a_delete_is_no_damage,
                closing_beside_typing_loses_nothing,
                a_close_that_cannot_save_takes_edits_again,
                suspending_waits_for_what_is_in_flight,
                a_dropped_call_whose_answer_was_lost_is_no_conflict,
            ]
            queueing: [
                what_comes_during_a_write_is_one_commit,
                a_lone_write_behind_a_group_wakes_the_thread,
                a_refused_batch_leaves_its_group_alone,
                what_changes_nothing_is_not_committed,
                only_a_blocking_write_stays_on_its_thread,
                upkeep_is_left_to_the_stores_thread,
                blocking_callers_behind_a_write_are_served,
                awaited_callers_behind_a_blocking_one_are_served,
                closing_finishes_what_is_queued,
                dropping_finishes_what_is_queued,
            ]
            typing: [
                failed_saves_are_tried_again,
                what_cannot_be_saved_is_named_and_kept,
                a_poisoned_store_saves_again_when_it_is_resumed,
                a_text_that_does_not_fit_fails_alone,
                a_save_whose_answer_was_lost_is_no_conflict,
                a_call_whose_answer_was_lost_is_no_conflict,
                a_listener_that_panics_stops_nobody,
                an_edit_during_a_save_is_saved_next,
                a_set_during_a_save_wins,
                a_save_behind_a_set_is_no_conflict,
                a_set_that_nobody_waits_for_is_no_conflict,
                sending_waits_for_a_save_under_way,
                a_sending_that_nobody_waits_for_does_not_come_back,
                a_flush_within_a_time_gives_up,
                dropping_everything_in_a_wake_up_waits_for_nobody,
            ]
            waking: [
                a_task_that_panics_stops_no_writer,
                a_reader_that_panics_stops_nobody,
                a_blocking_call_in_a_wake_up_is_refused,
                an_awaited_call_in_a_wake_up_is_answered,
                a_waker_may_own_the_last_drafts,
            ]
        }
    };
}

#[cfg(test)]
mod tests {
    macro_rules! list_names {
        (() $($module:ident: [$($case:ident,)*])*) => {
            [$($(concat!(stringify!($module), "::", stringify!($case)),)*)*]
        };
    }

    /// A case that is written and not listed would never run.
    #[test]
    fn every_case_is_on_the_list() {
        let sources = [
            ("failing", include_str!("failing.rs")),
            ("full_disk", include_str!("full_disk.rs")),
            ("overlapping", include_str!("overlapping.rs")),
            ("queueing", include_str!("queueing.rs")),
            ("typing", include_str!("typing.rs")),
            ("waking", include_str!("waking.rs")),
        ];
        let mut written = Vec::new();
        for (module, source) in sources {
            for line in source.lines().filter_map(|line| line.strip_prefix("pub fn ")) {
                written.push(format!("{module}::{}", line.split('<').next().unwrap()));
            }
        }
        assert_eq!(__for_each_fault_case!([list_names], ()).to_vec(), written);
    }
}
