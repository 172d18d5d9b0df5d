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
 */
final class FileWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final Path file;
    private final Duration period;
    private final Consumer<byte[]> changed;
    private byte[] last;
    private boolean readable = true;

    /**
     * Watches {@code file}.
     *
     * @param read what was read of it
     * @param changed told of each new content
     */
    FileWatch(Path file, byte[] read, Duration period, Consumer<byte[]> changed) {
        this.file = file;
        this.last = read.clone();
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
            if (!Arrays.equals(content, last)) {
                last = content;
                changed.accept(content);
            }
        } catch (IOException unreadable) {
            if (readable) {
                LOG.warn("{} cannot be read; the gate goes on with what it has", file);
            }
            readable = false;
        } catch (RuntimeException broken) {
            LOG.error("The change of {} could not be taken over", file, broken);
        }
    }
}
