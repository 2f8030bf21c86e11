//! What was acknowledged survives SIGKILL.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::{BufRead, BufReader, Write};

use chat_drafts::{ConversationId, open, open_existing};
use pollster::block_on;

const KILLS: usize = 50;
const CONVERSATIONS: usize = 20;

fn user(number: usize) -> ConversationId {
    ConversationId::user(number.to_string()).unwrap()
}

/// The child's work: write numbers, each into the next conversation, and print each when it is acknowledged.
#[test]
fn writes_until_it_is_killed() {
    let Some(url) = support::child_url() else { return };
    let drafts = block_on(open(&url)).unwrap().blocking();
    let mut latest = 0;
    for number in 0..CONVERSATIONS {
        latest = latest.max(drafts.get(&user(number)).unwrap().map_or(0, |draft| draft.text().parse().unwrap()));
    }
    let mut out = std::io::stdout().lock();
    for number in latest + 1.. {
        drafts.set(&user(number % CONVERSATIONS), number.to_string()).unwrap();
        writeln!(out, "ack {number}").unwrap();
        out.flush().unwrap();
    }
}

fn survives(url: &str) {
    let mut acknowledged = [0; CONVERSATIONS];
    let mut random: u64 = 0x5eed;
    for kill in 0..KILLS {
        let mut child = support::start_child("writes_until_it_is_killed", url);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let patience = 1 + (random >> 33) % 40;
        let mut note = |line: std::io::Result<String>| {
            if let Some(number) = line.unwrap().strip_prefix("ack ").and_then(|number| number.parse::<usize>().ok()) {
                acknowledged[number % CONVERSATIONS] = number;
                return true;
            }
            false
        };
        let mut heard = 0;
        while heard < patience {
            heard += u64::from(note(lines.next().expect("the child writes until it is killed")));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines {
            note(line);
        }
        let drafts = block_on(open_existing(url)).unwrap().blocking();
        for (conversation, &acknowledged) in acknowledged.iter().enumerate() {
            let found = drafts.get(&user(conversation)).unwrap().map_or(0, |draft| draft.text().parse().unwrap());
            // The one that was under way may be there too.
            assert!(
                found == acknowledged || found > acknowledged && found % CONVERSATIONS == conversation,
                "kill {kill}: {acknowledged} is lost, {found} is there"
            );
        }
        drafts.check().unwrap();
        drafts.close().unwrap();
    }
    assert!(acknowledged.iter().max().unwrap() > &KILLS, "the children have written something");
}

#[test]
fn survives_with_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survives(&format!("sqlite:{}", folder.path().join("alice.db").display()));
}

#[test]
fn survives_with_redb() {
    let folder = tempfile::tempdir().unwrap();
    survives(&format!("redb:{}", folder.path().join("alice.redb").display()));
}
