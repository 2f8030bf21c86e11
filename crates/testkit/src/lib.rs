//! The conformance suite of chat-drafts.
