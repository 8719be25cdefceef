using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Remote;

/// <summary>The certificates of a machine that only runs pods.</summary>
internal sealed record NodeCertificates(
    X509Certificate2 Authority, X509Certificate2 Client, X509Certificate2 Server) : IDisposable
{
    /// <exception cref="ServerStartException">A file is missing, is no certificate, or is another node's.</exception>
    public static NodeCertificates Read(ControlSettings settings, string node)
    {
        var authority = Read(settings.AuthorityFile, pem => X509Certificate2.CreateFromPem(pem));
        var client = Read(settings.CertificateFile, settings.KeyFile);
        var user = client.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (user != NodeIdentity.UserOf(node))
        {
            throw new ServerStartException(
                $"{settings.CertificateFile} is of {user}, and this machine is node {node} (node.name)");
        }

        var server = Read(settings.ServerCertificateFile, settings.ServerKeyFile);
        return server.MatchesHostname(node, allowWildcards: false, allowCommonName: false)
            ? new NodeCertificates(authority, client, server)
            : throw new ServerStartException(
                $"{settings.ServerCertificateFile} does not have the node's name, {node}, among its names");
    }

    public void Dispose()
    {
        Authority.Dispose();
        Client.Dispose();
        Server.Dispose();
    }

    private static X509Certificate2 Read(string certificate, string key) =>
        Read(certificate, pem => X509Certificate2.CreateFromPem(pem, ReadText(key)));

    private static X509Certificate2 Read(string file, Func<string, X509Certificate2> parse)
    {
        try
        {
            return parse(ReadText(file));
        }
        catch (CryptographicException wrong)
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
            throw new ServerStartException($"{file} cannot be read: {failure.Message}", failure);
        }
    }
}
