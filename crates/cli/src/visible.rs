//! Characters that would disturb a line, made visible.

/// Whether a character moves the cursor, breaks the line, turns its direction, or hides.
///
/// Joiners, variation selectors and tags are none of these: they are parts of letters and emoji.
pub(crate) fn disturbs(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

/// The text with every character that [`disturbs`] shown: as a picture where there is one, else as its number.
pub(crate) fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|character| {
        let (shown, escaped) = match character {
            '\n' => (Some('⏎'), None),
            '\u{7f}' => (Some('␡'), None),
            '\0'..' ' => (char::from_u32(0x2400 + u32::from(character)), None),
            character if disturbs(character) => (None, Some(character.escape_unicode())),
            character => (Some(character), None),
        };
        shown.into_iter().chain(escaped.into_iter().flatten())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        visible(text).collect()
    }

    #[test]
    fn control_characters_become_pictures_or_numbers() {
        assert_eq!(shown("a\nb\tc\r\0\u{1b}[31m\u{7f}"), "a⏎b␉c␍␀␛[31m␡");
        assert_eq!(shown("\u{85}\u{9b}31m"), "\\u{85}\\u{9b}31m");
    }

    #[test]
    fn what_turns_the_direction_or_hides_becomes_a_number() {
        for character in
            "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\
                          \u{2066}\u{2067}\u{2068}\u{2069}\u{feff}\u{fff9}"
                .chars()
        {
            assert_eq!(shown(&character.to_string()), format!("\\u{{{:x}}}", u32::from(character)));
        }
    }

    #[test]
    fn everything_else_stays() {
        let text =
            "é e\u{301} 你好 שלום می\u{200c}خواهم 👩\u{200d}👩\u{200d}👧 🏴\u{e0067}\u{e0062}\u{e007f} ❤\u{fe0f}\u{a0}";
        assert_eq!(shown(text), text);
    }
}
