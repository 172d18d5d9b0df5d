package io.mcpgate.http.endpoint;

/** The engine will not read a request's body to its end. */
public final class BodyRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private BodyRefused(int status, String message) {
        super(message, null, false, false); // control flow on hostile input: no stack trace to pay for
        this.status = status;
    }

    /** It is larger than allowed. */
    public static BodyRefused tooLarge(int bytesMax) {
        return new BodyRefused(413, "The message is larger than " + bytesMax + " bytes");
    }

    /** It takes too long to arrive. */
    public static BodyRefused tooSlow() {
        return new BodyRefused(408, "The message took too long to arrive");
    }

    /** All the room that the endpoint has for bodies is taken by others. */
    static BodyRefused noRoom() {
        return new BodyRefused(503, "Too many large messages are arriving at once; try again");
    }

    /** The HTTP status that says so. */
    public int status() {
        return status;
    }
}
