import chatdrafts.V2TIMCallback;

/** Does the same, whatever the answer is. */
final class OnEnd implements V2TIMCallback {
    private final Runnable run;

    OnEnd(Runnable run) {
        this.run = run;
    }

    @Override
    public void onSuccess() {
        run.run();
    }

    @Override
    public void onError(int code, String desc) {
        run.run();
    }
}
