package io.mcpgate.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private static Options options(String... words) throws Exception {
        return Options.of(List.of(words), LoadBench.SCENARIOS);
    }

    @Test
    void withoutWordsEverythingIsMeasuredAndThePageWritten() throws Exception {
        Options options = options();

        assertThat(options.plan()).isEqualTo(Plan.FULL);
        assertThat(options.scenarios()).isEqualTo(LoadBench.SCENARIOS);
        assertThat(options.page()).isTrue();
        assertThat(options.jdks()).first().isEqualTo(Jdk.own());
    }

    @Test
    void chooseScenariosAndTheJdkOfTheGates() throws Exception {
        Options options = options("--quick", "--java", System.getProperty("java.home"), "sse", "http");

        assertThat(options.plan()).isEqualTo(Plan.QUICK);
        assertThat(options.scenarios()).extracting(Scenario::name).containsExactly("sse", "http");
        assertThat(options.jdks())
                .extracting(Jdk::label)
                .containsExactly(Jdk.own().label());
    }

    @Test
    void sayWhatThereIsIfTheyAreMisspelt() {
        assertThatThrownBy(() -> options("htp"))
                .hasMessageContaining("no scenario or option htp")
                .hasMessageContaining("http, large, sse");
    }
}
