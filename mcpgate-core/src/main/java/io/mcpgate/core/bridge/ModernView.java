package io.mcpgate.core.bridge;

import io.mcpgate.Call;
import io.mcpgate.Reply;
import io.mcpgate.Session;
import java.util.concurrent.CompletionStage;

/** A legacy client's session as a server of 2026-07-28 sees it. */
final class ModernView extends Sessionless {
    private final Session client;
    private final Subscription subscription;

    ModernView(Session client, Subscription subscription) {
        this.client = client;
        this.subscription = subscription;
    }

    @Override
    public String key() {
        return client.key();
    }

    @Override
    CompletionStage<Reply> told(Call notification) {
        return subscription.isFor(notification)
                ? subscription.heard(notification)
                : client.deliver(notification.withSession(client));
    }
}
