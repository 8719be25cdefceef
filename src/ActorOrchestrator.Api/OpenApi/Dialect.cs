using System.Text.Json;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>Where OpenAPI 2.0 and 3.0 write the same thing in different ways.</summary>
internal abstract class Dialect
{
    public static readonly Dialect V2 = new Swagger();
    public static readonly Dialect V3 = new OpenApi3();

    /// <summary>A property or element of a named type; <paramref name="description"/> may be empty.</summary>
    public abstract void WriteReference(Utf8JsonWriter writer, string definition, string description);

    /// <summary>A parameter's type.</summary>
    public abstract void WriteParameterType(Utf8JsonWriter writer, string type);

    /// <summary>
    /// The body of a request, in a <c>parameters</c> array that is open (2.0) or as a field of its own (3.0).
    /// </summary>
    public abstract void WriteBodyParameter(Utf8JsonWriter writer, string definition);

    public abstract void WriteRequestBody(Utf8JsonWriter writer, string definition, ReadOnlySpan<string> contentTypes);

    public abstract void WriteResponse(Utf8JsonWriter writer, string? definition);

    /// <summary>The schema of a value that is an integer or a text, or a number or a text.</summary>
    public abstract void WriteEither(Utf8JsonWriter writer, string format, string first, string second);

    private sealed class Swagger : Dialect
    {
        public override void WriteReference(Utf8JsonWriter writer, string definition, string description)
        {
            if (description.Length > 0)
            {
                writer.WriteString("description", description);
            }

            writer.WriteString("$ref", "#/definitions/" + definition);
        }

        public override void WriteParameterType(Utf8JsonWriter writer, string type)
        {
            writer.WriteString("type", type);
            writer.WriteBoolean("uniqueItems", true);
        }

        public override void WriteBodyParameter(Utf8JsonWriter writer, string definition)
        {
            writer.WriteStartObject();
            writer.WriteString("name", "body");
            writer.WriteString("in", "body");
            writer.WriteBoolean("required", true);
            writer.WriteStartObject("schema");
            WriteReference(writer, definition, "");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        public override void WriteRequestBody(
            Utf8JsonWriter writer, string definition, ReadOnlySpan<string> contentTypes)
        {
            writer.WriteStartArray("consumes");
            foreach (var contentType in contentTypes)
            {
                writer.WriteStringValue(contentType);
            }

            writer.WriteEndArray();
        }

        public override void WriteResponse(Utf8JsonWriter writer, string? definition)
        {
            writer.WriteStartObject("schema");
            if (definition is null)
            {
                writer.WriteString("type", "string");
            }
            else
            {
                WriteReference(writer, definition, "");
            }

            writer.WriteEndObject();
        }

        /// <summary>2.0 has no way to say "either"; Kubernetes says text, and readers know the format.</summary>
        public override void WriteEither(Utf8JsonWriter writer, string format, string first, string second)
        {
            writer.WriteString("type", "string");
            if (format.Length > 0)
            {
                writer.WriteString("format", format);
            }
        }
    }

    private sealed class OpenApi3 : Dialect
    {
        /// <summary>What stands beside a <c>$ref</c> is ignored, so the reference goes into an <c>allOf</c>.</summary>
        public override void WriteReference(Utf8JsonWriter writer, string definition, string description)
        {
            if (description.Length > 0)
            {
                writer.WriteString("description", description);
            }

            writer.WriteStartArray("allOf");
            writer.WriteStartObject();
            writer.WriteString("$ref", "#/components/schemas/" + definition);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        public override void WriteParameterType(Utf8JsonWriter writer, string type)
        {
            writer.WriteStartObject("schema");
            writer.WriteString("type", type);
            writer.WriteBoolean("uniqueItems", true);
            writer.WriteEndObject();
        }

        public override void WriteBodyParameter(Utf8JsonWriter writer, string definition)
        {
            // 3.0 has a field of its own for it.
        }

        public override void WriteRequestBody(
            Utf8JsonWriter writer, string definition, ReadOnlySpan<string> contentTypes)
        {
            writer.WriteStartObject("requestBody");
            WriteContent(writer, definition, contentTypes);
            writer.WriteEndObject();
        }

        public override void WriteResponse(Utf8JsonWriter writer, string? definition)
        {
            if (definition is not null)
            {
                WriteContent(writer, definition, ["application/json"]);
            }
        }

        public override void WriteEither(Utf8JsonWriter writer, string format, string first, string second)
        {
            if (format.Length > 0)
            {
                writer.WriteString("format", format);
            }

            writer.WriteStartArray("oneOf");
            foreach (var type in (ReadOnlySpan<string>)[first, second])
            {
                writer.WriteStartObject();
                writer.WriteString("type", type);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        private static void WriteContent(Utf8JsonWriter writer, string definition, ReadOnlySpan<string> contentTypes)
        {
            writer.WriteStartObject("content");
            foreach (var contentType in contentTypes)
            {
                writer.WriteStartObject(contentType);
                writer.WriteStartObject("schema");
                writer.WriteString("$ref", "#/components/schemas/" + definition);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }
    }
}
