import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMConversationListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What listeners hear. */
final class Listeners {
    private Listeners() {}

    /** Writes down what it hears. It says it equals every other. */
    private static final class Scribe extends V2TIMConversationListener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void onSyncServerStart() {
            heard.add("start");
        }

        @Override
        public void onSyncServerFinish() {
            heard.add("finish");
        }

        @Override
        public void onNewConversation(List<V2TIMConversation> conversations) {
            note("new", conversations);
        }

        @Override
        public void onConversationChanged(List<V2TIMConversation> conversations) {
            note("changed", conversations);
        }

        @Override
        public void onConversationDeleted(List<String> ids) {
            Check.equal(1, ids.size());
            heard.add("deleted " + ids.get(0));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Scribe;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        private void note(String what, List<V2TIMConversation> conversations) {
            Check.equal(1, conversations.size());
            V2TIMConversation conversation = conversations.get(0);
            heard.add(what + " " + conversation.getConversationID() + " " + conversation.getDraftText());
        }

        void hears(String expected) throws InterruptedException {
            Check.equal(expected, heard.poll(20, TimeUnit.SECONDS));
        }
    }

    static void run() {
        Check.that("a listener hears of everything", Listeners::everything);
        Check.that("a listener is added once, and goes", Listeners::once);
        Check.that("a listener that throws, and one beside it", Listeners::throwing);
        Check.that("a listener that calls and removes itself", Listeners::removesItself);
    }

    private static void everything() throws Exception {
        Scribe scribe = new Scribe();
        Sdk.CONVERSATIONS.addConversationListener(scribe);
        try {
            Sdk.begin();
            scribe.hears("start");
            scribe.hears("finish");
            Check.equal(0, Sdk.set("c2c_bob", "one"));
            scribe.hears("new c2c_bob one");
            Check.equal(0, Sdk.set("c2c_bob", "two \u0000 \ud83d\ude00"));
            scribe.hears("changed c2c_bob two \u0000 \ud83d\ude00");
            Sdk.CONVERSATIONS.pinConversation("c2c_bob", true, null);
            scribe.hears("changed c2c_bob two \u0000 \ud83d\ude00");
            Sdk.CONVERSATIONS.deleteConversation("c2c_bob", null);
            scribe.hears("deleted c2c_bob");
            Check.equal(0, Sdk.set("c2c_eve", "x"));
            scribe.hears("new c2c_eve x");
            Check.equal(0, Sdk.set("c2c_eve", null));
            scribe.hears("changed c2c_eve ");
        } finally {
            Sdk.CONVERSATIONS.removeConversationListener(scribe);
        }
    }

    private static void once() throws Exception {
        Sdk.begin();
        Scribe scribe = new Scribe();
        Scribe equal = new Scribe();
        Sdk.CONVERSATIONS.addConversationListener(scribe);
        Sdk.CONVERSATIONS.addConversationListener(scribe);
        Sdk.CONVERSATIONS.addConversationListener(equal);
        Sdk.CONVERSATIONS.addConversationListener(null);
        Check.equal(0, Sdk.set("c2c_a", "x"));
        scribe.hears("new c2c_a x");
        equal.hears("new c2c_a x");
        Sdk.CONVERSATIONS.removeConversationListener(scribe);
        Sdk.CONVERSATIONS.removeConversationListener(scribe);
        Sdk.CONVERSATIONS.removeConversationListener(null);
        Check.equal(0, Sdk.set("c2c_b", "x"));
        equal.hears("new c2c_b x");
        Sdk.CONVERSATIONS.removeConversationListener(equal);
        // Uninit waits for what is on its way.
        Sdk.end();
        Check.equal(0, scribe.heard.size());
    }

    private static void throwing() throws Exception {
        Sdk.begin();
        V2TIMConversationListener throwing = new V2TIMConversationListener() {
            @Override
            public void onNewConversation(List<V2TIMConversation> conversations) {
                throw new IllegalStateException("a listener that throws");
            }
        };
        Scribe scribe = new Scribe();
        Sdk.CONVERSATIONS.addConversationListener(throwing);
        Sdk.CONVERSATIONS.addConversationListener(scribe);
        try (Uncaught uncaught = new Uncaught()) {
            Check.equal(0, Sdk.set("c2c_a", "x"));
            scribe.hears("new c2c_a x");
            uncaught.caught("a listener that throws");
        } finally {
            Sdk.CONVERSATIONS.removeConversationListener(throwing);
            Sdk.CONVERSATIONS.removeConversationListener(scribe);
        }
    }

    private static void removesItself() throws Exception {
        Sdk.begin();
        Scribe scribe = new Scribe();
        V2TIMConversationListener leaving = new V2TIMConversationListener() {
            @Override
            public void onNewConversation(List<V2TIMConversation> conversations) {
                Sdk.CONVERSATIONS.removeConversationListener(this);
                Sdk.CONVERSATIONS.addConversationListener(scribe);
                Sdk.CONVERSATIONS.setConversationDraft("c2c_from_inside", "x", null);
            }
        };
        Sdk.CONVERSATIONS.addConversationListener(leaving);
        Check.equal(0, Sdk.set("c2c_a", "x"));
        scribe.hears("new c2c_from_inside x");
        Sdk.CONVERSATIONS.removeConversationListener(scribe);
    }
}
