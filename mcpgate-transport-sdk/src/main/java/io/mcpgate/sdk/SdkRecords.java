package io.mcpgate.sdk;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import org.jspecify.annotations.Nullable;

/**
 * The few members of the most frequent records that the gateway decides by, so that a call need not be converted for them.
 * Every other record is converted.
 */
final class SdkRecords {
    private SdkRecords() {}

    /** Whether {@link #member} knows everything that this record may hold. */
    static boolean isKnown(Record record) {
        return record instanceof CallToolRequest
                || record instanceof CallToolResult
                || record instanceof ReadResourceRequest
                || record instanceof GetPromptRequest;
    }

    static @Nullable Object member(Record record, String name) {
        if (record instanceof CallToolRequest call) {
            return switch (name) {
                case "name" -> call.name();
                case "arguments" -> call.arguments();
                case "_meta" -> call.meta();
                default -> null;
            };
        }
        if (record instanceof CallToolResult result) {
            return switch (name) {
                case "isError" -> result.isError();
                case "content" -> result.content();
                case "structuredContent" -> result.structuredContent();
                case "_meta" -> result.meta();
                default -> null;
            };
        }
        if (record instanceof ReadResourceRequest read) {
            return switch (name) {
                case "uri" -> read.uri();
                case "_meta" -> read.meta();
                default -> null;
            };
        }
        GetPromptRequest prompt = (GetPromptRequest) record;
        return switch (name) {
            case "name" -> prompt.name();
            case "arguments" -> prompt.arguments();
            case "_meta" -> prompt.meta();
            default -> null;
        };
    }
}
