//! The texts of a conversation that are being sent, as bytes of its record.
//!
//! One entry stands behind the other, each with its own lengths, so that joining two conversations is joining their
//! bytes.

use crate::{Error, Result};

/// The version of an entry, its first byte.
const VERSION: u8 = 1;

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

impl Sending {
    /// Puts it behind those of a record.
    pub(crate) fn push_to(&self, bytes: &mut Vec<u8>) {
        // A text and an extra are far below 4 GiB: their limits see to it.
        let len = |value: &[u8]| u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes();
        bytes.push(VERSION);
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(self.began_at.to_le_bytes());
        bytes.extend(len(self.text.as_bytes()));
        bytes.extend(self.text.as_bytes());
        bytes.extend(len(&self.extra));
        bytes.extend(&self.extra);
    }

    /// All of a record.
    ///
    /// # Errors
    /// [`Error::Corrupt`], or [`Error::SchemaTooNew`] if a later version wrote them.
    pub(crate) fn all_of(mut bytes: &[u8]) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        while let Some(version) = bytes.first() {
            if *version > VERSION {
                return Err(Error::SchemaTooNew { found: (*version).into(), supported: VERSION.into() });
            }
            let (entry, rest) =
                Self::first_of(bytes).ok_or(Error::corrupt("a text that is being sent cannot be read"))?;
            all.push(entry);
            bytes = rest;
        }
        Ok(all)
    }

    /// Takes the one of this number out of a record, if it is there.
    ///
    /// # Errors
    /// Those of [`all_of`](Self::all_of).
    pub(crate) fn take_from(bytes: &mut Vec<u8>, number: u64) -> Result<Option<Self>> {
        let mut all = Self::all_of(bytes)?;
        let Some(place) = all.iter().position(|entry| entry.number == number) else { return Ok(None) };
        let taken = all.remove(place);
        bytes.clear();
        all.iter().for_each(|entry| entry.push_to(bytes));
        Ok(Some(taken))
    }

    fn first_of(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (version, bytes) = bytes.split_first()?;
        let (number, bytes) = bytes.split_first_chunk()?;
        let (began_at, bytes) = bytes.split_first_chunk()?;
        let (text, bytes) = value(bytes)?;
        let (extra, bytes) = value(bytes)?;
        let entry = Self {
            number: u64::from_le_bytes(*number),
            began_at: i64::from_le_bytes(*began_at),
            text: String::from_utf8(text.to_vec()).ok()?,
            extra: extra.to_vec(),
        };
        (*version == VERSION).then_some((entry, bytes))
    }
}

/// A length and so many bytes, and what comes behind.
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, bytes) = bytes.split_first_chunk()?;
    bytes.split_at_checked(u32::from_le_bytes(*len).try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64, text: &str, extra: &[u8]) -> Sending {
        Sending { number, began_at: -7, text: text.to_owned(), extra: extra.to_vec() }
    }

    fn three() -> (Vec<Sending>, Vec<u8>) {
        let all = vec![entry(1, "a\0\u{202e}😀", &[]), entry(u64::MAX, "", &[0, 255]), entry(9, "c", b"extra")];
        let mut bytes = Vec::new();
        all.iter().for_each(|entry| entry.push_to(&mut bytes));
        (all, bytes)
    }

    #[test]
    fn what_goes_in_comes_out() {
        let (mut all, mut bytes) = three();
        assert!(Sending::all_of(&bytes).unwrap() == all);
        assert!(Sending::take_from(&mut bytes, u64::MAX).unwrap() == Some(all.remove(1)));
        assert!(Sending::take_from(&mut bytes, u64::MAX).unwrap().is_none());
        assert!(Sending::all_of(&bytes).unwrap() == all);
    }

    #[test]
    fn what_is_cut_off_or_of_a_later_version_is_an_error() {
        let (_, bytes) = three();
        let whole: Vec<usize> = (0..bytes.len()).filter(|len| Sending::all_of(&bytes[..*len]).is_ok()).collect();
        assert_eq!(whole.len(), 3, "nothing, one, two");
        assert!(matches!(Sending::all_of(&[2, 0]), Err(Error::SchemaTooNew { found: 2, .. })));
        assert!(matches!(Sending::all_of(&[0, 0]), Err(Error::Corrupt { .. })));
    }
}
