package io.mcpgate.examples.tap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the schemas and rules see what is wrong: a judge who finds nothing may be asleep. */
class SchemasTest {
    private final Schemas schemas = new Schemas();

    @BeforeAll
    static void assumeSchemas() {
        Schemas.assume();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2024-11-05 | tools/list | {'jsonrpc':'2.0','id':1,'result':{}}",
                "2025-03-26 | tools/call | {'jsonrpc':'2.0','id':1,'result':{'content':'text'}}",
                "2025-06-18 | notifications/progress | {'jsonrpc':'2.0','method':'notifications/progress','params':{}}",
                "2025-11-25 | initialize | {'jsonrpc':'2.0','id':1,'result':{'capabilities':{}}}",
                "2025-11-25 | elicitation/create | {'jsonrpc':'2.0','id':1,'method':'elicitation/create','params':{'message':1}}",
                "2026-07-28 | tools/list | {'jsonrpc':'2.0','id':1,'result':{'tools':[]}}",
                "2026-07-28 | tools/call | {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'echo'}}",
                "2026-07-28 | tools/call | {'jsonrpc':'2.0','id':1,'error':{'code':-32022,'message':'no'}}",
                "2026-07-28 | tools/call | {'jsonrpc':'2.0','id':1.5,'error':{'code':1,'message':'no'}}",
            })
    void seesWhatTheRevisionForbids(String revision, String method, String message) {
        assertThat(schemas.problems(spoken(revision, method, message))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2024-11-05 | tools/list | {'jsonrpc':'2.0','id':1,'result':{'tools':[]}}",
                "2025-06-18 | ping | {'jsonrpc':'2.0','id':'a','result':{}}",
                "2025-11-25 | no/such | {'jsonrpc':'2.0','id':1,'error':{'code':-32601,'message':'no'}}",
                "2026-07-28 | tools/call | {'jsonrpc':'2.0','id':1,'result':{'resultType':'complete','content':[]}}",
            })
    void findsNothingInWhatIsRight(String revision, String method, String message) {
        Spoken spoken = spoken(revision, method, message);

        assertThat(schemas.problems(spoken)).isEmpty();
        assertThat(WireRules.problems(spoken)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2025-11-25 | tools/call | {'jsonrpc':'2.0','id':1,'result':{'resultType':'complete','content':[]}}",
                "2026-07-28 | roots/list | {'jsonrpc':'2.0','id':1,'method':'roots/list'}",
                "2026-07-28 | notifications/tools/list_changed | {'jsonrpc':'2.0','method':'notifications/tools/list_changed'}",
            })
    void seesWhatBelongsToTheOtherEra(String revision, String method, String message) {
        assertThat(WireRules.problems(spoken(revision, method, message))).isNotEmpty();
    }

    private static Spoken spoken(String revision, String method, String message) {
        return new Spoken(Spoken.CLIENT, revision, method, Json.read(message.replace('\'', '"')));
    }
}
