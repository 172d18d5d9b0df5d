package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a process has used so far, as Linux tells it; nothing on another system. */
final class ProcessFigures {
    /** {@code USER_HZ}: a hundred on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private final ProcessHandle process;

    ProcessFigures(ProcessHandle process) {
        this.process = process;
    }

    /** Of the process alone. */
    double cpuSeconds() {
        return cpuSeconds(process.pid());
    }

    /** Of the process and all that it has started. */
    double cpuSecondsOfTree() {
        return tree().mapToDouble(each -> cpuSeconds(each.pid())).sum();
    }

    double rssMiB() {
        return rssMiB(process.pid());
    }

    double rssMiBOfTree() {
        return tree().mapToDouble(each -> rssMiB(each.pid())).sum();
    }

    private Stream<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process), process.descendants());
    }

    private static double cpuSeconds(long pid) {
        List<String> lines = lines(pid, "stat");
        if (lines.isEmpty()) return Double.NaN;
        String stat = lines.get(0);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" "); // the third field is the first here
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    private static double rssMiB(long pid) {
        return lines(pid, "status").stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static List<String> lines(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException none) {
            return List.of();
        }
    }
}
