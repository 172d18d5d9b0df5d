package io.mcpgate;

import java.util.Set;

/**
 * The four kinds of traversal. The gateway folds one chain for each when it is built, so that a message meets only the
 * steps that asked for its kind.
 */
public enum Traffic {
    /** A request of the client, e.g. {@code tools/call}. */
    REQUEST_TO_SERVER(Direction.TO_SERVER, false),
    /** A notification of the client, e.g. {@code notifications/initialized}. */
    NOTIFICATION_TO_SERVER(Direction.TO_SERVER, true),
    /** A request of the server, e.g. {@code sampling/createMessage}. */
    REQUEST_TO_CLIENT(Direction.TO_CLIENT, false),
    /** A notification of the server, e.g. {@code notifications/progress}. */
    NOTIFICATION_TO_CLIENT(Direction.TO_CLIENT, true);

    /** All four. */
    public static final Set<Traffic> ALL = Set.of(values());

    private final Direction direction;
    private final boolean notification;

    Traffic(Direction direction, boolean notification) {
        this.direction = direction;
        this.notification = notification;
    }

    /** Which way such a message goes. */
    public Direction direction() {
        return direction;
    }

    /** Whether nobody waits for a reply. */
    public boolean isNotification() {
        return notification;
    }

    static Traffic of(Direction direction, boolean notification) {
        if (direction == Direction.TO_SERVER) {
            return notification ? NOTIFICATION_TO_SERVER : REQUEST_TO_SERVER;
        }
        return notification ? NOTIFICATION_TO_CLIENT : REQUEST_TO_CLIENT;
    }
}
