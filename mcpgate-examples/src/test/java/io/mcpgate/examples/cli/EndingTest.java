package io.mcpgate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {
    @Test
    void comesOnceAfterTheWork() throws Exception {
        List<String> done = new ArrayList<>();

        assertThat(Ending.after(() -> done.add("work"), () -> done.add("ending")))
                .isTrue();

        assertThat(done).containsExactly("work", "ending");
    }

    @Test
    void saysWhatCouldNotBeClosed() {
        assertThatThrownBy(() -> Ending.after(() -> 0, () -> {
                    throw new IllegalStateException("It cannot be closed");
                }))
                .hasMessage("It cannot be closed");
    }
}
