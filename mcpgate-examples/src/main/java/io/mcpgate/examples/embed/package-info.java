/**
 * The gateway inside your own application: one idea per class, each run by a test of the same name. What they have in common
 * is told in {@code docs/embedding.md}.
 *
 * <ul>
 *   <li>You have a client of the official SDK: {@link io.mcpgate.examples.embed.GovernSdkClient}.
 *   <li>You have a server of the official SDK: {@link io.mcpgate.examples.embed.GovernSdkServer}.
 *   <li>You have neither, but a program to call: {@link io.mcpgate.examples.embed.WrapLocalTool}; or several servers, and want
 *       one client: {@link io.mcpgate.examples.embed.OneClientOverManyServers}.
 *   <li>You have a stack of your own: {@link io.mcpgate.examples.embed.OwnStack}.
 *   <li>You want to decide: {@link io.mcpgate.examples.embed.ApproveDestructiveCalls}, {@link
 *       io.mcpgate.examples.embed.OwnPolicyStore}; or to keep what happened: {@link io.mcpgate.examples.embed.OwnAuditSink}.
 * </ul>
 */
@NullMarked
package io.mcpgate.examples.embed;

import org.jspecify.annotations.NullMarked;
