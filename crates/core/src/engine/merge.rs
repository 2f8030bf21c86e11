use std::cmp::Reverse;

use crate::Result;
use crate::store::Record;

/// Merges rows of records, each in list order, into the first `limit` of all: for engines that scan each
/// [`Shelf`](crate::store::Shelf) by itself. Reads at most one record of each row more than it gives.
///
/// # Errors
/// The first error of any.
pub fn merge<I: Iterator<Item = Result<Record>>>(lists: Vec<I>, limit: usize) -> Result<Vec<Record>> {
    let mut lists: Vec<_> = lists.into_iter().map(Iterator::peekable).collect();
    let mut merged = Vec::new();
    while merged.len() < limit {
        let mut first: Option<(usize, &Record)> = None;
        for (number, list) in lists.iter_mut().enumerate() {
            match list.peek() {
                Some(Ok(record)) if first.is_none_or(|(_, first)| place(record) < place(first)) => {
                    first = Some((number, record));
                }
                Some(Err(error)) => return Err(error.clone()),
                Some(Ok(_)) | None => {}
            }
        }
        let Some((number, _)) = first else { break };
        merged.extend(lists[number].next().transpose()?);
    }
    Ok(merged)
}

fn place(record: &Record) -> (Reverse<u64>, &str) {
    (Reverse(record.order_key().get()), record.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConversationId, Error};

    fn list(activities: &[u64]) -> Vec<Result<Record>> {
        let record = |activity: &u64| {
            let mut record = Record::new(ConversationId::new(format!("{activity}"))?);
            record.activity = *activity;
            Ok(record)
        };
        activities.iter().map(record).collect()
    }

    fn merged(lists: Vec<Vec<Result<Record>>>, limit: usize) -> Result<Vec<u64>> {
        let merged = merge(lists.into_iter().map(Vec::into_iter).collect(), limit)?;
        Ok(merged.iter().map(|record| record.activity).collect())
    }

    #[test]
    fn highest_first_from_all() {
        let lists = || vec![list(&[9, 5, 4]), list(&[]), list(&[8, 7, 1])];
        assert_eq!(merged(lists(), 5).unwrap(), [9, 8, 7, 5, 4]);
        assert_eq!(merged(lists(), 50).unwrap(), [9, 8, 7, 5, 4, 1]);
        assert_eq!(merged(vec![list(&[3, 2])], 1).unwrap(), [3]);
    }

    #[test]
    fn an_error_is_not_passed_over() {
        let damaged = || vec![Err(Error::corrupt("test"))];
        assert!(merged(vec![list(&[9]), damaged()], 2).is_err());
        assert!(merged(vec![damaged(), list(&[9])], 2).is_err());
    }
}
