/**
 * The one idea of mcpgate: a {@link io.mcpgate.Call} enters, passes a short list of steps from top to bottom, leaves
 * to one upstream, and its {@link io.mcpgate.Reply} passes the same steps from bottom to top. Everything else is a
 * value.
 *
 * <ul>
 *   <li>{@link io.mcpgate.Interceptor} is a step. Most are written with {@link io.mcpgate.Interceptor#guard} or
 *       {@link io.mcpgate.Interceptor#blocking} and never see a future.
 *   <li>{@link io.mcpgate.Call} is one JSON-RPC request or notification in either direction; its body is a lazy
 *       {@link io.mcpgate.Payload} that is parsed only when somebody looks inside.
 *   <li>{@link io.mcpgate.Reply} is one of four: complete, input required, failure, accepted.
 *   <li>{@link io.mcpgate.Session} is the client's end of the conversation, and the way back to it.
 * </ul>
 *
 * <p>A response is never met as a loose message, it is the completion of its call; a stream is many traversals and not
 * a stream type: each progress message is a call of its own, towards the client. The three other contracts live in
 * {@link io.mcpgate.policy}, {@link io.mcpgate.route} and {@link io.mcpgate.audit}.
 */
@NullMarked
package io.mcpgate;

import org.jspecify.annotations.NullMarked;
