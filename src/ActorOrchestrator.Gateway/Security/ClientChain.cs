using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>Checks certificates against the cluster's authorities (<see cref="AuthorityBundle"/>).</summary>
internal static class ClientChain
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>A client certificate that one of our authorities signed and that is valid now (RFC 5280 path, EKU
    /// clientAuth).</summary>
    public static bool IsValidClient(X509Certificate2 certificate, AuthorityBundle trusted, DateTimeOffset now) =>
        IsValid(certificate, trusted, now, ClientAuthentication);

    /// <summary>The same of what a server shows; its names are the caller's to compare.</summary>
    public static bool IsValidServer(X509Certificate2 certificate, AuthorityBundle trusted, DateTimeOffset now) =>
        IsValid(certificate, trusted, now, ServerAuthentication);

    /// <summary>Whether the authority's key signed the certificate, whatever its dates.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain { ChainPolicy = AuthorityBundle.Of(authority).Policy() };
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private static bool IsValid(
        X509Certificate2 certificate, AuthorityBundle trusted, DateTimeOffset now, string purpose)
    {
        using var chain = new X509Chain { ChainPolicy = trusted.Policy() };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate);
    }
}
