package io.mcpgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();
    private final List<String> told = new ArrayList<>();

    private static Runnable throwing(Throwable broken) {
        return () -> {
            if (broken instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) broken;
        };
    }

    @Test
    void tellsAllListenersAlsoBehindOneThatThrows() {
        IllegalStateException broken = new IllegalStateException("first");
        cancellation.onCancel(throwing(broken));
        cancellation.onCancel(() -> told.add("second"));

        assertThatThrownBy(cancellation::cancel).isSameAs(broken);

        assertThat(told).containsExactly("second");
        assertThat(cancellation.isCancelled()).isTrue();
    }

    @Test
    void throwsTheFirstOfSeveralWithTheOthersBesideIt() {
        AssertionError first = new AssertionError("first");
        IllegalStateException second = new IllegalStateException("second");
        cancellation.onCancel(throwing(first));
        cancellation.onCancel(throwing(second));
        cancellation.onCancel(throwing(first));

        assertThatThrownBy(cancellation::cancel).isSameAs(first).hasSuppressedException(second);
    }

    @Test
    void doesNothingASecondTimeAlsoIfAListenerHasThrown() {
        cancellation.onCancel(throwing(new IllegalStateException("first")));
        assertThatThrownBy(cancellation::cancel).isInstanceOf(IllegalStateException.class);

        assertThatCode(cancellation::cancel).doesNotThrowAnyException();
    }

    @Test
    void tellsTheListenersOfItsBranchesAlsoIfTheirNeighboursThrow() {
        Cancellation branch = new Cancellation();
        Cancellation other = new Cancellation();
        cancellation.onCancel(branch::cancel);
        cancellation.onCancel(other::cancel);
        branch.onCancel(throwing(new IllegalStateException("first")));
        other.onCancel(() -> told.add("other branch"));

        assertThatThrownBy(cancellation::cancel).hasMessage("first");

        assertThat(told).containsExactly("other branch");
    }
}
