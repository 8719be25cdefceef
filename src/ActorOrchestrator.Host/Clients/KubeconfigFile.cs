using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Clients;

/// <summary>What the current context of a kubeconfig says: the server, its authority, and who asks.</summary>
/// <param name="Server">Where the API is.</param>
/// <param name="Authorities">Whose certificates its servers have.</param>
/// <param name="Certificate">Of the user; null: it has a token.</param>
/// <param name="Token">Of the user; null: it has a certificate.</param>
internal sealed record KubeconfigFile(
    Uri Server, AuthorityBundle Authorities, X509Certificate2? Certificate, string? Token)
{
    /// <exception cref="ServerStartException">The file cannot be used, in words for its user.</exception>
    public static KubeconfigFile Read(string path)
    {
        try
        {
            var documents = KubeYaml.ToJson(File.ReadAllText(path));
            return Of(JsonNode.Parse(documents[0])!, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ServerStartException($"{path} does not exist: the server writes it into its data directory when "
                + "it starts (--data-dir names that, --kubeconfig another file)", missing);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or KubeJsonException
            or JsonException or InvalidOperationException or FormatException or UriFormatException
            or CryptographicException or ArgumentException)
        {
            throw new ServerStartException($"the kubeconfig {path} cannot be used: {FailureWords.Of(wrong)}", wrong);
        }
    }

    private static KubeconfigFile Of(JsonNode config, string directory)
    {
        var context = Named(config, "contexts", Text(config, "current-context")
            ?? throw new FormatException("it has no current-context"), "context");
        var cluster = Named(config, "clusters", Text(context, "cluster") ?? "", "cluster");
        var user = Named(config, "users", Text(context, "user") ?? "", "user");
        var authority = Content(cluster, "certificate-authority", directory)
            ?? throw new FormatException("it names no certificate-authority");
        var (certificate, key) = (
            Content(user, "client-certificate", directory), Content(user, "client-key", directory));
        return new(
            new Uri(Text(cluster, "server") ?? throw new FormatException("it names no server")),
            AuthorityBundle.Parse(authority),
            certificate is not null && key is not null ? WithKey(certificate, key) : null,
            Text(user, "token"));
    }

    /// <summary>TLS wants the key in a store.</summary>
    private static X509Certificate2 WithKey(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPem(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }

    private static JsonNode Named(JsonNode config, string list, string name, string part) =>
        (config[list] as JsonArray)?.FirstOrDefault(each => each is not null && Text(each, "name") == name)?[part]
        ?? throw new FormatException($"its {list} have none of the name \"{name}\"");

    private static string? Content(JsonNode from, string key, string directory) =>
        Text(from, $"{key}-data") is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : Text(from, key) is { } file ? File.ReadAllText(Path.Combine(directory, file))
        : null;

    private static string? Text(JsonNode from, string key) =>
        from[key] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
