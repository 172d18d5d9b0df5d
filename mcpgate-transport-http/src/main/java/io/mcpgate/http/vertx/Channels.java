package io.mcpgate.http.vertx;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundInvoker;
import io.vertx.core.http.HttpConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is below a connection of Vert.x. Its own close waits behind everything that was written before, for ever if the client
 * does not read; a second one waits for the first, and so does the server's shutdown. There is no other way in Vert.x' API
 * to end one connection, so its channel is closed below Vert.x, which only learns of it, as if the client had gone.
 */
final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private Channels() {}

    /**
     * Ends a connection now, whatever is unsent. On its event loop.
     *
     * <p>Vert.x' module exports to nobody the class in which the way down is public. Who runs both as modules has to export it
     * by an option, which the log names; without it the connection ends when its client has read or gone.
     */
    static void breakOff(HttpConnection connection) {
        try {
            Object below =
                    connection.getClass().getMethod("channelHandlerContext").invoke(connection);
            if (below instanceof ChannelOutboundInvoker channel) {
                ChannelFuture unused = channel.close();
                return;
            }
        } catch (ReflectiveOperationException hidden) {
            LOG.warn(
                    "A connection whose client does not read is not broken off; it takes the option --add-exports"
                            + " io.vertx.core/io.vertx.core.net.impl=io.mcpgate.http",
                    hidden);
        }
        connection.close();
    }
}
