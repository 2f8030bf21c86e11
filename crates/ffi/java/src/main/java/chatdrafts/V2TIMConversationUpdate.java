package chatdrafts;

/**
 * What a host tells of a conversation, since no server does. What is not mentioned stays as it is; null clears a fact, and
 * so does the method that is named for it.
 */
public final class V2TIMConversationUpdate {
    private static final int SHOW_NAME = 1;
    private static final int FACE_URL = 2;
    private static final int UNREAD_COUNT = 4;
    private static final int RECV_OPT = 8;
    private static final int LAST_MESSAGE = 16;
    private static final int CUSTOM_DATA = 32;

    /** A number that is told to be gone: none that an int has. */
    private static final long CLEARED = Long.MIN_VALUE;

    private int told;
    private String showName;
    private String faceUrl;
    private long unreadCount;
    private long recvOpt;
    private long messageMillis;
    private byte[] messageBody;
    private byte[] customData;
    private String customText;

    /** The name to show. */
    public V2TIMConversationUpdate setShowName(String showName) {
        told |= SHOW_NAME;
        this.showName = showName;
        return this;
    }

    /** Forgets the name to show. */
    public V2TIMConversationUpdate clearShowName() {
        return setShowName(null);
    }

    /** Where the picture is. */
    public V2TIMConversationUpdate setFaceUrl(String faceUrl) {
        told |= FACE_URL;
        this.faceUrl = faceUrl;
        return this;
    }

    /** Forgets where the picture is. */
    public V2TIMConversationUpdate clearFaceUrl() {
        return setFaceUrl(null);
    }

    /** How many messages are unread, 0 or more. */
    public V2TIMConversationUpdate setUnreadCount(int unreadCount) {
        told |= UNREAD_COUNT;
        this.unreadCount = unreadCount;
        return this;
    }

    /** Forgets how many messages are unread. A count of 0 keeps a conversation known, no count does not. */
    public V2TIMConversationUpdate clearUnreadCount() {
        told |= UNREAD_COUNT;
        unreadCount = CLEARED;
        return this;
    }

    /** How messages are received, in the host's numbers, 0 or more. */
    public V2TIMConversationUpdate setRecvOpt(int recvOpt) {
        told |= RECV_OPT;
        this.recvOpt = recvOpt;
        return this;
    }

    /** Forgets how messages are received. */
    public V2TIMConversationUpdate clearRecvOpt() {
        told |= RECV_OPT;
        recvOpt = CLEARED;
        return this;
    }

    /**
     * The newest message: when it was sent, in milliseconds since 1970, and bytes of the host's own. One newer than the last
     * moves the conversation up. A null body forgets the message.
     */
    public V2TIMConversationUpdate setLastMessage(long timestampMillis, byte[] body) {
        told |= LAST_MESSAGE;
        messageMillis = timestampMillis;
        messageBody = body == null ? null : body.clone();
        return this;
    }

    /** Forgets the newest message. */
    public V2TIMConversationUpdate clearLastMessage() {
        return setLastMessage(0, null);
    }

    /** Data of the host's own, kept as UTF-8. */
    public V2TIMConversationUpdate setCustomData(String customData) {
        told |= CUSTOM_DATA;
        customText = customData;
        this.customData = null;
        return this;
    }

    /** Data of the host's own. */
    public V2TIMConversationUpdate setCustomDataBytes(byte[] customData) {
        told |= CUSTOM_DATA;
        customText = null;
        this.customData = customData == null ? null : customData.clone();
        return this;
    }

    /** Forgets the host's own data. */
    public V2TIMConversationUpdate clearCustomData() {
        return setCustomDataBytes(null);
    }

    void tell(String conversationID, Answer<?> answer) {
        Native.update(
                Native.chars(conversationID),
                told,
                Native.chars(showName),
                Native.chars(faceUrl),
                unreadCount,
                recvOpt,
                messageMillis,
                messageBody,
                customData,
                Native.chars(customText),
                answer);
    }
}
