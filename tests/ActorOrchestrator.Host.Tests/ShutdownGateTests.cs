using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Tests;
using Akka.Actor;

namespace ActorOrchestrator.Host.Tests;

/// <summary>A member that calls another one which ends before their handshake is done.</summary>
public sealed class ShutdownGateTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TransportSystems _systems = new();
    private readonly HeldLine _line = new();

    public void Dispose()
    {
        _line.Dispose();
        _systems.Dispose();
    }

    /// <summary>Without a gate Akka ends it.</summary>
    [Fact]
    public async Task It_goes_on_and_ends_when_there_is_a_reason()
    {
        using var caller = _systems.Start();
        var gate = new ShutdownGate(caller);
        var called = new Address("akka.ssl.tcp", "orchestrator", "127.0.0.1", _line.Port);
        var begun = _line.BreakAndHold();
        caller.ActorSelection($"{called}/user/echo").Tell("are you there?");
        await begun.WaitAsync(Patience, TestContext.Current.CancellationToken);
        _ = _line.BreakAndHold();
        await ShutDownAsync(caller);

        _line.HoldNoMore();
        _line.Target = FreePort.Next();
        using var other = _systems.Start(port: _line.Target, publicPort: _line.Port);
        await TransportSystems.AskUntilAnsweredAsync(caller, called);

        gate.Open();
        await caller.WhenTerminated.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static async Task ShutDownAsync(ActorSystem system)
    {
        for (var looked = 0; CoordinatedShutdown.Get(system).ShutdownReason is null; looked++)
        {
            Assert.True(
                looked < 400, "Akka does not shut down any more after a handshake that failed: no gate is needed");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
