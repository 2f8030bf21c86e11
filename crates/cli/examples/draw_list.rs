//! Draws `docs/drafts-list.svg` from what `drafts list --all` really prints:
//! `cargo run -p chat-drafts-cli --example draw_list`.
//!
//! Times of today are shown as hours and minutes, so the newer chats of the picture are of today, and it comes out the
//! same on every day.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chat_drafts::{Clock, ConversationId, ConversationUpdate, Drafts, LastMessage, SqliteStore};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns of the picture: what the program takes where there is no terminal.
const COLUMNS: f64 = 80.0;
/// A cell in pixels, at this size of the font.
const CELL: f64 = 8.43;
const FONT_SIZE: u32 = 14;
const LINE: f64 = 24.0;
const MARGIN: f64 = 20.0;
const TITLE_BAR: f64 = 36.0;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("drafts.db");
    pollster::block_on(fill(&path))?;
    let rows = list(&path)?;
    let lines: Vec<&str> = std::iter::once("$ drafts list --all").chain(rows.lines()).collect();
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/drafts-list.svg");
    std::fs::write(picture, draw(&lines)?)?;
    eprintln!("docs/drafts-list.svg has {} lines", lines.len());
    Ok(())
}

/// A clock that is set by hand.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A draft, or a chat without one.
struct Chat {
    id: &'static str,
    name: &'static str,
    day: Date,
    time: (i8, i8),
    text: &'static str,
}

/// The chats, oldest first, the last one pinned.
fn chats(today: Date) -> Result<[Chat; 8], jiff::Error> {
    let chat = |id, name, day, time, text| Chat { id, name, day, time, text };
    Ok([
        chat("group_norway", "Norway 2023", date(2023, 7, 17), (15, 18), "We should do this again"),
        chat(
            "c2c_olsen",
            "Ms. Olsen",
            date(2025, 12, 30),
            (10, 2),
            "About the kitchen window: it still does not close, and",
        ),
        chat("c2c_grandma", "Grandma", today, (8, 3), ""),
        chat("c2c_mum", "Mum", today, (8, 47), "Shopping:\n- tea\n- oranges & lemons\n- something nice"),
        chat("group_books", "Book club", today, (9, 12), "I'm on chapter 4 <3 no spoilers, please"),
        chat("c2c_xiaoming", "小明", today, (9, 26), "明天见！我带茶 🍵"),
        chat("c2c_bob", "Bob", today, (9, 38), "I'll be there at"),
        chat("group_climbing", "Climbing 🧗", today, (7, 30), "Saturday at nine? I'll bring the rope and the cookies"),
    ])
}

async fn fill(path: &Path) -> Result<(), Box<dyn Error>> {
    let clock = Hand::default();
    let drafts = Drafts::builder(SqliteStore::open(path)?).clock(clock.clone()).build()?;
    let conversations = drafts.conversations();
    let chats = chats(Timestamp::now().to_zoned(TimeZone::UTC).date())?;
    for chat in &chats {
        let id: ConversationId = chat.id.parse()?;
        let time = chat.day.at(chat.time.0, chat.time.1, 0, 0).to_zoned(TimeZone::UTC)?.timestamp().as_millisecond();
        clock.0.store(time, Ordering::Relaxed);
        let message = LastMessage::new(time, "See you!");
        conversations.update(&id, ConversationUpdate::new().show_name(chat.name).last_message(message)).await?;
        drafts.set(&id, chat.text).await?;
    }
    if let Some(last) = chats.last() {
        conversations.pin(&last.id.parse()?, true).await?;
    }
    Ok(drafts.close().await?)
}

/// What the program prints.
fn list(path: &Path) -> Result<String, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--manifest-path", manifest, "--bin", "drafts", "--"])
        .args(["list", "--all", "--store"])
        .arg(format!("sqlite:{}", path.display()))
        .env("TZ", "UTC")
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A window of a terminal with these lines in it.
fn draw(lines: &[&str]) -> Result<String, std::fmt::Error> {
    let width = COLUMNS * CELL + 2.0 * MARGIN;
    let height = TITLE_BAR + LINE * lines.len() as f64 + MARGIN;
    let mut svg = String::new();
    writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" role="img"
  viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}">
<title>What drafts list --all prints: the conversations of an account with their unsent texts</title>
<rect width="100%" height="100%" rx="10" fill="#1b1f27"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/>
<circle cx="40" cy="18" r="6" fill="#febc2e"/>
<circle cx="60" cy="18" r="6" fill="#28c840"/>
<g xml:space="preserve" fill="#d7dce5" font-size="{FONT_SIZE}"
  font-family="'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace">"##
    )?;
    for (number, line) in lines.iter().enumerate() {
        let y = TITLE_BAR + LINE * (number as f64 + 0.75);
        let fill = if number == 0 { r##" fill="#8fd18f""## } else { "" };
        write!(svg, r#"<text y="{y:.1}"{fill}>"#)?;
        for run in runs(line) {
            let x = MARGIN + CELL * run.column as f64;
            let length = CELL * run.text.width() as f64;
            let text = escape(&run.text);
            write!(svg, r#"<tspan x="{x:.1}" textLength="{length:.1}">{text}</tspan>"#)?;
        }
        writeln!(svg, "</text>")?;
    }
    writeln!(svg, "</g>\n</svg>")?;
    Ok(svg)
}

/// A piece of a line and the column where it begins.
struct Run {
    column: usize,
    text: String,
}

/// The line in pieces, each at its own place, so that it lines up in fonts whose wide letters are not two cells wide: one
/// of every wide letter, and one between two gaps.
fn runs(line: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut column, mut joins, mut blanks) = (0, false, 0);
    for cluster in line.graphemes(true) {
        let width = cluster.width();
        if cluster == " " {
            blanks += 1;
        } else {
            match runs.last_mut().filter(|_| joins && width == 1 && blanks < 2) {
                Some(run) => run.text.extend(std::iter::repeat_n(" ", blanks).chain([cluster])),
                None => runs.push(Run { column, text: cluster.to_owned() }),
            }
            (joins, blanks) = (width == 1, 0);
        }
        column += width;
    }
    runs
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
