use std::cmp::Ordering;

use crate::Result;
use crate::store::{Cursor, Record};

/// Merges two rows of records, each in list order, into the first `limit` of both: for engines that scan
/// [`Shelves::Visible`](super::Shelves::Visible) shelf by shelf. Reads at most one record more than it gives.
///
/// # Errors
/// The first error of either.
pub fn merge(
    left: impl Iterator<Item = Result<Record>>,
    right: impl Iterator<Item = Result<Record>>,
    limit: usize,
) -> Result<Vec<Record>> {
    let place = |record: &Record| Cursor::new(record.order_key(), record.id.clone());
    let (mut left, mut right) = (left.peekable(), right.peekable());
    let mut merged = Vec::new();
    while merged.len() < limit {
        let side = match (left.peek(), right.peek()) {
            (Some(Ok(l)), Some(Ok(r))) => place(l).cmp(&place(r)),
            (Some(_), None) | (Some(Err(_)), _) => Ordering::Less,
            (_, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let next = if side == Ordering::Less { left.next() } else { right.next() };
        merged.extend(next.transpose()?);
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConversationId, Error};

    fn record(activity: u64) -> Result<Record> {
        let mut record = Record::new(ConversationId::new(format!("{activity}"))?);
        record.activity = activity;
        Ok(record)
    }

    #[test]
    fn highest_first_from_both() {
        let merged = merge([9, 5, 4].into_iter().map(record), [8, 7, 1].into_iter().map(record), 5).unwrap();
        assert_eq!(merged.iter().map(|record| record.activity).collect::<Vec<_>>(), [9, 8, 7, 5, 4]);
    }

    #[test]
    fn an_error_is_not_passed_over() {
        let damaged = || std::iter::once(Err(Error::corrupt("test")));
        assert!(merge([9].into_iter().map(record), damaged(), 2).is_err());
        assert!(merge(damaged(), [9].into_iter().map(record), 2).is_err());
    }
}
