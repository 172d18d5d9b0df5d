package io.mcpgate.core.catalog;

import static io.mcpgate.core.catalog.Catalog.payload;
import static io.mcpgate.core.catalog.Catalog.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.RequestId;
import io.mcpgate.contract.RecordingSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that a client makes for what a server asks (2025-11-25): only one of the catalog's servers knows of each. */
class ClientTasksTest {
    private final Catalog catalog = new Catalog();

    private final RecordingSession session = RecordingSession.legacy("s-1")
            .answering(question ->
                    Reply.complete(payload("{'task':{'taskId':'c1','status':'working','ttl':60000,'createdAt':'c'}}")));

    @BeforeEach
    void make() {
        catalog.crm.when(call -> call.method().equals("tools/call")
                ? call.session()
                        .deliver(call.requestToClient(
                                RequestId.of(1), "sampling/createMessage", payload("{'task':{'ttl':60000}}")))
                : null);
        catalog.ask(session, "tools/call", "{'name':'crm__search'}");
    }

    @Test
    void isToldOnlyToTheServerThatItWasMadeForAndUnderTheClientsId() {
        catalog.tell(session, "notifications/tasks/status", "{'taskId':'c1','status':'completed'}");

        assertThat(received(catalog.crm)).isEqualTo("{'taskId':'c1','status':'completed'}");
        assertThat(catalog.files.received()).isEmpty();
    }

    @Test
    void ofSomebodyElseIsToldNobody() {
        int before = catalog.crm.received().size();

        catalog.tell(session, "notifications/tasks/status", "{'taskId':'c2','status':'completed'}");
        catalog.begin(
                        Catalog.OTHER_ADMIN,
                        Call.notification("notifications/tasks/status", payload("{'taskId':'c1'}"), session))
                .join();

        assertThat(catalog.crm.received()).hasSize(before);
        assertThat(catalog.files.received()).isEmpty();
    }

    @AfterEach
    void close() {
        catalog.close();
    }
}
