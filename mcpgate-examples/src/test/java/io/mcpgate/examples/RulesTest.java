package io.mcpgate.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The walls of the house: which module and package may know what. */
class RulesTest {
    private static final String[] LIBRARY = {
        "io.mcpgate",
        "io.mcpgate.audit",
        "io.mcpgate.policy",
        "io.mcpgate.route",
        "io.mcpgate.core..",
        "io.mcpgate.http..",
        "io.mcpgate.stdio..",
        "io.mcpgate.sdk..",
        "io.mcpgate.langchain4j.."
    };
    private static final String[] TRANSPORTS = {
        "io.mcpgate.http..", "io.mcpgate.stdio..", "io.mcpgate.sdk..", "io.mcpgate.langchain4j.."
    };
    private static final String[] API = {"io.mcpgate", "io.mcpgate.audit", "io.mcpgate.policy", "io.mcpgate.route"};

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(RulesTest::isNoTestJar)
            .importPackages("io.mcpgate");

    private static boolean isNoTestJar(Location location) {
        return !location.contains("-tests.jar") && !location.contains("/test-classes/");
    }

    @Nested
    class Dependencies {
        @Test
        void ofTheApiAreTheJdkAndJSpecify() {
            noClasses()
                    .that()
                    .resideInAnyPackage(API)
                    .should()
                    .dependOnClassesThat(not(resideInAnyPackage(
                            "java..",
                            "org.jspecify..",
                            "io.mcpgate",
                            "io.mcpgate.audit",
                            "io.mcpgate.policy",
                            "io.mcpgate.route")))
                    .check(CLASSES);
        }

        @Test
        void pointFromExamplesToTransportsToCoreToApi() {
            none("io.mcpgate.core..", and("io.mcpgate.examples..", TRANSPORTS));
            for (String transport : TRANSPORTS) {
                String[] others = Stream.of(TRANSPORTS)
                        .filter(other -> !other.equals(transport))
                        .toArray(String[]::new);
                none(transport, and("io.mcpgate.examples..", others));
            }
        }

        private String[] and(String one, String... others) {
            return Stream.concat(Stream.of(one), Stream.of(others)).toArray(String[]::new);
        }

        private void none(String from, String... to) {
            noClasses()
                    .that()
                    .resideInAPackage(from)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(to)
                    .check(CLASSES);
        }

        @Test
        void haveNoCycles() {
            slices().matching("io.mcpgate.core.(*)..").should().beFreeOfCycles().check(CLASSES);
            slices().matching("io.mcpgate.http.(*)..").should().beFreeOfCycles().check(CLASSES);
            slices().matching("io.mcpgate.(*)..").should().beFreeOfCycles().check(CLASSES);
        }

        /** Above, what stands in the root of a module belongs to no slice. */
        @Test
        void haveNoCyclesBetweenAnyTwoPackages() {
            slices().assignedFrom(new SliceAssignment() {
                        @Override
                        public SliceIdentifier getIdentifierOf(JavaClass type) {
                            return SliceIdentifier.of(type.getPackageName());
                        }

                        @Override
                        public String getDescription() {
                            return "packages";
                        }
                    })
                    .should()
                    .beFreeOfCycles()
                    .check(CLASSES.that(resideInAnyPackage(LIBRARY)));
        }
    }

    @Nested
    class Libraries {
        @Test
        void stayInTheirPackages() {
            confined(
                    "com.fasterxml.jackson..",
                    "io.mcpgate.core.json..",
                    "io.mcpgate.core.config..",
                    "io.mcpgate.langchain4j..");
            confined("com.fasterxml.jackson.databind..", "io.mcpgate.langchain4j..");
            confined("com.github.benmanes.caffeine..", "io.mcpgate.core.policy..");
            confined("io.github.bucket4j..", "io.mcpgate.core.limit..");
            confined("com.nimbusds..", "io.mcpgate.core.identity..");
            confined("io.micrometer..", "io.mcpgate.core.telemetry..", "io.mcpgate.examples..");
            confined("io.vertx..", "io.mcpgate.http.vertx..", "io.mcpgate.examples..");
            confined("io.netty..", "io.mcpgate.http.vertx..");
            confined("jakarta.servlet..", "io.mcpgate.http.servlet..", "io.mcpgate.examples..");
            confined("java.net.http..", "io.mcpgate.http.upstream..", "io.mcpgate.examples..");
            confined("reactor..", "io.mcpgate.sdk..");
            confined("io.modelcontextprotocol..", "io.mcpgate.sdk..", "io.mcpgate.examples..");
            confined("dev.langchain4j..", "io.mcpgate.langchain4j..", "io.mcpgate.examples..");
            confined("picocli..", "io.mcpgate.examples.cli..");
        }

