package io.mcpgate.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcpgate.Principal;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
    private static final Principal ALICE = Principal.of("alice", "support");
    private static final Principal GUEST = Principal.of("guest");
    private final String key = ApiKeys.generate(new SecureRandom());

    private static Optional<Principal> authenticate(ApiKeys keys, Credential credential) {
        return keys.authenticate(credential).toCompletableFuture().join();
    }

    @Test
    void knowsAKeyByItsHash() {
        ApiKeys keys = new ApiKeys(Map.of(ApiKeys.hash(key), ALICE), null);

        assertThat(authenticate(keys, new Credential.Secret(key))).contains(ALICE);
        assertThat(authenticate(keys, new Credential.Secret(key + "x"))).isEmpty();
        assertThat(authenticate(keys, new Credential.Secret(ApiKeys.hash(key)))).isEmpty();
        assertThat(authenticate(keys, new Credential.Secret(""))).isEmpty();
        assertThat(authenticate(keys, new Credential.Secret("x".repeat(1_000_000))))
                .isEmpty();
    }

    @Test
    void letsNobodyInWithoutACredentialUnlessThatIsConfigured() {
        Map<String, Principal> known = Map.of(ApiKeys.hash(key), ALICE);

        assertThat(authenticate(new ApiKeys(known, null), new Credential.None()))
                .isEmpty();
        assertThat(authenticate(new ApiKeys(known, GUEST), new Credential.None()))
                .contains(GUEST);
    }

    @Test
    void neverTakesAWrongCredentialForNone() {
        ApiKeys keys = new ApiKeys(Map.of(ApiKeys.hash(key), ALICE), GUEST);

        assertThat(authenticate(keys, new Credential.Secret("wrong"))).isEmpty();
        assertThat(authenticate(keys, new Credential.Ambiguous("two"))).isEmpty();
    }

    @Test
    void findsEachOfManyKeys() {
        Map<String, Principal> known = new HashMap<>();
        Map<String, Principal> expected = new HashMap<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 2_000; i++) {
            String generated = ApiKeys.generate(random);
            Principal principal = Principal.of("p" + i);
            known.put(ApiKeys.hash(generated), principal);
            expected.put(generated, principal);
        }
        ApiKeys keys = new ApiKeys(known, null);

        expected.forEach((generated, principal) ->
                assertThat(authenticate(keys, new Credential.Secret(generated))).contains(principal));
    }

    @Test
    void refusesWhatIsNoHash() {
        assertThatThrownBy(() -> new ApiKeys(Map.of(key, ALICE), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mcpgate key")
                .hasMessageNotContaining(key);
    }

    @Test
    void neverShowsASecret() {
        assertThat(new Credential.Secret(key).toString()).doesNotContain(key);
        assertThat(new ApiKeys(Map.of(ApiKeys.hash(key), ALICE), null).toString())
                .doesNotContain("sha256");
    }

    @Test
    void generatesKeysOf256RandomBits() {
        assertThat(key).matches("mcpgate_[A-Za-z0-9_-]{43}");
        assertThat(ApiKeys.generate(new SecureRandom())).isNotEqualTo(key);
    }
}
