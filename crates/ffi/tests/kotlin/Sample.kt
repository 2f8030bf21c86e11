import chatdrafts.V2TIMCallback
import chatdrafts.V2TIMConversation
import chatdrafts.V2TIMConversationListener
import chatdrafts.V2TIMConversationResult
import chatdrafts.V2TIMConversationUpdate
import chatdrafts.V2TIMManager
import chatdrafts.V2TIMSDKConfig
import chatdrafts.V2TIMValueCallback
import java.util.concurrent.BlockingQueue
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess

/** The published sample in Kotlin, and what else an app asks for, on a SQLite file in the folder that is given. */
fun main(arguments: Array<String>) {
    val manager = V2TIMManager.getInstance()
    val conversations = V2TIMManager.getConversationManager()
    val heard = LinkedBlockingQueue<String>()

    check("init") {
        manager.initSDK(1400000000, V2TIMSDKConfig().apply { initPath = arguments[0] })
    }
    conversations.addConversationListener(object : V2TIMConversationListener() {
        override fun onNewConversation(conversationList: List<V2TIMConversation>) {
            conversationList.forEach { heard.add("new ${it.conversationID}") }
        }
    })
    check("login") {
        answer { manager.login("alice", "", it) } == "success"
    }
    check("the sample") {
        val conversationID = "conversationID"
        val draftText = "The draft text"
        val printed = LinkedBlockingQueue<String>()
        conversations.setConversationDraft(conversationID, draftText, object : V2TIMCallback {
            override fun onSuccess() {
                printed.add("success")
            }

            override fun onError(code: Int, desc: String?) {
                printed.add("failure, code:$code, desc:$desc")
            }
        })
        next(printed) == "success"
    }
    check("the listener") {
        next(heard) == "new conversationID"
    }
    check("the draft comes back") {
        value<V2TIMConversation> { conversations.getConversation("conversationID", it) }.draftText == "The draft text"
    }
    check("a text with a NUL and an emoji") {
        val text = "\u0000 \uD83D\uDE00"
        answer { conversations.setConversationDraft("c2c_bob", text, it) } == "success" &&
            value<V2TIMConversation> { conversations.getConversation("c2c_bob", it) }.draftText == text
    }
    check("null clears") {
        answer { conversations.setConversationDraft("conversationID", null, it) } == "success" &&
            value<V2TIMConversation> { conversations.getConversation("conversationID", it) }.draftText == ""
    }
    check("a refused id") {
        answer { conversations.setConversationDraft("c2c_", "x", it) } == "6017"
    }
    check("what the host knows") {
        val update = V2TIMConversationUpdate().setShowName("Bob").setUnreadCount(2)
        answer { conversations.updateConversation("c2c_bob", update, it) } == "success" &&
            value<V2TIMConversation> { conversations.getConversation("c2c_bob", it) }.run {
                showName == "Bob" && unreadCount == 2 && userID == "bob" && groupID == null && lastMessage == null
            }
    }
    check("a list") {
        val page = value<V2TIMConversationResult> { conversations.getConversationList(0, 10, it) }
        page.isFinished && page.conversationList.map { it.conversationID } == listOf("c2c_bob")
    }
    check("logout") {
        answer { manager.logout(it) } == "success" && manager.loginUser == null
    }
    println("Kotlin: $passed passed, $failed failed")
    exitProcess(if (failed == 0) 0 else 1)
}

private var passed = 0
private var failed = 0

private fun check(name: String, holds: () -> Boolean) {
    if (runCatching(holds).onFailure { it.printStackTrace(System.out) }.getOrDefault(false)) {
        passed++
    } else {
        failed++
        println("FAILED: $name")
    }
}

private fun <T : Any> next(queue: BlockingQueue<T>): T = queue.poll(20, TimeUnit.SECONDS) ?: error("nothing came in time")

/** What a call answers: success, or its code. */
private fun answer(call: (V2TIMCallback) -> Unit): String {
    val answers = LinkedBlockingQueue<String>()
    call(object : V2TIMCallback {
        override fun onSuccess() {
            answers.add("success")
        }

        override fun onError(code: Int, desc: String) {
            answers.add("$code")
        }
    })
    return next(answers)
}

/** What a call brings. */
private fun <T : Any> value(call: (V2TIMValueCallback<T>) -> Unit): T {
    val answers = LinkedBlockingQueue<Result<T>>()
    call(object : V2TIMValueCallback<T> {
        override fun onSuccess(value: T) {
            answers.add(Result.success(value))
        }

        override fun onError(code: Int, desc: String) {
            answers.add(Result.failure(IllegalStateException("$code: $desc")))
        }
    })
    return next(answers).getOrThrow()
}
