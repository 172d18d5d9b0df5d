package io.mcpgate.examples.load;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * One thing that the client process is told to do.
 *
 * @param task what every connection does when its session is open
 * @param port at 127.0.0.1
 * @param paths connection {@code i} uses the one at {@code i} modulo their number; {@code keys} likewise
 * @param keys API keys; none for a server that asks for no credential
 * @param tools the names that are called, shared out among the connections, each of which calls its own by turns
 * @param connections how many there are, each with a session of its own
 * @param rate calls in a second, in all, at even intervals; 0 for a closed loop, in which each connection makes its next call
 *     when it has its answer
 * @param millis how long calls are made; what is under way then is awaited, but counts only for the check
 * @param sessionsEach sessions that each connection opens, for {@link Task#OPEN_SESSIONS}
 */
record Job(
        Task task,
        int port,
        List<String> paths,
        List<String> keys,
        List<String> tools,
        int connections,
        double rate,
        long millis,
        int sessionsEach) {

    enum Task {
        /** Calls of tools. */
        CALL,
        /** Requests of the list of tools. */
        LIST,
        /** An event stream (GET) is opened and kept open until the next line comes. */
        HOLD_STREAM,
        /** Sessions are opened and not ended. */
        OPEN_SESSIONS
    }

    static Job calls(URI endpoint, String key, String tool, int connections, Duration time) {
        return new Job(
                Task.CALL,
                endpoint.getPort(),
                List.of(endpoint.getPath()),
                key.isEmpty() ? List.of() : List.of(key),
                List.of(tool),
                connections,
                0,
                time.toMillis(),
                0);
    }

    Job withRate(double callsPerSecond) {
        return new Job(task, port, paths, keys, tools, connections, callsPerSecond, millis, sessionsEach);
    }

    Job withMillis(long time) {
        return new Job(task, port, paths, keys, tools, connections, rate, time, sessionsEach);
    }

    Job withTask(Task other, int sessions) {
        return new Job(other, port, paths, keys, tools, connections, rate, millis, sessions);
    }

    Job withPaths(List<String> others) {
        return new Job(task, port, others, keys, tools, connections, rate, millis, sessionsEach);
    }

    Job withKeys(List<String> others) {
        return new Job(task, port, paths, others, tools, connections, rate, millis, sessionsEach);
    }

    Job withTools(List<String> others) {
        return new Job(task, port, paths, keys, others, connections, rate, millis, sessionsEach);
    }
}
