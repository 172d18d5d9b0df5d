package io.mcpgate.core;

/** The steps of the default chain, in the order in which a call meets them. A host's own are inserted by these names. */
public enum Step {
    /** Audit: outermost, sees refusals, failures and cancellations. */
    RECORD("Record"),
    /** Deadlines. */
    BOUND("Bound"),
    /** Credentials → principal. */
    IDENTIFY("Identify"),
    /** Who is to be told when lists change. */
    ANNOUNCE("Announce"),
    /** The merged catalog: one call becomes one for each server. */
    COMPOSE("Compose"),
    /** A refused name answers as the server's unknown name does. */
    CONCEAL("Conceal"),
    /** Policy: decides on calls, filters lists. */
    AUTHORIZE("Authorize"),
    /** Rates and quotas. */
    THROTTLE("Throttle"),
    /** The record of what is about to happen. */
    ATTEMPT("Attempt"),
    /** The router, and the upstream. */
    ROUTE("Route");

    private final String title;

    Step(String title) {
        this.title = title;
    }

    /** The step's name as {@code Gateway.toString()} prints it. */
    public String title() {
        return title;
    }
}
