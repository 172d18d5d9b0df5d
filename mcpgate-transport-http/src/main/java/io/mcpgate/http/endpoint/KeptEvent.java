package io.mcpgate.http.endpoint;

import io.mcpgate.core.json.Frame;

/**
 * A message that was sent and may have to be sent once more; its bytes are shared with whoever sent it first.
 *
 * @param stream the only stream on which it may go out
 * @param number its place there, from 1
 * @param keptNanos when it was sent, by {@link System#nanoTime()}
 */
record KeptEvent(SessionStream stream, long number, Frame frame, long keptNanos) {}
