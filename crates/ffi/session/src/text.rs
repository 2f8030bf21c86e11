//! Texts as they come over a border.

use crate::{Failure, Result};

/// A text as another language gave it: it may be none, and it may be no Unicode.
///
/// ```
/// use chat_drafts_session::Text;
///
/// assert_eq!(Text::utf8(Some("hi".as_bytes())), Text::Valid("hi".into()));
/// assert_eq!(Text::utf8(Some(b"\xff")), Text::Invalid);
/// assert_eq!(Text::utf16(Some(&[0xd83d])), Text::Invalid, "a lone surrogate");
/// assert_eq!(Text::utf16(None), Text::None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Text {
    /// NULL, nil, null.
    None,
    /// A text.
    Valid(String),
    /// Bytes that are not UTF-8, or a surrogate without its other half: never stored as something else.
    Invalid,
}

impl Text {
    /// From UTF-8.
    pub fn utf8(bytes: Option<&[u8]>) -> Self {
        let Some(bytes) = bytes else { return Self::None };
        std::str::from_utf8(bytes).map_or(Self::Invalid, |text| Self::Valid(text.to_owned()))
    }

    /// From UTF-16.
    pub fn utf16(units: Option<&[u16]>) -> Self {
        let Some(units) = units else { return Self::None };
        String::from_utf16(units).map_or(Self::Invalid, Self::Valid)
    }

    /// The text of a parameter that must be there.
    pub(crate) fn required(self, parameter: &str) -> Result<String> {
        match self {
            Self::None => Err(Failure::invalid_parameter(parameter, "it is null")),
            given => given.optional(parameter).map(Option::unwrap_or_default),
        }
    }

    /// The text of a parameter that may be null.
    ///
    /// # Errors
    /// 6017 if it is no Unicode.
    pub fn optional(self, parameter: &str) -> Result<Option<String>> {
        match self {
            Self::None => Ok(None),
            Self::Valid(text) => Ok(Some(text)),
            Self::Invalid => Err(Failure::invalid_parameter(parameter, "it is not Unicode text")),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Valid(text.to_owned())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Valid(_) => "Valid(..)",
            Self::Invalid => "Invalid",
        })
    }
}
