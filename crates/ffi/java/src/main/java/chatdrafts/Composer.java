package chatdrafts;

/**
 * The input field of one conversation, of {@link V2TIMConversationManager#compose}: edits touch memory only and are saved
 * behind, after 300 ms without an edit, and 2 s after the first at the latest. It may be used from any thread. The vendor has
 * no such class.
 */
public final class Composer implements AutoCloseable {
    private final long handle;

    /** Called by the library. */
    Composer(long handle) {
        this.handle = handle;
    }

    /** The id of the conversation, after a rename the new one; empty once it is closed. */
    public String getConversationID() {
        return Native.composerId(handle);
    }

    /** The text as it is now; empty once it is closed. */
    public String getText() {
        return Native.composerText(handle);
    }

    /**
     * Takes the text as it is after an edit; a null or empty one clears the draft when it is saved. Never waits.
     *
     * @return 0; 6017 about the text, or if this is closed; 6014 once the user is logged out
     */
    public int setText(String text) {
        return Native.composerSetText(handle, Native.chars(text));
    }

    /** {@link #setText(String)}; succeeds when that text, or a newer one, is on the disk. */
    public void setText(String text, V2TIMCallback callback) {
        Native.composerSetTextThen(handle, Native.chars(text), Answer.to(callback));
    }

    /** Saves the text. */
    public void flush(V2TIMCallback callback) {
        Native.composerFlush(handle, Answer.to(callback));
    }

    /** Takes the text out of the draft, to be sent. This is empty then. */
    public void beginSend(V2TIMValueCallback<Ticket> callback) {
        Native.composerBeginSend(handle, Answer.to(callback));
    }

    /**
     * What somebody else has stored, another process for instance, if the text cannot be saved over it: empty if they have
     * cleared it, null without such a conflict.
     */
    public String getConflict() {
        return Native.composerConflict(handle);
    }

    /** Ends a conflict; {@link #getText} is what is kept. Says whether there was one. */
    public boolean resolve(Keep keep) {
        return Native.composerResolve(handle, keep.ordinal());
    }

    /** Leaves the conversation: what is not saved is saved behind. Closing again is fine. */
    @Override
    public void close() {
        Native.composerClose(handle);
    }
}
