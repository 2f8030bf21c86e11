import chatdrafts.V2TIMConversation;
import chatdrafts.V2TIMConversationListFilter;
import chatdrafts.V2TIMConversationOperationResult;
import chatdrafts.V2TIMConversationResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Lists of conversations. */
final class Lists {
    private Lists() {}

    static void run() {
        Check.that("pages go through the whole list", Lists::pages);
        Check.that("a list of ids keeps their order", Lists::ids);
        Check.that("a list of a type", Lists::types);
        Check.that("pinned conversations come first", Lists::pinned);
        Check.that("deleting", Lists::deleting);
        Check.that("a list of thousands", Lists::thousands);
    }

    static V2TIMConversationResult page(V2TIMConversationListFilter filter, long nextSeq, int count)
            throws InterruptedException {
        return Answered.<V2TIMConversationResult>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationListByFilter(filter, nextSeq, count, callback);
        }).value();
    }

    static List<String> all(V2TIMConversationListFilter filter) throws InterruptedException {
        V2TIMConversationResult all = page(filter, 0, Integer.MAX_VALUE);
        Check.isTrue(all.isFinished(), "there is more");
        return all.getConversationList().stream().map(V2TIMConversation::getConversationID).collect(Collectors.toList());
    }

    private static void pages() throws Exception {
        Sdk.begin();
        List<String> expected = new ArrayList<>();
        for (int number = 0; number < 50; number++) {
            Check.equal(0, Sdk.set("c2c_" + number, "x"));
            expected.add(0, "c2c_" + number);
        }
        Check.equal(expected, all(null));
        List<String> found = new ArrayList<>();
        long nextSeq = 0;
        long last = Long.MAX_VALUE;
        while (true) {
            long from = nextSeq;
            V2TIMConversationResult page = Answered.<V2TIMConversationResult>ask(callback -> {
                Sdk.CONVERSATIONS.getConversationList(from, 7, callback);
            }).value();
            for (V2TIMConversation conversation : page.getConversationList()) {
                Check.isTrue(conversation.getOrderKey() < last, "the order");
                last = conversation.getOrderKey();
                found.add(conversation.getConversationID());
            }
            if (page.isFinished()) {
                Check.equal(0L, page.getNextSeq());
                break;
            }
            Check.equal(7, page.getConversationList().size());
            nextSeq = page.getNextSeq();
        }
        Check.equal(expected, found);
    }

    private static void ids() throws Exception {
        Sdk.begin();
        Check.equal(0, Sdk.set("c2c_a", "of a"));
        Check.equal(0, Sdk.set("group_b", "of b"));
        List<V2TIMConversation> found = Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(Arrays.asList("group_b", "nobody", "c2c_a", "group_b"), callback);
        }).value();
        Check.equal(
                Arrays.asList("of b", "", "of a", "of b"),
                found.stream().map(V2TIMConversation::getDraftText).collect(Collectors.toList()));
        Check.equal("nobody", found.get(1).getConversationID());
        Check.equal(Collections.emptyList(), Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(Collections.emptyList(), callback);
        }).value());
        Check.equal(6017, Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(Arrays.asList("c2c_a", null), callback);
        }).code());
    }

    private static void types() throws Exception {
        Sdk.begin();
        for (String id : Arrays.asList("c2c_a", "group_b", "other", "c2c_d")) {
            Check.equal(0, Sdk.set(id, "x"));
        }
        V2TIMConversationListFilter filter = new V2TIMConversationListFilter();
        Check.equal(Arrays.asList("c2c_d", "other", "group_b", "c2c_a"), all(filter));
        filter.setConversationType(V2TIMConversation.V2TIM_C2C);
        Check.equal(Arrays.asList("c2c_d", "c2c_a"), all(filter));
        V2TIMConversationResult first = page(filter, 0, 1);
        Check.isTrue(!first.isFinished(), "there is one more");
        Check.equal("c2c_a", page(filter, first.getNextSeq(), 1).getConversationList().get(0).getConversationID());
        filter.setConversationType(V2TIMConversation.V2TIM_GROUP);
        Check.equal(Arrays.asList("group_b"), all(filter));
        filter.setHasUnreadCount(true);
        Check.equal(Collections.emptyList(), all(filter));
    }

    private static void pinned() throws Exception {
        Sdk.begin();
        for (String id : Arrays.asList("c2c_a", "c2c_b", "c2c_c")) {
            Check.equal(0, Sdk.set(id, "x"));
        }
        Check.equal(0, Answered.call(callback -> Sdk.CONVERSATIONS.pinConversation("c2c_a", true, callback)).code());
        Check.equal(Arrays.asList("c2c_a", "c2c_c", "c2c_b"), all(null));
        Check.isTrue(Sdk.get("c2c_a").isPinned(), "it is pinned");
        Check.isTrue(Sdk.get("c2c_a").getOrderKey() > 1L << 62, "pinned is a part of the order key");
        Check.equal(0, Answered.call(callback -> Sdk.CONVERSATIONS.pinConversation("c2c_a", false, callback)).code());
        Check.equal(Arrays.asList("c2c_c", "c2c_b", "c2c_a"), all(null));
    }

    private static void deleting() throws Exception {
        Sdk.begin();
        for (String id : Arrays.asList("c2c_a", "c2c_b", "c2c_c")) {
            Check.equal(0, Sdk.set(id, "x"));
        }
        Check.equal(0, Answered.call(callback -> Sdk.CONVERSATIONS.deleteConversation("c2c_b", callback)).code());
        Check.equal("", Sdk.draft("c2c_b"));
        Check.equal(Arrays.asList("c2c_c", "c2c_a"), all(null));
        List<V2TIMConversationOperationResult> deleted =
                Answered.<List<V2TIMConversationOperationResult>>ask(callback -> {
                    List<String> ids = Arrays.asList("c2c_c", "c2c_", "nobody", null, "c2c_\ud83d");
                    Sdk.CONVERSATIONS.deleteConversationList(ids, true, callback);
                }).value();
        Check.equal(
                Arrays.asList(0, 6017, 0, 6017, 6017),
                deleted.stream().map(V2TIMConversationOperationResult::getResultCode).collect(Collectors.toList()));
        Check.equal("c2c_c", deleted.get(0).getConversationID());
        Check.equal("", deleted.get(0).getResultInfo());
        Check.equal("c2c_", deleted.get(1).getConversationID());
        Check.isTrue(deleted.get(1).getResultInfo().contains("conversationID"), deleted.get(1).getResultInfo());
        Check.equal(null, deleted.get(3).getConversationID());
        Check.equal(Arrays.asList("c2c_a"), all(null));
    }

    /** More than the references that a frame of the JVM's holds. */
    private static void thousands() throws Exception {
        Sdk.begin();
        List<String> ids = new ArrayList<>();
        for (int number = 0; number < 5000; number++) {
            ids.add("c2c_" + number);
            Sdk.CONVERSATIONS.setConversationDraft("c2c_" + number, "x", null);
        }
        Check.equal(0, Sdk.logout());
        Check.equal(0, Sdk.login("alice"));
        Check.equal(5000, Answered.<List<V2TIMConversation>>ask(callback -> {
            Sdk.CONVERSATIONS.getConversationList(ids, callback);
        }).value().size());
        Check.equal(5000, all(null).size());
    }
}
