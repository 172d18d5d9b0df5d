package io.mcpgate.core.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Scalars by what they mean. Gives {@code null} where something is wrong, which has then been noted. */
final class Scalars {
    private final Context context;

    Scalars(Context context) {
        this.context = context;
    }

    /** A text, with its references replaced. */
    @Nullable
    ConfigText text(Node node) {
        return text(node, "a text");
    }

    private @Nullable ConfigText text(Node node, String form) {
        if (!(node instanceof Node.Scalar scalar) || scalar.type() != Node.Type.TEXT) {
            boolean quotable = node instanceof Node.Scalar scalar && scalar.type() != Node.Type.NOTHING;
            String hint = quotable && form.equals("a text") ? "; put it in quotes" : "; write " + form;
            context.problem(node, "is " + node.kind() + hint);
            return null;
        }
        try {
            return context.references().resolve(scalar.text());
        } catch (IllegalArgumentException unresolved) {
            context.problem(node, String.valueOf(unresolved.getMessage()));
            return null;
        }
    }

    @Nullable
    String checked(Node node, Check check) {
        ConfigText text = text(node);
        return text != null && isFine(node, text, check) ? text.value() : null;
    }

    boolean isFine(Node node, ConfigText text, Check check) {
        String offence = check.offence(text.value());
        if (offence != null) {
            context.problem(node, offence);
        }
        return offence == null;
    }

    /** A text in a form of its own. */
    <T> @Nullable T converted(Node node, String form, Function<String, T> conversion) {
        ConfigText text = text(node, form);
        try {
            return text == null ? null : conversion.apply(text.value());
        } catch (IllegalArgumentException malformed) {
            context.problem(node, String.valueOf(malformed.getMessage()));
            return null;
        }
    }

    /** A whole number, or a reference to one. */
    @Nullable
    Integer integer(Node node, int least, int most) {
        String form = "a whole number from " + least + " to " + most;
        boolean number = node instanceof Node.Scalar scalar && scalar.type() == Node.Type.NUMBER;
        boolean reference = node instanceof Node.Scalar scalar
                && scalar.type() == Node.Type.TEXT
                && scalar.text().contains("${");
        if (!number && !reference) {
            context.problem(node, "is " + node.kind() + "; write " + form);
            return null;
        }
        ConfigText text = number ? ConfigText.of(((Node.Scalar) node).text()) : text(node);
        if (text == null) {
            return null;
        }
        boolean digits = text.value().matches("0|[1-9][0-9]{0,8}");
        int value = digits ? Integer.parseInt(text.value()) : -1;
        if (!digits || value < least || value > most) {
            context.problem(node, "is out of range; write " + form);
            return null;
        }
        return value;
    }
}
