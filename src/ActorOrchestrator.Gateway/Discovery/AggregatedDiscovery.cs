using System.Text.Json;

namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>Discovery in one document (apidiscovery.k8s.io APIGroupDiscoveryList), as kubectl reads it since
/// 1.26.</summary>
internal static class AggregatedDiscovery
{
    public static void Write(Utf8JsonWriter json, IEnumerable<ApiGroup> groups, string version)
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIGroupDiscoveryList");
        json.WriteString("apiVersion", $"apidiscovery.k8s.io/{version}");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var group in groups)
        {
            WriteGroup(json, group);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGroup(Utf8JsonWriter json, ApiGroup group)
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        if (group.Name.Length > 0)
        {
            json.WriteString("name", group.Name);
        }

        json.WriteNull("creationTimestamp");
        json.WriteEndObject();
        json.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            json.WriteStartObject();
            json.WriteString("version", version.Name);
            json.WriteStartArray("resources");
            foreach (var entry in version.Resources)
            {
                WriteResource(json, entry);
            }

            json.WriteEndArray();
            json.WriteString("freshness", "Current");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, ResourceEntry entry)
    {
        var kind = entry.Kind;
        json.WriteStartObject();
        json.WriteString("resource", kind.Plural);
        WriteKind(json, kind.Group, kind.Version, kind.Kind);
        json.WriteString("scope", kind.Namespaced ? "Namespaced" : "Cluster");
        json.WriteString("singularResource", kind.Singular);
        LegacyDiscovery.WriteStrings(json, "verbs", entry.Verbs);
        if (kind.ShortNames.Count > 0)
        {
            LegacyDiscovery.WriteStrings(json, "shortNames", kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            LegacyDiscovery.WriteStrings(json, "categories", kind.Categories);
        }

        if (entry.Subresources.Count > 0)
        {
            json.WriteStartArray("subresources");
            foreach (var part in entry.Subresources)
            {
                json.WriteStartObject();
                json.WriteString("subresource", part.Name);
                WriteKind(json, part.Group, part.Version, part.Kind);
                LegacyDiscovery.WriteStrings(json, "verbs", part.Verbs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter json, string group, string version, string kind)
    {
        json.WriteStartObject("responseKind");
        json.WriteString("group", group);
        json.WriteString("version", version);
        json.WriteString("kind", kind);
        json.WriteEndObject();
    }
}
