package io.mcpgate.core.config;

/** What a client learns when policy refuses a name. */
public enum Refusals {
    /** Nothing: the answer is the one that the server gives to an unknown name. */
    CONCEAL,
    /** That it was refused: error 403. */
    REVEAL
}
