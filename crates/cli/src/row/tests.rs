use chat_drafts::store::Record;
use chat_drafts::{ConversationId, DraftState, LastMessage, Revision};
use proptest::prelude::*;

use super::*;

const NOW: &str = "2025-11-23T14:40:00Z";
/// A woman, a woman and a girl, joined to one picture.
const FAMILY: &str = "👩\u{200d}👩\u{200d}👧";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn record(name: &str, text: &str) -> Record {
    let mut record = Record::new(ConversationId::user("bob").unwrap());
    record.facts.show_name = Some(name.to_owned());
    let nine: Timestamp = "2025-11-23T09:05:00Z".parse().unwrap();
    record.state = DraftState::Present(Draft::new(text, vec![], Revision::new(1), nine.as_millisecond()));
    record
}

fn shown(record: Record, width: usize) -> String {
    row(&record.into(), width, now(), &TimeZone::UTC)
}

fn at(time: &str, zone: TimeZone) -> String {
    let time: Timestamp = time.parse().unwrap();
    let mut record = record("Bob", "hi");
    record.state = DraftState::Present(Draft::new("hi", vec![], Revision::new(1), time.as_millisecond()));
    row(&record.into(), 60, now(), &zone)
}

#[test]
fn a_row_has_its_columns() {
    let mut pinned = record("Climbing", "Saturday?");
    pinned.pinned = true;
    assert_eq!(shown(pinned, 60), "📌 Climbing         [Draft] Saturday?                  09:05");
    assert_eq!(shown(record("小明", "明天见"), 60), "   小明             [Draft] 明天见                     09:05");
    assert_eq!(shown(record("Bob", "hi"), 30), "   Bob      [Draft] hi");
}

#[test]
fn without_a_show_name_the_id_is_the_name() {
    let mut nameless = record("", "hi");
    assert!(shown(nameless.clone(), 80).starts_with("   c2c_bob "));
    nameless.facts.show_name = None;
    assert!(shown(nameless, 80).starts_with("   c2c_bob "));
}

#[test]
fn without_a_draft_there_is_no_mark_of_one() {
    let mut plain = record("Bob", "");
    plain.state = DraftState::Absent(Revision::new(1));
    assert_eq!(shown(plain.clone(), 80), "   Bob");
    let time: Timestamp = "2025-11-22T09:05:00Z".parse().unwrap();
    plain.facts.last_message = Some(LastMessage::new(time.as_millisecond(), "bytes"));
    assert_eq!(shown(plain, 40), "   Bob                            Nov 22");
}

#[test]
fn the_time_tells_as_much_as_is_needed() {
    let new_york = TimeZone::fixed(jiff::tz::offset(-5));
    assert!(at("2025-11-23T00:01:00Z", TimeZone::UTC).ends_with("  00:01"));
    assert!(at("2025-11-23T00:01:00Z", new_york.clone()).ends_with("  Nov 22"));
    assert!(at("2025-11-23T05:01:00Z", new_york.clone()).ends_with("  00:01"));
    assert!(at("2025-01-01T00:01:00Z", TimeZone::UTC).ends_with("  Jan 1"));
    assert!(at("2025-01-01T00:01:00Z", new_york).ends_with("  2024-12-31"));
    assert!(at("2023-07-17T15:18:31Z", TimeZone::UTC).ends_with("  2023-07-17"));
    // A clock that was set back does not matter.
    assert!(at("2025-11-23T23:59:00Z", TimeZone::UTC).ends_with("  23:59"));
    assert!(at("2026-02-03T00:00:00Z", TimeZone::UTC).ends_with("  2026-02-03"));
}

#[test]
fn a_time_no_calendar_has_is_left_out() {
    let mut odd = record("Bob", "hi");
    odd.state = DraftState::Present(Draft::new("hi", vec![], Revision::new(1), i64::MAX));
    assert_eq!(shown(odd, 80), "   Bob                   [Draft] hi");
}

