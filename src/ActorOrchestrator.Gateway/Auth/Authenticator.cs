using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Tells who sends a request: by client certificate, where there is an authority for them, or by bearer token
/// (RFC 6750).</summary>
internal sealed class Authenticator(ClientCertificates? certificates, TokenFile tokens)
{
    private const string Bearer = "Bearer ";

    /// <summary>The identity; <see cref="Identity.Anonymous"/> when nothing was shown; null when what was shown is
    /// wrong.</summary>
    public Identity? Authenticate(HttpContext http)
    {
        if (certificates?.Find(http) is { } holder)
        {
            return holder;
        }

        var header = http.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return http.Connection.ClientCertificate is null ? Identity.Anonymous : null;
        }

        var value = header.Count == 1 ? header[0] ?? "" : "";
        return value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? tokens.Find(value[Bearer.Length..].Trim())
            : null;
    }
}
