package io.mcpgate.core;

import io.mcpgate.Interceptor;

/**
 * A step with the name by which logs and {@code toString} call it.
 *
 * @param name e.g. {@code Authorize}
 * @param interceptor what it does
 * @param trusted whether it is one of the gateway's own; others are watched for {@code null} replies
 */
record NamedStep(String name, Interceptor interceptor, boolean trusted) {
    static NamedStep of(Step step, Interceptor interceptor) {
        return new NamedStep(step.title(), interceptor, true);
    }
}
