package io.mcpgate.examples.matrix;

import io.mcpgate.examples.interop.NodeFixtures.Report;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One client's operations at one server, and where to find in its report what each feature came to. */
final class Script {
    private final List<String> operations = new ArrayList<>();
    private final Map<Feature, Consumer<Seen>> evidence = new EnumMap<>(Feature.class);

    private Script() {}

    static Script of(MatrixClient client, Upstream upstream, Mode mode) {
        Script script = new Script();
        Addressed at = new Addressed(upstream, mode);
        if (upstream.isEverything()) {
            script.everything(at, client);
        } else {
            script.fixture(at, client);
        }
        return script;
    }

    /** Names as this mode has them, in operations. */
    private record Addressed(Upstream upstream, Mode mode) {
        String call(String tool, String arguments, String... more) {
            return "{'op':'callTool','name':'%s','arguments':{%s}%s}"
                    .formatted(mode.name(upstream, tool), arguments, String.join("", more));
        }

        String get(String prompt, String arguments) {
            return "{'op':'getPrompt','name':'%s','arguments':{%s}}".formatted(mode.name(upstream, prompt), arguments);
        }

        String read(String uri) {
            return "{'op':'readResource','uri':'%s'}".formatted(mode.uri(upstream, uri));
        }

        String complete(String prompt, String argument, String start) {
            return "{'op':'complete','ref':{'type':'ref/prompt','name':'%s'},'argument':{'name':'%s','value':'%s'}}"
                    .formatted(mode.name(upstream, prompt), argument, start);
        }

        List<String> names(String name) {
            return List.of(name, mode.name(upstream, name));
        }
    }

    /** The operations as JSON, with ' for ". */
    String operations() {
        return "[" + String.join(",", operations) + "]";
    }

    /** What each feature came to. */
    Map<Feature, Cell> cells(Report report) {
        Map<Feature, Cell> cells = new EnumMap<>(Feature.class);
        Seen seen = new Seen(report);
        for (Feature feature : Feature.values()) cells.put(feature, cell(feature, seen));
        return cells;
    }

    private Cell cell(Feature feature, Seen seen) {
        if (!seen.connected()) {
            return Cell.fails("no connection: " + seen.connectionError());
        }
        Consumer<Seen> look = evidence.get(feature);
        if (look == null) {
            return Cell.notOfferedBy("the server");
        }
        try {
            look.accept(seen);
            return Cell.WORKS;
        } catch (Seen.Missing missing) {
            return missing.cell();
        }
    }

    private int step(String operation) {
        operations.add(operation);
        return operations.size() - 1;
    }

    private int listTools() {
        return step("{'op':'listTools'}");
    }

    /** At {@code server-ts2.mjs} and {@link SdkServer}. */
    private void fixture(Addressed at, MatrixClient client) {
        int listed = listTools();
        int echoed = step(at.call("echo", "'message':'Grüße'"));
        evidence.put(Feature.TOOLS, seen -> {
            Seen.require(seen.lists(listed, "tools", at.names("echo")), "echo is not listed");
            seen.requireText(echoed, "Grüße");
        });

        int prompts = step("{'op':'listPrompts'}");
        int prompt = step(at.get("greet", "'name':'Ada'"));
        evidence.put(Feature.PROMPTS, seen -> {
            seen.requireCapability("prompts");
            Seen.require(seen.lists(prompts, "prompts", at.names("greet")), "greet is not listed");
            seen.requireText(prompt, "Greet Ada");
        });

        int resources = step("{'op':'listResources'}");
        int templates = step("{'op':'listTemplates'}");
        int motd = step(at.read("fixture://motd"));
        int item = step(at.read("fixture://items/two"));
        evidence.put(Feature.RESOURCES, seen -> {
            seen.requireCapability("resources");
            seen.requireText(resources, at.mode().uri(at.upstream(), "fixture://motd"));
            seen.requireText(templates, at.mode().uri(at.upstream(), "fixture://items/{id}"));
            seen.requireText(motd, "Grüße");
            seen.requireText(item, at.mode().uri(at.upstream(), "fixture://items/two"));
        });

        int completed = step(at.complete("greet", "name", "A"));
        evidence.put(Feature.COMPLETION, seen -> {
            seen.requireCapability("completions");
            seen.requireText(completed, "[\"Ada\",\"Alan\"]");
        });

        int slow = step(at.call("slow", "'steps':3,'delayMs':30", ",'progress':true"));
        progress(slow, 3);

        logging(client, at.call("logs", "'count':2,'level':'warning'", ",'logLevel':'debug'"), "log 2");
        asking(Feature.SAMPLING, at.call("ask", "'kind':'sampling','question':'Who?'"), "canned answer to: Who?");
        asking(Feature.ELICITATION, at.call("ask", "'kind':'elicitation'"), "canned");
        asking(Feature.ROOTS, at.call("ask", "'kind':'roots'"), "file:///canned/root");

        int cancelled = step(at.call("slow", "'steps':20,'delayMs':50", ",'cancelOnProgress':1"));
        int ended = step(at.call("lastSlow", ""));
        evidence.put(Feature.CANCEL, seen -> {
            seen.requireCancelled(cancelled);
            String how = seen.value(ended).toString();
            Seen.require(how.contains("cancelled"), "the server goes on");
        });

        if (client.modern()) step("{'op':'listen','filter':{'toolsListChanged':true}}");
        int toggled = step(at.call("toggle", ""));
        int told = step(awaitNotification("notifications/tools/list_changed"));
        int relisted = listTools();
        step(at.call("toggle", "")); // as it was
        evidence.put(Feature.LIST_CHANGED, seen -> {
            seen.value(toggled);
            seen.value(told);
            Seen.require(
                    seen.lists(listed, "tools", at.names("extra")) != seen.lists(relisted, "tools", at.names("extra")),
                    "told, but the list is the same");
        });
    }

