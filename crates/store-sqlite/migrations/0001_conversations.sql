-- Schema 1. Draft texts are plain: SELECT id, draft_text FROM conversations WHERE draft_text IS NOT NULL ORDER BY order_key DESC;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY NOT NULL,
    -- 0: only the revision of a forgotten conversation is left, 1: a conversation without a draft, 2: with one,
    -- 3: without a draft, and with texts that are being sent, 4: with both.
    shelf INTEGER NOT NULL,
    -- The sequence of the last change that moved the conversation up the list, plus 2^62 if it is pinned.
    order_key INTEGER NOT NULL,
    -- The sequence of the last change of the draft; 0 if there never was one.
    revision INTEGER NOT NULL,
    draft_text TEXT,
    -- The host's own bytes, kept with the draft.
    draft_extra BLOB,
    -- Milliseconds since 1970, UTC.
    draft_updated_at INTEGER,
    -- Texts that are being sent, in the encoding of chat-drafts-core.
    sending BLOB,
    -- What the host told of the conversation.
    show_name TEXT,
    avatar_url TEXT,
    unread_count INTEGER,
    receive_option INTEGER,
    message_time INTEGER,
    message_body BLOB,
    custom_data BLOB,
    -- CRC-32 over id and fields, in the canonical form of chat-drafts-core.
    checksum INTEGER NOT NULL
) STRICT;

-- One index serves every list: each shelf is one stretch of it, in list order, and a list is some of them, merged.
CREATE INDEX conversations_by_order ON conversations (shelf, order_key DESC, id);

CREATE TABLE numbers (
    name TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL,
    -- CRC-32 over name and value.
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
