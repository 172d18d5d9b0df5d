package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.mcpgate.audit.AuditEvent.Verdict;
import io.mcpgate.core.protocol.EdgeCheck;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GatewayRefusalTest extends GatewayFixture {
    @Nested
    class ARefusedName {
        @Test
        void isAnsweredExactlyAsTheServerAnswersAnUnknownName() {
            Gateway gateway = open(builder());
            Reply.Failure unknown = failure(join(gateway.handle(tool(ADMIN, "crm", "nothing"))));

            Reply.Failure refused = failure(join(gateway.handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.code()).isEqualTo(unknown.code());
            assertThat(refused.message()).isEqualTo(unknown.message().replace("nothing", "delete"));
            assertThat(refused.data().members()).isEqualTo(Map.of("asked", "delete"));
            assertThat(crm.calledTools()).doesNotContain("delete");
        }

        @Test
        void isRecordedAsRefusedAndNotAsAnError() {
            join(open(builder()).handle(tool(ALICE, "crm", "delete")));

            AuditEvent last = audit.events().get(audit.events().size() - 1);
            assertThat(last.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(last.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(last.reason()).isEqualTo("no rule allows it");
            assertThat(last.target().name()).isEqualTo("delete");
        }

        @Test
        void isRecordedTogetherWithWhatTheGatewayAskedOnItsAccount() {
            join(open(builder()).handle(tool(ALICE, "crm", "delete")));

            assertThat(audit.events())
                    .hasSize(3)
                    .extracting(AuditEvent::correlationId)
                    .containsOnly(audit.events().get(2).correlationId())
                    .doesNotContain("");
            assertThat(audit.events().subList(0, 2)).allSatisfy(asked -> {
                assertThat(asked.target().name()).startsWith("mcpgate-unknown-");
                assertThat(asked.principal()).isEqualTo("alice");
                assertThat(asked.reason()).isEqualTo("the gateway asks how this server answers an unknown name");
            });
        }

        @Test
        void isRecordedAsRefusedAlsoWhereServersSayUnknownInAResult() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.complete(Payload.of(Map.of(
                    "isError",
                    true,
                    "content",
                    List.of(Map.of("type", "text", "text", "no " + call.target().name())))))));

            Reply reply = join(open(builder()).handle(tool(ALICE, "crm", "delete")));

            assertThat(((Reply.Complete) reply).result().members().toString()).contains("no delete");
            assertThat(audit.events()).last().extracting(AuditEvent::outcome).isEqualTo(Outcome.REFUSED);
        }

        @Test
        void isToldApartWhenTheOperatorWantsIt() {
            Reply.Failure refused =
                    failure(join(open(builder().revealRefusals()).handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.kind()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(crm.received()).isEmpty();
        }

        @Test
        void isNotShownToWhatTheEdgeKnowsOfIt() {
            AtomicInteger asked = new AtomicInteger();
            Call hidden = tool(ALICE, "crm", "delete").with(EdgeCheck.KEY, () -> {
                asked.incrementAndGet();
                return Optional.of(Reply.Failure.of(ErrorCode.INVALID_REQUEST, "The edge knows this tool"));
            });

            assertThat(failure(join(open(builder()).handle(hidden))).message()).doesNotContain("edge");

            assertThat(asked).hasValue(0);
            assertThat(crm.calledTools()).isEmpty();
        }

        @Test
        void asksTheServerOnlyOnceForItsWords() {
            Gateway gateway = open(builder());
            for (int i = 0; i < 5; i++) {
                join(gateway.handle(tool(ALICE, "crm", "delete")));
            }

            assertThat(crm.received()).hasSize(1);
        }

        @Test
        void doesNotTellOnePrincipalWhatTheServerSaidToAnother() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.Failure.received(
                    -32602,
                    "Sorry " + call.principal().id() + ", no " + call.target().name(),
                    null)));
            Gateway gateway = open(builder());
            join(gateway.handle(tool(ALICE, "crm", "delete")));

            Reply bobs = join(gateway.handle(tool(Principal.of("bob", "support"), "crm", "delete")));

            assertThat(failure(bobs).message()).isEqualTo("Sorry bob, no delete");
        }

        @Test
        void causesNoTrafficAfterAListThatHidIt() {
            Gateway gateway = open(builder());
            join(gateway.handle(call(ALICE, "crm", "tools/list", Map.of())));
            int before = crm.received().size();

            join(gateway.handle(tool(ALICE, "crm", "delete")));

            assertThat(crm.received()).hasSize(before);
        }

        /** What the server would ask of it has not been decided on. */
        @Test
        void asksTheClientNothing() {
            Payload asking = Payload.of(Map.of(
                    "resultType",
                    "input_required",
                    "inputRequests",
                    Map.of("k", Map.of("method", "elicitation/create", "params", Map.of()))));
            crm.when(call -> CompletableFuture.completedFuture(new Reply.InputRequired(asking)));

            Reply.Failure refused = failure(join(open(builder()).handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.kind()).isEqualTo(ErrorCode.INVALID_PARAMS);
            assertThat(crm.calledTools()).doesNotContain("delete");
        }

        @Test
        void saysThatTheServerIsDownWhenItIs() {
            crm.when(call -> CompletableFuture.completedFuture(Reply.failure(ErrorCode.UNAVAILABLE, "down")));

            Reply.Failure refused = failure(join(open(builder()).handle(tool(ALICE, "crm", "delete"))));

            assertThat(refused.kind()).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Nested
    class AList {
        @Test
        void showsWhatMayBeUsedAndNothingElse() {
            Gateway gateway = open(builder());

            assertThat(names(join(gateway.handle(call(ALICE, "crm", "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("search");
            assertThat(names(join(gateway.handle(call(ALICE, "crm", "prompts/list", Map.of()))), "prompts", "name"))
                    .containsExactly("greet");
            assertThat(names(join(gateway.handle(call(ALICE, "crm", "resources/list", Map.of()))), "resources", "uri"))
                    .containsExactly("mem://a");
            assertThat(failure(join(gateway.handle(call(ALICE, "crm", "resources/templates/list", Map.of()))))
                            .kind())
                    .isEqualTo(ErrorCode.METHOD_NOT_FOUND);
            assertThat(names(join(gateway.handle(call(ADMIN, "crm", "tools/list", Map.of()))), "tools", "name"))
                    .containsExactly("search", "delete");
        }

        @Test
        void isNotPassedOnWhenItCannotBeFiltered() {
            crm.when(call -> CompletableFuture.completedFuture(
                    Reply.complete(Payload.of(Map.of("tools", "search and delete, but not as a list")))));

            Reply.Failure failure = failure(join(open(builder()).handle(call(ALICE, "crm", "tools/list", Map.of()))));

            assertThat(failure.kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
        }
    }

    @Nested
    class AServerThatThePrincipalMayNotEnter {
        @Test
        void looksLikeOneThatDoesNotExist() {
            Gateway gateway = open(builder());

            Reply hidden = join(gateway.handle(tool(ALICE, "files", "read")));
            Reply absent = join(gateway.handle(tool(ALICE, "nowhere", "read")));

            assertThat(failure(hidden))
                    .usingRecursiveComparison()
                    .ignoringFields("data")
                    .isEqualTo(failure(absent));
            assertThat(failure(hidden).data().members())
                    .isEqualTo(failure(absent).data().members());
            assertThat(files.received()).isEmpty();
        }
    }

    @Nested
    class ACallerWithoutACredential {
        @Test
        void isRefusedAndRecorded() {
            Call call = Call.request(RequestId.of(1), "tools/list", Payload.empty(), session)
                    .withServer("crm");

            Reply.Failure refused = failure(join(open(builder()).handle(call)));

            assertThat(refused.kind()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(audit.events())
                    .singleElement()
                    .extracting(AuditEvent::outcome)
                    .isEqualTo(Outcome.REFUSED);
            assertThat(crm.received()).isEmpty();
        }
    }
}
