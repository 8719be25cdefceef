using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>
/// The cluster's certificates in one directory: <c>ca.crt/.key</c>, <c>apiserver.crt/.key</c>, <c>admin.crt/.key</c>,
/// <c>member.crt/.key</c> (for other members).
/// What is missing, close to its expiry, signed by another authority or lacks a name is made anew; the authority itself
/// is only ever made when there is none, because every client trusts exactly it. The member's holds for as long as the
/// authority: the actor system takes another one only when it starts, and who has it has the authority's key beside it,
/// so that a shorter life would protect nothing.
/// </summary>
public sealed partial class Pki : IDisposable
{
    private const string AdminUser = "kubernetes-admin";
    private const string AdminGroup = "system:masters";

    private static readonly TimeSpan AuthorityValidity = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafValidity = TimeSpan.FromDays(365);

    /// <summary>A leaf is renewed this long before its end: long enough for a machine that is off for a
    /// month.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(60);

    private readonly string _directory;
    private readonly IReadOnlyList<string> _serverNames;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _renewing = new();
    private X509Certificate2 _server;
    private X509Certificate2 _admin;

    private Pki(
        string directory, IReadOnlyList<string> names, TimeProvider time, ILogger log, X509Certificate2 authority)
    {
        _directory = directory;
        _serverNames = names;
        _time = time;
        _log = log;
        Authority = authority;
        (_server, _admin) = (EnsureServer(), EnsureAdmin());
        Member = EnsureMember();
        ServerContext = SslStreamCertificateContext.Create(_server, null, offline: true);
    }

    public X509Certificate2 Authority { get; }

    /// <summary>What this member shows to the others, whichever of them calls.</summary>
    public X509Certificate2 Member { get; }

    /// <summary>What the server presents in new handshakes; changes when the certificate is renewed.</summary>
    public SslStreamCertificateContext ServerContext { get; private set; }

    public string AuthorityPem => Authority.ExportCertificatePem();

    /// <summary>For another member, which signs its own certificates.</summary>
    public string AuthorityKeyPem => KeyPem(Authority);

    /// <summary>Reads the directory, and makes what it lacks.</summary>
    /// <exception cref="InvalidDataException">A file is there but is no certificate with its key.</exception>
    public static Pki Open(
        string directory, IReadOnlyList<string> extraServerNames, TimeProvider time, ILoggerFactory loggers)
    {
        PrivateFile.CreateDirectory(directory);
        var log = loggers.CreateLogger<Pki>();
        var authority = Read(directory, "ca");
        if (authority is null)
        {
            authority = CertificateRequests.Authority("actor-orchestrator-ca", time.GetUtcNow(), AuthorityValidity);
            Write(directory, "ca", authority);
            LogMade(log, "ca", authority.NotAfter);
        }

        return new Pki(directory, ServerNames.Of(extraServerNames), time, log, authority);
    }

    /// <summary>Whether a certificate is a member's of this cluster: signed by its authority, valid now, and made for
    /// members.</summary>
    public bool IsMember(X509Certificate2? certificate) => certificate is not null
        && ClientChain.IsValidClient(certificate, Authority, _time.GetUtcNow())
        && SubjectName.Has(certificate, Identity.Members);

    /// <summary>Whether the API is reached under a name or an address.</summary>
    public bool Serves(string name) => _serverNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the leaves anew that are due; true when there were any.</summary>
    public bool RenewIfDue()
    {
        lock (_renewing)
        {
            var (server, admin) = (EnsureServer(_server), EnsureAdmin(_admin));
            var changed = !ReferenceEquals(server, _server) || !ReferenceEquals(admin, _admin);
            if (!ReferenceEquals(server, _server))
            {
                ServerContext = SslStreamCertificateContext.Create(server, null, offline: true);
            }

            (_server, _admin) = (server, admin);
            return changed;
        }
    }

    /// <summary>The administrator's kubeconfig for a server at <paramref name="serverUrl"/>.</summary>
    public string AdminKubeconfig(Uri serverUrl) => Kubeconfig.Render(
        serverUrl, AuthorityPem, AdminUser, _admin.ExportCertificatePem(), KeyPem(_admin));

    public void Dispose()
    {
        Authority.Dispose();
        _server.Dispose();
        _admin.Dispose();
        Member.Dispose();
    }

    private X509Certificate2 EnsureServer(X509Certificate2? known = null)
    {
        var current = known ?? Read(_directory, "apiserver");
        return current is not null && IsGood(current) && _serverNames.All(name => Carries(current, name))
            ? current
            : Make("apiserver", CertificateRequests.Server(
                Authority, "kube-apiserver", _serverNames, _time.GetUtcNow(), LeafValidity));
    }

    private X509Certificate2 EnsureAdmin(X509Certificate2? known = null)
    {
        var current = known ?? Read(_directory, "admin");
        return current is not null && IsGood(current)
            ? current
            : Make("admin", CertificateRequests.Client(
                Authority, AdminUser, [AdminGroup], _time.GetUtcNow(), LeafValidity));
    }

    private X509Certificate2 EnsureMember()
    {
        var current = Read(_directory, "member");
        var now = _time.GetUtcNow();
        return current is not null && current.NotAfter >= Authority.NotAfter
            && ClientChain.IsSignedBy(current, Authority)
            ? current
            : Make("member", CertificateRequests.Member(
                Authority, "member", Identity.Members, now, new DateTimeOffset(Authority.NotAfter) - now));
    }

    private X509Certificate2 Make(string name, X509Certificate2 certificate)
    {
        Write(_directory, name, certificate);
        LogMade(_log, name, certificate.NotAfter);
        return certificate;
    }

    private bool IsGood(X509Certificate2 certificate) =>
        _time.GetUtcNow() < new DateTimeOffset(certificate.NotAfter.ToUniversalTime()) - RenewBefore
        && ClientChain.IsSignedBy(certificate, Authority);

    private static bool Carries(X509Certificate2 certificate, string name) =>
        certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false);

    private static X509Certificate2? Read(string directory, string name)
    {
        var (certificate, key) = Paths(directory, name);
        if (!File.Exists(certificate) && !File.Exists(key))
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{certificate} and {key} are not a certificate with its key: {cause.Message}", cause);
        }
    }

    private static void Write(string directory, string name, X509Certificate2 certificate)
    {
        var (path, key) = Paths(directory, name);
        PrivateFile.Write(key, KeyPem(certificate));
        PrivateFile.Write(path, certificate.ExportCertificatePem() + "\n");
    }

    private static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()
            ?? throw new InvalidDataException($"the certificate {certificate.Subject} has no ECDSA key");
        return key.ExportECPrivateKeyPem() + "\n";
    }

    private static (string Certificate, string Key) Paths(string directory, string name) =>
        (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));

    [LoggerMessage(
        GatewayEvents.CertificateMade, LogLevel.Information, "Made the certificate {Name}, valid until {End:u}")]
    private static partial void LogMade(ILogger log, string name, DateTime end);
}
