//! The Java classes that are called from here, and the methods that Java calls here.

// A conversation is made by one constructor.
#![allow(clippy::too_many_arguments)]

use jni::Env;
use jni::bind_java_type;
use jni::errors::Result;
use jni::refs::LoaderContext;

use crate::{composing, native};

/// Looks every class up. Later nothing has to find one, on a thread whose class loader may not know it.
pub(crate) fn look_up(env: &mut Env, loader: &LoaderContext) -> Result<()> {
    JAnswerAPI::get(env, loader)?;
    JPosterAPI::get(env, loader)?;
    JHearerAPI::get(env, loader)?;
    JMessageAPI::get(env, loader)?;
    JConversationAPI::get(env, loader)?;
    JResultAPI::get(env, loader)?;
    JOperationResultAPI::get(env, loader)?;
    JLongAPI::get(env, loader)?;
    JComposerAPI::get(env, loader)?;
    JTicketAPI::get(env, loader)?;
    JNativeAPI::get(env, loader)?;
    Ok(())
}

bind_java_type! {
    pub(crate) JAnswer => chatdrafts.Answer,
    methods {
        fn give(code: jint, sentence: JString, value: JObject),
    },
}

bind_java_type! {
    pub(crate) JPoster => chatdrafts.Poster,
    methods {
        fn post(reply: jlong),
    },
}

bind_java_type! {
    pub(crate) JHearer => chatdrafts.Hearer,
    type_map = { JConversation => chatdrafts.V2TIMConversation },
    methods {
        fn sync_started(),
        fn sync_finished(),
        fn is_new(conversation: JConversation),
        fn is_changed(conversation: JConversation),
        fn is_deleted(id: JString),
    },
}

bind_java_type! {
    pub(crate) JMessage => chatdrafts.V2TIMMessage,
    constructors {
        fn new(seconds: jlong, body: jbyte[]),
    },
}

bind_java_type! {
    pub(crate) JConversation => chatdrafts.V2TIMConversation,
    type_map = { JMessage => chatdrafts.V2TIMMessage },
    constructors {
        fn new(
            kind: jint,
            id: JString,
            name: JString,
            show_name: JString,
            face_url: JString,
            unread_count: jint,
            recv_opt: jint,
            last_message: JMessage,
            draft_text: JString,
            draft_seconds: jlong,
            pinned: jboolean,
            order_key: jlong,
            custom_data: jbyte[],
        ),
    },
}

bind_java_type! {
    pub(crate) JResult => chatdrafts.V2TIMConversationResult,
    constructors {
        fn new(conversations: JList, next_seq: jlong, finished: jboolean),
    },
}

bind_java_type! {
    pub(crate) JOperationResult => chatdrafts.V2TIMConversationOperationResult,
    constructors {
        fn new(id: JString, code: jint, info: JString),
    },
}

bind_java_type! {
    pub(crate) JLong => java.lang.Long,
    methods {
        static fn value_of(value: jlong) -> JLong,
    },
}

bind_java_type! {
    pub(crate) JComposer => chatdrafts.Composer,
    constructors {
        fn new(handle: jlong),
    },
}

bind_java_type! {
    pub(crate) JTicket => chatdrafts.Ticket,
    constructors {
        fn new(handle: jlong, number: jlong, id: JString, text: JString),
    },
}

