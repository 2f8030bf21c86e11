package chatdrafts;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The conversations of the one session. */
final class Conversations extends V2TIMConversationManager {
    static final Conversations INSTANCE = new Conversations();

    /** The keys of those who listen. A listener that says it equals another is one of its own all the same. */
    private final Map<V2TIMConversationListener, Long> keys = new IdentityHashMap<>();

    private long lastKey;

    @Override
    public void setConversationDraft(String conversationID, String draftText, V2TIMCallback callback) {
        Native.setDraft(Native.chars(conversationID), Native.chars(draftText), Answer.to(callback));
    }

    @Override
    public void getConversation(String conversationID, V2TIMValueCallback<V2TIMConversation> callback) {
        Native.get(Native.chars(conversationID), Answer.to(callback));
    }

    @Override
    public void getConversationList(long nextSeq, int count, V2TIMValueCallback<V2TIMConversationResult> callback) {
        getConversationListByFilter(null, nextSeq, count, callback);
    }

    @Override
    public void getConversationList(
            List<String> conversationIDList, V2TIMValueCallback<List<V2TIMConversation>> callback) {
        if (conversationIDList == null) {
            Native.refuse(Native.chars("conversationIDList"), Answer.to(callback));
        } else {
            Native.getMany(Native.chars(conversationIDList), Answer.to(callback));
        }
    }

    @Override
    public void getConversationListByFilter(
            V2TIMConversationListFilter filter,
            long nextSeq,
            int count,
            V2TIMValueCallback<V2TIMConversationResult> callback) {
        int type = filter == null ? V2TIMConversation.CONVERSATION_TYPE_INVALID : filter.getConversationType();
        boolean hasUnread = filter != null && filter.hasUnreadCount();
        Native.list(type, hasUnread, nextSeq, count, Answer.to(callback));
    }

    @Override
    public void pinConversation(String conversationID, boolean isPinned, V2TIMCallback callback) {
        Native.pin(Native.chars(conversationID), isPinned, Answer.to(callback));
    }

    @Override
    public void deleteConversation(String conversationID, V2TIMCallback callback) {
        Native.delete(Native.chars(conversationID), Answer.to(callback));
    }

    @Override
    public void deleteConversationList(
            List<String> conversationIDList,
            boolean clearMessage,
            V2TIMValueCallback<List<V2TIMConversationOperationResult>> callback) {
        if (conversationIDList == null) {
            Native.refuse(Native.chars("conversationIDList"), Answer.to(callback));
        } else {
            Native.deleteMany(Native.chars(conversationIDList), Answer.to(callback));
        }
    }

    @Override
    public void getTotalUnreadMessageCount(V2TIMValueCallback<Long> callback) {
        Native.totalUnread(Answer.to(callback));
    }

    @Override
    public void addConversationListener(V2TIMConversationListener listener) {
        synchronized (keys) {
            if (listener != null && !keys.containsKey(listener)) {
                keys.put(listener, ++lastKey);
                Native.addListener(lastKey, new Hearer(listener));
            }
        }
    }

    @Override
    public void removeConversationListener(V2TIMConversationListener listener) {
        synchronized (keys) {
            Long key = keys.remove(listener);
            if (key != null) {
                Native.removeListener(key);
            }
        }
    }

    @Override
    public void updateConversation(String conversationID, V2TIMConversationUpdate update, V2TIMCallback callback) {
        if (update == null) {
            Native.refuse(Native.chars("update"), Answer.to(callback));
        } else {
            update.tell(conversationID, Answer.to(callback));
        }
    }

    @Override
    public void renameConversation(String conversationID, String newConversationID, V2TIMCallback callback) {
        Native.rename(Native.chars(conversationID), Native.chars(newConversationID), Answer.to(callback));
    }

    @Override
    public void compose(String conversationID, V2TIMValueCallback<Composer> callback) {
        Native.compose(Native.chars(conversationID), Answer.to(callback));
    }

    @Override
    public void beginSend(String conversationID, V2TIMValueCallback<Ticket> callback) {
        Native.beginSend(Native.chars(conversationID), Answer.to(callback));
    }

    @Override
    public void getTickets(V2TIMValueCallback<List<Ticket>> callback) {
        Native.tickets(Answer.to(callback));
    }

    @Override
    public void flush(V2TIMCallback callback) {
        Native.flush(Answer.to(callback));
    }

    @Override
    public int flushWithin(long millis) {
        return Native.flushWithin(millis);
    }

    @Override
    public void suspend(V2TIMCallback callback) {
        Native.suspend(Answer.to(callback));
    }

    @Override
    public void resume(V2TIMCallback callback) {
        Native.resume(Answer.to(callback));
    }

    @Override
    public void undoClear(String conversationID, V2TIMCallback callback) {
        Native.undoClear(Native.chars(conversationID), Answer.to(callback));
    }
}
