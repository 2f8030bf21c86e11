import chatdrafts.V2TIMCallback;
import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMValueCallback;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What callbacks may do. */
final class Callbacks {
    private Callbacks() {}

    static void run() {
        Check.that("null callbacks everywhere", Callbacks::nulls);
        Check.that("callbacks that throw", Callbacks::throwing);
        Check.that("a callback of both kinds hears what its call has", Callbacks::both);
        Check.that("a callback that calls back in", Callbacks::callsBackIn);
        Check.that("a callback that logs out", Callbacks::logsOut);
        Check.that("a callback that uninits", Callbacks::uninits);
        Check.that("a call is never answered on its own stack", Callbacks::later);
        Check.that("callbacks come on one daemon thread", Callbacks::thread);
    }

    private static void nulls() throws Exception {
        Path folder = Sdk.folder();
        for (int round = 0; round < 2; round++) {
            Sdk.MANAGER.login("alice", null, null);
            Sdk.CONVERSATIONS.setConversationDraft(null, null, null);
            Sdk.CONVERSATIONS.getConversation(null, null);
            Sdk.CONVERSATIONS.getConversationList(0, 10, null);
            Sdk.CONVERSATIONS.getConversationList(null, null);
            Sdk.CONVERSATIONS.getConversationList(Arrays.asList("c2c_a", null), null);
            Sdk.CONVERSATIONS.getConversationListByFilter(null, 0, 10, null);
            Sdk.CONVERSATIONS.pinConversation(null, true, null);
            Sdk.CONVERSATIONS.deleteConversation(null, null);
            Sdk.CONVERSATIONS.deleteConversationList(null, true, null);
            Sdk.CONVERSATIONS.getTotalUnreadMessageCount(null);
            Sdk.CONVERSATIONS.updateConversation(null, null, null);
            Sdk.MANAGER.logout(null);
            Sdk.end();
            Sdk.init(folder);
        }
        Check.equal(0, Sdk.login("alice"));
        Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", null);
        Sdk.end();
        Sdk.again(folder);
        Check.equal("x", Sdk.draft("c2c_a"));
    }

    private static void throwing() throws Exception {
        Sdk.begin();
        try (Uncaught uncaught = new Uncaught()) {
            for (int round = 0; round < 100; round++) {
                Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
                    throw new IllegalStateException("a callback that throws");
                }));
                uncaught.caught("a callback that throws");
                Sdk.CONVERSATIONS.setConversationDraft("c2c_", "x", new OnEnd(() -> {
                    throw new StackOverflowError("an error");
                }));
                uncaught.caught("an error");
            }
            Check.equal("x", Sdk.draft("c2c_a"));
        }
    }

    private static final class Both implements V2TIMCallback, V2TIMValueCallback<V2TIMConversation> {
        private final AtomicInteger plain = new AtomicInteger();
        private final AtomicInteger values = new AtomicInteger();

        @Override
        public void onSuccess() {
            plain.incrementAndGet();
        }

        @Override
        public void onSuccess(V2TIMConversation value) {
            values.incrementAndGet();
        }

        @Override
        public void onError(int code, String desc) {}
    }

    private static void both() throws Exception {
        Sdk.begin();
        Both both = new Both();
        Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", both);
        Sdk.CONVERSATIONS.getConversation("c2c_a", both);
        Sdk.CONVERSATIONS.getConversation("c2c_a", both);
        Sdk.end();
        Check.equal(1, both.plain.get());
        Check.equal(2, both.values.get());
    }

    private static void callsBackIn() throws Exception {
        Sdk.begin();
        CountDownLatch last = new CountDownLatch(1);
        next(100, last);
        Sdk.awaits(last);
        Check.equal("99", Sdk.draft("c2c_a"));
    }

    private static void next(int calls, CountDownLatch last) {
        if (calls == 0) {
            last.countDown();
            return;
        }
        Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "" + (100 - calls), new OnEnd(() -> next(calls - 1, last)));
    }

    private static void logsOut() throws Exception {
        Path folder = Sdk.begin();
        CountDownLatch called = new CountDownLatch(1);
        Answered<?>[] inside = new Answered<?>[1];
        Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
            inside[0] = Answered.call(Sdk.MANAGER::logout);
            called.countDown();
        }));
        Sdk.awaits(called);
        Check.equal(0, inside[0].code());
        Check.equal(3, Sdk.MANAGER.getLoginStatus());
        Sdk.end();
        Sdk.again(folder);
        Check.equal("x", Sdk.draft("c2c_a"));
    }

    private static void uninits() throws Exception {
        Path folder = Sdk.begin();
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch release = Sdk.hold();
        Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
            Sdk.MANAGER.unInitSDK();
            done.countDown();
        }));
        Answered<?>[] after = new Answered<?>[20];
        for (int call = 0; call < after.length; call++) {
            String id = "c2c_behind" + call;
            after[call] = Answered.call(callback -> Sdk.CONVERSATIONS.setConversationDraft(id, "x", callback));
        }
        release.countDown();
        Sdk.awaits(done);
        for (Answered<?> answer : after) {
            Check.equal(0, answer.code());
        }
        Check.equal(6013, Sdk.set("c2c_a", "y"));
        Sdk.again(folder);
        Check.equal("x", Sdk.draft("c2c_a"));
        Check.equal("x", Sdk.draft("c2c_behind19"));
    }

    private static void later() throws Exception {
        Sdk.begin();
        Object lock = new Object();
        Answered<Void> answered;
        synchronized (lock) {
            answered = Answered.call(callback -> {
                Sdk.CONVERSATIONS.setConversationDraft("c2c_", "x", new OnEnd(() -> {
                    synchronized (lock) {
                        callback.onSuccess();
                    }
                }));
            });
            Check.isTrue(!answered.isHere(), "it was answered while the lock was held");
        }
        Check.equal(0, answered.code());
    }

    private static void thread() throws Exception {
        Sdk.begin();
        // The second call is made while the first is answered: a thread that is idle for long would end between them.
        Answered<?>[] second = new Answered<?>[1];
        Thread first = Answered.call(callback -> {
            Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
                second[0] = Answered.call(inner -> Sdk.CONVERSATIONS.setConversationDraft("c2c_", "x", inner));
                callback.onSuccess();
            }));
        }).thread();
        Check.isTrue(first != Thread.currentThread(), "a thread of its own");
        Check.isTrue(first.isDaemon(), "the JVM does not wait for it");
        Check.equal("chat-drafts-host", first.getName());
        Check.equal(first, second[0].thread());
        Sdk.end();
        first.join(20_000);
        Check.isTrue(!first.isAlive(), "it ends with uninit");
    }
}
