package chatdrafts;

/**
 * Ends the session when the JVM ends: what was accepted is on the disk then, and answered. A callback that does not return,
 * because it waits for the end of the JVM itself for instance, does not keep the JVM alive.
 */
final class AtExit {
    /** How long one callback may take before the rest of the answers is given up. */
    private static final long PATIENCE_MILLIS = 1000;

    private AtExit() {}

    static void register() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(AtExit::run, "chat-drafts-exit"));
        } catch (IllegalStateException ending) {
            // The JVM ends already: whoever begins now has to end it with unInitSDK.
        }
    }

    private static void run() {
        Native.save();
        Thread uninit = new Thread(V2TIMManager.getInstance()::unInitSDK, "chat-drafts-uninit");
        uninit.setDaemon(true);
        uninit.start();
        long stuck;
        do {
            stuck = HostCode.running();
            try {
                uninit.join(PATIENCE_MILLIS);
            } catch (InterruptedException ended) {
                return;
            }
            // Without a callback that runs on and on, the library ends by itself.
        } while (uninit.isAlive() && (stuck == 0 || stuck != HostCode.running()));
    }
}
