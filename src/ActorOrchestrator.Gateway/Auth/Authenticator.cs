using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Tells who sends a request: by client certificate, where there is an authority for them, or by bearer token
/// (RFC 6750), a static one or a bootstrap token.</summary>
internal sealed class Authenticator(
    ClientCertificates? certificates, TokenFile tokens, BootstrapTokens bootstrap, IClusterView view)
{
    private const string Bearer = "Bearer ";

    /// <summary>What was shown; <see cref="Identity.Anonymous"/> for nothing.</summary>
    public Shown Authenticate(HttpContext http)
    {
        if (certificates?.Find(http) is { } holder)
        {
            return NodeIdentity.NameOf(holder.Identity) is { Length: > 0 } node
                && RemovedNodes.Refusal(view, node, holder.IssuedAt) is { } removed
                ? new(null, removed)
                : new(holder.Identity);
        }

        var header = http.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return new(http.Connection.ClientCertificate is null ? Identity.Anonymous : null);
        }

        var value = header.Count == 1 ? header[0] ?? "" : "";
        if (!value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return new(null);
        }

        var token = value[Bearer.Length..].Trim();
        return tokens.Find(token) is { } known
            ? new(known)
            : bootstrap.Judge(token, http.Connection.RemoteIpAddress);
    }
}

/// <param name="Who">Null when what was shown is wrong.</param>
/// <param name="Refusal">What is wrong, where that may be told.</param>
internal readonly record struct Shown(Identity? Who, Status? Refusal = null);
