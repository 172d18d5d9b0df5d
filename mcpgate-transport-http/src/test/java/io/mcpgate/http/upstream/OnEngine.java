package io.mcpgate.http.upstream;

/** What an engine adds to scenarios: itself. */
interface OnEngine {
    /** A new engine; the scenario closes it. */
    HttpEngine engine();
}
