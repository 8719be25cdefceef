using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>Sees to it that every namespace has what pods count on: the ServiceAccount <c>default</c> and the ConfigMap
/// <c>kube-root-ca.crt</c> with the certificate authority of the API, or both while it is exchanged; made again when
/// deleted or falsified.</summary>
/// <param name="authority">The authority's certificate in PEM, as long as it was not exchanged.</param>
public sealed class NamespaceDefaults(string authority) : IProjection
{
    public const string ServiceAccountName = "default";
    public const string AuthorityConfigMap = "kube-root-ca.crt";
    public const string AuthorityKey = "ca.crt";

    private readonly StandingObjects _objects = new();
    private readonly SortedSet<string> _active = new(StringComparer.Ordinal);
    private ValueMap<string> _data = DataOf(authority);
    private bool _started;

    public string Name => "namespace-defaults";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Namespace:
                OnNamespace(change.Key.Name, change.New?.Metadata is { DeletionTimestamp: null });
                break;
            case Secret when ClusterAuthority.Read(change.New) is { } authorities:
                _data = DataOf(authorities.Bundle);
                _active.ToList().ForEach(Want);
                break;
            case ServiceAccount when change.Key.Name == ServiceAccountName:
            case ConfigMap when change.Key.Name == AuthorityConfigMap:
                _objects.Observe(change);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (_started)
        {
            _objects.Ask(context);
        }
    }

    private void OnNamespace(string ns, bool isActive)
    {
        if (isActive)
        {
            _active.Add(ns);
            Want(ns);
        }
        else
        {
            _active.Remove(ns);
            _objects.Forget(EntityKey.Of(Account(ns)));
            _objects.Forget(EntityKey.Of(Map(ns)));
        }
    }

    private void Want(string ns)
    {
        _objects.Want(Account(ns), current => current);
        _objects.Want(Map(ns), current => (ConfigMap)current with { Data = _data });
    }

    private static ServiceAccount Account(string ns) => new() { Metadata = Named(ns, ServiceAccountName) };

    private ConfigMap Map(string ns) => new() { Metadata = Named(ns, AuthorityConfigMap), Data = _data };

    private static ValueMap<string> DataOf(string authorities) =>
        ValueMap<string>.From([new(AuthorityKey, authorities)]);

    private static ObjectMeta Named(string ns, string name) => new() { Namespace = ns, Name = name };
}
