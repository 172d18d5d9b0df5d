package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Reply;
import io.mcpgate.core.stage.Stages;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a legacy server asks outside of a call, like the roots just after the handshake, while a modern client can be asked
 * only within the result of one: it waits for the next call in the session. And what the server sends without saying which
 * call it means belongs to the call that is there, if there is just one. Safe for use by several threads.
 */
final class OpenQuestions {
    private static final int WAITING_MAX = 8;

    private final Set<Conversation> conversations = new LinkedHashSet<>(); // guarded by this
    private final Deque<Question> waiting = new ArrayDeque<>(); // guarded by this

    private record Question(Call request, CompletableFuture<Reply> answer) {}

    /** The conversation that is going on, if it is the only one. */
    synchronized Optional<Conversation> onlyConversation() {
        return conversations.size() == 1 ? Optional.of(conversations.iterator().next()) : Optional.empty();
    }

    /** Keeps a question for the next call. */
    CompletionStage<Reply> ask(Call request, Payload handshake) {
        Question question = new Question(request, new CompletableFuture<>());
        boolean can = handshake.members().get("capabilities") instanceof Map<?, ?> declared
                && Terms.canBeAsked(request.method(), Terms.payload(declared).members());
        synchronized (this) {
            if (!can || waiting.size() >= WAITING_MAX) {
                return CompletableFuture.completedFuture(
                        Reply.failure(ErrorCode.METHOD_NOT_FOUND, "The client cannot be asked this here"));
            }
            waiting.add(question);
        }
        request.cancellation().onCancel(() -> withdraw(question)); // also when the session is lost
        return question.answer();
    }

    private void withdraw(Question question) {
        synchronized (this) {
            waiting.remove(question);
        }
        question.answer().complete(Reply.failure(ErrorCode.CANCELLED, "The server has withdrawn its request"));
    }

    /** A call begins; if its result may ask, it asks what has waited. */
    void begins(Conversation conversation) {
        List<Question> due;
        synchronized (this) {
            conversations.add(conversation);
            due = conversation.mayAsk() ? List.copyOf(waiting) : List.of();
            waiting.removeAll(due);
        }
        due.forEach(question -> conversation.ask(question.request()).whenComplete(Stages.into(question.answer())));
    }

    synchronized void ends(Conversation conversation) {
        conversations.remove(conversation);
    }
}
