using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>Trust in exactly these authorities: never the machine's trust store, never the network. There is one, or
/// two while it is exchanged; the first one signs.</summary>
public sealed class AuthorityBundle
{
    private AuthorityBundle(IReadOnlyList<X509Certificate2> all)
    {
        All = all;
        Pins = [.. all.Select(AuthorityPin.Of)];
    }

    public IReadOnlyList<X509Certificate2> All { get; }

    public X509Certificate2 Signer => All[0];

    /// <summary>By which machines that join know them (<see cref="AuthorityPin"/>).</summary>
    public ValueList<string> Pins { get; }

    public string Pem => string.Concat(All.Select(authority => authority.ExportCertificatePem() + "\n"));

    public static AuthorityBundle Of(X509Certificate2 authority) => new([authority]);

    /// <exception cref="CryptographicException">It holds no certificate, or something that is none.</exception>
    public static AuthorityBundle Parse(string pem)
    {
        var all = ClusterAuthority.Split(pem).Select(each => X509Certificate2.CreateFromPem(each)).ToList();
        return all.Count > 0 ? new(all) : throw new CryptographicException("there is no certificate in it");
    }

    /// <summary>How certificates are judged, whoever shows them; the caller may ask for more.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(All.ToArray());
        return policy;
    }

    /// <summary>The one whose key signed a certificate, whatever its dates; null: none of these.</summary>
    public X509Certificate2? IssuerOf(X509Certificate2 certificate) =>
        All.FirstOrDefault(authority => ClientChain.IsSignedBy(certificate, authority));

    /// <summary>The pins of those that signed some certificates.</summary>
    public ValueList<string> IssuersOf(params X509Certificate2[] certificates) =>
    [
        .. certificates.Select(certificate => IssuerOf(certificate) is { } issuer ? AuthorityPin.Of(issuer) : "other")
            .Distinct(),
    ];
}
