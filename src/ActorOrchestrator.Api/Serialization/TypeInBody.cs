using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>The <c>apiVersion</c> and <c>kind</c> that a body names, empty where it names none.</summary>
internal sealed record TypeInBody(string ApiVersion, string Kind)
{
    /// <summary>Reads no further than it must: clients write both first.</summary>
    public static TypeInBody Peek(Utf8JsonReader reader)
    {
        string? apiVersion = null, kind = null;
        if (reader.TokenType == JsonTokenType.None)
        {
            reader.Read();
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new KubeJsonException(
                $"json: cannot unmarshal {Codecs.DecodeState.Name(ref reader)} into Go value of type struct "
                + "{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; "
                + "Kind string \"json:\\\"kind,omitempty\\\"\" }");
        }

        while ((apiVersion is null || kind is null) && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isVersion = reader.ValueTextEquals("apiVersion"u8);
            var isKind = reader.ValueTextEquals("kind"u8);
            reader.Read();
            if (isVersion)
            {
                apiVersion = Text(ref reader, "apiVersion");
            }
            else if (isKind)
            {
                kind = Text(ref reader, "kind");
            }
            else
            {
                reader.Skip();
            }
        }

        return new(apiVersion ?? "", kind ?? "");
    }

    /// <exception cref="KubeJsonException">There is no such kind.</exception>
    public ResourceKind Registered()
    {
        if (Kind.Length == 0)
        {
            throw new KubeJsonException("Object 'Kind' is missing");
        }

        if (ApiVersion.Length == 0)
        {
            throw new KubeJsonException("Object 'apiVersion' is missing");
        }

        return KindRegistry.TryFindKind(ApiVersion, Kind, out var kind)
            ? kind
            : throw new KubeJsonException($"no kind \"{Kind}\" is registered for version \"{ApiVersion}\"");
    }

    /// <summary>Why an object of this type cannot stand for one of <paramref name="expected"/>, or null.</summary>
    public string? MismatchWith(ResourceKind expected)
    {
        if (ApiVersion.Length > 0 && ApiVersion != expected.ApiVersion)
        {
            return $"the API version in the data ({ApiVersion}) does not match the expected API version "
                + $"({expected.ApiVersion})";
        }

        if (Kind.Length == 0 || Kind == expected.Kind)
        {
            return null;
        }

        return KindRegistry.TryFindKind(expected.ApiVersion, Kind, out _)
            ? CannotBeHandled(expected, $"it is a {Kind}, not a {expected.Kind}")
            : CannotBeHandled(
                expected, $"no kind \"{Kind}\" is registered for version \"{expected.ApiVersion}\"");
    }

    public string CannotBeHandled(ResourceKind expected, string error)
    {
        var kind = Kind.Length > 0 ? Kind : expected.Kind;
        var version = ApiVersion.Length > 0 ? ApiVersion[(ApiVersion.IndexOf('/') + 1)..] : expected.Version;
        return $"{kind} in version \"{version}\" cannot be handled as a {expected.Kind}: {error}";
    }

    private static string Text(ref Utf8JsonReader reader, string field) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Null => "",
        _ => throw new KubeJsonException(
            $"json: cannot unmarshal {Codecs.DecodeState.Name(ref reader)} into "
            + $"Go struct field .{field} of type string"),
    };
}
