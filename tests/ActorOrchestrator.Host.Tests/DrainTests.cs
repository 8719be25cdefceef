using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Drains;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Tests;

/// <summary>'orchestrator drain' against an API that answers as a test says.</summary>
public sealed class DrainTests
{
    private const string Patch = "m1 PATCH /api/v1/nodes/n1 {\"spec\":{\"unschedulable\":true}}";

    private readonly List<string> _told = [];
    private readonly Dictionary<string, Pod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _guarded = new(StringComparer.Ordinal);

    [Fact]
    public void Daemons_and_static_pods_stay_and_what_nobody_makes_again_is_known()
    {
        var mirror = Of("mirror", null);
        mirror = mirror with
        {
            Metadata = mirror.Metadata with
            {
                Annotations = ValueMap<string>.From([new(StaticPods.MirrorAnnotation, "1")]),
            },
        };
        var done = Of("done", null) with { Status = PodStatus.Empty with { Phase = "Succeeded" } };
        var plan = DrainPlan.Of([Of("web", "ReplicaSet"), mirror, Of("log", "DaemonSet"), Of("bare", null), done]);
        Assert.Equal(["d/bare", "d/done", "d/web"], plan.Evicted.Select(DrainPlan.Name));
        Assert.Equal(["d/bare"], plan.Unmanaged.Select(DrainPlan.Name));
        Assert.Equal(["d/log", "d/mirror"], plan.Staying.Select(DrainPlan.Name));
    }

    [Fact]
    public async Task A_budget_that_refuses_is_told_once_and_asked_again_until_it_allows()
    {
        Add(Of("a", "ReplicaSet"), Of("b", "ReplicaSet"), Of("log", "DaemonSet"));
        _guarded.Add("b");
        var refusals = 0;
        var api = Api(onRefusal: () =>
        {
            if (++refusals == 2)
            {
                _guarded.Clear();
            }
        });
        await DrainAsync(api);
        Assert.Equal(
            [
                "n1 takes no more pods; 2 are to go, and daemons and static pods stay: d/log", "d/a is told to go",
                "d/b waits: as the test says", "d/a has ended", "d/b is told to go", "d/b has ended",
                "n1 is drained: 2 pods have ended; 'orchestrator uncordon n1' lets pods come again",
            ],
            _told);
        Assert.Equal(["log"], _pods.Keys);
        Assert.Equal(2, refusals);
        Assert.Single(api.Asked, Patch);
    }

    [Fact]
    public async Task What_nobody_makes_again_is_ended_only_by_force()
    {
        Add(Of("bare", null));
        var api = Api();
        var refused = await Assert.ThrowsAsync<ServerStartException>(() => DrainAsync(api));
        Assert.Contains("nobody would make these pods again: d/bare. Nothing was changed", refused.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Patch, api.Asked);
        await DrainAsync(api, ends: true);
        Assert.Empty(_pods);
    }

    [Fact]
    public async Task Who_is_left_when_the_time_is_over_is_told_with_why()
    {
        Add(Of("a", "ReplicaSet"));
        _guarded.Add("a");
        var late = await Assert.ThrowsAsync<ServerStartException>(
            () => DrainAsync(Api(), timeout: TimeSpan.FromSeconds(1)));
        Assert.Contains("after 1s these pods are still on n1: d/a (as the test says). It takes no more pods",
            late.Message, StringComparison.Ordinal);
        Assert.Contains("orchestrator uncordon n1", late.Message, StringComparison.Ordinal);
    }

    private void Add(params Pod[] pods)
    {
        foreach (var pod in pods)
        {
            _pods.Add(pod.Metadata.Name!, pod);
        }
    }

    private async Task DrainAsync(ScriptedApi api, bool ends = false, TimeSpan timeout = default)
    {
        using var http = new HttpClient(api, disposeHandler: false) { BaseAddress = new Uri("https://m1") };
        using var connection = new ApiConnection(http);
        await new NodeDrain(connection, "n1", _told.Add).RunAsync(
            ends, timeout, TestContext.Current.CancellationToken);
    }

    private ScriptedApi Api(Action? onRefusal = null) => new((line, _) =>
    {
        if (line.Contains("/eviction", StringComparison.Ordinal))
        {
            var name = line.Split('/')[^2];
            if (_guarded.Contains(name))
            {
                onRefusal?.Invoke();
                return ScriptedApi.Code(429);
            }

            _pods.Remove(name);
        }

        return line.Contains("/pods?", StringComparison.Ordinal)
            ? ScriptedApi.Body($"{{\"items\":[{string.Join(',', _pods.Values.Select(Json))}]}}")
            : ScriptedApi.Body("{}");
    });

    private static string Json(Pod pod) => Encoding.UTF8.GetString(KubeJson.Encode(pod));

    private static Pod Of(string name, string? controller) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "d", Uid = $"uid-{name}",
            OwnerReferences = controller is null
                ? []
                :
                [
                    new OwnerReference
                    {
                        ApiVersion = "v1", Kind = controller, Name = "o", Uid = "1", Controller = true,
                    },
                ],
        },
    };
}
