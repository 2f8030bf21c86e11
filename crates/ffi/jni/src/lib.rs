//! Java's side of the session: the native methods of the class `chatdrafts.Native`, and the way back into Java.
//!
//! It only translates. The checks, the codes, the order of things and the answer that is given exactly once are those of
//! `chat_drafts_session`. The classes that a host sees are in `crates/ffi/java`.

mod answer;
mod attach;
mod bindings;
mod composing;
mod executor;
mod handles;
mod listener;
mod native;
mod text;
mod update;
mod values;

use std::ffi::c_void;
use std::panic::catch_unwind;

use jni::errors::Result;
use jni::refs::LoaderContext;
use jni::sys::{JNI_ERR, JNI_VERSION_1_6, jint};
use jni::{JavaVM, jni_str};

/// What `System.loadLibrary` calls: looks the Java classes up, and gives `chatdrafts.Native` its methods.
///
/// # Safety
/// `vm` is the JVM that loads this library.
// SAFETY: JNI keeps this name for this function; nothing else in this library has it.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut jni::sys::JavaVM, _reserved: *mut c_void) -> jint {
    // SAFETY: A JVM stays where it is until the process ends.
    let vm = unsafe { JavaVM::from_raw(vm) };
    match catch_unwind(|| bind(&vm)) {
        Ok(Ok(())) => JNI_VERSION_1_6,
        Ok(Err(_)) | Err(_) => JNI_ERR,
    }
}

/// Here, and nowhere else, the right class loader is known: that of the class which loads this library.
fn bind(vm: &JavaVM) -> Result<()> {
    vm.with_local_frame(16, |env| {
        let loader = env.find_class(jni_str!("chatdrafts/Native"))?.get_class_loader(env)?;
        bindings::look_up(env, &LoaderContext::Loader(&loader))
    })
}
