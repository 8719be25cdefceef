using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Clients;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>The kubeconfig that 'orchestrator kubeconfig' prints.</summary>
public sealed class KubeconfigTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Each_other_member_has_a_cluster_and_a_context_and_the_own_one_stays_the_current_one()
    {
        var written = Written();
        Assert.Equal(written, Kubeconfig.With(written, null, []));
        var read = Read(Kubeconfig.With(
            written, null, [("m2", new("https://10.0.0.2:6443")), ("m3", new("https://10.0.0.3:6443"))]));
        Assert.Equal(
            [
                "actor-orchestrator https://127.0.0.1:6443", "actor-orchestrator-m2 https://10.0.0.2:6443",
                "actor-orchestrator-m3 https://10.0.0.3:6443",
            ],
            read["clusters"]!.AsArray().Select(each => $"{each!["name"]} {each["cluster"]!["server"]}"));
        Assert.Single(read["clusters"]!.AsArray()
            .Select(each => $"{each!["cluster"]!["certificate-authority-data"]}").Distinct());
        Assert.Equal(
            ["actor-orchestrator", "actor-orchestrator-m2", "actor-orchestrator-m3"],
            read["contexts"]!.AsArray().Select(each => $"{each!["context"]!["cluster"]}"));
        Assert.Equal("kubernetes-admin@actor-orchestrator", $"{read["current-context"]}");
        Assert.Equal(
            ["kubernetes-admin"],
            read["contexts"]!.AsArray().Select(each => $"{each!["context"]!["user"]}").Distinct());
    }

    [Fact]
    public void Another_machine_gets_the_address_by_which_it_reaches_the_member()
    {
        var file = Path.Combine(_root, "config");
        File.WriteAllText(file, Kubeconfig.With(Written(), new("https://10.0.0.1:6443"), [("m2", new("https://b:1"))]));
        var read = KubeconfigFile.Read(file);
        Assert.Equal("10.0.0.1:6443", read.Server.Authority);
        Assert.NotNull(read.Certificate);
    }

    private string Written()
    {
        using var pki = Pki.Open(
            Path.Combine(_root, "pki"), [], TimeProvider.System, NullLoggerFactory.Instance);
        return pki.AdminKubeconfig(new("https://127.0.0.1:6443"));
    }

    private static JsonNode Read(string yaml) => JsonNode.Parse(KubeYaml.ToJson(yaml)[0])!;
}
