package io.mcpgate.core.route;

import io.mcpgate.Call;
import io.mcpgate.Traffic;
import io.mcpgate.contract.RecordingSession;
import io.mcpgate.contract.RouterContract;
import io.mcpgate.contract.Samples;
import io.mcpgate.core.ScriptedUpstream;
import io.mcpgate.route.Router;
import java.util.List;

class NamedRouterTest extends RouterContract {
    private final Router router = new NamedRouter(List.of(new ScriptedUpstream("crm"), new ScriptedUpstream("files")));

    @Override
    protected Router router() {
        return router;
    }

    @Override
    protected Call routable() {
        return Samples.of(Traffic.REQUEST_TO_SERVER, RecordingSession.legacy("s-1"))
                .withServer("files");
    }
}
