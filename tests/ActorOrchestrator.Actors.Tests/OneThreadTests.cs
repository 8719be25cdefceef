using ActorOrchestrator.Actors.Entities;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>A whole control plane on one thread and virtual time: what it awaits goes on where it began.</summary>
public sealed class OneThreadTests : IDisposable
{
    private readonly TestLoop _loop = new();
    private readonly ManualLog _log = new();
    private readonly ControlPlane _plane;

    public OneThreadTests()
    {
        _plane = new ControlPlane(new ControlPlaneOptions
        {
            Log = _log,
            Time = _loop.Time,
            Executor = _loop,
            FollowerExecutor = _loop,
            Loggers = NullLoggerFactory.Instance,
            Ids = new RandomIds(),
            MemberId = "test",
            Followers = ClusterParts.Followers(authorityPem: "", schedulerSeed: 1),
            InitialObjects = ClusterParts.InitialObjects(),
            ShardCount = 4,
        });
        _loop.Finish(() => _plane.StartAsync(CancellationToken.None));
    }

    public void Dispose() => _loop.Finish(() => _plane.DisposeAsync().AsTask());

    [Fact]
    public void A_command_and_all_that_follows_of_it_happen_on_the_callers_thread()
    {
        Assert.IsType<Reply.Accepted>(_loop.Finish(() => SendAsync(Web(replicas: 2))));
        Assert.Equal(2, _plane.View.List(KindRegistry.Of<Pod>(), "default").Objects.Count);
    }

    [Fact]
    public void A_command_that_is_not_answered_ends_by_its_own_clock()
    {
        _log.IsManual = true;
        var waiting = _loop.Run(() => SendAsync(Web(replicas: 1)));
        _loop.Advance(29);
        Assert.False(waiting.IsCompleted);
        _loop.Advance(2);
        Assert.Equal(504, Assert.IsType<Reply.Rejected>(_loop.Finish(() => waiting)).Status.Code);
    }

    [Fact]
    public void A_command_that_nobody_waits_for_any_more_is_given_up()
    {
        _log.IsManual = true;
        using var cancellation = new CancellationTokenSource();
        var waiting = _loop.Run(() => SendAsync(Web(replicas: 1), cancellation.Token));
        _loop.Settle();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _loop.Finish(() => waiting));
    }

    private async Task<Reply> SendAsync(KubeObject value, CancellationToken cancellation = default) =>
        await _plane.SendAsync(EntityKey.Of(value), new Create(value), cancellation);

    private static Deployment Web(int replicas) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector { MatchLabels = Labels },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = Labels },
                Spec = new PodSpec { Containers = [new Container { Name = "app", Image = "app:1" }] },
            },
        },
    };

    private static ValueMap<string> Labels => ValueMap<string>.From([new("app", "web")]);
}
