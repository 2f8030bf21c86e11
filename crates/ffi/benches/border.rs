//! What `setConversationDraft` costs in C++ and in Java, until its callback is called, over the awaited `set` in Rust,
//! until it has returned.
//!
//! Calls come one by one, and each finds every thread asleep, as those of a person do: a pause goes before it.
//!
//! All are measured in one run: each keeps its store open, and they take turns, round by round. The anchor is a plain
//! flush, an overwrite of 4 KiB and `fdatasync`; on a machine where that is disturbed there is no verdict. One line a goal
//! goes to the screen and anew to `border.jsonl` in the target folder.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use chat_drafts::{ConversationId, Drafts};
use chat_drafts_session::{Config, Session, Text};

const ROUNDS: usize = 25;
const CALLS: usize = 100;
/// What goes before each call; the programs in other languages do the same.
const PAUSE: Duration = Duration::from_micros(500);
/// What the border may cost, in microseconds.
const GOAL: f64 = 15.0;

/// One who sets drafts, and says how long each call took, in microseconds.
trait Party {
    fn set(&mut self, calls: usize) -> Vec<f64>;
}

/// A text of 200 bytes that is new each time.
fn text(call: usize) -> String {
    format!("{call:0>200}")
}

fn timed(calls: usize, sets: &mut usize, mut call: impl FnMut(String) -> Instant) -> Vec<f64> {
    (0..calls)
        .map(|_| {
            *sets += 1;
            let text = text(*sets);
            std::thread::sleep(PAUSE);
            let begin = Instant::now();
            call(text).duration_since(begin).as_secs_f64() * 1e6
        })
        .collect()
}

/// The call in Rust, awaited: the measure of the others, which hand over to another thread and back as it does.
struct Awaited {
    drafts: Drafts,
    sets: usize,
}

/// The call in Rust that does all on the caller's thread, to be seen beside the others.
struct Blocking(Awaited);

impl Awaited {
    fn open(folder: &Path, store: &str) -> Self {
        let drafts = pollster::block_on(chat_drafts::open_account(folder, store, "bench")).unwrap();
        Self { drafts, sets: 0 }
    }
}

impl Party for Blocking {
    fn set(&mut self, calls: usize) -> Vec<f64> {
        let id = ConversationId::user("bench").unwrap();
        let drafts = self.0.drafts.blocking();
        timed(calls, &mut self.0.sets, |text| {
            drafts.set(&id, text).unwrap();
            Instant::now()
        })
    }
}

impl Party for Awaited {
    fn set(&mut self, calls: usize) -> Vec<f64> {
        let id = ConversationId::user("bench").unwrap();
        timed(calls, &mut self.sets, |text| {
            pollster::block_on(self.drafts.set(&id, text)).unwrap();
            Instant::now()
        })
    }
}

/// The session in Rust, with its callback.
struct InSession {
    session: Session,
    sets: usize,
}

impl InSession {
    fn open(folder: &Path, store: &str) -> Self {
        let session = Session::default();
        assert!(session.init(Config::new(1, folder).store(store)));
        let (sender, receiver) = channel();
        session.login("bench".into(), move |answer| sender.send(answer).unwrap());
        receiver.recv().unwrap().unwrap();
        Self { session, sets: 0 }
    }
}

impl Party for InSession {
    fn set(&mut self, calls: usize) -> Vec<f64> {
        let (sender, receiver) = channel();
        timed(calls, &mut self.sets, |text| {
            let sender = sender.clone();
            let answer = move |answer: chat_drafts_session::Result<()>| {
                let came = Instant::now();
                answer.unwrap();
                sender.send(came).unwrap();
            };
            self.session.set_draft("c2c_bench".into(), Text::Valid(text), answer);
            receiver.recv().unwrap()
        })
    }
}

