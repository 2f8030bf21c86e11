import java.nio.file.Path;
import java.nio.file.Paths;

/** Every case, in one JVM; the vectors' lines are in the file that is given. */
public final class Behaviour {
    private Behaviour() {}

    public static void main(String[] arguments) throws Exception {
        Path vectors = Paths.get(arguments[0]);
        Check.that("the published sample", () -> Sample.main(new String[] {Sdk.folder().toString()}));
        Vectors.run(vectors);
        Codes.run();
        Logins.run();
        Lists.run();
        Facts.run();
        Composing.run();
        Listeners.run();
        Callbacks.run();
        Load.run();
        Executors.run();
        Exits.run();
        Check.end();
    }
}
