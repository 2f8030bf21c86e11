//! Counts the flushes of a test process, on Linux: the number of `fsync` and `fdatasync` calls, by whatever library.
//!
//! A program that links this crate gets its two symbols in place of the C library's. Bundled SQLite calls `fsync`, the
//! standard library and redb call `fdatasync`. Not for programs that are shipped.
#![cfg(target_os = "linux")]

use std::sync::atomic::{AtomicU64, Ordering};

static FLUSHES: AtomicU64 = AtomicU64::new(0);

/// How often this process has flushed a file so far.
pub fn flushes() -> u64 {
    FLUSHES.load(Ordering::SeqCst)
}

/// Counts, then does what the C library does.
fn flush(call: libc::c_long, fd: libc::c_int) -> libc::c_int {
    FLUSHES.fetch_add(1, Ordering::SeqCst);
    // SAFETY: both system calls take one descriptor, touch no memory, and answer a bad one with an error. `syscall`
    // sets errno as the C library's own functions do.
    let answer = unsafe { libc::syscall(call, fd) };
    if answer == 0 { 0 } else { -1 }
}

// SAFETY of the name: it has the C library's signature and does what that does.
#[unsafe(no_mangle)]
extern "C" fn fsync(fd: libc::c_int) -> libc::c_int {
    flush(libc::SYS_fsync, fd)
}

// SAFETY of the name: it has the C library's signature and does what that does.
#[unsafe(no_mangle)]
extern "C" fn fdatasync(fd: libc::c_int) -> libc::c_int {
    flush(libc::SYS_fdatasync, fd)
}
