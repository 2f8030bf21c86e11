package chatdrafts;

import java.util.concurrent.Executor;

/** Gives an executor the library's replies to run. */
final class Poster {
    private final Executor executor;

    private Poster(Executor executor) {
        this.executor = executor;
    }

    static Poster of(Executor executor) {
        return executor == null ? null : new Poster(executor);
    }

    /** Called by the library. A reply that the executor refuses is run here: better on this thread than never. */
    void post(long reply) {
        try {
            executor.execute(() -> Native.run(reply));
        } catch (Throwable refused) {
            Native.run(reply);
        }
    }
}
