//! A folder of its own, and the program in it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use chat_drafts::Drafts;
use tempfile::TempDir;

/// A draft's text that no error may show.
pub(crate) const SECRET: &str = "the-secret-of-this-draft";

/// The engines that keep a file.
pub(crate) const ENGINES: [&str; 2] = ["sqlite", "redb"];

/// An empty folder in which the program runs on one engine.
pub(crate) struct Sandbox {
    folder: TempDir,
    pub(crate) engine: &'static str,
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Does the same on every engine; what fails names the engine above it.
pub(crate) fn on_every_engine(test: impl Fn(&Sandbox)) {
    for engine in ENGINES {
        eprintln!("engine: {engine}");
        test(&Sandbox::new(engine));
    }
}

impl Sandbox {
    pub(crate) fn new(engine: &'static str) -> Self {
        Self { folder: TempDir::new().unwrap(), engine }
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of a store in the folder, as it is typed there.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}:{name}", self.engine)
    }

    /// The drafts of the store `drafts.db`, for what the program cannot do itself. The caller closes them.
    pub(crate) fn library(&self) -> Drafts {
        let url = format!("{}:{}", self.engine, self.path("drafts.db").display());
        pollster::block_on(chat_drafts::open(&url)).unwrap()
    }

    /// A command that runs the program here.
    pub(crate) fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drafts"));
        command.args(args).current_dir(self.folder.path()).env("TZ", "UTC").stdin(Stdio::null());
        command
    }

    /// Runs the program with just these arguments.
    pub(crate) fn run_plain(&self, args: &[impl AsRef<OsStr>]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Runs the program on the store `drafts.db`.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_plain(&self.with_store(args))
    }

    /// Runs the program on the store `drafts.db`, and gives it these bytes to read.
    pub(crate) fn run_reading(&self, args: &[&str], stdin: &[u8]) -> Ran {
        let mut command = self.command(&self.with_store(args));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that refuses early does not read it all.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        child.wait_with_output().unwrap().into()
    }

    /// Every file in the folder and what is in it, but for memory that SQLite's processes share: a file with nothing of the
    /// store in it.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }

    fn with_store(&self, args: &[&str]) -> Vec<String> {
        let store = ["--store".to_owned(), self.url("drafts.db")];
        store.into_iter().chain(args.iter().map(|arg| (*arg).to_owned())).collect()
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        }
        if !path.as_os_str().to_string_lossy().ends_with("-shm") {
            files.insert(path.clone(), fs::read(&path).ok());
        }
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let stderr = String::from_utf8(output.stderr).unwrap();
        Self { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Ran {
    /// What it printed, if it did its work and said nothing else.
    #[track_caller]
    pub(crate) fn printed(self) -> Vec<u8> {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "it should have done its work");
        self.stdout
    }

    /// What it printed, as text.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        String::from_utf8(self.printed()).unwrap()
    }

    /// What it printed, as JSON: one line of it.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        let text = self.text();
        assert_eq!(text.find('\n'), Some(text.len() - 1));
        serde_json::from_str(&text).unwrap()
    }

    /// The one line it told, if it refused.
    #[track_caller]
    pub(crate) fn refusal(self) -> String {
        assert_eq!((self.code, self.stdout.as_slice()), (Some(2), &b""[..]), "it should have refused: {}", self.stderr);
        let line = self.stderr.strip_suffix('\n').unwrap_or_else(|| panic!("no line: {:?}", self.stderr));
        assert!(line.starts_with("drafts: ") && !line.contains(char::is_control), "not one line: {line:?}");
        assert!(!line.contains(SECRET), "{line}");
        line.to_owned()
    }
}
