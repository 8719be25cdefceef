using System.Text.Json;

namespace ActorOrchestrator.Gateway.Discovery;

/// <summary>Discovery as every client since Kubernetes 1.0 reads it: meta/v1 APIVersions, APIGroupList, APIGroup and
/// APIResourceList.</summary>
internal static class LegacyDiscovery
{
    public static void WriteCoreVersions(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIVersions");
        json.WriteStartArray("versions");
        json.WriteStringValue("v1");
        json.WriteEndArray();
        json.WriteStartArray("serverAddressByClientCIDRs");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteGroups(Utf8JsonWriter json, IEnumerable<ApiGroup> groups)
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIGroupList");
        json.WriteString("apiVersion", "v1");
        json.WriteStartArray("groups");
        foreach (var group in groups)
        {
            WriteGroup(json, group, typed: false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteGroup(Utf8JsonWriter json, ApiGroup group, bool typed = true)
    {
        json.WriteStartObject();
        if (typed)
        {
            json.WriteString("kind", "APIGroup");
            json.WriteString("apiVersion", "v1");
        }

        json.WriteString("name", group.Name);
        json.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            WriteVersion(json, group, version.Name);
        }

        json.WriteEndArray();
        json.WritePropertyName("preferredVersion");
        WriteVersion(json, group, group.Versions[0].Name);
        json.WriteEndObject();
    }

    public static void WriteResources(Utf8JsonWriter json, ApiGroup group, ApiGroupVersion version)
    {
        json.WriteStartObject();
        json.WriteString("kind", "APIResourceList");
        json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", group.GroupVersion(version.Name));
        json.WriteStartArray("resources");
        foreach (var entry in version.Resources)
        {
            WriteResource(json, entry);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, ResourceEntry entry)
    {
        var kind = entry.Kind;
        json.WriteStartObject();
        json.WriteString("name", kind.Plural);
        json.WriteString("singularName", kind.Singular);
        json.WriteBoolean("namespaced", kind.Namespaced);
        json.WriteString("kind", kind.Kind);
        WriteStrings(json, "verbs", entry.Verbs);
        if (kind.ShortNames.Count > 0)
        {
            WriteStrings(json, "shortNames", kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            WriteStrings(json, "categories", kind.Categories);
        }

        json.WriteEndObject();
        foreach (var part in entry.Subresources)
        {
            json.WriteStartObject();
            json.WriteString("name", $"{kind.Plural}/{part.Name}");
            json.WriteString("singularName", "");
            json.WriteBoolean("namespaced", kind.Namespaced);
            if (part.Group != kind.Group)
            {
                json.WriteString("group", part.Group);
                json.WriteString("version", part.Version);
            }

            json.WriteString("kind", part.Kind);
            WriteStrings(json, "verbs", part.Verbs);
            json.WriteEndObject();
        }
    }

    public static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteVersion(Utf8JsonWriter json, ApiGroup group, string version)
    {
        json.WriteStartObject();
        json.WriteString("groupVersion", group.GroupVersion(version));
        json.WriteString("version", version);
        json.WriteEndObject();
    }
}
