package chatdrafts;

import java.util.List;

/** A part of the list of conversations, highest order key first. */
public final class V2TIMConversationResult {
    private final List<V2TIMConversation> conversations;
    private final long nextSeq;
    private final boolean finished;

    V2TIMConversationResult(List<V2TIMConversation> conversations, long nextSeq, boolean finished) {
        this.conversations = conversations;
        this.nextSeq = nextSeq;
        this.finished = finished;
    }

    /** What to ask for next; 0 at the end. */
    public long getNextSeq() {
        return nextSeq;
    }

    /** Whether this is the end of the list. */
    public boolean isFinished() {
        return finished;
    }

    /** The conversations. */
    public List<V2TIMConversation> getConversationList() {
        return conversations;
    }
}
