package io.mcpgate.http.endpoint;

import java.util.List;
import java.util.Locale;

/**
 * Whether a body says that it is JSON in UTF-8. A browser sends other types to anybody without asking, so this is also
 * what keeps pages out that send no {@code Origin}.
 */
final class ContentType {
    private ContentType() {}

    static boolean isJson(HttpExchange exchange) {
        List<String> types = exchange.headers("Content-Type");
        return types.size() == 1 && isJson(types.get(0)) && isPlain(exchange.headers("Content-Encoding"));
    }

    private static boolean isPlain(List<String> codings) {
        return codings.isEmpty()
                || codings.stream().allMatch(coding -> coding.strip().equalsIgnoreCase("identity"));
    }

    private static boolean isJson(String type) {
        if (type.equals("application/json")) { // as nearly all say it
            return true;
        }
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals("application/json")) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").strip();
            if (parameter.startsWith("charset") && !parameter.matches("charset *= *utf-?8")) {
                return false;
            }
        }
        return true;
    }
}
