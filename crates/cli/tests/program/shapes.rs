//! The JSON that scripts read.

use std::time::{SystemTime, UNIX_EPOCH};

use chat_drafts::{ConversationId, DraftInput};
use serde_json::{Value, json};

use crate::sandbox::{SECRET, on_every_engine};

fn keys(row: &Value) -> Vec<&str> {
    row.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Sorted, as this parser gives them.
const KEYS: [&str; 7] = ["extra", "id", "order_key", "pinned", "revision", "text", "updated_at"];

#[test]
fn a_draft_is_an_object() {
    on_every_engine(|here| {
        let now = || i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let before = now();
        here.run(&["set", "c2c_bob", "hi"]).printed();
        let row = here.run(&["get", "c2c_bob", "--json"]).json();
        assert_eq!(keys(&row), KEYS);
        let time = row["updated_at"].as_i64().unwrap();
        assert!((before..=now()).contains(&time));
        let expected = json!({
            "id": "c2c_bob", "text": "hi", "extra": null, "revision": 1, "updated_at": time, "order_key": 1,
            "pinned": false,
        });
        assert_eq!(row, expected);
    });
}

#[test]
fn a_list_is_an_array() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", "hi"]).printed();
        here.run(&["clear", "c2c_bob"]).printed();
        assert_eq!(here.run(&["list", "--json"]).json(), json!([]));
        assert_eq!(here.run(&["list", "--all", "--json"]).json(), json!([]));

        let drafts = here.library();
        let [ann, bob] = ["ann", "bob"].map(|name| ConversationId::user(name).unwrap());
        let with_extra = DraftInput::new("hi").extra([0, 0xab]);
        drafts.blocking().set_with(&bob, with_extra).unwrap();
        drafts.blocking().conversations().pin(&ann, true).unwrap();
        pollster::block_on(drafts.close()).unwrap();

        let rows = here.run(&["list", "--json"]).json();
        assert_eq!((rows.as_array().unwrap().len(), &rows[0]["id"]), (1, &json!("c2c_bob")));
        assert_eq!(rows[0]["extra"], "00ab");

        let rows = here.run(&["list", "--json", "--all"]).json();
        assert_eq!(rows.as_array().unwrap().iter().map(keys).collect::<Vec<_>>(), [KEYS, KEYS]);
        let (first, second) = (&rows[0], &rows[1]);
        assert_eq!((&first["id"], &second["id"]), (&json!("c2c_ann"), &json!("c2c_bob")));
        assert_eq!((&first["pinned"], &second["pinned"]), (&json!(true), &json!(false)));
        for key in ["text", "extra", "updated_at"] {
            assert_eq!(first[key], Value::Null);
        }
        assert!(first["revision"].is_u64() && first["order_key"].as_u64().unwrap() > 1 << 62);
        assert_eq!(here.run(&["list", "--json", "--all", "--limit", "1"]).json(), json!([first]));
    });
}

#[test]
fn no_json_disturbs_a_terminal() {
    on_every_engine(|here| {
        let text = "\u{9b}31m\u{202e}\u{7f}\u{2028}x";
        here.run(&["set", "\u{202e}", text]).printed();
        let line = here.run(&["list", "--json"]).text();
        assert!(line.contains(r#""\u009b31m\u202e\u007f\u2028x""#), "{line}");
        let rows: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&rows[0]["id"], &rows[0]["text"]), (&json!("\u{202e}"), &json!(text)));
    });
}

#[test]
fn check_and_copy_are_objects() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", SECRET]).printed();
        let checked = here.run(&["check", "--json"]).json();
        let digest = checked["digest"].as_str().unwrap();
        assert_eq!(checked, json!({ "conversations": 1, "drafts": 1, "digest": digest }));
        let copied = here.run_plain(&["copy", "--json", &here.url("drafts.db"), &here.url("copy.db")]).json();
        assert_eq!(copied, json!({ "conversations": 1, "digest": digest }));
    });
}
