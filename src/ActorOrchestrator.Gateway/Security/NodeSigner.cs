using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Auth;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>The certificates of a machine that only runs pods, in PEM.</summary>
/// <param name="Client">What it shows to the API.</param>
/// <param name="Server">What it shows to members.</param>
public sealed record NodeCertificatePair(string Client, string Server);

/// <summary>
/// Signs what machines that only run pods ask for, by the rules of Kubernetes' signers kube-apiserver-client-kubelet
/// and kubelet-serving: the subject is the node's and nothing else, and of what is asked only the key and the names are
/// taken over. Of names it has the node's own, and addresses that are nobody else's.
/// </summary>
/// <param name="authority">The cluster's, with its key.</param>
/// <param name="isReserved">Whether a name or an address is the control plane's, or another node's than the one named
/// first.</param>
internal sealed class NodeSigner(Func<X509Certificate2> authority, Func<string, string, bool> isReserved)
{
    /// <param name="node">Whose they are.</param>
    /// <param name="client">A request (PKCS #10), in PEM.</param>
    /// <param name="server">Another one, with its names.</param>
    /// <param name="life">For how long they hold.</param>
    /// <returns>The certificates, or what is wrong.</returns>
    public (NodeCertificatePair? Signed, string? Problem) Sign(
        string node, string client, string server, CertificateLife life)
    {
        try
        {
            var (shown, served) = (Read(client), Read(server));
            if ((WrongSubject(node, shown) ?? WrongSubject(node, served)) is { } foreign)
            {
                return (null, foreign);
            }

            var names = served.CertificateExtensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault();
            if (names is null)
            {
                return (null, "the serving certificate is asked for without names");
            }

            if (WrongName(node, names) is { } problem)
            {
                return (null, problem);
            }

            using var forClient = CertificateRequests.NodeClient(
                authority(), life, shown.SubjectName, shown.PublicKey);
            using var forServer = CertificateRequests.NodeServer(
                authority(), life, served.SubjectName, served.PublicKey, names);
            return (new(forClient.ExportCertificatePem(), forServer.ExportCertificatePem()), null);
        }
        catch (Exception wrong) when (
            wrong is CryptographicException or ArgumentException or InvalidOperationException or AsnContentException)
        {
            return (null, $"a request for a certificate cannot be read: {wrong.Message}");
        }
    }

    /// <summary>Who asks has to have the key: the request is signed with it.</summary>
    private static CertificateRequest Read(string pem) => CertificateRequest.LoadSigningRequestPem(
        pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);

    private static string? WrongSubject(string node, CertificateRequest asked)
    {
        var expected = SubjectName.Of(NodeIdentity.UserOf(node), NodeIdentity.Group);
        return SubjectName.AreSame(asked.SubjectName, expected)
            ? null
            : $"a certificate is asked for {asked.SubjectName.Name}, and node {node} may ask for {expected.Name} only";
    }

    private string? WrongName(string node, X509SubjectAlternativeNameExtension names)
    {
        var (hosts, addresses) = (names.EnumerateDnsNames().ToList(), names.EnumerateIPAddresses().ToList());
        if (hosts is not [var host] || host != node || Entries(names) != addresses.Count + 1)
        {
            return $"the serving certificate may have the name {node} and addresses, and no other names";
        }

        var taken = addresses.Select(address => $"{address}").Append(node)
            .FirstOrDefault(name => isReserved(node, name));
        return taken is null ? null
            : taken == node ? $"{node} is a name of the control plane: give --node-name another one"
            : $"the address {taken} is the control plane's, or another node's: give this machine's own as --address";
    }

    /// <summary>How many names of whatever form there are (RFC 5280, GeneralNames).</summary>
    private static int Entries(X509SubjectAlternativeNameExtension names)
    {
        var sequence = new AsnReader(names.RawData, AsnEncodingRules.DER).ReadSequence();
        var count = 0;
        for (; sequence.HasData; count++)
        {
            sequence.ReadEncodedValue();
        }

        return count;
    }
}
