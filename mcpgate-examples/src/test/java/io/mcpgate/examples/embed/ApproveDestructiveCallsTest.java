package io.mcpgate.examples.embed;

import static io.mcpgate.examples.embed.Crm.call;
import static io.mcpgate.examples.embed.Crm.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mcpgate.Call;
import io.mcpgate.ErrorCode;
import io.mcpgate.Interceptor;
import io.mcpgate.Payload;
import io.mcpgate.Principal;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.InterceptorContract;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.core.Gateway;
import io.mcpgate.core.identity.ApiKeys;
import io.mcpgate.core.policy.Grant;
import io.mcpgate.core.policy.Role;
import io.mcpgate.core.policy.RolePolicyStore;
import io.mcpgate.sdk.InProcessServer;
import io.mcpgate.sdk.McpSdk;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApproveDestructiveCallsTest {
    /** A person who answers when the test says so. */
    private static final class Person implements Approver {
        private final LinkedBlockingQueue<CompletableFuture<Boolean>> questions = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<Boolean> approve(Call call) {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            questions.add(answer);
            return answer;
        }
    }

    @Nested
    class Contract extends InterceptorContract {
        @Override
        protected Interceptor interceptor() {
            return new ApproveDestructiveCalls(call -> CompletableFuture.completedStage(true), List.of("*"));
        }
    }

    @Nested
    class BetweenAClientAndItsServer {
        private final Person person = new Person();
        private final Crm crm = new Crm();
        private final InProcessServer transport = new InProcessServer(Crm.json());
        private final McpSyncServer server = crm.on(transport);
        private final Gateway gateway = Gateway.builder()
                .server("crm", transport)
                .authenticator(new ApiKeys(Map.of(), null))
                .policies(new RolePolicyStore(List.of(Role.allowing("sales", Grant.everything("crm")))))
                .revealRefusals()
                .intercept("Approve", new ApproveDestructiveCalls(person, List.of("wor*")))
                .build();
        private final McpSyncClient client = McpClient.sync(
                        McpSdk.clientTransport(gateway, "crm", Principal.of("ann", "sales"), Crm.json()))
                .build();

        @AfterEach
        void close() {
            client.close();
            gateway.close();
            server.close();
        }

        @Test
        void asksNobodyForAToolOfWhichTheServerSaysThatItIsHarmless() {
            client.initialize();
            client.listTools();

            assertThat(textOf(client.callTool(call("find")))).isEqualTo("found x");
            assertThat(person.questions).isEmpty();
        }

        @Test
        void waitsForAYesBeforeADestructiveCall() throws Exception {
            client.initialize();
            client.listTools();

            CompletableFuture<CallToolResult> deleted =
                    CompletableFuture.supplyAsync(() -> client.callTool(call("delete")));
            CompletableFuture<Boolean> question = person.questions.take();
            assertThat(textOf(client.callTool(call("find"))))
                    .as("other calls do not wait")
                    .isEqualTo("found x");
            assertThat(crm.called).containsExactly("find");
            question.complete(true);

            assertThat(textOf(deleted.get())).isEqualTo("deleted");
        }

        @Test
        void doesNotMakeACallThatNobodyApproves() throws Exception {
            client.initialize();

            CompletableFuture<CallToolResult> deleted =
                    CompletableFuture.supplyAsync(() -> client.callTool(call("delete")));
            person.questions.take().complete(false);

            assertThatThrownBy(deleted::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            McpError.class,
                            refused ->
                                    assertThat(refused.getJsonRpcError().code()).isEqualTo(ErrorCode.FORBIDDEN.code()));
            assertThat(crm.called).isEmpty();
        }

        @Test
        void asksForWhatTheGlobsNameAlthoughItIsHarmless() throws Exception {
            client.initialize();
            client.listTools();

            CompletableFuture<CallToolResult> worked =
                    CompletableFuture.supplyAsync(() -> client.callTool(call("work")));
            person.questions.take().complete(true);

            assertThat(textOf(worked.get())).isEqualTo("done");
        }
    }

    @Nested
    class Alone {
        private final Call call = Call.request(
                RequestId.of(1), "tools/call", Payload.of(Map.of("name", "delete")), RecordingSession.legacy("s"));

        private CompletableFuture<Reply> through(Approver approver) {
            return new ApproveDestructiveCalls(approver, List.of())
                    .intercept(call, further -> CompletableFuture.completedStage(Reply.complete(Payload.empty())))
                    .toCompletableFuture();
        }

        @Test
        void takesAFailedQuestionForANo() {
            assertThat(through(asked -> CompletableFuture.failedFuture(new IllegalStateException("no network"))))
                    .isCompletedWithValueMatching(
                            reply -> reply instanceof Reply.Failure failure && failure.is(ErrorCode.FORBIDDEN));
        }

        @Test
        void doesNotGoOnWithACallForWhichNobodyWaits() {
            Person person = new Person();
            CompletableFuture<Reply> reply = through(person);

            call.cancellation().cancel();
            await().until(() -> !person.questions.isEmpty());
            person.questions.remove().complete(true);

            assertThat(reply).isCompletedWithValueMatching(Reply.Failure.class::isInstance);
        }
    }
}
