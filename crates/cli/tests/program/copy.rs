//! From store to store.

use chat_drafts::{ConversationId, ConversationUpdate, DraftInput};

use crate::sandbox::{ENGINES, Sandbox, on_every_engine};

/// A store with something of everything.
fn fill(here: &Sandbox) {
    let drafts = here.library();
    let chats = drafts.blocking();
    let [ann, bob, cy] = ["ann", "bob", "cy"].map(|name| ConversationId::user(name).unwrap());
    chats.set(&ann, "a\0\n😀").unwrap();
    chats.set_with(&bob, DraftInput::new("b").extra([1, 2])).unwrap();
    chats.conversations().pin(&ann, true).unwrap();
    chats.conversations().update(&cy, ConversationUpdate::new().show_name("Cy")).unwrap();
    chats.clear(&ann).unwrap();
    chats.set(&ann, "again").unwrap();
    pollster::block_on(drafts.close()).unwrap();
}

fn state(here: &Sandbox, url: &str) -> (String, String) {
    let run = |args: &[&str]| here.run_plain(&[&["--store", url], args].concat()).text();
    (run(&["check"]), run(&["list", "--all", "--json"]))
}

#[test]
fn everything_arrives_whatever_the_engines() {
    on_every_engine(|here| {
        fill(here);
        let source = here.url("drafts.db");
        let before = state(here, &source);
        for engine in ENGINES {
            let (there, back) = (format!("{engine}:{engine}.copy"), here.url(&format!("{engine}.back")));
            let told = here.run_plain(&["copy", &source, &there]).text();
            let digest = before.0.trim_end().rsplit(' ').next().unwrap();
            assert_eq!(told, format!("copied: 3 conversations, digest {digest}\n"));
            here.run_plain(&["copy", &there, &back]).printed();
            assert_eq!((state(here, &there), state(here, &back)), (before.clone(), before.clone()));
        }
        assert_eq!(state(here, &source), before);
    });
}

#[test]
fn an_empty_store_can_be_copied_and_filled() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", ""]).printed();
        let (source, target) = (here.url("drafts.db"), here.url("copy.db"));
        assert!(here.run_plain(&["copy", &source, &target]).text().starts_with("copied: 0 conversations, digest "));
        here.run(&["set", "c2c_bob", "hi"]).printed();
        here.run_plain(&["copy", &source, &target]).printed();
        assert_eq!(here.run_plain(&["--store", &target, "get", "c2c_bob"]).text(), "hi");
    });
}

#[test]
fn a_store_that_is_not_empty_is_no_target() {
    on_every_engine(|here| {
        fill(here);
        let (source, target) = (here.url("drafts.db"), here.url("full.db"));
        here.run_plain(&["--store", &target, "set", "c2c_eve", "mine"]).printed();
        let before = state(here, &target);
        let line = here.run_plain(&["copy", &source, &target]).refusal();
        assert_eq!(line, format!("drafts: copy to {target}: the target of the copy is not a new store"));
        assert_eq!(state(here, &target), before);
    });
}

#[test]
fn no_store_is_copied_onto_itself() {
    on_every_engine(|here| {
        fill(here);
        let source = here.url("drafts.db");
        let before = state(here, &source);
        for target in ENGINES.map(|engine| format!("{engine}:./drafts.db")) {
            here.run_plain(&["copy", &source, &target]).refusal();
        }
        assert_eq!(state(here, &source), before);
    });
}

#[test]
fn a_source_that_does_not_open_leaves_no_target() {
    on_every_engine(|here| {
        std::fs::write(here.path("foreign"), "no store at all".repeat(1000)).unwrap();
        let before = here.files();
        for source in ["missing", "no/folder", "foreign", ""] {
            here.run_plain(&["copy", &here.url(source), &here.url("new.db")]).refusal();
        }
        assert_eq!(here.files(), before);
    });
}
