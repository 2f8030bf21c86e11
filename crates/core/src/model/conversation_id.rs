use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Error, Result};

/// The longest id, in bytes.
const MAX_LEN: usize = 512;
const USER_PREFIX: &str = "c2c_";
const GROUP_PREFIX: &str = "group_";

/// Names a conversation: `c2c_<user>`, `group_<group>`, or any other text the host uses.
///
/// 1 to 512 bytes of UTF-8 without control characters; `c2c_` and `group_` with nothing behind are no ids. Two ids are
/// equal only if their bytes are. Cheap to clone. `Debug` does not show the id.
///
/// ```
/// use chat_drafts_core::{ConversationId, ConversationKind};
///
/// let bob: ConversationId = "c2c_bob".parse()?;
/// assert_eq!(bob, ConversationId::user("bob")?);
/// assert_eq!((bob.kind(), bob.name()), (ConversationKind::User, "bob"));
///
/// // Only the first prefix tells the kind.
/// let odd = ConversationId::new("c2c_group_x")?;
/// assert_eq!((odd.kind(), odd.name()), (ConversationKind::User, "group_x"));
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[doc(alias = "conversationID")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(Arc<str>);

/// What kind of conversation an id names, by its prefix.
///
/// ```
/// use chat_drafts_core::{ConversationId, ConversationKind};
///
/// assert_eq!(ConversationId::group("team")?.kind(), ConversationKind::Group);
/// assert_eq!(ConversationId::new("!room:host")?.kind(), ConversationKind::Other);
/// # Ok::<(), chat_drafts_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConversationKind {
    /// A chat with one user, `c2c_<user>`.
    User,
    /// A chat of a group, `group_<group>`.
    Group,
    /// Anything else.
    Other,
}

impl ConversationId {
    /// The conversation of this id.
    ///
    /// # Errors
    /// [`Error::InvalidId`] says what is wrong with it.
    pub fn new(id: impl AsRef<str>) -> Result<Self> {
        let id = id.as_ref();
        let reason = if id.is_empty() {
            "it is empty"
        } else if id.len() > MAX_LEN {
            "it has more than 512 bytes"
        } else if id == USER_PREFIX || id == GROUP_PREFIX {
            "nothing follows its prefix"
        } else if id.chars().any(char::is_control) {
            "it has a control character"
        } else {
            return Ok(Self(id.into()));
        };
        Err(Error::InvalidId { reason })
    }

    /// The chat with this user: `c2c_<user>`.
    ///
    /// # Errors
    /// [`Error::InvalidId`] says what is wrong with it.
    pub fn user(user: impl AsRef<str>) -> Result<Self> {
        Self::new(format!("{USER_PREFIX}{}", user.as_ref()))
    }

    /// The chat of this group: `group_<group>`.
    ///
    /// # Errors
    /// [`Error::InvalidId`] says what is wrong with it.
    pub fn group(group: impl AsRef<str>) -> Result<Self> {
        Self::new(format!("{GROUP_PREFIX}{}", group.as_ref()))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind its first prefix gives.
    pub fn kind(&self) -> ConversationKind {
        self.split().0
    }

    /// What follows the prefix: the user's or the group's own id, or all of it if it has no prefix.
    pub fn name(&self) -> &str {
        self.split().1
    }

    fn split(&self) -> (ConversationKind, &str) {
        if let Some(user) = self.0.strip_prefix(USER_PREFIX) {
            (ConversationKind::User, user)
        } else if let Some(group) = self.0.strip_prefix(GROUP_PREFIX) {
            (ConversationKind::Group, group)
        } else {
            (ConversationKind::Other, &self.0)
        }
    }
}

impl FromStr for ConversationId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        Self::new(id)
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConversationId(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id() {
        for bad in ["", "c2c_", "group_", "a\nb", "a\0", "\u{7f}", "\u{85}", &"x".repeat(513)] {
            assert!(matches!(bad.parse::<ConversationId>(), Err(Error::InvalidId { .. })), "{bad:?}");
        }
        assert!(ConversationId::user("").is_err() && ConversationId::group("").is_err());
        assert!(ConversationId::user("x".repeat(509)).is_err());
    }

    #[test]
    fn what_is_one() {
        for good in ["x", "C2C_", "c2c", "c2c__", "c2c_c2c_", "!room:host", "\u{202e}rtl", "😀", " ", &"x".repeat(512)]
        {
            assert_eq!(ConversationId::new(good).unwrap().as_str(), good);
        }
        assert_eq!(ConversationId::new("C2C_bob").unwrap().kind(), ConversationKind::Other);
        assert_eq!(ConversationId::group("c2c_x").unwrap().name(), "c2c_x");
    }
}
