package io.mcpgate.core.config;

import io.mcpgate.audit.AuditSink;
import io.mcpgate.core.audit.InMemoryAuditSink;
import io.mcpgate.core.audit.JsonLinesAuditSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where audit events go.
 *
 * @param to what kind of place
 * @param file the file, if it is one
 * @param whenUnavailable what becomes of calls while events cannot be kept
 */
public record AuditConfig(To to, @Nullable Path file, WhenUnavailable whenUnavailable) {
    private static final int EVENTS_IN_MEMORY = 1_000;

    /** JSON lines on stderr; calls are refused while they cannot be written. */
    public static final AuditConfig DEFAULT = new AuditConfig(To.STDERR, null, WhenUnavailable.REFUSE);

    public AuditConfig {
        if ((to == To.FILE) != (file != null)) {
            throw new IllegalArgumentException("An audit trail goes to a file if, and only if, the file is named");
        }
    }

    /** A place for audit events. */
    public enum To {
        /** A file of JSON lines. */
        FILE,
        /** JSON lines on this process's stderr. */
        STDERR,
        /** The last 1,000 events, in memory. */
        MEMORY
    }

    /** What becomes of calls while audit events cannot be kept. */
    public enum WhenUnavailable {
        /** They are refused. */
        REFUSE,
        /** They are made without a record, and the log says so. */
        CONTINUE
    }

    /** Whether a sink that was opened for the one serves the other as well. */
    boolean sharesSinkWith(AuditConfig other) {
        return to == other.to && Objects.equals(file, other.file);
    }

    /**
     * Opens the sink. Whoever opens it closes it.
     *
     * @throws ConfigException if the file cannot be opened
     */
    public AuditSink open() {
        if (file == null) {
            return to == To.MEMORY ? new InMemoryAuditSink(EVENTS_IN_MEMORY) : stderr();
        }
        try {
            return JsonLinesAuditSink.appendingTo(file);
        } catch (NoSuchFileException missing) {
            throw new ConfigException("audit.file", "its directory does not exist; make it before the start");
        } catch (AccessDeniedException denied) {
            throw new ConfigException("audit.file", "may not be written by this user; change its owner or the path");
        } catch (IOException failed) {
            throw new ConfigException(
                    "audit.file",
                    "cannot be opened for appending (" + failed.getClass().getSimpleName() + "); name another file");
        }
    }

    private static AuditSink stderr() {
        return JsonLinesAuditSink.writingTo(new FileOutputStream(FileDescriptor.err).getChannel());
    }

    /** Not the file's name: it may have come out of the environment. */
    @Override
    public String toString() {
        return "AuditConfig[" + to + ", " + whenUnavailable + "]";
    }
}
