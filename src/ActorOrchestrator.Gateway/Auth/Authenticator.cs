using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Tells who sends a request: by client certificate (CN = user, O = groups) or by bearer token (RFC
/// 6750).</summary>
internal sealed class Authenticator(X509Certificate2 authority, TokenFile tokens, TimeProvider time)
{
    private const string Bearer = "Bearer ";
    private const string CommonName = "2.5.4.3";
    private const string OrganizationName = "2.5.4.10";

    /// <summary>The key of a connection's checked certificate: a path is built once a connection, not once a
    /// request.</summary>
    private static readonly object ConnectionKey = new();

    /// <summary>The identity; <see cref="Identity.Anonymous"/> when nothing was shown; null when what was shown is
    /// wrong.</summary>
    public Identity? Authenticate(HttpContext http)
    {
        var certificate = FromCertificate(http);
        if (certificate is not null)
        {
            return certificate;
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

    private Identity? FromCertificate(HttpContext http)
    {
        var items = http.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(ConnectionKey, out var seen) && seen is Checked known)
        {
            return known.Until > time.GetUtcNow() ? known.Identity : null;
        }

        if (http.Connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        var identity = ClientChain.IsValidClient(certificate, authority, time.GetUtcNow()) ? Named(certificate) : null;
        items?[ConnectionKey] = new Checked(identity, certificate.NotAfter.ToUniversalTime());
        return identity;
    }

    private static Identity? Named(X509Certificate2 certificate)
    {
        string? user = null;
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                continue;
            }

            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    user = part.GetSingleElementValue();
                    break;
                case OrganizationName when part.GetSingleElementValue() is { Length: > 0 } group:
                    groups.Add(group);
                    break;
            }
        }

        return string.IsNullOrEmpty(user) ? null : Identity.Of(user, groups);
    }

    private sealed record Checked(Identity? Identity, DateTimeOffset Until);
}
