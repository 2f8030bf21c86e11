//! Names the shared library for the dynamic linker: programs ask for the version of the interface they were built with.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libchat_drafts_ffi.so.0");
    }
}
