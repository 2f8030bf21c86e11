//! The verbs.

use std::io::{IsTerminal, stdout};

use chat_drafts::{ConversationId, Query};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::{Args, Verb};
use crate::failure::Failure;
use crate::json;
use crate::print::print;
use crate::row::row;
use crate::session::Missing::{Create, Refuse};
use crate::session::session;
use crate::text::text;

/// How a verb ended, if nothing failed.
pub(crate) enum Answer {
    /// It did what it was asked for.
    Done,
    /// The conversation has no draft to print.
    NoDraft,
}

/// Does what was asked for.
pub(crate) async fn run(args: Args) -> Result<Answer, Failure> {
    let store = &args.store;
    match args.verb {
        Verb::Set { id, text } => set(store, &id, text).await,
        Verb::Get { id, json } => return get(store, &id, json).await,
        Verb::Clear { id } => clear(store, &id).await,
        Verb::List { all, limit, json } => list(store, all, limit, json).await,
        Verb::Copy { from, to, json } => copy(&from, &to, json).await,
        Verb::Check { json } => check(store, json).await,
    }?;
    Ok(Answer::Done)
}

async fn set(store: &str, id: &str, typed: String) -> Result<(), Failure> {
    // What can be refused is refused before a file is created.
    let id = parse("set", id)?;
    let text = text(typed)?;
    session(store, Create, async |drafts| {
        drafts.set(&id, text).await.map_err(failed("set in", store))?;
        Ok(())
    })
    .await
}

async fn get(store: &str, id: &str, json: bool) -> Result<Answer, Failure> {
    let id = parse("get", id)?;
    let found =
        session(store, Refuse, async |drafts| drafts.conversations().get(&id).await.map_err(failed("get from", store)))
            .await?;
    let Some((conversation, draft)) = found.as_ref().and_then(|found| Some((found, found.draft()?))) else {
        return Ok(Answer::NoDraft);
    };
    if json {
        print(&json::line(&json::Row::from(conversation))?)?;
    } else {
        print(draft.text().as_bytes())?;
        if stdout().is_terminal() {
            print(b"\n")?;
        }
    }
    Ok(Answer::Done)
}

async fn clear(store: &str, id: &str) -> Result<(), Failure> {
    let id = parse("clear", id)?;
    session(store, Refuse, async |drafts| {
        drafts.clear(&id).await.map_err(failed("clear in", store))?;
        Ok(())
    })
    .await
}

async fn list(store: &str, all: bool, limit: Option<usize>, json: bool) -> Result<(), Failure> {
    let page = session(store, Refuse, async |drafts| {
        let query = limit.map_or_else(Query::all, Query::first);
        let listed = if all { drafts.conversations().list(query).await } else { drafts.list(query).await };
        listed.map_err(failed("list", store))
    })
    .await?;
    if json {
        let rows: Vec<json::Row<'_>> = page.items.iter().map(Into::into).collect();
        return print(&json::line(&rows)?);
    }
    let (width, now, zone) = (width(), Timestamp::now(), TimeZone::system());
    let rows = page.items.iter().map(|conversation| row(conversation, width, now, &zone) + "\n");
    print(rows.collect::<String>().as_bytes())
}

/// How wide a row may be.
fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(stdout());
    // A terminal that says 0 does not know.
    terminal.map(|(width, _)| usize::from(width.0)).filter(|width| *width > 0).unwrap_or(80)
}

async fn copy(from: &str, to: &str, json: bool) -> Result<(), Failure> {
    let copied = session(from, Refuse, async |source| {
        // A source that cannot be read must not leave a new, empty target behind.
        source.check().await.map_err(failed("read", from))?;
        session(to, Create, async |target| {
            chat_drafts::copy(source.store(), target.store()).await.map_err(failed("copy to", to))
        })
        .await
    })
    .await?;
    let copied = json::Copied { conversations: copied.conversations, digest: hex(copied.digest) };
    if json {
        return print(&json::line(&copied)?);
    }
    print(format!("copied: {}, digest {}\n", count(copied.conversations, "conversation"), copied.digest).as_bytes())
}

async fn check(store: &str, json: bool) -> Result<(), Failure> {
    let checked = session(store, Refuse, async |drafts| {
        let failed = failed("check", store);
        drafts.check().await.map_err(&failed)?;
        let all = drafts.conversations().list(Query::all()).await.map_err(&failed)?.items;
        let digest = chat_drafts::digest(drafts.store()).await.map_err(&failed)?;
        let drafts = all.iter().filter(|conversation| conversation.draft().is_some()).count();
        Ok(json::Checked { conversations: all.len(), drafts, digest: hex(digest) })
    })
    .await?;
    if json {
        return print(&json::line(&checked)?);
    }
    let (conversations, drafts) = (count(checked.conversations, "conversation"), count(checked.drafts, "draft"));
    print(format!("ok: {conversations}, {drafts}, digest {}\n", checked.digest).as_bytes())
}

fn parse(verb: &str, id: &str) -> Result<ConversationId, Failure> {
    id.parse().map_err(|error: chat_drafts::Error| Failure::new(verb, &error))
}

fn failed(what: &str, store: &str) -> impl Fn(chat_drafts::Error) -> Failure {
    move |error| Failure::new(format_args!("{what} {store}"), &error)
}

fn hex(digest: u64) -> String {
    format!("{digest:016x}")
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
