package io.mcpgate.http.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WithoutVertxTest {
    @Test
    void servletAndEndpointLoadWhereVertxIsNot() throws Exception {
        URL[] others = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> !path.contains("vertx") && !path.contains("netty"))
                .map(WithoutVertxTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader bare = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> Class.forName("io.vertx.core.Vertx", false, bare))
                    .isInstanceOf(ClassNotFoundException.class);
            for (String name : new String[] {"servlet.McpServlet", "servlet.ServletExchange", "endpoint.McpEndpoint"}) {
                Class<?> loaded = Class.forName("io.mcpgate.http." + name, true, bare);
                assertThat(loaded.getDeclaredMethods()).isNotEmpty();
            }
        }
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}
