using System.Net;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Discovery;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.ApiServers;

/// <summary>
/// What clients find of the API itself in every cluster: the Service <c>default/kubernetes</c>, whose Endpoints and
/// EndpointSlices are the members with a Lease that holds (<see cref="ApiServerLeases"/>), and the authority of
/// clients' certificates in <c>kube-system/extension-apiserver-authentication</c>. Leases that hold no more are
/// deleted.
/// </summary>
/// <param name="authority">The authority's certificate in PEM, as long as it was not exchanged.</param>
public sealed class ApiServerObjects(string authority) : IProjection
{
    private static readonly ResourceKind Slices = KindRegistry.Of<EndpointSlice>();

    private readonly SortedDictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _renewedAt = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _slices = new(StringComparer.Ordinal);
    private readonly StandingObjects _objects = new();
    private readonly Dictionary<EntityKey, DateTimeOffset> _deletedAt = [];
    private DateTimeOffset? _startedAt;
    private ValueList<IPEndPoint>? _shown;
    private string _authorities = authority;
    private bool _hasNamespace;

    public string Name => "api-server-objects";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.New is null)
        {
            _deletedAt.Remove(change.Key);
        }

        // Before it is there, nothing can be made in it.
        if (change.New is Namespace { Metadata.Name: ApiServerLeases.Namespace })
        {
            _hasNamespace = true;
            WantAuthentication();
        }

        if (ClusterAuthority.Read(change.New) is { } authorities)
        {
            _authorities = authorities.Bundle;
            WantAuthentication();
        }

        if (ApiServerLeases.Is(change.Old))
        {
            _leases.Remove(change.Key.Name);
            _renewedAt.Remove(change.Key.Name);
        }

        if (ApiServerLeases.Is(change.New))
        {
            _leases[change.Key.Name] = (Lease)change.New!;
            _renewedAt[change.Key.Name] = context.Now;
        }

        if (ApiService.IsPart(change.Key, change.New ?? change.Old))
        {
            _objects.Observe(change);
            if (change.Key.Resource == Slices.Resource)
            {
                Track(change);
            }
        }
    }

    public void Started(ProjectionContext context) => _startedAt = context.Now;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (_startedAt is not { } startedAt)
        {
            return;
        }

        var addresses = new List<IPEndPoint>();
        foreach (var lease in _leases.Values)
        {
            var end = EndOf(lease, startedAt);
            if (end > context.Now)
            {
                context.WakeAt(end);
                addresses.AddRange(ApiServerLeases.AddressesOf(lease));
            }
            else
            {
                Tell(EntityKey.Of(lease), Expiry(lease), context);
            }
        }

        Show([.. addresses.Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal)]);
        foreach (var slice in _slices.Where(slice => _shown is { } shown && ApiService.IsOverdue(shown, slice)))
        {
            Tell(new EntityKey(Slices.Resource, ApiService.Namespace, slice), Delete.Background, context);
        }

        _objects.Ask(context);
    }

    private void WantAuthentication()
    {
        if (_hasNamespace)
        {
            var wanted = ApiService.Authentication(_authorities);
            _objects.Want(wanted, current => (ConfigMap)current with { Data = wanted.Data });
        }
    }

    /// <summary>Counted from when the renewal was seen here: the time in it is that of another machine's clock. A
    /// cluster that was not running renewed nothing, so its members have their time from when it runs again.</summary>
    private DateTimeOffset EndOf(Lease lease, DateTimeOffset startedAt)
    {
        var renewed = _renewedAt[lease.Metadata.Name!];
        return (renewed > startedAt ? renewed : startedAt)
            .Later(lease.Spec.LeaseDurationSeconds ?? ApiServerLeases.DurationSeconds);
    }

    /// <summary>If it is renewed meanwhile, its version is another one, and it stays.</summary>
    private static Delete Expiry(Lease lease) => new(new DeleteOptions
    {
        Preconditions = new() { Uid = lease.Metadata.Uid, ResourceVersion = lease.Metadata.ResourceVersion },
    });

    /// <summary>Asks for a deletion, and again when it is still wanted a while later.</summary>
    private void Tell(EntityKey key, Delete deletion, ProjectionContext context)
    {
        if (!_deletedAt.TryGetValue(key, out var at) || at + ApiServerLeases.RenewEvery <= context.Now)
        {
            context.Tell(key, deletion);
            _deletedAt[key] = at = context.Now;
        }

        context.WakeAt(at + ApiServerLeases.RenewEvery);
    }

    /// <summary>Before the first member serves there is nothing to show.</summary>
    private void Show(ValueList<IPEndPoint> addresses)
    {
        if (addresses == _shown || (_shown is null && addresses.Count == 0))
        {
            return;
        }

        foreach (var slice in _shown is { } before ? ApiService.SlicesOf(before) : [])
        {
            _objects.Forget(EntityKey.Of(slice));
        }

        _shown = addresses;
        foreach (var (fresh, mend) in ApiService.Of(addresses))
        {
            _objects.Want(fresh, mend);
        }
    }

    private void Track(ObjectChange change)
    {
        if (change.New is null)
        {
            _slices.Remove(change.Key.Name);
        }
        else
        {
            _slices.Add(change.Key.Name);
        }
    }
}
