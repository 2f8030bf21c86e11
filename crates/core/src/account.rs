//! One file per account, however the account is called.

use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The longest name of a file that an account gets, without its ending. Paths are short of room: SQLite takes 504 bytes.
const MAX_LEN: usize = 208;

/// The file below `folder` that belongs to the account `name`, with the ending `extension`.
///
/// Different names give different files, on file systems that ignore case too, and no name leads out of the folder:
/// lower-case ASCII letters, digits, `-` and `_` stand for themselves, every other byte becomes `=` and two hex digits.
///
/// ```
/// use std::path::Path;
/// use chat_drafts_core::account_path;
///
/// let path = account_path("drafts".as_ref(), "../Alice", "db")?;
/// assert_eq!(path, Path::new("drafts/account-=2e=2e=2f=41lice.db"));
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidAccount`] if the name is empty, or too long for a file's name: 200 plain bytes fit, or 66 others.
pub fn account_path(folder: &Path, name: &str, extension: &str) -> Result<PathBuf> {
    if name.is_empty() {
        return Err(Error::InvalidAccount { reason: "it is empty" });
    }
    let mut file = String::from("account-");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => file.push(char::from(byte)),
            other => file.push_str(&format!("={other:02x}")),
        }
    }
    if file.len() > MAX_LEN {
        return Err(Error::InvalidAccount { reason: "it is too long for the name of a file" });
    }
    Ok(folder.join(format!("{file}.{extension}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(account: &str) -> String {
        account_path(Path::new(""), account, "db").unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn no_name_escapes_or_collides() {
        let hostile = [
            "a", "A", "a.", "a ", "..", ".", "../a", "a/b", "a\\b", "a+", "a=", "=61", "con", "nul.db", "\0", "ä", "é",
            "e\u{301}", "a.db", "-", "%41",
        ];
        let long = ["x".repeat(200), "X".repeat(66)];
        let names: Vec<String> = hostile.iter().map(ToString::to_string).chain(long).collect();
        let mut seen = std::collections::HashSet::new();
        for name in &names {
            let path = name_of(name);
            assert!(seen.insert(path.to_lowercase()), "two accounts in {path}");
            let mut parts = Path::new(&path).components();
            assert!(matches!(parts.next(), Some(std::path::Component::Normal(_))) && parts.next().is_none(), "{path}");
            assert!(path.is_ascii() && path.len() < 255);
        }
    }

    #[test]
    fn names_that_are_none() {
        assert!(matches!(account_path(Path::new("f"), "", "db"), Err(Error::InvalidAccount { .. })));
        assert!(matches!(account_path(Path::new("f"), &"X".repeat(67), "db"), Err(Error::InvalidAccount { .. })));
        assert!(matches!(account_path(Path::new("f"), &"x".repeat(201), "db"), Err(Error::InvalidAccount { .. })));
    }
}
