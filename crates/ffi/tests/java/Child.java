import chatdrafts.Composer;
import chatdrafts.V2TIMConversationListener;
import chatdrafts.V2TIMSDKConfig;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own, which ends with calls pending: how, in which folder and with which store is given. */
public final class Child {
    static final int DRAFTS = 1000;

    private Child() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Paths.get(arguments[1]);
        V2TIMSDKConfig config = Sdk.config(folder);
        config.setStore(arguments[2]);
        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP, config), "initSDK");
        Check.equal(0, Sdk.login("alice"));
        switch (arguments[0]) {
            case "holds":
                System.out.println("ready");
                System.in.read();
                break;
            case "sets":
                Check.equal(0, Sdk.set("c2c_bob", "theirs"));
                Check.equal(0, Sdk.logout());
                break;
            case "returns":
                post();
                break;
            case "exits":
                post();
                System.exit(0);
                break;
            case "exits in a callback":
                CountDownLatch posted = new CountDownLatch(1);
                Sdk.CONVERSATIONS.setConversationDraft("c2c_0", "x", new OnEnd(() -> {
                    Sdk.awaits(posted);
                    System.exit(0);
                }));
                post();
                posted.countDown();
                break;
            case "exits with a text that cannot be saved":
                Sdk.CONVERSATIONS.addConversationListener(new V2TIMConversationListener() {});
                Check.equal(0, Sdk.set("c2c_bob", "heard of"));
                Composer composer = Answered.<Composer>ask(callback -> {
                    Sdk.CONVERSATIONS.compose("c2c_bob", callback);
                }).value();
                Check.equal(0, Answered.call(Sdk.CONVERSATIONS::suspend).code());
                Check.equal(0, composer.setText("typed"));
                System.exit(0);
                break;
            case "exits with a lock that a callback waits for":
                synchronized (Child.class) {
                    Sdk.CONVERSATIONS.setConversationDraft("c2c_0", "x", new OnEnd(() -> {
                        synchronized (Child.class) {
                            System.out.println("never");
                        }
                    }));
                    post();
                    System.exit(0);
                }
                break;
            default:
                throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void post() {
        for (int draft = 0; draft < DRAFTS; draft++) {
            Sdk.CONVERSATIONS.setConversationDraft("c2c_" + draft, "x", new OnEnd(() -> System.out.println("answered")));
        }
    }
}
