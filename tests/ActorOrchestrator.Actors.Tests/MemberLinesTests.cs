using ActorOrchestrator.Actors.Hosting;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>What an operator reads of members that come and go.</summary>
public sealed class MemberLinesTests : IAsyncLifetime
{
    private readonly RecordingLogger _log = new();
    private readonly ActorSystem _first = Start();

    public async ValueTask InitializeAsync() => await Cluster.Get(_first).JoinAsync(Self(_first), Limit());

    public async ValueTask DisposeAsync() => await _first.Terminate();

    [Fact]
    public async Task One_that_came_or_was_stopped_is_told_of_by_its_node_and_one_that_was_given_up_is_a_warning()
    {
        var (stopped, lost) = (Start(), Start());
        await Cluster.Get(stopped).JoinAsync(Self(_first), Limit());
        await Cluster.Get(lost).JoinAsync(Self(_first), Limit());
        var name = MemberLook.NameOf(Cluster.Get(stopped).SelfUniqueAddress);
        _first.ActorOf(Props.Create(() => new MemberLines(member => member == name ? "m2" : null, _log)));

        await SeenAsync(2);
        Assert.Equal(
            new[] { $"Member 127.0.0.1:{Self(lost).Port}", $"Member m2 (127.0.0.1:{Self(stopped).Port})" }
                .Select(member => (LogLevel.Information, $"{member} is one of the cluster now")).ToHashSet(),
            _log.Lines.Select(line => (line.Level, line.Text)).ToHashSet());

        await Cluster.Get(stopped).LeaveAsync(Limit());
        await SeenAsync(3);
        Cluster.Get(_first).Down(Self(lost));
        await SeenAsync(4);
        Assert.Equal(
            [
                (LogLevel.Information, $"Member m2 (127.0.0.1:{Self(stopped).Port}) was removed from the cluster: it "
                    + "was stopped in good order"),
                (LogLevel.Warning, $"Member 127.0.0.1:{Self(lost).Port} was removed from the cluster: it was not heard "
                    + "any more, and given up"),
            ],
            _log.Lines.Skip(2).Select(line => (line.Level, line.Text)));
        await Task.WhenAll(stopped.Terminate(), lost.Terminate());
    }

    private static Address Self(ActorSystem system) => Cluster.Get(system).SelfAddress;

    private static CancellationToken Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        return limit.Token;
    }

    private async Task SeenAsync(int count)
    {
        for (var limit = Limit(); _log.Lines.Count < count;)
        {
            await Task.Delay(20, limit);
        }
    }

    private static ActorSystem Start() => ActorSystem.Create("members",
        """
        akka {
          loggers = [], stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        }
        """);
}
