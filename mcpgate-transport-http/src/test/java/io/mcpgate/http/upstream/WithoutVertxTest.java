package io.mcpgate.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.junit.jupiter.api.Test;

class WithoutVertxTest {
    /** Loads this module's classes anew, and no Vert.x. */
    private static final class Bare extends ClassLoader {
        private Bare() {
            super(WithoutVertxTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.vertx.") || name.startsWith("io.netty.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("io.mcpgate.http.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }

    @Test
    void buildsAConnectorOnTheEngineOfTheJdk() throws Exception {
        Class<?> type = new Bare().loadClass(HttpConnector.class.getName());
        assertThat(type).isNotEqualTo(HttpConnector.class);
        assertThatThrownBy(() -> type.getClassLoader().loadClass("io.vertx.core.Vertx"))
                .isInstanceOf(ClassNotFoundException.class);

        Object builder = type.getMethod("builder", URI.class).invoke(null, URI.create("http://127.0.0.1/mcp"));
        try (AutoCloseable connector =
                (AutoCloseable) builder.getClass().getMethod("build").invoke(builder)) {
            assertThat(connector).hasToString("HttpConnector[http://127.0.0.1/mcp]");
        }
    }
}
