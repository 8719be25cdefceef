using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// A machine that is off is noticed: soon its node is not ready any more, and its pods are asked to go when they have
/// tolerated that for as long as they may; not before, and not while so many are lost that evictions are held back.
/// Judged while the control plane runs well, and of what began and
/// ended by a right clock.
/// </summary>
internal sealed class SilenceCheck() : PeriodicCheck(TimeSpan.FromSeconds(15))
{
    private const int HeartbeatsMissed = 4;

    /// <summary>What a timer that was held up, and a message that was lost, may cost.</summary>
    private static readonly TimeSpan SlackMost = TimeSpan.FromMinutes(2);

    /// <summary>A fenced pod stays at least for as long as its machine may run it.</summary>
    private static readonly TimeSpan FenceMost = Machines.Machine.FenceAfter * 2;

    /// <summary>How long before a pod goes somebody may have asked for that: a request is that long on its
    /// way.</summary>
    private static readonly TimeSpan RequestMost = TimeSpan.FromMinutes(5);

    /// <summary>Times that are written have no parts of seconds.</summary>
    private static readonly TimeSpan WrittenUnits = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, DateTimeOffset> _taintedSince = new(StringComparer.Ordinal);

    /// <summary>The last time that each node was tainted and is not any more.</summary>
    private readonly Dictionary<string, (DateTimeOffset Since, DateTimeOffset Until)> _former =
        new(StringComparer.Ordinal);

    private readonly Dictionary<EntityKey, DateTimeOffset> _asked = [];
    private readonly HashSet<string> _owned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _absent = new(StringComparer.Ordinal);
    private DateTimeOffset _skewedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _heldBackAt = DateTimeOffset.MinValue;

    public override string Guarantee => "silence";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Call.Method is "DELETE" or "POST" && RequestTarget.Of(exchange.Call) is { } target)
        {
            _asked[target.Key] = World.Loop.Now;
        }
    }

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        SeeClock();
        base.OnCommit(rows);
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Node node:
                TakeNode(node.Metadata.Name!, change.New as Node);
                break;
            case Pod pod:
                if (pod.Metadata.OwnerReferences.Count > 0)
                {
                    _owned.Add(pod.Metadata.Uid!);
                }

                if (decided.IsDeletion
                    && change.Old is Pod { Metadata.DeletionTimestamp: null } asked)
                {
                    HoldEviction(asked, change);
                }

                break;
        }
    }

    private void TakeNode(string name, Node? node)
    {
        if (node is null)
        {
            _absent[name] = World.Loop.Now;
        }

        if (node is not null && node.Spec.Taints.Any(taint => taint.Effect == "NoExecute"))
        {
            _taintedSince.TryAdd(name, World.Loop.Now);
            SeeDamping();
        }
        else if (_taintedSince.Remove(name, out var since))
        {
            _former[name] = (since, World.Loop.Now);
        }
    }

    /// <summary>A pod of nobody that nobody asked to go: only its node can be the cause.</summary>
    private void HoldEviction(Pod pod, ObjectChange change)
    {
        var isOthers = _owned.Contains(pod.Metadata.Uid!) || IsAsked(change.Key)
            || IsAsked(change.Key with { Name = "" }) || !Workload.WorkloadContext.Namespaces.Contains(
                change.Key.Namespace);
        if (isOthers || pod.Spec.NodeName is not { } node || World.Truth.Find<Node>(null, node) is null
            || _absent.ContainsKey(node))
        {
            return;
        }

        if (WasSkewedSince(_taintedSince.GetValueOrDefault(node, World.Loop.Now)))
        {
            return;
        }

        var tolerated = TimeSpan.FromSeconds(
            pod.Spec.Tolerations.Select(toleration => toleration.TolerationSeconds ?? 0).DefaultIfEmpty(0).Min());
        if (WasToldBefore(node, tolerated))
        {
            return;
        }

        if (!_taintedSince.TryGetValue(node, out var since)
            || since + tolerated > World.Loop.Now + WrittenUnits)
        {
            Violate($"{change.Key} was told to go at {change.Sequence}, and nobody had asked for that; {node} is "
                + (since == default ? "well" : $"tainted for {World.Loop.Now - since}, {tolerated} are tolerated"));
        }
    }

    /// <summary>Whether it was told to go while its node was tainted, and that took so long that the node is well
    /// again.</summary>
    private bool WasToldBefore(string node, TimeSpan tolerated) => _former.TryGetValue(node, out var former)
        && former.Until + SlackMost > World.Loop.Now && former.Since + tolerated <= former.Until + WrittenUnits;

    /// <summary>More than are emptied at once.</summary>
    private void SeeDamping()
    {
        var damping = DampingSettings.Default;
        if (_taintedSince.Count > damping.AtOnce
            || _taintedSince.Count >= damping.HoldFrom * World.Truth.All<Node>().Count())
        {
            _heldBackAt = World.Loop.Now;
        }
    }

    protected override void Look()
    {
        SeeClock();
        SeeDamping();
        foreach (var machine in World.Machines.Values)
        {
            if (!machine.IsOn && !WasSkewedSince(machine.OffSince))
            {
                HoldNoticed(machine.Name, machine.OffSince);
            }
        }
    }

    private void HoldNoticed(string name, DateTimeOffset offSince)
    {
        var since = Later(offSince, World.Calm.ControlTroubledAt);
        var silent = World.HeartbeatEvery * HeartbeatsMissed * 2;
        if (since + silent + SlackMost > World.Loop.Now || World.Truth.Find<Node>(null, name) is not { } node)
        {
            return;
        }

        if (Describe.IsReady(node))
        {
            Violate($"nodes//{name} is ready; its machine is off since {offSince:HH:mm:ss}");
        }

        if (World.Truth.All<Pod>().FirstOrDefault(
            pod => pod.Spec.NodeName == name && Describe.IsReady(pod)) is { } believed)
        {
            Violate($"{EntityKey.Of(believed)} is ready on {name}; its machine is off since "
                + $"{offSince:HH:mm:ss}");
        }

        var tainted = _taintedSince.GetValueOrDefault(name, World.Loop.Now);
        var stays = World.Truth.All<Pod>().FirstOrDefault(pod => pod.Spec.NodeName == name
            && pod.Metadata.DeletionTimestamp is null
            && pod.Spec.Tolerations.Select(toleration => toleration.TolerationSeconds).Max() is { } seconds
            && Later(Later(tainted, since), _heldBackAt) + TimeSpan.FromSeconds(seconds) + SlackMost
                + (PodFencing.IsFenced(pod) ? FenceMost : TimeSpan.Zero) < World.Loop.Now);
        if (stays is not null)
        {
            Violate($"{EntityKey.Of(stays)} stays on {name}, whose machine is off since {offSince:HH:mm:ss}");
        }
    }

    private bool IsAsked(EntityKey key) =>
        _asked.TryGetValue(key, out var at) && at + RequestMost > World.Loop.Now;

    private void SeeClock() => _skewedAt = World.Control.IsClockRight ? _skewedAt : World.Loop.Now;

    /// <summary>Since then, or so shortly before that what came of it may have been judged by a wrong clock.</summary>
    private bool WasSkewedSince(DateTimeOffset then) => _skewedAt + SlackMost > then;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
