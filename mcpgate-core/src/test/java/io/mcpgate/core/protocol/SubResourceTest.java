package io.mcpgate.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubResourceTest {
    @ParameterizedTest
    @CsvSource({
        "file:///dir/a, file:///dir",
        "file:///dir/a/b, file:///dir",
        "file:///dir/a, file:///dir/",
        "file:///dir?x=1, file:///dir",
        "file:///dir#part, file:///dir",
        "file:///dir?x=1, file:///dir?",
        "mem://a, mem://"
    })
    void isWithinWhatItsUriGoesOnFrom(String uri, String other) {
        assertThat(SubResource.isWithin(uri, other)).isTrue();
        assertThat(SubResource.isWithin(other, uri)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "file:///dir, file:///dir",
        "file:///directory, file:///dir",
        "file:///dir/ab, file:///dir/a",
        "file:///dir.txt, file:///dir",
        "file:///other/a, file:///dir"
    })
    void isNotWithinWhatOnlyLooksLikeItOrIsItself(String uri, String other) {
        assertThat(SubResource.isWithin(uri, other)).isFalse();
    }

    @Test
    void isNotWithinNothing() {
        assertThat(SubResource.isWithin("/a", "")).isFalse();
    }
}
