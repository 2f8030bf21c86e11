import chatdrafts.Composer;
import chatdrafts.Keep;
import chatdrafts.Ticket;
import chatdrafts.UnsavedText;
import chatdrafts.V2TIMConversationListener;
import java.nio.file.Path;
import java.util.List;

/** Composers, sending, and an account in the background. */
final class Composing {
    private Composing() {}

    static void run() {
        Check.that("what is typed is saved behind", Composing::typed);
        Check.that("a composer that is left saves, and is harmless", Composing::left);
        Check.that("a sent text is confirmed or comes back", Composing::sent);
        Check.that("tickets survive a restart", Composing::tickets);
        Check.that("an account in the background, and a conflict", Composing::inTheBackground);
        Check.that("the end tells what it could not save", Composing::unsaved);
        Check.that("what was cleared comes back", Composing::undone);
        Check.that("typing and sending have codes", Composing::codes);
    }

    private static Answered<Composer> composing(String id) {
        return Answered.ask(callback -> Sdk.CONVERSATIONS.compose(id, callback));
    }

    private static Composer compose(String id) throws InterruptedException {
        return composing(id).value();
    }

    private static Answered<Ticket> sending(String id) {
        return Answered.ask(callback -> Sdk.CONVERSATIONS.beginSend(id, callback));
    }

    private static List<Ticket> allTickets() throws InterruptedException {
        return Answered.<List<Ticket>>ask(Sdk.CONVERSATIONS::getTickets).value();
    }

    private static int flush() throws InterruptedException {
        return Answered.call(Sdk.CONVERSATIONS::flush).code();
    }

    private static void typed() throws Exception {
        Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", "stored"));
        try (Composer here = compose("c2c_bob");
                Composer there = compose("c2c_bob")) {
            Check.equal("stored", here.getText());
            Check.equal("c2c_bob", here.getConversationID());
            String hostile = "a\0\u202e\ud83d\ude00 ";
            Check.equal(0, here.setText(hostile));
            Check.equal(hostile, there.getText());
            Check.equal(0, Answered.call(callback -> here.setText(hostile + "!", callback)).code());
            Check.equal(hostile + "!", Sdk.draft("c2c_bob"));
            Check.equal(0, here.setText("flushed"));
            Check.equal(0, Answered.call(here::flush).code());
            Check.equal("flushed", Sdk.draft("c2c_bob"));
            Check.equal(0, here.setText(null));
            Check.equal(0, Sdk.CONVERSATIONS.flushWithin(20_000));
            Check.equal("", Sdk.draft("c2c_bob"));
            here.setText("no callback", null);
            here.flush(null);
            Check.equal(0, flush());
            Check.equal("no callback", Sdk.draft("c2c_bob"));
        }
    }

    private static void left() throws Exception {
        Sdk.begin();
        Composer composer = compose("c2c_bob");
        Check.equal(0, composer.setText("left"));
        composer.close();
        composer.close();
        Check.equal(0, flush());
        Check.equal("left", Sdk.draft("c2c_bob"));
        Check.equal(6017, composer.setText("late"));
        Check.equal("", composer.getText());
        Check.equal("", composer.getConversationID());
        Check.equal(null, composer.getConflict());
        Check.isTrue(!composer.resolve(Keep.OURS), "there is no conflict");
        Check.equal(6017, Answered.call(callback -> composer.setText("late", callback)).code());
        Check.equal(6017, Answered.call(composer::flush).code());
        Check.equal(6017, Answered.ask(composer::beginSend).code());
        Sdk.CONVERSATIONS.compose("c2c_bob", null);
        Check.equal(0, flush());
        Check.equal("left", Sdk.draft("c2c_bob"));
    }

    private static void sent() throws Exception {
        Sdk.begin();
        try (Composer composer = compose("c2c_bob")) {
            composer.setText("first");
            Ticket first = Answered.ask(composer::beginSend).value();
            Check.equal("first", first.getText());
            Check.equal("c2c_bob", first.getConversationID());
            Check.isTrue(first.getNumber() > 0, "it has a number");
            Check.equal("", composer.getText());
            Check.equal(0, Answered.call(first::confirm).code());
            Check.equal(6017, Answered.call(first::confirm).code());
            Check.equal(6017, Answered.call(first::abort).code());
            Check.equal("", composer.getText());
            first.close();
            first.close();
            Check.equal(6017, Answered.call(first::abort).code());
            composer.setText("second");
            Ticket second = sending("c2c_bob").value();
            composer.setText("third");
            Check.equal(0, Answered.call(second::abort).code());
            Check.equal("second\nthird", composer.getText());
            Check.equal("second\nthird", Sdk.draft("c2c_bob"));
            second.close();
        }
    }

    private static void tickets() throws Exception {
        Path folder = Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", "one"));
        Ticket one = sending("c2c_bob").value();
        Check.equal(0, Sdk.set("c2c_eve", "two"));
        sending("c2c_eve").value().close();
        Sdk.end();
        Sdk.again(folder);
        List<Ticket> tickets = allTickets();
        Check.equal(2, tickets.size());
        Check.equal(one.getNumber(), tickets.get(0).getNumber());
        Check.equal("two", tickets.get(1).getText());
        Check.equal(0, Answered.call(tickets.get(0)::confirm).code());
        Check.equal(0, Answered.call(tickets.get(1)::abort).code());
        Check.equal("", Sdk.draft("c2c_bob"));
        Check.equal("two", Sdk.draft("c2c_eve"));
        Check.equal(0, allTickets().size());
        Check.equal(6014, Answered.call(one::confirm).code());
    }

