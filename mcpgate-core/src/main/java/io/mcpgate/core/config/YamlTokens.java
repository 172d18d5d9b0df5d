package io.mcpgate.core.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** YAML as far as JSON goes. The only class that needs jackson-dataformat-yaml, so that JSON does without it. */
final class YamlTokens {
    private static final YAMLFactory FACTORY = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS) // "no" is a country, too
            .build();

    private YamlTokens() {}

    static JsonParser parser(String text) throws IOException {
        return FACTORY.createParser(text);
    }

    /** Tags could name types, and aliases make a small file large; a configuration needs neither. */
    static @Nullable String oddity(JsonParser parser) {
        try {
            if (parser.getTypeId() != null) {
                return "has a tag (!…), which is not supported; remove it, and quote the value if it is a text";
            }
            boolean alias = parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
            return alias || parser.getObjectId() != null
                    ? "has an anchor or alias (&…, *…), which is not supported; write the value out, or quote the text"
                    : null;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
