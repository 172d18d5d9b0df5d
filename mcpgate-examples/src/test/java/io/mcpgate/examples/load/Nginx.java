package io.mcpgate.examples.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** nginx as a plain reverse proxy that understands nothing: what any proxy on this machine costs. */
final class Nginx {
    private static final List<String> PLACES = List.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx");

    /** Unbuffered below {@code /stream}, as event streams and large answers need it. */
    private static final String CONFIG = """
            daemon off;
            worker_processes auto;
            pid nginx.pid;
            error_log error.log warn;
            %1$s
            events { worker_connections 8192; }
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              tcp_nodelay on;
              keepalive_timeout 300s;
              keepalive_requests 1000000000;
              upstream fixed {
                server 127.0.0.1:%2$d;
                keepalive 256;
                keepalive_requests 1000000000;
                keepalive_timeout 300s;
              }
              server {
                listen 127.0.0.1:%3$d backlog=4096;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                location / { proxy_pass http://fixed; }
                location /stream { proxy_buffering off; proxy_pass http://fixed; }
              }
            }
            """;

    private Nginx() {}

    static Optional<Path> program() {
        return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    static Target start(Path program, Processes processes, UpstreamProcess upstream) throws IOException {
        Path folder = processes.newFolder("nginx");
        int port = Ports.free();
        String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
        Files.writeString(
                folder.resolve("nginx.conf"),
                CONFIG.formatted(user, upstream.endpoint("/").getPort(), port));
        Running running = processes.start(
                Target.NGINX,
                List.of(program.toString(), "-p", folder + "/", "-c", "nginx.conf", "-e", "start.log"),
                Map.of());
        Ports.awaitListening(running, port);
        return new Target(
                Target.NGINX, URI.create("http://127.0.0.1:" + port + "/mcp"), "", running, true, upstream::calls);
    }
}
