package android.os;

/** As much of Android's handler as the library asks for. */
public final class Handler {
    private final Looper looper;

    public Handler(Looper looper) {
        this.looper = looper;
    }

    public boolean post(Runnable runnable) {
        return looper.add(runnable);
    }
}
