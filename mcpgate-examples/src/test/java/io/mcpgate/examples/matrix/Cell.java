package io.mcpgate.examples.matrix;

/**
 * What became of one feature in one run.
 *
 * @param says what the table shows: a word, or why not in a few
 */
record Cell(Kind kind, String says) {
    static final Cell WORKS = new Cell(Kind.WORKS, "works");
    static final Cell NO_COMMON_REVISION = new Cell(Kind.IMPOSSIBLE, "no common revision");

    enum Kind {
        WORKS,
        /** The client or the server does not have it. */
        NOT_OFFERED,
        /** These two cannot talk at all. */
        IMPOSSIBLE,
        FAILS
    }

    static Cell notOfferedBy(String whom) {
        return new Cell(Kind.NOT_OFFERED, "not offered by " + whom);
    }

    static Cell fails(String why) {
        return new Cell(Kind.FAILS, why);
    }

    boolean works() {
        return kind == Kind.WORKS;
    }
}
