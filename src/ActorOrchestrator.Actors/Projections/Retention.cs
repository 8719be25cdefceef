using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>
/// Keeps the journal short: when twice the watch window has gathered since the floor, the floor rises to one window
/// behind the end, and what nobody needs from before it is removed.
/// </summary>
internal sealed partial class Retention : UntypedActor, IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ProjectionServices _services;
    private bool _isTrimming;
    private bool _isFailureTold;

    public Retention(ProjectionServices services) => _services = services;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), Look.Instance, LookEvery);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look when !_isTrimming:
                _isTrimming = true;
                TrimAsync().PipeTo(
                    Self, useConfigureAwait: true, failure: failure => new Trimmed(0, 0, failure.Message));
                break;
            case Trimmed { Failure: { } failure }:
                _isTrimming = false;
                if (!_isFailureTold)
                {
                    LogNotTrimmed(_services.Logger, failure);
                }

                _isFailureTold = true;
                break;
            case Trimmed trimmed:
                (_isTrimming, _isFailureTold) = (false, false);
                if (trimmed.Rows > 0)
                {
                    LogTrimmed(_services.Logger, trimmed.Floor, trimmed.Rows);
                }

                break;
        }
    }

    private async Task<Trimmed> TrimAsync()
    {
        var bounds = await _services.Store.BoundsAsync();
        var window = _services.WatchWindow;
        if (bounds.Last - bounds.Floor < 2 * window.Rows
            && _services.Tail.OrderingBefore(2 * window.Bytes) <= bounds.Floor)
        {
            return new Trimmed(bounds.Floor, 0, null);
        }

        var floor = Math.Max(bounds.Last - window.Rows, _services.Tail.OrderingBefore(window.Bytes));
        var gone = _services.Tail.GoneBefore(floor);
        var rows = await _services.Store.TrimAsync(floor, gone);
        _services.Tail.Forget(gone, floor);
        return new Trimmed(floor, rows, null);
    }

    [LoggerMessage(1020, LogLevel.Information, "The journal begins after {Floor} now; {Rows} rows were removed")]
    private static partial void LogTrimmed(ILogger logger, long floor, long rows);

    [LoggerMessage(1021, LogLevel.Warning, "The journal was not trimmed: {Reason}")]
    private static partial void LogNotTrimmed(ILogger logger, string reason);

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    private sealed record Trimmed(long Floor, long Rows, string? Failure) : INoSerializationVerificationNeeded;
}
