package chatdrafts;

/** Hears what a call brings, or why it brings nothing: one of the two, once. */
public interface V2TIMValueCallback<T> {
    /** What was asked for. */
    void onSuccess(T value);

    /** One of the codes of the README, and a sentence for the developer. */
    void onError(int code, String desc);
}
