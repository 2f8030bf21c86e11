//! Texts of a conversation beside its draft, as bytes of its record.
//!
//! One entry stands behind the other, each with its own lengths, so that joining two conversations is joining their
//! bytes.

use crate::{Error, Result};

/// The newest kind of entry this version knows.
const NEWEST: u8 = Kind::Returned as u8;

/// The first byte of an entry.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Sending = 1,
    Unresolved = 2,
    Returned = 3,
}

/// A text beside the draft.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Sending(Sending),
    Unresolved(Unresolved),
    Returned(Returned),
}

/// A text that is being sent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sending {
    /// The sequence of the change that began it: no other in this store has it.
    pub(crate) number: u64,
    /// When it began, in milliseconds since the Unix epoch, UTC.
    pub(crate) began_at: i64,
    pub(crate) text: String,
    pub(crate) extra: Vec<u8>,
}

/// A text that is typed while somebody else has stored another one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// The `Drafts` it was typed in.
    pub(crate) life: u64,
    pub(crate) text: String,
    pub(crate) extra: Vec<u8>,
}

/// A part of the draft that was to be sent and came back. Those of a record are the draft's first lines, in this order; they
/// are kept as long as another text is being sent, so that it finds its place among them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Returned {
    /// The number it was sent under.
    pub(crate) number: u64,
    /// Its length in bytes.
    pub(crate) len: u32,
    /// True if the draft has its extra.
    pub(crate) has_extra: bool,
}

impl Entry {
    /// Returns all entries of a record.
    ///
    /// # Errors
    /// [`Error::Corrupt`], or [`Error::SchemaTooNew`] if a later version wrote them.
    pub(crate) fn all_of(mut bytes: &[u8]) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        while let Some(kind) = bytes.first() {
            if *kind > NEWEST {
                return Err(Error::SchemaTooNew { found: (*kind).into(), supported: NEWEST.into() });
            }
            let (entry, rest) =
                Self::first_of(bytes).ok_or(Error::corrupt("a text beside the draft cannot be read"))?;
            all.push(entry);
            bytes = rest;
        }
        Ok(all)
    }

    /// Returns the bytes of these entries.
    pub(crate) fn bytes_of(entries: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::new();
        entries.iter().for_each(|entry| entry.push_to(&mut bytes));
        bytes
    }

    /// Returns true if one of the entries is a pending send, or cannot be read.
    pub(crate) fn has_sending(bytes: &[u8]) -> bool {
        let is_sending = |entry: &Self| matches!(entry, Self::Sending(_));
        !bytes.is_empty() && Self::all_of(bytes).map_or(true, |all| all.iter().any(is_sending))
    }

    /// Appends the entry to those of a record.
    pub(crate) fn push_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Sending(Sending { number, began_at, text, extra }) => {
                bytes.push(Kind::Sending as u8);
                bytes.extend(number.to_le_bytes());
                bytes.extend(began_at.to_le_bytes());
                push_value(bytes, text.as_bytes());
                push_value(bytes, extra);
            }
            Self::Unresolved(Unresolved { life, text, extra }) => {
                bytes.push(Kind::Unresolved as u8);
                bytes.extend(life.to_le_bytes());
                push_value(bytes, text.as_bytes());
                push_value(bytes, extra);
            }
            Self::Returned(Returned { number, len, has_extra }) => {
                bytes.push(Kind::Returned as u8);
                bytes.extend(number.to_le_bytes());
                bytes.extend(len.to_le_bytes());
                bytes.push((*has_extra).into());
            }
        }
    }

    fn first_of(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (kind, bytes) = bytes.split_first()?;
        let (number, bytes) = bytes.split_first_chunk()?;
        let number = u64::from_le_bytes(*number);
        match *kind {
            kind if kind == Kind::Sending as u8 => {
                let (began_at, bytes) = bytes.split_first_chunk()?;
                let (text, bytes) = text(bytes)?;
                let (extra, bytes) = value(bytes)?;
                let (began_at, extra) = (i64::from_le_bytes(*began_at), extra.to_vec());
                Some((Self::Sending(Sending { number, began_at, text, extra }), bytes))
            }
            kind if kind == Kind::Unresolved as u8 => {
                let (text, bytes) = text(bytes)?;
                let (extra, bytes) = value(bytes)?;
                Some((Self::Unresolved(Unresolved { life: number, text, extra: extra.to_vec() }), bytes))
            }
            kind if kind == Kind::Returned as u8 => {
                let (len, bytes) = bytes.split_first_chunk()?;
                let (has_extra, bytes) = bytes.split_first()?;
                let (len, has_extra) = (u32::from_le_bytes(*len), *has_extra != 0);
                Some((Self::Returned(Returned { number, len, has_extra }), bytes))
            }
            _ => None,
        }
    }
}

fn push_value(bytes: &mut Vec<u8>, value: &[u8]) {
    // A text and an extra are far below 4 GiB: their limits see to it.
    bytes.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(value);
}

/// A length and so many bytes, and what comes behind.
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, bytes) = bytes.split_first_chunk()?;
    bytes.split_at_checked(u32::from_le_bytes(*len).try_into().ok()?)
}

fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (text, bytes) = value(bytes)?;
    Some((String::from_utf8(text.to_vec()).ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_of_each() -> Vec<Entry> {
        let sending = |number, text: &str, extra: &[u8]| {
            Entry::Sending(Sending { number, began_at: -7, text: text.to_owned(), extra: extra.to_vec() })
        };
        vec![
            sending(1, "a\0\u{202e}😀", &[]),
            Entry::Unresolved(Unresolved { life: 7, text: "typed".to_owned(), extra: vec![0, 255] }),
            sending(u64::MAX, "", &[0, 255]),
            Entry::Returned(Returned { number: 9, len: 3, has_extra: true }),
        ]
    }

    #[test]
    fn what_goes_in_comes_out() {
        let all = some_of_each();
        let bytes = Entry::bytes_of(&all);
        assert!(Entry::all_of(&bytes).unwrap() == all);
        assert!(Entry::has_sending(&bytes));
        assert!(!Entry::has_sending(&Entry::bytes_of(&all[1..2])));
        assert!(!Entry::has_sending(&[]));
    }

    #[test]
    fn what_is_cut_off_or_of_a_later_version_is_an_error() {
        let bytes = Entry::bytes_of(&some_of_each());
        let whole: Vec<usize> = (0..bytes.len()).filter(|len| Entry::all_of(&bytes[..*len]).is_ok()).collect();
        assert_eq!(whole.len(), 4, "nothing, one, two, three");
        assert!(matches!(Entry::all_of(&[4, 0]), Err(Error::SchemaTooNew { found: 4, .. })));
        assert!(matches!(Entry::all_of(&[0, 0]), Err(Error::Corrupt { .. })));
    }
}
