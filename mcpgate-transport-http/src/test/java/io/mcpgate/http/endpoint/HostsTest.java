package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "10.1.99.249", "010.001.0.200", "[::1]", "[no]"})
    void knowAddresses(String host) {
        assertThat(Hosts.isAddress(host)).isTrue();
    }

    /** A request must not make the gate ask a resolver, least of all on an event loop. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "999.1.1.1",
                "1.2.3.256",
                "1.2.3.300",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "1.2.3.4a",
                "example.com",
                "localhost",
                "::1",
                ""
            })
    void takeNothingElseForOne(String host) {
        assertThat(Hosts.isAddress(host)).isFalse();
    }
}
