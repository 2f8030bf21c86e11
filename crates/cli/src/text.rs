//! The text of `set`: from the command line, or from stdin.

use std::io::{self, Read};

use chat_drafts::{Drafts, Error};

use crate::failure::Failure;

/// The longest text a store takes, in bytes: looked at here too, so that a text that is too long creates no file and
/// fills no memory.
const MAX_LEN: usize = Drafts::MAX_TEXT_LEN;

/// The text that was typed; `-` stands for all of stdin.
pub(crate) fn text(typed: String) -> Result<String, Failure> {
    if typed == "-" {
        read(&mut io::stdin().lock())
    } else if typed.len() > MAX_LEN {
        Err(too_long(typed.len() as u64))
    } else {
        Ok(typed)
    }
}

fn read(stdin: &mut impl Read) -> Result<String, Failure> {
    let failed = |error| Failure::new("read stdin", &error);
    let mut bytes = Vec::new();
    stdin.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_LEN {
        // What is behind is counted, never kept.
        let rest = io::copy(stdin, &mut io::sink()).map_err(failed)?;
        return Err(too_long(bytes.len() as u64 + rest));
    }
    // The error tells at which byte, and shows none of them.
    String::from_utf8(bytes).map_err(|error| Failure::new("set", &error.utf8_error()))
}

fn too_long(len: u64) -> Failure {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    Failure::new("set", &Error::TextTooLong { len, max: MAX_LEN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_byte() {
        let text = "a\0b\r\n\u{202e}😀 \n";
        assert_eq!(read(&mut text.as_bytes()).unwrap(), text);
        let longest = "x".repeat(MAX_LEN);
        assert_eq!(read(&mut longest.as_bytes()).unwrap(), longest);
    }

    #[test]
    fn refuses_what_is_too_long_and_what_is_no_text() {
        let long = read(&mut io::repeat(b'x').take(MAX_LEN as u64 + 9)).unwrap_err();
        assert_eq!(long.to_string(), "set: the text has 1048585 bytes, at most 1048576 are allowed");
        let broken = read(&mut &b"secret\xff"[..]).unwrap_err().to_string();
        assert!(broken.contains("utf-8") && !broken.contains("secret"), "{broken}");
    }
}