bind_java_type! {
    pub(crate) JNative => chatdrafts.Native,
    type_map = {
        JAnswer => chatdrafts.Answer,
        JPoster => chatdrafts.Poster,
        JHearer => chatdrafts.Hearer,
    },
    methods {
        static fn list_of(items: JObject[]) -> JList,
    },
    native_methods_export = false,
    native_methods {
        static fn init {
            sig = (app: jint, directory: jchar[], store: jchar[], poster: JPoster) -> jboolean,
            fn = native::init,
        },
        static fn save { sig = (), fn = native::save },
        static fn uninit { sig = (millis: jlong) -> JString[], fn = native::uninit },
        static fn login { sig = (user: jchar[], answer: JAnswer), fn = native::login },
        static fn logout { sig = (answer: JAnswer), fn = native::logout },
        static fn login_user { sig = () -> JString, fn = native::login_user },
        static fn login_status { sig = () -> jint, fn = native::login_status },
        static fn set_draft { sig = (id: jchar[], text: jchar[], answer: JAnswer), fn = native::set_draft },
        static fn get { sig = (id: jchar[], answer: JAnswer), fn = native::get },
        static fn get_many { sig = (ids: jchar[][], answer: JAnswer), fn = native::get_many },
        static fn list {
            sig = (kind: jint, has_unread: jboolean, next_seq: jlong, count: jint, answer: JAnswer),
            fn = native::list,
        },
        static fn pin { sig = (id: jchar[], pinned: jboolean, answer: JAnswer), fn = native::pin },
        static fn rename { sig = (from: jchar[], to: jchar[], answer: JAnswer), fn = native::rename },
        static fn delete { sig = (id: jchar[], answer: JAnswer), fn = native::delete },
        static fn delete_many { sig = (ids: jchar[][], answer: JAnswer), fn = native::delete_many },
        static fn update {
            sig = (
                id: jchar[],
                told: jint,
                show_name: jchar[],
                face_url: jchar[],
                unread_count: jlong,
                recv_opt: jlong,
                message_millis: jlong,
                message_body: jbyte[],
                custom_data: jbyte[],
                custom_text: jchar[],
                answer: JAnswer,
            ),
            fn = native::update,
        },
        static fn total_unread { sig = (answer: JAnswer), fn = native::total_unread },
        static fn refuse { sig = (parameter: jchar[], answer: JAnswer), fn = native::refuse },
        static fn add_listener { sig = (key: jlong, hearer: JHearer), fn = native::add_listener },
        static fn remove_listener { sig = (key: jlong), fn = native::remove_listener },
        static fn run { sig = (reply: jlong), fn = native::run },
        static fn compose { sig = (id: jchar[], answer: JAnswer), fn = composing::compose },
        static fn composer_id { sig = (composer: jlong) -> JString, fn = composing::composer_id },
        static fn composer_text { sig = (composer: jlong) -> JString, fn = composing::composer_text },
        static fn composer_set_text {
            sig = (composer: jlong, typed: jchar[]) -> jint,
            fn = composing::composer_set_text,
        },
        static fn composer_set_text_then {
            sig = (composer: jlong, typed: jchar[], answer: JAnswer),
            fn = composing::composer_set_text_then,
        },
        static fn composer_flush { sig = (composer: jlong, answer: JAnswer), fn = composing::composer_flush },
        static fn composer_begin_send {
            sig = (composer: jlong, answer: JAnswer),
            fn = composing::composer_begin_send,
        },
        static fn composer_conflict { sig = (composer: jlong) -> JString, fn = composing::composer_conflict },
        static fn composer_resolve {
            sig = (composer: jlong, keep: jint) -> jboolean,
            fn = composing::composer_resolve,
        },
        static fn composer_close { sig = (composer: jlong), fn = composing::composer_close },
        static fn begin_send { sig = (id: jchar[], answer: JAnswer), fn = composing::begin_send },
        static fn tickets { sig = (answer: JAnswer), fn = composing::tickets },
        static fn ticket_confirm { sig = (ticket: jlong, answer: JAnswer), fn = composing::ticket_confirm },
        static fn ticket_abort { sig = (ticket: jlong, answer: JAnswer), fn = composing::ticket_abort },
        static fn ticket_close { sig = (ticket: jlong), fn = composing::ticket_close },
        static fn flush { sig = (answer: JAnswer), fn = composing::flush },
        static fn flush_within { sig = (millis: jlong) -> jint, fn = composing::flush_within },
        static fn suspend { sig = (answer: JAnswer), fn = composing::suspend },
        static fn resume { sig = (answer: JAnswer), fn = composing::resume },
        static fn undo_clear { sig = (id: jchar[], answer: JAnswer), fn = composing::undo_clear },
    },
}
