package io.mcpgate.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineWriterTest {
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger ends = new AtomicInteger();

    @AfterEach
    void letTheThreadEnd() {
        open.countDown();
    }

    private LineWriter writer(OutputStream out, int linesMax, long bytesMax) {
        LineWriter writer = new LineWriter(out, linesMax, bytesMax, "test-out", ends::incrementAndGet);
        writer.start();
        return writer;
    }

    /** A pipe whose other end does not read until the latch is open. */
    private final class Stuck extends OutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final CountDownLatch reached = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
            written.write(b);
        }
    }

    private static byte[] line(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static LineWriter.Refused refusal(CompletionStage<Void> stage) {
        try {
            stage.toCompletableFuture().join();
            throw new AssertionError("It was taken");
        } catch (CompletionException failed) {
            return (LineWriter.Refused) failed.getCause();
        }
    }

    @Test
    void writesLinesInOrderAndWhatWaitsBeforeItEnds() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter writer = writer(out, 1_000, 1_000);
        for (int i = 0; i < 100; i++) {
            writer.write(line("" + i));
        }

        writer.finish(Duration.ofSeconds(5));

        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("0\n1\n2\n").endsWith("98\n99\n");
        assertThat(ends).hasValue(1);
        assertThat(refusal(writer.write(line("late"))).isFull()).isFalse();
    }

    @Test
    void refusesWhatDoesNotFitWithoutWaiting() throws InterruptedException {
        Stuck out = new Stuck();
        LineWriter writer = writer(out, 3, 10);
        writer.write(line("longer than the bound, but alone"));
        out.reached.await();

        assertThat(refusal(writer.write(line("x"))).isFull()).isTrue();
    }

    @Test
    void boundsTheNumberOfLines() throws InterruptedException {
        Stuck out = new Stuck();
        LineWriter writer = writer(out, 2, 1_000);
        writer.write(line("a"));
        out.reached.await();
        writer.write(line("b"));
        CompletionStage<Void> waiting = writer.write(line("c"));

        assertThat(refusal(writer.write(line("d"))).isFull()).isTrue();
        assertThat(waiting.toCompletableFuture()).isNotDone();
    }

    @Test
    void writesALineOnceThatIsAskedForAgainWhileItWaits() throws InterruptedException {
        Stuck out = new Stuck();
        LineWriter writer = writer(out, 10, 1_000);
        writer.writeOnce(line("a"));
        out.reached.await(); // its writing has begun, so another one says something new
        CompletionStage<Void> second = writer.writeOnce(line("a"));
        writer.write(line("b"));
        CompletionStage<Void> third = writer.writeOnce(line("a"));
        writer.write(line("b"));

        assertThat(third).isSameAs(second);
        open.countDown();
        writer.finish(Duration.ofSeconds(5));
        assertThat(out.written.toString(StandardCharsets.UTF_8)).isEqualTo("a\na\nb\nb\n");
    }

    @Test
    void refusesWhatWaitsWhenItIsDiscarded() throws InterruptedException {
        Stuck out = new Stuck();
        LineWriter writer = writer(out, 10, 1_000);
        CompletionStage<Void> begun = writer.write(line("a"));
        out.reached.await();
        CompletionStage<Void> waiting = writer.write(line("b"));

        writer.discard();

        assertThat(refusal(waiting).isFull()).isFalse();
        open.countDown();
        begun.toCompletableFuture().join();
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
        assertThat(out.written.toString(StandardCharsets.UTF_8)).isEqualTo("a\n");
    }

    @Test
    void refusesEverythingOnceThePipeIsBroken() {
        LineWriter writer = writer(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                10,
                1_000);

        assertThat(refusal(writer.write(line("a"))).isFull()).isFalse();
        assertThat(refusal(writer.write(line("b"))).isFull()).isFalse();
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
    }
}
