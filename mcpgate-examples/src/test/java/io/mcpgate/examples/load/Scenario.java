package io.mcpgate.examples.load;

import java.io.IOException;
import java.time.Duration;

/** One group of measurements, which can be chosen on the command line. */
interface Scenario {
    /** As the command line and the results call it. */
    String name();

    /** As the document calls it. */
    String title();

    /** About how long it takes, with that many JDKs. */
    Duration takes(Plan plan, int jdks);

    /** Starts what it needs, measures, and adds the figures. Throws if a single answer is wrong. */
    void run(Bench bench) throws IOException;
}
