package io.mcpgate.core.telemetry;

import io.mcpgate.audit.AuditEvent;
import io.mcpgate.audit.AuditEvent.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Counts and times calls for a host's {@link MeterRegistry}, by what the audit trail says of them:
 *
 * <pre>{@code
 * Gateway.builder().observer(new CallMeters(registry))
 * }</pre>
 *
 * <p>{@value #DURATION} is the time from a call's arrival at the gate to its end (OpenTelemetry semantic conventions for MCP,
 * "Metrics"), {@value #REQUEST} and {@value #REPLY} count the bytes of params and results. Their tags: method, tool, prompt,
 * server, outcome and kind of error; never a principal, a URI, an argument or a session. Notifications of servers are counted
 * only if they are refused or cannot be delivered, as in the audit trail.
 *
 * <p>However many names clients and servers invent, there is a bound of time series, and calls that do not succeed make no new
 * ones once half of it is taken; what finds no place is counted under {@code other}. One instance may serve many gateways, and serves
 * those that succeed each other; of several instances at one registry each needs tags of its own. Safe for use by many threads; nothing here blocks.
 */
@SuppressWarnings("exports") // Micrometer is optional, and named by who uses it
public final class CallMeters implements Consumer<AuditEvent> {
    /** The timer, in the registry's unit of time. */
    public static final String DURATION = "mcp.server.operation.duration";
    /** The bytes of all params together. */
    public static final String REQUEST = "mcpgate.request";
    /** The bytes of all results together. */
    public static final String REPLY = "mcpgate.reply";
    /** Time series of each of the three, unless said otherwise. */
    public static final int SERIES_MAX = 10_000;

    /** The boundaries that the conventions advise. */
    private static final Duration[] BOUNDARIES = {
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        Duration.ofSeconds(300)
    };

    private final MeterRegistry registry;
    private final Tags common;
    private final int seriesMax;
    private final Map<Series, Meters> meters = new ConcurrentHashMap<>();

    /** Meters without further tags, of at most {@link #SERIES_MAX} time series. */
    public CallMeters(MeterRegistry registry) {
        this(registry, Tags.empty(), SERIES_MAX);
    }

    /**
     * Meters in a registry that others may use as well; who made it closes it.
     *
     * @param common tags of all these meters, e.g. the gateway's name where there are several
     * @param seriesMax how many time series each of them has at most, beside {@code other}
     */
    public CallMeters(MeterRegistry registry, Tags common, int seriesMax) {
        if (seriesMax < 2) {
            throw new IllegalArgumentException("There must be room for calls that succeed and for those that do not");
        }
        this.registry = registry;
        this.common = common;
        this.seriesMax = seriesMax;
    }

    /** Counts a call that has ended; other events are no calls. */
    @Override
    public void accept(AuditEvent event) {
        Outcome outcome = event.outcome();
        Duration duration = event.duration();
        if (outcome != null && duration != null) {
            of(Series.of(event, outcome)).record(duration, event.requestBytes(), event.replyBytes());
        }
    }

    private Meters of(Series series) {
        Meters known = meters.get(series);
        if (known != null) {
            return known;
        }
        int room = series.succeeded() ? seriesMax : seriesMax / 2;
        return meters.computeIfAbsent(meters.size() < room ? series : series.other(), this::register);
    }

    private Meters register(Series series) {
        Tags tags = common.and(series.tags());
        Timer timer = Timer.builder(DURATION)
                .description("From a call's arrival at the gate to its end")
                .serviceLevelObjectives(BOUNDARIES)
                .tags(tags)
                .register(registry);
        return new Meters(timer, bytes(REQUEST, "Params of calls", tags), bytes(REPLY, "Results of calls", tags));
    }

    /** A sum alone: the timer has the number, and a distribution would cost as much as the timer does. */
    private LongAdder bytes(String name, String description, Tags tags) {
        LongAdder sum = new LongAdder();
        FunctionCounter.builder(name, sum, LongAdder::sum)
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        return sum;
    }

    private record Meters(Timer duration, LongAdder request, LongAdder reply) {
        void record(Duration took, int requestBytes, int replyBytes) {
            duration.record(took);
            request.add(Math.max(0, requestBytes)); // what never were bytes has no size
            reply.add(Math.max(0, replyBytes));
        }
    }
}
