using System.Reflection;
using System.Runtime.InteropServices;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Server;

namespace ActorOrchestrator.Gateway.Health;

/// <summary><c>/version</c> (apimachinery version.Info). Clients decide by it what they may ask for, so it names the
/// Kubernetes release whose API is spoken, with this program as build metadata. The commit, the state of the tree and
/// the commit's date are those of this program; empty when it was built without git.</summary>
internal static class VersionEndpoint
{
    public const string Major = "1";
    public const string Minor = "35";
    public const string GitVersion = "v1.35.2+actor-orchestrator";

    private static readonly Assembly Program = typeof(VersionEndpoint).Assembly;

    public static PathEndpoint Endpoint()
    {
        var document = DiscoveryDocument.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("major", Major);
            json.WriteString("minor", Minor);
            json.WriteString("gitVersion", GitVersion);
            json.WriteString("gitCommit", Commit());
            json.WriteString("gitTreeState", Built("TreeState"));
            json.WriteString("buildDate", Built("CommitDate"));
            json.WriteString("goVersion", $"none ({RuntimeInformation.FrameworkDescription})");
            json.WriteString("compiler", "csc");
            json.WriteString("platform", $"linux/{Architecture()}");
            json.WriteEndObject();
        });
        return new("/version", Below: false, (http, _, _) => DiscoveryEndpoints.SendAsync(http, document));
    }

    /// <summary>The SDK writes it behind the version, as in <c>0.1.0+3f2a…</c>.</summary>
    private static string Commit()
    {
        var version = Program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "" : version[(plus + 1)..];
    }

    private static string Built(string key) =>
        Program.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(each => each.Key == key)?.Value ?? "";

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
