package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A completion shows no value that names what is hidden. */
class CompletionPolicyTest extends PolicyFixture {
    private static final String VALUES =
            "{\"completion\":{\"values\":[\"a\", \"se cret\"],\"total\":2,\"hasMore\":false}}";

    private Reply complete(String rules, String template, String argument, String context) {
        return bench("legacy", rules)
                .answering("completion/complete", VALUES)
                .ask(
                        "completion/complete",
                        "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"" + template
                                + "\"},\"argument\":{\"name\":\"" + argument
                                + "\",\"value\":\"\"},\"context\":{\"arguments\":" + context + "}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mem://{id}       | id | {}                | mem://a
            mem://{id}       | id | {}                | mem://* !resources: mem://se%20cret
            mem://{+id}      | id | {}                | mem://* !resources: mem://se cret
            crm://{t}/{id}   | id | {"t":"acme"}      | crm://acme/a*
            crm://{t}/{id}   | t  | {}                | crm://a/*
            """)
    void showsNoValueThatNamesAHiddenResource(String template, String argument, String context, String resources) {
        Reply reply = complete("templates: *, resources: " + resources, template, argument, context);

        assertThat(result(reply)).isEqualTo("{\"completion\":{\"values\":[\"a\"],\"hasMore\":false}}");
    }

    @Test
    void isLeftAloneWhenNothingIsHidden() {
        assertThat(result(complete("templates: *, resources: mem://*", "mem://{id}", "id", "{}")))
                .isEqualTo(VALUES);
    }

    @ParameterizedTest
    @CsvSource({"mem://{/id*}, id", "mem://{id}, other"})
    void showsNothingToWhomNotTheWholeTemplateIsOpenWhenAValueHasNoPlaceInIt(String template, String argument) {
        assertThat(result(complete("templates: *, resources: mem://a", template, argument, "{}")))
                .isEqualTo("{\"completion\":{\"values\":[],\"hasMore\":false}}");
        assertThat(result(complete("templates: *, resources: mem://*", template, argument, "{}")))
                .isEqualTo(VALUES);
    }

    @Test
    void isNotPassedOnWhenItCannotBeFiltered() {
        PolicyBench bench = bench("legacy", EVERYTHING).answering("completion/complete", "{\"completion\":[\"a\"]}");

        Reply reply = bench.ask("completion/complete", "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"mem://{id}\"}}");

        assertThat(failure(reply).kind()).isEqualTo(ErrorCode.BAD_UPSTREAM);
    }

    @Test
    void ofAPromptIsThePromptsBusiness() {
        Reply reply = bench("legacy", "prompts: greet")
                .answering("completion/complete", VALUES)
                .ask("completion/complete", "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"greet\"}}");

        assertThat(result(reply)).isEqualTo(VALUES);
    }
}
