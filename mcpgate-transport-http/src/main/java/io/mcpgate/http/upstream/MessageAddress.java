package io.mcpgate.http.upstream;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/**
 * The address to which a server of 2024-11-05 wants messages posted. Only one of the same origin is taken: the gateway's
 * credential goes there, and a server must not be able to send it, or the gateway, anywhere else.
 */
final class MessageAddress {
    private static final int LENGTH_MAX = 8_192;

    private MessageAddress() {}

    /** The absolute address that the data of an {@code endpoint} event means. */
    static URI of(byte[] data, URI stream) throws BadAnswer {
        if (data.length > LENGTH_MAX) {
            throw BadAnswer.noMcp("the address that it names for messages is too long");
        }
        URI address = resolved(new String(data, StandardCharsets.UTF_8).strip(), stream);
        boolean sameOrigin = stream.getScheme().equalsIgnoreCase(address.getScheme())
                && stream.getHost().equalsIgnoreCase(address.getHost())
                && port(stream) == port(address)
                && address.getRawUserInfo() == null;
        if (!sameOrigin) {
            throw new BadAnswer(Reply.Failure.of(
                    ErrorCode.BAD_UPSTREAM,
                    "The server wants messages sent to an address of another origin than its own, which the gateway"
                            + " does not do"));
        }
        return address;
    }

    private static URI resolved(String text, URI stream) throws BadAnswer {
        try {
            URI address = stream.resolve(new URI(text));
            if (text.isEmpty() || address.isOpaque() || address.getRawFragment() != null) {
                throw BadAnswer.noMcp("what it names for messages is no address");
            }
            return address;
        } catch (URISyntaxException none) {
            throw BadAnswer.noMcp("what it names for messages is no address");
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }
}
