package io.mcpgate.examples.interop;

/** Closes what a test class has opened. */
public final class Closing {
    private Closing() {}

    /** Closes each, in this order, though another fails; null stands for what was never opened. */
    public static void all(AutoCloseable... resources) {
        AssertionError problems = null;
        for (AutoCloseable resource : resources) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception | AssertionError failed) {
                if (problems == null) {
                    problems = new AssertionError("Not closed well: " + failed.getMessage(), failed);
                } else {
                    problems.addSuppressed(failed);
                }
            }
        }
        if (problems != null) {
            throw problems;
        }
    }
}
