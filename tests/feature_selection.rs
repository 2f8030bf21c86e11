//! An app gets the engines its features pick, and nothing of the others.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the crates that `package` brings with these features, itself included.
fn tree(package: &str, features: &str) -> Vec<String> {
    let listed = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--package", package, "--no-default-features", "--features", features])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut names: Vec<_> = listed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

fn has(tree: &[String], name: &str) -> bool {
    tree.iter().any(|package| package == name)
}

#[test]
fn a_feature_brings_its_engine_alone() {
    let engines = [("sqlite", "rusqlite"), ("redb", "redb"), ("memory", "chat-drafts-store-memory")];
    for (feature, _) in engines {
        let tree = tree("chat-drafts", feature);
        for (other, brings) in engines {
            assert_eq!(has(&tree, brings), feature == other, "{feature} and {brings}");
            assert_eq!(has(&tree, &format!("chat-drafts-store-{other}")), feature == other);
        }
        assert_eq!(has(&tree, "libsqlite3-sys"), feature == "sqlite");
    }
}

#[test]
fn core_and_the_engines_know_their_place() {
    let facade = tree("chat-drafts", "");
    let core = tree("chat-drafts-core", "");
    assert_eq!(facade.len(), core.len() + 1, "a build without an engine is core and the facade: {facade:?}");
    for (package, database) in
        [("core", ""), ("store-memory", ""), ("store-sqlite", "rusqlite"), ("store-redb", "redb")]
    {
        let tree = tree(&format!("chat-drafts-{package}"), "");
        for engine in ["rusqlite", "redb"] {
            assert_eq!(has(&tree, engine), engine == database, "{package} and {engine}");
        }
        let ours = tree.iter().filter(|name| name.starts_with("chat-drafts")).count();
        assert_eq!(ours, if package == "core" { 1 } else { 2 }, "{package} knows core and itself: {tree:?}");
    }
}

#[test]
fn nobody_depends_on_the_program_or_the_bindings() {
    let library = tree("chat-drafts", "full");
    for app in ["chat-drafts-cli", "chat-drafts-session", "chat-drafts-ffi", "chat-drafts-jni"] {
        assert!(!has(&library, app), "{app}");
    }
    for binding in ["chat-drafts-session", "chat-drafts-ffi", "chat-drafts-jni"] {
        let tree = tree(binding, "redb");
        assert!(has(&tree, "redb") && !has(&tree, "rusqlite"), "{binding} picks the engine too");
    }
}

#[test]
fn nothing_that_opens_a_socket_is_in_a_library() {
    for (library, features) in
        [("chat-drafts", "full"), ("chat-drafts-ffi", "sqlite redb memory"), ("chat-drafts-jni", "sqlite redb memory")]
    {
        let tree = tree(library, features);
        for network in
            ["tokio", "mio", "socket2", "hyper", "reqwest", "ureq", "rustls", "native-tls", "curl", "quinn", "async-io"]
        {
            assert!(!has(&tree, network), "{library} and {network}");
        }
    }
}

/// Builds and runs an app with one dependency, and gives back what it printed.
fn app(features: &str, main: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("app-{}", features.trim_matches('"')));
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         chat-drafts = {{ path = {:?}, default-features = false, features = [{features}] }}\n\
         pollster = \"0.4\"\n",
        root(),
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::write(folder.join("src/main.rs"), main).unwrap();
    let run = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("apps"))
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn an_engine_that_is_left_out_names_its_feature() {
    let main = r#"
        fn main() {
            for url in ["sqlite:a.db", "redb:a.redb", "memory:"] {
                match pollster::block_on(chat_drafts::open(url)) {
                    Ok(_) => println!("{url} ok"),
                    Err(error) => println!("{url} {error}"),
                }
            }
        }
    "#;
    let without =
        |feature: &str| format!("this build has no such engine; turn on the feature `{feature}` of chat-drafts\n");
    let (sqlite, redb, memory) = (without("sqlite"), without("redb"), without("memory"));
    assert_eq!(app("", main), format!("sqlite:a.db {sqlite}redb:a.redb {redb}memory: {memory}"));
    assert_eq!(app("\"memory\"", main), format!("sqlite:a.db {sqlite}redb:a.redb {redb}memory: ok\n"));
}
