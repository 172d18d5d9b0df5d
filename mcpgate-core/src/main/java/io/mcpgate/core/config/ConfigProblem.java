package io.mcpgate.core.config;

/**
 * One thing that is wrong in a configuration, e.g. {@code servers.crm.url (line 7): has no host; write it like
 * https://crm.example/mcp}.
 *
 * @param path where it stands, e.g. {@code roles.support.allow[0].tools}; empty for the whole file
 * @param line the line in the file, from 1; 0 if the configuration was not read from a file
 * @param message what is wrong, and what to do; never a value that came out of the environment
 */
public record ConfigProblem(String path, int line, String message) {

    /** Path, line and message, as a person should see them. */
    @Override
    public String toString() {
        String where = path.isEmpty() ? "the file" : path;
        return where + (line > 0 ? " (line " + line + ")" : "") + ": " + message;
    }
}
