use crate::{Facts, LastMessage};

/// What a host tells of a conversation: a fact that is absent stays as it is, `None` clears it.
///
/// ```
/// use chat_drafts_core::{ConversationUpdate, LastMessage};
///
/// let update = ConversationUpdate::new()
///     .show_name("Bob")
///     .unread_count(2)
///     .last_message(LastMessage::new(1_700_000_000_000, "See you at nine"))
///     .custom_data(None);
/// # let _ = update;
/// ```
#[derive(Debug, Clone, Default)]
pub struct ConversationUpdate {
    show_name: Option<Option<Redacted<String>>>,
    avatar_url: Option<Option<Redacted<String>>>,
    unread_count: Option<Option<u32>>,
    receive_option: Option<Option<u32>>,
    last_message: Option<Option<LastMessage>>,
    custom_data: Option<Option<Redacted<Vec<u8>>>>,
}

/// Keeps a value out of `Debug`.
#[derive(Clone, Default)]
struct Redacted<T>(T);

impl<T> std::fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}

impl ConversationUpdate {
    /// An update that tells nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name to show.
    #[must_use]
    pub fn show_name<'a>(mut self, name: impl Into<Option<&'a str>>) -> Self {
        self.show_name = Some(name.into().map(|name| Redacted(name.to_owned())));
        self
    }

    /// Where the picture is.
    #[must_use]
    pub fn avatar_url<'a>(mut self, url: impl Into<Option<&'a str>>) -> Self {
        self.avatar_url = Some(url.into().map(|url| Redacted(url.to_owned())));
        self
    }

    /// How many messages are unread.
    #[must_use]
    pub fn unread_count(mut self, count: impl Into<Option<u32>>) -> Self {
        self.unread_count = Some(count.into());
        self
    }

    /// How messages are received, in the host's numbers.
    #[must_use]
    pub fn receive_option(mut self, option: impl Into<Option<u32>>) -> Self {
        self.receive_option = Some(option.into());
        self
    }

    /// The newest message. One newer than the stored one moves the conversation up the list.
    #[must_use]
    pub fn last_message(mut self, message: impl Into<Option<LastMessage>>) -> Self {
        self.last_message = Some(message.into());
        self
    }

    /// The host's own bytes.
    #[must_use]
    pub fn custom_data(mut self, data: impl Into<Option<Vec<u8>>>) -> Self {
        self.custom_data = Some(data.into().map(Redacted));
        self
    }

    /// The facts after this update, given those before it.
    pub(crate) fn applied_to(&self, before: &Facts) -> Facts {
        fn choose<S: Clone, T: Clone>(told: &Option<Option<S>>, before: &Option<T>, plain: fn(S) -> T) -> Option<T> {
            match told {
                None => before.clone(),
                Some(value) => value.clone().map(plain),
            }
        }
        Facts {
            show_name: choose(&self.show_name, &before.show_name, |name| name.0),
            avatar_url: choose(&self.avatar_url, &before.avatar_url, |url| url.0),
            unread_count: choose(&self.unread_count, &before.unread_count, |count| count),
            receive_option: choose(&self.receive_option, &before.receive_option, |option| option),
            last_message: choose(&self.last_message, &before.last_message, |message| message),
            custom_data: choose(&self.custom_data, &before.custom_data, |data| data.0),
        }
    }

    /// Whether the update tells a message newer than this one.
    pub(crate) fn has_news_after(&self, before: Option<&LastMessage>) -> bool {
        match &self.last_message {
            Some(Some(told)) => before.is_none_or(|before| told.time() > before.time()),
            _ => false,
        }
    }

    /// The length of its longest fact, in bytes.
    pub(crate) fn longest(&self) -> usize {
        let text = |told: &Option<Option<Redacted<String>>>| told.iter().flatten().map(|text| text.0.len()).max();
        [
            text(&self.show_name),
            text(&self.avatar_url),
            self.last_message.iter().flatten().map(|message| message.body().len()).max(),
            self.custom_data.iter().flatten().map(|data| data.0.len()).max(),
        ]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(0)
    }
}
