package io.mcpgate.examples.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A run as it is kept in {@code target/load.json}. */
record Results(Machine machine, String plan, List<Figure> figures, List<String> skipped) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    void writeTo(Path file) throws IOException {
        JSON.writeValue(file.toFile(), this);
    }

    static Results readFrom(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }
}
