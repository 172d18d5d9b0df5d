/**
 * The gate as a file. {@link io.mcpgate.core.config.GateFile} reads {@code gate.yaml} or {@code gate.json} and tells
 * everything that is wrong at once; {@link io.mcpgate.core.config.GateConfig} is the validated value that comes out, and
 * says to a {@link io.mcpgate.core.GatewayBuilder} what the file says;
 * {@link io.mcpgate.core.config.ReloadingGate} runs the gateway of such a value and replaces it by that of the next.
 *
 * <p>From text to value in three small steps: tokens become a tree whose nodes know their path and line; sections of the
 * tree become values, each mapping by the table of keys of its kind; the values together become a
 * {@code GateConfig}, whose constructor refuses what contradicts itself. Whatever is found on the way is collected, put
 * in file order and thrown as one {@link io.mcpgate.core.config.ConfigException}. What came out of the environment
 * stays in a {@link io.mcpgate.core.config.ConfigText}, which never shows it.
 *
 * <p>{@code gate.schema.json} beside these classes tells editors the same rules.
 */
@NullMarked
package io.mcpgate.core.config;

import org.jspecify.annotations.NullMarked;
