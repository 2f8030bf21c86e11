import chatdrafts.V2TIMManager;
import chatdrafts.V2TIMSDKConfig;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Who is in, and what a login and a logout are told meanwhile. */
final class Logins {
    private Logins() {}

    static void run() {
        Check.that("login twice, logout twice", Logins::twice);
        Check.that("drafts stay, and are their user's own", Logins::own);
        Check.that("of two logins that race one is in", Logins::racing);
        Check.that("a login while another runs", Logins::whileLoginRuns);
        Check.that("a login while a logout runs", Logins::whileLogoutRuns);
        Check.that("a logout that overtakes a login", Logins::overtaken);
        Check.that("a login and a logout are under way until they are heard of", Logins::heardOf);
        Check.that("reads wait for a login", Logins::readsWait);
        Check.that("a user id in capitals and a path are names like others", Logins::names);
    }

    private static void twice() throws Exception {
        Sdk.begin();
        Check.equal("alice", Sdk.MANAGER.getLoginUser());
        Check.equal(V2TIMManager.V2TIM_STATUS_LOGINED, Sdk.MANAGER.getLoginStatus());
        Check.equal(0, Sdk.login("alice"));
        Check.equal(6015, Sdk.login("bob"));
        Check.equal("alice", Sdk.MANAGER.getLoginUser());
        Check.equal(0, Sdk.logout());
        Check.equal(6014, Sdk.logout());
        Check.equal(null, Sdk.MANAGER.getLoginUser());
        Check.equal(V2TIMManager.V2TIM_STATUS_LOGOUT, Sdk.MANAGER.getLoginStatus());
    }

    private static void own() throws Exception {
        Path folder = Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", "of alice"));
        Check.equal(0, Sdk.logout());
        Check.equal(0, Sdk.login("eve"));
        Check.equal("", Sdk.draft("c2c_bob"));
        Sdk.end();
        Sdk.again(folder);
        Check.equal("of alice", Sdk.draft("c2c_bob"));
    }

    private static void racing() throws Exception {
        Sdk.init(Sdk.folder());
        for (int round = 0; round < 50; round++) {
            CountDownLatch go = new CountDownLatch(1);
            Answered<?>[] answers = new Answered<?>[2];
            Thread[] threads = new Thread[2];
            for (int each = 0; each < 2; each++) {
                int number = each;
                threads[each] = new Thread(() -> {
                    Sdk.awaits(go);
                    answers[number] =
                            Answered.call(callback -> Sdk.MANAGER.login("user" + number, "", callback));
                });
                threads[each].start();
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            int first = answers[0].code();
            int second = answers[1].code();
            Check.isTrue(first == 0 && second == 6015 || first == 6015 && second == 0, first + " and " + second);
            Check.equal(first == 0 ? "user0" : "user1", Sdk.MANAGER.getLoginUser());
            Check.equal(0, Sdk.logout());
        }
    }

    private static void whileLoginRuns() throws Exception {
        Sdk.init(Sdk.folder());
        CountDownLatch release = Sdk.hold();
        Answered<Void> coming = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
        Answered<Void> refused = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
        release.countDown();
        Check.equal(0, coming.code());
        Check.equal(6015, refused.code());
    }

    private static void whileLogoutRuns() throws Exception {
        Sdk.begin();
        for (int draft = 0; draft < 500; draft++) {
            Sdk.CONVERSATIONS.setConversationDraft("c2c_" + draft, "x", null);
        }
        CountDownLatch release = Sdk.hold();
        Answered<Void> going = Answered.call(Sdk.MANAGER::logout);
        Answered<Void> refused = Answered.call(callback -> Sdk.MANAGER.login("eve", "", callback));
        release.countDown();
        Check.equal(0, going.code());
        Check.equal(6015, refused.code());
        Check.equal(0, Sdk.login("eve"));
        Check.equal("", Sdk.draft("c2c_1"));
    }

    private static void overtaken() throws Exception {
        Sdk.init(Sdk.folder());
        for (int round = 0; round < 50; round++) {
            CountDownLatch release = Sdk.hold();
            Answered<Void> coming = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
            Answered<Void> going = Answered.call(Sdk.MANAGER::logout);
            release.countDown();
            Check.equal(6023, coming.code());
            Check.equal(0, going.code());
            Check.equal(null, Sdk.MANAGER.getLoginUser());
        }
    }

    private static void heardOf() throws Exception {
        Path folder = Sdk.folder();
        BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        V2TIMSDKConfig config = Sdk.config(folder);
        config.setExecutor(waiting::add);
        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP, config), "initSDK");
        Answered<Void> coming = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
        Runnable answer = waiting.poll(20, TimeUnit.SECONDS);
        Check.equal(V2TIMManager.V2TIM_STATUS_LOGINING, Sdk.MANAGER.getLoginStatus());
        Sdk.end();
        answer.run();
        Check.equal(6023, coming.code());

        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP, config), "initSDK");
        Answered<Void> again = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
        waiting.poll(20, TimeUnit.SECONDS).run();
        Check.equal(0, again.code());
        Answered<Void> going = Answered.call(Sdk.MANAGER::logout);
        answer = waiting.poll(20, TimeUnit.SECONDS);
        Answered<Void> early = Answered.call(callback -> Sdk.MANAGER.login("bob", "", callback));
        waiting.poll(20, TimeUnit.SECONDS).run();
        Check.equal(6015, early.code());
        // Another app waits until the files are closed, and not until the answer is heard.
        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP + 1, Sdk.config(folder)), "another app");
        answer.run();
        Check.equal(0, going.code());
        Check.equal(0, Sdk.login("alice"));
    }

    private static void readsWait() throws Exception {
        Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", "x"));
        Check.equal(0, Sdk.logout());
        for (int round = 0; round < 50; round++) {
            Answered<Void> coming = Answered.call(callback -> Sdk.MANAGER.login("alice", "", callback));
            Check.equal("x", Sdk.draft("c2c_bob"));
            Check.equal(0, coming.code());
            Check.equal(0, Sdk.logout());
        }
    }

    private static void names() throws Exception {
        Path folder = Sdk.folder();
        Sdk.init(folder);
        String[] users = {"A", "a", "..", "a/b", "a b"};
        for (String user : users) {
            Check.equal(0, Sdk.login(user));
            Check.equal("", Sdk.draft("c2c_bob"));
            Check.equal(0, Sdk.set("c2c_bob", user));
            Check.equal(0, Sdk.logout());
        }
        for (String user : users) {
            Check.equal(0, Sdk.login(user));
            Check.equal(user, Sdk.draft("c2c_bob"));
            Check.equal(0, Sdk.logout());
        }
        Check.equal(7003, Sdk.login(""));
        Check.equal(7003, Sdk.login("ärger"));
        Check.equal(7003, Sdk.login("123456789012345678901234567890123"));
    }
}
