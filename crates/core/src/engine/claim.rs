use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};

/// The claim of one open store on its file: while it is held, no other store of this process gets the same file,
/// whatever path leads to it.
///
/// Two openings of one file in one process are no harmless thing: closing any descriptor of a file drops every POSIX
/// lock the process has on it.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    identity: Identity,
    is_new: bool,
}

/// What is one file, under whatever name: device and inode, or else the path without links.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

static CLAIMED: Mutex<Option<HashSet<Identity>>> = Mutex::new(None);

impl Claim {
    /// Claims the file; one that does not exist is created empty if `create` says so. An empty file is a new one, and if
    /// none is to be created a damaged one.
    ///
    /// # Errors
    /// [`Error::Locked`] if a store of this process has it; [`Error::InvalidPath`], [`Error::NotFound`] or
    /// [`Error::PermissionDenied`] if the path leads to no file that can be used; [`Error::Corrupt`] about an empty one.
    pub fn new(path: &Path, create: bool) -> Result<Self> {
        if path.as_os_str().is_empty() {
            return Err(Error::InvalidPath { reason: "it is empty" });
        }
        if path.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(Error::InvalidPath { reason: "it has a NUL" });
        }
        if path.file_name().is_none_or(|name| name == OsStr::new(":memory:")) {
            return Err(Error::InvalidPath { reason: "it names no file" });
        }
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = create_empty(path, create)?;
        let metadata = fs::metadata(path).map_err(|error| Error::from_io("look at the file", error))?;
        if metadata.is_dir() {
            return Err(Error::InvalidPath { reason: "it is a folder" });
        }
        if !metadata.is_file() {
            return Err(Error::InvalidPath { reason: "it is not a plain file" });
        }
        if metadata.len() == 0 && !create {
            // What was created is never empty for long: somebody has cut it off.
            return Err(Error::corrupt("the file is empty"));
        }
        let path = fs::canonicalize(path).map_err(|error| Error::from_io("look at the file", error))?;
        let identity = identity(&path, &metadata);
        if !claimed.get_or_insert_default().insert(identity.clone()) {
            return Err(Error::Locked);
        }
        Ok(Self { path, identity, is_new })
    }

    /// The file, by a path without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the claim up after a failed opening, and takes back a file that was created for it and is still empty.
    pub fn abandon(self) {
        if self.is_new && fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() == 0) {
            // A file that cannot be removed again is an empty one left behind, which opens as a new store.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.get_or_insert_default().remove(&self.identity);
    }
}

/// Creates the file if there is none; says whether it did.
fn create_empty(path: &Path, create: bool) -> Result<bool> {
    if !create {
        return Ok(false);
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        // Windows says so of a folder.
        Err(_) if path.is_dir() => Ok(false),
        Err(error) => Err(Error::from_io("create the file", error)),
    }
}

#[cfg(unix)]
fn identity(_: &Path, metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &fs::Metadata) -> Identity {
    Identity(path.to_path_buf())
}
