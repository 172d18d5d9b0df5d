/**
 * The embedded server, for those who have no servlet container: {@link io.mcpgate.http.vertx.VertxServer}. The only package
 * that needs Vert.x on the class path.
 */
@NullMarked
package io.mcpgate.http.vertx;

import org.jspecify.annotations.NullMarked;
