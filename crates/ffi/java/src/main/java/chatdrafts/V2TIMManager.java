package chatdrafts;

import java.util.ArrayList;
import java.util.List;

/** The SDK: it is initialised, then a user logs in, then there are conversations. */
public final class V2TIMManager {
    /** The status of a user who is logged in. */
    public static final int V2TIM_STATUS_LOGINED = 1;
    /** The status while a user logs in. */
    public static final int V2TIM_STATUS_LOGINING = 2;
    /** The status when no user is logged in. */
    public static final int V2TIM_STATUS_LOGOUT = 3;

    private static final long WHILE_WRITING = -1;

    private static final V2TIMManager INSTANCE = new V2TIMManager();

    private V2TIMManager() {}

    /** The one instance. */
    public static V2TIMManager getInstance() {
        return INSTANCE;
    }

    /** The calls about conversations. */
    public static V2TIMConversationManager getConversationManager() {
        return Conversations.INSTANCE;
    }

    /** {@link #initSDK(Object, int, V2TIMSDKConfig)} without Android's context. */
    public boolean initSDK(int sdkAppID, V2TIMSDKConfig config) {
        return initSDK(null, sdkAppID, config);
    }

    /**
     * Makes the SDK usable. False about a configuration that cannot work: no folder, or an engine that the native library
     * was built without. Also about another one while the SDK is initialised; the same one again is fine. While a logout runs
     * it waits for the files to be closed, five seconds at most, and then takes another one; inside a callback it does not wait.
     *
     * @param context Android's context, or null; its files folder is used if the configuration names none
     * @param sdkAppID the number of the app; two apps in one folder do not meet
     */
    public boolean initSDK(Object context, int sdkAppID, V2TIMSDKConfig config) {
        V2TIMSDKConfig given = config == null ? new V2TIMSDKConfig() : config;
        String path = given.getInitPath() == null ? Android.filesFolder(context) : given.getInitPath();
        Poster poster = Poster.of(given.getExecutor() == null ? Android.looper() : given.getExecutor());
        return Native.init(sdkAppID, Native.chars(path), Native.chars(given.getStore()), poster);
    }

    /**
     * {@link #unInitSDKWithin} as long as the store writes one call after the other, and five seconds when it does not. What
     * could not be saved is lost.
     */
    public void unInitSDK() {
        Native.uninit(WHILE_WRITING);
    }

    /**
     * Logs out, and waits until every call is answered and what was accepted is on the disk. Inside a callback it waits for
     * the disk alone, and the answers follow. The caller must hold no lock that a callback waits for. No call of the vendor's.
     *
     * <p>Saving is tried once and takes no longer than so many milliseconds. A call that the store has not answered a second
     * later fails by 6019; where the disk itself hangs, this returns after ten more seconds at most. Callbacks are waited for
     * as long as they take.
     *
     * @return the texts that could not be saved, because the disk is full or somebody else has changed the draft for instance:
     *     the files are closed all the same, and nothing else keeps these texts
     */
    public List<UnsavedText> unInitSDKWithin(long millis) {
        String[] given = Native.uninit(Math.max(millis, 0));
        List<UnsavedText> unsaved = new ArrayList<>();
        for (int place = 0; place + 1 < given.length; place += 2) {
            unsaved.add(new UnsavedText(given[place], given[place + 1]));
        }
        return unsaved;
    }

    /** Opens the drafts of a user: 1 to 32 bytes of printable ASCII. Nothing checks the signature: there is no server. */
    public void login(String userID, String userSig, V2TIMCallback callback) {
        Native.login(Native.chars(userID), Answer.to(callback));
    }

    /** Closes the drafts of the user. They stay on the disk. */
    public void logout(V2TIMCallback callback) {
        Native.logout(Answer.to(callback));
    }

    /** The user who is logged in, or null. */
    public String getLoginUser() {
        return Native.loginUser();
    }

    /** {@link #V2TIM_STATUS_LOGINED}, {@link #V2TIM_STATUS_LOGINING} or {@link #V2TIM_STATUS_LOGOUT}. */
    public int getLoginStatus() {
        return Native.loginStatus();
    }
}
