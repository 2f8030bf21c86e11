import android.util.Log;
import chatdrafts.V2TIMCallback;
import chatdrafts.V2TIMManager;
import chatdrafts.V2TIMSDKConfig;

/** The published sample as it is printed, on a SQLite file in the folder that is given. */
public final class Sample {
    private Sample() {}

    public static void main(String[] arguments) throws Exception {
        V2TIMSDKConfig config = new V2TIMSDKConfig();
        config.setInitPath(arguments[0]);
        Check.isTrue(V2TIMManager.getInstance().initSDK(Sdk.APP, config), "initSDK");
        Check.equal(0, Sdk.login("alice"));

        sample();

        // A logout comes behind all that was called before.
        Check.equal(0, Sdk.logout());
        Check.equal(0, Sdk.login("alice"));
        System.out.println("draftText: " + Sdk.draft("conversationID"));
        V2TIMManager.getInstance().unInitSDK();
    }

    static void sample() {
        String conversationID = "conversationID";
        String draftText = "The draft text";
        V2TIMManager.getConversationManager().setConversationDraft(conversationID, draftText, new V2TIMCallback() {
            @Override
            public void onSuccess() {
                Log.i("imsdk", "success");
            }

            @Override
            public void onError(int code, String desc) {
                Log.i("imsdk", "failure, code:" + code + ", desc:" + desc);
            }
        });
    }
}
