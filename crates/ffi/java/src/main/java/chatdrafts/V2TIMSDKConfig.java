package chatdrafts;

import java.util.concurrent.Executor;

/** What the SDK is initialised with. */
public final class V2TIMSDKConfig {
    private String initPath;
    private String store = "sqlite";
    private Executor executor;

    /** The folder that keeps the drafts, each user's in a file of their own. It must exist by the time of a login. */
    public void setInitPath(String initPath) {
        this.initPath = initPath;
    }

    /** The folder that keeps the drafts; null is the app's own on Android, and nothing that can be used elsewhere. */
    public String getInitPath() {
        return initPath;
    }

    /** The engine: {@code sqlite}, {@code redb} or {@code memory}, if the native library was built with it. */
    public void setStore(String store) {
        this.store = store;
    }

    /** The engine; {@code sqlite} unless it was set. */
    public String getStore() {
        return store;
    }

    /**
     * Where callbacks and listeners are called. Null, as it is unless it was set, is the looper of the thread that calls
     * {@code initSDK}, if there is one, else a thread of the library's own; {@code Runnable::run} is always that thread.
     */
    public void setExecutor(Executor executor) {
        this.executor = executor;
    }

    /** Where callbacks and listeners are called. */
    public Executor getExecutor() {
        return executor;
    }
}
