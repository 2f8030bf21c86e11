//! A host's listener.

use chat_drafts_session::{Conversation, Listener};
use jni::refs::Global;

use crate::attach::with_env;
use crate::bindings::JHearer;
use crate::values::conversation;

/// A `V2TIMConversationListener`, behind the class that catches what it throws: an error here is the JVM's own end.
pub(crate) struct HostListener(pub(crate) Global<JHearer<'static>>);

impl Listener for HostListener {
    fn on_sync_server_start(&self) {
        let _ = with_env(|env| self.0.sync_started(env));
    }

    fn on_sync_server_finish(&self) {
        let _ = with_env(|env| self.0.sync_finished(env));
    }

    fn on_new_conversation(&self, told: &Conversation) {
        let _ = with_env(|env| {
            let told = conversation(env, told)?;
            self.0.is_new(env, &told)
        });
    }

    fn on_conversation_changed(&self, told: &Conversation) {
        let _ = with_env(|env| {
            let told = conversation(env, told)?;
            self.0.is_changed(env, &told)
        });
    }

    fn on_conversation_deleted(&self, told: &Conversation) {
        let _ = with_env(|env| {
            let id = env.new_string(told.id().as_str())?;
            self.0.is_deleted(env, &id)
        });
    }
}
