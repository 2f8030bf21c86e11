package chatdrafts;

/** Where the one answer of a call goes. */
abstract class Answer<T> {
    abstract void succeed(T value);

    abstract void fail(int code, String sentence);

    /** Called by the library. */
    final void give(int code, String sentence, T value) {
        HostCode.run(() -> {
            if (code == 0) {
                succeed(value);
            } else {
                fail(code, sentence);
            }
        });
    }

    static Answer<Void> to(V2TIMCallback callback) {
        return callback == null ? null : new Answer<Void>() {
            @Override
            void succeed(Void nothing) {
                callback.onSuccess();
            }

            @Override
            void fail(int code, String sentence) {
                callback.onError(code, sentence);
            }
        };
    }

    static <T> Answer<T> to(V2TIMValueCallback<T> callback) {
        return callback == null ? null : new Answer<T>() {
            @Override
            void succeed(T value) {
                callback.onSuccess(value);
            }

            @Override
            void fail(int code, String sentence) {
                callback.onError(code, sentence);
            }
        };
    }
}
