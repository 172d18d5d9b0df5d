package io.mcpgate.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled rules decide, and give the reason, as reading them one after the other would. */
class RolePolicyTest {
    private static final List<String> NONE = List.of();
    private static final List<String> SERVERS = List.of("a", "ab", "b");
    private static final List<String> SERVER_GLOBS = List.of("a", "ab", "b", "a*", "*", "*b");
    private static final List<String> METHODS = List.of("tools/*", "tools/call", "*", "resources/read");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sayTheSameAsTheRulesOneByOne(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            List<Role> roles = some(random, 3, () -> role(random));
            RolePolicy compiled = new RolePolicy(roles);
            for (int i = 0; i < 60; i++) {
                Access access = access(random);
                assertThat(compiled.decide(access))
                        .as("%s by %s", access, roles)
                        .isEqualTo(oneByOne(roles, access));
            }
        }
    }

    private static <T> List<T> some(Random random, int max, Supplier<T> make) {
        List<T> made = new ArrayList<>();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            made.add(make.get());
        }
        return made;
    }

    private static Role role(Random random) {
        return new Role(
                "r" + random.nextInt(100),
                some(random, 6, () -> grant(random, NONE)),
                some(random, 2, () -> grant(random, random.nextInt(4) == 0 ? METHODS : NONE)));
    }

    private static Grant grant(Random random, List<String> methods) {
        return new Grant(
                some(random, 2, () -> SERVER_GLOBS.get(random.nextInt(SERVER_GLOBS.size()))),
                some(random, 4, () -> glob(random)),
                NONE,
                some(random, 2, () -> glob(random)),
                NONE,
                methods.isEmpty() ? methods : some(random, 1, () -> methods.get(random.nextInt(methods.size()))));
    }

    private static String glob(Random random) {
        return text(random, "xyz*");
    }

    private static String text(Random random, String letters) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static Access access(Random random) {
        boolean tool = random.nextBoolean();
        Target target = new Target(tool ? Target.Kind.TOOL : Target.Kind.RESOURCE, text(random, "xyz"));
        return Access.toServer(
                SERVERS.get(random.nextInt(SERVERS.size())), tool ? "tools/call" : "resources/read", target);
    }

    private static Decision oneByOne(List<Role> roles, Access access) {
        for (Role role : roles) {
            for (Grant grant : role.deny()) {
                String what = named(grant, access);
                String why = what == null ? glob("method", grant.methods(), access.method()) : what;
                if (on(grant, access) && why != null) {
                    return Decision.deny("role " + role.name() + " denies " + why);
                }
            }
        }
        for (Role role : roles) {
            for (Grant grant : role.allow()) {
                String why = named(grant, access);
                if (on(grant, access) && why != null) {
                    return Decision.allow("role " + role.name() + " allows " + why);
                }
            }
        }
        return Decision.deny("no rule allows it");
    }

    private static boolean on(Grant grant, Access access) {
        return new Globs(grant.servers()).matches(access.server());
    }

    private static String named(Grant grant, Access access) {
        return access.target().kind() == Target.Kind.TOOL
                ? glob("tool", grant.tools(), access.target().name())
                : glob("resource", grant.resources(), access.target().name());
    }

    private static String glob(String kind, List<String> globs, String text) {
        return new Globs(globs).match(text).map(glob -> kind + " " + glob).orElse(null);
    }

    @ParameterizedTest
    @CsvSource({
        "find, find",
        "finder, f*",
        "fine, f*",
        "f, f*",
        "final_answer, f*",
        "find_it, find_*",
        "g, g",
        "gg, *",
        "an_end, *_end",
    })
    void nameTheFirstRuleThatMatches(String tool, String glob) {
        Role role = Role.allowing(
                "r",
                Grant.tools("a", "find", "g"),
                Grant.tools("a", "find_*"),
                Grant.tools("a", "f*", "find*x"),
                Grant.tools("a", "*_end"),
                Grant.tools("a", "*"));

        Decision decision = new RolePolicy(List.of(role))
                .decide(Access.toServer("a", "tools/call", new Target(Target.Kind.TOOL, tool)));

        assertThat(decision.reason()).isEqualTo("role r allows tool " + glob);
    }

    @Test
    void knowNothingOfAServerThatNobodyNames() {
        RolePolicy policy = new RolePolicy(List.of(Role.allowing("r", Grant.tools("a", "*"))));

        assertThat(policy.decide(Access.toServer("b", "tools/call", new Target(Target.Kind.TOOL, "x")))
                        .allowed())
                .isFalse();
    }
}
