package chatdrafts;

/** Which conversations a list is of: all of them, unless it is told here. */
public final class V2TIMConversationListFilter {
    private int conversationType = V2TIMConversation.CONVERSATION_TYPE_INVALID;
    private boolean hasUnreadCount;

    /** Only those of this type; {@link V2TIMConversation#CONVERSATION_TYPE_INVALID} is every type. */
    public void setConversationType(int conversationType) {
        this.conversationType = conversationType;
    }

    /** The type they are of. */
    public int getConversationType() {
        return conversationType;
    }

    /** Only those with unread messages. */
    public void setHasUnreadCount(boolean hasUnreadCount) {
        this.hasUnreadCount = hasUnreadCount;
    }

    /** Whether only those with unread messages are listed. */
    public boolean hasUnreadCount() {
        return hasUnreadCount;
    }
}
