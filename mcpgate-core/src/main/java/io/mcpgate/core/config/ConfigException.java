package io.mcpgate.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration cannot be used. It says everything that is wrong at once, in the order of the file. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /**
     * Says what is wrong.
     *
     * @param problems at least one
     */
    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Says the one thing that is wrong. */
    public ConfigException(String path, String message) {
        this(List.of(new ConfigProblem(path, 0, message)));
    }

    /** What is wrong, in the order of the file. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
