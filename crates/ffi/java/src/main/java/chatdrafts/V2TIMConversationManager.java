package chatdrafts;

import java.util.List;

/**
 * The calls about conversations. Each gives its callback, which may be null, exactly one answer, never before the call
 * returns.
 */
public abstract class V2TIMConversationManager {
    V2TIMConversationManager() {}

    /** Sets the draft of a conversation; a null or empty text clears it. It is on the disk when this succeeds. */
    public abstract void setConversationDraft(String conversationID, String draftText, V2TIMCallback callback);

    /** A conversation; one that is not known is an empty one of this id. */
    public abstract void getConversation(String conversationID, V2TIMValueCallback<V2TIMConversation> callback);

    /** A page of up to {@code count} conversations, from {@code nextSeq} on; 0 is the beginning. */
    public abstract void getConversationList(
            long nextSeq, int count, V2TIMValueCallback<V2TIMConversationResult> callback);

    /** Conversations by their ids, in this order, all of one moment. */
    public abstract void getConversationList(
            List<String> conversationIDList, V2TIMValueCallback<List<V2TIMConversation>> callback);

    /** A page of those conversations that the filter lets pass; null lets all of them. */
    public abstract void getConversationListByFilter(
            V2TIMConversationListFilter filter,
            long nextSeq,
            int count,
            V2TIMValueCallback<V2TIMConversationResult> callback);

    /** Pins a conversation above all that are not, or unpins it. */
    public abstract void pinConversation(String conversationID, boolean isPinned, V2TIMCallback callback);

    /** Forgets a conversation, its draft included. */
    public abstract void deleteConversation(String conversationID, V2TIMCallback callback);

    /** Forgets these conversations, each by itself. There are no messages here that {@code clearMessage} could mean. */
    public abstract void deleteConversationList(
            List<String> conversationIDList,
            boolean clearMessage,
            V2TIMValueCallback<List<V2TIMConversationOperationResult>> callback);

    /** How many messages are unread, over all conversations. */
    public abstract void getTotalUnreadMessageCount(V2TIMValueCallback<Long> callback);

    /** Adds a listener; one that is there already changes nothing. It stays over logout and {@code unInitSDK}. */
    public abstract void addConversationListener(V2TIMConversationListener listener);

    /** Takes a listener away. A call of it that is under way on another thread may still end later. */
    public abstract void removeConversationListener(V2TIMConversationListener listener);

    /** Tells what the host knows of a conversation. No call of the vendor's: there a server knows it. */
    public abstract void updateConversation(
            String conversationID, V2TIMConversationUpdate update, V2TIMCallback callback);

    /**
     * Gives a conversation another id, when a planned group gets its real one for instance. If that is known already both are
     * one from then on: its draft stands first, then a newline, then the old one's; its facts win. Listeners hear that the old
     * one was deleted and the new one has changed. No call of the SDK's.
     */
    public abstract void renameConversation(String conversationID, String newConversationID, V2TIMCallback callback);

    /**
     * Opens the input field of a conversation: what was typed there is restored, and what is typed is saved behind. No call of
     * the vendor's, and so are the next ones.
     */
    public abstract void compose(String conversationID, V2TIMValueCallback<Composer> callback);

    /**
     * Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not. A sent text never comes
     * back by a late save. 6017 if there is none.
     */
    public abstract void beginSend(String conversationID, V2TIMValueCallback<Ticket> callback);

    /** The texts of which nobody has said what became of them, also before a restart, in the order their sending began. */
    public abstract void getTickets(V2TIMValueCallback<List<Ticket>> callback);

    /** Saves everything that is typed. */
    public abstract void flush(V2TIMCallback callback);

    /**
     * Saves everything that is typed, on this thread, for no longer than so many milliseconds: for the moment in which a system
     * tells an app that it goes to the background.
     *
     * @return 0, or the code of what went wrong, 6019 if the time was not enough; saving goes on then
     */
    public abstract int flushWithin(long millis);

    /**
     * Saves what is typed, closes the files and releases every lock, until {@link #resume}. Composers go on in memory; every
     * other call fails by 6019 meanwhile.
     */
    public abstract void suspend(V2TIMCallback callback);

    /** Opens the files again and saves what was typed meanwhile. Also after a write that failed. */
    public abstract void resume(V2TIMCallback callback);

    /** Brings back the draft that was cleared last in this conversation, if it has none by now. */
    public abstract void undoClear(String conversationID, V2TIMCallback callback);
}
