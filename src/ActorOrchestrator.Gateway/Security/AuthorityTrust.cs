using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>Trust in exactly one authority: never the machine's trust store, never the network.</summary>
public static class AuthorityTrust
{
    /// <summary>How certificates are judged, whoever shows them; the caller may ask for more.</summary>
    public static X509ChainPolicy Policy(X509Certificate2 authority) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
