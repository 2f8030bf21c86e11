import chatdrafts.V2TIMSDKConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** JVMs that end with calls pending, and two that want one file. Two may share a file of SQLite's, but none of redb's. */
final class Exits {
    private Exits() {}

    static void run() {
        Check.that("a JVM whose main returns", () -> ends("returns", true));
        Check.that("a JVM that exits", () -> ends("exits", true));
        Check.that("a JVM that exits in a callback", () -> ends("exits in a callback", false));
        Check.that("a JVM that exits with a text that cannot be saved", () -> {
            Path folder = Sdk.folder();
            Process child = start("exits with a text that cannot be saved", folder, "sqlite");
            Check.isTrue(child.waitFor(60, TimeUnit.SECONDS), "the child does not end");
            Check.equal(0, child.exitValue());
        });
        Check.that("a JVM that exits while a callback waits", () -> {
            ends("exits with a lock that a callback waits for", false);
        });
        Check.that("a file that another process has open is 6005", Exits::held);
    }

    static Process start(String how, Path folder, String store) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Paths.get(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xcheck:jni");
        command.add("-Djava.library.path=" + System.getProperty("java.library.path"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("Child");
        command.add(how);
        command.add(folder.toString());
        command.add(store);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static BufferedReader output(Process child) {
        return new BufferedReader(new InputStreamReader(child.getInputStream()));
    }

    private static void ends(String how, boolean answersAll) throws Exception {
        Path folder = Sdk.folder();
        Process child = start(how, folder, "sqlite");
        // Ends a child that does not end, and with it the reading of its output.
        Thread guard = new Thread(() -> {
            try {
                child.waitFor(60, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            } finally {
                child.destroyForcibly();
            }
        });
        guard.start();
        List<String> lines = output(child).lines().collect(Collectors.toList());
        guard.join();
        Check.equal(0, child.exitValue());
        if (answersAll) {
            Check.equal((long) Child.DRAFTS, lines.stream().filter("answered"::equals).count());
        }
        for (String line : lines) {
            Check.isTrue(!line.startsWith("WARNING") && !line.startsWith("FATAL ERROR"), line);
        }
        Sdk.again(folder);
        Check.equal(Child.DRAFTS, Lists.all(null).size());
    }

    private static void held() throws Exception {
        Path folder = Sdk.folder();
        Process child = start("holds", folder, "redb");
        String line;
        do {
            line = output(child).readLine();
        } while (line != null && !line.equals("ready"));
        Check.equal("ready", line);
        V2TIMSDKConfig config = Sdk.config(folder);
        config.setStore("redb");
        Check.isTrue(Sdk.MANAGER.initSDK(Sdk.APP, config), "initSDK");
        Check.equal(6005, Sdk.login("alice"));
        child.getOutputStream().close();
        Check.isTrue(child.waitFor(20, TimeUnit.SECONDS), "the child does not end");
        Check.equal(0, Sdk.login("alice"));
    }
}
