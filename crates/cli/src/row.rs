//! A row of `list`, as a chat app shows it.

use chat_drafts::{Conversation, Draft};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::visible::visible;

const PINNED: &str = "📌 ";
const NOT_PINNED: &str = "   ";
const GAP: &str = "  ";
const CUT: char = '…';
/// More than any letter or emoji is made of. What is longer is a heap of marks that would cover other lines.
const LONGEST_CLUSTER: usize = 32;
/// The widest column of names.
const WIDEST_NAME: usize = 24;
/// Below this width there is no room for the time.
const LEAST_FOR_TIME: usize = 40;

/// The row of a conversation: pinned mark, name, draft, and at the right end the time. It never takes more than `width`
/// columns and never breaks the line.
pub(crate) fn row(conversation: &Conversation, width: usize, now: Timestamp, zone: &TimeZone) -> String {
    let name = conversation.facts().show_name.as_deref().filter(|name| !name.is_empty());
    let name_width = (width / 4).min(WIDEST_NAME);
    let mut row = String::from(if conversation.is_pinned() { PINNED } else { NOT_PINNED });
    row.push_str(&fit(name.unwrap_or(conversation.id().as_str()), name_width));
    pad(&mut row, NOT_PINNED.len() + name_width);
    row.push_str(GAP);

    let time = time(conversation, now, zone).filter(|_| width >= LEAST_FOR_TIME);
    let time_width = time.as_ref().map_or(0, |time| GAP.len() + time.len());
    let text_width = width.saturating_sub(row.width() + time_width);
    if let Some(draft) = conversation.draft() {
        const TAG: &str = "[Draft] ";
        row.push_str(TAG);
        row.push_str(&fit(draft.text(), text_width.saturating_sub(TAG.len())));
    }
    match time {
        Some(time) => {
            pad(&mut row, width - time.len());
            row.push_str(&time);
        }
        None => row.truncate(row.trim_end_matches(' ').len()),
    }
    if row.width() > width { fit(&row, width) } else { row }
}

/// The beginning of a text that fits, all of it visible, cut between two grapheme clusters.
fn fit(text: &str, width: usize) -> String {
    let mut fitting = String::new();
    // How much fits if the mark of the cut follows, and how wide everything is so far.
    let (mut keep, mut taken) = (0, 0);
    for cluster in text.graphemes(true) {
        let shown = shown_cluster(cluster);
        let cluster_width = shown.width();
        if taken + cluster_width > width || cluster.chars().nth(LONGEST_CLUSTER).is_some() {
            fitting.truncate(keep);
            if width > 0 {
                fitting.push(CUT);
            }
            return fitting;
        }
        fitting.push_str(&shown);
        taken += cluster_width;
        if taken < width {
            keep = fitting.len();
        }
    }
    fitting
}

/// What stands for a grapheme cluster: one that takes no room, a mark without a letter for instance, is shown by its
/// numbers.
fn shown_cluster(cluster: &str) -> String {
    let shown: String = visible(cluster).collect();
    if shown.width() == 0 { cluster.escape_unicode().collect() } else { shown }
}

fn pad(row: &mut String, width: usize) {
    row.extend(std::iter::repeat_n(' ', width.saturating_sub(row.width())));
}

/// When the draft last changed, or when the newest message came where there is no draft: the time of today, the day of
/// this year, or the date.
fn time(conversation: &Conversation, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let told = conversation.facts().last_message.as_ref().map(|message| message.time());
    let time = conversation.draft().map(Draft::updated_at).or(told)?;
    let time = Timestamp::from_millisecond(time).ok()?.to_zoned(zone.clone());
    let now = now.to_zoned(zone.clone());
    let format = if time.date() == now.date() {
        "%H:%M"
    } else if time.year() == now.year() {
        "%b %-d"
    } else {
        "%Y-%m-%d"
    };
    Some(time.strftime(format).to_string())
}

#[cfg(test)]
mod tests;
