package io.mcpgate.examples.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * How many calls the servers on standard input have answered: each writes into a mapped file of its own, as nobody can ask
 * them beside the gate, and so it costs no system call.
 */
final class Counts {
    private Counts() {}

    /** The file of this process. */
    static ByteBuffer own(Path folder) throws IOException {
        Path file = folder.resolve(ProcessHandle.current().pid() + ".count");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
    }

    /** Of all processes that have this folder, also of those that have ended. */
    static long sum(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all =
                    files.filter(file -> file.toString().endsWith(".count")).toList();
            long sum = 0;
            for (Path file : all) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length == Long.BYTES) sum += ByteBuffer.wrap(bytes).getLong();
            }
            return sum;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
