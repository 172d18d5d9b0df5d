package io.mcpgate.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.examples.interop.NodeFixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public conformance suite's server scenarios at a server of the official Java SDK, on the SDK's own HTTP transport and
 * wrapped: what it passes by itself, it passes wrapped.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SdkConformanceIT {
    @TempDir
    static Path directory;

    private Run run;

    @BeforeAll
    void runTheSuite() throws Exception {
        NodeFixtures.assumeConformanceSuite();
        Suite suite = new Suite(directory);
        String revision = Pair.SDK_SERVER_WRAPPED.revision();
        try (SdkConformanceHttp servers = new SdkConformanceHttp()) {
            run = new Run(
                    Pair.SDK_SERVER_WRAPPED,
                    suite.server(revision, servers.direct()),
                    suite.server(revision, servers.wrapped()));
        }
        System.out.println(ConformanceDocument.ofWrapped(run, gaps()));
    }

    private List<Gap> gaps() {
        return KnownGaps.of(List.of(run));
    }

    @Test
    void whatIsPassedDirectlyIsPassedWrapped() {
        assertThat(run.lostBeside(gaps())).isEmpty();
    }

    @Test
    void aGapThatIsClosedIsNoKnownGap() {
        assertThat(run.closed(gaps())).isEmpty();
    }

    @Test
    void nothingGoesWrongWrappedOnly() {
        assertThat(run.gated().problems().keySet())
                .filteredOn(check -> gaps().stream().noneMatch(gap -> gap.covers(run.pair(), check)))
                .isSubsetOf(run.direct().problems().keySet());
    }

    @Test
    void theDocumentSaysWhatWasFound() throws IOException {
        String found = ConformanceDocument.ofWrapped(run, gaps());
        ConformancePage.WRAPPED.writeIfAsked(found);
        assertThat(ConformancePage.WRAPPED.read())
                .as("Run this test with -Dmcpgate.conformance.write=true, and commit the document.")
                .isEqualTo(found);
    }
}
