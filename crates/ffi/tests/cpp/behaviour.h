// The tests of behaviour, a file for each idea.
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include <string>

#include "sdk.h"

void test_codes();
void test_logins();
void test_places();
void test_full_disk(const std::string& small_disk);
void test_callbacks();
void test_endings();
void test_listeners();
void test_lists();
void test_executors();
void test_composing();

/// The end of a process, in a child of this one.
int run_child(const std::string& how, const std::string& folder);

/// The path of this program.
const std::string& program();

#endif