/// A program in another language: it reads how many calls to make, and prints how many nanoseconds passed until each callback.
struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(mut command: Command, folder: &Path, store: &str) -> Self {
        let command = command.arg(folder).arg(store).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let mut program = Self { output: BufReader::new(child.stdout.take().unwrap()), input, child };
        assert_eq!(program.line(), "ready");
        program
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Party for Program {
    fn set(&mut self, calls: usize) -> Vec<f64> {
        writeln!(self.input.as_mut().unwrap(), "{calls}").unwrap();
        self.line().split(' ').map(|nanoseconds| nanoseconds.parse::<f64>().unwrap() / 1e3).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.input = None;
        self.child.wait().unwrap();
    }
}

/// A plain flush.
struct Anchor(File);

impl Party for Anchor {
    fn set(&mut self, calls: usize) -> Vec<f64> {
        let block = [7; 4096];
        timed(calls, &mut 0, |_| {
            self.0.seek(SeekFrom::Start(0)).unwrap();
            self.0.write_all(&block).unwrap();
            self.0.sync_data().unwrap();
            Instant::now()
        })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The places in an order that differs from round to round, so that nobody always comes behind the same one.
fn order(parties: usize, random: &mut u64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..parties).collect();
    for place in (1..parties).rev() {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        places.swap(place, (*random >> 33) as usize % (place + 1));
    }
    places
}

fn programs(built: &Path) -> [(&'static str, Command); 2] {
    let cpp = Command::new(built.join("cpp"));
    let mut java = Command::new("java");
    java.arg("-cp").arg(built.join("classes")).arg(format!("-Djava.library.path={}", built.display())).arg("Bench");
    [("C++", cpp), ("Java", java)]
}

fn measure(store: &str, built: &Path, lines: &mut Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let anchor = Anchor(File::create(folder.path().join("anchor")).unwrap());
    let mut parties: Vec<(&str, Box<dyn Party>)> = vec![
        ("a plain flush", Box::new(anchor)),
        ("Rust, awaited", Box::new(Awaited::open(&of("awaited"), store))),
        ("Rust, blocking", Box::new(Blocking(Awaited::open(&of("blocking"), store)))),
        ("Rust, the session's callback", Box::new(InSession::open(&of("session"), store))),
    ];
    for (name, command) in programs(built) {
        parties.push((name, Box::new(Program::start(command, &of(name), store))));
    }
    // A virtual machine compiles what it sees often.
    parties.iter_mut().for_each(|(_, party)| drop(party.set(1_000)));
    let mut medians = vec![Vec::new(); parties.len()];
    let mut random = 1;
    for _ in 0..ROUNDS {
        for place in order(parties.len(), &mut random) {
            medians[place].push(median(parties[place].1.set(CALLS)));
        }
    }
    let anchor = &medians[0];
    let (low, high) = (anchor.iter().copied().fold(f64::MAX, f64::min), anchor.iter().copied().fold(0.0, f64::max));
    let is_quiet = store == "memory" || (median(anchor.clone()) <= 2_000.0 && high <= 1.5 * low);
    println!(
        "{store}, p50 in microseconds; a plain flush in this run: {:.1} ({low:.1} to {high:.1})",
        median(anchor.clone())
    );
    for place in 1..3 {
        println!("  {:<32}{:>8.1}", parties[place].0, median(medians[place].clone()));
    }
    for place in 3..parties.len() {
        let over = median(medians[place].iter().zip(&medians[1]).map(|(party, rust)| party - rust).collect());
        let holds = if is_quiet { (over <= GOAL).to_string() } else { "null".to_owned() };
        println!(
            "  {:<32}{:>8.1}   over awaited {over:>6.1}   goal {GOAL:.0}   holds {holds}",
            parties[place].0,
            median(medians[place].clone()),
        );
        lines.push(format!(
            r#"{{"what":"{}, {store}: microseconds over the awaited call in Rust","ratio":{over:.1},"goal":{GOAL:.0},"holds":{holds}}}"#,
            parties[place].0
        ));
    }
}

fn main() {
    let built = tempfile::tempdir().unwrap();
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/build.sh");
    assert!(Command::new(build).arg(built.path()).status().unwrap().success(), "the programs cannot be built");
    let mut lines = Vec::new();
    for store in ["memory", "sqlite"] {
        measure(store, built.path(), &mut lines);
    }
    // A bench runs in target/release/deps.
    let target: PathBuf = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("border.jsonl");
    std::fs::write(target, lines.join("\n") + "\n").unwrap();
}
