using System.Diagnostics;
using ActorOrchestrator.Tests;
using Akka.Actor;
using Akka.Remote;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Connections of two members that cross.</summary>
public sealed class CrossingConnectionTests : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(7.4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TransportSystems _systems = new();
    private readonly HeldLine _line = new();

    public void Dispose()
    {
        _line.Dispose();
        _systems.Dispose();
    }

    /// <summary>
    /// A machine loses its power. The other member begins a connection to it, removes it, and with that forgets the
    /// connection, but it still comes up when the machine is back and its member, in another life, has connected from
    /// its side. With Akka's own settings the returned member then listened to the forgotten connection alone, and
    /// whatever the other one said on that by which it was called was never heard.
    /// </summary>
    [Fact]
    public async Task One_that_was_begun_while_a_machine_was_away_and_comes_up_late_leaves_nobody_unheard()
    {
        using var staying = _systems.Start();
        var stays = TransportSystems.AddressOf(staying);
        var before = StartBehindLine();
        var away = TransportSystems.AddressOf(before);
        await TransportSystems.AskAsync(staying, away, Patience);

        var begun = _line.BreakAndHold();
        await TellUntilAsync(begun, staying, away);

        // As the cluster does with whom it removes.
        ((IRemoteActorRefProvider)((ExtendedActorSystem)staying).Provider).Quarantine(
            away, AddressUidExtension.Uid(before));
        await before.Terminate();
        var letThrough = _line.HoldNoMore();
        using var after = StartBehindLine();
        await TransportSystems.AskAsync(after, stays, Patience);

        // The late one is either listened to beside what there is, or in place of another one that ends.
        var crossed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Watch<AssociatedEvent>(after, crossed);
        Watch<DisassociatedEvent>(staying, crossed);
        letThrough();
        await crossed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        await TransportSystems.AskUntilAnsweredAsync(after, stays);
        await TransportSystems.AskUntilAnsweredAsync(staying, away);
    }

    /// <summary>The kernel asks for a connection at longer and longer intervals: the machine is back when, with Akka's
    /// own time-out (15 s), one of more than three seconds has just begun. On a busy machine an answer may take longer
    /// for other reasons: the fastest one counts.</summary>
    [Fact]
    public async Task One_that_was_begun_while_a_machine_was_away_keeps_nobody_from_being_heard_for_long()
    {
        var patience = _systems.Settings.GetTimeSpan("akka.cluster.failure-detector.expected-response-after");
        var times = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => AnswerAfterReturnAsync()));
        Assert.True(times.Min() < patience, $"{string.Join(", ", times)}; silent members count after {patience}");
    }

    private async Task<TimeSpan> AnswerAfterReturnAsync()
    {
        using var staying = _systems.Start();
        var port = FreePort.Next();
        var away = new Address("akka.ssl.tcp", "orchestrator", "127.0.0.1", port);
        using (SilentPort.Open(port))
        {
            var began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < Away)
            {
                staying.ActorSelection($"{away}/user/echo").Tell("are you there?");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        using var returned = _systems.Start(port: port);
        var back = Stopwatch.GetTimestamp();
        await TransportSystems.AskUntilAnsweredAsync(returned, TransportSystems.AddressOf(staying));
        return Stopwatch.GetElapsedTime(back);
    }

    private ActorSystem StartBehindLine()
    {
        _line.Target = FreePort.Next();
        return _systems.Start(port: _line.Target, publicPort: _line.Port);
    }

    /// <summary>Nobody talks to an address in the moments after its connection has ended.</summary>
    private static async Task TellUntilAsync(Task begun, ActorSystem from, Address to)
    {
        for (var told = 0; !begun.IsCompleted; told++)
        {
            Assert.True(told < 100, $"no connection to {to} was begun");
            from.ActorSelection($"{to}/user/echo").Tell("are you there?");
            await Task.WhenAny(begun, Task.Delay(100, TestContext.Current.CancellationToken));
        }
    }

    private static void Watch<T>(ActorSystem system, TaskCompletionSource seen) =>
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Witness(seen))), typeof(T));

    private sealed class Witness(TaskCompletionSource seen) : UntypedActor
    {
        protected override void OnReceive(object message) => seen.TrySetResult();
    }
}
