package io.mcpgate.core.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What all readers of one file share.
 *
 * @param problems what was found so far
 * @param references the environment
 * @param directory where the file is, for paths that are relative
 */
record Context(Problems problems, References references, Path directory) {

    void problem(Node at, String message) {
        problems.add(at.place(), message);
    }

    /** A path; a relative one starts where the file is, wherever the process was started. */
    @Nullable
    Path path(Fields fields, String key) {
        String text = fields.string(key);
        if (text == null) {
            return null;
        }
        try {
            if (!text.isBlank()) {
                return directory.resolve(text).normalize();
            }
        } catch (InvalidPathException invalid) {
            // told below
        }
        fields.problem(key, "is no path; write it like /var/log/audit.jsonl");
        return null;
    }
}
