package chatdrafts;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Calls what a host gave us, and keeps what it throws from whoever comes next. */
final class HostCode {
    private static final AtomicLong LAST = new AtomicLong();

    /** The numbers of the callbacks that run at the moment, and their threads. */
    private static final Map<Long, Thread> RUNNING = new ConcurrentHashMap<>();

    private HostCode() {}

    /** Runs this. What it throws goes where an exception goes that ends a thread, but ends none. */
    static void run(Runnable code) {
        Long number = LAST.incrementAndGet();
        RUNNING.put(number, Thread.currentThread());
        try {
            code.run();
        } catch (Throwable thrown) {
            report(thrown);
        } finally {
            RUNNING.remove(number);
        }
    }

    /** The number of the callback that has run for the longest time and has not returned; 0 if none runs. */
    static long running() {
        return RUNNING.keySet().stream().min(Long::compare).orElse(0L);
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
