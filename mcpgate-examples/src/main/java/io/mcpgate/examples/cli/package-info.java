/**
 * The gateway as a program, {@code java -jar mcpgate.jar}: {@link io.mcpgate.examples.cli.Main} and a class for each
 * subcommand. {@link io.mcpgate.examples.cli.Transports} is the one place that knows which transports there are; the rest
 * is configuration, a gate, and words for people. Results go to stdout, everything else to stderr.
 */
@NullMarked
package io.mcpgate.examples.cli;

import org.jspecify.annotations.NullMarked;
