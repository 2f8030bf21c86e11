// Folders that cannot hold drafts, files that are damaged or in use, and a disk that is full.

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "behaviour.h"

static std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

static void write(const std::string& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    CHECK(file.flush().good());
}

static void folders_that_cannot_hold_drafts() {
    const std::string folder = new_folder();
    const std::string file = folder + "/file";
    write(file, "x");
    // Nobody can make a file in /sys, not even root.
    for (const std::string& place : {folder + "/missing", file, file + "/below", std::string("/sys")}) {
        const Home home(place);
        CHECK_CODE(login("alice"), 6022);
        CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGOUT);
    }
    CHECK(content_of(file) == "x");
}

static void a_damaged_file() {
    const Home home;
    write(home.File("alice"), "no database");
    CHECK_CODE(login("alice"), 6005);
    CHECK(content_of(home.File("alice")) == "no database");
    CHECK_CODE(login("bob"), 0);
}

static void a_bit_that_flips() {
    const std::string folder = new_folder();
    std::string path;
    {
        const LoggedIn home(folder);
        CHECK_CODE(set("c2c_bob", "the text that will be damaged"), 0);
        CHECK_CODE(set("c2c_carol", "another"), 0);
        path = home.File("alice");
    }
    std::string content = content_of(path);
    const size_t place = content.find("will be d");
    if (!CHECK(place != std::string::npos)) {
        return;
    }
    content[place] = static_cast<char>(content[place] ^ 1);
    write(path, content);
    const LoggedIn home(folder);
    const auto answer = get("c2c_bob");
    CHECK_CODE(answer->code, 6019);
    CHECK(answer->sentence.Size() > 0);
    CHECK(bytes_of(answer->sentence).find("text") == std::string::npos);
    CHECK(bytes_of(answer->sentence).find("bob") == std::string::npos);
    CHECK(draft_of("c2c_carol") == "another");
}

extern "C" {
static void on_done(void* user, int32_t code, drafts_text) {
    auto* answer = static_cast<Answer<Nothing>*>(user);
    answer->code = code;
    answer->answers.Add();
}
}

static void a_file_that_another_session_holds() {
    const std::string folder = new_folder();
    drafts_session* const other = drafts_session_new();
    CHECK(drafts_session_init(other, 1, drafts_text_of(folder.c_str()), drafts_text(), nullptr, nullptr));
    Answer<Nothing> answer;
    drafts_session_login(other, drafts_text_of("alice"), on_done, &answer);
    answer.answers.Await(1);
    CHECK_CODE(answer.code, 0);
    {
        const Home home(folder);
        CHECK_CODE(login("alice"), 6005);
        CHECK_CODE(login("bob"), 0);
        CHECK_CODE(logout(), 0);
        drafts_session_free(other);
        CHECK_CODE(login("alice"), 0);
    }
}

void test_places() {
    folders_that_cannot_hold_drafts();
    a_damaged_file();
    a_bit_that_flips();
    a_file_that_another_session_holds();
}

/// Writes a file until the disk is full, and gives its path.
static std::string fill(const std::string& folder) {
    const std::string path = folder + "/filler";
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    std::setvbuf(file, nullptr, _IONBF, 0);
    const std::string block(4096, 'x');
    while (std::fwrite(block.data(), 1, block.size(), file) == block.size()) {
    }
    std::fclose(file);
    return path;
}

void test_full_disk(const std::string& small_disk) {
    const std::string large(200000, 'y');
    {
        const LoggedIn home(small_disk);
        CHECK_CODE(set("c2c_bob", "before"), 0);
        const std::string filler = fill(small_disk);
        const Done full = begin([&](V2TIMCallback* callback) {
            conversations()->SetConversationDraft("c2c_bob", string_of(large), callback);
        });
        CHECK_CODE(code_of(full), 6022);
        CHECK(bytes_of(full->sentence).find("yyy") == std::string::npos);
        CHECK(draft_of("c2c_bob") == "before");
        CHECK(unlink(filler.c_str()) == 0);
        CHECK_CODE(set("c2c_carol", string_of(large)), 0);
    }
    {
        const LoggedIn home(small_disk);
        CHECK(draft_of("c2c_bob") == "before");
        CHECK(draft_of("c2c_carol") == large);
    }
    {
        // A new store, whose log has no room yet.
        const Home home(small_disk);
        CHECK_CODE(login("erin"), 0);
        const auto composing = ask<chat_drafts::Composer>([](V2TIMValueCallback<chat_drafts::Composer>* callback) {
            conversations()->Compose("c2c_bob", callback);
        });
        struct : V2TIMConversationListener {
        } listener;
        conversations()->AddConversationListener(&listener);
        const std::string filler = fill(small_disk);
        CHECK_CODE(composing->value.SetText(string_of(large)), 0);
        const chat_drafts::UnsavedTexts unsaved = sdk()->UnInitSDKWithin(20000);
        CHECK(unsaved.size() == 1 && bytes_of(unsaved[0].conversationID) == "c2c_bob");
        CHECK(unsaved.size() == 1 && bytes_of(unsaved[0].text) == large);
        conversations()->RemoveConversationListener(&listener);
        CHECK(unlink(filler.c_str()) == 0);
    }
    const std::string filler = fill(small_disk);
    {
        const Home home(small_disk);
        CHECK_CODE(login("dave"), 6022);
    }
    CHECK(unlink(filler.c_str()) == 0);
    const LoggedIn home(small_disk);
    CHECK(draft_of("c2c_bob") == "before");
}
