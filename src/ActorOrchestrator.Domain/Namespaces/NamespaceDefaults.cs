using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>Sees to it that every namespace has what pods count on: the ServiceAccount <c>default</c> and the ConfigMap
/// <c>kube-root-ca.crt</c> with the certificate authority of the API; made again when deleted or falsified.</summary>
/// <param name="authority">The authority's certificate in PEM.</param>
public sealed class NamespaceDefaults(string authority) : IProjection
{
    public const string ServiceAccountName = "default";
    public const string AuthorityConfigMap = "kube-root-ca.crt";
    public const string AuthorityKey = "ca.crt";

    private readonly ValueMap<string> _data = ValueMap<string>.From([new(AuthorityKey, authority)]);
    private readonly StandingObjects _objects = new();
    private bool _started;

    public string Name => "namespace-defaults";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case Namespace:
                OnNamespace(change.Key.Name, change.New?.Metadata is { DeletionTimestamp: null });
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
        var account = new ServiceAccount { Metadata = Named(ns, ServiceAccountName) };
        var map = new ConfigMap { Metadata = Named(ns, AuthorityConfigMap), Data = _data };
        if (isActive)
        {
            _objects.Want(account, current => current);
            _objects.Want(map, current => (ConfigMap)current with { Data = _data });
        }
        else
        {
            _objects.Forget(EntityKey.Of(account));
            _objects.Forget(EntityKey.Of(map));
        }
    }

    private static ObjectMeta Named(string ns, string name) => new() { Namespace = ns, Name = name };
}
