package io.mcpgate.examples.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A run as it is kept in {@code target/load.json}. */
record Results(Machine machine, String plan, List<Figure> figures, List<String> skipped) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The whole file or nothing: the run may be ended at any time. */
    void writeTo(Path file) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        JSON.writeValue(whole.toFile(), this);
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    static Results readFrom(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }
}
