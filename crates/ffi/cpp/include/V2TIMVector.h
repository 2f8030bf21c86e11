#ifndef CHAT_DRAFTS_V2TIM_VECTOR_H
#define CHAT_DRAFTS_V2TIM_VECTOR_H

#include <cstddef>
#include <utility>
#include <vector>

#include "V2TIMString.h"

/// A list that grows at its end: what calls take and give.
template <typename T>
class TXTVector {
public:
    /// How many elements it has.
    size_t Size() const { return elements_.size(); }

    /// Whether it has none.
    bool Empty() const { return elements_.empty(); }

    /// Adds one behind the last.
    void PushBack(const T& element) { elements_.push_back(element); }
    void PushBack(T&& element) { elements_.push_back(std::move(element)); }

    /// Takes the last one away; there must be one.
    void PopBack() { elements_.pop_back(); }

    /// Takes the one at this place away, if there is one.
    void Erase(size_t index) {
        if (index < elements_.size()) {
            elements_.erase(elements_.begin() + static_cast<std::ptrdiff_t>(index));
        }
    }

    /// Takes all away.
    void Clear() { elements_.clear(); }

    T& operator[](size_t index) { return elements_[index]; }
    const T& operator[](size_t index) const { return elements_[index]; }

private:
    std::vector<T> elements_;
};

/// Texts, or the ids of conversations.
using V2TIMStringVector = TXTVector<V2TIMString>;

#endif
