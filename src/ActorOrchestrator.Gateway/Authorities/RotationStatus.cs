using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Joining;

namespace ActorOrchestrator.Gateway.Authorities;

/// <summary>A machine, and what it says of authorities; null: nothing yet.</summary>
public sealed record MachineTrust(MemberInfo Machine, TrustReport? Report);

/// <summary>What a machine still has to do before the next step.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Roles">As of <see cref="MemberInfo"/>.</param>
/// <param name="Lacks">What is missing; empty: it is ready.</param>
public sealed record MachineReadiness(string Node, string Roles, string Lacks);

/// <summary>How far the cluster's authority is exchanged, and what is to be done next: for people.</summary>
/// <param name="Phase">As of <see cref="RotationPhase"/>.</param>
/// <param name="Authorities">The pins of those that are trusted; the first one signs.</param>
/// <param name="Machines">All that there are, by name.</param>
/// <param name="Next">What to do.</param>
public sealed record RotationStatus(
    string Phase, IReadOnlyList<string> Authorities, IReadOnlyList<MachineReadiness> Machines, string Next)
{
    /// <summary>What keeps the next step from being taken.</summary>
    public IEnumerable<string> Obstacles =>
        from machine in Machines
        where machine.Lacks.Length > 0
        select $"{machine.Node}: {machine.Lacks}";

    /// <param name="authorities">As they are.</param>
    /// <param name="pins">Theirs, in the same order.</param>
    /// <param name="machines">All that there are.</param>
    public static RotationStatus Of(
        ClusterAuthority authorities, ValueList<string> pins, IEnumerable<MachineTrust> machines)
    {
        var readiness = machines.OrderBy(each => each.Machine.Node, StringComparer.Ordinal)
            .Select(each => new MachineReadiness(
                each.Machine.Node, each.Machine.Roles, Lacks(authorities.Phase, pins, each)))
            .ToList();
        return new(
            $"{authorities.Phase}", pins, readiness,
            NextOf(authorities.Phase, readiness.Any(each => each.Lacks.Length > 0)));
    }

    /// <summary>A member that is not up reads the authorities from the journal before it does anything else; a machine
    /// that only runs pods learns of them only while it runs.</summary>
    private static string Lacks(RotationPhase phase, ValueList<string> pins, MachineTrust of)
    {
        var isNode = of.Machine.Roles == JoinRequest.NodeOnly;
        if (phase == RotationPhase.Settled || (of.Machine.Status != "Up" && !isNode))
        {
            return "";
        }

        if (of.Machine.Status != "Up")
        {
            return "is not heard: start it, or take it out with 'orchestrator remove'";
        }

        return (phase, of.Report) switch
        {
            (_, null) => "has not said yet whom it trusts (an older release never does)",
            (RotationPhase.Trusting, var report) => report.Trusts.Contains(pins[^1])
                ? ""
                : "does not trust the new authority yet",
            (_, var report) => report.Trusts.Contains(pins[0]) && report.Shows.All(shown => shown == pins[0]) ? ""
                : isNode ? "has no certificates of the new authority yet"
                : "restart it: what it shows to other members is of the former authority",
        };
    }

    private static string NextOf(RotationPhase phase, bool waits) => (phase, waits) switch
    {
        (RotationPhase.Settled, _) => "'orchestrator ca rotate' makes a new authority and has all machines trust it",
        (RotationPhase.Trusting, true) => "wait until all machines trust the new authority",
        (RotationPhase.Trusting, false) =>
            "give every user and every client outside of the cluster a new kubeconfig ('orchestrator kubeconfig' "
            + "prints it; it trusts both), then 'orchestrator ca issue'",
        (RotationPhase.Issuing, true) =>
            "restart the members one after the other, each when the one before is ready again",
        _ => "give every user a new kubeconfig ('orchestrator kubeconfig'), for those of the former authority end; "
            + "then 'orchestrator ca finish'",
    };
}
