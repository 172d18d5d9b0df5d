package io.mcpgate.core.catalog;

import io.mcpgate.AttributeKey;
import io.mcpgate.Call;
import io.mcpgate.Direction;
import io.mcpgate.Reply;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.catalog.CatalogNames.Own;
import io.mcpgate.core.json.JsonReader;
import io.mcpgate.core.json.Rewrite;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Turns a call to the merged catalog that names something into a call to the server that has it, under the server's own
 * name. Done before the first step, so that every step sees the call as it will go out; nothing is decided by it.
 */
public final class Addressing {
    private static final AttributeKey<Boolean> FROM_CATALOG = AttributeKey.of("from the merged catalog", Boolean.class);
    private static final Rewrite WITHOUT_PROGRESS =
            Rewrite.builder().remove("_meta", "progressToken").build();

    private final CatalogNames names;
    private final JsonReader reader;
    private final Map<String, ServerTerms> terms;

    public Addressing(CatalogNames names, JsonReader reader) {
        this.names = names;
        this.reader = reader;
        this.terms = names.servers().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(), server -> new ServerTerms(server, names, reader)));
    }

    /** The call, addressed if it names something of a server; otherwise as it is. */
    public Call address(Call call) {
        if (call.server().isPresent() || call.direction() == Direction.TO_CLIENT) {
            return call;
        }
        Optional<Own> named = ServerTerms.named(call, names);
        return named.isEmpty() ? call : to(named.get().server(), call);
    }

    private Call to(String server, Call call) {
        return merged(call, server).withParams(terms(server).params(call));
    }

    /** A call of the catalog on its way to one server; what comes back on its session gets catalog names. */
    private Call merged(Call call, String server) {
        return call.withServer(server)
                .withSession(new CatalogSession(call.session(), terms(server)))
                .with(FROM_CATALOG, true);
    }

    /** Whether a call was addressed here, and not by its sender. */
    static boolean isFromCatalog(Call call) {
        return call.attribute(FROM_CATALOG).isPresent();
    }

    /**
     * One of the calls that a call to the catalog is taken apart into: recorded, and if need be cancelled, on its own.
     * Nobody can tell the progress of several as one, so none is asked for.
     */
    Call branch(Call call, String server) {
        return Trail.branch(merged(call.branch(), server)).withParams(WITHOUT_PROGRESS.apply(reader, call.params()));
    }

    ServerTerms terms(String server) {
        ServerTerms known = terms.get(server);
        if (known == null) {
            throw new IllegalArgumentException("The catalog has no server \"" + server + "\"");
        }
        return known;
    }

    CatalogNames names() {
        return names;
    }

    JsonReader reader() {
        return reader;
    }

    /** The reply of one server, in the catalog's words. */
    Reply inCatalogTerms(Call call, Reply reply) {
        return terms(call.server().orElse("")).reply(call, reply);
    }
}
