package io.mcpgate.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a file whose content has changed, by reading it every second. That also notices what notifications of the
 * operating system miss: network drives, and mounted configuration whose directory is swapped behind a link.
 *
 * <p>A new content counts when two looks in a row have found it. A file that is written in place is there in part for a
 * while, and a part may be valid without what was still to come, the deny rules for instance.
 */
final class FileWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final Path file;
    private final Duration period;
    private final Consumer<byte[]> changed;
    private byte[] last;
    private byte[] seen; // by the look before
    private boolean readable = true;

    /**
     * Watches {@code file}.
     *
     * @param read what was read of it
     * @param changed told of each new content that lasts
     */
    FileWatch(Path file, byte[] read, Duration period, Consumer<byte[]> changed) {
        this.file = file;
        this.last = read.clone();
        this.seen = last;
        this.period = period;
        this.changed = changed;
    }

    /** Watches on the calling thread, until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            Thread.sleep(period.toMillis());
            look();
        }
    }

    /** Looks once. */
    void look() {
        try {
            byte[] content = Files.readAllBytes(file);
            readable = true;
            boolean settled = Arrays.equals(content, seen);
            seen = content;
            if (settled && !Arrays.equals(content, last)) {
                last = content;
                changed.accept(content);
            }
        } catch (IOException unreadable) {
            if (readable) {
                LOG.warn("{} cannot be read; the gate goes on with what it has", file);
            }
            readable = false;
            seen = last; // what comes back has to be found twice as well
        } catch (RuntimeException broken) {
            LOG.error("The change of {} could not be taken over", file, broken);
        }
    }
}
