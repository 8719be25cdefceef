using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>
/// The cluster's certificates in one directory: <c>ca.crt/.key</c>, <c>apiserver.crt/.key</c>, <c>admin.crt/.key</c>,
/// <c>member.crt/.key</c> (for other members).
/// What is missing, close to its expiry, signed by another authority or lacks a name is made anew; the authority itself
/// is only ever made when there is none, because every client trusts exactly it. While it is exchanged
/// (<see cref="ClusterAuthority"/>), <c>ca.crt</c> holds two: the first one signs. The member's holds for as long as
/// the authority: the actor system takes another one only when it starts, and who has it has the authority's key beside
/// it, so that a shorter life would protect nothing.
/// </summary>
public sealed partial class Pki : IDisposable
{
    private const string AdminUser = "kubernetes-admin";
    private const string AdminGroup = "system:masters";
    private const string AuthorityFile = "ca";
    private const string AuthorityName = "actor-orchestrator-ca";

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
    private volatile AuthorityBundle _trusted;
    private volatile X509Certificate2 _authority;
    private X509Certificate2 _server;
    private X509Certificate2 _admin;
    private volatile X509Certificate2 _member;
    private volatile byte[] _membersSecret;

    private Pki(
        string directory, IReadOnlyList<string> names, TimeProvider time, ILogger log, AuthorityBundle trusted,
        X509Certificate2 authority)
    {
        _directory = directory;
        _serverNames = names;
        _time = time;
        _log = log;
        (_trusted, _authority, _membersSecret) = (trusted, authority, SecretOf(authority));
        (_server, _admin) = (EnsureServer(), EnsureAdmin());
        MemberAtStart = _member = EnsureMember();
        ServerContext = SslStreamCertificateContext.Create(_server, null, offline: true);
    }

    /// <summary>Whose certificates are believed; changes when the authority is exchanged.</summary>
    public AuthorityBundle Trusted => _trusted;

    /// <summary>The one that signs, with its key.</summary>
    public X509Certificate2 Authority => _authority;

    /// <summary>What this member shows to the API of others.</summary>
    public X509Certificate2 Member => _member;

    /// <summary>What its actor system shows to the others': it takes another one only when it starts.</summary>
    public X509Certificate2 MemberAtStart { get; }

    /// <summary>What the server presents in new handshakes; changes when the certificate is renewed.</summary>
    public SslStreamCertificateContext ServerContext { get; private set; }

    /// <summary>What a machine that joins gets, and every client.</summary>
    public string AuthorityPem => _trusted.Pem;

    /// <summary>For another member, which signs its own certificates.</summary>
    public string AuthorityKeyPem => KeyPem(_authority);

    /// <summary>32 bytes that members can know, and nobody else: derived from the authority's key, and other ones when
    /// that is exchanged.</summary>
    public byte[] MembersSecret => _membersSecret;

    /// <summary>The same, of a directory of keys that nobody has opened; null: it has no authority yet.</summary>
    /// <exception cref="InvalidDataException">The authority is no certificate with its key.</exception>
    public static byte[]? MembersSecretIn(string directory)
    {
        using var authority = Read(directory, AuthorityFile);
        return authority is null ? null : SecretOf(authority);
    }

    /// <summary>What this member says of itself.</summary>
    public TrustReport Report
    {
        get
        {
            lock (_renewing)
            {
                return new(_trusted.Pins, _trusted.IssuersOf(_server, _admin, MemberAtStart));
            }
        }
    }

    /// <summary>Reads the directory, and makes what it lacks.</summary>
    /// <exception cref="InvalidDataException">A file is there but is no certificate with its key.</exception>
    public static Pki Open(
        string directory, IReadOnlyList<string> extraServerNames, TimeProvider time, ILoggerFactory loggers)
    {
        PrivateFile.CreateDirectory(directory);
        var log = loggers.CreateLogger<Pki>();
        var authority = Read(directory, AuthorityFile);
        if (authority is null)
        {
            authority = CertificateRequests.Authority(AuthorityName, time.GetUtcNow(), AuthorityValidity);
            Write(directory, AuthorityFile, authority);
            LogMade(log, AuthorityFile, authority.NotAfter);
        }

        var trusted = AuthorityBundle.Parse(File.ReadAllText(Paths(directory, AuthorityFile).Certificate));
        return new Pki(directory, ServerNames.Of(extraServerNames), time, log, trusted, authority);
    }

    /// <summary>Puts the cluster's authorities into a directory of keys, unless they are there.</summary>
    /// <exception cref="InvalidDataException">It is no certificate with its key: nothing was changed.</exception>
    public static void Keep(string directory, ClusterAuthority authorities)
    {
        using var checkedFirst = Parse(authorities);
        var (certificate, key) = Paths(directory, AuthorityFile);
        PrivateFile.CreateDirectory(directory);
        if (!File.Exists(key) || File.ReadAllText(key) != authorities.SigningKey)
        {
            PrivateFile.Write(key, authorities.SigningKey);
        }

        if (!File.Exists(certificate) || File.ReadAllText(certificate) != authorities.Bundle)
        {
            PrivateFile.Write(certificate, authorities.Bundle);
        }
    }

