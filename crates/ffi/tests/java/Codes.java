import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMConversationOperationResult;
import chatdrafts.V2TIMConversationResult;
import chatdrafts.V2TIMSDKConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which code a call has, and which comes first. */
final class Codes {
    private Codes() {}

    static void run() {
        Check.that("before init everything is 6013", () -> everything(6013));
        Check.that("before login everything is 6014", () -> {
            Sdk.init(Sdk.folder());
            everything(6014);
            Check.equal(6014, Sdk.logout());
        });
        Check.that("lists and updates that are null are 6017", Codes::nullObjects);
        Check.that("init without a folder or an engine is false", Codes::init);
        Check.that("a folder that is missing is 6022", () -> refusesLogin(Sdk.folder().resolve("none"), 6022));
        Check.that("a folder that is a file is 6022", () -> {
            refusesLogin(Files.createFile(Sdk.folder().resolve("file")), 6022);
        });
        Check.that("a folder that nobody can write to is 6022", () -> {
            Path folder = Paths.get("/sys");
            if (Files.isDirectory(folder)) {
                refusesLogin(folder, 6022);
            }
        });
        Check.that("a damaged file is 6005", Codes::damaged);
        Check.that("a text that changed on the disk is 6019", Codes::changedText);
    }

    private static void everything(int code) throws InterruptedException {
        String bad = "c2c_";
        Check.equal(code, Sdk.set(bad, Answered.SECRET));
        Check.equal(code, Answered.call(callback -> Sdk.CONVERSATIONS.pinConversation(bad, true, callback)).code());
        Check.equal(code, Answered.call(callback -> Sdk.CONVERSATIONS.deleteConversation(bad, callback)).code());
        Check.equal(code, Answered.call(callback -> Sdk.CONVERSATIONS.updateConversation(bad, null, callback)).code());
        Check.equal(code, Answered.<V2TIMConversation>ask(callback -> {
            Sdk.CONVERSATIONS.getConversation(bad, callback);
        }).code());
        Check.equal(code, Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(null, callback);
        }).code());
        Check.equal(code, Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(Arrays.asList(bad), callback);
        }).code());
        Check.equal(code, Answered.<V2TIMConversationResult>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(0, 0, callback);
        }).code());
        Check.equal(code, Answered.<List<V2TIMConversationOperationResult>>ask(callback -> {
            Sdk.CONVERSATIONS.deleteConversationList(Arrays.asList(bad), true, callback);
        }).code());
        Check.equal(code, Answered.<Long>ask(Sdk.CONVERSATIONS::getTotalUnreadMessageCount).code());
        // The signature counts for nothing, the user only once the SDK is initialised.
        Check.equal(code == 6013 ? 6013 : 7003, Sdk.login(null));
        Check.equal(null, Sdk.MANAGER.getLoginUser());
        Check.equal(3, Sdk.MANAGER.getLoginStatus());
    }

    private static void nullObjects() throws Exception {
        Sdk.begin();
        Answered<List<V2TIMConversation>> found =
                Answered.ask(callback -> Sdk.CONVERSATIONS.getConversationList(null, callback));
        Check.equal(6017, found.code());
        Check.isTrue(found.sentence().contains("conversationIDList"), found.sentence());
        Answered<List<V2TIMConversationOperationResult>> deleted =
                Answered.ask(callback -> Sdk.CONVERSATIONS.deleteConversationList(null, true, callback));
        Check.equal(6017, deleted.code());
        Answered<Void> updated =
                Answered.call(callback -> Sdk.CONVERSATIONS.updateConversation("c2c_bob", null, callback));
        Check.equal(6017, updated.code());
        Check.isTrue(updated.sentence().contains("update"), updated.sentence());
        Check.equal(6017, Answered.<V2TIMConversationResult>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(0, 0, callback);
        }).code());
        Check.equal(6017, Answered.<V2TIMConversationResult>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(-1, 10, callback);
        }).code());
        Check.equal(6017, Sdk.set("c2c_bob", String.join("", Collections.nCopies(50_000, Answered.SECRET))));
    }

    private static void init() throws Exception {
        Path folder = Sdk.folder();
        Check.isTrue(!Sdk.MANAGER.initSDK(Sdk.APP, null), "no configuration");
        Check.isTrue(!Sdk.MANAGER.initSDK(Sdk.APP, new V2TIMSDKConfig()), "no folder");
        V2TIMSDKConfig unknown = Sdk.config(folder);
        unknown.setStore("paper");
        Check.isTrue(!Sdk.MANAGER.initSDK(Sdk.APP, unknown), "no such engine");
        unknown.setStore(null);
        Check.isTrue(!Sdk.MANAGER.initSDK(Sdk.APP, unknown), "no engine");
        Sdk.init(folder);
        Sdk.init(folder);
        Check.isTrue(!Sdk.MANAGER.initSDK(Sdk.APP + 1, Sdk.config(folder)), "another app");
    }

    private static void refusesLogin(Path folder, int code) throws InterruptedException {
        Sdk.init(folder);
        Check.equal(code, Sdk.login("alice"));
        Check.equal(3, Sdk.MANAGER.getLoginStatus());
        Check.equal(6014, Sdk.set("c2c_bob", "x"));
    }

    private static void damaged() throws Exception {
        Path folder = Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", Answered.SECRET));
        Sdk.end();
        Path file = file(folder);
        byte[] whole = Files.readAllBytes(file);
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, 0, 4096, (byte) 'x');
        Files.write(file, damaged);
        refusesLogin(folder, 6005);
        Sdk.end();
        Files.write(file, whole);
        Sdk.again(folder);
        Check.equal(Answered.SECRET, Sdk.draft("c2c_bob"));
    }

    private static void changedText() throws Exception {
        Path folder = Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", Answered.SECRET));
        Check.equal(0, Sdk.set("c2c_eve", "x"));
        Sdk.end();
        Path file = file(folder);
        // Latin 1 gives each byte a place of its own.
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int place = bytes.indexOf(Answered.SECRET);
        Check.isTrue(place > 0, "the text is not in the file");
        byte[] changed = bytes.getBytes(StandardCharsets.ISO_8859_1);
        changed[place] ^= 1;
        Files.write(file, changed);
        Sdk.again(folder);
        Check.equal(6019, Answered.<V2TIMConversation>ask(callback -> {
            Sdk.CONVERSATIONS.getConversation("c2c_bob", callback);
        }).code());
        Check.equal("x", Sdk.draft("c2c_eve"));
    }

    /** The file of the one store in this folder, and not its log. */
    private static Path file(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found = files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".db"))
                    .collect(Collectors.toList());
            Check.equal(1, found.size());
            return found.get(0);
        }
    }
}
