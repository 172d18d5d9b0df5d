package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM with {@code -Xlog:gc:file=…} tells of its heap, in whole MiB. */
final class GcLog {
    private static final Pattern COLLECTION = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(");

    private final Path file;

    GcLog(Path file) {
        this.file = file;
    }

    private record Collection(int before, int after) {}

    /** A place in the log, after which something is measured. */
    record Mark(int collections) {}

    /**
     * What has happened since a mark.
     *
     * @param liveMiB by how much more was in use after the fullest collection than after the one before the mark
     * @param allocatedMiB what has been allocated until the last collection; NaN if there was none
     */
    record Growth(double liveMiB, double allocatedMiB) {}

    /** Now; there must have been a full collection. */
    Mark mark() throws IOException {
        return new Mark(read().size());
    }

    Growth since(Mark mark) throws IOException {
        List<Collection> all = read();
        if (all.size() == mark.collections()) return new Growth(Double.NaN, Double.NaN);
        int base = all.get(mark.collections() - 1).after();
        int last = base;
        int peak = base;
        long allocated = 0;
        for (Collection each : all.subList(mark.collections(), all.size())) {
            allocated += each.before() - last;
            last = each.after();
            peak = Math.max(peak, last);
        }
        return new Growth(peak - base, allocated);
    }

    private List<Collection> read() throws IOException {
        List<Collection> all = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Matcher found = COLLECTION.matcher(line);
            if (found.find())
                all.add(new Collection(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))));
        }
        return all;
    }
}
