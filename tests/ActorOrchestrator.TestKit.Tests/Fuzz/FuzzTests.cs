using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>Mutated manifests of every kind. <c>scripts/fuzz</c> runs many more of them, with other seeds.</summary>
public sealed class FuzzTests
{
    /// <summary>Some ten seconds of a slow machine.</summary>
    private const int RequestsUsual = 3_000;

    /// <summary>After so many, a control plane holds so much that a new one is quicker.</summary>
    private const int RequestsPerPlane = 500;

    private static readonly int Requests = (int)Setting("REQUESTS", RequestsUsual);
    private static readonly ulong Seed = Setting("SEED", 1);

    private static readonly IReadOnlyList<JsonObject> Manifests =
    [
        .. KubeYaml.ToJson(File.ReadAllText(Path.Combine(SourceFolder.Find("Fuzz"), "manifests.yaml")))
            .Select(json => JsonNode.Parse(json)!.AsObject()),
    ];

    [Fact]
    public void There_is_a_manifest_of_every_kind_that_can_be_written() => Assert.Equal(
        KindRegistry.All.Where(kind => !kind.IsReadOnly).Select(kind => $"{kind.ApiVersion} {kind.Kind}").Order(),
        Manifests.Select(each => $"{each["apiVersion"]} {each["kind"]}").Order());

    [Fact]
    public void Mutated_manifests_are_refused_whole_or_stored_valid()
    {
        var report = new FuzzReport();
        for (var sent = 0; sent < Requests; sent += RequestsPerPlane)
        {
            using var run = new FuzzRun(Seed + (ulong)(sent / RequestsPerPlane), Manifests, report);
            run.Send(Math.Min(RequestsPerPlane, Requests - sent));
        }

        if (Environment.GetEnvironmentVariable("ACTOR_ORCHESTRATOR_FUZZ_REPORT") is { Length: > 0 } path)
        {
            File.WriteAllText(path, report.ToString());
        }

        Assert.True(report.Problems.Count == 0, report.ToString());
        Assert.Equal(Requests, report.Requests);
    }

    [Fact]
    public void The_same_seed_sends_the_same_requests_and_gets_the_same_answers()
    {
        Assert.Equal(Report(7), Report(7));

        static string Report(ulong seed)
        {
            var report = new FuzzReport();
            using var run = new FuzzRun(seed, Manifests, report);
            run.Send(200);
            return report.ToString();
        }
    }

    private static ulong Setting(string name, ulong usual) =>
        Environment.GetEnvironmentVariable($"ACTOR_ORCHESTRATOR_FUZZ_{name}") is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : usual;
}
