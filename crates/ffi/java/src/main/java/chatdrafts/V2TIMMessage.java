package chatdrafts;

/** The newest message of a conversation, as the host told it. */
public final class V2TIMMessage {
    private final long seconds;
    private final byte[] body;

    V2TIMMessage(long seconds, byte[] body) {
        this.seconds = seconds;
        this.body = body;
    }

    /** When it was sent, in seconds since 1970. */
    public long getTimestamp() {
        return seconds;
    }

    /** The host's own bytes; nothing here reads them. */
    public byte[] getBody() {
        return body.clone();
    }
}
