//! What can be typed.

use clap::{Parser, Subcommand};

const STORES: &str = "\
A URL is an engine, a colon, and the path of a file: sqlite:drafts.db, redb:/home/alice/drafts.redb.
Only `set`, and `copy` for its target, create a file.

Exit codes: 0 done; 1 `get` found no draft; 2 an error, told in one line on stderr.";

/// Looks into a store of unsent messages, changes it, copies it, checks it.
#[derive(Parser)]
#[command(name = "drafts", version, after_help = STORES)]
pub(crate) struct Args {
    /// The store to use.
    #[arg(long, global = true, value_name = "URL", default_value = "sqlite:drafts.db")]
    pub(crate) store: String,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Set the draft of a conversation; an empty text clears it.
    Set {
        /// The conversation: c2c_USER, group_GROUP, or any other id.
        #[arg(allow_negative_numbers = true)]
        id: String,
        /// The text; `-` reads it from stdin, every byte of it. Put `--` before one that looks like an option.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Print the draft of a conversation, exactly; exit with 1 if it has none.
    Get {
        /// The conversation.
        #[arg(allow_negative_numbers = true)]
        id: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Clear the draft of a conversation; fine if it has none.
    Clear {
        /// The conversation.
        #[arg(allow_negative_numbers = true)]
        id: String,
    },
    /// List the conversations that have a draft: pinned ones first, then newest first.
    List {
        /// List those without a draft too.
        #[arg(long)]
        all: bool,
        /// List this many at most.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// Print a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Copy everything into a new store, of any engine, and compare.
    Copy {
        /// The URL of the store to read. It is left as it is.
        from: String,
        /// The URL of the store to fill.
        to: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Read everything, and tell whether anything is damaged.
    Check {
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
}
