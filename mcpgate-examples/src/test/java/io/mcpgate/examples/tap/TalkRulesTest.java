package io.mcpgate.examples.tap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the rules see what does not belong together. */
class TalkRulesTest {
    private static final String CALL =
            "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'x','_meta':{'progressToken':'t'}}}";
    private static final String PROGRESS =
            "{'jsonrpc':'2.0','method':'notifications/progress','params':{'progressToken':'t','progress':1}}";
    private static final String RESULT = "{'jsonrpc':'2.0','id':1,'result':{'content':[]}}";
    private static final String CANCEL =
            "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':2}}";

    private static List<JsonNode> messages(String... texts) {
        return Stream.of(texts).map(text -> Json.read(text.replace('\'', '"'))).toList();
    }

    @Test
    void findsNothingWhereAllBelongsTogether() {
        assertThat(TalkRules.inOrder(messages(PROGRESS, RESULT), messages(CALL)))
                .isEmpty();
        assertThat(TalkRules.answering(messages(RESULT, PROGRESS), messages(CALL)))
                .isEmpty();
        assertThat(TalkRules.asking(messages(CALL, CANCEL.replace("'requestId':2", "'requestId':1"))))
                .isEmpty();
    }

    @Test
    void seesProgressAfterTheEnd() {
        assertThat(TalkRules.inOrder(messages(RESULT, PROGRESS), messages(CALL)))
                .singleElement()
                .asString()
                .startsWith("progress");
    }

    @Test
    void seesProgressOfNothing() {
        assertThat(TalkRules.answering(messages(PROGRESS.replace("'t'", "'u'")), messages(CALL)))
                .isNotEmpty();
    }

    @Test
    void seesASecondResponseAndOneToAnotherId() {
        assertThat(TalkRules.inOrder(messages(RESULT, RESULT), messages(CALL))).hasSize(1);
        assertThat(TalkRules.inOrder(messages(RESULT.replace("'id':1", "'id':'1'")), messages(CALL)))
                .hasSize(1);
    }

    @Test
    void seesAnIdThatIsUsedTwiceAndOneThatWasNeverAsked() {
        assertThat(TalkRules.asking(messages(CALL, CALL))).hasSize(1);
        assertThat(TalkRules.asking(messages(CALL, CANCEL))).hasSize(1);
    }
}
