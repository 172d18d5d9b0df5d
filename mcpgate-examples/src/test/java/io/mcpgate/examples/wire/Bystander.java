package io.mcpgate.examples.wire;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that goes on calling, and must not notice what happens to others. */
final class Bystander implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;

    private final WireClient client;
    private final String word;
    private final AtomicInteger answers = new AtomicInteger();
    private final List<Object> noticed = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean done;

    Bystander(WireClient client, String word) {
        this.client = client.open();
        this.word = word;
        this.thread = new Thread(this::callOnAndOn, "bystander");
        thread.setDaemon(true);
        thread.start();
    }

    private void callOnAndOn() {
        try {
            while (!done) {
                String said = word + " " + answers.get();
                WireClient.Answer answer = client.tool(1, "echo", Map.of("value", said));
                if (answer.messages().size() != 1 || !answer.text().equals(said)) {
                    noticed.add(answer);
                }
                answers.incrementAndGet();
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException | RuntimeException | AssertionError failed) {
            noticed.add(failed);
        }
    }

    int answers() {
        return answers.get();
    }

    /** What should not have happened. */
    List<Object> noticed() {
        return noticed;
    }

    List<String> bytes() {
        return client.bytes();
    }

    @Override
    public void close() {
        done = true;
        try {
            thread.join(10_000);
            client.end();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
