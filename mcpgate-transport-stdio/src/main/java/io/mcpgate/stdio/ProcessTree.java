package io.mcpgate.stdio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A child process and whatever it has started. Safe for use by several threads.
 *
 * <p>Members are found in two ways. Each {@link #look} asks known members for their descendants and remembers them, because
 * one whose parent dies later has no parent to be found by. And where the child leads a session of its own, all members of
 * that session belong to it, whoever their parent is now; while one of them lives the kernel gives the session's number to
 * nobody else. Signals go to each member by its handle, which knows its start time: a number that was used again is never
 * hit, which {@code kill -- -PGID} could not promise, and no {@code kill} program is needed.
 *
 * <p>What escapes: a process that made a session of its own (a daemon) and whose parent was gone before anybody looked.
 */
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    private static final int STATE = 0; // fields of /proc/PID/stat behind the name, see proc(5)
    private static final int SESSION = 3;

    private final ProcessHandle root;
    private final boolean ownSession;
    private final Set<ProcessHandle> known = new LinkedHashSet<>(); // guarded by this

    ProcessTree(ProcessHandle root, boolean ownSession) {
        this.root = root;
        this.ownSession = ownSession;
        known.add(root);
    }

    /** Whether members can be found without having been seen before. */
    boolean hasOwnSession() {
        return ownSession;
    }

    /** Finds new members, and forgets those that have ended. Reads a line for each process of the system. */
    synchronized void look() {
        // Not those of the dead: their number may be somebody else's by now.
        List<ProcessHandle> alive =
                known.stream().filter(ProcessTree::isRunning).toList();
        alive.forEach(member -> member.descendants().forEach(known::add));
        if (ownSession && !isNumberUsedAgain()) {
            known.addAll(session(root.pid()));
        }
        known.removeIf(member -> !isRunning(member));
    }

    private boolean isNumberUsedAgain() {
        return ProcessHandle.of(root.pid())
                .filter(holder -> !holder.equals(root))
                .isPresent();
    }

    /** The members that run now. */
    synchronized List<ProcessHandle> running() {
        look();
        return new ArrayList<>(known);
    }

    /** Asks each member to end. */
    void terminate() {
        running().forEach(ProcessHandle::destroy);
    }

    /** Ends each member. One that starts another meanwhile needs another round. */
    void kill() {
        running().forEach(ProcessHandle::destroyForcibly);
    }

    /** A zombie is dead: it only waits for a parent that may never ask, like the first process of many containers. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive()
                && stat(process.pid())
                        .map(fields -> !fields[STATE].equals("Z") && !fields[STATE].equals("X"))
                        .orElse(true);
    }

    private static List<ProcessHandle> session(long id) {
        List<ProcessHandle> members = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (stat(pid)
                        .filter(fields -> fields[SESSION].equals(Long.toString(id)))
                        .isPresent()) {
                    ProcessHandle.of(pid).ifPresent(members::add);
                }
            }
        } catch (IOException | NumberFormatException unreadable) {
            return members; // what the descendants told remains
        }
        return members;
    }

    /** The fields behind the name, which may itself hold blanks and parentheses; empty if there is no such process. */
    private static Optional<String[]> stat(long pid) {
        try {
            String line = new String(
                    Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("stat")), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 1).trim().split(" ", SESSION + 2);
            return fields.length > SESSION ? Optional.of(fields) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