        /** One that is not named here has no room yet. */
        @Test
        void areOnlyThese() {
            noClasses()
                    .that()
                    .resideInAnyPackage(LIBRARY)
                    .should()
                    .dependOnClassesThat(not(resideInAnyPackage(
                            "java..",
                            "javax.crypto..",
                            "io.mcpgate..",
                            "org.jspecify..",
                            "org.slf4j..",
                            "com.fasterxml.jackson..",
                            "com.github.benmanes.caffeine..",
                            "io.github.bucket4j..",
                            "io.micrometer..",
                            "io.vertx..",
                            "io.netty..",
                            "jakarta.servlet..",
                            "reactor..",
                            "io.modelcontextprotocol..",
                            "dev.langchain4j..")))
                    .check(CLASSES);
        }

        /** Otherwise what is said of them above would hold of nothing. */
        @Test
        void ofOtherStacksAreLookedAt() {
            assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                    .contains("io.mcpgate.sdk", "io.mcpgate.langchain4j", "io.mcpgate.examples.embed");
        }

        @Test
        void ofOtherStacksAreNotNeededByTheProgram() {
            noClasses()
                    .that()
                    .resideInAPackage("io.mcpgate.examples.cli..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(
                            "io.modelcontextprotocol..",
                            "dev.langchain4j..",
                            "io.mcpgate.sdk..",
                            "io.mcpgate.langchain4j.."))
                    .check(CLASSES);
        }

        private void confined(String library, String... rooms) {
            noClasses()
                    .that()
                    .resideInAPackage("io.mcpgate..")
                    .and(not(resideInAnyPackage(rooms)))
                    .should()
                    .dependOnClassesThat(resideInAPackage(library))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Nested
    class Politeness {
        @Test
        void hasNoStaticState() {
            fields().that()
                    .areStatic()
                    .and()
                    .areDeclaredInClassesThat()
                    .resideInAnyPackage(LIBRARY)
                    .should()
                    .beFinal()
                    .check(CLASSES);
        }

        @Test
        void doesNotEndTheProcessOrWriteToItsStreams() {
            noClasses()
                    .that()
                    .resideInAnyPackage(LIBRARY)
                    .should()
                    .callMethod(System.class, "exit", int.class)
                    .orShould()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .check(CLASSES);
        }

        @Test
        void usesNoThreadsThatNobodyCanClose() {
            noClasses()
                    .that()
                    .resideInAnyPackage(LIBRARY)
                    .should()
                    .callMethodWhere(JavaCall.Predicates.target(HasOwner.Predicates.With.owner(
                                    JavaClass.Predicates.equivalentTo(CompletableFuture.class)))
                            .and(JavaCall.Predicates.target(
                                    HasName.Predicates.nameMatching("orTimeout|completeOnTimeout|delayedExecutor"))))
                    .check(CLASSES);
        }
    }

    @Nested
    class Visibility {
        @Test
        void endsWhereAModuleExportsNothing() {
            Set<String> exported = modules()
                    .flatMap(module -> module.exports().stream())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
            assertThat(exported).contains("io.mcpgate", "io.mcpgate.core");

            List<String> strays = CLASSES.stream()
                    .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                    .filter(type -> !type.getPackageName().startsWith("io.mcpgate.examples"))
                    .filter(type -> !exported.contains(type.getPackageName()))
                    .map(JavaClass::getName)
                    .toList();

            assertThat(strays).as("public types that no module exports").isEmpty();
        }

        @Test
        void isThatOfOneModuleForEachPackage() {
            List<String> packages =
                    modules().flatMap(module -> module.packages().stream()).toList();

            assertThat(packages).contains("io.mcpgate", "io.mcpgate.http.vertx").doesNotHaveDuplicates();
        }

        private Stream<ModuleDescriptor> modules() {
            Path[] places = CLASSES.stream()
                    .map(type -> type.getSource().orElseThrow().getUri())
                    .map(RulesTest::root)
                    .distinct()
                    .toArray(Path[]::new);
            return ModuleFinder.of(places).findAll().stream().map(ModuleReference::descriptor);
        }
    }

    /** The jar or directory that a class was found in. */
    private static Path root(URI source) {
        String text = source.toString();
        if (text.startsWith("jar:")) {
            return Path.of(URI.create(text.substring("jar:".length(), text.indexOf("!/"))));
        }
        return Path.of(URI.create(text.substring(0, text.indexOf("/io/mcpgate/"))));
    }
}
