#ifndef CHAT_DRAFTS_V2TIM_STRING_H
#define CHAT_DRAFTS_V2TIM_STRING_H

#include <cstddef>
#include <string>
#include <utility>
#ifdef __cpp_char8_t
#include <type_traits>
#endif

/// A text in UTF-8, or any bytes: it has a length and may hold a NUL.
///
/// What is not UTF-8 can be put in, and is refused by the calls that want a text.
class V2TIMString {
public:
    /// An empty one.
    V2TIMString() = default;

    /// A copy up to the first NUL; a null pointer gives an empty one.
    V2TIMString(const char* text) : V2TIMString(text, text == nullptr ? 0 : std::char_traits<char>::length(text)) {}

    /// A copy of this many bytes; a null pointer gives an empty one.
    V2TIMString(const char* text, size_t size) {
        if (text != nullptr) {
            bytes_.assign(text, size);
        }
    }

#ifdef __cpp_char8_t
    // Templates, so that a null pointer still means the one above.

    /// As from `const char*`: what a `u8""` literal is from C++20 on.
    template <typename Char, typename = typename std::enable_if<std::is_same<Char, char8_t>::value>::type>
    V2TIMString(const Char* text) : V2TIMString(reinterpret_cast<const char*>(text)) {}

    /// As from `const char*` and a size.
    template <typename Char, typename = typename std::enable_if<std::is_same<Char, char8_t>::value>::type>
    V2TIMString(const Char* text, size_t size) : V2TIMString(reinterpret_cast<const char*>(text), size) {}
#endif

    /// How many bytes it has.
    size_t Size() const { return bytes_.size(); }

    /// The same as `Size`.
    size_t Length() const { return bytes_.size(); }

    /// Whether it has none.
    bool Empty() const { return bytes_.empty(); }

    /// The bytes and a NUL behind them, never null. They stay where they are until the string is changed or gone.
    const char* CString() const { return bytes_.c_str(); }

    char& operator[](size_t index) { return bytes_[index]; }
    const char& operator[](size_t index) const { return bytes_[index]; }

    friend bool operator==(const V2TIMString& left, const V2TIMString& right) { return left.bytes_ == right.bytes_; }
    friend bool operator!=(const V2TIMString& left, const V2TIMString& right) { return left.bytes_ != right.bytes_; }

    /// By the bytes, which for UTF-8 is the order of the code points.
    friend bool operator<(const V2TIMString& left, const V2TIMString& right) { return left.bytes_ < right.bytes_; }

private:
    std::string bytes_;
};

#endif
