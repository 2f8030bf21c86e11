// How the SDK behaves: `behaviour FOLDER [SMALL_DISK]`.

#include "behaviour.h"

#include <sys/stat.h>

static std::string parent_folder;
static std::string own_path;

std::string new_folder() {
    static int number = 0;
    const std::string folder = parent_folder + "/" + std::to_string(++number);
    CHECK(mkdir(folder.c_str(), 0700) == 0);
    return folder;
}

const std::string& program() { return own_path; }

int main(int count, char** arguments) {
    if (count == 4 && std::string(arguments[1]) == "child") {
        return run_child(arguments[2], arguments[3]);
    }
    if (count != 2 && count != 3) {
        std::fprintf(stderr, "behaviour FOLDER [SMALL_DISK]\n");
        return 2;
    }
    own_path = arguments[0];
    parent_folder = arguments[1];
    test_codes();
    test_logins();
    test_places();
    test_callbacks();
    test_endings();
    test_listeners();
    test_lists();
    test_executors();
    test_composing();
    if (count == 3) {
        test_full_disk(arguments[2]);
    } else {
        std::fprintf(stderr, "not run: a full disk, which takes root to mount a small one\n");
    }
    return verdict();
}
