//! A second process for a test: this test binary again, running one of its tests as the child's whole work.

use std::process::{Child, Command, Stdio};

/// Tells the child which store to open.
const URL: &str = "CHAT_DRAFTS_TEST_CHILD";

/// The store the child is to open; `None` in every other process.
pub(crate) fn child_url() -> Option<String> {
    std::env::var(URL).ok()
}

/// Starts the test `name` of this binary as a child with this store, its standard output piped.
pub(crate) fn start_child(name: &str, url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1", "-q"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}
