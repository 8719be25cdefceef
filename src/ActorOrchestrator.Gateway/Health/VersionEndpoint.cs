using System.Runtime.InteropServices;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Server;

namespace ActorOrchestrator.Gateway.Health;

/// <summary><c>/version</c> (apimachinery version.Info). Clients decide by it what they may ask for, so it names the
/// Kubernetes release whose API is spoken, with this program as build metadata.</summary>
internal static class VersionEndpoint
{
    public const string Major = "1";
    public const string Minor = "35";
    public const string GitVersion = "v1.35.2+actor-orchestrator";

    public static PathEndpoint Endpoint()
    {
        var document = DiscoveryDocument.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("major", Major);
            json.WriteString("minor", Minor);
            json.WriteString("gitVersion", GitVersion);
            json.WriteString("gitCommit", "");
            json.WriteString("gitTreeState", "clean");
            json.WriteString("buildDate", "1970-01-01T00:00:00Z");
            json.WriteString("goVersion", $"none ({RuntimeInformation.FrameworkDescription})");
            json.WriteString("compiler", "csc");
            json.WriteString("platform", $"linux/{Architecture()}");
            json.WriteEndObject();
        });
        return new("/version", Below: false, (http, _, _) => DiscoveryEndpoints.SendAsync(http, document));
    }

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