    private static void inTheBackground() throws Exception {
        Path folder = Sdk.begin();
        try (Composer composer = compose("c2c_bob")) {
            composer.setText("before");
            Check.equal(0, Answered.call(Sdk.CONVERSATIONS::suspend).code());
            composer.setText("ours");
            Check.equal(6019, Sdk.set("c2c_eve", "x"));
            Check.equal(6019, flush());
            Check.equal(6019, Sdk.CONVERSATIONS.flushWithin(10));
            Check.equal(6019, Sdk.logout());
            Process child = Exits.start("sets", folder, "sqlite");
            Check.equal(0, child.waitFor());
            Check.equal(0, Answered.call(Sdk.CONVERSATIONS::resume).code());
            Check.equal(6019, flush());
            Check.equal("theirs", composer.getConflict());
            // A row shows what is stored.
            Check.equal("theirs", Sdk.draft("c2c_bob"));
            Check.equal("ours", composer.getText());
            Check.equal(6019, sending("c2c_bob").code());
            Check.isTrue(composer.resolve(Keep.BOTH), "there was a conflict");
            Check.equal(null, composer.getConflict());
            Check.equal(0, flush());
            Check.equal("theirs\nours", Sdk.draft("c2c_bob"));
        }
    }

    private static void unsaved() throws Exception {
        V2TIMConversationListener listener = new V2TIMConversationListener() {};
        Sdk.CONVERSATIONS.addConversationListener(listener);
        Path folder = Sdk.begin();
        Composer bob = compose("c2c_bob");
        Composer eve = compose("c2c_eve");
        Check.equal(0, Answered.call(Sdk.CONVERSATIONS::suspend).code());
        bob.setText("ours \u0000 \ud83d\ude00");
        Check.equal(0, Exits.start("sets", folder, "sqlite").waitFor());
        Check.equal(0, Answered.call(Sdk.CONVERSATIONS::resume).code());
        Check.equal(6019, flush());
        eve.setText("typed");
        List<UnsavedText> unsaved = Sdk.MANAGER.unInitSDKWithin(20_000);
        Check.equal(1, unsaved.size());
        Check.equal("c2c_bob", unsaved.get(0).getConversationID());
        Check.equal("ours \u0000 \ud83d\ude00", unsaved.get(0).getText());
        Check.equal(6014, bob.setText("late"));
        Check.equal(0, Sdk.MANAGER.unInitSDKWithin(0).size());
        Sdk.again(folder);
        Check.equal("theirs", Sdk.draft("c2c_bob"));
        Check.equal("typed", Sdk.draft("c2c_eve"));
        Composer again = compose("c2c_bob");
        // What was typed in the conflict was kept beside theirs, and is a conflict again.
        Check.equal("theirs", again.getConflict());
        Check.equal("ours \u0000 \ud83d\ude00", again.getText());
        Check.isTrue(again.resolve(Keep.THEIRS), "there was a conflict");
        Check.equal(0, Answered.call(Sdk.CONVERSATIONS::suspend).code());
        Answered<Void> edit = Answered.call(callback -> again.setText("lost without a word", callback));
        Sdk.MANAGER.unInitSDK();
        Check.isTrue(edit.isHere(), "it is answered before the end");
        Check.equal(6019, edit.code());
        Sdk.CONVERSATIONS.removeConversationListener(listener);
        for (Composer composer : new Composer[] {bob, eve, again}) {
            composer.close();
        }
    }

    private static void undone() throws Exception {
        Sdk.begin();
        Check.equal(0, Sdk.set("c2c_bob", "text"));
        Check.equal(0, Sdk.set("c2c_bob", null));
        Check.equal(0, Answered.call(callback -> Sdk.CONVERSATIONS.undoClear("c2c_bob", callback)).code());
        Check.equal("text", Sdk.draft("c2c_bob"));
        Check.equal(6017, Answered.call(callback -> Sdk.CONVERSATIONS.undoClear(null, callback)).code());
    }

    private static void codes() throws Exception {
        Check.equal(6013, composing("c2c_bob").code());
        Check.equal(6013, sending("c2c_bob").code());
        Check.equal(6013, Sdk.CONVERSATIONS.flushWithin(0));
        Sdk.begin();
        Check.equal(6017, composing("c2c_").code());
        Check.equal(6017, composing(null).code());
        Check.equal(6017, sending("c2c_bob").code());
        Composer composer = compose("c2c_bob");
        Check.equal(6017, composer.setText("\ud83d"));
        Check.equal(6017, composer.setText(new String(new char[1 << 20]) + "x"));
        Check.equal(0, composer.setText(Answered.SECRET));
        Check.equal(0, Sdk.logout());
        Check.equal(6014, composer.setText("late"));
        Check.equal(6014, composing("c2c_bob").code());
        Check.equal(6014, Answered.call(Sdk.CONVERSATIONS::suspend).code());
        composer.close();
        Check.equal(0, Sdk.login("alice"));
        Check.equal(Answered.SECRET, Sdk.draft("c2c_bob"));
    }
}
