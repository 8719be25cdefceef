using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.PodSubnets;

namespace ActorOrchestrator.Domain.Nodes;

/// <summary>
/// A node: its agent's heartbeats are listened for but not written down, unless they bring news; its silence is.
/// <code>
///   absent ──RegisterNode/Create──► heard of ──SilenceMax without heartbeat──► silent (Ready Unknown, tainted)
///                                   ▲  │  └────its member, or itself, is not heard▲ │
///                                   │  └NodeStopping─► stopped ─RestartPatience──┘ │
///                                   └───────────heartbeat───┴──────────────────────┘
/// </code>
/// While it is silent the time runs after which its fenced pods have ended (<see cref="NodeFences"/>).
/// A node whose agent has said that it stops is expected back: that its member is not heard any more is no news then,
/// and a heartbeat of the member's former life is a late one.
/// What users own (labels, annotations and taints of other keys, unschedulable) and what the agent reports never
/// overwrite each other.
/// </summary>
public sealed class NodeDecider(NodeSettings settings) : ObjectBehavior<NodeState>
{
    private const string SilenceTimer = "silence";
    private const string FenceTimer = "fence";
    private const string AdriftTimer = "adrift";
    private const string Component = "node-controller";

    /// <summary>A timer that is late by more than this part of its time was held up.</summary>
    private const int StallShare = 4;

    protected override NodeState Initial => NodeState.Absent;

    public override bool IsAtRest(NodeState state) => state.HeardAt is null && base.IsAtRest(state);

    /// <summary>Its silence was noticed, and all that follows from it is written down: nothing is waited for but a
    /// heartbeat.</summary>
    internal static bool IsSilent(Node node) =>
        NodeConditions.IsUnknown(node) && NodeFences.WaitOf(node) is null
        && ReferenceEquals(NodeTaints.Apply(node, DateTimeOffset.MinValue), node);

    protected override Decision OnMessage(
        EntityKey self, NodeState state, Message message, in DecisionContext context) => message switch
    {
        RegisterNode register => Register(self, state, register, context),
        NodeHeartbeat heartbeat => OnHeartbeat(self, state, heartbeat, context),
        NodeStopping stopping => OnStopping(self, state, stopping, context),
        MemberUnheard told => OnUnheard(self, state, told, context),
        MachineHeard told => OnMachineHeard(state, told, context),
        MachineUnheard told => OnMachineUnheard(self, state, told, context),
        CarrierUnheard told => OnCarrierUnheard(state, told, context),
        CheckAdrift => NoticeAdrift(self, state, context),
        NodeLives => OnSignOfLife(self, state, context),
        AssignPodSubnet assigned when state.Object is Node current =>
            Change(self, current, NodeNetworks.Assigned(current, assigned), context),
        NoPodSubnet refused when state.Object is Node current => Change(
            self, current, NodeNetworks.Refused(current, refused, ObjectLifecycle.Truncate(context.Now)), context),
        RenewNodeLease renew => RenewLease(self, state, renew, context),
        FenceDue => NoticeFence(self, state, context),
        CheckSilence => NoticeSilence(self, state, context),
        Domain.Reconcile => Follow(self, state, context),
        _ => new Decision(),
    };

    protected override NodeState ApplyOwn(NodeState state, DomainEvent @event) => @event switch
    {
        NodeHeard heard => state with { HeardAt = heard.At, AdriftSince = null },
        NodeAdrift adrift => state with { AdriftSince = adrift.At },
        NodeConnected connected => state with { Connection = connected.Connection, DoubtedSince = null },
        NodeDoubted doubted => state with { DoubtedSince = doubted.At },
        NodeLeaseRenewed => state,
        NodeFenceAwaited awaited => state with { IsFenceAwaited = awaited.IsAwaited },
        NodeFellSilent => state with
        {
            HeardAt = null, Connection = null, DoubtedSince = null, AdriftSince = null,
        },
        _ => base.ApplyOwn(state, @event),
    };

    /// <summary>One that was heard in between has to be waited for anew, at whatever pace that is followed
    /// up.</summary>
    protected override NodeState OnObject(NodeState state, DomainEvent @event) =>
        @event is ObjectDeleted ? NodeState.Absent
        : state.Object is Node node && NodeConditions.IsUnknown(node) ? state
        : state with { IsFenceAwaited = false };

