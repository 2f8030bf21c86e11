//! What pointers of the caller are taken for.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::drafts_error;

/// What comes back from a callback's owner unchanged.
#[derive(Clone, Copy)]
pub(crate) struct User(*mut c_void);

// SAFETY: it is never looked into, only handed back. That the callback may be called on another thread is part of the
// interface's contract.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    pub(crate) fn new(pointer: *mut c_void) -> Self {
        Self(pointer)
    }

    pub(crate) fn get(self) -> *mut c_void {
        self.0
    }
}

/// Does `act`; a panic ends here and becomes `otherwise`.
pub(crate) fn guarded<T>(otherwise: T, act: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or(otherwise)
}

/// What a pointer that must not be NULL points to.
///
/// # Safety
/// It is NULL or points to a live value that nobody changes meanwhile.
pub(crate) unsafe fn required<'a, T>(pointer: *const T, name: &'static str) -> Result<&'a T, drafts_error> {
    // SAFETY: the caller vouches for what is not NULL.
    unsafe { pointer.as_ref() }.ok_or_else(|| drafts_error::null(name))
}

/// An array of the caller's; none is an empty one.
///
/// # Safety
/// There are `len` live values from `data` on, or `len` is 0.
pub(crate) unsafe fn array<'a, T>(data: *const T, len: usize, name: &'static str) -> Result<&'a [T], drafts_error> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(drafts_error::null(name));
    }
    // SAFETY: it is not NULL, and the caller vouches for the rest.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// A place for a pointer that must be given; NULL is written to it first.
///
/// # Safety
/// It is NULL or can be written to.
pub(crate) unsafe fn place<T>(place: *mut *mut T, name: &'static str) -> Result<(), drafts_error> {
    if place.is_null() {
        return Err(drafts_error::null(name));
    }
    // SAFETY: it is not NULL, and the caller vouches for the rest.
    unsafe { place.write(std::ptr::null_mut()) };
    Ok(())
}

/// Writes a value where the caller wants it, if the caller does.
///
/// # Safety
/// `place` is NULL or can be written to.
pub(crate) unsafe fn give<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller vouches for it.
        unsafe { place.write(value) };
    }
}

/// Frees what was made by [`Box::into_raw`]; NULL is fine.
///
/// # Safety
/// It is NULL, or was made by `Box::into_raw` and is given up by this.
pub(crate) unsafe fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: the caller vouches for it.
        let value = unsafe { Box::from_raw(pointer) };
        guarded((), || drop(value));
    }
}

/// A value that C owns, and what C sees of it.
#[repr(C)]
pub(crate) struct Owned<V, T> {
    /// First, so that a pointer to it is one to all of this.
    view: V,
    value: T,
}

impl<V, T> Owned<V, T> {
    pub(crate) fn value(&self) -> &T {
        &self.value
    }
}

/// Gives a value to C, which sees the view; none is NULL. Free it by [`free_owned`] with the same types.
pub(crate) fn into_owned<V, T>(value: Option<T>, view: impl FnOnce(&T) -> V) -> *mut V {
    value.map_or(std::ptr::null_mut(), |value| {
        // What the view points to is on the heap, and does not move when the value does.
        Box::into_raw(Box::new(Owned { view: view(&value), value })).cast()
    })
}

/// # Safety
/// It is NULL, or [`into_owned`] made it of these types, and it is given up by this.
pub(crate) unsafe fn free_owned<V, T>(view: *mut V) {
    // SAFETY: the caller vouches for it.
    unsafe { free(view.cast::<Owned<V, T>>()) };
}
