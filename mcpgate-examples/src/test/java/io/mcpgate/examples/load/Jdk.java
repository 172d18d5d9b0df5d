package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A JDK that gates run on.
 *
 * @param home its folder
 * @param version e.g. {@code 17.0.15}
 */
record Jdk(Path home, String version) {

    static Jdk own() {
        return new Jdk(
                Path.of(System.getProperty("java.home")), Runtime.version().toString());
    }

    /** The one whose folder, or whose {@code bin/java}, that is. */
    static Jdk at(Path place) throws IOException {
        Path home = Files.isDirectory(place)
                ? place.toAbsolutePath().normalize()
                : place.toRealPath().getParent().getParent();
        String release = Files.readString(home.resolve("release"));
        String version = release.replaceFirst("(?s).*JAVA_VERSION=\"([^\"]*)\".*", "$1");
        return new Jdk(home, version);
    }

    Path java() {
        return Processes.javaOf(home);
    }

    Path jcmd() {
        return home.resolve("bin").resolve("jcmd");
    }

    /** As tables call it. */
    String label() {
        return "JDK " + version.replaceFirst("[.+].*", "");
    }
}
