using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Domain.ControllerRevisions;

namespace ActorOrchestrator.Domain.DaemonSets;

/// <summary>The bounds of an update (apps/v1 RollingUpdateDaemonSet), of so many nodes as are to run a pod; percentages
/// are rounded up. One of the two is 0.</summary>
public readonly record struct DaemonBounds(int MaxUnavailable, int MaxSurge)
{
    public static DaemonBounds Of(DaemonSetUpdateStrategy strategy, int desired)
    {
        if (strategy.Type != DaemonRollingUpdate.Type)
        {
            return new DaemonBounds(0, 0);
        }

        var surge = (strategy.RollingUpdate?.MaxSurge ?? 0).Scaled(desired, roundUp: true) ?? 0;
        var unavailable = (strategy.RollingUpdate?.MaxUnavailable ?? 1).Scaled(desired, roundUp: true) ?? 0;
        return new DaemonBounds(surge == 0 && desired > 0 ? Math.Max(1, unavailable) : unavailable, surge);
    }
}

/// <summary>The pods that are to go, and the nodes that get one of the present revision beside the old one.</summary>
public sealed record DaemonUpdate(IReadOnlyList<RevisionedPod> Deletes, IReadOnlyList<string> Creates);

/// <summary>
/// The next step of a rolling update, on nodes that are covered (<see cref="NodeCoverage"/>).
/// <para>Without a surge, old pods are deleted while fewer than maxUnavailable nodes lack an available pod; one that is
/// not available itself may always go:</para>
/// <code>
///   maxUnavailable 1:  old+ old+ old+      delete one      (+ available, - not)
///                      gone old+ old+      wait
///                      new- old+ old+      wait
///                      new+ old- old+      delete old-; its node counts, so the other one waits
/// </code>
/// <para>With a surge, new pods are made beside old ones on at most maxSurge nodes at once, and beside an old one that
/// is not available always; the old one goes when the new one is available:</para>
/// <code>
///   maxSurge 1:        old+ old+ old+            create on the first
///                      old+/new- old+ old+       wait
///                      old+/new+ old+ old+       delete the old one of the first, create on the second
/// </code>
/// </summary>
public static class DaemonRollingUpdate
{
    public const string Type = "RollingUpdate";

    public static DaemonUpdate Next(IReadOnlyList<DaemonNode> nodes, DaemonBounds bounds, DateTimeOffset now) =>
        bounds.MaxSurge > 0 ? Surge(nodes, bounds.MaxSurge, now) : Replace(nodes, bounds.MaxUnavailable, now);

    private static DaemonUpdate Replace(IReadOnlyList<DaemonNode> nodes, int maxUnavailable, DateTimeOffset now)
    {
        var unavailable = 0;
        var broken = new List<RevisionedPod>();
        var candidates = new List<RevisionedPod>();
        foreach (var node in Counted(nodes))
        {
            switch (node.Pair())
            {
                case (null, { } old) when old.IsAvailable(now):
                    candidates.Add(old);
                    break;
                case (null, { IsKnown: true } old):
                    broken.Add(old);
                    unavailable++;
                    break;
                case ({ } fresh, null) when fresh.IsAvailable(now):
                    break;
                default:
                    unavailable++;
                    break;
            }
        }

        var room = Math.Max(0, maxUnavailable - unavailable);
        return new DaemonUpdate([.. broken, .. candidates.Take(room)], []);
    }

    private static DaemonUpdate Surge(IReadOnlyList<DaemonNode> nodes, int maxSurge, DateTimeOffset now)
    {
        var (surging, available) = (0, 0);
        var deletes = new List<RevisionedPod>();
        var leftBehind = new List<RevisionedPod>();
        var always = new List<string>();
        var candidates = new List<string>();
        foreach (var node in Counted(nodes))
        {
            if (node.Pair() is not { } pair)
            {
                surging++;
                continue;
            }

            available += (pair.Old ?? pair.New)?.IsAvailable(now) == true ? 1 : 0;
            switch (pair)
            {
                case (null, { IsKnown: true } old) when !node.IsDesired:
                    (old.IsAvailable(now) ? leftBehind : deletes).Add(old);
                    break;
                case (null, { IsKnown: true } old) when node.Pods.All(pod => pod == old || pod.IsTerminating):
                    (old.IsAvailable(now) ? candidates : always).Add(node.Name);
                    break;
                case ({ } fresh, { } old) when fresh.IsAvailable(now):
                    deletes.Add(old);
                    break;
                case (_, not null):
                    surging++;
                    break;
            }
        }

        // Where the template's nodes changed, pods elsewhere stay until as many are available where they are to be.
        var spare = Math.Max(0, available - nodes.Count(node => node.IsDesired));
        var room = Math.Max(0, maxSurge - surging);
        return new DaemonUpdate([.. deletes, .. leftBehind.Take(spare)], [.. always, .. candidates.Take(room)]);
    }

    /// <summary>Nodes that are to have a pod, or may keep one that they have.</summary>
    private static IEnumerable<DaemonNode> Counted(IReadOnlyList<DaemonNode> nodes) =>
        nodes.Where(node => node.IsDesired || node is { Fit: NodeFit.KeepsRunning, Pods.Count: > 0 });
}
