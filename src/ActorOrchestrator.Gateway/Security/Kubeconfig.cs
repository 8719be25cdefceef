using System.Text;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>A kubeconfig (client-go's <c>v1 Config</c>) with everything embedded: one file that works
/// anywhere.</summary>
public static class Kubeconfig
{
    private const string Cluster = "actor-orchestrator";

    public static void Write(string path, string content) => PrivateFile.Write(path, content);

    internal static string Render(
        Uri server, string authorityPem, string user, string certificatePem, string keyPem) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        {ClusterOf(Cluster, server, Base64(authorityPem))}
        users:
        - name: {user}
          user:
            client-certificate-data: {Base64(certificatePem)}
            client-key-data: {Base64(keyPem)}
        contexts:
        {ContextOf(Cluster, user)}
        current-context: {user}@{Cluster}
        preferences: {"{}"}

        """;

    /// <summary>The same with another address of its server, and with clusters and contexts of other servers that have
    /// the same authority and users.</summary>
    /// <param name="rendered">A kubeconfig of ours.</param>
    /// <param name="server">Where its server is; null: as it is.</param>
    /// <param name="others">The other servers with their names.</param>
    public static string With(string rendered, Uri? server, IEnumerable<(string Name, Uri Server)> others)
    {
        var lines = rendered.Split('\n').ToList();
        var (authority, user) = (ValueOf(lines, "certificate-authority-data"), ValueOf(lines, "user"));
        if (server is not null)
        {
            var at = lines.FindIndex(line => line.TrimStart().StartsWith("server: ", StringComparison.Ordinal));
            lines[at] = $"    server: {server.GetLeftPart(UriPartial.Authority)}";
        }

        var named = others.Select(each => (Name: $"{Cluster}-{each.Name}", each.Server)).ToList();
        lines.InsertRange(
            lines.IndexOf("users:"), named.Select(each => ClusterOf(each.Name, each.Server, authority)));
        lines.InsertRange(
            lines.FindIndex(line => line.StartsWith("current-context:", StringComparison.Ordinal)),
            named.Select(each => ContextOf(each.Name, user)));
        return string.Join('\n', lines);
    }

    private static string ClusterOf(string name, Uri server, string authority) =>
        $"""
        - name: {name}
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {authority}
        """;

    private static string ContextOf(string cluster, string user) =>
        $"""
        - name: {user}@{cluster}
          context:
            cluster: {cluster}
            user: {user}
        """;

    private static string ValueOf(List<string> lines, string key) => lines.Select(line => line.Trim())
        .First(line => line.StartsWith($"{key}: ", StringComparison.Ordinal))[(key.Length + 2)..];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
