using System.Text.Json;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>The head that both kinds of document share. The version is that of the API, not of this program.</summary>
internal static class DocumentInfo
{
    public const string ApiVersion = "v1.35.0";

    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("info");
        writer.WriteString("title", "Kubernetes");
        writer.WriteString("version", ApiVersion);
        writer.WriteEndObject();
    }
}
