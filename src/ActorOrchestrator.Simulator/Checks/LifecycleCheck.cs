using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What is true of every object's life, whoever writes it: its identity stays, its generation does not go back, what is
/// to go stays so and gains no finalizer, a user's finalizer is only taken away by the user, and a pod that is over
/// stays over.
/// </summary>
internal sealed class LifecycleCheck : Check
{
    private readonly OpenWrites _users = new();

    public override string Guarantee => "life cycle";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Call.Method is "PATCH" or "PUT" && RequestTarget.Of(exchange.Call) is { Name: not null } target)
        {
            _users.Begin(target);
        }
    }

    public override void OnExchange(Exchange exchange)
    {
        if (exchange.Call.Method is "PATCH" or "PUT" && RequestTarget.Of(exchange.Call) is { Name: not null } target)
        {
            _users.End(target, exchange);
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change.Old is not { } old)
        {
            if (change.New is null)
            {
                Violate($"{change.Key} was gone, and by {decided} is so again at {change.Sequence}");
            }

            return;
        }

        if (IsHeld(old) && (change.New is null || !IsHeld(change.New)) && !_users.MayChange(change.Key, World.Loop.Now))
        {
            Violate($"{change.Key} lost the finalizer {ObjectOperations.Finalizer} at {change.Sequence} by "
                + $"{decided}; no user had asked for that");
        }

        if (change.New is { } now)
        {
            HoldIdentity(change, old.Metadata, now.Metadata);
            HoldDeletion(change, old.Metadata, now.Metadata);
        }

        if (old is Pod { Status.Phase: "Succeeded" or "Failed" } over && change.New is Pod revived
            && revived.Status.Phase != over.Status.Phase)
        {
            Violate($"{change.Key} was {over.Status.Phase} and is {revived.Status.Phase} at {change.Sequence}");
        }
    }

    private void HoldIdentity(ObjectChange change, ObjectMeta old, ObjectMeta now)
    {
        if (old.Uid != now.Uid || old.Name != now.Name || old.Namespace != now.Namespace
            || old.CreationTimestamp != now.CreationTimestamp)
        {
            Violate($"{change.Key} became another object at {change.Sequence}: "
                + $"{old.Namespace}/{old.Name} ({old.Uid}) of {old.CreationTimestamp:O}, then "
                + $"{now.Namespace}/{now.Name} ({now.Uid}) of {now.CreationTimestamp:O}");
        }

        if (now.Generation < old.Generation)
        {
            Violate($"{change.Key} went back from generation {old.Generation} to {now.Generation} at "
                + change.Sequence);
        }
    }

    private void HoldDeletion(ObjectChange change, ObjectMeta old, ObjectMeta now)
    {
        if (old.DeletionTimestamp is null)
        {
            return;
        }

        if (now.DeletionTimestamp is null || now.DeletionTimestamp > old.DeletionTimestamp)
        {
            Violate($"{change.Key} was to go at {old.DeletionTimestamp:O}, and by {change.Sequence} "
                + $"{now.DeletionTimestamp?.ToString("O") ?? "not at all"}");
        }

        // The ways of propagation are finalizers too; a second deletion may ask for another one.
        var added = now.Finalizers.Where(name => !old.Finalizers.Contains(name)
            && name is not (Finalizers.Foreground or Finalizers.Orphan)).ToList();
        if (added.Count > 0)
        {
            Violate($"{change.Key} is on its way out and got [{string.Join(", ", added)}] at {change.Sequence}");
        }
    }

    private static bool IsHeld(KubeObject value) => value.Metadata.Finalizers.Contains(ObjectOperations.Finalizer);
}
