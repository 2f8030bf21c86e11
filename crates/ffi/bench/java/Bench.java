import chatdrafts.V2TIMCallback;
import chatdrafts.V2TIMManager;
import chatdrafts.V2TIMSDKConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.locks.LockSupport;

/**
 * Sets drafts one after another and tells how long each took until its callback.
 *
 * <p>Given are a folder and a store. It prints {@code ready}; then for each line with a number, that many latencies in
 * nanoseconds, on one line.
 */
public final class Bench {
    private static final String ID = "c2c_bench";

    private Bench() {}

    /** Wakes the one thread that waits for it. */
    private static final class Wake implements V2TIMCallback {
        private final Thread waiting = Thread.currentThread();
        private volatile boolean here;
        private String failure;
        private long came;

        /** Says when the answer came. */
        long await() {
            while (!here) {
                LockSupport.park(this);
            }
            here = false;
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            return came;
        }

        @Override
        public void onSuccess() {
            came = System.nanoTime();
            here = true;
            LockSupport.unpark(waiting);
        }

        @Override
        public void onError(int code, String desc) {
            failure = code + ": " + desc;
            onSuccess();
        }
    }

    public static void main(String[] arguments) throws Exception {
        V2TIMSDKConfig config = new V2TIMSDKConfig();
        config.setInitPath(arguments[0]);
        config.setStore(arguments[1]);
        if (!V2TIMManager.getInstance().initSDK(1, config)) {
            throw new IllegalStateException("initSDK");
        }
        Wake wake = new Wake();
        V2TIMManager.getInstance().login("bench", "", wake);
        wake.await();
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        long number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            long[] latencies = new long[Integer.parseInt(line.trim())];
            for (int call = 0; call < latencies.length; call++) {
                String text = String.format("%0200d", number++);
                // The call finds every thread asleep.
                LockSupport.parkNanos(500_000);
                long start = System.nanoTime();
                V2TIMManager.getConversationManager().setConversationDraft(ID, text, wake);
                latencies[call] = wake.await() - start;
            }
            StringBuilder output = new StringBuilder();
            for (long latency : latencies) {
                output.append(latency).append(' ');
            }
            System.out.println(output.toString().trim());
        }
        V2TIMManager.getInstance().unInitSDK();
    }
}
