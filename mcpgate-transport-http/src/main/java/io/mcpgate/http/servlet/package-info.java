/**
 * The endpoint as a servlet, for any container of Jakarta Servlet 6.0 and newer: {@link io.mcpgate.http.servlet.McpServlet}.
 * Needs no Vert.x.
 */
@NullMarked
package io.mcpgate.http.servlet;

import org.jspecify.annotations.NullMarked;
