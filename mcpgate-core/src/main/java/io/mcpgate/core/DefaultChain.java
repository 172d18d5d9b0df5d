package io.mcpgate.core;

import io.mcpgate.Call;
import io.mcpgate.Interceptor;
import io.mcpgate.Interceptor.Chain;
import io.mcpgate.Reply;
import io.mcpgate.Traffic;
import io.mcpgate.core.audit.Attempt;
import io.mcpgate.core.audit.Record;
import io.mcpgate.core.audit.Recorder;
import io.mcpgate.core.audit.Trail;
import io.mcpgate.core.catalog.Addressing;
import io.mcpgate.core.catalog.CatalogProfile;
import io.mcpgate.core.catalog.Compose;
import io.mcpgate.core.identity.Identify;
import io.mcpgate.core.limit.Throttle;
import io.mcpgate.core.policy.Announce;
import io.mcpgate.core.policy.Audience;
import io.mcpgate.core.policy.Authorize;
import io.mcpgate.core.policy.Concealment;
import io.mcpgate.core.policy.DecidedAgain;
import io.mcpgate.core.policy.DeclaredCapabilities;
import io.mcpgate.core.policy.Policies;
import io.mcpgate.core.policy.TaskOwners;
import io.mcpgate.core.route.HostPatience;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

/** The steps of a gateway, in the order in which a call meets them. A step that is off is not there. */
final class DefaultChain {
    private final GatewayBuilder config;
    private final ScheduledExecutorService timer;
    private final Recorder recorder;
    private final Optional<Throttle> throttle;
    private final TaskOwners tasks;
    private final Audience audience;
    private final DeclaredCapabilities declared;
    private final Addressing addressing;
    private final Chain route;
    private final HostPatience patience;
    private final Policies policies;
    private final Concealment concealment;
    private final Authorize authorize;
    private final Attempt attempt;

    DefaultChain(
            GatewayBuilder config,
            ScheduledExecutorService timer,
            Optional<Throttle> throttle,
            TaskOwners tasks,
            Audience audience,
            Addressing addressing,
            HostPatience patience,
            Chain route) {
        this.config = config;
        this.timer = timer;
        this.throttle = throttle;
        this.tasks = tasks;
        this.audience = audience;
        this.declared = new DeclaredCapabilities(config.reader());
        this.addressing = addressing;
        this.recorder = new Recorder(config.auditSink(), config.observers(), config.refusesWhenAuditIsDown(), timer);
        this.route = route;
        this.patience = patience;
        this.policies = new Policies(config.policies(), patience);
        this.concealment = new Concealment(ask());
        this.authorize = authorize();
        this.attempt = new Attempt(recorder, config.clock());
    }

    List<NamedStep> steps() {
        List<NamedStep> steps = new ArrayList<>();
        steps.add(NamedStep.of(Step.RECORD, new Record(recorder, config.clock())));
        steps.add(NamedStep.of(Step.BOUND, new Bound(config::timeout, timer)));
        steps.add(NamedStep.of(Step.IDENTIFY, new Identify(config.authenticator(), patience)));
        steps.add(NamedStep.of(Step.ANNOUNCE, new Announce(audience)));
        steps.add(NamedStep.of(Step.COMPOSE, compose()));
        if (config.conceals()) {
            steps.add(NamedStep.of(Step.CONCEAL, concealment));
        }
        steps.add(NamedStep.of(Step.AUTHORIZE, authorize));
        throttle.ifPresent(limits -> steps.add(NamedStep.of(Step.THROTTLE, limits)));
        steps.add(
                NamedStep.of(Step.ATTEMPT, hasStepsOfTheHost() ? decidedAgain().attempt() : attempt));
        config.insertions().forEach(insertion -> insertion.into(steps));
        return List.copyOf(steps);
    }

    /** The end of one of the chains. */
    Chain end(Chain end) {
        return hasStepsOfTheHost() ? decidedAgain().before(end) : end;
    }

    private boolean hasStepsOfTheHost() {
        return !config.insertions().isEmpty();
    }

    private DecidedAgain decidedAgain() {
        return new DecidedAgain(authorize, attempt);
    }

    private Interceptor compose() {
        CatalogProfile profile = new CatalogProfile(config.name(), config.version());
        return new Compose(
                config.serverNames(),
                policies,
                addressing,
                tasks,
                profile,
                config.catalogPatience(),
                timer,
                config.clock());
    }

    private Authorize authorize() {
        return new Authorize(
                policies,
                config.reader(),
                tasks,
                hasStepsOfTheHost(),
                config.conceals() ? concealment::prepare : list -> {});
    }

    /** The short way by which the gateway itself asks a server something: recorded and bounded like everything else. */
    private Chain ask() {
        Recorder own = recorder.unobserved();
        return Fold.fold(
                List.of(
                        NamedStep.of(Step.RECORD, new Record(own, config.clock())),
                        NamedStep.of(Step.BOUND, new Bound(config::timeout, timer)),
                        NamedStep.of(Step.AUTHORIZE, this::gatewayItself),
                        NamedStep.of(Step.ATTEMPT, new Attempt(own, config.clock()))),
                Traffic.REQUEST_TO_SERVER,
                call -> route.proceed(call));
    }

    private CompletionStage<Reply> gatewayItself(Call call, Chain chain) {
        Trail.of(call).identified(call.principal());
        Trail.of(call).allowed(call, "the gateway asks how this server answers an unknown name");
        return declared.cut(call, config.policies()).thenCompose(chain::proceed);
    }
}
