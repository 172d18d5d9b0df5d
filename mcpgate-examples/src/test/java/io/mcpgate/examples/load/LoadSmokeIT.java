package io.mcpgate.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether the benchmarks still run, and nothing about speed. What goes over HTTP with small calls is {@link LoadGuardIT}'s. */
@Timeout(240)
class LoadSmokeIT {
    private static final Duration BLINK = Duration.ofMillis(300);
    private static final Plan SMOKE =
            new Plan("smoke", BLINK, 1, BLINK, BLINK, new int[] {16}, 50, 500, 1, Plan.QUICK.jvm());

    static Stream<String> scenarios() {
        return LoadBench.SCENARIOS.stream().map(Scenario::name).filter(name -> !name.equals(HttpScenario.NAME));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void findsFigures(String name) throws Exception {
        Scenario scenario = LoadBench.SCENARIOS.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Figures figures = new Figures();

        try (Bench bench = new Bench(SMOKE, List.of(Jdk.own()), figures)) {
            scenario.run(bench); // throws if one answer is wrong
        }

        assertThat(figures.all())
                .isNotEmpty()
                .allMatch(figure -> figure.scenario().equals(name));
        assertThat(Tables.text(figures.all())).containsPattern("gate full|wrap");
    }
}
