using System.Runtime.InteropServices;

namespace ActorOrchestrator.Host;

/// <summary>
/// SIGTERM and SIGINT as one request to stop. It is made before anything else, so that no signal falls between the
/// start of the process and the moment when somebody listens: before it the default action ends the process, after it
/// the token is cancelled. A second signal, and a stop that takes too long, end the process as it stands, which loses
/// nothing: the log holds what was acknowledged, and containers run on.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>A graceful stop takes a second or two; one of this length hangs.</summary>
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(20);

    /// <summary>The shell's code for "ended by SIGTERM".</summary>
    public const int TerminatedCode = 143;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Timer? _bound;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _bound?.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        var bound = new Timer(_ => Environment.Exit(TerminatedCode));
        if (Interlocked.CompareExchange(ref _bound, bound, null) is not null)
        {
            bound.Dispose();
            return;
        }

        context.Cancel = true;
        bound.Change(StopBound, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }
}
