package chatdrafts;

/**
 * A text that has left its draft to be sent, and is kept until the ticket says what became of it. One that is closed without
 * a word keeps its text, and so does a crash: {@link V2TIMConversationManager#getTickets} gives it again. The vendor has no
 * such class.
 */
public final class Ticket implements AutoCloseable {
    private final long handle;
    private final long number;
    private final String conversationID;
    private final String text;

    /** Called by the library. */
    Ticket(long handle, long number, String conversationID, String text) {
        this.handle = handle;
        this.number = number;
        this.conversationID = conversationID;
        this.text = text;
    }

    /** The number of the sending; after a restart the ticket of the same text has the same. */
    public long getNumber() {
        return number;
    }

    /** The conversation it is of. */
    public String getConversationID() {
        return conversationID;
    }

    /** The text to send. */
    public String getText() {
        return text;
    }

    /** Deletes the text of a message that was sent. 6017 if it is not being sent any more. */
    public void confirm(V2TIMCallback callback) {
        Native.ticketConfirm(handle, Answer.to(callback));
    }

    /**
     * It was not sent: its text stands in front of what was typed since, a newline between them. A composer shows it when
     * this succeeds. 6017 if it is not being sent any more.
     */
    public void abort(V2TIMCallback callback) {
        Native.ticketAbort(handle, Answer.to(callback));
    }

    /** Gives the ticket up; its text is kept unless it was confirmed or aborted. Closing again is fine. */
    @Override
    public void close() {
        Native.ticketClose(handle);
    }
}