    /** At server-everything, which offers no way to see whether a call ended when it was cancelled. */
    private void everything(Addressed at, MatrixClient client) {
        step("{'op':'sleep','ms':700}"); // it asks for the roots after 350
        int listed = listTools();
        int echoed = step(at.call("echo", "'message':'Grüße'"));
        evidence.put(Feature.TOOLS, seen -> {
            Seen.require(seen.lists(listed, "tools", at.names("echo")), "echo is not listed");
            seen.requireText(echoed, "Grüße");
        });

        int prompts = step("{'op':'listPrompts'}");
        int prompt = step(at.get("args-prompt", "'city':'Bern'"));
        evidence.put(Feature.PROMPTS, seen -> {
            seen.requireCapability("prompts");
            Seen.require(seen.lists(prompts, "prompts", at.names("args-prompt")), "args-prompt is not listed");
            seen.requireText(prompt, "Bern");
        });

        int resources = step("{'op':'listResources'}");
        int templates = step("{'op':'listTemplates'}");
        int read = step(at.read("demo://resource/dynamic/text/1"));
        evidence.put(Feature.RESOURCES, seen -> {
            seen.requireCapability("resources");
            seen.requireText(resources, at.mode().uri(at.upstream(), "demo://resource/static/document/"));
            seen.requireText(templates, at.mode().uri(at.upstream(), "demo://resource/dynamic/text/{resourceId}"));
            seen.requireText(read, at.mode().uri(at.upstream(), "demo://resource/dynamic/text/1"));
        });

        int completed = step(at.complete("completable-prompt", "department", "S"));
        evidence.put(Feature.COMPLETION, seen -> {
            seen.requireCapability("completions");
            seen.requireText(completed, "[\"Sales\",\"Support\"]");
        });

        // A client of the TypeScript SDK loses the progress that it reads together with the result: the last one
        // always, and
        // on a busy machine, where it reads late, what came shortly before that.
        progress(step(at.call("trigger-long-running-operation", "'duration':3,'steps':3", ",'progress':true")), 2);

        logging(client, at.call("toggle-simulated-logging", "", ",'logLevel':'debug'"), "evel");
        asking(
                Feature.SAMPLING,
                at.call("trigger-sampling-request", "'prompt':'Who?','maxTokens':10"),
                "canned answer to: ");
        asking(Feature.ELICITATION, at.call("trigger-elicitation-request", ""), "User provided");
        asking(Feature.ROOTS, at.call("get-roots-list", ""), "file:///canned/root");

        if (client.modern()) step("{'op':'listen','filter':{'resourcesListChanged':true}}");
        String file = client.name() + "-" + at.mode().title() + ".gz";
        int added = step(at.call("gzip-file-as-resource", "'name':'%s','data':'data:text/plain,x'".formatted(file)));
        int told = step(awaitNotification("notifications/resources/list_changed"));
        int relisted = step("{'op':'listResources'}");
        evidence.put(Feature.LIST_CHANGED, seen -> {
            seen.value(added);
            seen.value(told);
            seen.requireText(relisted, file);
        });
    }

    private void progress(int call, int atLeast) {
        evidence.put(Feature.PROGRESS, seen -> {
            seen.value(call);
            long came = seen.countProgress(each -> each.path("total").asInt() == 3);
            Seen.require(came >= atLeast, came + " of 3 came");
        });
    }

    /** The modern era has no logging/setLevel: each call says for itself what it wants to be told. */
    private void logging(MatrixClient client, String call, String message) {
        if (!client.modern()) step("{'op':'setLevel','level':'debug'}");
        int logs = step(call);
        step(awaitNotification("notifications/message"));
        evidence.put(Feature.LOGGING, seen -> {
            seen.requireCapability("logging");
            seen.value(logs);
            seen.requireNotification("notifications/message", message);
        });
    }

    private void asking(Feature feature, String call, String answer) {
        int asked = step(call);
        evidence.put(feature, seen -> seen.requireText(asked, answer));
    }

    private static String awaitNotification(String method) {
        return "{'op':'awaitNotification','method':'%s','fresh':true,'timeout':5000}".formatted(method);
    }
}
