package chatdrafts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A host's listener, as the library calls it. */
final class Hearer {
    private final V2TIMConversationListener listener;

    Hearer(V2TIMConversationListener listener) {
        this.listener = listener;
    }

    void syncStarted() {
        HostCode.run(listener::onSyncServerStart);
    }

    void syncFinished() {
        HostCode.run(listener::onSyncServerFinish);
    }

    void isNew(V2TIMConversation conversation) {
        HostCode.run(() -> listener.onNewConversation(listOf(conversation)));
    }

    void isChanged(V2TIMConversation conversation) {
        HostCode.run(() -> listener.onConversationChanged(listOf(conversation)));
    }

    void isDeleted(String id) {
        HostCode.run(() -> listener.onConversationDeleted(listOf(id)));
    }

    private static <T> List<T> listOf(T item) {
        return new ArrayList<>(Collections.singletonList(item));
    }
}
