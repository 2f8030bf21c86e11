//! The composer drafts of matrix-sdk-sqlite, measured on request: a line asks, a line answers. `peer-matrix DRAFTS`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use matrix_sdk_base::StateStore;
use matrix_sdk_base::ruma::{OwnedRoomId, RoomId};
use matrix_sdk_base::store::{ComposerDraft, ComposerDraftType, StateStoreDataKey, StateStoreDataValue};
use matrix_sdk_sqlite::SqliteStateStore;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What the store answers.
type Failure = <SqliteStateStore as StateStore>::Error;

const SAVES: usize = 60;
const FLUSHES: usize = 200;

struct Matrix {
    store: Arc<SqliteStateStore>,
    rooms: Vec<OwnedRoomId>,
    count: usize,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<()> {
    let drafts: usize = std::env::args().nth(1).ok_or("peer-matrix DRAFTS")?.parse()?;
    let folder = tempfile::tempdir()?;
    let mut matrix = Matrix::open(folder.path(), drafts).await?;
    let mut anchor = File::create(folder.path().join("anchor"))?;
    for question in std::io::stdin().lock().lines() {
        let question = question?;
        let answer = match question.split_once(' ') {
            Some(("saves", tasks)) => matrix.saves_a_second(tasks.parse()?).await?,
            None if question == "anchor" => {
                let mut times = Vec::new();
                for _ in 0..FLUSHES {
                    let begun = Instant::now();
                    anchor.seek(SeekFrom::Start(0))?;
                    anchor.write_all(&[7; 4096])?;
                    anchor.sync_data()?;
                    times.push(begun.elapsed());
                }
                median(times)
            }
            None if question == "save" => {
                let mut times = Vec::new();
                for _ in 0..SAVES {
                    let (room, text) = matrix.next();
                    let begun = Instant::now();
                    save(&matrix.store, &room, text).await?;
                    times.push(begun.elapsed());
                }
                median(times)
            }
            None if question == "load" => {
                let mut times = Vec::new();
                for _ in 0..1_000 {
                    let (room, _) = matrix.next();
                    let begun = Instant::now();
                    matrix.store.get_kv_data(StateStoreDataKey::ComposerDraft(&room, None)).await?.ok_or("no draft")?;
                    times.push(begun.elapsed());
                }
                median(times)
            }
            _ => return Err("not a question".into()),
        };
        println!("{answer}");
    }
    Ok(())
}

impl Matrix {
    async fn open(folder: &Path, drafts: usize) -> Result<Self> {
        let rooms = (0..drafts).map(|number| RoomId::parse(format!("!{number}:example.org")));
        let mut matrix = Self {
            store: Arc::new(SqliteStateStore::open(folder, None).await?),
            rooms: rooms.collect::<std::result::Result<_, _>>()?,
            count: 0,
        };
        for _ in 0..drafts {
            let (room, text) = matrix.next();
            save(&matrix.store, &room, text).await?;
        }
        Ok(matrix)
    }

    fn next(&mut self) -> (OwnedRoomId, String) {
        self.count += 1;
        (self.rooms[self.count % self.rooms.len()].clone(), format!("{:0>200}", self.count))
    }

    /// Saves of so many tasks on one executor, a second.
    async fn saves_a_second(&mut self, tasks: usize) -> Result<f64> {
        let each = (6_400 / tasks).max(4);
        let saves: Vec<_> = (0..tasks).map(|_| (0..each).map(|_| self.next()).collect::<Vec<_>>()).collect();
        let begun = Instant::now();
        let tasks: Vec<_> = saves
            .into_iter()
            .map(|saves| {
                let store = Arc::clone(&self.store);
                tokio::spawn(async move {
                    for (room, text) in saves {
                        save(&store, &room, text).await?;
                    }
                    Ok::<_, Failure>(())
                })
            })
            .collect();
        let count = tasks.len() * each;
        for task in tasks {
            task.await??;
        }
        Ok(count as f64 / begun.elapsed().as_secs_f64())
    }
}

async fn save(store: &SqliteStateStore, room: &RoomId, text: String) -> std::result::Result<(), Failure> {
    let draft = ComposerDraft {
        plain_text: text,
        html_text: None,
        draft_type: ComposerDraftType::NewMessage,
        attachments: Vec::new(),
    };
    let (key, value) = (StateStoreDataKey::ComposerDraft(room, None), StateStoreDataValue::ComposerDraft(draft));
    store.set_kv_data(key, value).await
}

/// In microseconds.
fn median(mut times: Vec<std::time::Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}
