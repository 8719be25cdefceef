using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>
/// From when until when a certificate of a machine holds. It begins a little before it is issued, so that a peer whose
/// clock is behind accepts it; from that it is known when it was issued.
/// <code>
///   From ──5 min──► issued ─────────────80 %────────────► renewed ──────► Until
/// </code>
/// </summary>
public readonly record struct CertificateLife(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>As Kubernetes' signer has it.</summary>
    public static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);

    /// <summary>kubelet renews between 70 and 90 % of a certificate's life.</summary>
    private const double RenewedFrom = 0.75;

    private const double RenewedUntil = 0.85;

    public static CertificateLife Issued(DateTimeOffset at, TimeSpan lifetime) => new(at - Backdated, at + lifetime);

    public static CertificateLife Of(X509Certificate2 certificate) =>
        new(certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());

    public DateTimeOffset IssuedAt => From + Backdated;

    /// <summary>When it is to be renewed: about four fifths of it are over.</summary>
    /// <param name="draw">From 0 to 1, so that machines which joined together do not all ask together.</param>
    public DateTimeOffset RenewAt(double draw) =>
        IssuedAt + ((Until - IssuedAt) * (RenewedFrom + ((RenewedUntil - RenewedFrom) * draw)));
}
