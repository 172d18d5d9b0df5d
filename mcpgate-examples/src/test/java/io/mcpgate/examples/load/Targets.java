package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts what is measured beside each other. */
final class Targets {
    static final String BARE = "gate bare";
    static final String FULL = "gate full";

    private final Bench bench;

    Targets(Bench bench) {
        this.bench = bench;
    }

    /** The server itself; nginx if there is one; and on each JDK a gate with nothing and one with everything. */
    List<Target> overHttp() throws IOException {
        List<Target> targets = new ArrayList<>(List.of(Target.direct(bench.upstream)));
        nginx().ifPresent(targets::add);
        for (Jdk jdk : bench.jdks) {
            targets.add(bare(jdk));
            targets.add(full(jdk));
        }
        return targets;
    }

    Optional<Target> nginx() throws IOException {
        Optional<Path> program = Nginx.program();
        if (program.isEmpty()) {
            bench.figures.skip(Target.NGINX, "not installed; on Debian: apt-get install nginx-light");
            return Optional.empty();
        }
        return Optional.of(Nginx.start(program.get(), bench.processes, bench.upstream));
    }

    Target bare(Jdk jdk) throws IOException {
        Path folder = bench.processes.newFolder("gate-bare");
        String yaml = GateConfigs.bare(GateConfigs.at(bench.upstream.endpoint("/mcp")));
        return gate(name(BARE, jdk), jdk, Gate.config(folder, yaml), "");
    }

    Target full(Jdk jdk, String... options) throws IOException {
        Path folder = bench.processes.newFolder("gate-full");
        String yaml = GateConfigs.full(GateConfigs.at(bench.upstream.endpoint("/mcp")), bench.audit(folder));
        return gate(name(FULL, jdk), jdk, Gate.config(folder, yaml), GateConfigs.KEY, options);
    }

    /** A gate in front of the HTTP server, by the configuration in that file. */
    Target gate(String name, Jdk jdk, Path config, String key, String... options) throws IOException {
        return gateAt(GateConfigs.SERVER, name, jdk, config, key, options);
    }

    /** The same, whose endpoint is another of its servers. */
    Target gateAt(String server, String name, Jdk jdk, Path config, String key, String... options) throws IOException {
        Running running = Gate.start(bench.processes, name.replaceAll("\\W+", "-"), jdk.java(), config, options);
        return new Target(name, Gate.endpoint(running, server), key, running, false, bench.upstream::calls);
    }

    static String name(String kind, Jdk jdk) {
        return kind + ", " + jdk.label();
    }
}
