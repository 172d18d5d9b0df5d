package io.mcpgate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcpgate.ErrorCode;
import io.mcpgate.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
            mem://{/id*}     | id | {}                | mem://* !resources: mem:///se%20cret
            mem://{.id}      | id | {}                | mem://* !resources: mem://.se cret
            mem://{#id}      | id | {}                | mem://* !resources: mem://#se cret
            mem://{;id}      | id | {}                | mem://* !resources: mem://;id=se%20cret
            mem://x{?id}     | id | {}                | mem://* !resources: mem://x?id=se%20cret
            mem://x{?t,id}   | id | {"t":"u"}         | mem://* !resources: mem://x?t=u&id=se%20cret
            mem://x{?t,id}   | id | {}                | mem://* !resources: mem://x?t={t}&id=se cret
            mem://x?y=1{&id} | id | {}                | mem://* !resources: mem://x?y=1&id=se%20cret
            mem://{t,id}     | id | {"t":"u"}         | mem://* !resources: mem://u*se%20cret
            mem://{id:2}     | id | {}                | mem://* !resources: mem://se
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
    @ValueSource(strings = {"mem://a", "mem://*"})
    void showsNothingWhenAValueHasNoPlaceInTheTemplate(String resources) {
        assertThat(result(complete("templates: *, resources: " + resources, "mem://{id}", "other", "{}")))
                .isEqualTo("{\"completion\":{\"values\":[],\"hasMore\":false}}");
    }

    @Test
    void showsNothingOfTheUriOfOneResource() {
        assertThat(result(complete("resources: mem://a", "mem://a", "id", "{}")))
                .isEqualTo("{\"completion\":{\"values\":[],\"hasMore\":false}}");
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
