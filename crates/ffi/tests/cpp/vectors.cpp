// Every vector byte for byte: the lines that tests/vectors.py prints, on the standard input.

#include <iostream>
#include <string>
#include <vector>

#include "sdk.h"

static std::string folder;

std::string new_folder() { return folder; }

static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> columns(1);
    for (const char letter : line) {
        if (letter == '\t') {
            columns.emplace_back();
        } else {
            columns.back().push_back(letter);
        }
    }
    return columns;
}

/// A column: `null`, or `x` and digits, perhaps repeated. A string that is null is the empty one of C++.
static V2TIMString read(const std::string& column) {
    if (column == "null") {
        return V2TIMString(nullptr);
    }
    const size_t star = column.find('*');
    const std::string digits = column.substr(1, star == std::string::npos ? star : star - 1);
    const int times = star == std::string::npos ? 1 : std::stoi(column.substr(star + 1));
    std::string once;
    for (size_t place = 0; place < digits.size(); place += 2) {
        once.push_back(static_cast<char>(std::stoi(digits.substr(place, 2), nullptr, 16)));
    }
    std::string all;
    for (int time = 0; time < times; ++time) {
        all += once;
    }
    return string_of(all);
}

static bool expect(bool holds, const std::string& name, const char* what) {
    return check(holds, (name + ": " + what).c_str(), "vectors.json", 0);
}

static void draft(const std::string& name, int code, const V2TIMString& id, const V2TIMString& text) {
    CHECK_CODE(login("vectors"), 0);
    const bool is_id = get(id)->code == 0;
    if (is_id) {
        CHECK_CODE(set(id, "what was there before"), 0);
    }
    const V2TIMString before = is_id ? get(id)->value.draftText : V2TIMString();
    expect(set(id, text) == code, name, "the code");
    const V2TIMString& expected = code == 0 ? text : before;
    for (int time = 0; time < 2; ++time) {
        const auto found = get(id);
        expect(found->code == (is_id ? 0 : 6017), name, "the code of reading");
        expect(found->value.draftText == expected, name, "the text, byte for byte");
        expect(found->value.conversationID == (is_id ? id : V2TIMString()), name, "the id, byte for byte");
        expect((found->value.draftTimestamp == 0) == expected.Empty(), name, "the time");
        CHECK_CODE(logout(), 0);
        CHECK_CODE(login("vectors"), 0);
    }
    CHECK_CODE(logout(), 0);
}

/// Logs in and out, and leaves a draft of its own.
static void user(const std::string& name, int code, const V2TIMString& id) {
    expect(login(id) == code, name, "the code");
    if (code == 0) {
        expect(sdk()->GetLoginUser() == id, name, "who is logged in");
        expect(draft_of("c2c_own").empty(), name, "nobody else's drafts");
        CHECK_CODE(set("c2c_own", id), 0);
        CHECK_CODE(logout(), 0);
    }
}

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "vectors FOLDER <LINES\n");
        return 2;
    }
    folder = arguments[1];
    const Home home;
    std::vector<V2TIMString> users;
    std::string line;
    while (std::getline(std::cin, line)) {
        const std::vector<std::string> columns = split(line);
        const int code = std::stoi(columns[2]);
        const V2TIMString id = read(columns[3]);
        if (columns[0] == "draft") {
            draft(columns[1], code, id, read(columns[4]));
        } else {
            user(columns[1], code, id);
            if (code == 0) {
                users.push_back(id);
            }
        }
    }
    CHECK(users.size() > 1);
    for (const V2TIMString& user : users) {
        CHECK_CODE(login(user), 0);
        CHECK(get("c2c_own")->value.draftText == user);
        CHECK_CODE(logout(), 0);
    }
    return verdict();
}
