package chatdrafts;

/** What became of one conversation of several. */
public final class V2TIMConversationOperationResult {
    private final String conversationID;
    private final int resultCode;
    private final String resultInfo;

    V2TIMConversationOperationResult(String conversationID, int resultCode, String resultInfo) {
        this.conversationID = conversationID;
        this.resultCode = resultCode;
        this.resultInfo = resultInfo;
    }

    /** The id as it was given; null if that was no text. */
    public String getConversationID() {
        return conversationID;
    }

    /** 0, or one of the codes of the README. */
    public int getResultCode() {
        return resultCode;
    }

    /** Empty, or a sentence for the developer. */
    public String getResultInfo() {
        return resultInfo;
    }
}
