package io.mcpgate.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogNamesTest {
    private static final String PATH = "/mcp/";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "crm",
                "crm-2",
                "a-",
                "-a",
                "2crm",
                "Crm",
                "cRm",
                "crm_2",
                "crm/x",
                "crm/",
                "cr\u00fcm",
                "crm ",
                "crm%20",
                "abcdefghijklmnopqrstuvwxyz012345",
                "abcdefghijklmnopqrstuvwxyz0123456"
            })
    void knowsServerNamesInPathsAsTheirPatternDoes(String name) {
        assertThat(CatalogNames.isServerName(PATH + name, PATH.length()))
                .isEqualTo(CatalogNames.SERVER_NAME.matcher(name).matches());
    }
}
