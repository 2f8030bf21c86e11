import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Takes the exceptions that nobody catches, until it is closed. */
final class Uncaught implements AutoCloseable {
    private final BlockingQueue<String> caught = new LinkedBlockingQueue<>();

    Uncaught() {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            caught.add(thrown.getMessage());
            throw new IllegalStateException("a handler that throws too");
        });
    }

    void caught(String message) throws InterruptedException {
        Check.equal(message, caught.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        Thread.setDefaultUncaughtExceptionHandler(null);
    }
}
