package io.mcpgate.examples.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line says: {@code [--quick] [--java HOME]... [--no-page | --page-only] [SCENARIO]...}.
 *
 * @param jdks what gates run on; the first is also the one of scenarios that measure one gate only
 * @param page whether the document is written anew; never after a quick run
 * @param pageOnly whether nothing is measured, and the document made of what is there
 */
record Options(Plan plan, List<Jdk> jdks, List<Scenario> scenarios, boolean page, boolean pageOnly) {

    static Options of(List<String> arguments, List<Scenario> known) throws IOException {
        Plan plan = Plan.FULL;
        boolean page = true;
        boolean pageOnly = false;
        List<Jdk> jdks = new ArrayList<>();
        List<Scenario> chosen = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals("--quick")) plan = Plan.QUICK;
            else if (word.equals("--no-page")) page = false;
            else if (word.equals("--page-only")) pageOnly = true;
            else if (word.equals("--java")) jdks.add(Jdk.at(Path.of(arguments.get(++i))));
            else chosen.add(named(word, known));
        }
        return new Options(plan, jdks.isEmpty() ? standard() : jdks, chosen.isEmpty() ? known : chosen, page, pageOnly);
    }

    private static Scenario named(String word, List<Scenario> known) {
        return known.stream()
                .filter(each -> each.name().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario or option " + word
                        + "; there are --quick, --java HOME, --no-page, --page-only and "
                        + String.join(", ", known.stream().map(Scenario::name).toList())));
    }

    /** The JDK of this JVM, and the newer one that the build knows, if it is there. */
    private static List<Jdk> standard() throws IOException {
        List<Jdk> jdks = new ArrayList<>(List.of(Jdk.own()));
        Path newer = Path.of(System.getProperty("load.jdk25", ""));
        if (Files.isExecutable(Processes.javaOf(newer))
                && !Jdk.at(newer).label().equals(jdks.get(0).label())) jdks.add(Jdk.at(newer));
        return jdks;
    }
}
