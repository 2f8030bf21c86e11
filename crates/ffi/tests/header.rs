//! The committed header is what the sources say.
//!
//! `CHAT_DRAFTS_WRITE_HEADER=1 cargo test -p chat-drafts-ffi --test header` writes it anew.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

/// The sources, in the order that a reader of the header wants.
const SOURCES: [&str; 17] = [
    "version",
    "text",
    "error",
    "handle",
    "draft",
    "operations",
    "composer",
    "sending",
    "saving",
    "conversation",
    "conversation_operations",
    "update",
    "subscription",
    "answer",
    "session",
    "session_answers",
    "session_composing",
];

fn generated() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = SOURCES.map(|name| root.join("src").join(name).with_extension("rs"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let builder = sources.into_iter().fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    tidied(&String::from_utf8(header).unwrap())
}

/// The doc comments without what only Rust needs: the sections on safety, which the header's first lines cover.
fn tidied(header: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut skips = false;
    for line in header.lines() {
        let comment = line.trim().strip_prefix("//");
        if comment == Some(" # Safety") {
            skips = true;
            while lines.last().is_some_and(|line| line.trim() == "//") {
                lines.pop();
            }
        }
        skips = skips && comment.is_some();
        if !skips {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_exported_function_is_in_the_header() {
    let header = generated();
    for source in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let source = fs::read_to_string(source.unwrap().path()).unwrap();
        for function in source.split("extern \"C\" fn ").skip(1).filter(|rest| rest.starts_with("drafts_")) {
            let name = function.split('(').next().unwrap();
            assert!(header.contains(&format!(" {name}(")) || header.contains(&format!(" *{name}(")), "{name}");
        }
    }
}

#[test]
fn the_header_is_what_the_sources_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/chat_drafts.h");
    let header = generated();
    if std::env::var_os("CHAT_DRAFTS_WRITE_HEADER").is_some() {
        fs::write(&path, &header).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == header, "include/chat_drafts.h is out of date: see this test");
}
