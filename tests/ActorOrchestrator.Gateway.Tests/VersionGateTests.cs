using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Reads for a version that the view has not reached, on virtual time.</summary>
public sealed class VersionGateTests
{
    private static readonly ConfigMap Map = new() { Metadata = new ObjectMeta { Name = "a", Namespace = "default" } };

    private readonly TestLoop _loop = new();
    private readonly FakeCluster _cluster;
    private readonly VersionGate _gate;

    public VersionGateTests()
    {
        _cluster = new FakeCluster(_loop.Time);
        _gate = new VersionGate(
            _cluster, new ApiOptions { FutureVersionWait = TimeSpan.FromSeconds(3) }, _loop.Time);
    }

    [Fact]
    public void One_that_the_view_has_is_not_waited_for()
    {
        _cluster.Put(Map);
        Assert.True(Wait(1, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void A_read_goes_on_in_the_instant_in_which_the_view_reaches_its_version()
    {
        var read = Wait(2, CancellationToken.None);
        _cluster.Put(Map);
        _loop.Settle();
        Assert.False(read.IsCompleted);
        _cluster.Change(Map);
        _loop.Settle();
        Assert.True(read.IsCompletedSuccessfully);
    }

    [Fact]
    public void One_that_does_not_come_in_time_is_refused_with_what_the_view_has()
    {
        var read = Wait(2, CancellationToken.None);
        _cluster.Put(Map);
        _loop.Advance(2.999);
        Assert.False(read.IsCompleted);
        _loop.Advance(0.001);
        var refused = Assert.IsType<StatusException>(read.Exception!.InnerException);
        Assert.Equal(504, refused.Status.Code);
        Assert.Contains("Too large resource version: 2, current: 1", refused.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_leaves_is_no_timeout()
    {
        using var leaving = new CancellationTokenSource();
        var read = Wait(2, leaving.Token);
        _loop.Run(() =>
        {
            leaving.Cancel();
            return 0;
        });
        _loop.Settle();
        Assert.True(read.IsCanceled);
    }

    private Task Wait(long version, CancellationToken cancellation)
    {
        var wait = _loop.Run(() => _gate.WaitAsync(version, cancellation).AsTask());
        _loop.Settle();
        return wait;
    }
}
