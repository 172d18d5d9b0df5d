package io.mcpgate.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Direction;
import io.mcpgate.Principal;
import io.mcpgate.Target;
import io.mcpgate.contract.PolicyStoreContract;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.PolicyStore;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolePolicyStoreTest extends PolicyStoreContract {
    private static final List<String> NONE = List.of();

    private final RolePolicyStore store = new RolePolicyStore(List.of(
            new Role(
                    "support",
                    List.of(
                            new Grant(
                                    List.of("crm"),
                                    List.of("search*", "get"),
                                    List.of("greet"),
                                    List.of("crm://*"),
                                    NONE,
                                    NONE),
                            Grant.tools("files", "*")),
                    List.of(Grant.tools("*", "*_secret"))),
            Role.allowing(
                    "asker",
                    new Grant(List.of("crm"), NONE, NONE, NONE, NONE, List.of("sampling/*", "subscriptions/listen/*"))),
            new Role(
                    "frozen",
                    List.of(),
                    List.of(new Grant(List.of("*"), NONE, NONE, NONE, NONE, List.of("tools/call"))))));

    private final Principal alice = Principal.of("alice", "support");

    @Override
    protected PolicyStore store() {
        return store;
    }

    @Override
    protected Principal known() {
        return alice;
    }

    @Override
    protected Access allowed() {
        return tool("crm", "search_all");
    }

    private static Access tool(String server, String name) {
        return Access.toServer(server, "tools/call", new Target(Target.Kind.TOOL, name));
    }

    private static Access method(String server, String method) {
        return Access.toServer(server, method, new Target(Target.Kind.METHOD, method));
    }

    private Decision decide(Principal who, Access access) {
        return store.policyFor(who).toCompletableFuture().join().decide(access);
    }

    /** A client could fill the memory with methods that it has made up. */
    @Test
    void remembersWhatItSaysOfAMethodUnlessThatIsLong() {
        Principal asker = Principal.of("ann", "asker");
        Access remembered = method("crm", "sampling/" + "x".repeat(119));
        Access tooLong = method("crm", "sampling/" + "x".repeat(120));

        assertThat(decide(asker, remembered)).isSameAs(decide(asker, remembered));
        assertThat(decide(asker, tooLong)).isEqualTo(decide(asker, tooLong)).isNotSameAs(decide(asker, tooLong));
    }

    /** Thousands of members that the specification does not have can stand in one {@code subscriptions/listen}. */
    @Test
    void remembersWhatItSaysOfAPartOfAMethodUnlessThatIsLong() {
        Principal asker = Principal.of("ann", "asker");
        Access remembered = listen("x".repeat(107)); // 128 characters in all
        Access tooLong = listen("x".repeat(108));

        assertThat(decide(asker, remembered)).isSameAs(decide(asker, remembered));
        assertThat(decide(asker, tooLong)).isEqualTo(decide(asker, tooLong)).isNotSameAs(decide(asker, tooLong));
    }

    private static Access listen(String member) {
        Target part = new Target(Target.Kind.METHOD, "subscriptions/listen/" + member);
        return Access.toServer("crm", "subscriptions/listen", part);
    }

    @ParameterizedTest
    @CsvSource({
        "crm, search, true",
        "crm, search_x, true",
        "crm, get, true",
        "crm, get2, false",
        "crm, Search, false",
        "crm, delete, false",
        "files, anything, true",
        "files, read_secret, false",
        "other, search, false",
        "crm, search_secret, false",
    })
    void allowsWhatAGrantNamesAndNothingElse(String server, String tool, boolean expected) {
        assertThat(decide(alice, tool(server, tool)).allowed()).isEqualTo(expected);
    }

    @Test
    void letsADenyRuleOfAnyRoleWin() {
        assertThat(decide(Principal.of("bob", "support", "frozen"), tool("crm", "search"))
                        .allowed())
                .isFalse();
    }

    @Test
    void comparesUrisExactly() {
        assertThat(decide(alice, resource("crm://a")).allowed()).isTrue();
        assertThat(decide(alice, resource("CRM://a")).allowed()).isFalse();
        assertThat(decide(alice, resource("crm:/a")).allowed()).isFalse();
    }

    private static Access resource(String uri) {
        return Access.toServer("crm", "resources/read", new Target(Target.Kind.RESOURCE, uri));
    }

    @Nested
    class Methods {
        @ParameterizedTest
        @ValueSource(strings = {"initialize", "ping", "tools/list", "server/discover", "notifications/initialized"})
        void thatEverybodyNeedsComeWithAnyGrant(String name) {
            assertThat(decide(alice, method("crm", name)).allowed()).isTrue();
            assertThat(decide(alice, method("elsewhere", name)).allowed()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "sampling/createMessage",
                    "elicitation/create",
                    "roots/list",
                    "vendor/x",
                    "notifications/vendor/x",
                    "notifications/cancelled"
                })
        void thatGiveMoreNeedAGrantOfTheirOwn(String name) {
            assertThat(decide(alice, method("crm", name)).allowed()).isFalse();
        }

        @ParameterizedTest
        @CsvSource({
            "crm, tools/list, true",
            "crm, prompts/list, true",
            "crm, resources/list, true",
            "crm, resources/templates/list, false", // no templates in the grant
            "crm, completion/complete, true",
            "files, tools/list, true",
            "files, prompts/list, false",
            "files, resources/list, false",
            "files, completion/complete, false",
            "files, tasks/get, true",
        })
        void thatServeToUseAKindOfThingComeWithThatKind(String server, String name, boolean expected) {
            assertThat(decide(alice, method(server, name)).allowed()).isEqualTo(expected);
        }

        @Test
        void thatServeToUseAKindOfThingGoWhenADenyRuleClosesAllOfIt() {
            RolePolicyStore closed = new RolePolicyStore(List.of(
                    new Role("nothing-to-call", List.of(Grant.everything("crm")), List.of(Grant.tools("crm", "*")))));
            Principal bob = Principal.of("bob", "nothing-to-call");

            Decision decision =
                    closed.policyFor(bob).toCompletableFuture().join().decide(method("crm", "tools/list"));

            assertThat(decision)
                    .isEqualTo(Decision.deny("role nothing-to-call denies everything that tools/list is for"));
        }

        @Test
        void mayBeGrantedInEitherDirection() {
            Target sampling = new Target(Target.Kind.METHOD, "sampling/createMessage");
            Access asked = new Access(Direction.TO_CLIENT, "crm", "sampling/createMessage", sampling);

            assertThat(decide(alice, asked).allowed()).isFalse();
            assertThat(decide(Principal.of("bob", "asker"), asked).allowed()).isTrue();
        }
    }

    @Test
    void namesTheRuleInItsReason() {
        assertThat(decide(alice, tool("crm", "search_x")).reason()).isEqualTo("role support allows tool search*");
        assertThat(decide(alice, tool("crm", "x_secret")).reason()).isEqualTo("role support denies tool *_secret");
        assertThat(decide(alice, tool("crm", "nope")).reason()).isEqualTo("no rule allows it");
    }

    @ParameterizedTest
    @CsvSource({
        "*, '', true",
        "*, abc, true",
        "a*c, abc, true",
        "a*c, ac, true",
        "a*c, acb, false",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, bxa, false",
        "a**b, ab, true",
        "abc, abc, true",
        "abc, ABC, false",
        "'[a-z]', a, false",
        "a.c, abc, false",
    })
    void matchesGlobs(String glob, String text, boolean expected) {
        assertThat(new Globs(List.of(glob)).matches(text)).isEqualTo(expected);
    }

    @Test
    void matchesHostileGlobsWithoutHanging() {
        assertThat(new Globs(List.of("*a".repeat(40) + "b")).matches("a".repeat(100_000)))
                .isFalse();
    }
}
