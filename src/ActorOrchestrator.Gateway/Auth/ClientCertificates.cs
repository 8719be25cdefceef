using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Security;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Tells who sends a request by the client certificate of its connection: CN = user, O = groups. When the
/// authorities change, those of open connections are judged again.</summary>
/// <param name="trusted">Who must have signed it.</param>
/// <param name="time">When it must be valid.</param>
internal sealed class ClientCertificates(Func<AuthorityBundle> trusted, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string OrganizationName = "2.5.4.10";

    /// <summary>The key of a connection's checked certificate: a path is built once a connection, not once a
    /// request.</summary>
    private static readonly object ConnectionKey = new();

    /// <summary>Null when no certificate was shown, or one that does not count.</summary>
    public Holder? Find(HttpContext http)
    {
        var items = http.Features.Get<IConnectionItemsFeature>()?.Items;
        var by = trusted();
        if (items is not null && items.TryGetValue(ConnectionKey, out var seen) && seen is Checked known
            && ReferenceEquals(known.By, by))
        {
            return known.Life.Until > time.GetUtcNow() ? known.Holder : null;
        }

        if (http.Connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        var identity = ClientChain.IsValidClient(certificate, by, time.GetUtcNow()) ? Named(certificate) : null;
        var life = CertificateLife.Of(certificate);
        var holder = identity is null ? null : new Holder(identity, life.IssuedAt);
        items?[ConnectionKey] = new Checked(holder, life, by);
        return holder;
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

    private sealed record Checked(Holder? Holder, CertificateLife Life, AuthorityBundle By);
}

/// <param name="Identity">Who holds a certificate.</param>
/// <param name="IssuedAt">When it was issued, if it is a machine's.</param>
internal sealed record Holder(Identity Identity, DateTimeOffset IssuedAt);
