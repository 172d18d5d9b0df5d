package io.mcpgate.core.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The two ways to write the same file. */
enum Syntax {
    JSON {
        @Override
        TreeReader open(String text, Problems problems) throws IOException {
            return new TreeReader(STRICT.createParser(text), Syntax::nothingOdd, problems);
        }
    },
    YAML {
        @Override
        TreeReader open(String text, Problems problems) throws IOException {
            return new TreeReader(YamlTokens.parser(text), YamlTokens::oddity, problems);
        }
    };

    private static final JsonFactory STRICT = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool()) // no thread-locals on the host's threads
            .build();

    abstract TreeReader open(String text, Problems problems) throws IOException;

    private static @Nullable String nothingOdd(JsonParser parser) {
        return null;
    }

    /** What is malformed. Without the excerpts that parsers put into their messages: a secret may stand there. */
    static String words(JsonProcessingException malformed) {
        String message = String.valueOf(malformed.getOriginalMessage());
        if (message.startsWith("Unrecognized token")) {
            return "cannot be read; a value here is neither in quotes nor a number, true or false";
        }
        return "cannot be read; "
                + message.lines().filter(line -> !line.startsWith(" ")).collect(Collectors.joining(", "));
    }
}
