import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMConversationManager;
import chatdrafts.V2TIMManager;
import chatdrafts.V2TIMSDKConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What the cases share: an initialised SDK, and calls that wait for their answer. */
final class Sdk {
    static final int APP = 1400000000;
    static final V2TIMManager MANAGER = V2TIMManager.getInstance();
    static final V2TIMConversationManager CONVERSATIONS = V2TIMManager.getConversationManager();

    private Sdk() {}

    static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("chat-drafts-java");
        folder.toFile().deleteOnExit();
        return folder;
    }

    static V2TIMSDKConfig config(Path folder) {
        V2TIMSDKConfig config = new V2TIMSDKConfig();
        config.setInitPath(folder.toString());
        return config;
    }

    static void init(Path folder) {
        Check.isTrue(MANAGER.initSDK(APP, config(folder)), "initSDK");
    }

    static int login(String user) throws InterruptedException {
        return Answered.call(callback -> MANAGER.login(user, "", callback)).code();
    }

    static int logout() throws InterruptedException {
        return Answered.call(MANAGER::logout).code();
    }

    /** Initialised in a folder of its own, with a user. */
    static Path begin() throws Exception {
        Path folder = folder();
        again(folder);
        return folder;
    }

    /** Initialised in this folder, with the same user. */
    static void again(Path folder) throws InterruptedException {
        init(folder);
        Check.equal(0, login("alice"));
    }

    static void end() {
        MANAGER.unInitSDK();
    }

    static int set(String id, String text) throws InterruptedException {
        return Answered.call(callback -> CONVERSATIONS.setConversationDraft(id, text, callback)).code();
    }

    static V2TIMConversation get(String id) throws InterruptedException {
        return Answered.<V2TIMConversation>ask(callback -> CONVERSATIONS.getConversation(id, callback)).value();
    }

    static String draft(String id) throws InterruptedException {
        return get(id).getDraftText();
    }

    /** Lets the library's thread stand in a callback until the latch is counted down. */
    static CountDownLatch hold() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        MANAGER.login(null, null, new OnEnd(() -> {
            entered.countDown();
            awaits(release);
        }));
        awaits(entered);
        return release;
    }

    static void awaits(CountDownLatch latch) {
        try {
            Check.isTrue(latch.await(20, TimeUnit.SECONDS), "nothing came in time");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
