using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>By which a machine knows an authority that it has never seen: the SHA-256 of its public key, which stays
/// when its certificate is made anew.</summary>
public static class AuthorityPin
{
    /// <summary>As <c>openssl x509 -pubkey | openssl pkey -pubin -outform der | sha256sum</c> has it.</summary>
    public static string Of(X509Certificate2 authority) =>
        Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));

    public static bool Fits(X509Certificate2 authority, string pin) =>
        string.Equals(Of(authority), pin, StringComparison.Ordinal);
}
