//! What scripts read.

use std::io;

use chat_drafts::{Conversation, Draft};
use serde::Serialize;
use serde_json::ser::Formatter;

use crate::failure::Failure;
use crate::visible::disturbs;

/// A conversation, as `get --json` and `list --json` show it.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    id: &'a str,
    text: Option<&'a str>,
    /// Lower-case hex.
    extra: Option<String>,
    /// Of the draft, or of its absence.
    revision: u64,
    /// Milliseconds since the Unix epoch, UTC.
    updated_at: Option<i64>,
    order_key: u64,
    pinned: bool,
}

impl<'a> From<&'a Conversation> for Row<'a> {
    fn from(conversation: &'a Conversation) -> Self {
        let draft = conversation.draft();
        Self {
            id: conversation.id().as_str(),
            text: draft.map(Draft::text),
            extra: draft.map(Draft::extra).filter(|extra| !extra.is_empty()).map(hex),
            revision: conversation.draft_state().revision().get(),
            updated_at: draft.map(Draft::updated_at),
            order_key: conversation.order_key().get(),
            pinned: conversation.is_pinned(),
        }
    }
}

/// What `copy --json` shows.
#[derive(Serialize)]
pub(crate) struct Copied {
    pub(crate) conversations: usize,
    pub(crate) digest: String,
}

/// What `check --json` shows.
#[derive(Serialize)]
pub(crate) struct Checked {
    pub(crate) conversations: usize,
    pub(crate) drafts: usize,
    pub(crate) digest: String,
}

/// One line of JSON.
pub(crate) fn line(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut line, Escaping))
        .map_err(|error| Failure::new("write JSON", &error))?;
    line.push(b'\n');
    Ok(line)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compact JSON in which a character that would disturb a terminal is written as its number. To whoever parses it, it is
/// the same text.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(disturbs) {
            let mut plain = piece.chars();
            let end = plain.next_back().filter(|end| disturbs(*end));
            writer.write_all(if end.is_some() { plain.as_str() } else { piece }.as_bytes())?;
            for unit in end.iter().flat_map(|end| end.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_reads_back() {
        let text = "\"a\"\\\n\u{1b}\u{7f}\u{9b}b\u{202e}\u{feff}😀é";
        let line = String::from_utf8(line(&text).unwrap()).unwrap();
        assert_eq!(line, "\"\\\"a\\\"\\\\\\n\\u001b\\u007f\\u009bb\\u202e\\ufeff😀é\"\n");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    #[test]
    fn hex_is_lower_case_and_keeps_zeros() {
        assert_eq!(hex(&[0, 0x0f, 0xab]), "000fab");
    }
}
