//! A record as bytes: what checksums and digests are taken of, and the encoding for engines that store bytes.
//!
//! A record is a row of fields, each a tag, a length and its bytes; a field that has its empty value is left out. A
//! reader passes over tags it does not know, so fields can be added without a new schema.

use crate::store::Record;
use crate::{ConversationId, Draft, DraftState, Error, LastMessage, Result, Revision};

/// The version of the encoding, its first byte.
const VERSION: u8 = 1;
/// Version and checksum.
const HEADER: usize = 5;

mod tag {
    pub(super) const REVISION: u8 = 1;
    pub(super) const TEXT: u8 = 2;
    pub(super) const EXTRA: u8 = 3;
    pub(super) const UPDATED_AT: u8 = 4;
    pub(super) const SENDING: u8 = 5;
    pub(super) const ACTIVITY: u8 = 6;
    pub(super) const PINNED: u8 = 7;
    pub(super) const SHOW_NAME: u8 = 8;
    pub(super) const AVATAR_URL: u8 = 9;
    pub(super) const UNREAD_COUNT: u8 = 10;
    pub(super) const RECEIVE_OPTION: u8 = 11;
    pub(super) const MESSAGE_TIME: u8 = 12;
    pub(super) const MESSAGE_BODY: u8 = 13;
    pub(super) const CUSTOM_DATA: u8 = 14;
}

/// The checksum over a record's id and fields, for engines with columns of their own.
pub fn checksum(record: &Record) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for_each_part(record, |part| hasher.update(part));
    hasher.finalize()
}

/// The checksum over a number and its name.
pub fn number_checksum(name: &str, value: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    push_field(0, name.as_bytes(), |part| hasher.update(part));
    hasher.update(&value.to_le_bytes());
    hasher.finalize()
}

