using System.Net;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>One server of several that share a PostgreSQL.</summary>
/// <inheritdoc cref="ServerProcess" path="/param"/>
internal sealed class ControlMember : ServerProcess
{
    public ControlMember(int number, string directory, IReadOnlyList<string> inside)
        : base(number, directory, inside)
    {
        SettingsFile = Path.Combine(directory, "member.conf");
        Arguments = ["server", "--config", SettingsFile];
    }

    public string Kubeconfig => Path.Combine(DataDirectory, "admin.kubeconfig");

    public string SettingsFile { get; }

    public override async Task<bool> IsReadyAsync()
    {
        try
        {
            using var api = Api();
            return (await api.SendAsync(HttpMethod.Get, "/readyz", null, null)).Code == HttpStatusCode.OK;
        }
        catch (Exception absent) when (absent is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public ApiClient Api() => ApiClient.Of(Kubeconfig);

    public Kubectl Kubectl(string? ns = "default", string version = Harness.Kubectl.New) =>
        new(Kubeconfig, version, Home, ns);
}
