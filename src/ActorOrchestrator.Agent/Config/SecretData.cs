using System.Text;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Config;

/// <summary>A Secret's values, which its <c>data</c> holds in base64.</summary>
public static class SecretData
{
    public static byte[]? Bytes(Secret secret, string key) =>
        secret.Data.TryGetValue(key, out var encoded) ? Decode(encoded) : null;

    public static string? Text(Secret secret, string key) =>
        Bytes(secret, key) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static IEnumerable<KeyValuePair<string, string>> Texts(Secret secret) =>
        secret.Data.Select(e => KeyValuePair.Create(e.Key, Encoding.UTF8.GetString(Decode(e.Value))));

    /// <summary>Stored objects are validated, so what is no base64 is a bug and not a user's mistake.</summary>
    public static byte[] Decode(string base64) => Convert.FromBase64String(base64);
}
