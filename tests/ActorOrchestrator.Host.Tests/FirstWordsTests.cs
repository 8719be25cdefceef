using System.Diagnostics;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Two members' first words to each other.</summary>
public sealed class FirstWordsTests : IDisposable
{
    private const int Attempts = 3;

    private readonly TransportSystems _systems = new();

    public void Dispose() => _systems.Dispose();

    /// <summary>What is read while the certificate is still being checked is answered when the caller speaks again:
    /// with Akka's own interval (4 s) no attempt was faster than that. On a busy machine one may take longer for other
    /// reasons: the fastest one counts.</summary>
    [Fact]
    public async Task They_are_answered_before_silence_counts_although_a_certificate_takes_long_to_be_checked()
    {
        var patience = _systems.Settings.GetTimeSpan("akka.cluster.failure-detector.expected-response-after");
        var times = new List<TimeSpan>();
        for (var i = 0; i < Attempts; i++)
        {
            times.Add(await FirstAnswerAsync());
        }

        Assert.True(times.Min() < patience, $"{string.Join(", ", times)}; silent members count after {patience}");
    }

    private async Task<TimeSpan> FirstAnswerAsync()
    {
        using var called = _systems.Start(Wait);
        using var caller = _systems.Start();
        var began = Stopwatch.GetTimestamp();
        await TransportSystems.AskAsync(caller, TransportSystems.AddressOf(called), TimeSpan.FromMinutes(1));
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Longer than the caller's first word takes.</summary>
    private static void Wait()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(300), CancellationToken.None);
    }
}