    /// <summary>Of a machine that only runs pods, or by hand.</summary>
    protected override Decision OnCreate(
        EntityKey self, NodeState state, Create create, in DecisionContext context) =>
        Introduced(base.OnCreate(self, state, create, context));

    private Decision Register(EntityKey self, NodeState state, RegisterNode register, in DecisionContext context)
    {
        var introduced = NodeMembers.Carried(register.Node, register.Member);
        if (state.Object is not Node current)
        {
            var now = ObjectLifecycle.Truncate(context.Now);
            var status = NodeConditions.Merge(NodeStatus.Empty, introduced.Status, now, settings.HeartbeatTimeRefresh);
            var spec = introduced.Spec with { PodCIDR = null, PodCIDRs = [] };
            var created = NodeTaints.Apply(introduced with { Status = status, Spec = spec }, now);
            var creation = ObjectLifecycle.Create(self, state, new Create(created), context);
            return Listen(state, Introduced(creation), context);
        }

        return IsLate(current, register.Member)
            ? new Decision()
            : Update(self, state, current, Introduce(current, introduced), introduced.Status, context);
    }

    private Decision OnHeartbeat(
        EntityKey self, NodeState state, NodeHeartbeat heartbeat, in DecisionContext context) => state.Object switch
    {
        Node current when IsLate(current, heartbeat.Member) => new Decision(),
        Node current => Answered(current, Update(
            self, state, current, NodeMembers.Carried(current, heartbeat.Member), Said(heartbeat.Status, context),
            context)),
        _ => ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name)),
    };

    /// <summary>An agent that is on no member says by its last status that it stops.</summary>
    private NodeStatus Said(NodeStatus reported, in DecisionContext context) => NodeConditions.IsStopped(reported)
        ? NodeConditions.Stop(reported, ObjectLifecycle.Truncate(context.Now), settings.RestartPatience)
        : reported;

    private Decision OnSignOfLife(EntityKey self, NodeState state, in DecisionContext context) =>
        state.Object is Node current
            ? Answered(current, Listen(state, new Decision(), context))
            : ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name));

    /// <summary>With the node as it is then.</summary>
    private static Decision Answered(Node current, Decision decision) =>
        decision.Effects.Any(effect => effect is Effect.Answer)
            ? decision
            : decision.Reply(new Reply.Accepted(decision.Events.Where(@event => @event.Scope == EventScope.Object)
                .Aggregate((KubeObject)current, (node, @event) => ObjectFold.Apply(node, @event)!)));

    /// <summary>What an agent said before it said that it stops.</summary>
    private static bool IsLate(Node current, string? member) =>
        member is not null && NodeConditions.IsStopped(current) && MemberNote.Of(current) == member;

    private Decision Update(
        EntityKey self, NodeState state, Node current, Node changed, NodeStatus reported, in DecisionContext context)
    {
        var now = ObjectLifecycle.Truncate(context.Now);
        var status = NodeConditions.Merge(current.Status, reported, now, settings.HeartbeatTimeRefresh);
        var heard = changed with { Status = NodeFences.Heard(status, now) };
        var decision = Change(self, current, heard, context);

        // The timer of one that was stopped rings too late for one that is back.
        return Listen(NodeConditions.IsStopped(current) ? state with { HeardAt = null } : state, decision, context);
    }

    /// <summary>One that is not ready is so for another reason, which counts.</summary>
    private Decision OnStopping(EntityKey self, NodeState state, NodeStopping stopping, in DecisionContext context)
    {
        if (state.Object is not Node current || MemberNote.Of(current) != stopping.Member
            || !NodeConditions.IsReady(current) || NodeConditions.IsStopped(current))
        {
            return new Decision();
        }

        var status = NodeConditions.Stop(
            current.Status, ObjectLifecycle.Truncate(context.Now), settings.RestartPatience);
        return Change(self, current, current with { Status = status }, context).Emit(new NodeHeard(context.Now))
            .SetTimer(SilenceTimer, context.Now + settings.RestartPatience, CheckSilence.Instance);
    }

    private static Decision OnUnheard(EntityKey self, NodeState state, MemberUnheard told, in DecisionContext context)
    {
        if (state.Object is not Node current || NodeMembers.Expected(current) != told.Member)
        {
            return new Decision();
        }

        var status = NodeConditions.Unheard(current.Status, told, ObjectLifecycle.Truncate(context.Now));
        return Change(self, current, current with { Status = status }, context).Emit(new NodeFellSilent());
    }

    private Decision OnMachineHeard(NodeState state, MachineHeard told, in DecisionContext context) =>
        state.Object is null
            ? new Decision()
            : Listen(
                state,
                state.Connection == told.Connection ? new Decision()
                    : new Decision().Emit(new NodeConnected(told.Connection)),
                context);

    /// <summary>Where no connection is known, as after a restart, whoever hears the machine will say so within a
    /// while.</summary>
    private static Decision OnMachineUnheard(
        EntityKey self, NodeState state, MachineUnheard told, in DecisionContext context)
    {
        if (state.Object is not Node current || NodeConditions.IsUnknown(current) || NodeConditions.IsStopped(current)
            || (state.Connection is not null && state.Connection != told.Connection))
        {
            return new Decision();
        }

        if (state.Connection is null && !(context.Now - state.DoubtedSince > MachineHeard.ToldEvery))
        {
            return state.DoubtedSince is null ? new Decision().Emit(new NodeDoubted(context.Now)) : new Decision();
        }

        var status = NodeConditions.MachineUnheard(current.Status, ObjectLifecycle.Truncate(context.Now));
        return Change(self, current, current with { Status = status }, context).Emit(new NodeFellSilent());
    }

    /// <summary>Nothing is suspected yet; the machine has time to find another member.</summary>
    private static Decision OnCarrierUnheard(NodeState state, CarrierUnheard told, in DecisionContext context)
    {
        var isOurs = state.Connection is not { } connection
            || connection.StartsWith($"{told.Member}/", StringComparison.Ordinal);
        if (state is not { Object: Node current, AdriftSince: null } || !isOurs || MemberNote.Of(current) is not null
            || NodeConditions.IsUnknown(current) || NodeConditions.IsStopped(current))
        {
            return new Decision();
        }

        return new Decision().Emit(new NodeAdrift(context.Now))
            .SetTimer(AdriftTimer, context.Now + CarrierUnheard.IsToldWithin, CheckAdrift.Instance);
    }

    private static Decision NoticeAdrift(EntityKey self, NodeState state, in DecisionContext context)
    {
        if (state is not { Object: Node current, AdriftSince: { } since } || NodeConditions.IsUnknown(current))
        {
            return new Decision();
        }

        // Whoever pauses for that long hears nobody meanwhile.
        if (context.Now - since > CarrierUnheard.IsToldWithin * 2)
        {
            return new Decision().Emit(new NodeHeard(context.Now));
        }

        var status = NodeConditions.Adrift(current.Status, ObjectLifecycle.Truncate(context.Now));
        return Change(self, current, current with { Status = status }, context).Emit(new NodeFellSilent());
    }

    private TimeSpan Patience(Node node) =>
        NodeConditions.IsStopped(node) ? settings.RestartPatience : settings.SilenceMax;

    /// <summary>Notes the sign of life, and sets the timer if it does not run: one timer an interval, not a
    /// heartbeat.</summary>
    private Decision Listen(NodeState state, Decision decision, in DecisionContext context)
    {
        decision.Emit(new NodeHeard(context.Now));
        return state.HeardAt is null
            ? decision.SetTimer(SilenceTimer, context.Now + settings.SilenceMax, CheckSilence.Instance)
            : decision;
    }

    private Decision NoticeSilence(EntityKey self, NodeState state, in DecisionContext context)
    {
        if (state.Object is not Node current || state.HeardAt is not { } heard)
        {
            return new Decision();
        }

        var patience = Patience(current);
        var due = heard + patience;
        if (due > context.Now)
        {
            return new Decision().SetTimer(SilenceTimer, due, CheckSilence.Instance);
        }

        // A timer that fires this late tells of our own pause (a stopped process, a starved machine), in which
        // heartbeats could not be heard either; the agent gets its time again.
        if (context.Now - due > patience / StallShare)
        {
            return new Decision().Emit(new NodeHeard(context.Now))
                .SetTimer(SilenceTimer, context.Now + patience, CheckSilence.Instance);
        }

        var status = NodeConditions.Silence(current, ObjectLifecycle.Truncate(context.Now));
        return Change(self, current, current with { Status = status }, context).Emit(new NodeFellSilent());
    }

    /// <summary>After any change, and after a restart: brings the taints in line, and listens from now on.</summary>
    private Decision Follow(EntityKey self, NodeState state, in DecisionContext context)
    {
        if (state.Object is not Node current)
        {
            return new Decision().CancelTimer(SilenceTimer).CancelTimer(FenceTimer).CancelTimer(AdriftTimer);
        }

        var decision = AwaitFence(state, current, Change(self, current, current, context), context);
        return state.HeardAt is null && !NodeConditions.IsUnknown(current)
            ? Listen(state, decision, context)
            : decision;
    }

    /// <summary>From when this activation knows it to be Unknown: what others may have known before counts for
    /// nothing. The timer rings after that time, whatever becomes of the clock meanwhile.</summary>
    private static Decision AwaitFence(
        NodeState state, Node current, Decision decision, in DecisionContext context) =>
        !state.IsFenceAwaited && NodeFences.WaitOf(current) is { } wait
            ? decision.Emit(new NodeFenceAwaited(IsAwaited: true))
                .SetTimer(FenceTimer, context.Now + wait, FenceDue.Instance)
            : decision;

    private static Decision NoticeFence(EntityKey self, NodeState state, in DecisionContext context) =>
        state is { IsFenceAwaited: true, Object: Node current } && NodeFences.WaitOf(current) is not null
            ? Change(self, current, NodeFences.Ended(current, ObjectLifecycle.Truncate(context.Now)), context)
                .Emit(new NodeFenceAwaited(IsAwaited: false))
            : new Decision();

    /// <summary>Only while it is heard: one that is not says first how it is.</summary>
    private static Decision RenewLease(
        EntityKey self, NodeState state, RenewNodeLease renew, in DecisionContext context) => state.Object switch
    {
        not Node => ObjectLifecycle.Reject(Statuses.NotFound(self.Resource, self.Name)),
        Node current when NodeConditions.IsUnknown(current) || NodeConditions.IsStopped(current) =>
            ObjectLifecycle.Reject(Statuses.Conflict(
                self.Resource, self.Name, "nothing is heard of the node: its agent has to say how it is first")),
        Node current => Answered(current, Change(self, current, NodeFences.Leased(current, renew.TermSeconds), context)
            .Emit(new NodeLeaseRenewed(renew.TermSeconds))),
    };

    private static Decision Change(EntityKey self, Node current, Node changed, in DecisionContext context)
    {
        var tainted = NodeTaints.Apply(changed, ObjectLifecycle.Truncate(context.Now));
        if (tainted == current)
        {
            return new Decision();
        }

        var isStatusOnly = tainted with { Status = current.Status } == current;
        var decision = isStatusOnly
            ? new Decision().Emit(new StatusChanged(tainted.Status))
            : ObjectLifecycle.Write(self, current, tainted);
        return NoteReadiness(NodeConditions.IsReady(current), tainted, decision);
    }

    /// <summary>Tells of a node that is new, under the uid that it got.</summary>
    private static Decision Introduced(Decision creation)
    {
        foreach (var node in creation.Events.OfType<ObjectCreated>().Select(created => (Node)created.Object).ToList())
        {
            creation.RecordEvent(
                node, "Normal", "RegisteredNode",
                $"Node {node.Metadata.Name} event: Registered Node {node.Metadata.Name} in Controller", Component);
            NoteReadiness(wasReady: false, node, creation);
        }

        return creation;
    }

    private static Decision NoteReadiness(bool wasReady, Node changed, Decision decision)
    {
        var after = NodeConditions.IsReady(changed);
        if (wasReady == after)
        {
            return decision;
        }

        var reason = after ? "NodeReady" : "NodeNotReady";
        return decision.RecordEvent(
            changed, "Normal", reason, $"Node {changed.Metadata.Name} status is now: {reason}", Component);
    }

    /// <summary>The agent's labels and annotations win over stored ones of the same keys, all others stay; the
    /// provider's id is taken when there is none yet. Its pods' subnet is for the cluster to say.</summary>
    private static Node Introduce(Node current, Node introduced) => NodeFences.Introduced(current with
    {
        Metadata = current.Metadata with
        {
            Labels = Overlay(current.Metadata.Labels, introduced.Metadata.Labels),
            Annotations = AnnotationSize.Merged(
                current.Metadata.Annotations, introduced.Metadata.Annotations),
        },
        Spec = current.Spec with
        {
            ProviderID = current.Spec.ProviderID ?? introduced.Spec.ProviderID,
        },
    }, introduced);

    private static ValueMap<string> Overlay(ValueMap<string> below, ValueMap<string> above) =>
        above.Count == 0 ? below : ValueMap<string>.From(below.Concat(above));
}
