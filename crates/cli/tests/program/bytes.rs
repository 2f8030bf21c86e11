//! What goes in comes out, byte for byte.

use crate::sandbox::on_every_engine;

const TEXTS: [&str; 9] = [
    "I'll be there at ",
    " \t\n",
    "\n",
    "line\r\nline\n\n",
    "\u{202e}txt\u{202c}\u{2066}x\u{2069}\u{200f}",
    "👩\u{200d}👩\u{200d}👧 🇩🇪 e\u{301} é",
    "\u{feff}\u{1b}[31m\u{7f}\u{9b}",
    "你好，世界",
    "\"'\\$(x)`%s{}",
];

#[test]
fn from_the_command_line() {
    on_every_engine(|here| {
        for text in TEXTS {
            here.run(&["set", "c2c_bob", text]).printed();
            assert_eq!(here.run(&["get", "c2c_bob"]).printed(), text.as_bytes());
            assert_eq!(here.run(&["get", "c2c_bob", "--json"]).json()["text"], text);
        }
        for text in ["- milk", "-x", "--", "--json", "-h"] {
            here.run(&["set", "c2c_bob", "--", text]).printed();
            assert_eq!(here.run(&["get", "c2c_bob"]).printed(), text.as_bytes());
        }
    });
}

#[test]
fn from_stdin() {
    on_every_engine(|here| {
        let longest = "é".repeat(512 * 1024);
        for text in TEXTS.into_iter().chain(["a\0b\0", "\0", "-", &longest]) {
            here.run_reading(&["set", "c2c_bob", "-"], text.as_bytes()).printed();
            assert_eq!(here.run(&["get", "c2c_bob"]).printed(), text.as_bytes());
            assert_eq!(here.run(&["get", "c2c_bob", "--json"]).json()["text"], text);
        }
    });
}

#[test]
fn ids_too() {
    on_every_engine(|here| {
        let longest = "x".repeat(512);
        let ids = ["c2c_group_x", "!room:host", " ", "../../etc", "\u{202e}rtl", "😀", "'; --", &longest];
        for id in ids {
            here.run(&["set", id, id]).printed();
        }
        for id in ids {
            assert_eq!(here.run(&["get", id]).text(), id);
            assert_eq!(here.run(&["get", id, "--json"]).json()["id"], id);
        }
        assert_eq!(here.run(&["list"]).text().lines().count(), ids.len());
    });
}
