using System.Text;
using System.Text.Json;
using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Images;

/// <summary>
/// Registry passwords out of Secrets of the types kubernetes.io/dockerconfigjson (<c>{"auths":{HOST:{…}}}</c>) and
/// kubernetes.io/dockercfg (<c>{HOST:{…}}</c>); an entry has username and password, or both in <c>auth</c>.
/// </summary>
public static class PullSecrets
{
    /// <summary>What the secrets offer for an image: the longest matching host and path first.</summary>
    public static IReadOnlyList<RegistryAuth> For(ImageReference image, IEnumerable<Secret> secrets) =>
        secrets.SelectMany(Entries)
            .Where(entry => Matches(entry.Key, image))
            .OrderByDescending(entry => entry.Key.Length)
            .Select(entry => entry.Auth)
            .ToList();

    private static IEnumerable<(string Key, RegistryAuth Auth)> Entries(Secret secret)
    {
        var isLegacy = SecretData.Bytes(secret, ".dockerconfigjson") is null;
        var bytes = SecretData.Bytes(secret, isLegacy ? ".dockercfg" : ".dockerconfigjson");
        if (bytes is null)
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(bytes);
            var auths = isLegacy ? json.RootElement
                : json.RootElement.TryGetProperty("auths", out var inner) ? inner : default;
            return auths.ValueKind == JsonValueKind.Object
                ? auths.EnumerateObject().Select(e => (Host(e.Name), Auth(e.Name, e.Value)))
                    .Where(e => e.Item2 is not null).Select(e => (e.Item1, e.Item2!)).ToList()
                : [];
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            throw new ContainerConfigException(
                $"image pull secret {secret.Metadata.Name} cannot be read: {unreadable.Message}");
        }
    }

    private static RegistryAuth? Auth(string server, JsonElement entry)
    {
        var user = Text(entry, "username");
        var password = Text(entry, "password");
        if (string.IsNullOrEmpty(user) && Text(entry, "auth") is { Length: > 0 } both)
        {
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(both)).Split(':', 2);
            (user, password) = (parts[0], parts.Length > 1 ? parts[1].TrimEnd('\0') : "");
        }

        return string.IsNullOrEmpty(user) ? null : new RegistryAuth(user, password ?? "", server);
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    /// <summary><c>https://index.docker.io/v1/</c> is how Docker writes <c>docker.io</c>.</summary>
    private static string Host(string server)
    {
        var host = server;
        foreach (var scheme in (string[])["https://", "http://"])
        {
            host = host.StartsWith(scheme, StringComparison.Ordinal) ? host[scheme.Length..] : host;
        }

        host = host.TrimEnd('/');
        foreach (var version in (string[])["/v1", "/v2"])
        {
            host = host.EndsWith(version, StringComparison.Ordinal) ? host[..^version.Length] : host;
        }

        return host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host;
    }

    /// <summary>The host must be equal, label by label where the entry has <c>*</c>; a path must be a prefix.</summary>
    private static bool Matches(string key, ImageReference image)
    {
        var parts = key.Split('/', 2);
        var wanted = parts[0].Split('.');
        var given = image.Registry.Split('.');
        var isHost = wanted.Length == given.Length
            && wanted.Zip(given).All(pair => pair.First == "*" || pair.First == pair.Second);
        return isHost && (parts.Length == 1 || image.Repository == parts[1]
            || image.Repository.StartsWith(parts[1] + "/", StringComparison.Ordinal));
    }
}
