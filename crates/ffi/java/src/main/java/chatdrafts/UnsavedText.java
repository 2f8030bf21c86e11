package chatdrafts;

/** A text that could not be saved before the end: of {@link V2TIMManager#unInitSDKWithin}. The vendor has no such class. */
public final class UnsavedText {
    private final String conversationID;
    private final String text;

    UnsavedText(String conversationID, String text) {
        this.conversationID = conversationID;
        this.text = text;
    }

    /** The conversation. */
    public String getConversationID() {
        return conversationID;
    }

    /** The text as it was typed last; empty if the draft was to be cleared. */
    public String getText() {
        return text;
    }
}
