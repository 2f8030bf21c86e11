package chatdrafts;

import java.nio.charset.StandardCharsets;

/** A conversation as it was at one moment. What a host did not tell has its empty value. */
public final class V2TIMConversation {
    /** The type of a conversation that is neither. */
    public static final int CONVERSATION_TYPE_INVALID = 0;
    /** The type of a chat with one user. */
    public static final int V2TIM_C2C = 1;
    /** The type of a chat of a group. */
    public static final int V2TIM_GROUP = 2;

    private final int type;
    private final String conversationID;
    private final String name;
    private final String showName;
    private final String faceUrl;
    private final int unreadCount;
    private final int recvOpt;
    private final V2TIMMessage lastMessage;
    private final String draftText;
    private final long draftTimestamp;
    private final boolean pinned;
    private final long orderKey;
    private final byte[] customData;

    V2TIMConversation(
            int type,
            String conversationID,
            String name,
            String showName,
            String faceUrl,
            int unreadCount,
            int recvOpt,
            V2TIMMessage lastMessage,
            String draftText,
            long draftTimestamp,
            boolean pinned,
            long orderKey,
            byte[] customData) {
        this.type = type;
        this.conversationID = conversationID;
        this.name = name;
        this.showName = showName;
        this.faceUrl = faceUrl;
        this.unreadCount = unreadCount;
        this.recvOpt = recvOpt;
        this.lastMessage = lastMessage;
        this.draftText = draftText;
        this.draftTimestamp = draftTimestamp;
        this.pinned = pinned;
        this.orderKey = orderKey;
        this.customData = customData == null ? new byte[0] : customData;
    }

    /** {@link #V2TIM_C2C}, {@link #V2TIM_GROUP}, or {@link #CONVERSATION_TYPE_INVALID} for an id of neither form. */
    public int getType() {
        return type;
    }

    /** The id: {@code c2c_} and the user, {@code group_} and the group, or any other. */
    public String getConversationID() {
        return conversationID;
    }

    /** The user, or null if this is no chat with one. */
    public String getUserID() {
        return type == V2TIM_C2C ? name : null;
    }

    /** The group, or null if this is no chat of one. */
    public String getGroupID() {
        return type == V2TIM_GROUP ? name : null;
    }

    /** The name to show. */
    public String getShowName() {
        return showName;
    }

    /** Where the picture is. */
    public String getFaceUrl() {
        return faceUrl;
    }

    /** How many messages are unread. */
    public int getUnreadCount() {
        return unreadCount;
    }

    /** How messages are received, in the host's numbers. */
    public int getRecvOpt() {
        return recvOpt;
    }

    /** The newest message, or null. */
    public V2TIMMessage getLastMessage() {
        return lastMessage;
    }

    /** What its user has not sent yet; empty without a draft. */
    public String getDraftText() {
        return draftText;
    }

    /** When the draft was set, in seconds since 1970; 0 without a draft. */
    public long getDraftTimestamp() {
        return draftTimestamp;
    }

    /** Whether it is pinned above all that are not. */
    public boolean isPinned() {
        return pinned;
    }

    /** Where it stands in the list: highest first. A growing number, not a time. */
    public long getOrderKey() {
        return orderKey;
    }

    /** The host's own data, read as UTF-8. */
    public String getCustomData() {
        return new String(customData, StandardCharsets.UTF_8);
    }

    /** The host's own data. */
    public byte[] getCustomDataBytes() {
        return customData.clone();
    }
}
