using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>Checks certificates against one authority (<see cref="AuthorityTrust"/>).</summary>
internal static class ClientChain
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>A client certificate that our authority signed and that is valid now (RFC 5280 path, EKU
    /// clientAuth).</summary>
    public static bool IsValidClient(X509Certificate2 certificate, X509Certificate2 authority, DateTimeOffset now)
    {
        using var chain = Chain(authority);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }

    /// <summary>Whether the authority's key signed the certificate, whatever its dates.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = Chain(authority);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private static X509Chain Chain(X509Certificate2 authority) =>
        new() { ChainPolicy = AuthorityTrust.Policy(authority) };
}
