package chatdrafts;

import java.util.concurrent.atomic.AtomicLong;

/** Calls what a host gave us, and keeps what it throws from whoever comes next. */
final class HostCode {
    private static final AtomicLong RETURNED = new AtomicLong();

    private HostCode() {}

    /** Runs this. What it throws goes where an exception goes that ends a thread, but ends none. */
    static void run(Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            report(thrown);
        } finally {
            RETURNED.incrementAndGet();
        }
    }

    /** How often the host's code has returned. */
    static long returned() {
        return RETURNED.get();
    }

    private static void report(Throwable thrown) {
        try {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable ignored) {
            // The JVM does not listen to a handler's own exception either.
        }
    }
}
