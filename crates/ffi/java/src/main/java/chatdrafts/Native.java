package chatdrafts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The native library. Texts go over as their UTF-16 units, so that nothing is lost or mended on the way; an answer that is
 * null goes nowhere.
 */
final class Native {
    static {
        System.loadLibrary("chat_drafts_jni");
        AtExit.register();
    }

    private Native() {}

    static native boolean init(int app, char[] directory, char[] store, Poster poster);

    static native void save();

    /** Gives each conversation whose text could not be saved, and behind it the text. */
    static native String[] uninit(long millis);

    static native void login(char[] user, Answer<?> answer);

    static native void logout(Answer<?> answer);

    static native String loginUser();

    static native int loginStatus();

    static native void setDraft(char[] id, char[] text, Answer<?> answer);

    static native void get(char[] id, Answer<?> answer);

    static native void getMany(char[][] ids, Answer<?> answer);

    static native void list(int kind, boolean hasUnread, long nextSeq, int count, Answer<?> answer);

    static native void pin(char[] id, boolean pinned, Answer<?> answer);

    static native void rename(char[] from, char[] to, Answer<?> answer);

    static native void delete(char[] id, Answer<?> answer);

    static native void deleteMany(char[][] ids, Answer<?> answer);

    static native void update(
            char[] id,
            int told,
            char[] showName,
            char[] faceUrl,
            long unreadCount,
            long recvOpt,
            long messageMillis,
            byte[] messageBody,
            byte[] customData,
            char[] customText,
            Answer<?> answer);

    static native void totalUnread(Answer<?> answer);

    /** Answers 6017 about a parameter that is null, if nothing comes before it. */
    static native void refuse(char[] parameter, Answer<?> answer);

    static native void addListener(long key, Hearer hearer);

    static native void removeListener(long key);

    /** Runs the reply of this number, unless it has been run. */
    static native void run(long reply);

    static native void compose(char[] id, Answer<?> answer);

    static native String composerId(long composer);

    static native String composerText(long composer);

    static native int composerSetText(long composer, char[] text);

    static native void composerSetTextThen(long composer, char[] text, Answer<?> answer);

    static native void composerFlush(long composer, Answer<?> answer);

    static native void composerBeginSend(long composer, Answer<?> answer);

    static native String composerConflict(long composer);

    static native boolean composerResolve(long composer, int keep);

    static native void composerClose(long composer);

    static native void beginSend(char[] id, Answer<?> answer);

    static native void tickets(Answer<?> answer);

    static native void ticketConfirm(long ticket, Answer<?> answer);

    static native void ticketAbort(long ticket, Answer<?> answer);

    static native void ticketClose(long ticket);

    static native void flush(Answer<?> answer);

    static native int flushWithin(long millis);

    static native void suspend(Answer<?> answer);

    static native void resume(Answer<?> answer);

    static native void undoClear(char[] id, Answer<?> answer);

    static char[] chars(String text) {
        return text == null ? null : text.toCharArray();
    }

    static char[][] chars(List<String> texts) {
        return texts.stream().map(Native::chars).toArray(char[][]::new);
    }

    /** Called by the library. */
    static List<Object> listOf(Object[] items) {
        return new ArrayList<>(Arrays.asList(items));
    }
}
