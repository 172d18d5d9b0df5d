package io.mcpgate.core.config;

import java.util.List;
import java.util.Map;

/** A value of the file, and where it stands. */
sealed interface Node {

    Place place();

    /** What it is, in words. */
    String kind();

    /** Names and values, in the order of the file. Stands where its own name stands. */
    record Mapping(Place place, Map<String, Node> members) implements Node {
        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** Values in a row. Stands where its own name stands. */
    record Sequence(Place place, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A text, number or truth value, or nothing; {@code text} is as it was written. */
    record Scalar(Place place, Type type, String text) implements Node {
        @Override
        public String kind() {
            return text.isEmpty() ? Type.NOTHING.words : type.words; // YAML without a value is an empty text
        }
    }

    /** What a scalar is. */
    enum Type {
        TEXT("a text"),
        NUMBER("a number"),
        TRUTH("true or false"),
        NOTHING("empty");

        private final String words;

        Type(String words) {
            this.words = words;
        }
    }
}
