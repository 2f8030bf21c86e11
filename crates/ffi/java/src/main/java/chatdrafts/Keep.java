package chatdrafts;

/** What a {@link Composer} keeps when somebody else has changed the draft meanwhile. */
public enum Keep {
    /** What was typed here. */
    OURS,
    /** What is stored. */
    THEIRS,
    /** What is stored, a newline, and what was typed here. */
    BOTH
}
