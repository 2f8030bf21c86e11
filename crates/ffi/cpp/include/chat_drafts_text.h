#ifndef CHAT_DRAFTS_TEXT_H
#define CHAT_DRAFTS_TEXT_H

#include <cstdint>

#include "V2TIMString.h"
#include "chat_drafts.h"

/// Texts and bytes over the border.
namespace chat_drafts {

/// What the library reads of a string, for as long as the string stays as it is.
inline drafts_text view(const V2TIMString& text) {
    drafts_text view;
    view.data = text.CString();
    view.len = text.Size();
    return view;
}

/// As `view`, for what need not be a text.
inline drafts_bytes bytes(const V2TIMString& text) {
    drafts_bytes bytes;
    bytes.data = reinterpret_cast<const uint8_t*>(text.CString());
    bytes.len = text.Size();
    return bytes;
}

inline V2TIMString string(const drafts_text& text) { return V2TIMString(text.data, text.len); }

inline V2TIMString string(const drafts_bytes& bytes) {
    return V2TIMString(reinterpret_cast<const char*>(bytes.data), bytes.len);
}

}  // namespace chat_drafts

#endif
