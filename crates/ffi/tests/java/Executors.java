import android.os.Looper;
import chatdrafts.V2TIMSDKConfig;
import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/** Where callbacks are called. */
final class Executors {
    private Executors() {}

    static void run() {
        Check.that("a host's executor runs the answers", Executors::hosts);
        Check.that("20,000 answers through an executor", Executors::load);
        Check.that("an executor that runs everything twice", () -> {
            begin(command -> {
                command.run();
                command.run();
            });
            answersOnce();
        });
        Check.that("an executor that refuses", () -> {
            begin(command -> {
                throw new RejectedExecutionException("full");
            });
            answersOnce();
        });
        Check.that("an executor that runs, and then refuses", () -> {
            begin(command -> {
                command.run();
                throw new RejectedExecutionException("full");
            });
            answersOnce();
        });
        Check.that("a callback that throws in an executor", Executors::throwing);
        Check.that("the looper of the thread that calls initSDK", Executors::looper);
        Check.that("a looper that has ended", Executors::endedLooper);
        Check.that("the folder of Android's context", Executors::context);
    }

    private static Path begin(Executor executor) throws Exception {
        Path folder = Sdk.folder();
        V2TIMSDKConfig config = Sdk.config(folder);
        config.setExecutor(executor);
        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP, config), "initSDK");
        Check.equal(0, Sdk.login("alice"));
        return folder;
    }

    private static void answersOnce() throws InterruptedException {
        AtomicIntegerArray answers = new AtomicIntegerArray(100);
        Load.call(answers, new AtomicInteger());
        Sdk.end();
        Load.eachOnce(answers);
    }

    private static void hosts() throws Exception {
        ExecutorService executor = java.util.concurrent.Executors.newSingleThreadExecutor();
        AtomicReference<Thread> thread = new AtomicReference<>();
        executor.submit(() -> thread.set(Thread.currentThread())).get();
        begin(executor);
        AtomicInteger answers = new AtomicInteger();
        for (int number = 0; number < 100; number++) {
            Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
                if (Thread.currentThread() == thread.get()) {
                    answers.incrementAndGet();
                }
            }));
        }
        Sdk.end();
        executor.shutdown();
        Check.isTrue(executor.awaitTermination(20, TimeUnit.SECONDS), "the executor does not end");
        Check.equal(100, answers.get());
    }

    private static void load() throws Exception {
        ExecutorService executor = java.util.concurrent.Executors.newFixedThreadPool(4);
        begin(executor);
        AtomicIntegerArray answers = new AtomicIntegerArray(20_000);
        Load.call(answers, new AtomicInteger());
        Sdk.end();
        executor.shutdown();
        Check.isTrue(executor.awaitTermination(20, TimeUnit.SECONDS), "the executor does not end");
        Load.eachOnce(answers);
    }

    private static void throwing() throws Exception {
        ExecutorService executor = java.util.concurrent.Executors.newSingleThreadExecutor();
        begin(executor);
        try (Uncaught uncaught = new Uncaught()) {
            Sdk.CONVERSATIONS.setConversationDraft("c2c_a", "x", new OnEnd(() -> {
                throw new IllegalStateException("a callback that throws");
            }));
            uncaught.caught("a callback that throws");
        }
        Check.equal("x", Sdk.draft("c2c_a"));
        Sdk.end();
        executor.shutdown();
    }

    /** Runs the looper of this thread until it has ended. */
    private static void loop() {
        try {
            Looper.loop();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void looper() throws Exception {
        Path folder = Sdk.folder();
        AtomicReference<Thread> called = new AtomicReference<>();
        Thread main = new Thread(() -> {
            Looper.prepare();
            Looper mine = Looper.myLooper();
            Sdk.init(folder);
            Sdk.MANAGER.login("alice", "", new OnEnd(() -> {
                called.set(Thread.currentThread());
                mine.quit();
            }));
            loop();
        });
        main.start();
        main.join(20_000);
        Check.isTrue(!main.isAlive(), "no answer in the loop");
        Check.equal(main, called.get());
        Check.equal("alice", Sdk.MANAGER.getLoginUser());
    }

    private static void endedLooper() throws Exception {
        Path folder = Sdk.folder();
        CountDownLatch initialised = new CountDownLatch(1);
        Thread main = new Thread(() -> {
            Looper.prepare();
            Sdk.init(folder);
            initialised.countDown();
            Looper.myLooper().quit();
            loop();
        });
        main.start();
        main.join(20_000);
        Sdk.awaits(initialised);
        Check.equal(0, Sdk.login("alice"));
        Check.equal(0, Sdk.set("c2c_a", "x"));
    }

    /** As much of Android's context as the library asks for. */
    public static final class Context {
        private final File folder;

        Context(Path folder) {
            this.folder = folder.toFile();
        }

        public File getFilesDir() {
            return folder;
        }
    }

    private static void context() throws Exception {
        Path folder = Sdk.folder();
        Check.isTrue(!Sdk.MANAGER.initSDK("no context", Sdk.APP, new V2TIMSDKConfig()), "no folder");
        Check.isTrue(Sdk.MANAGER.initSDK(new Context(folder), Sdk.APP, new V2TIMSDKConfig()), "initSDK");
        Check.equal(0, Sdk.login("alice"));
        Check.equal(0, Sdk.set("c2c_a", "x"));
        Sdk.end();
        Sdk.again(folder);
        Check.equal("x", Sdk.draft("c2c_a"));
    }
}
