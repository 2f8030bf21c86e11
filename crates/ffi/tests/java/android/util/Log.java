package android.util;

/** What the published sample prints with, for a JVM that is not Android's. */
public final class Log {
    private Log() {}

    public static int i(String tag, String message) {
        System.out.println(tag + ": " + message);
        return 0;
    }
}
