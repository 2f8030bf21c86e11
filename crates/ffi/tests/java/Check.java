import java.util.Objects;

/** Counts what passes and what fails. */
final class Check {
    private static int passed;
    private static int failed;

    private Check() {}

    interface Case {
        void run() throws Exception;
    }

    /** Runs a case; one that throws has failed. */
    static void that(String name, Case run) {
        try {
            run.run();
            passed++;
        } catch (Throwable thrown) {
            failed++;
            System.out.println("FAILED: " + name);
            thrown.printStackTrace(System.out);
        } finally {
            Sdk.end();
        }
    }

    static void isTrue(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static void equal(Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }

    /** Prints the last line and ends the JVM. */
    static void end() {
        System.out.println("Java: " + passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
