//! Texts and ids that stores elsewhere have damaged, refused or confused.

/// Texts to give back byte for byte. All of them are valid drafts, the blank ones too.
///
/// ```
/// assert!(chat_drafts_testkit::hostile_texts().contains(&"\0".to_owned()));
/// ```
pub fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        " ",
        "  both ends  ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "one\r\ntwo\rthree\nfour\n",
        "\0",
        "\0\0",
        "before\0after",
        "at the end\0",
        "\u{1}\u{1b}[31m\u{7f}\u{85}",
        "\u{feff}byte order mark",
        "\u{202e}right to left\u{202c}\u{2066}\u{2069}\u{200f}",
        "\u{200b}\u{200d}\u{2028}\u{2029}\u{a0}\u{3000}",
        "e\u{301}",
        "\u{e9}",
        "\u{212b} \u{c5} A\u{30a}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{1f3fd}",
        "\u{d7ff}\u{e000}\u{fffd}\u{ffff}\u{10000}\u{10ffff}",
        "'; DROP TABLE drafts; --",
        "\"quoted\" 'quoted' `quoted` \\0 \\n \\",
        "%s %n %00 {} {0} $1 ${HOME} ?1 :name @name",
        "<b>&amp;</b>",
        "{\"json\": null}",
        "NULL",
        "null",
        "true",
        "0",
        "01",
        "1e5",
        "0x10",
        "-0.0",
        "12345678901234567890",
        "x'00'",
    ]
    .map(str::to_owned)
    .into();
    texts.push("long line ".repeat(2_000));
    texts.push("\u{1f600}".repeat(1_000));
    texts.push("\0".repeat(5_000));
    texts
}

/// Ids that are all different and that a careless store takes for each other, for a number, a path or a statement.
///
/// ```
/// let ids = chat_drafts_testkit::hostile_ids();
/// assert!(ids.iter().all(|id| chat_drafts_core::ConversationId::new(id).is_ok()));
/// ```
pub fn hostile_ids() -> Vec<String> {
    let mut ids: Vec<String> = [
        "x",
        "X",
        "x ",
        " x",
        " ",
        "  ",
        "\u{a0}",
        "xx",
        "c2c_x",
        "group_x",
        "C2C_x",
        "Group_x",
        "c2c_group_x",
        "group_c2c_x",
        "c2c_c2c_x",
        "c2c_c2c_",
        "c2c",
        "c2c__",
        "group",
        "c2c_x_",
        "c2c_xy",
        "!room:host.example",
        "!room:HOST.example",
        "@x:host/..",
        ".",
        "..",
        "../x",
        "/x",
        "\\x",
        "C:\\x",
        "x/y",
        "x%2fy",
        "x%00",
        "x%",
        "x_",
        "x*",
        "x'",
        "x''",
        "'; DROP TABLE conversations; --",
        "\"x\"",
        "x\\0",
        "\u{e9}",
        "e\u{301}",
        "\u{fb01}",
        "fi",
        "\u{df}",
        "ss",
        "\u{130}",
        "i",
        "\u{131}",
        "\u{212a}",
        "K",
        "k",
        "\u{3c3}",
        "\u{3c2}",
        "\u{202e}x",
        "x\u{200b}",
        "\u{feff}x",
        "\u{2028}",
        "\u{ffff}",
        "\u{10000}",
        "\u{10ffff}",
        "\u{1f600}",
        "1",
        "01",
        "1.0",
        "1e0",
        "-1",
        "NULL",
        "null",
    ]
    .map(str::to_owned)
    .into();
    let long = "x".repeat(511);
    ids.extend([format!("{long}x"), format!("{long}y"), format!("y{long}"), long, "\u{1f600}".repeat(128)]);
    ids
}
