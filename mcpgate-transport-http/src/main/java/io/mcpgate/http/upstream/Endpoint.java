package io.mcpgate.http.upstream;

import io.mcpgate.core.json.JsonReader;
import io.mcpgate.http.MarkedTools;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * The one address that a connector's requests go to, and what they share.
 *
 * @param uri absolute, http or https
 * @param fixedHeaders what the operator configured, the gateway's credential for this server included
 * @param reader reads what the server sends, within the connector's limits
 * @param exchanges those under way
 * @param markedTools what the server's lists said about headers that repeat arguments
 */
record Endpoint(
        URI uri,
        List<HttpEngine.Header> fixedHeaders,
        JsonReader reader,
        Exchanges exchanges,
        MarkedTools markedTools) {
    Endpoint {
        fixedHeaders = List.copyOf(fixedHeaders);
    }

    /** The headers of one request, built anew: nothing of the client's own request can be among them. */
    List<HttpEngine.Header> headers(String accept, HttpEngine.Header contentType, List<HttpEngine.Header> others) {
        List<HttpEngine.Header> all = headers(accept, others);
        all.add(contentType);
        return all;
    }

    /** The headers of a request without a body. */
    List<HttpEngine.Header> headers(String accept, List<HttpEngine.Header> others) {
        List<HttpEngine.Header> all = new ArrayList<>(fixedHeaders);
        all.add(new HttpEngine.Header("Accept", accept));
        all.add(new HttpEngine.Header("Accept-Encoding", "identity"));
        all.addAll(others);
        return all;
    }

    /** The address without its query: that, like the headers, may hold a secret. */
    String describe() {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return uri.getScheme() + "://" + uri.getHost() + port + path + (uri.getRawQuery() == null ? "" : "?…");
    }

    @Override
    public String toString() {
        return describe();
    }
}
