package io.mcpgate.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

class StderrTest {
    private final List<String> logged = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();

    private Stderr drained(String text) {
        Logger log = (Logger) Proxy.newProxyInstance(
                Logger.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    Object[] values = {arguments[1], arguments.length > 2 ? arguments[2] : null};
                    logged.add(
                            method.getName() + " " + MessageFormatter.basicArrayFormat((String) arguments[0], values));
                    return null;
                });
        Stderr stderr =
                new Stderr("crm", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), log, nanos::get);
        stderr.drain();
        return stderr;
    }

    @Test
    void logsEachLineWithTheServersName() {
        drained("one\ntwo é");

        assertThat(logged)
                .containsExactly(
                        "info Server \"crm\" says on stderr: one", "info Server \"crm\" says on stderr: two é");
    }

    @Test
    void removesWhatCouldForgeALogLineOrSteerATerminal() {
        drained("\u001b[31mred\u0007\r2026 ERROR forged\u2028x\u202Ey\u0085z\tend\n");

        assertThat(logged).containsExactly("info Server \"crm\" says on stderr: [31mred2026 ERROR forgedxyz\tend");
    }

    @Test
    void cutsLongLines() {
        drained("x".repeat(1 << 20) + "\n");

        assertThat(logged)
                .singleElement()
                .satisfies(line -> assertThat(line).hasSizeLessThan(1_200).endsWith("x …"));
    }

    @Test
    void cutsAFlood() {
        drained("line\n".repeat(10_000));

        assertThat(logged)
                .hasSize(201)
                .last()
                .isEqualTo("info Server \"crm\" says on stderr: … and 9800 more lines that are not logged");
    }

    @Test
    void keepsTheLastLines() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            text.append(i).append('\n');
        }

        assertThat(drained(text.toString()).last()).hasSize(20).startsWith("80").endsWith("99");
    }
}
