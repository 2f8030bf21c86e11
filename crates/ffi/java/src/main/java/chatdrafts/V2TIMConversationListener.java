package chatdrafts;

import java.util.List;

/** Hears of conversations. */
public abstract class V2TIMConversationListener {
    /** The list is about to be read anew: after a login, and when another process has written to the same file. */
    public void onSyncServerStart() {}

    /** The list can be read now. */
    public void onSyncServerFinish() {}

    /** Conversations came into being, by a draft for instance. */
    public void onNewConversation(List<V2TIMConversation> conversationList) {}

    /** Conversations changed, their drafts for instance; each is here as it is now. */
    public void onConversationChanged(List<V2TIMConversation> conversationList) {}

    /** Conversations were deleted, their drafts with them. */
    public void onConversationDeleted(List<String> conversationIDList) {}
}
