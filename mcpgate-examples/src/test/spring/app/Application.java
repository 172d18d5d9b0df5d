package app;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/** An application of Spring Boot and Spring AI, as it is but for the two classes beside it. */
@SpringBootApplication
public class Application {
    /** Runs until it is ended. */
    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    /** Says where it is, and what its agent may use of the servers in its configuration. */
    @Bean
    ApplicationListener<WebServerInitializedEvent> report(List<McpSyncClient> clients) {
        return started -> {
            List<String> tools = clients.stream()
                    .flatMap(client -> client.listTools().tools().stream())
                    .map(Tool::name)
                    .toList();
            System.out.println("READY " + started.getWebServer().getPort() + " " + tools);
        };
    }
}
