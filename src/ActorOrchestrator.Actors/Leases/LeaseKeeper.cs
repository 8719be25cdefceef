using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Leases;

/// <summary>Takes and renews coordination/v1 Leases by which this process says that it lives.</summary>
public sealed class LeaseKeeper(ICluster cluster, TimeProvider time)
{
    private static readonly ResourceKind Leases = KindRegistry.Of<Lease>();

    /// <summary>Makes the Lease, renews it, or takes it over from another holder. When that is refused, or somebody
    /// wrote in between, the next renewal comes soon enough.</summary>
    /// <param name="wanted">With holder and duration, without times.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task RenewAsync(Lease wanted, CancellationToken cancellation)
    {
        var current = cluster.View.Get(Leases, wanted.Metadata.Namespace, wanted.Metadata.Name!) as Lease;
        var renewed = Renewed(current, wanted, new MicroTime(Truncate(time.GetUtcNow())));
        await cluster.SendAsync(
            EntityKey.Of(wanted), current is null ? new Create(renewed) : new Replace(renewed), cancellation);
    }

    /// <summary>Gives the Lease up, if it is still held by the same.</summary>
    public async Task GiveUpAsync(Lease held, CancellationToken cancellation)
    {
        if (cluster.View.Get(Leases, held.Metadata.Namespace, held.Metadata.Name!) is Lease current
            && current.Spec.HolderIdentity == held.Spec.HolderIdentity)
        {
            await cluster.SendAsync(EntityKey.Of(held), Delete.Exactly(current.Metadata.Uid!), cancellation);
        }
    }

    private static Lease Renewed(Lease? current, Lease wanted, MicroTime now)
    {
        if (current is null)
        {
            return wanted with { Spec = wanted.Spec with { AcquireTime = now, RenewTime = now } };
        }

        var isHeld = current.Spec.HolderIdentity == wanted.Spec.HolderIdentity;
        return current with
        {
            Metadata = current.Metadata with
            {
                Labels = wanted.Metadata.Labels,
                Annotations = wanted.Metadata.Annotations,
                OwnerReferences = wanted.Metadata.OwnerReferences,
            },
            Spec = wanted.Spec with
            {
                AcquireTime = isHeld ? current.Spec.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = isHeld
                    ? current.Spec.LeaseTransitions
                    : (current.Spec.LeaseTransitions ?? 0) + 1,
            },
        };
    }

    /// <summary>Of whole microseconds, as on the wire: an object must equal itself read back.</summary>
    private static DateTimeOffset Truncate(DateTimeOffset now) =>
        new(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
