package chatdrafts;

/** Hears what became of a call: one of the two, once. */
public interface V2TIMCallback {
    /** The call has done what it says. */
    void onSuccess();

    /** The call has changed nothing: one of the codes of the README, and a sentence for the developer. */
    void onError(int code, String desc);
}
