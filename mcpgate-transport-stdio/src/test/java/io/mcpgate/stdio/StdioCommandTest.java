package io.mcpgate.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StdioCommandTest {
    private static final Map<String, String> OWN = Map.of(
            "PATH", "/bin",
            "HOME", "/home/me",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "PROXY", "p",
            "SHELL", "() { :;}; echo shellshock",
            "SYSTEMROOT", "C:\\Windows");

    @Test
    void handsDownOnlyWhatItsServerNeedsAndWhatWasNamed() {
        assertThat(StdioCommand.of("server").environment(OWN::get, false))
                .isEqualTo(Map.of("PATH", "/bin", "HOME", "/home/me"));
        assertThat(StdioCommand.of("server")
                        .inheriting("PROXY", "NOT_SET")
                        .withVariable("HOME", "/srv")
                        .withVariable("LEVEL", "warn")
                        .environment(OWN::get, false))
                .isEqualTo(Map.of("PATH", "/bin", "HOME", "/srv", "PROXY", "p", "LEVEL", "warn"));
    }

    @Test
    void handsDownOnWindowsWhatIsNeededThere() {
        assertThat(StdioCommand.of("server").environment(OWN::get, true))
                .isEqualTo(Map.of("PATH", "/bin", "SYSTEMROOT", "C:\\Windows"));
    }

    @Test
    void takesNamesLiterally() {
        assertThat(StdioCommand.of("server").inheriting("*", "AWS_.*").environment(OWN::get, false))
                .doesNotContainKey("AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void showsNeitherArgumentsNorVariables() {
        StdioCommand command =
                StdioCommand.of("/opt/bin/server", "--token=secret").withVariable("KEY", "secret");

        assertThat(command).hasToString("StdioCommand[server, 1 arguments]");
        assertThat(new StdioConnector("files", command).describe()).isEqualTo("stdio server");
    }

    @Test
    void refusesWhatNoSystemCanStart() {
        assertThatIllegalArgumentException().isThrownBy(() -> StdioCommand.of());
        assertThatIllegalArgumentException().isThrownBy(() -> StdioCommand.of(" ", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> StdioCommand.of(List.of("a\0b")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StdioCommand.of("a").withVariable("A=B", "c"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StdioCommand.of("a").withVariable("A", "\0"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StdioCommand.of("a").inheriting(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StdioCommand.of("a").withLineBytesMax(0));
    }
}
