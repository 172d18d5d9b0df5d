package io.mcpgate.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The members of one mapping, read by kind. What is wrong with one is noted where it stands, and its default is given, so
 * that reading goes on.
 */
final class Fields {
    private final Place place;
    private final Map<String, Node> members;
    private final Shape shape;
    private final Context context;
    private final Scalars scalars;

    /** Notes keys that such a mapping does not have. */
    Fields(Node node, Shape shape, Context context) {
        this.place = node.place();
        this.shape = shape;
        this.context = context;
        this.scalars = new Scalars(context);
        this.members = members(node, context);
        members.forEach((key, value) -> {
            if (!shape.keys().contains(key)) {
                context.problem(value, "is no key here" + Nearest.suggestion(key, shape.keys()));
            }
        });
    }

    private static Map<String, Node> members(Node node, Context context) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.members();
        }
        context.problem(node, "is " + node.kind() + "; write a mapping of keys to values here");
        return Map.of();
    }

    @Nullable
    Node node(String key) {
        if (!shape.keys().contains(key)) {
            throw new IllegalStateException(shape + " has no key \"" + key + "\": add it to the table");
        }
        return members.get(key);
    }

    boolean has(String key) {
        return node(key) != null;
    }

    /** Notes something about a member, or, if it is not there, about the mapping. */
    void problem(String key, String message) {
        Node member = node(key);
        context.problems().add(member == null ? place : member.place(), message);
    }

    /** Whether something is wrong with a member or in it. */
    boolean isBroken(String key) {
        return context.problems().isWithin(place.member(key));
    }

    @Nullable
    ConfigText text(String key, Check check) {
        Node node = node(key);
        ConfigText text = node == null ? null : scalars.text(node);
        return node != null && text != null && scalars.isFine(node, text, check) ? text : null;
    }

    @Nullable
    String string(String key) {
        ConfigText text = text(key, Check.NONE);
        return text == null ? null : text.value();
    }

    String string(String key, Check check, String otherwise) {
        ConfigText text = text(key, check);
        return text == null ? otherwise : text.value();
    }

    /** Notes a list without items, where that would mean nothing, or not what whoever wrote it has meant. */
    void requireItems(String key, String otherwise) {
        if (node(key) instanceof Node.Sequence list && list.items().isEmpty()) {
            context.problem(list, "is an empty list; " + otherwise);
        }
    }

    /** A list of texts, each of which must satisfy {@code check}. */
    List<String> strings(String key, Check check) {
        return strings(items(key), check);
    }

    /** The same where one text may stand for a list of one. */
    List<String> stringOrStrings(String key, Check check) {
        Node node = node(key);
        return strings(node instanceof Node.Scalar ? List.of(node) : items(key), check);
    }

    private List<String> strings(List<Node> items, Check check) {
        return items.stream()
                .flatMap(item -> Stream.ofNullable(scalars.checked(item, check)))
                .toList();
    }

    List<ConfigText> texts(String key) {
        return items(key).stream()
                .flatMap(item -> Stream.ofNullable(scalars.text(item)))
                .toList();
    }

    /** A mapping of names that the user chooses to texts. */
    Map<String, ConfigText> namedTexts(String key, Check nameCheck, Check valueCheck) {
        Map<String, ConfigText> texts = new LinkedHashMap<>();
        entries(key).forEach((name, node) -> {
            String offence = nameCheck.offence(name);
            if (offence != null) {
                context.problem(node, offence);
            }
            ConfigText text = scalars.text(node);
            if (text != null && scalars.isFine(node, text, valueCheck)) {
                texts.put(name, text);
            }
        });
        return texts;
    }

    /** A mapping of names that the user chooses. */
    Map<String, Node> entries(String key) {
        Node node = node(key);
        return node == null ? Map.of() : members(node, context);
    }

    /** The items of a list. */
    List<Node> items(String key) {
        Node node = node(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof Node.Sequence sequence) {
            return sequence.items();
        }
        context.problem(node, "is " + node.kind() + "; write a list here, like [a, b]");
        return List.of();
    }

    /** A section, if it is there. */
    @Nullable
    Fields section(String key, Shape sectionShape) {
        Node node = node(key);
        return node == null ? null : new Fields(node, sectionShape, context);
    }

    Duration duration(String key, Duration otherwise) {
        Duration value = converted(key, Quantities.DURATION_FORM, Quantities::duration);
        return value == null ? otherwise : value;
    }

    int size(String key, int otherwise) {
        Integer value = size(key);
        return value == null ? otherwise : value;
    }

    @Nullable
    Integer size(String key) {
        return converted(key, Quantities.SIZE_FORM, Quantities::size);
    }

    private <T> @Nullable T converted(String key, String form, Function<String, T> conversion) {
        Node node = node(key);
        return node == null ? null : scalars.converted(node, form, conversion);
    }

    int integer(String key, int least, int most, int otherwise) {
        Node node = node(key);
        Integer value = node == null ? null : scalars.integer(node, least, most);
        return value == null ? otherwise : value;
    }

    boolean flag(String key) {
        Node node = node(key);
        if (node == null) {
            return false;
        }
        if (node instanceof Node.Scalar scalar && scalar.type() == Node.Type.TRUTH) {
            return scalar.text().equals("true");
        }
        context.problem(node, "is " + node.kind() + "; write true or false");
        return false;
    }

    /** One of some words: the constants in lower case, with {@code -} for {@code _}. */
    <E extends Enum<E>> E choice(String key, List<E> constants, E otherwise) {
        String word = string(key);
        if (word == null) {
            return otherwise;
        }
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            String spelled = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (spelled.equals(word)) {
                return constant;
            }
            words.add(spelled);
        }
        problem(key, "is none of " + String.join(", ", words));
        return otherwise;
    }
}
