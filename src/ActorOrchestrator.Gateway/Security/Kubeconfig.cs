using System.Text;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>A kubeconfig (client-go's <c>v1 Config</c>) with everything embedded: one file that works
/// anywhere.</summary>
public static class Kubeconfig
{
    private const string Cluster = "actor-orchestrator";

    public static void Write(string path, string content) => PrivateFile.Write(path, content);

    internal static string Render(Uri server, string authorityPem, string user, string certificatePem, string keyPem) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: {Cluster}
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Base64(authorityPem)}
        users:
        - name: {user}
          user:
            client-certificate-data: {Base64(certificatePem)}
            client-key-data: {Base64(keyPem)}
        contexts:
        - name: {user}@{Cluster}
          context:
            cluster: {Cluster}
            user: {user}
        current-context: {user}@{Cluster}
        preferences: {"{}"}

        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
