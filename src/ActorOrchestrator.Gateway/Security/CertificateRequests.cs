using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>The certificates of a cluster, as Kubernetes lays them out: ECDSA P-256, SHA-256 (RFC 5280).</summary>
internal static class CertificateRequests
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>The authority is valid from a day before it is made, and so is all that it signs: a peer whose clock is
    /// behind accepts them, and so do we when our own clock was ahead and is set back.</summary>
    private static readonly TimeSpan ClockSkewAllowed = TimeSpan.FromDays(1);

    public static X509Certificate2 Authority(string commonName, DateTimeOffset now, TimeSpan validity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - ClockSkewAllowed, now + validity);
    }

    public static X509Certificate2 Server(
        X509Certificate2 authority, string commonName, IEnumerable<string> subjectNames, DateTimeOffset now,
        TimeSpan validity)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in subjectNames)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        return Issue(authority, $"CN={commonName}", [ServerAuthentication], now, validity, names.Build());
    }

    /// <summary>A client certificate: the common name is the user, each organization one of its groups.</summary>
    public static X509Certificate2 Client(
        X509Certificate2 authority, string user, IReadOnlyList<string> groups, DateTimeOffset now, TimeSpan validity)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }

        subject.AddCommonName(user);
        return Issue(authority, subject.Build().Name, [ClientAuthentication], now, validity, null);
    }

    /// <summary>A member's certificate: it calls others and is called by them.</summary>
    public static X509Certificate2 Member(
        X509Certificate2 authority, string commonName, string group, DateTimeOffset now, TimeSpan validity)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(group);
        subject.AddCommonName(commonName);
        return Issue(
            authority, subject.Build().Name, [ServerAuthentication, ClientAuthentication], now, validity, null);
    }

    /// <summary>What a machine shows to the API, for a key that it made itself.</summary>
    public static X509Certificate2 NodeClient(
        X509Certificate2 authority, CertificateLife life, X500DistinguishedName subject, PublicKey key) =>
        Sign(authority, new CertificateRequest(subject, key, HashAlgorithmName.SHA256), [ClientAuthentication], life);

    /// <summary>What a machine shows to members, for a key that it made itself.</summary>
    public static X509Certificate2 NodeServer(
        X509Certificate2 authority, CertificateLife life, X500DistinguishedName subject, PublicKey key,
        X509Extension names)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names);
        return Sign(authority, request, [ServerAuthentication], life);
    }

    private static X509Certificate2 Issue(
        X509Certificate2 authority, string subject, IReadOnlyList<string> purposes, DateTimeOffset now,
        TimeSpan validity, X509Extension? subjectNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (subjectNames is not null)
        {
            request.CertificateExtensions.Add(subjectNames);
        }

        var first = new DateTimeOffset(authority.NotBefore.ToUniversalTime());
        using var issued = Sign(
            authority, request, purposes, new CertificateLife(first, (now > first ? now : first) + validity));
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Sign(
        X509Certificate2 authority, CertificateRequest request, IReadOnlyList<string> purposes, CertificateLife life)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [.. purposes.Select(purpose => new Oid(purpose))], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        // A leaf must not outlive its authority, or clients would see a chain that ends early; nor be older.
        var first = new DateTimeOffset(authority.NotBefore.ToUniversalTime());
        var last = new DateTimeOffset(authority.NotAfter.ToUniversalTime());
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return request.Create(
            authority, life.From > first ? life.From : first, life.Until < last ? life.Until : last, serial);
    }
}