#[test]
fn a_cut_stands_between_two_graphemes() {
    let flags = "🇩🇪🇫🇷";
    for (text, width, expected) in [
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("hello", 1, "…"),
        ("hello", 0, ""),
        ("", 0, ""),
        ("你好吗", 6, "你好吗"),
        ("你好吗", 5, "你好…"),
        ("你好吗", 4, "你…"),
        (flags, 4, flags),
        (flags, 3, "🇩🇪…"),
        (flags, 2, "…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ("a\r\nb", 4, "a␍⏎b"),
        // A line break is one grapheme, shown by two pictures.
        ("a\r\nb", 3, "a…"),
        ("❤\u{fe0f}❤\u{fe0f}", 3, "❤\u{fe0f}…"),
        ("\u{202e}abc", 9, "\\u{202e}…"),
        ("\u{202e}abc", 7, "…"),
    ] {
        assert_eq!(fit(text, width), expected, "{text:?} in {width}");
    }
    assert_eq!(fit(&FAMILY.repeat(3), 5), format!("{}…", FAMILY.repeat(2)));
    assert_eq!(fit(&FAMILY.repeat(3), 4), format!("{FAMILY}…"));
}

#[test]
fn a_heap_of_marks_is_cut() {
    let heap = format!("ab{}", "\u{301}".repeat(1000));
    assert_eq!(fit(&heap, 40), "a…");
}

#[test]
fn what_has_no_width_is_shown_by_its_number() {
    assert_eq!(fit("\u{ad}\u{301}a\u{ad}\u{200d}", 40), "\\u{ad}\\u{301}a\\u{ad}\\u{200d}");
    assert_eq!(fit(&"\u{ad}".repeat(1000), 13), "\\u{ad}\\u{ad}…");
}

#[test]
fn names_and_ids_cannot_disturb_the_line() {
    let mut evil = record("a\nb\u{202e}c\u{1b}[2J", "x\n\u{2066}y");
    assert_eq!(
        shown(evil.clone(), 80),
        "   a⏎b\\u{202e}c␛[2J      [Draft] x⏎\\u{2066}y                               09:05"
    );
    evil.id = ConversationId::new("\u{202e}rtl").unwrap();
    evil.facts.show_name = None;
    assert!(shown(evil, 80).starts_with("   \\u{202e}rtl "));
}

#[test]
fn every_width_is_kept() {
    let text = format!("a{FAMILY}你\n🇩🇪e\u{301}\u{202e}❤\u{fe0f}").repeat(9);
    for width in 0..200 {
        let row = shown(record(&text, &text), width);
        assert!(row.width() <= width, "{width}: {row}");
        assert!(width < LEAST_FOR_TIME || row.width() == width, "{width}: {row}");
    }
}

/// Of which the texts below are made.
const PIECES: [&str; 11] = ["a", "你", FAMILY, "🇩🇪", "e\u{301}", "\n", "\t", " ", "❤\u{fe0f}", "नि", "\u{200d}"];

proptest! {
    #[test]
    fn no_text_is_wider_than_its_row(name in any::<String>(), text in any::<String>(), width in 0usize..130) {
        let row = shown(record(&name, &text), width);
        prop_assert!(row.width() <= width, "{row}");
        prop_assert!(!row.contains(crate::visible::disturbs));
    }

    #[test]
    fn what_fits_is_whole_and_what_is_cut_is_a_beginning(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..20),
        width in 0usize..30,
    ) {
        let text = pieces.concat();
        let clusters: Vec<String> = text.graphemes(true).map(shown_cluster).collect();
        let fitting = fit(&text, width);
        let whole = clusters.concat();
        if fitting != whole {
            let kept = fitting.strip_suffix(CUT).unwrap_or(&fitting);
            prop_assert!((0..clusters.len()).any(|end| clusters[..end].concat() == kept), "{fitting:?}");
        }
    }
}