    /// <summary>An authority for <see cref="ClusterAuthority.Rotate"/>. Its name is not that of another one, or clients
    /// that know both would have to try their keys.</summary>
    /// <returns>The certificate and its key, in PEM.</returns>
    public static (string Certificate, string Key) NewAuthority(DateTimeOffset now)
    {
        using var made = CertificateRequests.Authority(
            $"{AuthorityName}@{now.ToUnixTimeSeconds()}", now, AuthorityValidity);
        return (made.ExportCertificatePem(), KeyPem(made));
    }

    /// <summary>Takes the cluster's authorities over from now on: believes them, and makes what others signed anew.
    /// </summary>
    /// <returns>Whether they are others than before.</returns>
    /// <exception cref="InvalidDataException">It is no certificate with its key: nothing was changed.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public bool Adopt(ClusterAuthority authorities)
    {
        lock (_renewing)
        {
            var (authority, trusted) = (Parse(authorities), AuthorityBundle.Parse(authorities.Bundle));
            if (trusted.Pins == _trusted.Pins)
            {
                return false;
            }

            Keep(_directory, authorities);
            (_authority, _trusted, _membersSecret) = (authority, trusted, SecretOf(authority));
            Renew();
            _member = EnsureMember();
            LogAdopted(_log, authorities.Phase, string.Join(", ", _trusted.Pins));
            return true;
        }
    }

    /// <summary>Whether a certificate is a member's of this cluster: signed by its authority, valid now, and made for
    /// members.</summary>
    public bool IsMember(X509Certificate2? certificate) => certificate is not null
        && ClientChain.IsValidClient(certificate, _trusted, _time.GetUtcNow())
        && SubjectName.Has(certificate, Identity.Members);

    /// <summary>Whether a server's certificate is of this cluster and valid now, whatever its names.</summary>
    public bool IsServer(X509Certificate2 certificate) =>
        ClientChain.IsValidServer(certificate, _trusted, _time.GetUtcNow());

    /// <summary>Whether the API is reached under a name or an address.</summary>
    public bool Serves(string name) => _serverNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the leaves anew that are due; true when there were any.</summary>
    public bool RenewIfDue()
    {
        lock (_renewing)
        {
            return Renew();
        }
    }

    /// <summary>The administrator's kubeconfig for a server at <paramref name="serverUrl"/>.</summary>
    public string AdminKubeconfig(Uri serverUrl)
    {
        lock (_renewing)
        {
            return Kubeconfig.Render(
                serverUrl, AuthorityPem, AdminUser, _admin.ExportCertificatePem(), KeyPem(_admin));
        }
    }

    public void Dispose()
    {
        Authority.Dispose();
        _server.Dispose();
        _admin.Dispose();
        _member.Dispose();
        MemberAtStart.Dispose();
    }

    private bool Renew()
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

    private static X509Certificate2 Parse(ClusterAuthority authorities)
    {
        try
        {
            _ = AuthorityBundle.Parse(authorities.Bundle);
            return X509Certificate2.CreateFromPem(authorities.Certificates[0], authorities.SigningKey);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"the Secret {ClusterAuthority.Namespace}/{ClusterAuthority.Name} holds no authority with its key: "
                + cause.Message, cause);
        }
    }

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
                $"{certificate} and {key} are not a certificate with its key: {FailureWords.Of(cause)}", cause);
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
        using var key = KeyOf(certificate);
        return key.ExportECPrivateKeyPem() + "\n";
    }

    private static byte[] SecretOf(X509Certificate2 authority)
    {
        using var key = KeyOf(authority);
        var secret = key.ExportParameters(includePrivateParameters: true).D!;
        var derived = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, secret, SHA256.HashSizeInBytes, info: "orchestrator members"u8.ToArray());
        CryptographicOperations.ZeroMemory(secret);
        return derived;
    }

    private static ECDsa KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()
        ?? throw new InvalidDataException($"the certificate {certificate.Subject} has no ECDSA key");

    private static (string Certificate, string Key) Paths(string directory, string name) =>
        (Path.Combine(directory, name + ".crt"), Path.Combine(directory, name + ".key"));

    [LoggerMessage(
        GatewayEvents.CertificateMade, LogLevel.Information, "Made the certificate {Name}, valid until {End:u}")]
    private static partial void LogMade(ILogger log, string name, DateTime end);

    [LoggerMessage(
        GatewayEvents.AuthoritiesAdopted, LogLevel.Information,
        "The cluster's authorities are {Pins} now, of which the first one signs ({Phase})")]
    private static partial void LogAdopted(ILogger log, RotationPhase phase, string pins);
}
