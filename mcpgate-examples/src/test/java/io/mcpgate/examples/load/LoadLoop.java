package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Does one {@link Job}: all its connections in one thread. */
final class LoadLoop implements Conversation.Observer, AutoCloseable {
    private static final int READ_BYTES = 256 << 10;

    /** Connections that are being opened at once: more would only wait in the listener's queue. */
    private static final int OPENING_MAX = 64;

    /** After so long without a single answer the job is given up. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final Job job;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final byte[] read = new byte[READ_BYTES];
    private final List<Conversation> conversations = new ArrayList<>();
    private final Deque<Conversation> idle = new ArrayDeque<>();
    private final Set<Conversation> asked = new HashSet<>(); // for a stream
    private final Histogram latency = new Histogram(3);
    private final Histogram lag = new Histogram(3);
    private final Runnable whenHeld;

    private boolean calling;
    private int busy;
    private long beginNanos;
    private long endNanos;
    private long lastNewsNanos;

    private long sent;
    private long right;
    private long wrong;
    private String problem = "";
    private long counted;
    private long bytes;
    private long events;
    private long sessions;

    /** The {@code whenHeld} runs when all streams of {@link Job.Task#HOLD_STREAM} are open, and returns when they may end. */
    LoadLoop(Job job, Runnable whenHeld) throws IOException {
        this.job = job;
        this.whenHeld = whenHeld;
        this.selector = Selector.open();
    }

    Outcome run() throws IOException {
        lastNewsNanos = System.nanoTime();
        open();
        long late = 0;
        switch (job.task()) {
            case HOLD_STREAM -> hold();
            case OPEN_SESSIONS -> sent = sessions;
            default -> late = call();
        }
        if (job.task() == Job.Task.OPEN_SESSIONS || job.task() == Job.Task.HOLD_STREAM) right = sent;
        else leave();
        return new Outcome(
                sent,
                right,
                wrong,
                problem,
                counted,
                job.millis() / 1e3,
                bytes,
                events,
                late,
                Quantiles.of(latency),
                Quantiles.of(lag));
    }

    private void open() throws IOException {
        while (problem.isEmpty() && idle.size() < job.connections()) {
            while (conversations.size() < job.connections() && conversations.size() - idle.size() < OPENING_MAX) {
                Conversation next = new Conversation(job, conversations.size(), this);
                conversations.add(next);
                connect(next);
            }
            select(1_000);
        }
    }

    private void connect(Conversation conversation) {
        try {
            conversation.connect(selector);
        } catch (IOException refused) {
            wrong("cannot connect to port " + job.port() + ": " + refused);
        }
    }

    /** Waits, but goes on reading: there are comments that keep the streams alive. */
    private void hold() throws IOException {
        sent = idle.size();
        if (!problem.isEmpty()) return;
        Thread waiting = new Thread(whenHeld, "wait-for-release");
        waiting.setDaemon(true);
        waiting.start();
        while (waiting.isAlive() && problem.isEmpty()) {
            lastNewsNanos = System.nanoTime();
            select(100);
        }
    }

    /** Makes calls for the time of the job and awaits the last answers; how many could not be sent in time. */
    private long call() throws IOException {
        calling = true;
        beginNanos = System.nanoTime();
        endNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(job.millis());
        long late = job.rate() > 0 ? openLoop() : closedLoop();
        calling = false;
        while (busy > 0 && problem.isEmpty()) select(1_000);
        return late;
    }

    private long closedLoop() throws IOException {
        while (problem.isEmpty() && System.nanoTime() < endNanos) {
            while (!idle.isEmpty()) send(idle.poll(), System.nanoTime());
            select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime())));
        }
        return 0;
    }

    private long openLoop() throws IOException {
        long due = Math.round(job.rate() * job.millis() / 1e3);
        long next = 0;
        try (Pacer pacer = new Pacer(selector)) {
            while (problem.isEmpty() && next < due && System.nanoTime() < endNanos) {
                while (next < due && !idle.isEmpty() && intended(next) - System.nanoTime() <= 0) {
                    send(idle.poll(), intended(next++));
                }
                if (next < due && !idle.isEmpty()) pacer.wakeAt(intended(next));
                select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime())));
            }
        }
        return due - next;
    }

    private long intended(long call) {
        return beginNanos + Math.round(call * 1e9 / job.rate());
    }

    private void send(Conversation conversation, long intendedNanos) throws IOException {
        sent++;
        busy++;
        conversation.call(intendedNanos);
    }

    private void leave() throws IOException {
        busy = 0;
        if (!problem.isEmpty()) return;
        List<Conversation> leaving = List.copyOf(idle);
        idle.clear();
        busy = leaving.size();
        for (Conversation each : leaving) each.leave();
        while (busy > 0 && problem.isEmpty()) select(1_000);
    }

    private void select(long millis) throws IOException {
        selector.select(this::ready, millis);
        if (System.nanoTime() - lastNewsNanos > SILENCE_NANOS && problem.isEmpty())
            problem = "nothing has come for 40 s, with " + busy + " calls under way and "
                    + (conversations.size() - idle.size()) + " connections that are not idle";
    }

    private void ready(SelectionKey key) {
        Conversation conversation = (Conversation) key.attachment();
        try {
            if (key.isWritable()) conversation.flush();
            if (!key.isReadable()) return;
            in.clear();
            int count = ((SocketChannel) key.channel()).read(in);
            in.flip();
            in.get(read, 0, Math.max(0, count));
            lastNewsNanos = System.nanoTime();
            conversation.received(read, count);
        } catch (IOException | RuntimeException broken) {
            conversation.close();
            wrong(broken.toString());
        }
    }

    @Override
    public void ready(Conversation conversation) {
        sessions++;
        try {
            if (job.task() == Job.Task.OPEN_SESSIONS
                    && sessions <= (long) job.connections() * (job.sessionsEach() - 1)) {
                conversation.initialize();
            } else if (job.task() == Job.Task.HOLD_STREAM && asked.add(conversation)) {
                conversation.openStream();
            } else {
                idle.add(conversation);
            }
        } catch (IOException broken) {
            wrong(broken.toString());
        }
    }

    @Override
    public void answered(Conversation conversation, long bodyBytes, int eventCount) {
        long now = System.nanoTime();
        right++;
        busy--;
        if (now < endNanos) {
            counted++;
            bytes += bodyBytes;
            events += eventCount;
            latency.recordValue(Math.max(0, now - conversation.intendedNanos));
        }
        idle.add(conversation);
    }

    @Override
    public void event(long writtenNanos) {
        lag.recordValue(Math.max(0, System.nanoTime() - writtenNanos));
    }

    @Override
    public void left() {
        busy--;
    }

    @Override
    public void wrong(String what) {
        if (calling || busy > 0) wrong++;
        busy--;
        if (problem.isEmpty()) problem = what;
    }

    @Override
    public void close() throws IOException {
        conversations.forEach(Conversation::close);
        selector.close();
    }
}
