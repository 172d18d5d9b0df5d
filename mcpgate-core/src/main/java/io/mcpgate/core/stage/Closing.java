package io.mcpgate.core.stage;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends several things of which none may keep the others from being ended. */
public final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /**
     * Runs all of these in their order, whatever any of them throws. Then the first that was thrown is thrown on, and has the
     * others as {@linkplain Throwable#getSuppressed() suppressed} ones.
     */
    public static void all(List<Runnable> closing) {
        Throwable first = null;
        for (Runnable close : closing) {
            try {
                close.run();
            } catch (RuntimeException | Error broken) {
                if (first == null) {
                    first = broken;
                } else if (first != broken) {
                    first.addSuppressed(broken);
                }
            }
        }
        if (first instanceof RuntimeException broken) {
            throw broken;
        }
        if (first instanceof Error broken) {
            throw broken;
        }
    }

    /** Runs this; what it throws is logged, as somebody waits for an answer that has nothing to do with it. */
    public static void quietly(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error broken) {
            LOG.error("Somebody who was to be told that something is over has failed", broken);
        }
    }

    /** As {@link #all}, because of something that has failed and is to be thrown: it gets what is thrown here as suppressed. */
    public static void behind(Throwable failed, List<Runnable> closing) {
        try {
            all(closing);
        } catch (RuntimeException | Error broken) {
            if (broken != failed) {
                failed.addSuppressed(broken);
            }
        }
    }
}
