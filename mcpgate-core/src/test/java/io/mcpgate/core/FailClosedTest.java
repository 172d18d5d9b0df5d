package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.identity.Authenticator;
import io.mcpgate.core.identity.Credential;
import io.mcpgate.core.protocol.LocalCall;
import io.mcpgate.policy.PolicyStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What cannot be decided or recorded is not done. */
class FailClosedTest extends GatewayFixture {
    @Nested
    class ABrokenPolicyStore {
        @Test
        void denies() {
            List<PolicyStore> broken = List.of(
                    principal -> {
                        throw new IllegalStateException("down");
                    },
                    principal -> null,
                    principal -> CompletableFuture.failedFuture(new IllegalStateException("down")),
                    principal -> CompletableFuture.completedFuture(null),
                    principal -> CompletableFuture.completedFuture(access -> {
                        throw new StackOverflowError();
                    }),
                    principal -> CompletableFuture.completedFuture(access -> null));
            for (PolicyStore store : broken) {
                Reply reply = join(open(builder().policies(store)).handle(tool(ADMIN, "crm", "search")));

                assertThat(failure(reply).kind()).isEqualTo(ErrorCode.NOT_FOUND);
            }
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void deniesWhenItNeverAnswers() {
            Reply reply = join(open(builder()
                            .policies(principal -> new CompletableFuture<>())
                            .timeout(Duration.ofMillis(50)))
                    .handle(tool(ADMIN, "crm", "search")));

            assertThat(failure(reply).kind()).isEqualTo(ErrorCode.DEADLINE);
            assertThat(crm.received()).isEmpty();
        }
    }

    @Nested
    class ABrokenAuthenticator {
        @Test
        void knowsNobodyAndTheRecordSaysWhy() {
            Map<Authenticator, String> broken = Map.of(
                    credential -> {
                        throw new IllegalStateException("down");
                    },
                    "authenticator failed: IllegalStateException",
                    credential -> {
                        throw new StackOverflowError();
                    },
                    "authenticator failed: StackOverflowError",
                    credential -> null,
                    "authenticator failed: NullPointerException",
                    credential -> CompletableFuture.failedFuture(new IOException("down")),
                    "authenticator failed: IOException",
                    credential -> CompletableFuture.supplyAsync(
                            () -> {
                                throw new IllegalStateException("down");
                            },
                            Runnable::run),
                    "authenticator failed: IllegalStateException",
                    credential -> CompletableFuture.completedFuture(null),
                    "authenticator failed: no answer",
                    credential -> CompletableFuture.completedFuture(Optional.of(Principal.UNIDENTIFIED)),
                    "The credential is not valid");
            broken.forEach((authenticator, why) -> {
                Reply reply = join(open(builder().authenticator(authenticator)).handle(tool(ADMIN, "crm", "search")));

                assertThat(failure(reply).kind()).as(why).isEqualTo(ErrorCode.UNAUTHENTICATED);
                assertThat(failure(reply).message()).isEqualTo("The credential is not valid");
                AuditEvent recorded = audit.events().get(audit.events().size() - 1);
                assertThat(recorded.outcome()).as(why).isEqualTo(Outcome.REFUSED);
                assertThat(recorded.reason()).isEqualTo(why);
            });
            assertThat(crm.received()).isEmpty();
        }
    }

    /** What has no deadline of its own: it would stay in the gateway for ever. */
    @Nested
    class WhatNobodyWaitsFor {
        private static final Duration SOON = Duration.ofMillis(50);

        private final RecordingSession modern = RecordingSession.modern("m-1");

        private List<Call> withoutADeadline() {
            return Stream.of(
                            Call.notification("notifications/roots/list_changed", Payload.empty(), session),
                            LocalCall.STREAM.on(session),
                            Call.request(
                                    RequestId.of(1),
                                    "subscriptions/listen",
                                    Payload.of(Map.of("notifications", Map.of())),
                                    modern))
                    .map(call -> call.withServer("crm").with(Credential.KEY, new Credential.Vouched(ADMIN)))
                    .toList();
        }

        private void isRefused(GatewayBuilder builder, ErrorCode kind) {
            Gateway gateway = open(builder.timeout(SOON));
            for (Call call : withoutADeadline()) {
                assertThat(failure(join(gateway.handle(call))).kind())
                        .as(call.toString())
                        .isEqualTo(kind);
            }
            assertThat(crm.received()).isEmpty();
            assertThat(audit.events())
                    .extracting(AuditEvent::outcome)
                    .hasSize(3)
                    .containsOnly(Outcome.REFUSED);
        }

        @Test
        void isDeniedWhenThePolicyStoreNeverAnswers() {
            isRefused(builder().policies(principal -> new CompletableFuture<>()), ErrorCode.NOT_FOUND);
        }

        @Test
        void isOfNobodyWhenTheAuthenticatorNeverAnswers() {
            isRefused(builder().authenticator(credential -> new CompletableFuture<>()), ErrorCode.UNAUTHENTICATED);
        }
    }

    @Nested
    class AnAuditSinkThatIsDown {
        @Test
        void keepsCallsFromBeingMade() {
            Gateway gateway = open(builder().audit(event -> CompletableFuture.failedFuture(new IOException("full"))));

            assertThat(failure(join(gateway.handle(tool(ALICE, "crm", "search"))))
                            .kind())
                    .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void keepsAnAnswerFromBeingShownWhenOnlyItsRecordFails() {
            Gateway gateway = open(builder()
                    .audit(event -> event.kind() == Kind.ATTEMPT
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(new IOException("full"))));

            assertThat(failure(join(gateway.handle(tool(ALICE, "crm", "search"))))
                            .kind())
                    .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        }

        @Test
        void isNotWaitedForForEver() {
            Gateway gateway = open(builder()
                    .audit(event -> event.kind() == Kind.ATTEMPT
                            ? CompletableFuture.completedFuture(null)
                            : new CompletableFuture<>()));

            assertThat(failure(join(gateway.handle(tool(ALICE, "crm", "search"))))
                            .kind())
                    .isEqualTo(ErrorCode.AUDIT_UNAVAILABLE);
        }

        @Test
        void doesNotMatterWhereTheHostHasDecidedSo() {
            Gateway gateway = open(builder()
                    .audit(event -> {
                        throw new IllegalStateException("down");
                    })
                    .continueWithoutAudit());

            assertThat(join(gateway.handle(tool(ALICE, "crm", "search")))).isInstanceOf(Reply.Complete.class);
        }
    }
}
