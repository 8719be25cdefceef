using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Remote;

/// <summary>The certificates of a machine that only runs pods. They are renewed while it runs: what was taken before
/// stays usable.</summary>
internal sealed class NodeCertificates
{
    private const string Next = ".next";

    private readonly ControlSettings _settings;
    private readonly string _node;

    private NodeCertificates(ControlSettings settings, string node)
    {
        (_settings, _node) = (settings, node);
        Trusted = Read(settings.AuthorityFile, AuthorityBundle.Parse);
        (Client, Server) = Load();
        ServerContext = SslStreamCertificateContext.Create(Server, null, offline: true);
    }

    /// <summary>Whom the machine believes; changes when the cluster's authority is exchanged.</summary>
    public AuthorityBundle Trusted { get; private set; }

    /// <summary>What it says of itself.</summary>
    public TrustReport Report => new(Trusted.Pins, Trusted.IssuersOf(Client, Server));

    /// <summary>Whether those of the machine are of the authority that signs now.</summary>
    public bool AreOfSigner => Report.Shows.All(shown => shown == Trusted.Pins[0]);

    /// <summary>What the machine shows to the API.</summary>
    public X509Certificate2 Client { get; private set; }

    /// <summary>What it shows to members.</summary>
    public X509Certificate2 Server { get; private set; }

    /// <summary>The same, for new handshakes.</summary>
    public SslStreamCertificateContext ServerContext { get; private set; }

    /// <summary>When the first of the two ends, and when it was issued.</summary>
    public CertificateLife Life
    {
        get
        {
            var (client, server) = (CertificateLife.Of(Client), CertificateLife.Of(Server));
            return client.Until <= server.Until ? client : server;
        }
    }

    /// <exception cref="ServerStartException">A file is missing, is no certificate, or is another node's.</exception>
    public static NodeCertificates Read(ControlSettings settings, string node) => new(settings, node);

    /// <summary>Puts new ones in the place of those that there are, if any, so that whatever ends it leaves a
    /// certificate with its key.</summary>
    public static void Write(ControlSettings settings, NodeRequests keys, NodeGrant signed)
    {
        Write(settings.CertificateFile, settings.KeyFile, signed.ClientCertificate, keys.ClientKey);
        Write(settings.ServerCertificateFile, settings.ServerKeyFile, signed.ServerCertificate, keys.ServerKey);
    }

    /// <summary>The addresses that members reach the machine by, as its present certificate has them.</summary>
    public IEnumerable<IPAddress> Addresses => Server.Extensions
        .OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateIPAddresses());

    /// <summary>Takes new ones over, and keeps them.</summary>
    public void Replace(NodeRequests keys, NodeGrant signed)
    {
        Write(_settings, keys, signed);
        (Client, Server) = Load();
        ServerContext = SslStreamCertificateContext.Create(Server, null, offline: true);
    }

    /// <summary>Believes others from now on, and keeps that.</summary>
    /// <returns>Whether they are others.</returns>
    /// <exception cref="CryptographicException">Those are no certificates.</exception>
    public bool Trust(string authorities)
    {
        var trusted = AuthorityBundle.Parse(authorities);
        if (trusted.Pins == Trusted.Pins)
        {
            return false;
        }

        PrivateFile.Write(_settings.AuthorityFile, trusted.Pem);
        Trusted = trusted;
        return true;
    }

    private (X509Certificate2 Client, X509Certificate2 Server) Load()
    {
        var client = Read(_settings.CertificateFile, _settings.KeyFile);
        var user = client.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (user != NodeIdentity.UserOf(_node))
        {
            throw new ServerStartException(
                $"{_settings.CertificateFile} is of {user}, and this machine is node {_node} (node.name)");
        }

        var server = Read(_settings.ServerCertificateFile, _settings.ServerKeyFile);
        return server.MatchesHostname(_node, allowWildcards: false, allowCommonName: false)
            ? (client, server)
            : throw new ServerStartException(
                $"{_settings.ServerCertificateFile} does not have the node's name, {_node}, among its names");
    }

    private static void Write(string certificateFile, string keyFile, string certificate, string key)
    {
        PrivateFile.Write(keyFile + Next, key);
        PrivateFile.Write(certificateFile, certificate + "\n");
        File.Move(keyFile + Next, keyFile, overwrite: true);
    }

    /// <summary>Whoever was ended between a certificate and its key left the key beside.</summary>
    private static X509Certificate2 Read(string certificate, string key)
    {
        if (!File.Exists(key + Next))
        {
            return Read(certificate, pem => X509Certificate2.CreateFromPem(pem, ReadText(key)));
        }

        try
        {
            var found = X509Certificate2.CreateFromPem(ReadText(certificate), ReadText(key + Next));
            File.Move(key + Next, key, overwrite: true);
            return found;
        }
        catch (Exception older) when (older is CryptographicException or ArgumentException)
        {
            return Read(certificate, pem => X509Certificate2.CreateFromPem(pem, ReadText(key)));
        }
    }

    private static T Read<T>(string file, Func<string, T> parse)
    {
        try
        {
            return parse(ReadText(file));
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new ServerStartException($"{file} is no certificate with its key: {wrong.Message}", wrong);
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"{file} cannot be read: {FailureWords.Of(failure)} "
                + "('orchestrator join --role node' makes what a machine needs)", failure);
        }
    }
}
