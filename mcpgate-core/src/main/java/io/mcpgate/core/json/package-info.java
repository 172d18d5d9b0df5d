/**
 * The only JSON reader of the gateway, and the writer beside it.
 *
 * <p>In the order in which the data flows: {@link io.mcpgate.core.json.StrictText} refuses bytes that are not
 * well-formed UTF-8; {@link io.mcpgate.core.json.JsonReader} walks the tokens once, refuses duplicates, trailing data
 * and whatever exceeds {@link io.mcpgate.core.json.JsonLimits}, and gives an {@link io.mcpgate.core.json.Envelope};
 * its body is a {@link io.mcpgate.core.json.RawPayload}, a slice of the bytes that came in.
 * {@link io.mcpgate.core.json.Frame} puts a new envelope around an untouched body, and
 * {@link io.mcpgate.core.json.ListDocument} cuts entries out of a list without touching the others. Of what was refused,
 * {@link io.mcpgate.core.json.RefusedMessage} tells at the most which request it is or would have answered.
 *
 * <p>Jackson is confined to this package and {@code config}.
 */
@NullMarked
package io.mcpgate.core.json;

import org.jspecify.annotations.NullMarked;
