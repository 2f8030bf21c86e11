//! Readers that go away, and places that take nothing.

use std::process::Stdio;

use crate::sandbox::{Ran, on_every_engine};

#[test]
fn a_reader_that_goes_away_is_no_error() {
    on_every_engine(|here| {
        // More than fits in a pipe, so that the program is still writing.
        here.run_reading(&["set", "c2c_bob", "-"], "x".repeat(1024 * 1024).as_bytes()).printed();
        let url = here.url("drafts.db");
        for args in [&["get", "c2c_bob"][..], &["list", "--json"]] {
            let mut command = here.command(&[&["--store", &url], args].concat());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let ran: Ran = child.wait_with_output().unwrap().into();
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        }
    });
}

#[test]
fn a_slow_reader_holds_no_lock() {
    on_every_engine(|here| {
        here.run_reading(&["set", "c2c_bob", "-"], "x".repeat(1024 * 1024).as_bytes()).printed();
        let mut command = here.command(&["--store", &here.url("drafts.db"), "get", "c2c_bob"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut first = [0];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        // The program prints, and waits for its reader.
        here.run(&["clear", "c2c_bob"]).printed();
        assert_eq!(child.wait_with_output().unwrap().stdout.len() + first.len(), 1024 * 1024);
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_stdout_is_an_error() {
    on_every_engine(|here| {
        here.run(&["set", "c2c_bob", crate::sandbox::SECRET]).printed();
        let url = here.url("drafts.db");
        for args in [&["get", "c2c_bob"][..], &["list"], &["list", "--json"], &["check"], &["--help"]] {
            let full = std::fs::File::create("/dev/full").unwrap();
            let mut command = here.command(&[&["--store", &url], args].concat());
            let ran: Ran = command.stdout(full).output().unwrap().into();
            assert!(ran.refusal().starts_with("drafts: write to stdout: "));
        }
    });
}
