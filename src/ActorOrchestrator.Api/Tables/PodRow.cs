using System.Globalization;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Tables;

/// <summary>
/// What <c>kubectl get pods</c> says of a pod: its status in one word, and restarts. The word is the first that holds
/// of: terminating, a container's trouble, the step of initialization, the pod's own reason, its phase.
/// </summary>
internal sealed class PodRow
{
    private readonly Pod _pod;
    private readonly HashSet<string> _sidecars;
    private int _ready;
    private int _restarts;
    private int _sidecarRestarts;
    private DateTimeOffset? _restartedAt;
    private DateTimeOffset? _sidecarRestartedAt;
    private string _reason;

    private PodRow(Pod pod)
    {
        _pod = pod;
        _sidecars = pod.Spec.InitContainers.Where(container => container.RestartPolicy == "Always")
            .Select(container => container.Name).ToHashSet(StringComparer.Ordinal);
        _reason = pod.Status.Reason ?? pod.Status.Phase ?? "";
    }

    public static TableCell[] Cells(Pod pod, DateTimeOffset now)
    {
        var row = new PodRow(pod);
        row.Read();
        var restarts = row._restarts.ToString(CultureInfo.InvariantCulture);
        if (row._restarts != 0 && row._restartedAt is { } at)
        {
            restarts += $" ({TableText.Since(at, now)} ago)";
        }

        return
        [
            pod.Metadata.Name,
            $"{row._ready}/{pod.Spec.Containers.Count + row._sidecars.Count}",
            row._reason,
            restarts,
            TableText.Since(pod.Metadata.CreationTimestamp, now),
            TableText.OrNone(pod.Status.PodIPs is [var first, ..] ? first.Ip : pod.Status.PodIP),
            TableText.OrNone(pod.Spec.NodeName),
            TableText.OrNone(pod.Status.NominatedNodeName),
            Gates(pod),
        ];
    }

    private void Read()
    {
        if (_pod.Status.Conditions.Any(condition => condition is { Type: "PodScheduled", Reason: "SchedulingGated" }))
        {
            _reason = "SchedulingGated";
        }

        var initializing = ReadInitContainers();
        if (!initializing || HasCondition("Initialized"))
        {
            ReadContainers();
        }

        if (_pod.Metadata.DeletionTimestamp is null)
        {
            return;
        }

        if (_pod.Status.Reason == "NodeLost")
        {
            _reason = "Unknown";
        }
        else if (_pod.Status.Phase is not ("Succeeded" or "Failed"))
        {
            _reason = "Terminating";
        }
    }

    /// <returns>Whether one of them is still to do or has failed; the word then says which.</returns>
    private bool ReadInitContainers()
    {
        for (var i = 0; i < _pod.Status.InitContainerStatuses.Count; i++)
        {
            var status = _pod.Status.InitContainerStatuses[i];
            var isSidecar = _sidecars.Contains(status.Name);
            Count(status, isSidecar);
            if (status.State.Terminated is { ExitCode: 0 })
            {
                continue;
            }

            if (isSidecar && status.Started == true)
            {
                _ready += status.Ready ? 1 : 0;
                continue;
            }

            _reason = status.State switch
            {
                { Terminated: { } end } => "Init:" + Ending(end),
                { Waiting.Reason: { } why and not "PodInitializing" } => "Init:" + why,
                _ => $"Init:{i}/{_pod.Spec.InitContainers.Count}",
            };
            return true;
        }

        return false;
    }

    private void ReadContainers()
    {
        _restarts = _sidecarRestarts;
        _restartedAt = _sidecarRestartedAt;
        var isAnyRunning = false;
        foreach (var status in _pod.Status.ContainerStatuses.Reverse())
        {
            Count(status, isSidecar: false);
            if (status.State.Waiting?.Reason is { } why)
            {
                _reason = why;
            }
            else if (status.State.Terminated is { } end)
            {
                _reason = Ending(end);
            }
            else if (status is { Ready: true, State.Running: not null })
            {
                isAnyRunning = true;
                _ready++;
            }
        }

        // One container has completed while another still runs: the pod runs.
        if (_reason == "Completed" && isAnyRunning)
        {
            _reason = HasCondition("Ready") ? "Running" : "NotReady";
        }
    }

    private void Count(ContainerStatus status, bool isSidecar)
    {
        _restarts += status.RestartCount;
        _restartedAt = Later(_restartedAt, status.LastState.Terminated?.FinishedAt);
        if (!isSidecar)
        {
            return;
        }

        _sidecarRestarts += status.RestartCount;
        _sidecarRestartedAt = Later(_sidecarRestartedAt, status.LastState.Terminated?.FinishedAt);
    }

    private bool HasCondition(string type) =>
        _pod.Status.Conditions.Any(condition => condition.Type == type && condition.Status == "True");

    private static string Ending(ContainerStateTerminated end) =>
        end.Reason ?? (end.Signal != 0 ? $"Signal:{end.Signal}" : $"ExitCode:{end.ExitCode}");

    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) =>
        left is null || right > left ? right ?? left : left;

    private static string Gates(Pod pod)
    {
        var gates = pod.Spec.ReadinessGates;
        var open = gates.Count(gate => pod.Status.Conditions.Any(
            condition => condition.Type == gate.ConditionType && condition.Status == "True"));
        return gates.Count == 0 ? TableText.None : $"{open}/{gates.Count}";
    }
}
