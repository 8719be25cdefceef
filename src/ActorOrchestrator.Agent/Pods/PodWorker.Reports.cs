using ActorOrchestrator.Agent.Volumes;
using ActorOrchestrator.Api.Core;
using Akka.Actor;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What the control plane is told of the pod.</summary>
internal sealed partial class PodWorker
{
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReportRetry = TimeSpan.FromSeconds(1);

    /// <summary>A report that was stored comes back as the pod's status, within milliseconds as a rule. One that an
    /// entity heard whose journal failed, or that was lost on its way, does not.</summary>
    private static readonly TimeSpan ShownWithin = TimeSpan.FromSeconds(5);

    private PodStatus? _reported;
    private bool _isReporting;
    private bool _isTroubled;
    private bool _isStartCounted;
    private DateTimeOffset _reportNotBefore = DateTimeOffset.MinValue;
    private DateTimeOffset? _doubtAt;

    /// <summary>When a report has to be thought of again.</summary>
    private DateTimeOffset? ReportAt(DateTimeOffset now) =>
        Earliest(_doubtAt, IsReportDue(now) ? null : _reportNotBefore);

    /// <summary>One report at a time; what changes meanwhile goes out together in the next.</summary>
    private void Report(PodStatus status, DateTimeOffset now)
    {
        if (_doubtAt is { } doubtAt && RetryTime.IsDue(doubtAt, now, ShownWithin))
        {
            _doubtAt = null;
            DoubtReport();
        }

        var isSilent = _state.Removed || _state.StoppedReportedAt is not null || _state.IsInFlight("report-stopped");
        if (_isReporting || isSilent || status == _reported || !IsReportDue(now))
        {
            return;
        }

        (_isReporting, _doubtAt) = (true, null);
        if (!_isStartCounted && status.Phase == PodPhases.Running)
        {
            _isStartCounted = true;
            _ports.Instruments.PodStarted(_ports.Time.GetElapsedTime(_takenAt));
        }

        ReportAsync(PodPlace.Of(_pod), status).PipeTo(Self, useConfigureAwait: true);
    }

    private bool IsReportDue(DateTimeOffset now) => RetryTime.IsDue(_reportNotBefore, now, ReportRetry);

    private async Task<PodMessage> ReportAsync(PodPlace place, PodStatus status)
    {
        using var clock = new CancellationTokenSource(ReportTimeout, _ports.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, clock.Token);
        try
        {
            await _ports.Cluster.ReportPodStatusAsync(place.Namespace, place.Name, place.Uid, status, both.Token);
            _ports.Instruments.StatusReported();
            return new PodMessage.Reported(status, null);
        }
#pragma warning disable CA1031 // Whatever keeps the control plane from hearing it, the report is made again.
        catch (Exception failed)
        {
            return new PodMessage.Reported(status, failed);
        }
#pragma warning restore CA1031
    }

    private void HearReported(PodMessage.Reported reported, DateTimeOffset now)
    {
        _isReporting = false;
        if (reported.Failed is null)
        {
            (_reported, _isTroubled) = (reported.Status, false);
            _doubtAt = IsShown ? null : now + ShownWithin;
        }
        else
        {
            _reportNotBefore = now + ReportRetry;
            TellTrouble(reported.Failed);
        }
    }

    /// <summary>Once, until a report is heard; that nobody hears any pod's is told by the link.</summary>
    private void TellTrouble(Exception failed)
    {
        if (_isTroubled || failed is ClusterAwayException)
        {
            LogStep(_ports.Log, Name, $"its status could not be reported: {failed.Message}");
            return;
        }

        _isTroubled = true;
        LogReportFailed(_ports.Log, Name, failed.Message);
    }

    private bool IsShown => AgentConditions.OwnPart(_pod.Status) == _reported;

    /// <summary>What the control plane has otherwise than it was told is told again: a report may be lost on its way,
    /// and the pods of a node that was silent for a while are marked as not ready.</summary>
    private void DoubtReport()
    {
        if (!_isReporting && _reported is not null)
        {
            (_reported, _doubtAt) = (IsShown ? _reported : null, null);
        }
    }
}
