//! Turns the explorer on, wherever cargo is called from and whatever `RUSTFLAGS` says.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(shuttle)");
    println!("cargo::rustc-cfg=shuttle");
    println!("cargo::rerun-if-changed=build.rs");
}
