package io.mcpgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.Cancellation.Registration;
import io.mcpgate.Principal;
import io.mcpgate.Target;
import io.mcpgate.policy.Access;
import io.mcpgate.policy.Decision;
import io.mcpgate.policy.Policy;
import io.mcpgate.policy.PolicyStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link PolicyStore}, and every {@link Policy} that it gives, must do. */
public abstract class PolicyStoreContract {
    /** The store under test. */
    protected abstract PolicyStore store();

    /** Somebody whom the store allows {@link #allowed()}. */
    protected abstract Principal known();

    /** Something that the store allows {@link #known()}. */
    protected abstract Access allowed();

    private Policy policy(Principal principal) throws Exception {
        return store().policyFor(principal).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void allowsWhatItSaysItAllows() throws Exception {
        assertThat(policy(known()).decide(allowed()).allowed()).isTrue();
    }

    @Test
    void hasAPolicyForEverybodyAndDeniesStrangers() throws Exception {
        Policy policy = policy(Principal.of("somebody-nobody-knows"));

        assertThat(policy.decide(allowed()).allowed()).isFalse();
    }

    @Test
    void deniesWhoeverIsNotIdentified() throws Exception {
        assertThat(policy(Principal.UNIDENTIFIED).decide(allowed()).allowed()).isFalse();
    }

    @Test
    void deniesUnknownMethodsByDefault() throws Exception {
        Target unknown = new Target(Target.Kind.METHOD, "vendor/unheardOf");

        Decision decision = policy(known()).decide(Access.toServer(allowed().server(), "vendor/unheardOf", unknown));

        assertThat(decision.allowed()).isFalse();
    }

    @Test
    void givesAReasonForEveryDecision() throws Exception {
        assertThat(policy(known()).decide(allowed()).reason()).isNotBlank();
        assertThat(policy(Principal.of("somebody-nobody-knows"))
                        .decide(allowed())
                        .reason())
                .isNotBlank();
    }

    @Test
    void decidesTheSameOneByOneAndTogether() throws Exception {
        Policy policy = policy(known());
        List<Access> accesses =
                Stream.concat(Stream.of(allowed()), randomAccesses()).toList();

        assertThat(policy.decideAll(accesses))
                .extracting(Decision::allowed)
                .containsExactlyElementsOf(accesses.stream()
                        .map(access -> policy.decide(access).allowed())
                        .toList());
    }

    @Test
    void tellsNobodyOfAChangeThatThereHasNotBeen() throws Exception {
        AtomicInteger told = new AtomicInteger();
        Registration registration = store().onChange(told::incrementAndGet);

        policy(known()).decide(allowed());
        registration.close();
        registration.close();

        assertThat(told).hasValue(0);
    }

    private Stream<Access> randomAccesses() {
        Random random = new Random(42);
        Target.Kind[] kinds = Target.Kind.values();
        return Stream.generate(() -> {
                    Target.Kind kind = kinds[random.nextInt(kinds.length)];
                    String name = Integer.toString(random.nextInt(1_000), 36);
                    return Access.toServer(allowed().server(), "tools/call", new Target(kind, name));
                })
                .limit(200);
    }
}
