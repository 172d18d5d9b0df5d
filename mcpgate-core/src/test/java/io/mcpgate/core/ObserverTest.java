package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Reply;
import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.telemetry.CallMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who looks on hears of what the audit trail holds, and changes nothing. */
class ObserverTest extends GatewayFixture {
    private final List<AuditEvent> seen = new ArrayList<>();

    @Test
    void hearsWhatTheSinkIsGiven() {
        Gateway gateway = open(builder().observer(seen::add).revealRefusals());

        join(gateway.handle(tool(ALICE, "crm", "search")));
        join(gateway.handle(tool(ALICE, "crm", "delete")));

        assertThat(seen).hasSize(3).isEqualTo(audit.events());
    }

    @Test
    void hearsNothingOfWhatTheGatewayAsksItself() {
        Gateway gateway = open(builder().observer(seen::add));

        join(gateway.handle(tool(ALICE, "crm", "delete"))); // concealed: the server is asked for an unknown tool

        assertThat(audit.events()).hasSize(3);
        assertThat(seen).extracting(event -> event.target().name()).containsExactly("delete");
    }

    @Test
    void thatBreaksChangesNothingForTheCallNorForOthers() {
        Gateway gateway = open(builder()
                .observer(event -> {
                    throw new IllegalStateException("a broken observer, as this test wants it");
                })
                .observer(seen::add));

        assertThat(join(gateway.handle(tool(ALICE, "crm", "search")))).isInstanceOf(Reply.Complete.class);
        assertThat(seen).hasSize(2);
    }

    @Test
    void hearsOfCallsThatAreRefusedBecauseNothingCanBeRecorded() {
        AuditSink down = new AuditSink() {
            @Override
            public CompletableFuture<Void> record(AuditEvent event) {
                return CompletableFuture.failedFuture(new IllegalStateException("a full disk, as this test wants it"));
            }
        };
        Gateway gateway = open(builder().audit(down).observer(seen::add));

        join(gateway.handle(tool(ALICE, "crm", "search")));

        assertThat(seen).extracting(AuditEvent::errorCode).containsExactly(null, 503);
    }

    @Test
    void countsWhatBecameOfCalls() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Gateway gateway = open(builder().observer(new CallMeters(registry)));

        join(gateway.handle(tool(ALICE, "crm", "search")));
        join(gateway.handle(tool(ADMIN, "crm", "search")));
        join(gateway.handle(tool(ALICE, "files", "read")));

        assertThat(registry.get(CallMeters.DURATION)
                        .tags("gen_ai.tool.name", "search", "mcpgate.server", "crm", "mcpgate.outcome", "ok")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get(CallMeters.DURATION)
                        .tags("mcpgate.server", "files", "mcpgate.outcome", "refused")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
