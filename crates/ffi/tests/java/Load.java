import chatdrafts.V2TIMCallback;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Many calls at once: each has one answer. */
final class Load {
    private static final int THREADS = 8;
    private static final int CALLS = 20_000;

    private Load() {}

    static void run() {
        Check.that("20,000 calls of 8 threads have one answer each", Load::once);
        Check.that("uninit answers and keeps what is pending", Load::uninit);
        Check.that("threads that come and go while others call", Load::comingAndGoing);
    }

    /** Counts the answers of a call under its number. */
    private static final class Count implements V2TIMCallback {
        private final AtomicIntegerArray answers;
        private final int number;
        private final AtomicInteger errors;

        Count(AtomicIntegerArray answers, int number, AtomicInteger errors) {
            this.answers = answers;
            this.number = number;
            this.errors = errors;
        }

        @Override
        public void onSuccess() {
            answers.incrementAndGet(number);
        }

        @Override
        public void onError(int code, String desc) {
            answers.incrementAndGet(number);
            errors.incrementAndGet();
        }
    }

    /** Makes the calls and returns when they are made; every hundredth is refused. */
    static void call(AtomicIntegerArray answers, AtomicInteger errors) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            threads.add(new Thread(() -> {
                for (int number = first; number < answers.length(); number += THREADS) {
                    String id = number % 100 == 0 ? "group_" : "c2c_" + number % 500;
                    Sdk.CONVERSATIONS.setConversationDraft(id, "" + number, new Count(answers, number, errors));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    static void eachOnce(AtomicIntegerArray answers) {
        for (int number = 0; number < answers.length(); number++) {
            Check.equal(1, answers.get(number));
        }
    }

    private static void once() throws Exception {
        Sdk.begin();
        AtomicIntegerArray answers = new AtomicIntegerArray(CALLS);
        AtomicInteger errors = new AtomicInteger();
        call(answers, errors);
        // Uninit waits for every answer.
        Sdk.end();
        eachOnce(answers);
        Check.equal(CALLS / 100, errors.get());
    }

    private static void uninit() throws Exception {
        for (int round = 0; round < 10; round++) {
            Path folder = Sdk.begin();
            AtomicIntegerArray answers = new AtomicIntegerArray(1000);
            AtomicInteger errors = new AtomicInteger();
            for (int number = 0; number < answers.length(); number++) {
                Sdk.CONVERSATIONS.setConversationDraft("c2c_" + number, "x", new Count(answers, number, errors));
            }
            Sdk.end();
            eachOnce(answers);
            Check.equal(0, errors.get());
            Sdk.again(folder);
            Check.equal(answers.length(), Lists.all(null).size());
            Sdk.end();
        }
    }

    private static void comingAndGoing() throws Exception {
        Path folder = Sdk.begin();
        AtomicIntegerArray answers = new AtomicIntegerArray(4000);
        AtomicInteger errors = new AtomicInteger();
        Thread caller = new Thread(() -> {
            for (int number = 0; number < answers.length(); number++) {
                Sdk.CONVERSATIONS.setConversationDraft("c2c_" + number, "x", new Count(answers, number, errors));
            }
        });
        caller.start();
        while (caller.isAlive()) {
            Sdk.end();
            Sdk.init(folder);
            Sdk.MANAGER.login("alice", "", null);
        }
        Sdk.end();
        eachOnce(answers);
    }
}
