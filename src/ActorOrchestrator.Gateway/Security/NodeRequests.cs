using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Auth;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>What a machine asks certificates with: keys that it makes and keeps, and requests (PKCS #10) for them, all
/// in PEM.</summary>
public sealed record NodeRequests(string ClientKey, string ClientRequest, string ServerKey, string ServerRequest)
{
    /// <param name="node">Its Node's name.</param>
    /// <param name="addresses">Where members reach it.</param>
    public static NodeRequests Make(string node, IEnumerable<IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        var (clientKey, client) = Make(node, names: null);
        var (serverKey, server) = Make(node, names.Build());
        return new(clientKey, client, serverKey, server);
    }

    /// <summary>Nothing of it: there are keys among it.</summary>
    public override string ToString() => nameof(NodeRequests);

    private static (string Key, string Request) Make(string node, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            SubjectName.Of(NodeIdentity.UserOf(node), NodeIdentity.Group), key, HashAlgorithmName.SHA256);
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        return (key.ExportECPrivateKeyPem() + "\n", request.CreateSigningRequestPem());
    }
}
