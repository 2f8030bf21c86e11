//! What clap has to say, in one line.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::Failure;
use crate::print::print;

/// Prints help or the version if that was asked for, and fails otherwise.
pub(crate) fn answer(refused: &clap::Error) -> Result<(), Failure> {
    match refused.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => print(refused.render().to_string().as_bytes()),
        _ => Err(Failure::told(&format!("usage: {} (try --help)", why(refused)))),
    }
}

/// What is wrong with the command line. Nothing that was typed is repeated: it may be a part of a draft.
fn why(refused: &clap::Error) -> String {
    let mut why = match refused.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "a verb is missing",
        ErrorKind::InvalidSubcommand => "there is no such verb",
        ErrorKind::UnknownArgument => "there is an argument too many; a text of several words needs quotes",
        ErrorKind::MissingRequiredArgument => "an argument is missing",
        ErrorKind::InvalidValue => "a value is missing",
        ErrorKind::ArgumentConflict => "an option is given twice",
        ErrorKind::ValueValidation => "a value is not right",
        ErrorKind::InvalidUtf8 => "an argument is not valid UTF-8",
        kind => kind.as_str().unwrap_or("these arguments cannot be used"),
    }
    .to_owned();
    // Only for this kind it is what was typed; for all others it is what is declared.
    if refused.kind() != ErrorKind::UnknownArgument {
        append(&mut why, ": ", refused.get(ContextKind::InvalidArg));
    }
    append(&mut why, "; did you mean ", refused.get(ContextKind::SuggestedArg));
    append(&mut why, "; did you mean ", refused.get(ContextKind::SuggestedSubcommand));
    if let Some(source) = refused.source() {
        why.push_str(&format!(": {source}"));
    }
    why
}

fn append(why: &mut String, before: &str, value: Option<&ContextValue>) {
    let value = match value {
        Some(ContextValue::String(value)) => value.clone(),
        Some(ContextValue::Strings(values)) => values.join(", "),
        _ => return,
    };
    why.push_str(before);
    why.push_str(&value);
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    fn refusal(args: &[&str]) -> String {
        let args = ["drafts"].iter().chain(args);
        let Err(refused) = Args::try_parse_from(args) else { panic!("they are fine") };
        answer(&refused).unwrap_err().to_string()
    }

    #[test]
    fn every_refusal_is_one_line_that_repeats_nothing() {
        const TOO_MANY: &str = "there is an argument too many; a text of several words needs quotes";
        let cases: [(&[&str], &str); 9] = [
            (&[], "a verb is missing"),
            (&["secret"], "there is no such verb"),
            (&["lst"], "there is no such verb; did you mean list"),
            (&["set"], "an argument is missing: <ID>, <TEXT>"),
            (&["list", "--jso"], &format!("{TOO_MANY}; did you mean --json")),
            (&["set", "c2c_bob", "a", "secret"], TOO_MANY),
            (&["list", "--limit", "secret"], "a value is not right: --limit <N>: invalid digit found in string"),
            (&["list", "--limit"], "a value is missing: --limit <N>"),
            (&["--store", "a", "--store", "secret", "list"], "an option is given twice: --store <URL>"),
        ];
        for (args, expected) in cases {
            assert_eq!(refusal(args), format!("usage: {expected} (try --help)"));
        }
    }

    #[test]
    fn a_text_may_begin_with_a_hyphen() {
        for text in ["-", "--", "- milk", "-1", "--milk", "-m"] {
            let typed: &[&str] =
                if text == "--" { &["drafts", "set", "-1001", "--", text] } else { &["drafts", "set", "-1001", text] };
            let Ok(args) = Args::try_parse_from(typed) else { panic!("{text}") };
            assert!(matches!(args.verb, crate::args::Verb::Set { id, text: it } if id == "-1001" && it == text));
        }
    }
}
