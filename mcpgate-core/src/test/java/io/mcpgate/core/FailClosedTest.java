package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent.Kind;
import io.mcpgate.policy.PolicyStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
