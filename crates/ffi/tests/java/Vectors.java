import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The vectors that every language runs, from the lines that vectors.py prints: UTF-16 is in the last two columns. */
final class Vectors {
    private Vectors() {}

    static void run(Path lines) throws IOException {
        Path folder = Sdk.folder();
        Map<String, String> drafts = new LinkedHashMap<>();
        Map<String, String> users = new LinkedHashMap<>();
        List<String> vectors = Files.readAllLines(lines);
        Check.isTrue(vectors.size() > 50, "too few vectors");
        for (String line : vectors) {
            String[] columns = line.split("\t", -1);
            int code = Integer.parseInt(columns[2]);
            // Java has no such text.
            if (columns[5].equals("-") || columns[6].equals("-")) {
                continue;
            }
            String id = text(columns[5]);
            if (columns[0].equals("draft")) {
                Check.that("vector: " + columns[1], () -> draft(folder, drafts, id, text(columns[6]), code));
            } else {
                Check.that("vector: " + columns[1], () -> user(folder, users, id, code));
            }
        }
        Check.that("the vectors' texts after all that", () -> readBack(folder, drafts));
        Check.that("the vectors' users after all that", () -> {
            Sdk.init(folder);
            for (Map.Entry<String, String> user : users.entrySet()) {
                Check.equal(0, Sdk.login(user.getKey()));
                Check.equal(user.getValue(), Sdk.draft("c2c_own"));
                Check.equal(0, Sdk.logout());
            }
        });
    }

    private static void draft(Path folder, Map<String, String> drafts, String id, String text, int code)
            throws InterruptedException {
        Sdk.again(folder);
        Check.equal(code, Sdk.set(id, text));
        if (code == 0) {
            drafts.put(id, text == null ? "" : text);
            Check.equal(id, Sdk.get(id).getConversationID());
        }
        if (drafts.containsKey(id)) {
            Check.equal(drafts.get(id), Sdk.draft(id));
        }
    }

    private static void user(Path folder, Map<String, String> users, String user, int code) throws InterruptedException {
        Sdk.init(folder);
        Check.equal(code, Sdk.login(user));
        Check.equal(code == 0 ? user : null, Sdk.MANAGER.getLoginUser());
        if (code == 0) {
            String text = "of user " + users.size();
            Check.equal("", Sdk.draft("c2c_own"));
            Check.equal(0, Sdk.set("c2c_own", text));
            users.put(user, text);
        }
    }

    private static void readBack(Path folder, Map<String, String> drafts) throws InterruptedException {
        Sdk.again(folder);
        Check.equal(0, Sdk.logout());
        Check.equal(0, Sdk.login("alice"));
        Check.isTrue(drafts.size() > 8, "too few drafts");
        for (Map.Entry<String, String> draft : drafts.entrySet()) {
            Check.equal(draft.getValue(), Sdk.draft(draft.getKey()));
        }
    }

    /** The text of a column: null, or x and the units as hexadecimal digits, and how often they come. */
    private static String text(String column) {
        if (column.equals("null")) {
            return null;
        }
        String[] parts = column.substring(1).split("\\*");
        StringBuilder once = new StringBuilder();
        for (int at = 0; at < parts[0].length(); at += 4) {
            once.append((char) Integer.parseInt(parts[0].substring(at, at + 4), 16));
        }
        StringBuilder text = new StringBuilder();
        for (int times = parts.length == 1 ? 1 : Integer.parseInt(parts[1]); times > 0; times--) {
            text.append(once);
        }
        return text.toString();
    }
}
