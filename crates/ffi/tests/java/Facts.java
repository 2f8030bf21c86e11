import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMConversationListFilter;
import chatdrafts.V2TIMConversationUpdate;
import java.util.Arrays;

/** What a conversation shows, and what a host tells of it. */
final class Facts {
    private Facts() {}

    static void run() {
        Check.that("a conversation nobody told anything of", Facts::nothing);
        Check.that("a conversation by its draft", Facts::draft);
        Check.that("facts are told, kept and cleared", Facts::told);
        Check.that("facts that cannot be", Facts::refused);
        Check.that("unread messages are summed up", Facts::unread);
        Check.that("a conversation gets another id", Facts::renamed);
    }

    static int update(String id, V2TIMConversationUpdate update) throws InterruptedException {
        return Answered.call(callback -> Sdk.CONVERSATIONS.updateConversation(id, update, callback)).code();
    }

    private static int rename(String from, String to) throws InterruptedException {
        return Answered.call(callback -> Sdk.CONVERSATIONS.renameConversation(from, to, callback)).code();
    }

    private static void renamed() throws Exception {
        Sdk.begin();
        Check.equal(0, Sdk.set("group_planned", "second"));
        Check.equal(0, Sdk.set("group_real", "first"));
        Check.equal(6017, rename("group_planned", null));
        Check.equal(6017, rename("group_", "group_real"));
        Check.equal(0, rename("group_planned", "group_real"));
        Check.equal("first\nsecond", Sdk.draft("group_real"));
        Check.equal("", Sdk.draft("group_planned"));
        Check.equal(0, rename("group_planned", "group_real"));
        Check.equal("first\nsecond", Sdk.draft("group_real"));
    }

    private static void nothing() throws Exception {
        Sdk.begin();
        V2TIMConversation other = Sdk.get("conversationID");
        Check.equal(V2TIMConversation.CONVERSATION_TYPE_INVALID, other.getType());
        Check.equal("conversationID", other.getConversationID());
        Check.equal(null, other.getUserID());
        Check.equal(null, other.getGroupID());
        Check.equal("", other.getShowName());
        Check.equal("", other.getFaceUrl());
        Check.equal(0, other.getUnreadCount());
        Check.equal(0, other.getRecvOpt());
        Check.equal(null, other.getLastMessage());
        Check.equal("", other.getDraftText());
        Check.equal(0L, other.getDraftTimestamp());
        Check.isTrue(!other.isPinned(), "it is not pinned");
        Check.equal(0L, other.getOrderKey());
        Check.equal("", other.getCustomData());
        Check.equal(0, other.getCustomDataBytes().length);
    }

    private static void draft() throws Exception {
        Sdk.begin();
        long before = System.currentTimeMillis() / 1000;
        Check.equal(0, Sdk.set("c2c_bob", "x"));
        long after = System.currentTimeMillis() / 1000;
        V2TIMConversation bob = Sdk.get("c2c_bob");
        Check.equal(V2TIMConversation.V2TIM_C2C, bob.getType());
        Check.equal("bob", bob.getUserID());
        Check.equal(null, bob.getGroupID());
        Check.isTrue(before <= bob.getDraftTimestamp() && bob.getDraftTimestamp() <= after, "the time, in seconds");
        Check.equal(0, Sdk.set("group_team", "x"));
        V2TIMConversation team = Sdk.get("group_team");
        Check.equal(V2TIMConversation.V2TIM_GROUP, team.getType());
        Check.equal(null, team.getUserID());
        Check.equal("team", team.getGroupID());
        Check.isTrue(team.getOrderKey() > bob.getOrderKey(), "the newer draft is higher");
    }

    private static void told() throws Exception {
        Sdk.begin();
        byte[] body = {0, 1, -1};
        Check.equal(0, update("c2c_bob", new V2TIMConversationUpdate()
                .setShowName("Bob \u0000 \ud83d\ude00")
                .setFaceUrl("file:bob.png")
                .setUnreadCount(3)
                .setRecvOpt(2)
                .setLastMessage(1_700_000_000_999L, body)
                .setCustomData("of the host")));
        V2TIMConversation bob = Sdk.get("c2c_bob");
        Check.equal("Bob \u0000 \ud83d\ude00", bob.getShowName());
        Check.equal("file:bob.png", bob.getFaceUrl());
        Check.equal(3, bob.getUnreadCount());
        Check.equal(2, bob.getRecvOpt());
        Check.equal(1_700_000_000L, bob.getLastMessage().getTimestamp());
        Check.isTrue(Arrays.equals(body, bob.getLastMessage().getBody()), "the body");
        Check.equal("of the host", bob.getCustomData());

        Check.equal(0, update("c2c_bob", new V2TIMConversationUpdate()
                .setShowName(null)
                .setUnreadCount(0)
                .setCustomDataBytes(body)));
        bob = Sdk.get("c2c_bob");
        Check.equal("", bob.getShowName());
        Check.equal("file:bob.png", bob.getFaceUrl());
        Check.equal(0, bob.getUnreadCount());
        Check.equal(2, bob.getRecvOpt());
        Check.isTrue(Arrays.equals(body, bob.getCustomDataBytes()), "the data");

        Check.equal(0, update("c2c_bob", new V2TIMConversationUpdate()
                .clearShowName()
                .clearFaceUrl()
                .clearUnreadCount()
                .clearRecvOpt()
                .clearLastMessage()
                .clearCustomData()));
        bob = Sdk.get("c2c_bob");
        Check.equal("", bob.getFaceUrl());
        Check.equal(0, bob.getRecvOpt());
        Check.equal(null, bob.getLastMessage());
        Check.equal(0, bob.getCustomDataBytes().length);
        Check.equal(0, Lists.all(null).size());
    }

    private static void refused() throws Exception {
        Sdk.begin();
        Check.equal(6017, update("c2c_bob", new V2TIMConversationUpdate().setUnreadCount(-1)));
        Check.equal(6017, update("c2c_bob", new V2TIMConversationUpdate().setRecvOpt(Integer.MIN_VALUE)));
        Check.equal(6017, update("c2c_bob", new V2TIMConversationUpdate().setShowName("Bob \ud83d")));
        Check.equal(6017, update("c2c_bob", new V2TIMConversationUpdate().setFaceUrl("\ude00")));
        Check.equal(6017, update("c2c_bob", new V2TIMConversationUpdate().setCustomData("\ud83d")));
        Check.equal(6017, update("c2c_", new V2TIMConversationUpdate().setShowName("Bob")));
        Check.equal(0, Lists.all(null).size());
    }

    private static void unread() throws Exception {
        Sdk.begin();
        Check.equal(0L, Answered.<Long>ask(Sdk.CONVERSATIONS::getTotalUnreadMessageCount).value());
        Check.equal(0, update("c2c_a", new V2TIMConversationUpdate().setUnreadCount(Integer.MAX_VALUE)));
        Check.equal(0, update("group_b", new V2TIMConversationUpdate().setUnreadCount(Integer.MAX_VALUE)));
        Check.equal(0, update("group_c", new V2TIMConversationUpdate().setUnreadCount(0)));
        Check.equal(
                2L * Integer.MAX_VALUE, Answered.<Long>ask(Sdk.CONVERSATIONS::getTotalUnreadMessageCount).value());
        V2TIMConversationListFilter filter = new V2TIMConversationListFilter();
        filter.setHasUnreadCount(true);
        Check.equal(Arrays.asList("group_b", "c2c_a"), Lists.all(filter));
    }
}
