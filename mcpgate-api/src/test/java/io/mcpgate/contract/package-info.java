/**
 * What implementations of the contracts must do, as tests to extend. Add this module's test-jar, JUnit 5 and AssertJ to
 * your test class path, extend the class for what you implement, and give it your implementation.
 *
 * <ul>
 *   <li>{@link io.mcpgate.contract.InterceptorContract}
 *   <li>{@link io.mcpgate.contract.PolicyStoreContract}
 *   <li>{@link io.mcpgate.contract.RouterContract}
 *   <li>{@link io.mcpgate.contract.AuditSinkContract}
 * </ul>
 */
@NullMarked
package io.mcpgate.contract;

import org.jspecify.annotations.NullMarked;
