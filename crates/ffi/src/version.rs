//! Which interface this is.

/// The version of this interface. It grows when functions or constants are added; what is there keeps its meaning.
#[unsafe(no_mangle)]
pub extern "C" fn drafts_abi_version() -> u32 {
    1
}
