//! A record as a row.

use chat_drafts_core::engine::codec::checksum;
use chat_drafts_core::store::Record;
use chat_drafts_core::{ConversationId, Draft, DraftState, Error, LastMessage, OrderKey, Result, Revision};
use rusqlite::types::FromSql;
use rusqlite::{CachedStatement, Row, params};

use crate::error::sorted;

/// The columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "id, order_key, revision, draft_text, draft_extra, draft_updated_at, sending, show_name, avatar_url, \
         unread_count, receive_option, message_time, message_body, custom_data, checksum"
    };
}
pub(crate) use columns;

/// Writes a record in the place of any of the same id.
pub(crate) const UPSERT: &str = "\
    INSERT INTO conversations (id, shelf, order_key, revision, draft_text, draft_extra, draft_updated_at, sending, \
        show_name, avatar_url, unread_count, receive_option, message_time, message_body, custom_data, checksum) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
    ON CONFLICT (id) DO UPDATE SET shelf = ?2, order_key = ?3, revision = ?4, draft_text = ?5, draft_extra = ?6, \
        draft_updated_at = ?7, sending = ?8, show_name = ?9, avatar_url = ?10, unread_count = ?11, \
        receive_option = ?12, message_time = ?13, message_body = ?14, custom_data = ?15, checksum = ?16";

/// Runs [`UPSERT`] for this record.
pub(crate) fn upsert(statement: &mut CachedStatement<'_>, record: &Record) -> rusqlite::Result<()> {
    let draft = record.state.draft();
    let facts = &record.facts;
    let message = facts.last_message.as_ref();
    statement.execute(params![
        record.id.as_str(),
        record.shelf() as u8,
        record.order_key().get().cast_signed(),
        record.state.revision().get().cast_signed(),
        draft.map(Draft::text),
        draft.map(Draft::extra).filter(|extra| !extra.is_empty()),
        draft.map(Draft::updated_at),
        Some(&record.sending).filter(|sending| !sending.is_empty()),
        facts.show_name,
        facts.avatar_url,
        facts.unread_count,
        facts.receive_option,
        message.map(LastMessage::time),
        message.map(LastMessage::body),
        facts.custom_data,
        checksum(record),
    ])?;
    Ok(())
}

/// The record in a row of `columns!()`.
pub(crate) fn from_row(row: &Row<'_>) -> Result<Record> {
    let id: String = column(row, 0)?;
    let id = ConversationId::new(id).map_err(|_| Error::corrupt("a row has no valid id"))?;
    let order_key = OrderKey::from_number(number(row, 1)?).ok_or(Error::corrupt("a row has no valid order key"))?;
    let revision = Revision::new(number(row, 2)?);
    let mut record = Record::new(id);
    record.activity = order_key.activity();
    record.pinned = order_key.is_pinned();
    record.state = match column::<Option<String>>(row, 3)? {
        Some(text) => {
            let extra: Option<Vec<u8>> = column(row, 4)?;
            DraftState::Present(Draft::new(text, extra.unwrap_or_default(), revision, column(row, 5)?))
        }
        None => DraftState::Absent(revision),
    };
    record.sending = column::<Option<Vec<u8>>>(row, 6)?.unwrap_or_default();
    record.facts.show_name = column(row, 7)?;
    record.facts.avatar_url = column(row, 8)?;
    record.facts.unread_count = column(row, 9)?;
    record.facts.receive_option = column(row, 10)?;
    record.facts.last_message = match column::<Option<Vec<u8>>>(row, 12)? {
        Some(body) => Some(LastMessage::new(column(row, 11)?, body)),
        None => None,
    };
    record.facts.custom_data = column(row, 13)?;
    if column::<u32>(row, 14)? != checksum(&record) {
        return Err(Error::corrupt("a record does not fit its checksum"));
    }
    Ok(record)
}

fn column<T: FromSql>(row: &Row<'_>, index: usize) -> Result<T> {
    row.get(index).map_err(sorted("read a row"))
}

fn number(row: &Row<'_>, index: usize) -> Result<u64> {
    u64::try_from(column::<i64>(row, index)?).map_err(|_| Error::corrupt("a row has a negative number"))
}