/// The record, without its id, as bytes with a checksum over id and fields.
pub fn encode(record: &Record) -> Vec<u8> {
    let text = record.state.draft().map_or(0, |draft| draft.text().len());
    let mut bytes = Vec::with_capacity(HEADER + 48 + text);
    bytes.extend([VERSION, 0, 0, 0, 0]);
    for_each_field(record, |tag, value| push_field(tag, value, |part| bytes.extend_from_slice(part)));
    let checksum = checksum_of(&record.id, &bytes[HEADER..]);
    bytes[1..HEADER].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The record of this id from [`encode`]'s bytes.
///
/// # Errors
/// [`Error::Corrupt`] if the checksum does not fit.
pub fn decode(id: &ConversationId, bytes: &[u8]) -> Result<Record> {
    let (header, fields) = bytes.split_at_checked(HEADER).ok_or(Error::corrupt("a record is too short"))?;
    let version = header[0];
    if version > VERSION {
        return Err(Error::SchemaTooNew { found: version.into(), supported: VERSION.into() });
    }
    if version < VERSION || header[1..] != checksum_of(id, fields).to_le_bytes() {
        return Err(Error::corrupt("a record does not fit its checksum"));
    }
    fields_to_record(id, fields).ok_or(Error::corrupt("a record cannot be read"))
}

/// Calls `part` with the id and the fields of a record, piece by piece, in one canonical form.
pub(crate) fn for_each_part(record: &Record, mut part: impl FnMut(&[u8])) {
    push_field(0, record.id.as_str().as_bytes(), &mut part);
    for_each_field(record, |tag, value| push_field(tag, value, &mut part));
}

fn checksum_of(id: &ConversationId, fields: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    push_field(0, id.as_str().as_bytes(), |part| hasher.update(part));
    hasher.update(fields);
    hasher.finalize()
}

fn push_field(tag: u8, value: &[u8], mut part: impl FnMut(&[u8])) {
    // A field is far below 4 GiB: the limits of texts, extras and facts see to it.
    let len = u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes();
    part(&[tag, len[0], len[1], len[2], len[3]]);
    part(value);
}

fn for_each_field(record: &Record, mut field: impl FnMut(u8, &[u8])) {
    let facts = &record.facts;
    field(tag::REVISION, &record.state.revision().get().to_le_bytes());
    if let Some(draft) = record.state.draft() {
        field(tag::TEXT, draft.text().as_bytes());
        field(tag::UPDATED_AT, &draft.updated_at().to_le_bytes());
        if !draft.extra().is_empty() {
            field(tag::EXTRA, draft.extra());
        }
    }
    field(tag::ACTIVITY, &record.activity.to_le_bytes());
    if record.pinned {
        field(tag::PINNED, &[]);
    }
    if !record.sending.is_empty() {
        field(tag::SENDING, &record.sending);
    }
    if let Some(name) = &facts.show_name {
        field(tag::SHOW_NAME, name.as_bytes());
    }
    if let Some(url) = &facts.avatar_url {
        field(tag::AVATAR_URL, url.as_bytes());
    }
    if let Some(count) = facts.unread_count {
        field(tag::UNREAD_COUNT, &count.to_le_bytes());
    }
    if let Some(option) = facts.receive_option {
        field(tag::RECEIVE_OPTION, &option.to_le_bytes());
    }
    if let Some(message) = &facts.last_message {
        field(tag::MESSAGE_TIME, &message.time().to_le_bytes());
        field(tag::MESSAGE_BODY, message.body());
    }
    if let Some(data) = &facts.custom_data {
        field(tag::CUSTOM_DATA, data);
    }
}

fn fields_to_record(id: &ConversationId, mut fields: &[u8]) -> Option<Record> {
    let mut record = Record::new(id.clone());
    let (mut revision, mut updated_at, mut message_time) = (0, 0, 0);
    let (mut text, mut message_body) = (None, None);
    let mut extra = Vec::new();
    let string = |value: &[u8]| String::from_utf8(value.to_vec()).ok();
    while let Some((header, rest)) = fields.split_first_chunk::<5>() {
        let [tag, len @ ..] = *header;
        let (value, rest) = rest.split_at_checked(u32::from_le_bytes(len).try_into().ok()?)?;
        fields = rest;
        let facts = &mut record.facts;
        match tag {
            tag::REVISION => revision = u64::from_le_bytes(value.try_into().ok()?),
            tag::TEXT => text = Some(string(value)?),
            tag::EXTRA => extra = value.to_vec(),
            tag::UPDATED_AT => updated_at = i64::from_le_bytes(value.try_into().ok()?),
            tag::SENDING => record.sending = value.to_vec(),
            tag::ACTIVITY => record.activity = u64::from_le_bytes(value.try_into().ok()?),
            tag::PINNED => record.pinned = true,
            tag::SHOW_NAME => facts.show_name = Some(string(value)?),
            tag::AVATAR_URL => facts.avatar_url = Some(string(value)?),
            tag::UNREAD_COUNT => facts.unread_count = Some(u32::from_le_bytes(value.try_into().ok()?)),
            tag::RECEIVE_OPTION => facts.receive_option = Some(u32::from_le_bytes(value.try_into().ok()?)),
            tag::MESSAGE_TIME => message_time = i64::from_le_bytes(value.try_into().ok()?),
            tag::MESSAGE_BODY => message_body = Some(value.to_vec()),
            tag::CUSTOM_DATA => facts.custom_data = Some(value.to_vec()),
            _ => {}
        }
    }
    if !fields.is_empty() {
        return None;
    }
    let revision = Revision::new(revision);
    record.state = match text {
        Some(text) => DraftState::Present(Draft::new(text, extra, revision, updated_at)),
        None => DraftState::Absent(revision),
    };
    record.facts.last_message = message_body.map(|body| LastMessage::new(message_time, body));
    Some(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facts;

    fn full() -> Record {
        let mut record = Record::new(ConversationId::user("bob").unwrap());
        record.state = DraftState::Present(Draft::new("a\0\u{202e}😀", vec![0, 255], Revision::new(7), -5));
        record.sending = vec![1, 2, 3];
        record.activity = 9;
        record.pinned = true;
        record.facts = Facts {
            show_name: Some("Bob".into()),
            avatar_url: Some(String::new()),
            unread_count: Some(0),
            receive_option: Some(2),
            last_message: Some(LastMessage::new(3, "")),
            custom_data: Some(Vec::new()),
        };
        record
    }

    #[test]
    fn what_goes_in_comes_out() {
        let plain = Record::new(ConversationId::new("x").unwrap());
        for record in [full(), plain] {
            let bytes = encode(&record);
            assert!(decode(&record.id, &bytes).unwrap() == record);
            assert_eq!(bytes[1..HEADER], checksum(&record).to_le_bytes());
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let record = full();
        let bytes = encode(&record);
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let read = decode(&record.id, &damaged);
            assert!(matches!(read, Err(Error::Corrupt { .. } | Error::SchemaTooNew { .. })), "bit {bit}");
        }
        let other = ConversationId::user("eve").unwrap();
        assert!(matches!(decode(&other, &bytes), Err(Error::Corrupt { .. })), "the id counts");
    }

    #[test]
    fn a_field_of_a_later_version_is_passed_over() {
        let record = full();
        let mut bytes = encode(&record);
        push_field(200, b"new", |part| bytes.extend_from_slice(part));
        let checksum = checksum_of(&record.id, &bytes[HEADER..]);
        bytes[1..HEADER].copy_from_slice(&checksum.to_le_bytes());
        assert!(decode(&record.id, &bytes).unwrap() == record);
    }
}
