using System.Net;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>What a pod's status says of the machine it runs on.</summary>
public sealed record NodeView(string NodeName, ValueList<string> HostIps, string RuntimeName)
{
    /// <summary>As its control groups do (<see cref="Groups.IPodGroups.AlertAllContainers"/>).</summary>
    public bool AlertsAllContainers { get; init; }

    /// <summary>What a pod shows of its machine's addresses: the first of IPv4 and the first of IPv6.</summary>
    public static ValueList<string> OnePerFamily(ValueList<string> addresses) =>
        addresses.DistinctBy(address => IPAddress.Parse(address).AddressFamily).ToValueList();
}

/// <summary>
/// One decision while it is being made: what is known, and the actions, events and waits found so far. Lives for one
/// call of <see cref="PodPlan.Next"/>; the parts of the plan write into it in a fixed order.
/// </summary>
internal sealed class PodDraft(Pod pod, PodState state, NodeView node, DateTimeOffset now)
{
    public Pod Pod { get; } = pod;

    public PodState State { get; } = state;

    public NodeView Node { get; } = node;

    public DateTimeOffset Now { get; } = now;

    public IReadOnlyList<PodContainer> Containers { get; } = PodContainer.Of(pod);

    public List<PodAction> Actions { get; } = [];

    public List<string> Cancellations { get; } = [];

    public List<PodEvent> Events { get; } = [];

    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>The first thing that holds the pod up; null when nothing does.</summary>
    public PodReason? Reason { get; private set; }

    public IEnumerable<PodContainer> Mains => Containers.Where(c => c.Role == ContainerRole.Main);

    public ContainerTrack Track(PodContainer container) => State.Track(container.Name);

    /// <summary>Begins an operation, unless it is under way or has to wait after a failure.</summary>
    public void Do(PodAction action)
    {
        if (State.IsInFlight(action.Key) || Actions.Any(a => a.Key == action.Key))
        {
            Waits(new PodReason.AwaitingOperations(action.Key));
        }
        else if (State.Setbacks.TryGetValue(action.Key, out var setback) && !setback.IsDue(Now))
        {
            WaitsUntil(action.Key, setback.RetryAt);
        }
        else
        {
            Actions.Add(action);
            Waits(new PodReason.AwaitingOperations(action.Key));
        }
    }

    public void Waits(PodReason reason) => Reason ??= reason;

    public void WaitsUntil(string what, DateTimeOffset until)
    {
        Waits(new PodReason.AwaitingRetry(what, until));
        Wake(until);
    }

    public void Wake(DateTimeOffset? at)
    {
        if (at is { } instant && (WakeAt is null || instant < WakeAt))
        {
            WakeAt = instant;
        }
    }
}
