package android.os;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** As much of Android's looper as the library asks for, and {@code loop} for the tests. */
public final class Looper {
    private static final ThreadLocal<Looper> MINE = new ThreadLocal<>();

    final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private volatile boolean quits;

    private Looper() {}

    public static void prepare() {
        MINE.set(new Looper());
    }

    public static Looper myLooper() {
        return MINE.get();
    }

    public static void loop() throws InterruptedException {
        Looper looper = MINE.get();
        while (!looper.quits || !looper.queue.isEmpty()) {
            looper.queue.take().run();
        }
        MINE.remove();
    }

    public void quit() {
        queue.add(() -> quits = true);
    }

    boolean add(Runnable runnable) {
        return !quits && queue.add(runnable);
    }
}
