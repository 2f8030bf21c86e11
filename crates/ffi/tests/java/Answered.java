import chatdrafts.V2TIMCallback;
import chatdrafts.V2TIMValueCallback;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The answer of a call, when it is there. */
final class Answered<T> {
    /** In every text that no sentence may repeat. */
    static final String SECRET = "Nobody else may read this";

    private final CountDownLatch here = new CountDownLatch(1);
    private volatile int code;
    private volatile String sentence;
    private volatile T value;
    private volatile Thread thread;
    private volatile boolean again;

    static Answered<Void> call(Consumer<V2TIMCallback> call) {
        Answered<Void> answered = new Answered<>();
        call.accept(new V2TIMCallback() {
            @Override
            public void onSuccess() {
                answered.arrive(0, null, null);
            }

            @Override
            public void onError(int code, String desc) {
                answered.arrive(code, desc, null);
            }
        });
        return answered;
    }

    static <T> Answered<T> ask(Consumer<V2TIMValueCallback<T>> call) {
        Answered<T> answered = new Answered<>();
        call.accept(new V2TIMValueCallback<T>() {
            @Override
            public void onSuccess(T value) {
                answered.arrive(0, null, value);
            }

            @Override
            public void onError(int code, String desc) {
                answered.arrive(code, desc, null);
            }
        });
        return answered;
    }

    /** The code; 0 is success. */
    int code() throws InterruptedException {
        await();
        return code;
    }

    String sentence() throws InterruptedException {
        await();
        return sentence;
    }

    T value() throws InterruptedException {
        await();
        Check.equal(0, code);
        return value;
    }

    Thread thread() throws InterruptedException {
        await();
        return thread;
    }

    boolean isHere() {
        return here.getCount() == 0;
    }

    private void await() throws InterruptedException {
        Check.isTrue(here.await(20, TimeUnit.SECONDS), "no answer in time");
        Check.isTrue(!again, "a second answer");
        if (code != 0) {
            Check.isTrue(sentence.length() > 10, "no sentence: " + sentence);
            Check.isTrue(!sentence.contains(SECRET), "the sentence shows a text");
        }
    }

    private void arrive(int code, String sentence, T value) {
        again = isHere();
        this.code = code;
        this.sentence = sentence;
        this.value = value;
        thread = Thread.currentThread();
        here.countDown();
    }
}
