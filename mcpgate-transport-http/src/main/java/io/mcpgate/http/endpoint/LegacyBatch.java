package io.mcpgate.http.endpoint;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.core.json.Batch;
import io.mcpgate.core.json.Envelope;
import io.mcpgate.core.json.MalformedMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A POST of several messages, which only revision 2025-03-26 has: requests and notifications, or responses. Each of them is
 * a call of its own, identified, decided and recorded like one that comes alone; the batch only shares the answer.
 */
final class LegacyBatch {
    private final LegacyMessages messages;
    private final EndpointLimits limits;

    LegacyBatch(LegacyMessages messages, EndpointLimits limits) {
        this.messages = messages;
        this.limits = limits;
    }

    void receive(Visit visit, LegacySession session, Batch batch) {
        boolean responses = batch.elements().stream().anyMatch(LegacyBatch::isResponse);
        boolean requests = batch.elements().stream().anyMatch(LegacyBatch::isRequest);
        if (requests && !responses) {
            requests(visit, session, batch.elements());
        } else if (responses && batch.elements().stream().allMatch(LegacyBatch::isResponse)) {
            responses(visit, session, batch.elements());
        } else {
            mixed(visit, session);
        }
    }

    private static boolean isRequest(Batch.Element element) {
        return element instanceof Batch.Message message && message.envelope() instanceof Envelope.Request;
    }

    private static boolean isResponse(Batch.Element element) {
        return element instanceof Batch.Message message && !(message.envelope() instanceof Envelope.Request);
    }

    private void mixed(Visit visit, LegacySession session) {
        Reply.Failure refusal = Reply.Failure.of(
                ErrorCode.INVALID_REQUEST, "A batch consists of requests and notifications, or else of responses");
        visit.settle(messages.refuse(visit, session, refusal), reply -> {
            int status = reply == refusal ? 400 : Statuses.LEGACY.ofNotification(reply);
            visit.out().refuse(Refusal.of(status, (Reply.Failure) reply));
        });
    }

    private void responses(Visit visit, LegacySession session, List<Batch.Element> elements) {
        List<CompletionStage<Reply>> taken = new ArrayList<>();
        for (Batch.Element element : elements) {
            taken.add(messages.response(visit, session, ((Batch.Message) element).envelope()));
        }
        acknowledge(visit, session, taken);
    }

    private void requests(Visit visit, LegacySession session, List<Batch.Element> elements) {
        int awaited = (int) elements.stream().filter(LegacyBatch::isAnswered).count();
        PostAnswer answer = answer(visit, session);
        BatchAnswer answers = new BatchAnswer(visit, answer, limits.batchBytes(), awaited);
        List<CompletionStage<Reply>> notifications = new ArrayList<>();
        Set<RequestId> ids = new HashSet<>();
        for (Batch.Element element : elements) {
            if (element instanceof Batch.Invalid invalid) {
                refuse(visit, session, invalid.problem(), answers);
            } else if (element instanceof Batch.Message message) {
                Envelope.Request request = (Envelope.Request) message.envelope();
                RequestId id = request.id();
                if (id == null) {
                    notifications.add(messages.notification(visit, session, request));
                } else {
                    CompletionStage<Reply> reply = ids.add(id)
                            ? request(visit, session, id, request, answer)
                            : refuse(visit, session, "This id stands twice in one batch");
                    visit.settle(reply, done -> answers.reply(id, done));
                }
            }
        }
        if (awaited == 0) {
            acknowledge(visit, session, notifications);
        } else {
            answer.await();
        }
    }

    private static boolean isAnswered(Batch.Element element) {
        return element instanceof Batch.Invalid
                || (element instanceof Batch.Message message
                        && message.envelope() instanceof Envelope.Request request
                        && request.id() != null);
    }

    private PostAnswer answer(Visit visit, LegacySession session) {
        return new PostAnswer(visit, limits, Statuses.LEGACY, Map.of(), session.streams());
    }

    private CompletionStage<Reply> request(
            Visit visit, LegacySession session, RequestId id, Envelope.Request request, PostAnswer answer) {
        return request.method().equals("initialize")
                ? refuse(visit, session, "A session is not initialized in a batch")
                : messages.request(visit, session, id, request, answer);
    }

    private CompletionStage<Reply> refuse(Visit visit, LegacySession session, String why) {
        return messages.refuse(visit, session, Reply.Failure.of(ErrorCode.INVALID_REQUEST, why));
    }

    private void refuse(Visit visit, LegacySession session, MalformedMessage problem, BatchAnswer answers) {
        RequestId id = problem.id().orElse(null);
        visit.settle(messages.refuse(visit, session, problem.toFailure()), reply -> answers.reply(id, reply));
    }

    /** Nothing is answered, but who may not come in at all learns of it. */
    private void acknowledge(Visit visit, LegacySession session, List<CompletionStage<Reply>> taken) {
        CompletionStage<Reply> all = CompletableFuture.completedFuture(Reply.accepted());
        for (CompletionStage<Reply> each : taken) {
            all = all.thenCombine(
                    each, (before, reply) -> Statuses.LEGACY.ofNotification(before) == 202 ? reply : before);
        }
        visit.settle(all, answer(visit, session)::acknowledge);
    }
}
