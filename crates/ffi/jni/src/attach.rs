//! Threads of ours that call into Java.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;

use jni::errors::{Error, JniError, Result};
use jni::sys::{JNI_OK, JNI_VERSION_1_6, JavaVMAttachArgs};
use jni::{Env, JavaVM};

/// Runs this on the current thread, with a frame of its own for the references it makes. An exception that it leaves behind
/// is cleared and is its error.
///
/// The first call on a thread that the JVM does not know attaches it until it ends, as a daemon: the JVM ends without
/// waiting for it.
pub(crate) fn with_env<T>(run: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
    let vm = JavaVM::singleton()?;
    ATTACHED.with(|attached| attached.ensure(&vm))?;
    vm.attach_current_thread(run)
}

thread_local! {
    static ATTACHED: Attached = const { Attached { by_us: Cell::new(false) } };
}

/// Whether this thread is attached until it ends; detaches it then.
struct Attached {
    by_us: Cell<bool>,
}

impl Attached {
    fn ensure(&self, vm: &JavaVM) -> Result<()> {
        if self.by_us.get() || vm.is_thread_attached()? {
            return Ok(());
        }
        let mut arguments = JavaVMAttachArgs {
            version: JNI_VERSION_1_6,
            name: c"chat-drafts-host".as_ptr().cast_mut(),
            group: ptr::null_mut(),
        };
        let mut env = ptr::null_mut();
        // SAFETY: `vm` is the JVM's own table, which has this function since JNI 1.4. It reads the arguments, whose name it
        // does not write to, and writes the one pointer, both of which outlive the call.
        let attached = unsafe {
            let raw = vm.get_raw();
            ((**raw).v1_4.AttachCurrentThreadAsDaemon)(raw, &raw mut env, (&raw mut arguments).cast::<c_void>())
        };
        if attached != JNI_OK {
            return Err(Error::JniCall(JniError::ThreadDetached));
        }
        self.by_us.set(true);
        Ok(())
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        if !self.by_us.get() {
            return;
        }
        if let Ok(vm) = JavaVM::singleton() {
            let raw = vm.get_raw();
            // SAFETY: `raw` is the JVM's own table. This thread was attached here, and it ends: no Java code is below on its
            // stack, and nothing holds its environment any more.
            unsafe { ((**raw).v1_2.DetachCurrentThread)(raw) };
        }
    }
}
