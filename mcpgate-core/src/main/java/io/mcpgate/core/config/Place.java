package io.mcpgate.core.config;

import java.util.Comparator;

/**
 * Where something stands in the file.
 *
 * @param path e.g. {@code servers.crm.url}
 * @param line from 1
 * @param column from 1
 */
record Place(String path, int line, int column) {
    static final Comparator<Place> IN_FILE_ORDER =
            Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

    private static final String PLAIN = "[A-Za-z0-9_-]+";

    /** The path of a member; a key that could be taken for more than one is quoted. */
    String member(String key) {
        String step = key.matches(PLAIN) ? key : "\"" + key + "\"";
        return path.isEmpty() ? step : path + "." + step;
    }

    /** The path of an item of a list. */
    String item(int index) {
        return path + "[" + index + "]";
    }
}
