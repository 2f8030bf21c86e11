package chatdrafts;

/**
 * Ends the session when the JVM ends: what was accepted is on the disk then, and answered. A callback that does not return,
 * because it waits for the end of the JVM itself for instance, does not keep the JVM alive.
 */
final class AtExit {
    /** How long no callback may have returned before the rest of the answers is given up. */
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
        Thread uninit = new Thread(Native::uninit, "chat-drafts-uninit");
        uninit.setDaemon(true);
        uninit.start();
        long returned;
        do {
            returned = HostCode.returned();
            try {
                uninit.join(PATIENCE_MILLIS);
            } catch (InterruptedException ended) {
                return;
            }
        } while (uninit.isAlive() && returned != HostCode.returned());
    }
}
