package io.mcpgate.examples.embed;

import io.mcpgate.Call;
import java.util.concurrent.CompletionStage;

/** Somebody who says yes or no to a call: a person in a chat, a ticket, a second agent. */
@FunctionalInterface
public interface Approver {

    /**
     * Asks. Must not block; safe for use by many threads. When the call's {@linkplain Call#cancellation() cancellation} says
     * that nobody waits any more, the question can be taken back.
     *
     * @param call what is asked about: who calls, which server, which tool, with which arguments
     * @return whether the call may be made, whenever that is known; what fails is a no
     */
    CompletionStage<Boolean> approve(Call call);
}
